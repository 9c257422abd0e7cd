//! Eight threads that count a million times each, through flushes under load, over sinks that leave the process: it adds up exactly.
#![allow(missing_docs)]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use autoxray_metrics_tests::check_ours;
use autoxray_metrics_tests::load::{self, Arrived};
use xray_runtime::LossKind;
use xray_runtime::metrics::{AgentSink, Metrics};

#[test]
fn all_of_it_arrives_over_standard_output() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_load")).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| line.unwrap());
    let lines: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success());
    check_ours(&lines);
    let (arrived, all) = (Arrived::read(&lines), Arrived::all());
    assert_eq!((arrived.hits, arrived.by_route), (all.hits, all.by_route));
    assert!(arrived.times == all.times);
}

#[test]
fn what_does_not_arrive_at_the_agent_was_counted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    let reader = std::thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        BufReader::new(stream).lines().map(|line| line.unwrap()).collect::<Vec<String>>()
    });
    let metrics = Metrics::builder("Load").dimension("service", "orders").sink(AgentSink::new(address.parse().unwrap())).build().unwrap();
    load::run(&metrics);
    assert!(metrics.flush(Duration::from_secs(60)));
    let stats = metrics.stats();
    let lost: u64 = stats.losses.iter().map(|loss| if loss.kind == LossKind::Measurement { loss.count } else { panic!("{stats:?}") }).sum();
    drop(metrics);
    let lines = reader.join().unwrap();
    check_ours(&lines);
    // As many as there are, the lost ones included, and nothing that was not measured.
    let (arrived, all) = (Arrived::read(&lines), Arrived::all());
    assert_eq!(arrived.measurements() + lost as f64, all.measurements(), "{lost} lost");
    if lost == 0 {
        assert_eq!((arrived.hits, arrived.by_route), (all.hits, all.by_route));
        assert!(arrived.times == all.times);
    }
}
