//! Heap allocations per recorded subsegment once everything is warm, of all threads, flushing included.

use crate::Settings;
use crate::cases::{Case, Mode, Peer};
use crate::child::{self, Task};
use crate::report::{Findings, Row, Value};
use crate::sink::Sink;

pub fn measure(_: &Settings) -> Findings {
    let sink = Sink::start();
    let row = |title: &str, mode, values| {
        let mut row = Row::new(title);
        for case in crate::cases::trees().into_iter().filter(|c| c.mode == mode && c.values == values) {
            let answer = child::ask(Task::Allocations, case, sink.address, 0);
            row = row.cell(case.peer, Value::Number(answer.get("allocations")));
        }
        row
    };
    let bare = child::ask(Task::Allocations, Case::new(Peer::Bare, Mode::Plain), sink.address, 0);
    let bare = Value::Number(bare.get("allocations"));
    Findings {
        rows: vec![
            row("heap allocations per subsegment, sent", Mode::Sent, false).bar(0.1).cell(Peer::Bare, bare),
            row("the same, one annotation per leaf", Mode::Sent, true),
            row("heap allocations per subsegment, exporter throws away", Mode::Discarded, false),
            row("heap allocations per subsegment, root not sampled", Mode::Unsampled, false),
        ],
        notes: Vec::new(),
    }
}
