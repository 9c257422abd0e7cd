//! What SDKs did not send, or not yet: traces that lack something though nothing has come for a while, and whose part it is.

use std::collections::HashMap;

use maud::{Markup, html};
use xray_model::document::Timestamp;

use super::layout::Asked;
use super::{conditions, parts, time};
use crate::serve::App;
use crate::settings::{LACKING_TRACES_MAX, QUIET_SECONDS, ROWS_MAX};
use crate::trace::Trace;
use crate::view::number;

/// What a service owes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Owed {
    /// Segments and subsegments that were begun, and never told of again.
    ends: u64,
    /// Calls that were announced as traced, for which the callee sent no segment.
    segments: u64,
    /// Subsegments whose segment has not arrived.
    parents: u64,
}

/// By service, those that owe most first.
fn owed<'a>(traces: impl Iterator<Item = &'a Trace>) -> Vec<(String, Owed)> {
    let mut all = HashMap::<String, Owed>::new();
    for trace in traces {
        let mut services: Vec<&str> = Vec::with_capacity(trace.tree().len());
        for node in trace.tree().iter() {
            let own = node.value().segment.name.as_str();
            // Parents come before their children.
            let parent = node.parent().and_then(|parent| services.get(parent.index()).copied());
            let service = if node.is_subsegment { parent.unwrap_or(own) } else { own };
            services.push(service);
            let mut owes = |service: &str, what: fn(&mut Owed) -> &mut u64| *what(all.entry(service.to_owned()).or_default()) += 1;
            if node.is_in_progress() {
                owes(service, |owed| &mut owed.ends);
            }
            if node.is_subsegment && node.missing_parent.is_some() {
                owes(service, |owed| &mut owed.parents);
            }
            if node.is_subsegment && node.value().segment.is_traced() && node.children().all(|child| child.is_subsegment) {
                owes(own, |owed| &mut owed.segments);
            }
        }
    }
    let mut all: Vec<(String, Owed)> = all.into_iter().collect();
    all.sort_unstable_by(|(one, of_one), (other, of_other)| {
        let sum = |owed: &Owed| owed.ends + owed.segments + owed.parents;
        sum(of_other).cmp(&sum(of_one)).then_with(|| one.cmp(other))
    });
    all
}

pub(super) fn lacking(app: &App, asked: &Asked) -> Markup {
    let quiet = Timestamp::from_nanos(asked.now.as_nanos().saturating_sub(QUIET_SECONDS * 1_000_000_000));
    let all = app.traces.facts_between(Timestamp::default()..=quiet);
    let lacking: Vec<_> = all.iter().rev().filter(|facts| facts.is_partial).collect();
    let traces: Vec<Trace> = lacking.iter().take(LACKING_TRACES_MAX).filter_map(|facts| app.traces.trace(facts.id)).collect();
    let owed = owed(traces.iter());
    let body = html! {
        @if lacking.is_empty() { p.body.faint { "Nothing is missing. Each trace that is older than a minute has all its segments." } }
        @else {
            div.body {
                p {
                    a href=(asked.scope.with_filter("partial").link("/traces")) { (number::counted(lacking.len(), "trace")) }
                    " of " (number::count(all.len() as u64)) " that began more than a minute ago "
                    (if lacking.len() == 1 { "lacks" } else { "lack" })
                    " a segment, a parent or an end. A service was stopped before it had sent, is still at work, lost what it sent, or does not send here."
                    @if lacking.len() > traces.len() { " The table is about the latest " (number::count(traces.len() as u64)) " of them." }
                }
            }
            div.scroll tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Service" }
                        th.right scope="col" title="Begun, in progress when last heard of" { "Never ended" }
                        th.right scope="col" title="A caller passed the trace on to it" { "Called, but silent" }
                        th.right scope="col" title="Subsegments that came without their segment" { "Without segment" }
                    } }
                    tbody { @for (name, owed) in owed.iter().take(ROWS_MAX) {
                        tr {
                            td.clip.wide { a href=(asked.scope.with_filter(filter(name)).link("/traces")) { (parts::name(name)) } }
                            @for count in [owed.ends, owed.segments, owed.parents] { td.right.num { @if count > 0 { (number::count(count)) } @else { span.faint { "–" } } } }
                        }
                    } }
                }
            }
            div.body { ul.examples { @for facts in lacking.iter().take(5) {
                li { a href=(asked.scope.link(&format!("/traces/{}", facts.id))) { (parts::name(&facts.root().name)) " " code { (facts.id) } } " " span.faint { (time::relative(facts.start, asked.now)) } }
            } } }
        }
    };
    parts::card("What SDKs did not send", None, &body)
}

/// The traces that lack something in which a service took part.
fn filter(name: &str) -> String {
    format!("partial AND {}", conditions::service(&conditions::quoted(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use crate::traces::Traces;

    #[test]
    fn services_owe_what_others_say_of_them() {
        let traces = Traces::new(&Settings::default());
        let id = "1-00000001-000000000000000000000001";
        let parts = [
            r#""name":"shop","id":"0000000000000001","in_progress":true,"subsegments":[{"name":"pay","id":"0000000000000002","start_time":1,"end_time":2,"namespace":"remote","traced":true},
                {"name":"mail","id":"0000000000000003","start_time":1,"end_time":2,"namespace":"remote","traced":true},{"name":"work","id":"0000000000000004","start_time":1,"in_progress":true}]"#,
            r#""name":"mail","id":"0000000000000005","parent_id":"0000000000000003","end_time":2"#,
            r#""name":"lost","id":"0000000000000006","parent_id":"0000000000000009","type":"subsegment","end_time":2"#,
        ];
        for part in parts {
            traces.put(format!(r#"{{"trace_id":"{id}","start_time":1,{part}}}"#).as_bytes()).unwrap();
        }
        let trace = traces.trace(id.parse().unwrap()).unwrap();
        let expected = [("shop", 2, 0, 0), ("lost", 0, 0, 1), ("pay", 0, 1, 0)];
        let found = owed([&trace].into_iter());
        let found: Vec<_> = found.iter().map(|(name, owed)| (name.as_str(), owed.ends, owed.segments, owed.parents)).collect();
        assert_eq!(found, expected);
    }
}
