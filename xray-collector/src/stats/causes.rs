//! Root causes of many traces: which of them are the same.

use std::collections::HashMap;

use xray_model::TraceId;

use crate::rootcause::{CauseService, Entity, RootCause};
use crate::settings::EXAMPLES_MAX;

/// The same way from effect to cause, in several traces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CauseGroup {
    /// Names of services, callers before what they call.
    pub(crate) services: Vec<String>,
    /// Where it began: the last segment, subsegment or inferred service on the way.
    pub(crate) entity: String,
    /// What was thrown there, or on the way there; `None` if no exception was recorded.
    pub(crate) exception: Option<String>,
    /// In how many traces.
    pub(crate) traces: u64,
    /// In how many of these whoever sent the first request noticed.
    pub(crate) impacting: u64,
    /// Of response times: the share of them that the last one took, on average.
    pub(crate) coverage: Option<f64>,
    /// As the traces came.
    pub(crate) examples: Vec<TraceId>,
}

/// Groups root causes; those of most traces first.
pub(crate) fn causes<'a>(traces: impl IntoIterator<Item = (TraceId, &'a [RootCause])>) -> Vec<CauseGroup> {
    let mut groups = HashMap::<(Vec<&str>, &str, Option<&str>), (CauseGroup, f64, Option<TraceId>)>::new();
    for (id, causes) in traces {
        for cause in causes {
            let entities = || cause.services.iter().flat_map(|service| &service.entities);
            let Some(last) = entities().last() else { continue };
            let exception = entities().rev().find_map(|entity| entity.exceptions.first()).map(|exception| &*exception.name);
            let key = (path(&cause.services), &*last.name, exception);
            let (group, coverage, latest) = groups.entry(key).or_insert_with(|| (new(cause, last, exception), 0.0, None));
            if latest.replace(id) == Some(id) {
                continue;
            }
            group.traces += 1;
            group.impacting += u64::from(cause.is_client_impacting);
            *coverage += last.coverage.unwrap_or_default();
            if group.examples.len() < EXAMPLES_MAX {
                group.examples.push(id);
            }
        }
    }
    let finish = |(mut group, coverage, _): (CauseGroup, f64, _)| {
        group.coverage = group.coverage.map(|_| coverage / group.traces as f64);
        group
    };
    let mut groups: Vec<_> = groups.into_values().map(finish).collect();
    groups.sort_by(|one, other| {
        let names = |group: &CauseGroup| (group.services.clone(), group.entity.clone(), group.exception.clone());
        other.traces.cmp(&one.traces).then_with(|| names(one).cmp(&names(other)))
    });
    groups
}

/// Names of services; one that calls itself is there once.
fn path(services: &[CauseService]) -> Vec<&str> {
    let mut names: Vec<&str> = services.iter().map(|service| &*service.name).collect();
    names.dedup();
    names
}

fn new(cause: &RootCause, last: &Entity, exception: Option<&str>) -> CauseGroup {
    CauseGroup {
        services: path(&cause.services).into_iter().map(str::to_owned).collect(),
        entity: last.name.clone(),
        exception: exception.map(str::to_owned),
        traces: 0,
        impacting: 0,
        coverage: last.coverage,
        examples: Vec::new(),
    }
}
