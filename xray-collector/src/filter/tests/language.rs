//! What is written, and how it is understood: seen in how it is written back.

use crate::filter::Filter;
use crate::filter::ast::{Cause, Match, Order, Part, Scope};
use crate::filter::keyword::{KEYWORDS, Keyword};

#[track_caller]
fn reads_as(text: &str, canonical: &str) {
    let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(filter.to_string(), canonical);
    assert_eq!(Filter::parse(canonical), Ok(filter));
}

/// Every keyword in a block where it is known, with every operator of its kind and in either case.
#[test]
fn keywords_have_the_operators_of_their_kind() {
    let blocks = [
        (Scope::Trace, "", ""),
        (Scope::Service, "service() { ", " }"),
        (Scope::Edge, "edge() { ", " }"),
        (Scope::CauseService, "rootcause.error.service { ", " }"),
        (Scope::CauseEntity, "rootcause.fault.entity { ", " }"),
        (Scope::SlowEntity, "rootcause.responsetime.entity { ", " }"),
        (Scope::CauseException, "rootcause.fault.exception { ", " }"),
    ];
    for (scope, before, behind) in blocks {
        for entry in &KEYWORDS {
            let name = entry.name;
            let term = |term: &str| format!("{before}{term}{behind}");
            if !entry.is_known_in(scope) {
                let error = Filter::parse(&term(name)).unwrap_err();
                assert_eq!(error.column(), before.chars().count() + 1);
                assert!(error.message().contains("has no meaning "), "{error}");
                continue;
            }
            let all = ["=", "!=", "<", "<=", ">", ">=", "CONTAINS", "BEGINSWITH", "ENDSWITH"];
            let (legal, value): (Vec<&str>, &str) = match entry.keyword {
                Keyword::Flag(_) => (vec!["=", "!="], "false"),
                Keyword::Number(_) => (Order::ALL.iter().map(|(name, _)| *name).collect(), "0.5"),
                Keyword::Text(_) => (Match::ALL.iter().map(|(name, _)| *name).collect(), "\"a b\""),
            };
            reads_as(&term(name), &term(name));
            reads_as(&term(&name.to_uppercase()), &term(name));
            reads_as(&term(&format!("!{name}")), &term(&format!("!{name}")));
            for operator in all {
                let text = term(&format!("{name}  {}\n{value}", operator.to_lowercase()));
                if !legal.contains(&operator) {
                    let error = Filter::parse(&text).unwrap_err();
                    assert!(error.message().starts_with(&format!("`{operator}` cannot be used here: `{name}` is ")), "{error}");
                    assert_eq!(error.column(), before.chars().count() + name.len() + 3, "{error}");
                } else if let Keyword::Flag(_) = entry.keyword {
                    reads_as(&text, &term(&format!("{name}{}", if operator == "=" { " = false" } else { "" })));
                } else {
                    reads_as(&text, &term(&format!("{name} {operator} {value}")));
                }
            }
        }
    }
}

#[test]
fn annotations_have_all_operators() {
    for (before, behind, sides) in [
        ("", "", &["annotation"][..]),
        ("service(\"a\") { ", " }", &["annotation"]),
        ("edge() { ", " }", &["annotation", "source.annotation", "destination.annotation"]),
    ] {
        for side in sides {
            for test in ["", " = \"a\"", " != \"a\"", " CONTAINS \"\"", " BEGINSWITH \"a\"", " ENDSWITH \"a\"", " = 29", " != -1.5"] {
                reads_as(&format!("{before}{side}.k{test}{behind}"), &format!("{before}{side}[k]{test}{behind}"));
            }
            for test in [" < 29", " <= 29", " > 29", " >= 29", " = true", " != true", " = false", " != false"] {
                reads_as(&format!("{before}{side} [ request.id ]{test}{behind}"), &format!("{before}{side}[request.id]{test}{behind}"));
            }
        }
    }
    reads_as("ANNOTATION.Game_ID=\"x\"", "annotation[Game_ID] = \"x\"");
    reads_as("annotation[\"a \\\"key\\\"]\"] = \"x\"", "annotation[\"a \\\"key\\\"]\"] = \"x\"");
    reads_as("annotation[\"plain\"]", "annotation[plain]");
    // As API Gateway has them.
    reads_as("annotation[aws:api_stage] = \"beta\"", "annotation[aws:api_stage] = \"beta\"");
    reads_as("annotation.aws:api_stage=\"beta\"", "annotation[aws:api_stage] = \"beta\"");
    reads_as("edge { source.annotation[ :a::b ] }", "edge() { source.annotation[:a::b] }");
    reads_as("annotation[größe] > 1", "annotation[\"größe\"] > 1");
}

