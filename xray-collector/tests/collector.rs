//! The collector over real sockets.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use xray_collector::{Collector, Reason, Settings, Status, View, view};
use xray_model::datagram::{HEADER, Rejected};

const LONG: Duration = Duration::from_secs(20);

fn client(collector: &Collector) -> UdpSocket {
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(collector.local_addr()).unwrap();
    client
}

fn document(trace: u32, id: u32, fields: &str) -> String {
    format!(
        "{HEADER}{{\"name\":\"shop\",\"id\":\"{id:016x}\",\"trace_id\":\"1-{trace:08x}-000000000000000000000001\",\"start_time\":1710276830.1,{fields}}}"
    )
}

#[test]
fn documents_become_traces() {
    let collector = Collector::start("127.0.0.1:0").unwrap();
    let client = client(&collector);
    client.send(document(1, 2, "\"end_time\":1710276830.4,\"type\":\"subsegment\",\"parent_id\":\"0000000000000001\"").as_bytes()).unwrap();
    assert!(collector.wait_for(LONG, |progress| progress.documents == 1));
    assert!(!collector.wait_for_traces(1, Duration::from_millis(20)), "its segment is missing");
    client.send(document(1, 1, "\"end_time\":1710276830.3,\"http\":{\"response\":{\"status\":503}}").as_bytes()).unwrap();
    client.send(document(2, 1, "\"end_time\":1710276830.2").as_bytes()).unwrap();
    assert!(collector.wait_for_traces(2, LONG));

    let traces = collector.traces();
    assert_eq!(traces.len(), 2);
    assert_eq!((traces[0].status, traces[0].segments, traces[0].subsegments, traces[0].has_fault()), (Status::Fault, 1, 1, true));
    assert_eq!((traces[0].duration.as_millis(), traces[0].response_time.unwrap().as_millis()), (300, 200));
    let trace = collector.trace(traces[0].id).unwrap();
    assert_eq!(trace.root().unwrap().children().count(), 1);
    assert!(collector.trace("1-00000009-000000000000000000000001".parse().unwrap()).is_none());

    let services = collector.services();
    assert_eq!((services.len(), services[0].count, services[0].faults), (1, 2, 1));
    assert_eq!(services[0].percentile(50.0).unwrap().as_millis(), 100);
    assert_eq!(services[0].percentile(90.0).unwrap().as_millis(), 200);
    collector.clear();
    assert!(collector.traces().is_empty());
    assert_eq!(collector.progress().documents, 3);
}

#[test]
fn bad_datagrams_are_counted_and_kept() {
    let collector = Collector::start_with("127.0.0.1:0", {
        let mut settings = Settings::default();
        settings.rejected = 4;
        settings
    })
    .unwrap();
    let client = client(&collector);
    let bad: [(&[u8], Reason, &str); 10] = [
        (b"", Reason::Datagram(Rejected::MissingNewline), ""),
        (b"hello", Reason::Datagram(Rejected::MissingNewline), ""),
        (b"hello\n{}", Reason::Datagram(Rejected::BadHeader), ""),
        (b"{\"format\":\"xml\",\"version\":1}\n{}", Reason::Datagram(Rejected::WrongFormat), ""),
        (b"{\"format\":\"json\",\"version\":3}\n{}", Reason::Datagram(Rejected::WrongVersion), ""),
        (b"{\"format\":\"json\",\"version\":1}\n", Reason::Datagram(Rejected::EmptyBody), ""),
        (b"{\"format\":\"json\",\"version\":1}\nT1SCgQ=", Reason::Otlp, ""),
        (b"{\"format\":\"json\",\"version\":1}\n{\"name\":\"a", Reason::Document, "name: expected a string, found \"a (byte 8)"),
        (b"{\"format\":\"json\",\"version\":1}\n{\"a\":\"\xff\x1b[2J\"}", Reason::Document, "expected UTF-8, found ff 1b 5b 32 (byte 6)"),
        (b"{\"format\":\"json\",\"version\":1}\n\x00\x01\x02", Reason::Document, "expected an object, found \\0\\u{1}\\u{2} (byte 0)"),
    ];
    for (datagram, ..) in bad {
        client.send(datagram).unwrap();
    }
    client.send(&[b'['; 60_000]).unwrap();
    client.send(document(1, 1, "\"end_time\":1710276830.3").as_bytes()).unwrap();
    assert!(collector.wait_for(LONG, |progress| progress.documents == 1), "bad datagrams stop nothing");

    let rejected = collector.rejected();
    let mut counts = BTreeMap::new();
    for (_, reason, _) in bad {
        *counts.entry(reason).or_insert(0) += 1;
    }
    *counts.entry(Reason::Datagram(Rejected::MissingNewline)).or_insert(0) += 1;
    assert_eq!(rejected.counts, counts);
    assert_eq!((rejected.total(), collector.progress().rejected), (11, 11));
    let kept: Vec<_> = rejected.last.iter().map(|datagram| (datagram.reason, datagram.detail.as_str())).collect();
    let mut expected: Vec<_> = bad[7..].iter().map(|(_, reason, detail)| (*reason, *detail)).collect();
    expected.push((Reason::Datagram(Rejected::MissingNewline), ""));
    assert_eq!(kept, expected);
    assert_eq!((rejected.last[3].size, rejected.last[3].from), (60_000, client.local_addr().unwrap()));
    assert!(rejected.last[3].beginning.len() < 1_000);

    let shown = view::rejected(&rejected, &View::default());
    assert!(shown.contains("      1  header names another version than 1\n"), "{shown}");
    assert!(shown.contains("{\"a\":\"\u{fffd}␛[2J\"}"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80 && !line.contains('\u{1b}')));
}

