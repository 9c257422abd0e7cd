//! A function that takes a batch of messages: what cannot be shipped is given back. `LAYERS` says where it is traced.

use autoxray::lambda::{TraceLayer, traced_records};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::tower::Layer as _;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};

async fn handle(event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let mut answer = SqsBatchResponse::default();
    for record in traced_records(&event.payload.records) {
        tokio::task::yield_now().await;
        if record.body.as_deref() == Some("bad") {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = record.message_id.clone().unwrap_or_default();
            answer.batch_item_failures.push(failure);
        }
    }
    Ok(answer)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let traced = TraceLayer::new().name("## handle");
    match std::env::var("LAYERS").as_deref() {
        Ok("none") => lambda_runtime::run(service_fn(handle)).await,
        Ok("runtime") => Runtime::new(service_fn(handle)).layer(TraceLayer::new().name("## runtime")).run().await,
        Ok("both") => Runtime::new(traced.layer(service_fn(handle))).layer(TraceLayer::new().name("## runtime")).run().await,
        _ => lambda_runtime::run(traced.layer(service_fn(handle))).await,
    }
}
