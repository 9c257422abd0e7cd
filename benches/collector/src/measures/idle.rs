//! Processor time that `cargo xray view` takes while nothing comes.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use crate::Settings;
use crate::process::{self, View};
use crate::times::Rows;

pub fn measure(settings: &Settings) -> Rows {
    let program = process::program();
    let mut rows = Rows::default();
    let folder = std::env::temp_dir().join(format!("collector-bench-idle-{}", std::process::id()));
    let seconds = if settings.rounds > 10 { 10 } else { 3 };
    let mut idle = |what: &str, is_bar: bool, args: &[&str], open: bool| {
        let view = View::start(&program, args);
        view.page("/traces");
        // A page that waits for news.
        let _open = open.then(|| {
            let mut stream = TcpStream::connect(view.address).expect("it listens");
            let turn = view.page("/live?turn=18446744073709551615");
            let turn: String = turn.rsplit("\"turn\":\"").next().unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
            write!(stream, "GET /live?turn={turn} HTTP/1.1\r\nHost: {}\r\n\r\n", view.address).expect("it reads");
            stream
        });
        std::thread::sleep(Duration::from_millis(500));
        let before = process::processor(view.child.id());
        std::thread::sleep(Duration::from_secs(seconds));
        let spent = process::processor(view.child.id()) - before;
        view.end();
        let met = is_bar.then_some(spent.is_zero());
        let bar = if is_bar { "0" } else { "" };
        rows.figure(
            what,
            bar,
            met,
            format!("{:.3} ms", spent.as_secs_f64() * 1e3),
            format!("processor time of all threads in {seconds} s"),
        );
    };
    idle("idle", true, &[], false);
    idle("idle, `--data`", true, &["--data", folder.to_str().expect("a path that is text")], false);
    idle("idle, a page open", false, &[], true);
    let _ = std::fs::remove_dir_all(folder);
    rows
}
