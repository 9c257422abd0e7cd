//! `cargo xray view --data` and its ends.

mod common;

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use common::{View, xray};
use serde_json::{Value, json};

/// A folder that is not there yet.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn ask(at: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {at}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// A figure of the page on the collector's health.
fn figure(page: &str, label: &str) -> u64 {
    let value = page.split_once(&format!("<dt>{label}</dt><dd>")).unwrap_or_else(|| panic!("no {label} in {page}")).1;
    let (value, _) = value.split_once("</dd>").unwrap();
    assert!(!value.contains("so far"));
    value.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// The figure, once it is enough.
fn until(at: &str, label: &str, enough: u64) -> u64 {
    for _ in 0..6_000 {
        let now = figure(&ask(at, "GET", "/health", ""), label);
        if now >= enough {
            return now;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{label} stays below {enough}");
}

/// Starts one, and waits until all from before is there.
fn start(folder: &Path) -> View {
    let view = View::start(&["--data", folder.to_str().unwrap()]);
    for _ in 0..6_000 {
        if !ask(&view.at, "GET", "/health", "").contains(" so far</dd>") {
            return view;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it reads back for ever");
}

fn id(number: u64) -> String {
    format!("1-65f0c0de-{number:024x}")
}

/// Segments that differ in more than their number.
fn datagram(number: u64) -> String {
    format!(
        "{{\"format\":\"json\",\"version\":1}}\n{{\"name\":\"shop{}\",\"id\":\"{:016x}\",\"trace_id\":\"{}\",\"start_time\":1710276830.{:06},\"end_time\":1710276831,\
         \"annotations\":{{\"number\":{number}}},\"subsegments\":[{{\"name\":\"work\",\"id\":\"00000000000000ff\",\"start_time\":1710276830.9,\"end_time\":1710276830.95}}]}}",
        number % 3,
        number + 1,
        id(number),
        number % 900_000
    )
}

/// What BatchGetTraces says of some traces.
fn traces(at: &str, numbers: impl Iterator<Item = u64>) -> Vec<Value> {
    let ids: Vec<String> = numbers.map(id).collect();
    let mut all = Vec::new();
    for some in ids.chunks(5) {
        let answer: Value = serde_json::from_str(&ask(at, "POST", "/Traces", &json!({"TraceIds": some}).to_string())).unwrap();
        assert_eq!(answer["UnprocessedTraceIds"], json!([]));
        all.extend(answer["Traces"].as_array().unwrap().iter().cloned());
    }
    all.sort_by_key(|trace| trace["Id"].as_str().unwrap().to_owned());
    all
}

#[test]
fn after_kill_9_under_load_all_is_there_but_the_last_second() {
    let folder = folder("killed");
    let view = start(&folder);
    let stop = Arc::new(AtomicBool::new(false));
    let sender = thread::spawn({
        let (stop, at) = (Arc::clone(&stop), view.at.clone());
        move || {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            for number in (0..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                socket.send_to(datagram(number).as_bytes(), &at).unwrap();
                if number % 20 == 19 {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        }
    });
    until(&view.at, "Documents written", 3_000);
    let before = traces(&view.at, 0..200);
    // What the collector says it has received, a second before its end, and what it says is on disk right before.
    let received = figure(&ask(&view.at, "GET", "/health", ""), "Documents received");
    thread::sleep(Duration::from_secs(1));
    let written = figure(&ask(&view.at, "GET", "/health", ""), "Documents written");
    // SIGKILL, in the middle of it.
    drop(view);
    stop.store(true, Ordering::Relaxed);
    sender.join().unwrap();
    let view = start(&folder);
    let read_back = figure(&ask(&view.at, "GET", "/health", ""), "Read back at the start");
    assert!(read_back >= written, "{written} were said to be on disk, {read_back} are");
    assert!(read_back >= received, "{received} had arrived a second before, {read_back} are there");
    // They arrived in the order of their numbers, and none is missing in between.
    let there = traces(&view.at, 0..read_back);
    assert_eq!(there.len() as u64, read_back);
    for (number, trace) in there.iter().enumerate() {
        let document: Value = serde_json::from_str(trace["Segments"][0]["Document"].as_str().unwrap()).unwrap();
        assert_eq!(document["annotations"]["number"], number);
    }
    assert_eq!(there[..200], before[..]);
    drop(view);
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn what_arrived_last_before_ctrl_c_is_there() {
    let folder = folder("ended");
    let view = start(&folder);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 0..50 {
        socket.send_to(datagram(number).as_bytes(), &view.at).unwrap();
    }
    until(&view.at, "Documents received", 50);
    let before = traces(&view.at, 0..50);
    assert_eq!(view.end(2).0, Some(0));
    let view = start(&folder);
    assert_eq!(traces(&view.at, 0..50), before);
    drop(view);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error() {
    let folder = folder("taken");
    let view = start(&folder);
    let path = folder.to_str().unwrap();
    let second = xray(&["view", "--address", "127.0.0.1:0", "--data", path]);
    assert!(second.code == Some(1) && second.err.contains("in use by another collector") && second.err.contains(path), "{second:?}");
    drop(view);
    std::fs::write(folder.join("traces.sqlite"), "Dear diary").unwrap();
    let third = xray(&["view", "--address", "127.0.0.1:0", "--data", path]);
    assert!(third.code == Some(1) && third.err.contains("was not written by a local X-Ray"), "{third:?}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn groups_and_sampling_rules_outlast_a_restart() {
    let folder = folder("groups");
    let view = start(&folder);
    ask(&view.at, "POST", "/CreateGroup", r#"{"GroupName":"slow","FilterExpression":"responsetime > 2"}"#);
    ask(&view.at, "POST", "/CreateGroup", r#"{"GroupName":"gone"}"#);
    ask(&view.at, "POST", "/DeleteGroup", r#"{"GroupName":"gone"}"#);
    let rule = r#"{"SamplingRule":{"RuleName":"all","Priority":7,"FixedRate":1,"ReservoirSize":2,"ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*",
        "URLPath":"*","ResourceARN":"*","Version":1}}"#;
    ask(&view.at, "POST", "/CreateSamplingRule", rule);
    let asked = |view: &View| [ask(&view.at, "POST", "/Groups", "{}"), ask(&view.at, "POST", "/GetSamplingRules", "{}")];
    let before: Vec<Value> = asked(&view).iter().map(|answer| serde_json::from_str(answer).unwrap()).collect();
    assert_eq!(before[0]["Groups"].as_array().unwrap().len(), 2);
    drop(view);
    let view = start(&folder);
    let after: Vec<Value> = asked(&view).iter().map(|answer| serde_json::from_str(answer).unwrap()).collect();
    assert_eq!(after[0], before[0]);
    let names = |answer: &Value| -> Vec<Value> {
        answer["SamplingRuleRecords"].as_array().unwrap().iter().map(|record| record["SamplingRule"].clone()).collect()
    };
    assert_eq!(names(&after[1]), names(&before[1]));
    assert_eq!(names(&after[1]).len(), 2);
    drop(view);
    std::fs::write(folder.join("groups.json"), r#"{"Groups":[{"GroupName":"bad","FilterExpression":"responsetime >"}]}"#).unwrap();
    let refused = xray(&["view", "--address", "127.0.0.1:0", "--data", folder.to_str().unwrap()]);
    assert!(refused.code == Some(1) && refused.err.contains("groups.json cannot be used: Groups[0].FilterExpression"), "{refused:?}");
    std::fs::remove_dir_all(folder).unwrap();
}
