//! Documents that AWS's own X-Ray SDKs send for the same work: they arrive, and come back right from the API.
#![allow(missing_docs)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use autoxray_xray_tests::{aws, local, node, python};
use serde_json::{Value, json};
use xray_collector::{Local, ServeSettings};

const REQUESTS: usize = 20;

/// All that is asked for, from now on.
fn ask(local: &Local, arguments: &[&str]) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (start, end) = ((now - 600).to_string(), (now + 600).to_string());
    let endpoint = format!("http://{}", local.local_addr());
    let times = ["--start-time", &start, "--end-time", &end];
    let times: &[&str] = if arguments.contains(&"--trace-ids") { &[] } else { &times };
    let output = aws(&[&["xray"], arguments, times, &["--endpoint-url", &endpoint, "--output", "json"]].concat());
    serde_json::from_str(&output).unwrap_or_else(|error| panic!("{error}: {output}"))
}

/// What the API says of the work, recorded by one of the SDKs.
fn check(local: &Local, service: &str) {
    let filter = format!("service({service:?}) {{ ok }} AND edge({service:?}, \"stock\") {{ fault }} AND http.method = \"GET\"");
    let found = ask(local, &["get-trace-summaries", "--filter-expression", &filter]);
    let summaries = found["TraceSummaries"].as_array().unwrap();
    assert_eq!(summaries.len(), REQUESTS, "{found:#}");
    let mut orders: Vec<u64> = summaries
        .iter()
        .map(|summary| summary["Annotations"]["order"][0]["AnnotationValue"]["NumberValue"].as_f64().unwrap() as u64)
        .collect();
    orders.sort_unstable();
    assert_eq!(orders, (0..REQUESTS as u64).collect::<Vec<_>>());
    let one = &summaries[0];
    assert_eq!((&one["HasFault"], &one["IsPartial"], &one["Http"]["HttpStatus"]), (&json!(false), &json!(false), &json!(200)));
    assert_eq!(one["EntryPoint"]["Name"], service);

    let traces = ask(local, &["batch-get-traces", "--trace-ids", one["Id"].as_str().unwrap()]);
    let documents: Vec<Value> = traces["Traces"][0]["Segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| serde_json::from_str(segment["Document"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(documents.len(), 2, "{documents:#?}");
    assert_eq!((&documents[0]["name"], &documents[0]["subsegments"][0]["name"]), (&json!(service), &json!("stock")));
    assert_eq!((&documents[1]["name"], &documents[1]["inferred"], &documents[1]["fault"]), (&json!("stock"), &json!(true), &json!(true)));
    assert_eq!(documents[1]["parent_id"], documents[0]["subsegments"][0]["id"]);

    let graph = ask(local, &["get-service-graph"]);
    let named =
        |name: &str| graph["Services"].as_array().unwrap().iter().find(|node| node["Name"] == name && node["Type"] != "client").unwrap();
    let (shop, stock) = (named(service), named("stock"));
    assert_eq!(shop["SummaryStatistics"]["OkCount"], REQUESTS);
    let edge = shop["Edges"].as_array().unwrap().iter().find(|edge| edge["ReferenceId"] == stock["ReferenceId"]).unwrap();
    assert_eq!(edge["SummaryStatistics"]["FaultStatistics"]["TotalCount"], REQUESTS, "{edge:#}");
}

#[test]
fn the_sdk_for_python_is_understood_and_sampled() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("senders-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let rules = folder.join("rules.json");
    // All are sampled by the rate, whatever the clock does to the reservoir.
    let rule = json!({"RuleName": "python", "Priority": 1, "FixedRate": 1, "ReservoirSize": 7, "ServiceName": "shop-*"});
    std::fs::write(&rules, json!({"SamplingRuleRecords": [{"SamplingRule": rule}]}).to_string()).unwrap();
    let mut settings = ServeSettings::default();
    settings.rules = Some(rules);
    let local = local(settings);
    let sampled = python("senders.py", &[&local.local_addr().to_string(), &REQUESTS.to_string()]);
    assert_eq!(sampled.trim(), REQUESTS.to_string());
    assert!(local.collector().wait_for_traces(REQUESTS, Duration::from_secs(20)), "{:?}", local.collector().progress());
    check(&local, "shop-python");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_sdk_for_node_is_understood() {
    let local = local(ServeSettings::default());
    let said = node("senders.mjs", &[&local.local_addr().to_string(), &REQUESTS.to_string()]);
    assert_eq!(said, "");
    assert!(local.collector().wait_for_traces(REQUESTS, Duration::from_secs(20)), "{:?}", local.collector().progress());
    check(&local, "shop-node");
}
