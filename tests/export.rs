//! Documents on their way out: over real sockets, and through exporters that do what they should not.
#![allow(missing_docs)]

use std::net::{Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use autoxray::export::{DaemonAddress, Document, UdpExporter};
use autoxray::{
    Context, Exporter, LossKind, LossReason, MemoryExporter, Recorder, Sampling, TraceHeader, annotate, is_recording, metadata, segment,
    stats, subsegment, traced,
};
use xray_testkit::{FakeDaemon, TestRecorder, assemble};

/// Far longer than it takes; only a failing test waits for it.
const LONG: Duration = Duration::from_secs(30);

fn sending_to(address: impl Into<DaemonAddress>) -> Recorder {
    Recorder::builder().sampling(Sampling::Always).daemon_address(address).build()
}

fn with_exporter(exporter: impl Exporter) -> Recorder {
    Recorder::builder().sampling(Sampling::Always).exporter(exporter).build()
}

fn order() -> u8 {
    segment("orders").run(|| {
        subsegment("price").run(|| annotate("currency", "EUR"));
        7
    })
}

const ORDER: &str = "orders\n  price {currency=EUR}\n";

#[test]
fn documents_go_to_the_daemon_one_datagram_each() {
    let daemon = FakeDaemon::start();
    let recorder = sending_to(daemon.address());
    for sent in 1..=20 {
        assert_eq!(recorder.run(order), 7);
        daemon.wait_for(sent, LONG);
    }
    daemon.assert_tree(&ORDER.repeat(20));
    let stats = recorder.stats();
    assert_eq!((stats.segments, stats.subsegments, stats.documents, stats.losses), (20, 20, 20, vec![]));
    assert!(stats.export_time > Duration::ZERO);
    assert_eq!(daemon.bad_datagrams(), 0);
}

#[test]
fn all_forms_of_an_address_lead_to_the_daemon() {
    let daemon = FakeDaemon::start();
    let port = daemon.address().port();
    let mut sent = 0;
    for text in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("udp:127.0.0.1:{port} tcp:127.0.0.1:1"),
        format!("tcp:127.0.0.1:1 \t udp:LOCALHOST:{port}"),
        format!("udp:127.0.0.1:{port}"),
        // No literal address, so this is looked up as a name.
        format!("127.1:{port}"),
    ] {
        let recorder = sending_to(text.parse::<DaemonAddress>().unwrap());
        recorder.run(order);
        assert!(recorder.flush(LONG), "{text}");
        sent += 1;
        daemon.wait_for(sent, LONG);
        assert_eq!(recorder.stats().losses, [], "{text}");
    }
}

#[test]
fn ipv6_is_taken_where_there_is_one() {
    // A machine without IPv6 has nothing to show here.
    let Ok(daemon) = FakeDaemon::start_at(Ipv6Addr::LOCALHOST.into()) else { return };
    let text = format!("[::1]:{}", daemon.address().port());
    let recorder = sending_to(text.parse::<DaemonAddress>().unwrap());
    recorder.run(order);
    daemon.wait_for(1, LONG);
    daemon.assert_tree(ORDER);
}

#[test]
fn what_is_recorded_before_the_name_is_known_is_kept_in_order() {
    let daemon = FakeDaemon::start();
    let recorder = sending_to(format!("127.1:{}", daemon.address().port()).parse::<DaemonAddress>().unwrap());
    recorder.run(|| (0..20_u8).for_each(|n| segment("s").run(|| annotate("n", n))));
    assert!(recorder.flush(LONG));
    let numbers: Vec<_> = daemon.wait_for(20, LONG).iter().map(|document| number(document)).collect();
    assert_eq!(numbers, (0..20).collect::<Vec<_>>());
    assert_eq!(recorder.stats().losses, []);
}

fn number(document: &str) -> u64 {
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    document["annotations"]["n"].as_u64().unwrap()
}

