//! A web service.

use autoxray::{subsegment, traced_lambda};
use lambda_http::{Error, Request, Response, service_fn};

#[traced_lambda]
async fn handle(request: Request) -> Result<Response<String>, Error> {
    let status = match request.uri().path() {
        path if path.ends_with("/missing") => 404,
        path if path.ends_with("/broken") => 500,
        path if path.ends_with("/failing") => return Err("no shelf".into()),
        _ => 200,
    };
    subsegment("shelf").run(|| ());
    Ok(Response::builder().status(status).body("tea".to_owned())?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run(service_fn(handle)).await
}
