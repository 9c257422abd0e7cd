//! Which traces filters let through.

use std::sync::Arc;

use xray_model::TraceId;

use crate::Settings;
use crate::facts::Facts;
use crate::filter::{Context, Filter, Group};
use crate::trace::Trace;
use crate::traces::Traces;

const ID: &str = "1-65f0c0de-a006649127e371903a2de979";

/// A shop asked by a browser. Its checkout fails because `pay` does; a table that throttles it, it can do without. What it sends to a queue is
/// taken out after the answer.
pub(super) const DOCUMENTS: [&str; 3] = [
    r#"{"name":"shop","id":"0000000000000001","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":100.0,"end_time":102.0,"fault":true,
        "origin":"AWS::ECS::Container","user":"alice","resource_arn":"arn:shop",
        "http":{"request":{"method":"POST","url":"https://shop/buy?x=1","user_agent":"Firefox","client_ip":"10.0.0.9"},"response":{"status":500}},
        "aws":{"account_id":"111122223333","ecs":{"availability_zone":"eu-1a"}},"annotations":{"tenant":"acme","paid":false,"request.id":7},
        "cause":{"exceptions":[{"id":"00000000000000e1","type":"CheckoutError","message":"no payment"}]},
        "subsegments":[
          {"name":"DynamoDB","id":"0000000000000002","start_time":100.0,"end_time":100.25,"namespace":"aws","error":true,"throttle":true,
           "http":{"response":{"status":429}},"aws":{"table_name":"carts","operation":"GetItem"}},
          {"name":"checkout","id":"0000000000000003","start_time":100.5,"end_time":102.0,"fault":true,"cause":"00000000000000e1","annotations":{"tenant":"globex"},
           "subsegments":[{"name":"pay","id":"0000000000000004","start_time":100.5,"end_time":101.75,"namespace":"remote","fault":true,
             "http":{"request":{"method":"PUT","url":"http://pay/","traced":true},"response":{"status":502}},
             "cause":{"exceptions":[{"type":"Timeout","message":"gave up"}]}}]},
          {"name":"SQS","id":"0000000000000005","start_time":100.25,"end_time":100.5,"namespace":"aws","aws":{"queue_url":"https://q/mail"}}]}"#,
    r#"{"name":"pay","id":"0000000000000006","trace_id":"1-65f0c0de-a006649127e371903a2de979","parent_id":"0000000000000004","start_time":100.75,
        "end_time":101.5,"fault":true,"http":{"request":{"method":"PUT","url":"http://pay/"},"response":{"status":503}},"user":"system",
        "annotations":{"tenant":"acme","gold":true},"aws":{"ec2":{"instance_id":"i-1","availability_zone":"eu-1b"}},
        "cause":{"exceptions":[{"type":"Bank","message":"closed on \"Sunday\""}]}}"#,
    r#"{"name":"mail","id":"0000000000000007","trace_id":"1-65f0c0de-a006649127e371903a2de979","parent_id":"0000000000000005","start_time":103.0,
        "end_time":110.0}"#,
];