/// The examples of "Using filter expressions", but for two that the page has wrong; those are among the errors.
#[test]
fn the_examples_of_aws_are_understood() {
    for text in [
        "responsetime > 5",
        "duration >= 5 AND duration <= 8",
        "ok",
        "!ok",
        "ok = false",
        "http.status != 200",
        "http.url CONTAINS \"/api/game/\"",
        "user CONTAINS \"\"",
        "service(\"api.example.com\") { fault }",
        "service() { fault }",
        "edge(\"api.example.com\", \"backend.example.com\") { error }",
        "http.url BEGINSWITH \"http://api.example.com/\" AND http.url CONTAINS \"/v2/\" AND !service(\"api.example.com\")",
        "group.name = \"high_response_time\" AND user = \"alice\"",
        "service(id(name: \"random-name\", type: \"AWS::Lambda::Function\")) { error }",
        "service(id(type: \"AWS::Lambda::Function\")) { error }",
        "rootcause.fault.service { index > 5 }",
        "rootcause.fault.service { name = \"Auth\" }",
        "rootcause.responsetime.entity { last AND coverage > 0.8 }",
        "rootcause.fault.exception { last AND message = \"Access Denied for account_id: 1234567890\" }",
        "rootcause.fault.service { inferred AND name = \"traces\" AND type = \"AWS::DynamoDB\" }",
        "service() { annotation[key] = \"value\" }",
        "edge() { source.annotation[key] = \"value\" }",
        "edge() { destination.annotation[key] = \"value\" }",
    ] {
        reads_as(text, text);
    }
    for (text, canonical) in [
        ("ok !partial duration <3", "ok AND !partial AND duration < 3"),
        ("http.url AND responseTime > 2", "http.url AND responsetime > 2"),
        ("annotation.gameid = \"817DL6VO\"", "annotation[gameid] = \"817DL6VO\""),
        ("!annotation.age", "!annotation[age]"),
        ("annotation.age > 29", "annotation[age] > 29"),
        ("service(\"data-plane\") {root = true and fault = true}", "service(\"data-plane\") { root AND fault }"),
        ("rootcause.fault.entity { last and name = \"deserialize\" }", "rootcause.fault.entity { last AND name = \"deserialize\" }"),
        (
            "rootcause.responsetime.entity { remote and coverage > 0.7 and name = \"traces\" }",
            "rootcause.responsetime.entity { remote AND coverage > 0.7 AND name = \"traces\" }",
        ),
        (
            "rootcause.responsetime.service { last and type = \"AWS::DynamoDB\" }",
            "rootcause.responsetime.service { last AND type = \"AWS::DynamoDB\" }",
        ),
        (
            "service(\"api.example.com\") { fault = true OR responsetime > 2.5 } AND annotation.account = \"12345\"",
            "service(\"api.example.com\") { fault OR responsetime > 2.5 } AND annotation[account] = \"12345\"",
        ),
        (
            "edge(id(name: \"service-one\", type:\"service::type\"), id(name: \"service-two\", type:\"service::type\")) { fault }",
            "edge(id(name: \"service-one\", type: \"service::type\"), id(name: \"service-two\", type: \"service::type\")) { fault }",
        ),
        (
            "rootcause.json = #[{ \"Services\": [ { \"Name\": \"GetWeatherData\", \"EntityPath\": [{ \"Name\": \"GetWeatherData\" }, \
             { \"Name\": \"get_temperature\" } ] }, { \"Name\": \"GetTemperature\", \"EntityPath\": [ { \"Name\": \"GetTemperature\" } ] } ] }]",
            "rootcause.json = #[{\"Services\": [{\"Name\": \"GetWeatherData\", \"EntityPath\": [{\"Name\": \"GetWeatherData\"}, \
             {\"Name\": \"get_temperature\"}]}, {\"Name\": \"GetTemperature\", \"EntityPath\": [{\"Name\": \"GetTemperature\"}]}]}]",
        ),
    ] {
        reads_as(text, canonical);
    }
}

