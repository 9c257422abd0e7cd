//! A function that handles many events at a time, each of which has a number.

use autoxray::{annotate, subsegment, traced_lambda};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use tokio::task::yield_now;

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let number = event.payload["number"].as_u64().ok_or("no number")?;
    annotate("number", number);
    yield_now().await;
    let inner = async move {
        annotate("number", number);
        yield_now().await;
        let spawned = subsegment("spawned").trace(async move {
            yield_now().await;
            annotate("number", number);
        });
        autoxray::spawn(spawned).await.map_err(|error| error.to_string())?;
        Ok::<_, String>(autoxray::trace_header().map(|header| header.to_string()))
    };
    let side = subsegment("side").trace(async move {
        yield_now().await;
        annotate("number", number);
    });
    let (header, ()) = tokio::join!(subsegment("inner").trace(inner), side);
    Ok(json!({ "number": number, "header": header? }))
}

#[traced_lambda]
#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::run_concurrent(service_fn(handle)).await
}