/// Nothing happened in it; it is not over.
pub(super) const QUIET: [&str; 1] =
    [r#"{"name":"quiet","id":"0000000000000001","trace_id":"1-65f0c0df-000000000000000000000001","start_time":100.0,"in_progress":true}"#];

pub(super) fn traces(documents: &[&str]) -> (Traces, Arc<Facts>) {
    let traces = Traces::new(&Settings::default());
    for document in documents {
        traces.put(document.as_bytes()).unwrap();
    }
    let facts = traces.facts_between(Default::default()..=xray_model::document::Timestamp::from_nanos(u64::MAX)).remove(0);
    (traces, facts)
}

#[track_caller]
fn check(documents: &[&str], yes: &[&str], no: &[&str]) {
    let (traces, facts) = traces(documents);
    let trace = traces.trace(facts.id).unwrap();
    for (texts, expected) in [(yes, true), (no, false)] {
        for text in texts {
            let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(filter.matches(&facts, &traces), expected, "{text}");
            assert_eq!(filter.matches_trace(&trace), expected, "{text}");
            assert_eq!(Filter::parse(&format!("!({text})")).unwrap().matches(&facts, &traces), !expected, "{text}");
        }
    }
}

#[test]
fn simple_keywords_are_about_the_trace() {
    let yes = [
        "fault",
        "throttle",
        "inferred",
        "!ok",
        "ok = false",
        "error = false",
        "!partial",
        "responsetime = 2",
        "responsetime",
        "duration = 10",
        "duration > 9.9",
        "http.status = 500",
        "http.status >= 500",
        "http.status",
        "http.status != 200",
        "http.url BEGINSWITH \"https://shop\"",
        "http.url ENDSWITH \"?x=1\"",
        "http.url CONTAINS \"/buy\"",
        "http.url",
        "http.method = \"POST\"",
        "http.useragent = \"Firefox\"",
        "http.clientip != \"10.0.0.8\"",
        "user = \"alice\"",
        "user = \"system\"",
        "user CONTAINS \"\"",
        "user",
        "name = \"pay\"",
        "name = \"carts\"",
        "type = \"AWS::DynamoDB::Table\"",
        "message CONTAINS \"payment\"",
        "message = \"closed on \\\"Sunday\\\"\"",
        "availabilityzone = \"eu-1a\"",
        "availabilityzone = \"eu-1b\"",
        "instance.id = \"i-1\"",
        "resource.arn = \"arn:shop\"",
        ID,
        "65f0c0dea006649127e371903a2de979",
        "ok or fault",
        "fault error = false throttle",
    ];
    let no = [
        "ok",
        "error",
        "partial",
        "responsetime < 2",
        "duration <= 2",
        "http.status < 500",
        "http.status != 500",
        "http.url CONTAINS \"pay\"",
        "http.method = \"PUT\"",
        "http.method = \"post\"",
        "user = \"Alice\"",
        "user != \"alice\"",
        "user != \"system\"",
        "name = \"other\"",
        "1-65f0c0de-a006649127e371903a2de970",
        "fault and ok",
        "ok or error",
        "!fault",
    ];
    check(&DOCUMENTS, &yes, &no);
}

#[test]
fn what_is_not_set_is_neither_equal_nor_different() {
    let yes = [
        "ok",
        "partial",
        "!user",
        "!http.url",
        "!http.status",
        "!responsetime",
        "name = \"quiet\"",
        "service { partial root }",
        "!annotation[k]",
    ];
    let no = [
        "user",
        "user CONTAINS \"\"",
        "user != \"a\"",
        "http.status != 200",
        "http.status",
        "http.url",
        "responsetime > 0",
        "responsetime <= 0",
        "inferred",
        "type",
        "type != \"a\"",
        "annotation[k]",
        "annotation[k] != 1",
        "edge",
        "service { user }",
        "rootcause.fault.service",
        "rootcause.responsetime.entity",
        "message != \"a\"",
        "rootcause.json = #[{}]",
    ];
    check(&QUIET, &yes, &no);
}

#[test]
fn annotations_are_compared_by_type() {
    let yes = [
        "annotation[tenant]",
        "annotation.tenant = \"acme\"",
        "annotation.tenant = \"globex\"",
        "annotation[tenant] BEGINSWITH \"glo\"",
        "annotation[request.id] = 7",
        "annotation[request.id] > 6.5",
        "annotation[request.id] != 8",
        "annotation[request.id] != \"7\"",
        "annotation.gold",
        "annotation.gold = true",
        "annotation.gold != false",
        "!annotation.paid",
        "annotation.paid = false",
        "annotation.paid != true",
        "!annotation.age",
        "annotation[tenant] != \"other\"",
    ];
    let no = [
        "annotation.tenant = \"Acme\"",
        "annotation.Tenant",
        "annotation[tenant] != \"acme\"",
        "annotation[request.id] = \"7\"",
        "annotation[request.id] < 7",
        "annotation[request.id] CONTAINS \"7\"",
        "annotation.paid",
        "annotation.gold = false",
        "annotation.gold = 1",
        "annotation.tenant > 0",
        "annotation.age != 1",
    ];
    check(&DOCUMENTS, &yes, &no);
}

#[test]
fn services_are_asked_one_by_one() {
    let yes = [
        "service",
        "service(\"shop\")",
        "service(\"shop\") { fault root }",
        "service(\"pay\") { responsetime = 0.75 and http.status = 503 }",
        "service(\"carts\") { throttle inferred }",
        "service(id(type: \"AWS::DynamoDB::Table\")) { error }",
        "service() { ok }",
        "service { user = \"system\" !root }",
        "service(id(account.id: \"111122223333\"))",
        "service(\"pay\") { annotation[gold] and instance.id = \"i-1\" }",
        "service(\"shop\") { annotation[tenant] = \"globex\" }",
        "service(\"shop\") { message = \"gave up\" }",
        "service(\"mail\") { duration = 7 }",
        "service { name = \"mail\" ok }",
        "!service(\"mail\") { fault }",
        "service(id(name: \"shop\", type: \"AWS::ECS::Container\", account.id: \"111122223333\"))",
    ];
    let no = [
        "service(\"Shop\")",
        "service(\"shop\") { ok }",
        "service(\"pay\") { root }",
        "service(\"pay\") { inferred }",
        "service(\"pay\") { http.status = 502 }",
        "service { user = \"alice\" and user = \"system\" }",
        "service(id(name: \"pay\", type: \"remote\"))",
        "service(\"pay\") { annotation[tenant] = \"globex\" }",
        "service(id(account.id: \"1\"))",
        "service(\"mail\") { fault }",
        "service(\"pay\") { message = \"gave up\" }",
        "service(\"DynamoDB\")",
    ];
    check(&DOCUMENTS, &yes, &no);
}

#[test]
fn edges_are_calls_as_the_caller_saw_them() {
    let yes = [
        "edge",
        "edge(\"shop\", \"pay\")",
        "edge(\"shop\", \"pay\") { fault http.status = 502 responsetime = 1.25 }",
        "edge { throttle inferred name = \"carts\" }",
        "edge(\"shop\", id(type: \"AWS::DynamoDB::Table\")) { error }",
        "edge(id(), \"pay\") { duration > 1.2 http.method = \"PUT\" }",
        "edge(\"shop\", \"mail\") { responsetime = 0.25 }",
        "edge { destination.annotation[gold] }",
        "edge(\"shop\", \"pay\") { source.annotation[tenant] = \"globex\" }",
        "edge(\"shop\", \"pay\") { annotation[gold] annotation[paid] = false }",
        "edge(id(type: \"client\"), \"shop\") { fault http.status = 500 }",
        "edge(\"client\", \"shop\")",
        "edge { user = \"system\" }",
    ];
    let no = [
        "edge(\"pay\", \"shop\")",
        "edge(\"shop\", \"pay\") { http.status = 503 }",
        "edge { source.annotation[gold] }",
        "edge { destination.annotation[tenant] = \"globex\" }",
        "edge(id(), \"shop\")",
        "edge { name = \"shop\" }",
        "edge(\"client\", \"pay\")",
        "edge(\"shop\", \"pay\") { partial }",
        "edge(\"shop\", \"carts\") { fault }",
    ];
    check(&DOCUMENTS, &yes, &no);
}

#[test]
fn root_causes_lead_from_effect_to_cause() {
    let yes = [
        "rootcause.fault.service",
        "rootcause.fault.service { first and name = \"shop\" type = \"AWS::ECS::Container\" }",
        "rootcause.fault.service { last name = \"pay\" index = 1 }",
        "rootcause.fault.entity { index = 1 and name = \"checkout\" }",
        "rootcause.fault.entity { remote name = \"pay\" index = 2 }",
        "rootcause.fault.entity { last !remote name = \"pay\" }",
        "rootcause.fault.exception { first and name = \"CheckoutError\" }",
        "rootcause.fault.exception { last and message = \"closed on \\\"Sunday\\\"\" }",
        "rootcause.fault.exception { index = 2 and name = \"Timeout\" }",
        "rootcause.error.service { inferred name = \"carts\" type = \"AWS::DynamoDB::Table\" last }",
        "rootcause.error.entity { first remote name = \"DynamoDB\" }",
        "rootcause.responsetime.entity { first coverage = 1 }",
        "rootcause.responsetime.entity { remote and coverage > 0.6 coverage < 0.7 and name = \"pay\" }",
        "rootcause.responsetime.service { last name = \"pay\" }",
        "rootcause.json = #[{}]",
        "rootcause.json = #[{\"Services\": [{\"Name\": \"shop\"}, {\"Name\": \"pay\", \"Type\": null, \"Inferred\": false}]}]",
        "json = #[{\"ClientImpacting\": false, \"Services\": [{\"AccountId\": 111122223333}, {\"Names\": [\"carts\"], \"EntityPath\": [{\"Exceptions\": []}]}]}]",
        "json = #[{\"Services\": []}, {\"ClientImpacting\": true, \"Services\": [{\"EntityPath\": [{}, {\"Coverage\": 0.75}, {}]}, {}]}]",
        "rootcause.json != #[{\"Services\": [{}]}]",
        "service { ok } and rootcause.fault.service { name = \"pay\" } and fault",
    ];
    let no = [
        "rootcause.fault.service { name = \"carts\" }",
        "rootcause.fault.service { index > 5 }",
        "rootcause.fault.entity { first and last }",
        "rootcause.error.exception",
        "rootcause.error.service { name = \"pay\" }",
        "rootcause.responsetime.service { name = \"mail\" }",
        "rootcause.responsetime.entity { coverage > 1 }",
        "rootcause.responsetime.exception",
        "rootcause.json = #[]",
        "rootcause.json = #[{\"Services\": [{\"Name\": \"shop\"}]}]",
        "json = #[{\"Services\": [{\"Name\": \"pay\"}, {}]}]",
        "json = #[{\"Coverage\": 1}]",
        "json = #[{\"Services\": {}}]",
    ];
    check(&DOCUMENTS, &yes, &no);
}

/// Groups beside one trace, which is counted when it is asked for.
struct Groups<'a> {
    traces: &'a Traces,
    groups: Vec<(Group<'static>, Filter)>,
    read: std::cell::Cell<usize>,
}

impl Context for Groups<'_> {
    fn group(&self, group: Group<'_>) -> Option<&Filter> {
        self.groups.iter().find(|(own, _)| *own == group).map(|(_, filter)| filter)
    }

    fn trace(&self, id: TraceId) -> Option<Trace> {
        self.read.set(self.read.get() + 1);
        self.traces.trace(id)
    }
}

