//! A function that answers with a stream of pieces, each of which is a subsegment. `FORM` says what kind of stream, and whether the handler is annotated too.

use std::io;
use std::pin::Pin;

use autoxray::{subsegment, traced_lambda};
use futures::{Stream, stream};
use lambda_runtime::streaming::{Body, channel};
use lambda_runtime::{Error, LambdaEvent, StreamResponse, service_fn};
use serde_json::Value;

type Boxed = Pin<Box<dyn Stream<Item = Result<String, io::Error>> + Send>>;

/// As many pieces as the event says, and then, if it says so, an error.
fn pieces(event: &Value) -> Boxed {
    let (count, fails) = (event["pieces"].as_u64().unwrap_or(2), event["fails"] == true);
    Box::pin(stream::unfold(0, move |number| async move {
        tokio::task::yield_now().await;
        match number {
            number if number < count => Some((Ok(subsegment("piece").run(|| format!("piece {number};"))), number + 1)),
            number if number == count && fails => Some((Err(io::Error::other("the line is dead")), number + 1)),
            _ => None,
        }
    }))
}

async fn plain(event: LambdaEvent<Value>) -> Result<StreamResponse<Boxed>, Error> {
    Ok(StreamResponse::from(pieces(&event.payload)))
}

#[traced_lambda]
async fn boxed(event: LambdaEvent<Value>) -> Result<StreamResponse<Boxed>, Error> {
    Ok(StreamResponse::from(pieces(&event.payload)))
}

#[traced_lambda]
async fn body(event: LambdaEvent<Value>) -> Result<StreamResponse<Body>, Error> {
    let (mut sender, body) = channel();
    autoxray::spawn(async move {
        for number in 0..event.payload["pieces"].as_u64().unwrap_or(2) {
            let piece = subsegment("piece").run(|| format!("piece {number};"));
            if sender.send_data(piece.into()).await.is_err() {
                return;
            }
        }
    });
    Ok(StreamResponse::from(body))
}

#[traced_lambda]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    match std::env::var("FORM").as_deref() {
        Ok("body") => lambda_runtime::run(service_fn(body)).await,
        Ok("boxed") => lambda_runtime::run(service_fn(boxed)).await,
        _ => lambda_runtime::run(service_fn(plain)).await,
    }
}
