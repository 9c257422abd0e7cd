//! What tracing adds to the size of futures, per frame.

use crate::Settings;
use crate::cases::Peer;
use crate::report::{Findings, Row, Value};
use crate::trees;

pub fn measure(_: &Settings) -> Findings {
    let bare = trees::frames(Peer::Bare).expect("the bare tree");
    let mut frame = Row::new("future growth per traced async frame: bytes").bar(64.0);
    let mut big = Row::new("the same for a function that takes 1,024 bytes by value");
    for peer in Peer::TRACERS {
        if let Some(frames) = trees::frames(peer) {
            // `mid` holds `leaf`: two frames.
            let growth = (frames.mid - bare.mid) as f64 / 2.0;
            frame = frame.cell(peer, Value::Number(growth));
            big = big.cell(peer, Value::Number((frames.big - bare.big) as f64));
        }
    }
    Findings {
        rows: vec![frame.cell(Peer::Bare, Value::Number(0.0)), big],
        notes: vec![format!("Futures of the bare tree: leaf {}, mid {}, with the large argument {} bytes.", bare.leaf, bare.mid, bare.big)],
    }
}
