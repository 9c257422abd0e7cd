//! The whole of autoxray in one program: a small order service is traced, and its traces are shown. Nothing has to be set up.
//!
//! `cargo run --example quickstart`, and with `-- --view` for a viewer in the browser in which orders keep coming in.
//!
//! Three services run in this process. `shop`, `payments` and `warehouse` hold their code, which is traced with `#[traced]` and nothing
//! else; `network` stands for HTTP between them. The orders come from a file, one goes wrong in each way that there is: an error of the
//! customer's, a failing call, a panic, a call that is cancelled. Documents travel over UDP, as they would to the X-Ray daemon, to a collector
//! that this program brings along.

// Written like any program, not like a library of this workspace.
#![allow(unreachable_pub)]

mod args;
mod chance;
mod figures;
mod neighbours;
mod network;
mod order;
mod payments;
mod shop;
mod town;
mod warehouse;

use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use autoxray::{AlreadyInstalled, Recorder, Sampling, UdpExporter};
use tokio::task::JoinError;
use xray_collector::{Collector, Local, ServeSettings, Settings, Trace, View, view};

use args::{Args, USAGE};
use figures::Headings;
use order::{Order, Orders};
use shop::{OrderError, Shipped, Shop};

/// Lines of the file that are complained about one by one.
const UNUSABLE_SHOWN: usize = 5;

/// Where the viewer is, if nothing else is there.
const VIEWER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 2000);

/// How one order ended: its id, and the result of its task.
type Outcome = (String, Result<Result<Shipped, OrderError>, JoinError>);

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args_os().skip(1)) {
        Ok(args) => args,
        Err(problem) => {
            eprintln!("quickstart: {problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&args, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads this has read enough.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    if args.help {
        return Ok(out.write_all(USAGE.as_bytes())?);
    }
    let orders = order::read(&args.orders)?;
    if args.view {
        return show(&orders, out);
    }
    let collector = Collector::start("127.0.0.1:0")?;
    record_to(collector.local_addr())?;
    let headings = Headings { colour: args.colour };
    let outcomes = work(orders.orders.clone());
    headings.write(out, "What the program did")?;
    tell(out, &orders, &outcomes)?;

    let sent = autoxray::stats().documents;
    let arrived = collector.wait_for(Duration::from_secs(2), |progress| progress.documents >= sent);
    headings.write(out, "What X-Ray shows")?;
    let view = View { colour: args.colour, ..View::default() };
    for trace in in_order(collector.all_traces()) {
        writeln!(out, "{}", view::waterfall(&trace, &view))?;
    }
    headings.write(out, "Services")?;
    out.write_all(view::services(&collector.services(), &view).as_bytes())?;
    out.write_all(view::rejected(&collector.rejected(), &view).as_bytes())?;
    headings.write(out, "What tracing cost")?;
    figures::write(out, &autoxray::stats())?;
    if !arrived {
        writeln!(out, "Of {sent} documents sent, {} arrived.", collector.progress().documents)?;
    }
    if sent == 0 && !orders.orders.is_empty() {
        writeln!(out, "Nothing was traced. Do AWS_XRAY_SDK_ENABLED, AWS_XRAY_SDK_DISABLED or XRAY_SAMPLING_RATE switch tracing off?")?;
    }
    writeln!(out, "\nSee it at http://{VIEWER}/ by cargo run --example quickstart -- --view")?;
    Ok(())
}

/// A service would leave all of this out: it would be named in AWS_XRAY_TRACING_NAME, and send to the daemon on this machine.
fn record_to(collector: SocketAddr) -> Result<(), AlreadyInstalled> {
    let exporter = UdpExporter::new(&collector.into());
    Recorder::builder().service_name("orders").sampling(Sampling::Always).exporter(exporter).install()
}

/// Keeps a viewer open, and something to see in it, until Ctrl-C.
fn show(orders: &Orders, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let local = viewer()?;
    let address = local.local_addr();
    record_to(address)?;
    writeln!(out, "The viewer is at http://{address}/ and orders keep coming in; Ctrl-C ends it.")?;
    out.flush()?;
    work(orders.orders.clone());
    stay(address)?;
    Ok(())
}

/// A viewer where X-Ray's daemon would be, so that `cargo xray tail` and other programs find it; elsewhere if something is there.
fn viewer() -> io::Result<Local> {
    let start = |address| Local::start(address, Settings::default(), ServeSettings::default());
    start(VIEWER).or_else(|_| start(SocketAddr::new(VIEWER.ip(), 0)))
}

#[tokio::main]
async fn stay(collector: SocketAddr) -> io::Result<()> {
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended,
        ended = town::live(collector) => ended,
    }
}

/// Runs the three services until all orders are dealt with.
#[tokio::main]
async fn work(orders: Vec<Order>) -> Vec<Outcome> {
    let shop = Arc::new(Shop {
        payments: network::serve("payments", payments::handle),
        warehouse: network::serve("warehouse", warehouse::handle),
    });
    // The panic below is part of the show. It is told in its trace; on standard error it would be in the way.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let place = |order: Order| {
        let shop = Arc::clone(&shop);
        (order.id.clone(), tokio::spawn(async move { shop.place(order).await }))
    };
    let tasks: Vec<_> = orders.into_iter().map(place).collect();
    let mut outcomes = Vec::new();
    for (id, task) in tasks {
        outcomes.push((id, task.await));
    }
    panic::set_hook(hook);
    outcomes
}

/// What a user of the program would see.
fn tell(out: &mut impl Write, orders: &Orders, outcomes: &[Outcome]) -> io::Result<()> {
    for (id, outcome) in outcomes {
        match outcome {
            Ok(Ok(Shipped { cents, carrier })) => {
                writeln!(out, "{id}  shipped by {carrier} for {}.{:02} €", cents / 100, cents % 100)?;
            }
            Ok(Err(error)) => writeln!(out, "{id}  refused: {error}")?,
            Err(_) => writeln!(out, "{id}  lost: its task panicked")?,
        }
    }
    for (line, problem) in orders.unusable.iter().take(UNUSABLE_SHOWN) {
        writeln!(out, "line {line} of the file is not an order: {problem}")?;
    }
    match orders.unusable.len().saturating_sub(UNUSABLE_SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "nor are {more} more lines"),
    }
}

/// The traces by the orders they are about, not by who was done first.
fn in_order(mut traces: Vec<Trace>) -> Vec<Trace> {
    traces.sort_by_key(|trace| trace.root().and_then(|root| root.annotations.get("order").map(|order| format!("{order:?}"))));
    traces
}