#[test]
fn a_document_of_the_largest_size_arrives_whole() {
    let daemon = FakeDaemon::start();
    let recorder = sending_to(daemon.address());
    let largest = recorder.run(|| {
        segment("s").run(|| {
            // Each takes 56 KB in its document, and both do not fit one.
            metadata("large", &"x".repeat(55_990));
            subsegment("sub").run(|| metadata("large", &"y".repeat(55_990)));
        });
        daemon.wait_for(2, LONG).iter().map(String::len).max().unwrap()
    });
    assert!(largest > 56_000, "{largest}");
    daemon.assert_tree("s\n  sub");
    assert_eq!(daemon.traces()[0].expect("sub").metadata("large"), "y".repeat(55_990));
}

#[test]
fn many_threads_send_to_one_daemon() {
    let daemon = FakeDaemon::start();
    let recorder = sending_to(daemon.address());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| recorder.run(|| (0..25).for_each(|_| _ = order())));
        }
    });
    // 100 documents of 400 bytes fit any receive buffer.
    daemon.wait_for(100, LONG);
    daemon.assert_tree(&ORDER.repeat(100));
}

/// An address where nobody listens. It stays free as long as nobody is given it by chance.
fn nobody() -> SocketAddr {
    UdpSocket::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap()
}

#[test]
fn without_a_daemon_everything_is_lost_and_nothing_else_happens() {
    let recorder = sending_to(nobody());
    for _ in 0..50 {
        assert_eq!(recorder.run(order), 7);
    }
    let stats = recorder.stats();
    assert_eq!((stats.segments, stats.subsegments), (50, 50));
    // The system tells of a refusal at the next datagram, so some may have seemed to leave.
    let refused = stats.lost(LossKind::Document, LossReason::Refused);
    assert!(refused > 0 && refused <= 51, "{refused}");
    assert_eq!(stats.losses.len(), 1, "{:?}", stats.losses);
    assert!(recorder.flush(Duration::ZERO), "there is nothing to wait for");
}

#[test]
fn a_daemon_that_comes_later_gets_what_is_sent_from_then_on() {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let recorder = sending_to(address);
    recorder.run(|| segment("too early").run(|| ()));
    // Somebody else may have been given the port meanwhile; then there is nothing to see.
    let Ok(daemon) = UdpSocket::bind(address) else { return };
    daemon.set_read_timeout(Some(LONG)).unwrap();
    recorder.run(|| segment("in time").run(|| ()));
    let mut buffer = [0; 65_536];
    let len = daemon.recv(&mut buffer).unwrap();
    assert!(String::from_utf8_lossy(&buffer[..len]).contains("in time"));
}

#[test]
fn a_host_that_cannot_be_found_costs_only_the_documents() {
    // No resolver takes an empty label, so this ends without a network.
    let recorder = sending_to("no..host:2000".parse::<DaemonAddress>().unwrap());
    for _ in 0..300 {
        assert_eq!(recorder.run(order), 7);
    }
    assert!(!recorder.flush(LONG), "what is kept for the name has not left");
    let stats = recorder.stats();
    assert_eq!((stats.segments, stats.subsegments), (300, 300));
    assert_eq!(stats.lost(LossKind::Document, LossReason::Unresolved), 300, "{stats:?}");
    assert_eq!(stats.losses.len(), 1);
}

#[test]
fn a_daemon_that_does_not_read_holds_up_nobody() {
    let deaf = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let recorder = sending_to(deaf.local_addr().unwrap());
    let large = "x".repeat(10_000);
    for _ in 0..500 {
        let code = || segment("s").run(|| metadata("large", &large));
        recorder.run(code);
    }
    let stats = recorder.stats();
    let lost: u64 = stats.losses.iter().map(|loss| loss.count).sum();
    assert_eq!(stats.documents + lost, 500, "each has either left or been counted: {stats:?}");
}

/// Answers each document with what it is told to.
#[derive(Clone, Debug, Default)]
struct Answering {
    reasons: Arc<Mutex<Vec<LossReason>>>,
    late: Arc<AtomicU64>,
}

impl Exporter for Answering {
    fn export(&self, _: Document<'_>) -> Result<(), LossReason> {
        self.reasons.lock().unwrap().pop().map_or(Ok(()), Err)
    }

