//! What is proposed where. The cursor is at `|`.

use std::sync::Arc;

use crate::Settings;
use crate::facts::Facts;
use crate::filter::{Filter, complete};
use crate::settings::SUGGESTIONS_MAX;
use crate::traces::Traces;

fn facts() -> Vec<Arc<Facts>> {
    let traces = Traces::new(&Settings::default());
    for number in 1..=10 {
        let (name, user, method) = if number < 4 { ("shop", "al\\\"ice", "GET") } else { ("mail-out", "bob", "POST") };
        let status = if number == 1 { 503 } else { 200 };
        let document = format!(
            r#"{{"name":"{name}","id":"0000000000000001","trace_id":"1-65f0c0de-{number:024x}","start_time":{number},"end_time":{number}.5,"user":"{user}",
               "origin":"AWS::{name}","aws":{{"account_id":"11{status}"}},"http":{{"request":{{"method":"{method}"}},"response":{{"status":{status}}}}},
               "annotations":{{"tenant":"{name}","a key":{number},"gold":true}},"cause":{{"exceptions":[{{"type":"E","message":"no {name}"}}]}},
               "subsegments":[{{"name":"SQS","id":"0000000000000002","start_time":1,"end_time":2,"namespace":"aws","error":true,"http":{{"response":{{"status":404}}}}}}]}}"#
        );
        traces.put(document.as_bytes()).unwrap();
    }
    traces.facts_between(Default::default()..=xray_model::document::Timestamp::from_nanos(u64::MAX))
}

fn proposed(marked: &str) -> Vec<String> {
    let cursor = marked.find('|').unwrap();
    let text = marked.replacen('|', "", 1);
    complete(&text, cursor, &facts()).into_iter().map(|suggestion| suggestion.text).collect()
}

#[test]
fn what_fits_is_proposed() {
    let mut wrong = Vec::new();
    for (marked, expected) in [
        // Terms.
        (
            "resp|",
            &[
                "responsetime",
                "rootcause.responsetime.service { ",
                "rootcause.responsetime.entity { ",
                "rootcause.responsetime.exception { ",
            ][..],
        ),
        ("FAU|", &["fault", "rootcause.fault.service { ", "rootcause.fault.entity { ", "rootcause.fault.exception { "]),
        ("!thr|", &["throttle"]),
        ("ok and (htt|)", &["http.status", "http.url", "http.method", "http.useragent", "http.clientip"]),
        ("service { ro|", &["root"]),
        ("service(\"shop\") { ok } ann|", &["annotation[\"a key\"]", "annotation[gold]", "annotation[tenant]", "annotation["]),
        ("edge { dest|", &["destination.annotation["]),
        ("rootcause.responsetime.entity { c|", &["coverage"]),
        ("rootcause.fault.entity { cov|", &[]),
        ("rootcause.fault.service { fi|", &["first"]),
        // What joins.
        ("fault a|", &["AND", "availabilityzone", "annotation[\"a key\"]", "annotation[gold]", "annotation[tenant]", "annotation["]),
        // Operators.
        ("user b|", &["BEGINSWITH"]),
        ("duration <|", &[]),
        ("annotation[tenant] c|", &["CONTAINS"]),
        // Values, most frequent first.
        ("user = |", &["\"bob\"", "\"al\\\"ice\""]),
        ("user contains \"al|", &["\"al\\\"ice\""]),
        ("user = \"ice|\" and ok", &["\"al\\\"ice\""]),
        ("http.method = |", &["\"POST\"", "\"GET\""]),
        ("http.status = |", &["200", "503"]),
        ("http.status >= 5|", &["503"]),
        ("edge { http.status = |", &["404"]),
        ("fault != |", &["true", "false"]),
        ("name = \"m|", &["\"mail-out\""]),
        ("service { type = |", &["\"AWS::SQS\"", "\"AWS::mail-out\"", "\"AWS::shop\""]),
        ("rootcause.fault.exception { message = |", &["\"no mail-out\"", "\"no shop\""]),
        ("annotation[tenant] = |", &["\"mail-out\"", "\"shop\""]),
        ("annotation.tenant = \"s|", &["\"shop\""]),
        ("annotation[gold] = |", &["true"]),
        ("annotation[|", &["\"a key\"", "gold", "tenant"]),
        ("annotation[te|", &["tenant"]),
        ("annotation[tenant|", &[]),
        // Services.
        ("service(|", &["\"SQS\"", "\"mail-out\"", "\"shop\"", "id("]),
        ("service(\"sh|", &["\"shop\""]),
        ("edge(\"shop\", |", &["\"SQS\"", "\"mail-out\"", "\"shop\"", "id("]),
        ("service(id(|", &["name: ", "type: ", "account.id: "]),
        ("service(id(type: |", &["\"AWS::SQS\"", "\"AWS::mail-out\"", "\"AWS::shop\""]),
        ("service(id(name: \"shop\", account.id: |", &["\"11200\"", "\"11503\""]),
        ("service(\"shop\"|", &[")", ","]),
        // JSON is not completed, and what stands behind the cursor does not matter.
        ("rootcause.json = #[{|", &[]),
        ("us| = \"a\"", &["user", "http.useragent"]),
    ] {
        let found = proposed(marked);
        let shown: Vec<&str> = found.iter().map(String::as_str).collect();
        if shown != expected {
            wrong.push(format!("{marked}: {shown:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_replaced_is_what_was_begun() {
    for (marked, completed) in [
        ("fau| and ok", "fault and ok"),
        ("f|ault", "fault"),
        ("user = \"b|", "user = \"bob\""),
        ("user = \"b|x\" and ok", "user = \"bob\" and ok"),
        ("user = | and ok", "user = \"bob\" and ok"),
        ("service(\"sh|\") { fault }", "service(\"shop\") { fault }"),
        ("annotation[ten|] = 1", "annotation[tenant] = 1"),
    ] {
        let cursor = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let suggestions = complete(&text, cursor, &facts());
        let Some(first) = suggestions.first() else {
            assert_eq!(text, completed, "{marked}");
            continue;
        };
        let mut replaced = text.clone();
        replaced.replace_range(first.at.clone(), &first.text);
        assert_eq!(replaced, completed, "{marked}");
        assert!(Filter::parse(&replaced).is_ok(), "{replaced}");
    }
}

#[test]
fn proposals_are_limited_and_any_place_is_good() {
    let facts = facts();
    let text = "service(\"é\") { fault } and annotation[\"é\"] = \"x\\\"y\" or ( edge { x } } ) #[{\"Name\": \"a\"}] é \"";
    for cursor in 0..=text.len() + 3 {
        for suggestion in complete(text, cursor, &facts) {
            assert!(text.get(suggestion.at.clone()).is_some(), "{cursor} {suggestion:?}");
            assert!(!suggestion.about.is_empty());
        }
    }
    assert_eq!(complete("", 0, &facts).len(), SUGGESTIONS_MAX);
    assert!(complete("", 0, &[]).len() > 20);
}