/// Without care, the work would double with each group: 2 to the power of 25.
#[test]
fn groups_that_name_groups_are_asked_once() {
    const NAMES: [&str; 26] =
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z"];
    let (traces, facts) = traces(&DOCUMENTS);
    let text = |place: usize| match NAMES.get(place + 1) {
        Some(next) => format!("!(group.name = \"{next}\" AND group.name = \"{next}\")"),
        None => "duration >= 0".to_owned(),
    };
    let groups = NAMES.iter().enumerate().map(|(place, name)| (Group::Name(name), Filter::parse(&text(place)).unwrap())).collect();
    let context = Groups { traces: &traces, groups, read: Default::default() };
    let is_in = |name: &str| Filter::parse(&format!("group.name = \"{name}\"")).unwrap().matches(&facts, &context);
    assert_eq!(NAMES.map(is_in), std::array::from_fn(|place| place % 2 == 1), "every other one");
}

#[test]
fn groups_are_filters_by_name_or_arn() {
    let (traces, facts) = traces(&DOCUMENTS);
    let groups = [
        (Group::Name("slow"), "responsetime >= 2"),
        (Group::Arn("arn:quick"), "responsetime < 2"),
        (Group::Name("all"), ""),
        (Group::Name("slow faults"), "group.name = \"slow\" fault"),
        (Group::Name("ring"), "group.name = \"ring\""),
        (Group::Name("pay"), "rootcause.fault.service { name = \"pay\" }"),
    ];
    let groups = groups.map(|(group, text)| (group, Filter::parse(text).unwrap())).to_vec();
    let context = Groups { traces: &traces, groups, read: Default::default() };
    for (text, expected) in [
        ("group.name = \"slow\"", true),
        ("group.name != \"slow\"", false),
        ("group.arn = \"arn:quick\"", false),
        ("group.arn != \"arn:quick\"", true),
        ("group.name = \"arn:quick\"", false),
        ("group.name = \"all\" and user = \"alice\"", true),
        ("group.name = \"slow faults\"", true),
        ("group.name = \"none\"", false),
        ("group.name = \"ring\"", false),
        ("group.name = \"pay\"", true),
    ] {
        assert_eq!(Filter::parse(text).unwrap().matches(&facts, &context), expected, "{text}");
    }
}

