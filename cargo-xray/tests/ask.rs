//! `cargo xray query`, `trace` and `tail`, with a collector that runs.

mod common;

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::process::{Command, Stdio};

use common::{View, command, xray};
use serde_json::Value;

const ORDER: &str = "1-5759e988-bd862e3fe1be46a994272793";

fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
}

/// A collector that has an order that failed and a search that went well.
fn shop() -> View {
    let view = View::start(&[]);
    for (trace, id, name, more) in [
        (ORDER, "70de5b6f19ff9a0a", "orders", r#","fault":true,"annotations":{"customer":"ann"}"#),
        ("1-5759e988-000000000000000000000001", "70de5b6f19ff9a0b", "search", ""),
    ] {
        send(&view, trace, id, name, more);
    }
    let both = |said: &common::Said| said.out.lines().count() == 2;
    wait(|| xray(&["query", "--json", "--address", &view.at]), both);
    view
}

/// A segment that has just ended.
fn send(view: &View, trace: &str, id: &str, name: &str, more: &str) {
    let end = now();
    let document = format!(r#"{{"name":"{name}","id":"{id}","trace_id":"{trace}","start_time":{},"end_time":{end}{more}}}"#, end - 0.25);
    let datagram = format!("{{\"format\":\"json\",\"version\":1}}\n{document}");
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(datagram.as_bytes(), &view.at).unwrap();
}

fn wait<T: std::fmt::Debug>(mut look: impl FnMut() -> T, is_there: impl Fn(&T) -> bool) -> T {
    let mut last = look();
    for _ in 0..600 {
        if is_there(&last) {
            return last;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        last = look();
    }
    panic!("it did not come: {last:?}")
}

#[test]
fn traces_are_found_by_a_filter() {
    let view = shop();
    let query = |args: &[&str]| xray(&[&["query", "--address", &view.at], args].concat());
    let faults = query(&["fault = true"]);
    assert!(faults.out.contains(ORDER) && faults.out.contains("orders") && !faults.out.contains("search"), "{faults:?}");
    assert!(faults.out.ends_with("1 trace was found.\n") && faults.code == Some(0), "{faults:?}");
    assert!(query(&[]).out.ends_with("2 traces were found.\n"));
    let annotated: Value = serde_json::from_str(&query(&[r#"annotation[customer] = "ann""#, "--json"]).out).unwrap();
    assert_eq!((&annotated["Id"], &annotated["HasFault"]), (&ORDER.into(), &true.into()), "{annotated:#}");
    assert!(query(&["--limit", "1"]).out.contains("2 traces were found, of which these are the newest"));
    let none = query(&["responsetime > 60"]);
    assert_eq!((none.code, none.out.as_str()), (Some(0), "No trace was found.\n"));
    assert!(query(&["--last", "1d", "ok"]).out.contains("search"));
    let without_quotes = query(&["fault", "=", "true", "--json"]);
    assert!(without_quotes.out.contains(ORDER) && without_quotes.out.lines().count() == 1, "{without_quotes:?}");
}

#[test]
fn what_is_wrong_with_a_filter_is_pointed_at() {
    for command in ["query", "tail"] {
        let said = xray(&[command, "service(\"a\") AND responstime > 5"]);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert_eq!(
            said.err,
            "error: the filter expression is wrong at column 18: `responstime` is no keyword; did you mean `responsetime`?\n  \
             service(\"a\") AND responstime > 5\n                   ^\n"
        );
    }
    let said = xray(&["query", "--last", "soon"]);
    assert!(said.code == Some(2) && said.err.contains("15m, 6h, 1d"), "{said:?}");
}

#[test]
fn a_trace_is_shown_by_either_form_of_its_id() {
    let view = shop();
    let header = format!("X-Amzn-Trace-Id: Root={ORDER};Parent=53995c3f42cd8ad8;Sampled=1");
    let page = format!("http://{}/traces/{ORDER}?theme=dark", view.at);
    // The id's time is long ago, so that it is looked for among those of the last hour, too.
    for id in [ORDER, "5759e988bd862e3fe1be46a994272793", &header, &page, "1-5759e988-b", "5759e988bd86"] {
        let shown = xray(&["trace", id, "--address", &view.at]);
        assert!(shown.out.starts_with(&format!("Trace {ORDER}")) && shown.out.contains("customer=ann"), "{shown:?}");
        assert!(!shown.out.contains('\x1b'));
    }
    let colour = xray(&["trace", ORDER, "--address", &view.at, "--color", "always"]);
    assert!(colour.out.contains("\x1b["));
    let json: Value = serde_json::from_str(&xray(&["trace", ORDER, "--json", "--address", &view.at]).out).unwrap();
    assert_eq!((&json["Id"], &json["Segments"][0]["name"]), (&ORDER.into(), &"orders".into()), "{json:#}");
    let missing = xray(&["trace", "1-00000001-000000000000000000000001", "--address", &view.at]);
    assert!(missing.code == Some(1) && missing.err.contains("has no trace 1-00000001-000000000000000000000001"), "{missing:?}");
    let several = xray(&["trace", "1-5759e988", "--address", &view.at]);
    assert_eq!(
        several.err,
        format!("error: 2 traces have an id that begins with 1-5759e988-; say which:\n  1-5759e988-000000000000000000000001\n  {ORDER}\n")
    );
    let none = xray(&["trace", "5759e9880f", "--address", &view.at]);
    assert!(none.code == Some(1) && none.err.contains("has no trace whose id begins with 1-5759e988-0f"), "{none:?}");
    let bad = xray(&["trace", "4711"]);
    assert!(bad.code == Some(2) && bad.err.contains("or 32 of them (W3C)"), "{bad:?}");
}

#[test]
fn what_is_not_all_of_a_trace_says_so() {
    let view = View::start(&[]);
    let padding = format!(r#","metadata":{{"default":{{"padding":"{}"}}}}"#, "x".repeat(60_000));
    for number in 1..=12 {
        send(&view, ORDER, &format!("{number:016x}"), "orders", &padding);
    }
    let shown = wait(|| xray(&["trace", ORDER, "--address", &view.at]), |shown| shown.out.contains("not all of it"));
    assert!(shown.out.ends_with(&format!("The rest: http://{}/traces/{ORDER}\n\n", view.at)), "{}", shown.out);
}

#[test]
fn the_collector_is_where_programs_send_to() {
    let view = shop();
    let mut query = command(&["query"]);
    let said = common::run(query.env("AWS_XRAY_DAEMON_ADDRESS", format!("udp:127.0.0.1:1 tcp:{}", view.at)));
    assert!(said.out.contains(ORDER), "{said:?}");
}

#[test]
fn nobody_there_is_told_with_the_remedy() {
    for args in [&["query"][..], &["trace", ORDER], &["tail"]] {
        let said = xray(&[args, &["--address", "127.0.0.1:1"]].concat());
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
        assert!(
            said.err.starts_with("error: no collector answers at 127.0.0.1:1: ") && said.err.contains("`cargo xray view`"),
            "{}",
            said.err
        );
    }
}

#[test]
fn somebody_else_there_is_told() {
    use std::io::{Read, Write};
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let answers = [
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 26\r\n\r\n{\"message\":\"not for you\"}  ",
        "HTTP/1.1 403 Forbidden\r\nx-amzn-requestid: 1\r\ncontent-length: 26\r\n\r\n{\"message\":\"not for you\"}  ",
        "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
    ];
    let server = std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    for expected in [
        "does not answer as X-Ray does",
        "is no X-Ray API: it answers /TraceSummaries with status 404",
        "error: not for you\n",
        "is an X-Ray daemon, not a local X-Ray; AWS answers by way of it: not for you",
        "is an X-Ray daemon: it takes traces, and hands none out. Start a local X-Ray by `cargo xray view",
    ] {
        let said = xray(&["query", "--address", &at]);
        assert!(said.code == Some(1) && said.err.contains(expected), "{expected}: {said:?}");
    }
    server.join().unwrap();
}

/// A child that is ended with the test.
struct Tail(std::process::Child);

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn traces_are_printed_as_they_complete() {
    let view = shop();
    let mut tail: Command = command(&["tail", "service(\"bank\")", "--json", "--address", &view.at]);
    let mut tail = Tail(tail.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(tail.0.stdout.take().unwrap()).lines();
    // Until one of them is printed, it is not known whether the child has begun to look.
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let at = view.at.clone();
    let sender = std::thread::spawn(move || {
        for number in 1.. {
            let end = now();
            let (open, done) = ("\"in_progress\":true".to_owned(), format!("\"end_time\":{end}"));
            for (name, id, last) in [("bank", 2 * number, &done), ("shop", 2 * number + 1, &done), ("bank", 1_000_000 + number, &open)] {
                let trace = format!(
                    "1-5759e988-{:024x}",
                    if name == "bank" && last == &open { id } else { 16 * number + u64::from(name == "shop") }
                );
                let document = format!(r#"{{"name":"{name}","id":"{id:016x}","trace_id":"{trace}","start_time":{},{last}}}"#, end - 0.1);
                let datagram = format!("{{\"format\":\"json\",\"version\":1}}\n{document}");
                UdpSocket::bind("127.0.0.1:0").unwrap().send_to(datagram.as_bytes(), &at).unwrap();
            }
            if stopped.recv_timeout(std::time::Duration::from_millis(100)) != Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                return;
            }
        }
    });
    let printed: Vec<Value> = lines.by_ref().take(3).map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    drop(stop);
    sender.join().unwrap();
    let ids: std::collections::BTreeSet<_> = printed.iter().map(|trace| trace["Id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3, "each is printed once: {printed:#?}");
    for trace in &printed {
        assert_eq!(trace["Segments"][0]["name"], "bank", "{trace:#}");
        assert!(trace["Segments"][0].get("in_progress").is_none(), "{trace:#}");
    }
}

#[test]
fn tail_draws_waterfalls_and_ends_after_as_many_as_are_wanted() {
    let view = View::start(&[]);
    let mut tail: Command = command(&["tail", "--limit", "1", "--address", &view.at]);
    let mut tail = Tail(tail.stdout(Stdio::piped()).spawn().unwrap());
    let mut number = 0_u64;
    let ended = wait(
        || {
            number += 1;
            send(&view, &format!("1-5759e988-{number:024x}"), &format!("{number:016x}"), "orders", "");
            tail.0.try_wait().unwrap()
        },
        Option::is_some,
    );
    let mut text = String::new();
    std::io::Read::read_to_string(&mut tail.0.stdout.take().unwrap(), &mut text).unwrap();
    assert_eq!(ended.unwrap().code(), Some(0));
    assert!(text.starts_with("Trace 1-5759e988-") && text.contains("● orders") && text.matches("Trace 1-").count() == 1, "{text}");
}