#[test]
fn and_binds_more_than_or_and_not_most() {
    for (text, canonical) in [
        ("ok or error and fault", "ok OR error AND fault"),
        ("(ok or error) and fault", "(ok OR error) AND fault"),
        ("ok error or fault throttle", "ok AND error OR fault AND throttle"),
        ("ok (error or fault)", "ok AND (error OR fault)"),
        ("!ok and error", "!ok AND error"),
        ("!(ok and error)", "!(ok AND error)"),
        ("not ok or not not error", "!ok OR !!error"),
        ("NOT(ok)", "!ok"),
        ("((ok and error) and (fault))", "ok AND error AND fault"),
        ("ok or (error or (fault or throttle))", "ok OR error OR fault OR throttle"),
        ("ok and error or fault and (throttle or partial)", "ok AND error OR fault AND (throttle OR partial)"),
        ("duration>1 duration<2", "duration > 1 AND duration < 2"),
    ] {
        reads_as(text, canonical);
    }
}

#[test]
fn services_edges_and_groups_have_their_forms() {
    for (text, canonical) in [
        ("service", "service()"),
        ("service{fault}", "service() { fault }"),
        ("service ( ) { }", "service()"),
        ("SERVICE(\"a\"){OK}", "service(\"a\") { ok }"),
        ("service(id())", "service()"),
        ("service(id(name:\"a\"))", "service(\"a\")"),
        ("service(ID(account.id:\"1\",NAME:\"a\"))", "service(id(name: \"a\", account.id: \"1\"))"),
        ("edge", "edge()"),
        ("edge{fault}", "edge() { fault }"),
        ("edge(\"a\",\"b\")", "edge(\"a\", \"b\")"),
        ("edge(id(),\"b\"){ok}", "edge(id(), \"b\") { ok }"),
        ("edge{source.annotation[k] destination.annotation.l = 1}", "edge() { source.annotation[k] AND destination.annotation[l] = 1 }"),
        ("group.arn != \"arn:aws:xray:a:1:group/b/c\"", "group.arn != \"arn:aws:xray:a:1:group/b/c\""),
        ("rootcause.error.exception", "rootcause.error.exception"),
        ("json != #[]", "rootcause.json != #[]"),
        ("!service(\"a\"){fault}!edge", "!service(\"a\") { fault } AND !edge()"),
    ] {
        reads_as(text, canonical);
    }
    for (cause, _) in Cause::ALL {
        for (part, _) in Part::ALL {
            reads_as(&format!("RootCause.{cause}.{part}{{first}}"), &format!("rootcause.{cause}.{part} {{ first }}"));
        }
    }
}

#[test]
fn values_are_taken_as_they_are_written() {
    for (text, canonical) in [
        ("user = \"a\\\"b\\\\c\\d\"", "user = \"a\\\"b\\\\c\\\\d\""),
        ("user = \"\u{202e}\n\"", "user = \"\u{202e}\n\""),
        ("duration > .5", "duration > 0.5"),
        ("duration > 5.", "duration > 5"),
        ("duration > -1e-9", "duration > -1e-9"),
        ("duration > 1E20", "duration > 1e20"),
        ("ok != FALSE", "ok"),
        ("1-65f0c0de-a006649127e371903a2de979", "1-65f0c0de-a006649127e371903a2de979"),
        ("65F0C0DEa006649127e371903a2de979", "1-65f0c0de-a006649127e371903a2de979"),
        ("!1-65f0c0de-a006649127e371903a2de979 fault", "!1-65f0c0de-a006649127e371903a2de979 AND fault"),
        (
            "json = #[{\"Name\": \"\\u0041\\ud83d\\ude00\\n\\/\", \"Coverage\": 1e2}]",
            "rootcause.json = #[{\"Name\": \"A😀\\u000a/\", \"Coverage\": 100}]",
        ),
    ] {
        reads_as(text, canonical);
    }
}

#[test]
fn nothing_written_lets_everything_through() {
    for text in ["", " ", "\n\t\u{3000}"] {
        let filter = Filter::parse(text).unwrap();
        assert!(filter.is_empty());
        assert_eq!(filter.to_string(), "");
    }
    assert!(!Filter::parse("ok").unwrap().is_empty());
}
