//! A Lambda function and the traces of it, without Lambda: one event of each source, handled in this process.
//!
//! `cargo run --example lambda_orders`
//!
//! `function` is what would run on Lambda, and is written as for it; its `main` would be the lines in the documentation of `orders`. Here the
//! same handler is called with the events of `events.json`. What Lambda would send itself, the segment of the function, is sent from here
//! then, to a collector that this program brings along.

// Written like any program, not like a library of this workspace.
#![allow(unreachable_pub)]

mod function;

use std::error::Error;
use std::time::Duration;

use autoxray::{Recorder, Sampling, UdpExporter};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Map, Value};
use xray_collector::{Collector, Trace, View, view};

use function::Shop;

fn main() -> Result<(), Box<dyn Error>> {
    let events: Map<String, Value> = serde_json::from_str(include_str!("events.json"))?;
    let collector = Collector::start("127.0.0.1:0")?;
    // A function would leave this out: on Lambda the daemon is known, and the caller decides what is sampled.
    Recorder::builder()
        .service_name("orders")
        .lambda(|lambda| lambda.environment = "example".into())
        .sampling(Sampling::Always)
        .exporter(UdpExporter::new(&collector.local_addr().into()))
        .install()?;

    invoke(events);

    let sent = autoxray::stats().documents;
    let _ = collector.wait_for(Duration::from_secs(2), |progress| progress.documents >= sent);
    for trace in in_order(collector.all_traces()) {
        println!("\n{}", view::waterfall(&trace, &View::default()));
    }
    print!("\n{}", view::services(&collector.services(), &View::default()));
    Ok(())
}

/// One invocation after the other, as in one environment of Lambda's.
#[tokio::main(flavor = "current_thread")]
async fn invoke(events: Map<String, Value>) {
    let shop = Shop { sold: vec!["tea", "milk"] };
    for (number, (source, event)) in (1..).zip(events) {
        let mut context = Context::default();
        context.request_id = format!("00000000-0000-0000-0000-{number:012}");
        match function::orders(LambdaEvent::new(event, context), &shop).await {
            Ok(answer) => println!("{source}: {answer}"),
            Err(error) => println!("{source}: failed, {error}"),
        }
    }
}

/// The traces as they began.
fn in_order(mut traces: Vec<Trace>) -> Vec<Trace> {
    traces.sort_by_key(|trace| trace.root().map(|root| root.start_time));
    traces
}