#[test]
fn what_is_lost_in_a_burst_is_counted() {
    const SENT: u64 = 20_000;
    let collector = Collector::start("127.0.0.1:0").unwrap();
    let client = client(&collector);
    for id in 1..=SENT as u32 {
        client.send(document(id % 100, id, "\"in_progress\":true").as_bytes()).unwrap();
    }
    let deadline = Instant::now() + LONG;
    loop {
        let stats = collector.stats();
        // Where the kernel does not tell what it dropped, that something arrived must do.
        let accounted = stats.progress.documents + stats.lost_in_queue + stats.lost_in_kernel.unwrap_or(SENT);
        if accounted >= SENT && stats.progress.documents > 0 {
            assert_eq!((stats.socket_errors, stats.traces_evicted, stats.progress.rejected), (0, 0, 0));
            assert!(stats.lost_in_kernel.is_none() || accounted == SENT, "{stats:?}");
            break;
        }
        assert!(Instant::now() < deadline, "{stats:?}");
        let _ = collector.wait_for(Duration::from_millis(20), |progress| progress.documents == SENT);
    }
}

#[test]
fn limits_hold_and_losses_are_counted() {
    let mut settings = Settings::default();
    settings.segments = 10;
    let collector = Collector::start_with("127.0.0.1:0", settings).unwrap();
    let client = client(&collector);
    for trace in 0..25 {
        client.send(document(trace, 1, "\"end_time\":1710276830.3").as_bytes()).unwrap();
    }
    for id in 1..=12 {
        client.send(document(99, id, "\"end_time\":1710276830.3").as_bytes()).unwrap();
    }
    assert!(collector.wait_for(LONG, |progress| progress.documents == 37));
    let stats = collector.stats();
    assert_eq!((stats.progress.traces, stats.progress.segments, stats.traces_evicted, stats.documents_refused), (1, 10, 25, 2));
}

#[test]
fn the_port_is_free_once_the_collector_is_dropped() {
    let collector = Collector::start("127.0.0.1:0").unwrap();
    let address = collector.local_addr();
    assert!(Collector::start(address).is_err());
    let begun = Instant::now();
    assert!(!collector.wait_for(Duration::from_millis(50), |_| false));
    assert!(begun.elapsed() >= Duration::from_millis(50));
    drop(collector);
    assert!(begun.elapsed() < Duration::from_secs(10));
    // Another process may have taken it meanwhile; then it was free, too.
    if let Ok(again) = Collector::start(address) {
        assert_eq!(again.local_addr(), address);
    }
}
