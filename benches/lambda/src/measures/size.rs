//! Bytes of the program that is uploaded.

use std::fs;

use crate::Settings;
use crate::cases::Peer;
use crate::function::program;
use crate::report::{Findings, Row, Value};

pub fn measure(_: &Settings) -> Findings {
    let size = |peer| fs::metadata(program(peer)).expect("a compiled function").len() as f64 / 1e3;
    let bare = size(Peer::Bare);
    let row = Row::new("program, KB: the bare one").cell(Peer::Bare, Value::Number(bare));
    let over = |row: Row, peer| row.cell(peer, Value::Number(size(peer) - bare));
    let traced = Peer::BUILT.into_iter().filter(|peer| *peer != Peer::Bare);
    let rows = vec![row, traced.fold(Row::new("… added").bar(300.0), over)];
    Findings { rows, notes: vec!["Program: the file, stripped, before it is zipped; 1 KB is 1,000 bytes.".to_owned()] }
}
