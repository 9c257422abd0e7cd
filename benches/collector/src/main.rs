//! What the collector costs; see the README of the folder above.
//!
//! Each measure is one file in `measures/` and one line of [`MEASURES`].

mod child;
#[path = "../../src/command_line.rs"]
mod command_line;
mod documents;
mod held;
mod measures;
mod process;
mod times;

use std::env;

use command_line::{Measure, Wanted};
use measures::{answers, idle, ingest, memory, pages, start};
use times::Rows;

const MEASURES: &[Measure<Settings, Rows>] = &[
    Measure {
        name: "answers",
        what: "filters, service graph, statistics, errors and figures of all traces that are held",
        run: answers::measure,
        long: false,
    },
    Measure { name: "pages", what: "pages of the viewer over HTTP, and in a browser if there is one", run: pages::measure, long: false },
    Measure { name: "ingest", what: "documents by UDP without a loss, in memory and on disk", run: ingest::measure, long: false },
    Measure { name: "memory", what: "memory of documents that are held", run: memory::measure, long: false },
    Measure { name: "start", what: "from the start to the first page", run: start::measure, long: false },
    Measure { name: "idle", what: "processor time while nothing comes", run: idle::measure, long: false },
];

/// How thorough to be.
pub struct Settings {
    /// Traces that are held.
    pub traces: u64,
    /// Documents that are sent.
    pub documents: u64,
    /// How often each is done.
    pub rounds: usize,
}

const THOROUGH: Settings = Settings { traces: 100_000, documents: 1_000_000, rounds: 30 };
const QUICK: Settings = Settings { traces: 20_000, documents: 250_000, rounds: 5 };

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    if child::run(&args) {
        return;
    }
    let is_help = args.first().is_some_and(|first| first == "--help" || first == "help");
    let Some(wanted) = Wanted::read(&args, MEASURES).filter(|_| !is_help) else {
        println!("cargo run --release --manifest-path benches/collector/Cargo.toml -- [--quick] [--all] [MEASURE …]\n");
        command_line::list(MEASURES);
        std::process::exit(if is_help { 0 } else { 2 });
    };
    let settings = if wanted.quick { QUICK } else { THOROUGH };
    let mut rows = Rows::default();
    for measure in wanted.measures {
        eprintln!("measuring {} …", measure.what);
        rows.absorb((measure.run)(&settings));
    }
    print!("{}", rows.markdown());
}
