//! The fake daemon, over real sockets.

use std::net::{Ipv6Addr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use xray_runtime::{Recorder, Sampling, segment, subsegment};
use xray_testkit::FakeDaemon;

/// Far longer than it takes; only a failing test waits for it.
const LONG: Duration = Duration::from_secs(30);

fn told(code: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(code)).expect_err("it should have panicked");
    payload.downcast_ref::<String>().expect("a message").clone()
}

#[test]
fn documents_arrive_and_make_a_tree() {
    let daemon = FakeDaemon::start();
    let recorder = Recorder::builder().daemon_address(daemon.address()).sampling(Sampling::Always).build();
    for _ in 0..3 {
        recorder.run(|| segment("orders").run(|| subsegment("price").run(|| ())));
    }
    assert_eq!(daemon.wait_for(3, LONG).len(), 3);
    daemon.assert_tree("orders\n  price\norders\n  price\norders\n  price");
    assert_eq!(daemon.traces().len(), 3);
    assert_eq!(recorder.stats().documents, 3);
}

#[test]
fn datagrams_the_daemon_would_not_take_are_counted() {
    let daemon = FakeDaemon::start();
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let good = r#"{"name":"a","id":"0000000000000001","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1,"end_time":2}"#;
    for datagram in [&b""[..], b"{}", b"{\"format\":\"json\",\"version\":1}\n", b"{\"format\":\"xml\",\"version\":1}\n{}", b"\xff\n\xff"] {
        socket.send_to(datagram, daemon.address()).unwrap();
    }
    let header = xray_model::datagram::HEADER;
    socket.send_to(format!("{header}{good}").as_bytes(), daemon.address()).unwrap();
    daemon.wait_for(1, LONG);
    assert_eq!(daemon.bad_datagrams(), 5);
    assert!(told(|| daemon.assert_tree("b")).ends_with("bad datagrams: 5\n"));

    socket.send_to(format!("{header}{{\"name\":\"no id\"}}").as_bytes(), daemon.address()).unwrap();
    let message = told(|| _ = daemon.wait_for(2, LONG));
    assert!(message.contains("invalid document") && message.contains("no id"), "{message}");
    assert!(told(|| _ = daemon.traces()).contains("invalid segment document"));
    assert_eq!(daemon.documents().len(), 2);
}

#[test]
fn waiting_in_vain_ends_with_the_figures() {
    let daemon = FakeDaemon::start();
    assert!(told(|| _ = daemon.wait_for(1, Duration::ZERO)).starts_with("0 of 1 documents came in 0ns, and 0 bad datagrams"));
}

#[test]
fn it_listens_on_ipv6_where_there_is_one() {
    // A machine without IPv6 has nothing to show here.
    let Ok(daemon) = FakeDaemon::start_at(Ipv6Addr::LOCALHOST.into()) else { return };
    let recorder = Recorder::builder().daemon_address(daemon.address()).sampling(Sampling::Always).build();
    recorder.run(|| segment("orders").run(|| ()));
    daemon.wait_for(1, LONG);
    daemon.assert_tree("orders");
}

#[test]
fn dropping_it_ends_its_thread_also_with_a_full_socket() {
    let daemon = FakeDaemon::start();
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    for _ in 0..1_000 {
        let _ = socket.send_to(&[b'x'; 10_000], daemon.address());
    }
    let address = daemon.address();
    drop(daemon);
    // Its port is free again, so the thread that held the socket is gone.
    UdpSocket::bind(address).unwrap();
}
