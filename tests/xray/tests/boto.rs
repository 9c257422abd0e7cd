//! Every operation, asked by boto3, and held against the service model that it brings.
#![allow(missing_docs)]

use autoxray_xray_tests::{local, python};
use xray_collector::ServeSettings;

#[test]
fn every_operation_answers_as_the_service_does() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("boto-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let rules = folder.join("rules.json");
    std::fs::write(&rules, r#"{"SamplingRuleRecords":[]}"#).unwrap();
    let mut settings = ServeSettings::default();
    settings.rules = Some(rules.clone());
    let local = local(settings);
    let output = python("api.py", &[&format!("http://{}", local.local_addr()), rules.to_str().unwrap()]);
    let operations: usize = output.trim().parse().unwrap_or_else(|_| panic!("{output}"));
    assert!(operations >= 38, "{operations}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_the_service_model_forbids_is_refused() {
    let local = local(ServeSettings::default());
    let output = python("members.py", &[&format!("http://{}", local.local_addr())]);
    let refused: usize = output.trim().parse().unwrap_or_else(|_| panic!("{output}"));
    assert!(refused >= 500, "{refused}");
}