    fn flush(&self, timeout: Duration) -> bool {
        timeout > Duration::ZERO
    }

    fn lost_later(&self) -> Vec<(LossReason, u64)> {
        vec![(LossReason::Refused, self.late.load(Relaxed)), (LossReason::BufferFull, 0)]
    }
}

#[test]
fn what_an_exporter_loses_is_counted_for_its_reason() {
    let exporter = Answering::default();
    let recorder = with_exporter(exporter.clone());
    *exporter.reasons.lock().unwrap() = vec![LossReason::BufferFull, LossReason::BufferFull, LossReason::Failed, LossReason::Refused];
    (0..10).for_each(|_| _ = recorder.run(order));
    exporter.late.store(5, Relaxed);
    let stats = recorder.stats();
    assert_eq!((stats.segments, stats.documents), (10, 6));
    for (reason, count) in [(LossReason::BufferFull, 2), (LossReason::Failed, 1), (LossReason::Refused, 1 + 5)] {
        assert_eq!(stats.lost(LossKind::Document, reason), count, "{reason}");
    }
    assert!(recorder.flush(LONG) && !recorder.flush(Duration::ZERO));
}

/// Says that it was called, and goes on when it is told to.
#[derive(Debug)]
struct Blocking {
    called: SyncSender<()>,
    go_on: Mutex<Receiver<()>>,
    documents: MemoryExporter,
}

impl Exporter for Blocking {
    fn export(&self, document: Document<'_>) -> Result<(), LossReason> {
        if document.json().contains("slow") {
            self.called.send(()).unwrap();
            self.go_on.lock().unwrap().recv().unwrap();
        }
        self.documents.export(document)
    }
}

#[test]
fn an_exporter_that_blocks_holds_up_only_who_called_it() {
    let (called, wait_for_call) = sync_channel(1);
    let (go_on, wait_to_go_on) = sync_channel(1);
    let documents = MemoryExporter::new();
    let recorder = with_exporter(Blocking { called, go_on: Mutex::new(wait_to_go_on), documents: documents.clone() });
    recorder.run(|| {
        segment("fast").run(|| {
            let context = Context::current();
            let slow = thread::spawn({
                let recorder = recorder.clone();
                move || recorder.run(|| segment("slow").run(|| ()))
            });
            wait_for_call.recv().unwrap();
            // The other thread is in the exporter now. All of this needs no more than what is its own.
            subsegment("here").run(|| annotate("k", 1));
            thread::spawn(move || context.run(|| subsegment("there").run(|| ()))).join().unwrap();
            (0..100).for_each(|_| segment("beside").run(|| ()));
            assert_eq!(stats().documents, 100);
            go_on.send(()).unwrap();
            slow.join().unwrap();
        });
    });
    assert_eq!(documents.documents().len(), 102);
}

#[test]
fn a_trace_goes_on_while_a_part_of_it_is_being_sent() {
    let (called, wait_for_call) = sync_channel(1);
    let (go_on, wait_to_go_on) = sync_channel(1);
    let documents = MemoryExporter::new();
    let recorder = with_exporter(Blocking { called, go_on: Mutex::new(wait_to_go_on), documents: documents.clone() });
    recorder.run(|| {
        segment("s").run(|| {
            let context = Context::current();
            let streaming = thread::spawn(move || {
                // Two that do not fit one document: the first has to leave early.
                context.run(|| (0..2).for_each(|_| subsegment("slow").run(|| metadata("large", &"x".repeat(50_000)))));
            });
            wait_for_call.recv().unwrap();
            subsegment("here").run(|| annotate("k", 1));
            assert!(is_recording());
            go_on.send(()).unwrap();
            go_on.send(()).unwrap();
            streaming.join().unwrap();
        });
    });
    let trace = assemble(documents.documents()).unwrap().remove(0);
    assert_eq!(trace.nodes().filter(|node| node.name() == "slow").count(), 2);
    assert_eq!(trace.expect("here").parent().unwrap().name(), "s");
}

