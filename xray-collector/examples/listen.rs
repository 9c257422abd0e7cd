//! Listens where SDKs expect the X-Ray daemon, and prints each trace once it is complete and quiet.
//!
//! `cargo run -p xray-collector --example listen [address]`; the address is 127.0.0.1:2000 if none is given. `COLUMNS` sets the width.

use std::collections::HashMap;
use std::env;
use std::io::{self, IsTerminal};
use std::time::Duration;

use xray_collector::{Collector, View, view};

/// Parts of one trace from several services arrive one after the other; this is how long to wait for the next.
const QUIET: Duration = Duration::from_millis(250);

fn main() -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:2000".to_owned());
    let collector = Collector::start(&address)?;
    let view = View {
        width: env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(80),
        colour: env::var_os("NO_COLOR").is_none() && io::stdout().is_terminal(),
        ..View::default()
    };
    println!("Listening on {}. Send traces with AWS_XRAY_DAEMON_ADDRESS={0}", collector.local_addr());

    let mut printed = HashMap::new();
    let mut seen = HashMap::new();
    let mut rejected = 0;
    let mut last = collector.progress();
    loop {
        if !collector.wait_for(QUIET, |progress| *progress != last) {
            // Nothing came for a while: what is complete may be shown.
            for trace in collector.all_traces() {
                let quiet = seen.insert(trace.id(), trace.documents()) == Some(trace.documents());
                if quiet && trace.is_complete() && printed.insert(trace.id(), trace.documents()) != Some(trace.documents()) {
                    println!("\n{}", view::waterfall(&trace, &view));
                }
            }
        }
        last = collector.progress();
        if last.rejected > rejected {
            println!("\nRejected datagrams:\n{}", view::rejected(&collector.rejected(), &view));
            rejected = last.rejected;
        }
    }
}
