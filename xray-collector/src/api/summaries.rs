//! GetTraceSummaries: what traces of some time are like, page by page.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use xray_model::TraceId;
use xray_model::document::Timestamp;

use super::Held;
use super::call::Answer;
use super::causes;
use super::error::Error;
use super::filters::Wanted;
use super::token::{Question, hash};
use super::{range, sampling_seconds as seconds};
use crate::clock;
use crate::facts::{AnnotationValue, Facts, More, Service};
use crate::members::Members;
use crate::settings::{PAGE_BYTES_MAX, PAGE_TIME_MAX, SUMMARIES_PAGE, SUMMARIES_TIME_MAX};

/// Which time of a trace has to be in the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    /// `TraceId`: when it began.
    Start,
    /// `Event` and `Service`: when the last of it ended, after which it was told at once.
    Event,
    Service,
}

struct Query {
    range: RangeInclusive<Timestamp>,
    time: Time,
    /// Share of all traces that is wanted.
    share: Option<f64>,
    wanted: Wanted,
    question: Question,
    /// The last trace of the page before.
    after: Option<(Timestamp, TraceId)>,
}

pub(super) fn get(app: &Held, request: &Members<'_>) -> Answer {
    Ok(page(app, &Query::read(app, request)?, clock::now() + PAGE_TIME_MAX))
}

/// A page of what is found until some time: one trace is always looked at, so that the pages come to an end.
fn page(app: &Held, query: &Query, until: Instant) -> Value {
    let (mut processed, mut bytes) = (0_usize, 0);
    let mut found: Vec<Value> = Vec::new();
    let (mut first, mut last, mut next) = (None, None, None);
    for facts in query.candidates(app) {
        if last.is_some() && clock::now() > until {
            next = last;
            break;
        }
        if query.wanted.matches(&app.traces, &facts) {
            if found.len() >= SUMMARIES_PAGE || bytes >= PAGE_BYTES_MAX {
                next = last;
                break;
            }
            let summary = summary(app, &facts, query.time);
            bytes += summary.to_string().len();
            first.get_or_insert(facts.start);
            found.push(summary);
        }
        processed += 1;
        last = Some((facts.start.as_nanos(), facts.id.to_bits()));
    }
    let mut answer = json!({
        "TraceSummaries": found,
        "ApproximateTime": seconds(first.unwrap_or(*query.range.start())),
        "TracesProcessedCount": processed,
    });
    if let Some(place) = next {
        answer["NextToken"] = json!(query.question.token(place));
    }
    answer
}

impl Query {
    fn read(app: &Held, request: &Members<'_>) -> Result<Self, Error> {
        let range = range::read(request, Some(SUMMARIES_TIME_MAX))?;
        let times = [("TraceId", Time::Start), ("Event", Time::Event), ("Service", Time::Service)];
        let time = request.word("TimeRangeType", &times)?.unwrap_or(Time::Start);
        let share = share(request)?;
        let wanted = Wanted::read(app, request, "FilterExpression", 0..=usize::MAX)?;
        let parts = [format!("{range:?}"), format!("{time:?} {share:?}"), wanted.text().to_owned()];
        let question = Question::new("GetTraceSummaries", &parts.each_ref().map(String::as_str));
        let after = question.place(request)?.map(|(start, id)| (Timestamp::from_nanos(start), TraceId::from_bits(id)));
        Ok(Self { range, time, share, wanted, question, after })
    }

    /// The traces that the filter is asked about, earliest first.
    fn candidates(&self, app: &Held) -> impl Iterator<Item = Arc<Facts>> {
        let begins = match self.time {
            Time::Start => self.range.clone(),
            // It may have begun long before.
            Time::Event | Time::Service => Timestamp::default()..=*self.range.end(),
        };
        let from = self.after.map_or(*begins.start(), |(start, _)| start.max(*begins.start()));
        let traces = app.traces.facts_between(from..=*begins.end()).into_iter();
        let is_later = |facts: &Facts| self.after.is_none_or(|after| (facts.start, facts.id) > after);
        let is_in_time = |facts: &Facts| self.time == Time::Start || self.range.contains(&facts.end);
        let is_in_share = |facts: &Facts| self.share.is_none_or(|share| part_of_all(facts.id) < share);
        traces.filter(move |facts| is_later(facts) && is_in_time(facts) && is_in_share(facts))
    }
}

