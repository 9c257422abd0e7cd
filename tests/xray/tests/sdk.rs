//! The AWS SDK for Rust.
#![allow(missing_docs)]

use std::time::{SystemTime, UNIX_EPOCH};

use autoxray_xray_tests::{client, local};
use aws_sdk_xray::error::ProvideErrorMetadata;
use aws_sdk_xray::primitives::DateTime;
use aws_sdk_xray::types::{SamplingRule, SamplingStatisticsDocument};
use serde_json::json;
use xray_collector::ServeSettings;

#[tokio::test(flavor = "multi_thread")]
async fn traces_go_in_and_come_out() {
    let local = local(ServeSettings::default());
    let client = client(&local);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() - 10.0;
    let id = |number: u32| format!("1-{:08x}-{number:024x}", now as u32);
    for number in 0..250 {
        let start = now + f64::from(number) / 1000.0;
        let document = json!({
            "name": "shop", "id": "0000000000000010", "trace_id": id(number), "start_time": start, "end_time": start + 0.5,
            "annotations": {"even": number % 2 == 0},
        });
        let answer = client.put_trace_segments().trace_segment_documents(document.to_string()).send().await.unwrap();
        assert!(answer.unprocessed_trace_segments().is_empty());
    }
    let (start, end) = (DateTime::from_secs_f64(now - 1.0), DateTime::from_secs_f64(now + 10.0));
    let query = client.get_trace_summaries().start_time(start).end_time(end);
    let all: Vec<_> = query.into_paginator().items().send().collect::<Result<_, _>>().await.unwrap();
    let ids: Vec<&str> = all.iter().filter_map(|summary| summary.id()).collect();
    assert_eq!(ids, (0..250).map(id).collect::<Vec<_>>());
    assert_eq!(all[0].response_time(), Some(0.5));
    let even = client.get_trace_summaries().start_time(start).end_time(end).filter_expression("annotation[even] = true");
    assert_eq!(even.send().await.unwrap().trace_summaries().len(), 125);

    let traces = client.batch_get_traces().trace_ids(id(3)).trace_ids(id(999)).send().await.unwrap();
    assert_eq!((traces.traces().len(), traces.unprocessed_trace_ids()), (1, &[id(999)][..]));
    let segment = &traces.traces()[0].segments()[0];
    assert!(segment.document().unwrap().contains(&id(3)));

    let graph = client.get_service_graph().start_time(start).end_time(end).send().await.unwrap();
    let shop = graph.services().iter().find(|service| service.root() == Some(true)).unwrap();
    assert_eq!((shop.name(), shop.summary_statistics().unwrap().ok_count()), (Some("shop"), Some(250)));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_those_of_the_service() {
    let local = local(ServeSettings::default());
    let client = client(&local);
    let error = client.batch_get_traces().trace_ids("none").send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_request_exception(), "{error:?}");
    assert!(error.message().unwrap().starts_with("TraceIds[0]: \"none\" is no trace id"), "{error:?}");
    let (start, end) = (DateTime::from_secs(5), DateTime::from_secs(4));
    let error = client.get_service_graph().start_time(start).end_time(end).send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_request_exception() && error.message().unwrap().contains("is after EndTime"), "{error:?}");
    let error = client.list_retrieved_traces().retrieval_token("none").send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_and_targets() {
    let local = local(ServeSettings::default());
    let client = client(&local);
    let rule = |name: &str| {
        let rule = SamplingRule::builder().rule_name(name).resource_arn("*").priority(5).fixed_rate(0.5).reservoir_size(4);
        rule.service_name("*").service_type("*").host("*").http_method("*").url_path("*").version(1).build().unwrap()
    };
    client.create_sampling_rule().sampling_rule(rule("all")).send().await.unwrap();
    let rules: Vec<_> = client.get_sampling_rules().into_paginator().items().send().collect::<Result<_, _>>().await.unwrap();
    let names: Vec<_> = rules.iter().filter_map(|record| record.sampling_rule()?.rule_name()).collect();
    assert_eq!(names, ["all", "Default"]);
    for number in 0..24 {
        client.create_sampling_rule().sampling_rule(rule(&number.to_string())).send().await.unwrap();
    }
    let error = client.create_sampling_rule().sampling_rule(rule("more")).send().await.unwrap_err().into_service_error();
    assert!(error.is_rule_limit_exceeded_exception(), "{error:?}");

    let report = SamplingStatisticsDocument::builder().rule_name("all").client_id("0123456789abcdef01234567");
    let report = report.timestamp(DateTime::from_secs(1)).request_count(1).sampled_count(1).build().unwrap();
    let targets = client.get_sampling_targets().sampling_statistics_documents(report).send().await.unwrap();
    let target = &targets.sampling_target_documents()[0];
    assert_eq!((target.fixed_rate(), target.reservoir_quota(), target.interval()), (0.5, Some(4), Some(10)));
}
