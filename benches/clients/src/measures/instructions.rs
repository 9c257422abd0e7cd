//! Instructions per call in user space, counted by valgrind's callgrind: the same on a busy machine as on an idle one.

use std::fs;
use std::process::Command;

use crate::Settings;
use crate::callgrind;
use crate::cases::{Case, Client, State, Who};
use crate::child::{self, Addresses};
use crate::report::{Findings, Row, Value};
use crate::server::Server;
use crate::sink::Sink;
use crate::tools::{median, target};

const CALLGRIND: [&str; 3] = ["valgrind", "--tool=callgrind", "--instr-atstart=no"];

/// Processes per case: hash maps are seeded anew in each, which moves a call of the SDK by a percent.
const PROCESSES: usize = 5;

const TITLES: [(State, &str); 6] = [
    (State::Sampled, "sampled, a segment per call"),
    (State::SegmentOnly, "the segment alone, sampled"),
    (State::Unsampled, "unsampled, a segment per call"),
    (State::UnsampledOnly, "the segment alone, unsampled"),
    (State::NoSegment, "no segment current"),
    (State::Disabled, "disabled by environment"),
];

pub fn measure(_: &Settings) -> Findings {
    if Command::new("valgrind").arg("--version").output().is_err() {
        let note = "Instructions were not counted: valgrind is not installed.".to_owned();
        return Findings { rows: Vec::new(), notes: vec![note] };
    }
    let (sink, server) = (Sink::start(), Server::start());
    let to = Addresses { daemon: sink.address, server: server.address };
    let mut rows = Vec::new();
    for client in Client::ALL {
        let bare = per_call(Case::bare(client), to);
        rows.push(Row::new(format!("{}: the bare call itself", client.title()), "instructions").ours(Value::exact(bare)));
        if client == Client::Aws {
            let empty = per_call(Case::new(client, Who::Bare, State::Empty, 1), to) - bare;
            rows.push(Row::new("… an interceptor that does nothing", "instructions").ours(Value::exact(empty)));
        }
        for (state, title) in TITLES {
            let ours = per_call(Case::new(client, Who::Autoxray, state, 1), to) - bare;
            let mut row = Row::new(format!("… {title}"), "instructions").ours(Value::exact(ours));
            if matches!(state, State::Sampled | State::Unsampled) {
                row = row.rival(Value::exact(per_call(Case::new(client, Who::Rival, state, 1), to) - bare));
            }
            rows.push(row);
        }
    }
    let note = "Instructions: user space only, all threads, over the bare call, counted by callgrind after a warm-up; median of \
                several processes.";
    Findings { rows, notes: vec![note.to_owned()] }
}

fn per_call(case: Case, to: Addresses) -> f64 {
    let [valgrind, tool, off] = CALLGRIND;
    let valgrind = [valgrind, tool, off, "--callgrind-out-file=/dev/null"];
    let count = || {
        let output = child::command(&valgrind, "counted", case, to).output().expect("valgrind");
        callgrind::collected(&output.stderr) / child::counted_calls(case)
    };
    median(&[(); PROCESSES].map(|()| count()))
}

/// Prints where a case spends its instructions.
pub fn profile(args: &[String]) {
    let Some(case) = args.first().and_then(|id| Case::parse(id)) else {
        eprintln!("profile CASE, for instance {}", Case::new(Client::Aws, Who::Autoxray, State::Sampled, 1));
        std::process::exit(2);
    };
    let (sink, server) = (Sink::start(), Server::start());
    let folder = target("profile");
    fs::create_dir_all(&folder).expect("a folder in the target folder");
    let file = folder.join("callgrind.out");
    let out = format!("--callgrind-out-file={}", file.display());
    let [valgrind, tool, off] = CALLGRIND;
    let to = Addresses { daemon: sink.address, server: server.address };
    child::command(&[valgrind, tool, off, &out], "counted", case, to).output().expect("valgrind");
    callgrind::print(&file, child::counted_calls(case), "call");
    println!("For callgrind_annotate --inclusive=yes: {}", file.display());
}
