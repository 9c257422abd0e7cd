//! Metrics of whole programs, set by the environment: when they are written, and that the program is as it was.

mod common;

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, UdpSocket};
use std::process::Stdio;
use std::thread::JoinHandle;
use std::time::Duration;

use common::{Ended, LONG, ended, os, program};

/// The lines that are the program's own, and how often each metric was counted.
fn split(printed: &str) -> (Vec<&str>, f64, f64) {
    let (documents, own): (Vec<&str>, Vec<&str>) = printed.lines().partition(|line| line.starts_with("{\"_aws\":"));
    // Every document is on a line of its own, unless it stands behind the beginning of one of the program's.
    (own, sum(&documents, "Sold"), sum(&documents, "Requests"))
}

/// What a metric adds up to.
fn sum(documents: &[&str], name: &str) -> f64 {
    let member = format!("\"{name}\":");
    let value = |line: &&str| {
        let value = &line[line.find(&member)? + member.len()..];
        value[..value.find([',', '}'])?].parse::<f64>().ok()
    };
    documents.iter().filter_map(value).sum()
}

fn run(how: &str, variables: &[(&str, &str)]) -> Ended {
    ended(program(&["measured", how]).envs(variables.iter().copied()))
}

/// An agent that reads all that one program sends.
fn agent() -> (String, JoinHandle<String>) {
    let agent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", agent.local_addr().unwrap());
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        agent.accept().unwrap().0.read_to_string(&mut text).unwrap();
        text
    });
    (address, reader)
}

const TO_STDOUT: [(&str, &str); 2] = [("XRAY_METRICS", "emf"), ("AWS_EMF_ENVIRONMENT", "Local")];

#[test]
fn what_was_measured_is_written_however_the_program_ends() {
    for (how, code) in [("returns", 0), ("exits", 7), ("exits-in-thread", 7), ("panics", 101), ("flushes", 7), ("forks", 0)] {
        let plain = run(how, &[]);
        assert_eq!(plain.code, Some(code), "{how}: {}", plain.complained);
        for sampled in ["0", "1"] {
            let measured = run(how, &[TO_STDOUT[0], TO_STDOUT[1], ("XRAY_SAMPLING_RATE", sampled)]);
            assert_eq!(measured.code, Some(code), "{how}: {}", measured.complained);
            let (own, sold, requests) = split(&measured.printed);
            let expected = if how == "forks" { 252.0 } else { 251.0 };
            assert_eq!((own.join("\n") + "\n", sold, requests), (plain.printed.clone(), expected, 1.0), "{how}: {}", measured.printed);
        }
    }
}

#[test]
fn they_are_written_each_second_while_the_program_goes_on() {
    let agent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", agent.local_addr().unwrap());
    let mut command = program(&["measured", "goes-on"]);
    command.envs([("XRAY_METRICS", "emf"), ("AWS_EMF_AGENT_ENDPOINT", &address), ("AWS_XRAY_TRACING_NAME", "shop")]);
    command.envs([("XRAY_METRICS_NAMESPACE", "Shop"), ("AWS_EMF_LOG_GROUP_NAME", "/shop")]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let (stream, _) = agent.accept().unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(stream).lines() {
        lines.push(line.unwrap());
        let all: Vec<&str> = lines.iter().map(String::as_str).collect();
        if sum(&all, "Sold") >= 251.0 && sum(&all, "Requests") >= 1.0 {
            break;
        }
    }
    assert!(lines.iter().all(|line| line.contains("\"Namespace\":\"Shop\"") && line.contains("\"Service\":\"shop\"")), "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("\"LogGroupName\":\"/shop\"")), "{lines:?}");
    drop(child.stdin.take());
    assert_eq!(common::wait(child), Some(0));
}

#[test]
fn what_is_left_at_exit_reaches_the_agent() {
    let (address, reader) = agent();
    let ended = run("returns", &[("XRAY_METRICS", "emf"), ("AWS_EMF_AGENT_ENDPOINT", &address)]);
    assert_eq!(ended.code, Some(0), "{}", ended.complained);
    let text = reader.join().unwrap();
    assert_eq!(sum(&text.lines().collect::<Vec<_>>(), "Sold"), 251.0, "{text}");
    let agent = UdpSocket::bind("127.0.0.1:0").unwrap();
    agent.set_read_timeout(Some(LONG)).unwrap();
    let address = format!("udp://{}", agent.local_addr().unwrap());
    run("returns", &[("XRAY_METRICS", "emf"), ("AWS_EMF_AGENT_ENDPOINT", &address)]);
    let (mut sold, mut buffer) = (0.0, [0; 65_536]);
    while sold < 251.0 {
        let size = agent.recv(&mut buffer).unwrap();
        sold += sum(&String::from_utf8_lossy(&buffer[..size]).lines().collect::<Vec<_>>(), "Sold");
    }
    assert_eq!(sold, 251.0);
}

