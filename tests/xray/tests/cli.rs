//! The AWS CLI, as people type it.
#![allow(missing_docs)]

use std::time::{SystemTime, UNIX_EPOCH};

use autoxray_xray_tests::{aws, local};
use serde_json::{Value, json};
use xray_collector::ServeSettings;

#[test]
fn people_ask_with_the_aws_cli() {
    let local = local(ServeSettings::default());
    let endpoint = format!("http://{}", local.local_addr());
    let xray = |arguments: &[&str]| -> Value {
        let output = aws(&[&["xray"], arguments, &["--endpoint-url", &endpoint, "--output", "json"]].concat());
        serde_json::from_str(&output).unwrap_or_else(|error| panic!("{error}: {output}"))
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() - 10;
    let id = |number: u32| format!("1-{now:08x}-{number:024x}");
    for number in 0..3 {
        let document = json!({
            "name": "shop", "id": "0000000000000010", "trace_id": id(number), "start_time": now, "end_time": now + 1, "fault": number == 1,
            "subsegments": [{"name": "stock", "namespace": "remote", "id": "0000000000000011", "start_time": now, "end_time": now + 1}],
        });
        let answer = xray(&["put-trace-segments", "--trace-segment-documents", &document.to_string()]);
        assert_eq!(answer, json!({"UnprocessedTraceSegments": []}));
    }
    let (start, end) = ((now - 60).to_string(), (now + 60).to_string());
    let range = ["--start-time", &start, "--end-time", &end];

    let found = xray(&[&["get-trace-summaries"], &range[..], &["--filter-expression", "fault = true"]].concat());
    let ids: Vec<&Value> = found["TraceSummaries"].as_array().unwrap().iter().map(|summary| &summary["Id"]).collect();
    assert_eq!(ids, [&json!(id(1))]);
    // The CLI turns pages by itself.
    let all = xray(&[&["get-trace-summaries", "--max-items", "2"], &range[..]].concat());
    assert_eq!(all["TraceSummaries"].as_array().unwrap().len(), 2);
    assert!(all["NextToken"].is_string());

    let traces = xray(&["batch-get-traces", "--trace-ids", &id(0), &id(2)]);
    let documents = traces["Traces"][0]["Segments"].as_array().unwrap();
    let names: Vec<Value> = documents
        .iter()
        .map(|segment| serde_json::from_str::<Value>(segment["Document"].as_str().unwrap()).unwrap()["name"].take())
        .collect();
    assert_eq!((traces["Traces"].as_array().unwrap().len(), names), (2, vec![json!("shop"), json!("stock")]));

    let graph = xray(&[&["get-service-graph"], &range[..]].concat());
    let mut services: Vec<&str> = graph["Services"].as_array().unwrap().iter().map(|service| service["Name"].as_str().unwrap()).collect();
    services.sort_unstable();
    assert!(services.contains(&"shop") && services.contains(&"stock"), "{services:?}");

    let rules = xray(&["get-sampling-rules"]);
    assert_eq!(rules["SamplingRuleRecords"][0]["SamplingRule"]["RuleName"], "Default");
}
