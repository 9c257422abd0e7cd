//! `cargo xray daemon` as a child process, between a program and what stands for AWS.
#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use common::{View, command, run};

const TRACE: &str = "1-5759e988-bd862e3fe1be46a994272793";

/// The daemon, without what is set for AWS where the tests run.
fn daemon(args: &[&str]) -> Command {
    let mut all = vec!["daemon", "-b", "127.0.0.1:0", "-t", "127.0.0.1:0"];
    all.extend(args);
    let mut command = command(&all);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command
}

/// A file of settings that sends to an endpoint.
fn config(name: &str, endpoint: &str) -> PathBuf {
    common::workspace(name, &[("cfg.yaml", &format!("Version: 2\nEndpoint: http://{endpoint}\n"))]).join("cfg.yaml")
}

struct Daemon {
    child: Child,
    err: BufReader<ChildStderr>,
    udp: String,
    tcp: String,
}

impl Daemon {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("documents at udp:") {
            line.clear();
            assert!(err.read_line(&mut line).unwrap() > 0, "it has ended");
        }
        let after = |word: &str| line.split(word).nth(1).unwrap().split([',', ';']).next().unwrap().to_owned();
        Self { udp: after("udp:"), tcp: after("tcp:"), child, err }
    }

    fn send(&self, document: &str) {
        let datagram = format!("{{\"format\":\"json\",\"version\":1}}\n{document}");
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(datagram.as_bytes(), &self.udp).unwrap();
    }

    /// Ends it as `kill` does: exit code, and what else it has said.
    fn end(mut self) -> (Option<i32>, String) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        let mut rest = String::new();
        self.err.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(at: &str, host: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn segment(id: &str) -> String {
    format!(r#"{{"name":"shop","id":"{id}","trace_id":"{TRACE}","start_time":1.5,"end_time":1.75}}"#)
}

/// Until it is so.
fn eventually(what: &str, mut is: impl FnMut() -> bool) {
    assert!(
        (0..1200).any(|_| is() || {
            thread::sleep(Duration::from_millis(50));
            false
        }),
        "{what}"
    );
}

#[test]
fn what_programs_send_is_sent_on_and_the_end_loses_nothing() {
    let aws = View::start(&[]);
    let config = config("daemon-sends", &aws.at);
    let daemon = Daemon::start(
        daemon(&["-c", config.to_str().unwrap(), "-n", "eu-west-1", "-m", "3", "-o"])
            .env("AWS_ACCESS_KEY_ID", "AKID")
            .env("AWS_SECRET_ACCESS_KEY", "s"),
    );
    daemon.send(&segment("70de5b6f19ff9a0a"));
    eventually("the trace is there", || ask(&aws.at, &aws.at, "GET", &format!("/traces/{TRACE}"), "").starts_with("HTTP/1.1 200 "));
    // In containers, it is asked by a name that only they know.
    let rules = ask(&daemon.tcp, "xray-daemon:2000", "POST", "/GetSamplingRules", "{}");
    assert!(rules.starts_with("HTTP/1.1 200 ") && rules.contains("SamplingRuleRecords"), "{rules}");
    assert!(ask(&daemon.tcp, "xray-daemon:2000", "GET", "/traces", "").starts_with("HTTP/1.1 404 "), "there is nothing to see");
    // One that is still waiting.
    let before = ask(&aws.at, &aws.at, "GET", "/health", "");
    daemon.send(&segment("70de5b6f19ff9a0b"));
    let (tcp, udp) = (daemon.tcp.clone(), daemon.udp.clone());
    // It was read when an answer comes for what was sent after it; both are on this machine.
    let _ = ask(&tcp, &tcp, "POST", "/GetSamplingRules", "{}");
    thread::sleep(Duration::from_millis(300));
    let (code, said) = daemon.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 documents received, 2 sent, 0 wait, 0 lost"), "{said}");
    assert_ne!(before, ask(&aws.at, &aws.at, "GET", "/health", ""), "{udp}");
}

/// What stands for several services of AWS: answers by what a request has in it, and keeps them all.
fn aws(answers: &'static [(&'static str, &'static str)]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (at, asked) = (listener.local_addr().unwrap().to_string(), Arc::new(Mutex::new(Vec::new())));
    let held = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let held = Arc::clone(&held);
            thread::spawn(move || answer(&stream, answers, &held));
        }
    });
    (at, asked)
}