#[derive(Debug)]
struct Panicking;

impl Exporter for Panicking {
    fn export(&self, _: Document<'_>) -> Result<(), LossReason> {
        panic!("in export")
    }

    fn flush(&self, _: Duration) -> bool {
        panic!("in flush")
    }

    fn lost_later(&self) -> Vec<(LossReason, u64)> {
        panic!("in lost_later")
    }
}

#[test]
fn an_exporter_that_panics_loses_its_documents_and_nothing_else() {
    let recorder = with_exporter(Panicking);
    recorder.run(|| {
        let guard = segment("by guard").begin();
        assert_eq!(order(), 7);
        drop(guard);
        assert!(!is_recording(), "the place is left in good order");
    });
    assert!(!recorder.flush(LONG));
    assert_eq!(recorder.stats().lost(LossKind::Document, LossReason::Panicked), 2);
}

/// Is itself traced, in every way.
#[derive(Debug)]
struct Traced {
    documents: MemoryExporter,
    own: TestRecorder,
}

#[traced(segment)]
fn traced_work() {
    annotate("k", 1);
}

impl Exporter for Traced {
    #[traced]
    fn export(&self, document: Document<'_>) -> Result<(), LossReason> {
        traced_work();
        segment("of the exporter").run(|| subsegment("inner").run(|| metadata("k", &1)));
        let _guard = segment("by guard").begin();
        let header = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1");
        segment("continued").header(header).run(|| assert!(!is_recording()));
        self.own.run(|| segment("elsewhere").run(|| subsegment("inner").run(|| ())));
        self.documents.export(document)
    }
}

#[test]
fn an_exporter_that_is_traced_records_nothing_of_itself() {
    let (documents, own) = (MemoryExporter::new(), TestRecorder::new());
    let recorder = with_exporter(Traced { documents: documents.clone(), own: own.clone() });
    recorder.run(|| {
        segment("outer").run(|| {
            order();
            // Where the exporter was called from, all goes on.
            subsegment("after").run(|| assert!(is_recording()));
        });
    });
    let trees: Vec<_> = assemble(documents.documents()).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(trees, ["outer\n  after\n", ORDER]);
    assert_eq!(recorder.stats().losses, []);
    // It may use another recorder as it likes.
    own.assert_tree(&"elsewhere\n  inner\n".repeat(2));
}

#[test]
fn an_exporter_of_ones_own_may_wrap_another() {
    #[derive(Debug)]
    struct Both(UdpExporter, MemoryExporter);
    impl Exporter for Both {
        fn export(&self, document: Document<'_>) -> Result<(), LossReason> {
            assert!(document.datagram().ends_with(document.json().as_bytes()));
            assert!(document.datagram().starts_with(b"{\"format\":\"json\",\"version\":1}\n"));
            assert_eq!(format!("{document:?}"), document.json());
            self.0.export(document).and(self.1.export(document))
        }
    }
    let daemon = FakeDaemon::start();
    let memory = MemoryExporter::new();
    let recorder = with_exporter(Both(UdpExporter::new(&daemon.address().into()), memory.clone()));
    recorder.run(order);
    assert_eq!(daemon.wait_for(1, LONG), memory.take());
    assert!(memory.take().is_empty());
}

#[test]
fn a_recorder_that_is_let_go_sends_what_is_open() {
    let documents = MemoryExporter::new();
    let recorder = with_exporter(documents.clone());
    let context = recorder.run(|| segment("s").run(Context::current));
    drop(recorder);
    context.run(|| subsegment("late").run(|| ()));
    drop(context);
    assert_eq!(assemble(documents.documents()).unwrap()[0].to_string(), "s\n  late\n");
}

#[test]
fn memory_is_bounded_and_what_is_over_it_is_counted() {
    let recorder = TestRecorder::new();
    recorder.run(|| (0..100_010).for_each(|_| segment("s").run(|| ())));
    assert_eq!(recorder.documents().len(), 100_000);
    assert_eq!(recorder.stats().lost(LossKind::Document, LossReason::Limit), 10);
}
