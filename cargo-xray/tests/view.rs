//! `cargo xray view` as a child process, and those that ask it.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};

use common::{View, xray};

/// The answer to a request without a body.
fn get(at: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_viewer_is_at_the_address_that_is_printed() {
    let view = View::start(&[]);
    let answer = get(&view.at, "/traces");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.to_lowercase().contains("\r\nserver: xray-collector/"), "{answer}");
}

#[cfg(unix)]
#[test]
fn signals_end_it_cleanly() {
    for signal in [2, 15] {
        let view = View::start(&[]);
        // A connection that is open does not keep it.
        let _open = TcpStream::connect(&view.at).unwrap();
        assert_eq!(view.end(signal), (Some(0), String::new()), "signal {signal}");
    }
}

#[test]
fn a_port_in_use_is_told_with_who_is_there_and_the_remedy() {
    let view = View::start(&[]);
    let second = xray(&["view", "--address", &view.at]);
    assert_eq!((second.code, second.out.as_str()), (Some(1), ""));
    assert!(second.err.contains(&format!("its viewer is at http://{}/", view.at)), "{}", second.err);
    assert!(second.err.contains("take another port by `--address 127.0.0.1:2001`"), "{}", second.err);

    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let third = xray(&["view", "--address", &udp.local_addr().unwrap().to_string()]);
    assert!(third.code == Some(1) && third.err.contains("is in use: `ss -lptun"), "{}", third.err);
    // Only one of the two protocols is taken.
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = tcp.local_addr().unwrap().to_string();
    let answers = std::thread::spawn(move || {
        tcp.accept().map(|(mut stream, _)| stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"))
    });
    let fourth = xray(&["view", "--address", &at]);
    assert!(fourth.code == Some(1) && fourth.err.contains("is in use: `ss -lptun"), "{}", fourth.err);
    let _ = answers.join();
}

#[test]
fn only_this_machine_is_answered_unless_it_is_said() {
    let refused = xray(&["view", "--address", "0.0.0.0:0"]);
    assert!(refused.code == Some(1) && refused.err.contains("say `--public`"), "{refused:?}");
    let view = View::start(&["--address", "0.0.0.0:0", "--public", "--host", "xray.example"]);
    assert!(view.at.starts_with("127.0.0.1:"), "{}", view.at);
    assert!(get(&view.at, "/traces").starts_with("HTTP/1.1 200 "));
    let bad = xray(&["view", "--address", "2000"]);
    assert!(bad.code == Some(2) && bad.err.contains("such as 127.0.0.1:2000"), "{bad:?}");
}

#[test]
fn rules_are_served_from_a_file_and_a_wrong_one_is_named() {
    let folder = common::workspace(
        "rules",
        &[("good.json", r#"{"version":2,"default":{"fixed_target":7,"rate":0.5},"rules":[]}"#), ("bad.json", "{")],
    );
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let view = View::start(&["--rules", &file("good.json")]);
    let doctor = xray(&["doctor", "--address", &view.at, "--rules", &file("good.json"), "--json"]);
    assert!(doctor.out.contains("7 a second, and 50 % of the rest") && doctor.out.contains("good.json can be used"), "{}", doctor.out);
    let refused = xray(&["view", "--address", "127.0.0.1:0", "--rules", &file("bad.json")]);
    assert!(refused.code == Some(1) && refused.err.contains("bad.json cannot be used"), "{refused:?}");
    let doctor = xray(&["doctor", "--address", &view.at, "--rules", &file("bad.json")]);
    assert!(doctor.code == Some(1) && doctor.out.contains("bad.json"), "{doctor:?}");
}

#[test]
fn lines_of_logs_are_shown_with_their_trace() {
    const ID: &str = "1-5759e988-bd862e3fe1be46a994272793";
    let line = format!("ERROR {ID} the bank is closed\n");
    let folder = common::workspace("logs", &[("shop.log", line.as_str())]);
    let view = View::start(&["--log", folder.join("shop.log").to_str().unwrap()]);
    let document = format!(r#"{{"name":"shop","id":"70de5b6f19ff9a0a","trace_id":"{ID}","start_time":1.5,"end_time":1.75}}"#);
    let datagram = format!("{{\"format\":\"json\",\"version\":1}}\n{document}");
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(datagram.as_bytes(), &view.at).unwrap();
    let page = (0..600).map(|_| get(&view.at, &format!("/traces/{ID}/logs"))).find(|page| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        page.starts_with("HTTP/1.1 200 ")
    });
    assert!(page.as_deref().is_some_and(|page| page.contains("the bank is closed")), "{page:?}");
}

#[test]
fn the_doctor_sends_a_document_to_a_collector_and_sees_it_arrive() {
    let view = View::start(&[]);
    let said = xray(&["doctor", "--address", &view.at, "--json"]);
    let doctor: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let check = |name: &str| doctor["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap().clone();
    assert!(check("documents")["seen"].as_str().unwrap().contains("arrived: trace 1-"), "{doctor:#}");
    assert!(check("daemon")["seen"].as_str().unwrap().contains(&format!("viewer is at http://{}/", view.at)), "{doctor:#}");
    assert!(check("clock")["seen"].as_str().unwrap().contains("agrees"), "{doctor:#}");
    assert_eq!((said.code, &doctor["fail"]), (Some(0), &serde_json::json!(0)), "{doctor:#}");
    let policy = xray(&["doctor", "--policy"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&policy.out).unwrap(), doctor["policy"]);
    drop(view);
    let nobody = xray(&["doctor", "--address", "127.0.0.1:1"]);
    assert!(nobody.code == Some(1) && nobody.out.contains("→ start one by `cargo xray view`"), "{nobody:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_browser_is_opened_at_the_address() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).unwrap();
    let (program, said) = (folder.join("xdg-open"), folder.join("said"));
    let _ = std::fs::remove_file(&said);
    std::fs::write(&program, format!("#!/bin/sh\necho \"$1\" > {0}.new\nmv {0}.new {0}\n", said.display())).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();

    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xray"));
    command.args(["xray", "view", "--open", "--address", "127.0.0.1:0"]).env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let opened = (0..600).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        std::fs::read_to_string(&said).ok()
    });
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(opened.as_deref().map(str::trim), line.split(' ').next(), "{line}");
}