#[test]
fn nothing_is_different_without_anybody_to_take_them() {
    let plain = run("returns", &[]);
    for variables in [
        vec![("XRAY_METRICS", "emf")],
        vec![("XRAY_METRICS", "off"), TO_STDOUT[1]],
        vec![("XRAY_METRICS", "emf"), ("AWS_EMF_AGENT_ENDPOINT", "tcp://127.0.0.1:9")],
        vec![("XRAY_METRICS", "emf"), ("AWS_EMF_AGENT_ENDPOINT", "udp://127.0.0.1:9")],
        vec![("XRAY_METRICS", "emf"), ("AWS_EMF_AGENT_ENDPOINT", "nonsense")],
        vec![("XRAY_METRICS", "maybe")],
        vec![("AWS_XRAY_SDK_ENABLED", "false"), ("XRAY_METRICS", "off")],
    ] {
        let measured = run("returns", &variables);
        assert_eq!((measured.printed, measured.code), (plain.printed.clone(), plain.code), "{variables:?}: {}", measured.complained);
    }
    // An agent that takes the connection and never reads.
    let agent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", agent.local_addr().unwrap());
    let measured = run("returns", &[("XRAY_METRICS", "emf"), ("AWS_EMF_AGENT_ENDPOINT", &address)]);
    assert_eq!((measured.printed, measured.code), (plain.printed, plain.code), "{}", measured.complained);
}

#[test]
fn with_tracing_switched_off_business_metrics_go_on() {
    let measured = run("returns", &[TO_STDOUT[0], TO_STDOUT[1], ("AWS_XRAY_SDK_ENABLED", "false")]);
    let (_, sold, requests) = split(&measured.printed);
    assert_eq!((sold, requests), (251.0, 0.0), "{}", measured.printed);
}

#[test]
fn on_lambda_they_are_written_without_a_word() {
    let measured = run("returns", &[("LAMBDA_TASK_ROOT", "/var/task"), ("AWS_LAMBDA_FUNCTION_NAME", "größe")]);
    let (_, sold, _) = split(&measured.printed);
    assert_eq!(sold, 251.0, "{}", measured.printed);
    assert!(measured.printed.contains("\"Service\":\"gr__e\"") && measured.printed.contains("\"Namespace\":\"autoxray\""));
}

#[test]
fn a_closed_standard_output_is_no_reason_to_fail() {
    let sh = format!("exec \"{}\" measured returns >&-", env!("CARGO_BIN_EXE_program"));
    let mut closed = std::process::Command::new("sh");
    common::bare(&mut closed);
    let closed = ended(closed.args([os("-c"), os(&sh)]).envs(TO_STDOUT));
    assert_eq!(closed.code, Some(0), "{}", closed.complained);
}

/// Runs the program with its standard output read only after a while, and in pieces.
fn read_late(how: &str, late: Duration) -> Ended {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = program(&["measured", how]);
    let mut child = command.envs(TO_STDOUT).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    // The command holds an end of the pipe.
    drop(command);
    let mut stderr = child.stderr.take().unwrap();
    let complained = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        text
    });
    std::thread::sleep(late);
    let mut printed = String::new();
    reader.read_to_string(&mut printed).unwrap();
    let code = common::wait(child);
    Ended { printed, complained: complained.join().unwrap(), code }
}

#[test]
fn what_the_program_prints_last_is_not_lost() {
    for late in [0, 1200, 2000] {
        let ended = read_late("partly", Duration::from_millis(late));
        assert_eq!(ended.code, Some(0), "{}", ended.complained);
        assert!(ended.printed.contains("RESULT"), "read {late} ms late: {}", ended.printed);
        // What nobody reads for a quarter of a second is lost, and told.
        let (own, sold, _) = split(&ended.printed);
        let is_all = sold == 651.0;
        assert!(is_all || (late > 0 && ended.complained.contains("socket buffer full")), "{late} ms: {sold} {}", ended.complained);
        assert!(own.len() <= 2, "{own:?}");
    }
}

#[test]
fn a_child_that_is_forked_while_metrics_are_written_can_print() {
    for late in [0, 1500] {
        let ended = read_late("forks-later", Duration::from_millis(late));
        assert_eq!(ended.code, Some(0), "{}", ended.complained);
        assert!(ended.printed.contains("from the child"), "{}", ended.printed);
    }
}

#[test]
fn an_exit_while_metrics_are_written_waits_for_them() {
    // The thread writes a second after the first measurement.
    std::thread::scope(|scope| {
        for millis in (980..1040).step_by(5) {
            scope.spawn(move || {
                let (address, reader) = agent();
                let ended = run(&format!("lives-{millis}"), &[("XRAY_METRICS", "emf"), ("AWS_EMF_AGENT_ENDPOINT", &address)]);
                assert_eq!(ended.code, Some(0), "{}", ended.complained);
                let text = reader.join().unwrap();
                assert_eq!(sum(&text.lines().collect::<Vec<_>>(), "Sold"), 251.0 + 400.0 + 1.0, "{millis} ms");
            });
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_thread_they_are_written_at_the_end() {
    let ended = run("without-a-thread", &TO_STDOUT);
    assert_eq!(ended.code, Some(0), "{}", ended.complained);
    assert!(ended.complained.contains("no thread can be had"), "{}", ended.complained);
    assert_eq!(split(&ended.printed).1, 252.0, "{}", ended.printed);
}
