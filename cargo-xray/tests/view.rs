//! `cargo xray view` as a child process, and those that ask it.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use common::{Said, run};

/// A local X-Ray on a port of its own.
struct View {
    child: Child,
    out: BufReader<ChildStdout>,
    /// Host and port.
    at: String,
}

impl View {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xray"));
        command.args(["xray", "view"]).args(args).stdout(Stdio::piped());
        if !args.contains(&"--address") {
            command.args(["--address", "127.0.0.1:0"]);
        }
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let at = line.strip_prefix("http://").and_then(|line| line.split('/').next()).unwrap_or_else(|| panic!("no address in {line:?}"));
        assert!(line.contains(&format!("AWS_XRAY_DAEMON_ADDRESS={at} ")), "{line}");
        Self { at: at.to_owned(), child, out }
    }

    /// Ends it as Ctrl-C (2) or `kill` (15) does: exit code, and what else it has said.
    #[cfg(unix)]
    fn end(mut self, signal: i32) -> (Option<i32>, String) {
        let kill = Command::new("kill").args([format!("-{signal}"), self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn xray(args: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xray"));
    command.arg("xray").args(args).current_dir(Path::new(env!("CARGO_TARGET_TMPDIR")));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().contains("XRAY")) {
        command.env_remove(name);
    }
    run(&mut command)
}

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