fn answer(mut stream: &TcpStream, answers: &[(&str, &str)], asked: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if reader.read_line(&mut request).unwrap_or(0) == 0 {
            return;
        }
    }
    let length = request.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request += &String::from_utf8_lossy(&body);
    let answer = answers.iter().find(|(sign, _)| request.contains(sign)).map_or("{}", |(_, answer)| answer);
    asked.lock().unwrap().push(request);
    let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
    stream.write_all(answer.as_bytes()).unwrap();
}

/// The first request for documents.
fn put(asked: &Mutex<Vec<String>>) -> Option<String> {
    asked.lock().unwrap().iter().find(|request| request.starts_with("POST /TraceSegments ")).cloned()
}

#[test]
fn credentials_are_found_as_awss_sdks_find_them() {
    const KEYS: (&str, &str) =
        ("GET /creds ", r#"{"AccessKeyId":"AKIDCONTAINER","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}"#);
    const ROLE: (&str, &str) = (
        "AssumeRole",
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials><AccessKeyId>AKIDROLE</AccessKeyId>\
         <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
         <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/x/y</Arn><AssumedRoleId>b:c</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>",
    );
    let container = |command: &mut Command, at: &str| {
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://{at}/creds")).env("AWS_REGION", "eu-north-1");
    };
    for (name, args, id) in
        [("daemon-ecs", &[][..], "AKIDCONTAINER"), ("daemon-role", &["--role-arn", "arn:aws:iam::123456789012:role/x"], "AKIDROLE")]
    {
        let (at, asked) = aws(&[KEYS, ROLE]);
        let config = config(name, &at);
        let mut command = daemon(&["--config", config.to_str().unwrap()]);
        command.args(args).env("AWS_ENDPOINT_URL_STS", format!("http://{at}"));
        container(&mut command, &at);
        let daemon = Daemon::start(&mut command);
        daemon.send(&segment("70de5b6f19ff9a0a"));
        eventually("it was sent", || put(&asked).is_some());
        let request = put(&asked).unwrap();
        assert!(request.contains(&format!("Credential={id}/")) && request.contains("/eu-north-1/xray/aws4_request"), "{request}");
        assert!(request.to_lowercase().contains("x-amz-security-token: t"), "{request}");
    }
}

#[test]
fn a_profile_and_a_proxy_are_used() {
    let (at, asked) = aws(&[]);
    let folder = common::workspace(
        "daemon-profile",
        &[
            ("cfg.yaml", "Version: 2\nEndpoint: http://xray.example\nProfile: shop\n"),
            ("config", "[profile shop]\nregion = ap-south-1\n"),
            ("credentials", "[shop]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\n"),
        ],
    );
    let mut command = daemon(&["-c", folder.join("cfg.yaml").to_str().unwrap(), "-p", &format!("http://{at}")]);
    command.env("AWS_CONFIG_FILE", folder.join("config")).env("AWS_SHARED_CREDENTIALS_FILE", folder.join("credentials"));
    let daemon = Daemon::start(&mut command);
    daemon.send(&segment("70de5b6f19ff9a0a"));
    let found = || asked.lock().unwrap().iter().find(|request| request.starts_with("POST http://xray.example/TraceSegments ")).cloned();
    eventually("the proxy is asked", || found().is_some());
    assert!(found().unwrap().contains("Credential=AKIDPROFILE/") && found().unwrap().contains("/ap-south-1/xray/"), "{:?}", found());
}

#[test]
fn what_is_not_sent_is_said_soon_and_at_the_end() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let config = config("daemon-fails", &nobody);
    let mut command = daemon(&["-c", config.to_str().unwrap(), "-n", "eu-west-1"]);
    let mut daemon = Daemon::start(command.env("AWS_ACCESS_KEY_ID", "AKID").env("AWS_SECRET_ACCESS_KEY", "s"));
    daemon.send(&segment("70de5b6f19ff9a0a"));
    let mut line = String::new();
    while !line.contains("[Warn]") {
        line.clear();
        assert!(daemon.err.read_line(&mut line).unwrap() > 0);
    }
    assert!(line.to_lowercase().contains("refused"), "{line}");
    let (code, said) = daemon.end();
    assert!(code == Some(0) && said.contains("1 of 1 documents were not sent on to AWS X-Ray, eu-west-1"), "{said}");
}

