//! `cargo xray trace`, `query` and `tail`: they ask a running collector over X-Ray's own API, and print what it says.

mod api;
mod client;
mod last;
mod peer;
mod query;
mod tail;
mod trace;
mod wanted;

use clap::Args;
use xray_collector::filter::Filter;
use xray_collector::{Trace, View, view};
use xray_model::DaemonAddress;

use crate::Error;
use crate::environment::Environment;
use crate::terminal::{Colour, Output};
use api::Fetched;
pub(crate) use client::{Answer, Client, Unreachable};
pub(crate) use last::Last;
pub(crate) use peer::{Peer, rules};
use wanted::Wanted;

/// What all of them take.
#[derive(Debug, Args)]
pub(crate) struct Asking {
    /// Where the collector is [default: as AWS_XRAY_DAEMON_ADDRESS says, or 127.0.0.1:2000]
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<DaemonAddress>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// When to write colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    color: Colour,
}

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// Its id, as X-Ray (1-5759e988-bd862e3fe1be46a994272793) or W3C (5759e988bd862e3fe1be46a994272793) writes it, the first 8 digits or
    /// more of it, or what contains it: a header, the address of its page
    #[arg(value_name = "ID")]
    id: Wanted,
    #[command(flatten)]
    asking: Asking,
}

/// Arguments of `query`.
#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// A filter expression, such as `fault = true AND service("payment")`; all traces if left out
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
    /// How far to look back: 30s, 15m, 1h, 1d
    #[arg(long, value_name = "TIME", default_value = "1h")]
    last: Last,
    /// Most traces to print, the newest ones
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    asking: Asking,
}

/// Arguments of `tail`.
#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// A filter expression, such as `responsetime > 1`; all traces if left out
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
    /// End after so many traces
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    #[command(flatten)]
    asking: Asking,
}

/// Prints one trace.
pub(crate) fn trace(args: &TraceArgs, environment: &Environment) -> Result<String, Error> {
    trace::run(&args.id, &Session::new(&args.asking, environment))
}

/// Prints a line for each trace that a filter finds.
pub(crate) fn query(args: &QueryArgs, environment: &Environment) -> Result<String, Error> {
    query::run(args, &Session::new(&args.asking, environment))
}

/// Prints traces as they complete.
pub(crate) fn tail(args: &TailArgs, environment: &Environment) -> Result<(), Error> {
    tail::run(args, &Session::new(&args.asking, environment))
}

/// The words of a filter expression as one that can be understood. Without quotes around it, a shell makes several of it.
fn filter(words: &[String]) -> Result<Option<String>, Error> {
    let text = words.join(" ");
    match Filter::parse(&text) {
        Ok(filter) if filter.is_empty() => Ok(None),
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(Error::usage(format!("the filter expression is wrong at column {}: {error}", error.column()))),
    }
}

/// A collector, and how to print what it says.
struct Session {
    client: Client,
    json: bool,
    view: View,
}

impl Session {
    fn new(asking: &Asking, environment: &Environment) -> Self {
        let address = asking.address.clone().or_else(|| environment.daemon()).unwrap_or_default();
        Self { client: Client::new(address.tcp()), json: asking.json, view: Output::read().view(asking.color, environment) }
    }

    /// One trace: as a line of JSON, or as a waterfall with an empty line below it.
    fn print(&self, fetched: &Fetched) -> Result<String, Error> {
        match (&fetched.trace, self.json) {
            (_, true) => Ok(format!("{}\n", fetched.json())),
            (Some(trace), false) if fetched.limit_exceeded => Ok(format!(
                "{}This is as much as X-Ray hands out of one trace, not all of it. The rest: http://{}/traces/{}\n\n",
                view::waterfall(trace, &self.view),
                self.client.at(),
                fetched.id
            )),
            (Some(trace), false) => Ok(waterfall(trace, &self.view)),
            (None, false) => {
                Err(Error::new(format!("trace {} has no segments that can be shown; `--json` prints what there is", fetched.id)))
            }
        }
    }
}

fn waterfall(trace: &Trace, view: &View) -> String {
    format!("{}\n", view::waterfall(trace, view))
}
