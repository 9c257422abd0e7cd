//! What a function does: its event says it.

use std::path::Path;
use std::time::Duration;

use autoxray::{annotate, subsegment};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};

/// An error with a cause.
#[derive(Debug)]
struct NoStock(std::num::ParseIntError);

impl std::fmt::Display for NoStock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no stock")
    }
}

impl std::error::Error for NoStock {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// The handler.
///
/// # Errors
///
/// If it is told so.
///
/// # Panics
///
/// If it is told so.
pub async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let event = event.payload;
    match event["do"].as_str().unwrap_or_default() {
        "fail" => Err(NoStock("many".parse::<u8>().expect_err("no number")).into()),
        "panic" => panic!("the shelf fell"),
        "echo" => Ok(event),
        "nest" => Ok(nest().await),
        "wait" => Ok(wait(event["until"].as_str().unwrap_or_default()).await),
        "block" => Ok(block(event["until"].as_str().unwrap_or_default())),
        _ => Ok(json!({ "header": autoxray::trace_header().map(|header| header.to_string()) })),
    }
}

async fn nest() -> Value {
    subsegment("price").run(|| annotate("currency", "EUR"));
    let ship = async {
        tokio::task::yield_now().await;
        autoxray::trace_header().map(|header| header.to_string())
    };
    json!({ "header": subsegment("ship").trace(ship).await })
}

/// Waits until there is such a file.
async fn wait(until: &str) -> Value {
    subsegment("closed").run(|| ());
    let waiting = async {
        while !Path::new(until).exists() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    subsegment("outer").trace(subsegment("inner").trace(waiting)).await;
    json!("done")
}

/// The same without giving its thread back.
fn block(until: &str) -> Value {
    subsegment("closed").run(|| ());
    subsegment("outer").run(|| {
        subsegment("inner").run(|| {
            while !Path::new(until).exists() {
                std::thread::sleep(Duration::from_millis(2));
            }
        });
    });
    json!("done")
}