#[test]
fn it_may_send_by_otlp() {
    let (at, asked) = aws(&[]);
    let mut command = daemon(&["--forward", &format!("otlp:http://{at}")]);
    let daemon = Daemon::start(command.env("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b").env("OTEL_EXPORTER_OTLP_COMPRESSION", "none"));
    daemon.send(&segment("70de5b6f19ff9a0a"));
    let found = || asked.lock().unwrap().iter().find(|request| request.starts_with("POST /v1/traces ")).cloned();
    eventually("it was sent", || found().is_some());
    assert!(found().unwrap().contains("api-key: a b\r\n") && found().unwrap().contains("shop"), "{:?}", found());
}

#[test]
fn the_viewer_sends_on_too() {
    let far = View::start(&[]);
    let near = View::start(&["--forward", &format!("otlp:http://{}", far.at)]);
    let datagram = format!("{{\"format\":\"json\",\"version\":1}}\n{}", segment("70de5b6f19ff9a0a"));
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(datagram.as_bytes(), &near.at).unwrap();
    for view in [&near, &far] {
        eventually("the trace is there", || ask(&view.at, &view.at, "GET", &format!("/traces/{TRACE}"), "").starts_with("HTTP/1.1 200 "));
    }
    eventually("health says so", || {
        let health = ask(&near.at, &near.at, "GET", "/health", "");
        health.contains("Forwarding") && health.contains(&format!("http://{}/v1/traces", far.at))
    });
    assert!(!ask(&far.at, &far.at, "GET", "/health", "").contains("Forwarding"));
}

#[test]
fn what_is_wrong_is_said_and_fails() {
    let no_ssl = common::workspace("daemon-ssl", &[("cfg.yaml", "Version: 2\nNoVerifySSL: true\n")]).join("cfg.yaml");
    let used = UdpSocket::bind("127.0.0.1:0").unwrap();
    let used = used.local_addr().unwrap().to_string();
    for (args, code, remedy) in [
        (&["-l", "loud"][..], 2, "dev, debug, info"),
        (&["--forward", "jaeger"], 2, "otlp:URL"),
        (&["-c", "nowhere.yaml"], 1, "nowhere.yaml cannot be read"),
        (&["-c", no_ssl.to_str().unwrap()], 1, "SSL_CERT_FILE"),
        (&["-m", "2"], 1, "allow 3 or more"),
        (&[], 1, "no region is known"),
        (&["-o"], 1, "no region is known"),
        (&["-f", "/nowhere/x.log"], 1, "/nowhere/x.log cannot be written"),
    ] {
        let said = run(&mut daemon(args));
        assert!(said.code == Some(code) && said.err.contains(remedy), "{args:?}: {said:?}");
    }
    let mut in_use = command(&["daemon", "-b", &used, "-t", "127.0.0.1:0", "-n", "eu-west-1"]);
    let said = run(&mut in_use);
    assert!(said.code == Some(1) && said.err.contains("is in use") && said.err.contains("--bind"), "{said:?}");
    let said = run(&mut command(&["daemon", "-v"]));
    assert!(said.code == Some(0) && said.out.starts_with("cargo-xray "), "{said:?}");
}