/// Documents are read for root causes only, once, and not where something else decides.
#[test]
fn documents_are_read_when_nothing_else_decides() {
    let (traces, facts) = traces(&DOCUMENTS);
    for (text, expected) in [
        ("fault and service { name = \"pay\" }", 0),
        ("rootcause.fault.service { name = \"pay\" } and ok", 0),
        ("rootcause.fault.service or fault", 0),
        ("rootcause.fault.service and (rootcause.fault.entity or rootcause.error.entity) and json = #[{}]", 1),
    ] {
        let context = Groups { traces: &traces, groups: Vec::new(), read: Default::default() };
        Filter::parse(text).unwrap().matches(&facts, &context);
        assert_eq!(context.read.get(), expected, "{text}");
    }
    let (traces, facts) = self::traces(&QUIET);
    let context = Groups { traces: &traces, groups: Vec::new(), read: Default::default() };
    assert!(
        !Filter::parse("rootcause.fault.service or rootcause.error.service or rootcause.responsetime.service")
            .unwrap()
            .matches(&facts, &context)
    );
    assert_eq!(context.read.get(), 0);
}

#[test]
fn many_traces_come_out_in_their_order() {
    let traces = Traces::new(&Settings::default());
    for number in 1..=crate::settings::FILTER_TRACES_AT_ONCE * 2 + 5 {
        let fault = number % 3 == 0;
        let document = format!(
            r#"{{"name":"shop","id":"0000000000000001","trace_id":"1-65f0c0de-{number:024x}","start_time":{number},"end_time":{number}.5,"fault":{fault}}}"#
        );
        traces.put(document.as_bytes()).unwrap();
    }
    let facts = traces.facts_between(Default::default()..=xray_model::document::Timestamp::from_nanos(u64::MAX));
    for text in ["fault", "!fault", "", "rootcause.fault.service { last }", "error"] {
        let filter = Filter::parse(text).unwrap();
        let expected: Vec<_> = facts.iter().filter(|facts| filter.matches(facts, &traces)).cloned().collect();
        assert_eq!(filter.select(&facts, &traces, None), Some(expected), "{text}");
        assert_eq!(filter.select(&facts, &traces, Some(crate::clock::now())).is_some(), filter.is_empty(), "{text}");
    }
}
