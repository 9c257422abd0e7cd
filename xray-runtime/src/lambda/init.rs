//! What happened before the first invocation.

use std::panic::Location;
use std::sync::OnceLock;

use crate::clock::{Stopwatch, Tick};
use crate::context::Here;
use crate::record::Label;

/// When this program first told of itself.
static STARTED: OnceLock<Stopwatch> = OnceLock::new();

/// When it was about to ask for its first event.
static POLLING: OnceLock<Tick> = OnceLock::new();

/// Says that the program begins. The first statement of `main`; it makes the beginning of the subsegment `init` exact, which is otherwise known
/// to a hundredth of a second.
pub fn started() {
    let _ = STARTED.get_or_init(Stopwatch::start);
}

/// Says that the program is about to ask for its first event: what took place until now is what a cold start takes. The first invocation
/// records it as the subsegment `init`, if it is a cold start.
pub fn polling() {
    started();
    let _ = POLLING.get_or_init(Tick::now);
}

/// Records the time from the start of the process to the first question for an event, if anybody told of it.
pub(super) fn record(root: Here) {
    if let (Some(started), Some(end)) = (STARTED.get(), POLLING.get()) {
        root.record_past(Label::Text("init".into(), Location::caller()), started.process_start(), *end);
    }
}