/// The share of traces that the client wants to see. The service chooses some only where it has too many, which a local one has not; what it
/// calls a fixed rate is kept.
fn share(request: &Members<'_>) -> Result<Option<f64>, Error> {
    let is_sampled = request.boolean("Sampling")?;
    let Some(strategy) = request.object("SamplingStrategy")? else { return Ok(None) };
    let is_fixed = strategy.word("Name", &[("PartialScan", false), ("FixedRate", true)])?;
    let value = strategy.number("Value", 0.0..=1.0)?;
    match is_fixed {
        Some(true) => {
            let value = strategy.need("Value", value)?;
            Ok(Some(value).filter(|_| is_sampled != Some(false)))
        }
        _ => Ok(None),
    }
}

/// Where a trace stands among all, from 0 to 1: the same each time, and evenly spread.
fn part_of_all(id: TraceId) -> f64 {
    hash(&[&id.to_bits().to_be_bytes()]) as f64 / u64::MAX as f64
}

fn summary(app: &Held, facts: &Facts, time: Time) -> Value {
    let mut summary = json!({
        "Id": facts.id.to_string(),
        "StartTime": seconds(facts.start),
        "Duration": facts.duration().as_secs_f64(),
        "HasFault": facts.has_fault(),
        "HasError": facts.has_error(),
        "HasThrottle": facts.has_throttle,
        "IsPartial": facts.is_partial,
        "Http": http(facts.root()),
        "Annotations": annotations(facts),
        "Users": users(facts),
        "ServiceIds": service_ids(facts.services.iter()),
        "EntryPoint": service_id(facts.root()),
        "ResourceARNs": each(facts, "ARN", |more| more.resource_arn.as_deref()),
        "InstanceIds": each(facts, "Id", |more| more.instance_id.as_deref()),
        "AvailabilityZones": each(facts, "Name", |more| more.availability_zone.as_deref()),
        "Revision": facts.segments,
    });
    if let Some(waited) = facts.response_time.as_ref().map(Duration::as_secs_f64) {
        summary["ResponseTime"] = json!(waited);
    }
    if time == Time::Event {
        summary["MatchedEventTime"] = json!(seconds(facts.end));
    }
    causes::add(&mut summary, app.traces.trace(facts.id));
    summary
}

/// How a service is named.
pub(super) fn service_id(service: &Service) -> Value {
    let mut id = json!({"Name": *service.name, "Names": [*service.name]});
    if !service.kind.is_empty() {
        id["Type"] = json!(*service.kind);
    }
    if let Some(account) = &service.account {
        id["AccountId"] = json!(**account);
    }
    id
}

/// Services, each once.
fn service_ids<'a>(services: impl Iterator<Item = &'a Service>) -> Vec<Value> {
    let mut seen = Vec::new();
    let is_new = |service: &&Service| {
        let key = (&service.name, &service.kind, &service.account);
        let is_new = !seen.iter().any(|(name, kind, account)| (name, kind, account) == (key.0, key.1, key.2));
        if is_new {
            seen.push((service.name.clone(), service.kind.clone(), service.account.clone()));
        }
        is_new
    };
    services.filter(is_new).map(service_id).collect()
}

fn http(root: &Service) -> Value {
    let mut http = Map::new();
    let Some(more) = &root.more else { return Value::Object(http) };
    let texts = [
        ("HttpURL", more.http_url.as_deref()),
        ("HttpMethod", more.http_method.as_deref()),
        ("UserAgent", more.user_agent.as_deref()),
        ("ClientIp", more.client_ip.as_deref()),
    ];
    http.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
    http.extend(more.http_status.map(|status| ("HttpStatus".to_owned(), json!(status))));
    Value::Object(http)
}

