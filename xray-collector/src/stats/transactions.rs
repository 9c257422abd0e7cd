//! Business transactions: what users want, in the words of the business, as programs name it in `transaction.name`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use xray_model::TraceId;

use super::Spread;
use crate::facts::{AnnotationValue, Facts};
use crate::graph::Statistics;
use crate::settings::EXAMPLES_MAX;

/// The annotation that names a transaction.
const NAME: &str = "transaction.name";

/// One kind of transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Transaction {
    pub(crate) name: Arc<str>,
    /// Of the services that carried it out.
    pub(crate) statistics: Statistics,
    pub(crate) times: Spread<Duration>,
    /// Not in the statistics yet.
    pub(crate) in_progress: u64,
    /// Latest first.
    pub(crate) examples: Vec<TraceId>,
}

/// All transactions, by name.
pub(crate) fn transactions(traces: &[Arc<Facts>]) -> Vec<Transaction> {
    let mut groups = BTreeMap::<&str, (Transaction, Vec<Duration>)>::new();
    for facts in traces {
        for annotation in facts.annotations.iter().filter(|annotation| &*annotation.key == NAME) {
            let AnnotationValue::Text(name) = &annotation.value else { continue };
            let Some(service) = facts.services.get(annotation.service as usize) else { continue };
            let (group, times) =
                groups.entry(name).or_insert_with(|| (Transaction { name: (&**name).into(), ..Transaction::default() }, Vec::new()));
            match service.duration() {
                Some(time) => {
                    group.statistics.add(service.status, time);
                    times.push(time);
                }
                None => group.in_progress += 1,
            }
            if group.examples.first() != Some(&facts.id) {
                group.examples.insert(0, facts.id);
                group.examples.truncate(EXAMPLES_MAX);
            }
        }
    }
    let finish = |(mut group, mut times): (Transaction, Vec<Duration>)| {
        group.times = Spread::of(&mut times, Duration::cmp);
        group
    };
    groups.into_values().map(finish).collect()
}
