//! Under lambda-simulator, which stops the process when its answer is there, as Lambda does.
#![allow(missing_docs)]

use std::time::Duration;

use autoxray_lambda_tests::{PARENT, ROOT, sampled};
use lambda_simulator::process::{ProcessConfig, ProcessRole};
use lambda_simulator::{FreezeMode, Invocation, InvocationStatus, Simulator};
use serde_json::json;
use xray_testkit::FakeDaemon;

const LONG: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_process_has_sent_everything() {
    let daemon = FakeDaemon::start();
    let simulator = Simulator::builder().function_name("orders").freeze_mode(FreezeMode::Process).build().await.unwrap();
    let config = ProcessConfig::new(env!("CARGO_BIN_EXE_value"), ProcessRole::Runtime).inherit_stdio(false);
    let config = config.env("AWS_XRAY_DAEMON_ADDRESS", daemon.address().to_string());
    let process = simulator.spawn_process_with_config(config).unwrap();
    for (round, what) in (1..).zip(["nest", "fail", "panic", "nest", "nest"]) {
        let mut invocation = Invocation::new(json!({ "do": what }), 60_000);
        invocation.trace_id = sampled();
        let id = simulator.enqueue(invocation).await;
        let state = simulator.wait_for_invocation_complete(&id, LONG).await.unwrap();
        let expected = if what == "nest" { InvocationStatus::Success } else { InvocationStatus::Error };
        assert_eq!(state.status, expected, "{what}");
        simulator.wait_for_frozen(LONG).await.unwrap();
        wait_until_stopped(process.pid()).await;
        // It can send nothing now.
        let documents = daemon.wait_for(round + 1, LONG);
        assert_eq!(documents.len(), round + 1, "{documents:?}");
        assert!(documents.iter().all(|document| document.contains(PARENT) && document.contains(ROOT)));
    }
    assert_eq!(daemon.bad_datagrams(), 0);
}

/// The simulator says that the process is frozen just before it stops it. An event that came in between would wake it too early.
async fn wait_until_stopped(process: u32) {
    for _ in 0..LONG.as_millis() {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        // Behind the name of the program, in brackets, stands the state.
        if stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T')) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("process {process} is not stopped");
}
