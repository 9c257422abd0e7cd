//! What docs/local-api.md shows, run as it stands there.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use autoxray_xray_tests::{aws, local, python_text};
use serde_json::{Value, json};
use xray_collector::ServeSettings;

const PAGE: &str = include_str!("../../../docs/local-api.md");

/// The blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let open = format!("```{language}\n");
    PAGE.split(&open[..]).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn the_commands_work() {
    let local = local(ServeSettings::default());
    let endpoint = format!("http://{}", local.local_addr());
    let [commands] = blocks("sh")[..] else { panic!("one block of commands") };
    let mut run = 0;
    for command in commands.lines() {
        let mut arguments: Vec<String> = Vec::new();
        // Quoted arguments are those at odd places.
        for (place, part) in command.split('"').enumerate() {
            match place % 2 {
                0 => arguments.extend(part.split_whitespace().map(|word| word.replace("http://127.0.0.1:2000", &endpoint))),
                _ => arguments.push(part.to_owned()),
            }
        }
        assert_eq!(arguments.remove(0), "aws", "{command}");
        arguments.extend(["--output".to_owned(), "json".to_owned()]);
        let answer = aws(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(serde_json::from_str::<Value>(&answer).unwrap().is_object(), "{command}: {answer}");
        run += 1;
    }
    assert_eq!(run, 5);
}

#[test]
fn the_example_for_boto3_prints_what_is_there() {
    let local = local(ServeSettings::default());
    let trace = format!("1-{:08x}-000000000000000000000001", now());
    let document = json!({"name": "shop", "id": "0000000000000001", "trace_id": trace, "start_time": now() - 10, "end_time": now() - 8,
        "fault": true, "http": {"request": {"url": "http://shop/tea"}}});
    let put = format!("xray.put_trace_segments(TraceSegmentDocuments=[{:?}])\n", document.to_string());
    let [example] = blocks("python")[..] else { panic!("one example in Python") };
    let example = example.replace("http://127.0.0.1:2000", &format!("http://{}", local.local_addr()));
    let (client, question) = example.split_once("pages = ").unwrap();
    assert_eq!(python_text(&format!("{client}{put}pages = {question}")), format!("{trace} 2.0 http://shop/tea\n"));
}

/// In the table, `GetInsight…` and `…ResourcePolicy` stand for several.
#[test]
fn every_operation_is_named() {
    let table = PAGE.split("## Operations").nth(1).unwrap().split("| Limit").next().unwrap();
    let named: BTreeSet<&str> = table.split(|char: char| !char.is_alphanumeric()).filter(|word| word.len() > 7).collect();
    let script = include_str!("../members.py");
    let operations: BTreeSet<&str> = script
        .lines()
        .filter_map(|line| line.strip_prefix("    \"")?.split_once("\": ({").or(line.strip_prefix("    \"")?.split_once("\": (GROUP")))
        .map(|(name, _)| name)
        .collect();
    assert!(operations.len() >= 36, "{operations:?}");
    for operation in operations {
        let is_named = named.contains(operation) || operation.starts_with("GetInsight") || operation.contains("ResourcePolic");
        assert!(is_named, "{operation}");
    }
}
