//! The main job: `cargo run --example quickstart` shows what it is said to show.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn quickstart(args: &[&str]) -> Output {
    example("quickstart", args)
}

fn example(name: &str, args: &[&str]) -> Output {
    program(name).args(args).output().expect("the example runs")
}

/// The example itself, and not cargo around it, which would tell of warnings, and leave it behind when it is ended.
fn program(name: &str) -> Command {
    let build = Command::new(env!("CARGO")).args(["build", "--quiet", "--example", name]).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let build = build.expect("cargo runs");
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    let tests = std::env::current_exe().expect("the path of this test");
    let built = tests.ancestors().nth(2).expect("the folder above `deps`").join("examples").join(name);
    let mut command = Command::new(built);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().contains("XRAY_")) {
        command.env_remove(name);
    }
    command
}

fn report(args: &[&str]) -> String {
    report_of(quickstart(args))
}

#[track_caller]
fn report_of(output: Output) -> String {
    let errors = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "", "nothing goes to standard error");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[track_caller]
fn assert_holds(report: &str, facts: &[&str]) {
    for fact in facts {
        assert!(report.contains(fact), "`{fact}` is missing in\n{report}");
    }
}

#[test]
fn metrics_add_up_although_traces_are_sampled() {
    let report = report_of(example("metrics", &[]));
    assert_holds(
        &report,
        &[
            r#""Metrics":[{"Name":"OrdersPlaced","Unit":"Count"}]"#,
            "Requests Operation=place                          1000.00        1",
            "Faults Operation=place                              58.00        1",
            "SoldOut                                             58.00        1",
            "Requests RemoteService=payments.example.com       1000.00        1",
        ],
    );
    let traced = report.lines().last().unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert!((1..300).contains(&traced), "{report}");
}

#[test]
fn each_order_is_shown_with_what_became_of_it() {
    let report = report(&[]);
    assert_holds(
        &report,
        &[
            "A-1001  shipped by express for 14.30 €",
            "A-1003  refused: the order cannot be paid",
            "A-1006  lost: its task panicked",
            "line 4 of the file is not an order: EOF while parsing",
            "line 8 of the file is not an order: missing field `items`",
        ],
    );
    assert_eq!(report.lines().filter(|line| line.starts_with("Trace 1-")).count(), 7, "{report}");
    assert_holds(
        &report,
        &[
            // An error of the customer's, with its place.
            "! error · orders",
            "quickstart::shop::OrderError: there is no unicorn",
            "examples/quickstart/shop.rs:",
            // A failing call three services deep, with the chain of causes.
            "✗ fault · orders",
            "✗ quickstart::shop::OrderError: the order cannot be paid",
            "payments answered: bank of nowhere cannot be reached",
            "no answer within 35 ms",
            // The panic, and the call that was dropped.
            "✗ panic: attempt to divide by zero",
            "⊘ │  └─ express",
            "cancelled · remote",
            // Annotations, bars, and siblings folded into one line.
            "customer=ann  order=A-1001",
            "█████████████████",
            "3 more fetch",
        ],
    );
    let milliseconds = |line: &str| line.strip_suffix(" ms")?.split_whitespace().last()?.parse::<f64>().ok();
    let checks: Vec<_> = report.lines().filter(|line| line.contains("check_fraud")).filter_map(milliseconds).collect();
    assert_eq!(checks.iter().filter(|time| **time >= 400.0).count(), 1, "one step is slow: {checks:?}\n{report}");
}

#[test]
fn services_and_costs_are_summed_up() {
    let report = report(&[]);
    let line = |start: &str| {
        let found = report.lines().rfind(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no line `{start}` in\n{report}")).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("service  "), "service count fault error throttle p50 p90 p99");
    assert!(line("orders  ").starts_with("orders 7 29 % 14 % 0 "), "{report}");
    assert!(line("payments  ").starts_with("payments 6 17 % 0 0 "), "{report}");
    assert!(line("warehouse  ").starts_with("warehouse 6 0 0 0 "), "{report}");
    assert_eq!(line("recorded  "), "recorded 19 segments, 92 subsegments");
    assert!(line("sent  ").starts_with("sent 19 documents, "), "{report}");
    assert_eq!(line("lost  "), "lost nothing");
    assert!(report.ends_with("\nSee it at http://127.0.0.1:2000/ by cargo run --example quickstart -- --view\n"), "{report}");
    assert!(line("in all  ").contains(" ns per subsegment"), "{report}");
}

#[test]
fn it_fits_80_columns_with_and_without_colour() {
    let plain = report(&["--color", "auto"]);
    assert!(!plain.contains('\x1b'), "no colours where there is no terminal");
    let colour = report(&["--color", "always"]);
    assert!(colour.contains("\x1b[1morders\x1b[0m"), "{colour}");
    let without_styles = |line: &str| {
        let styled = line.split('\x1b').enumerate();
        styled.map(|(index, part)| if index == 0 { part } else { part.split_once('m').map_or(part, |(_, text)| text) }).collect::<String>()
    };
    for line in plain.lines().chain(colour.lines()).map(without_styles) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn bad_arguments_are_answered_with_what_there_is() {
    for (args, problem) in [
        (&["--colour", "sometimes"][..], "quickstart: --color takes always, never or auto, not `sometimes`"),
        (&["--order"], "quickstart: `--order` is not an option; there are --orders, --view, --color and --help"),
        (&["--orders"], "quickstart: --orders needs a file"),
    ] {
        let output = quickstart(args);
        assert_eq!(output.status.code(), Some(2));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.starts_with(problem) && errors.contains("usage: "), "{errors}");
    }
    let output = quickstart(&["--orders", "no/such/file"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("quickstart: cannot read no/such/file: "));
}

#[test]
fn a_file_without_orders_is_no_failure() {
    let report = report(&["--orders", "rustfmt.toml"]);
    assert_holds(&report, &["line 1 of the file is not an order", "recorded   0 segments", "lost       nothing"]);
}

/// As Ctrl-C does it; the exit code.
#[cfg(unix)]
fn end(child: &mut std::process::Child) -> Option<i32> {
    let kill = Command::new("kill").args(["-2", &child.id().to_string()]).status();
    if !kill.is_ok_and(|status| status.success()) {
        let _ = child.kill();
    }
    child.wait().expect("it ends").code()
}

/// There is no Ctrl-C for one child; so it is said to have ended well.
#[cfg(not(unix))]
fn end(child: &mut std::process::Child) -> Option<i32> {
    let _ = child.kill();
    child.wait().ok().map(|_| 0)
}

#[test]
fn the_viewer_fills_with_orders_until_it_is_ended() {
    let mut child = program("quickstart").arg("--view").stdout(Stdio::piped()).spawn().expect("the example runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let at = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_else(|| panic!("no address in {line:?}"));
    let page = || {
        let mut stream = TcpStream::connect(at).expect("the viewer answers");
        write!(stream, "GET /traces HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").expect("it reads");
        let mut page = String::new();
        stream.read_to_string(&mut page).expect("it writes");
        page
    };
    // The services of the seven orders, those of the town, and what comes from elsewhere.
    let expected = ["orders", "storefront", "mailer"];
    let mut last = String::new();
    let found = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        last = page();
        expected.iter().all(|name| last.contains(name))
    });
    let ended = end(&mut child);
    assert!(found, "not all of {expected:?} are in\n{last}");
    assert_eq!(ended, Some(0), "Ctrl-C ends it");
}
