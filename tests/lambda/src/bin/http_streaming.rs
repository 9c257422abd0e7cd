//! A web service that streams its answers.

use autoxray::{subsegment, traced_lambda};
use lambda_http::{Error, Request, Response, service_fn};
use lambda_runtime::streaming::{Body, channel};

async fn handle(request: Request) -> Result<Response<Body>, Error> {
    let (mut sender, body) = channel();
    autoxray::spawn(async move {
        for number in 0..2 {
            let piece = subsegment("piece").run(|| format!("piece {number};"));
            if sender.send_data(piece.into()).await.is_err() {
                return;
            }
        }
    });
    let status = if request.uri().path().ends_with("/missing") { 404 } else { 200 };
    Ok(Response::builder().status(status).body(body)?)
}

#[traced_lambda]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run_with_streaming_response(service_fn(handle)).await
}