/// Each value of each key, and the services that have it.
fn annotations(facts: &Facts) -> Value {
    let mut by_key: std::collections::BTreeMap<&str, Vec<(&AnnotationValue, Vec<&Service>)>> = Default::default();
    for annotation in &facts.annotations {
        let values = by_key.entry(&annotation.key).or_default();
        let Some(service) = facts.services.get(annotation.service as usize) else { continue };
        match values.iter_mut().find(|(value, _)| **value == annotation.value) {
            Some((_, services)) => services.push(service),
            None => values.push((&annotation.value, vec![service])),
        }
    }
    let shape = |(value, services): (&AnnotationValue, Vec<&Service>)| {
        let value = match value {
            AnnotationValue::Text(text) => json!({"StringValue": **text}),
            AnnotationValue::Number(number) => json!({"NumberValue": number}),
            AnnotationValue::Bool(yes) => json!({"BooleanValue": yes}),
        };
        json!({"AnnotationValue": value, "ServiceIds": service_ids(services.into_iter())})
    };
    by_key.into_iter().map(|(key, values)| (key.to_owned(), values.into_iter().map(shape).collect::<Value>())).collect()
}

fn users(facts: &Facts) -> Vec<Value> {
    let user = |service: &Service| service.more.as_ref()?.user.clone();
    let mut names: Vec<Arc<str>> = facts.services.iter().filter_map(user).collect();
    names.sort_unstable();
    names.dedup();
    let shape = |name: Arc<str>| {
        let with = facts.services.iter().filter(|service| user(service).as_ref() == Some(&name));
        json!({"UserName": *name, "ServiceIds": service_ids(with)})
    };
    names.into_iter().map(shape).collect()
}

/// What services have, each once, as objects with one member.
fn each(facts: &Facts, member: &str, what: impl Fn(&More) -> Option<&str>) -> Vec<Value> {
    let mut all: Vec<&str> = facts.services.iter().filter_map(|service| what(service.more.as_ref()?)).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|text| json!({member: text})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Kept;
    use crate::settings::{ServeSettings, Settings};
    use crate::traces::Traces;

    fn held(documents: impl Iterator<Item = Value>) -> Held {
        let traces = Traces::new(&Settings::default());
        for document in documents {
            traces.put(document.to_string().as_bytes()).unwrap();
        }
        Held { traces, api: Arc::new(Kept::new(&ServeSettings::default(), None).unwrap()) }
    }

    /// All pages of a question: the ids on each, and the traces that were looked at for it.
    fn pages(held: &Held, filter: &str, until: Instant) -> Vec<(Vec<String>, u64)> {
        let mut request = json!({"StartTime": 0, "EndTime": 86_400, "FilterExpression": filter});
        let mut pages = Vec::new();
        loop {
            let query = Query::read(held, &Members::whole(&request).unwrap()).unwrap();
            let answer = page(held, &query, until);
            let ids = answer["TraceSummaries"].as_array().unwrap().iter().map(|summary| summary["Id"].as_str().unwrap().to_owned());
            pages.push((ids.collect(), answer["TracesProcessedCount"].as_u64().unwrap()));
            match answer.get("NextToken") {
                Some(token) => request["NextToken"] = token.clone(),
                None => return pages,
            }
        }
    }

    fn document(number: u32, text: &str) -> Value {
        json!({"name": "shop", "id": "0000000000000001", "trace_id": format!("1-00000000-{number:024x}"), "start_time": number, "end_time": number + 1,
               "fault": number % 2 == 1, "annotations": {"text": text}})
    }

    #[test]
    fn a_page_ends_when_its_time_is_over_and_the_next_goes_on() {
        let held = held((0..6).map(|number| document(number, "")));
        let over = clock::now();
        while clock::now() == over {}
        let found = pages(&held, "fault", over);
        assert_eq!(
            found.iter().map(|(ids, processed)| (ids.len(), *processed)).collect::<Vec<_>>(),
            [(0, 1), (1, 1), (0, 1), (1, 1), (0, 1), (1, 1)]
        );
        let all = pages(&held, "fault", clock::now() + PAGE_TIME_MAX);
        assert_eq!((all.len(), all[0].1), (1, 6));
        assert_eq!(all[0].0, found.into_iter().flat_map(|(ids, _)| ids).collect::<Vec<_>>());
    }

    #[test]
    fn a_page_ends_when_it_is_large() {
        let text = "x".repeat(60_000);
        let held = held((0..100).map(|number| document(number, &text)));
        let found = pages(&held, "", clock::now() + PAGE_TIME_MAX);
        assert_eq!(found.iter().map(|(ids, _)| ids.len()).sum::<usize>(), 100);
        assert!((3..10).contains(&found.len()), "{found:?}");
    }
}
