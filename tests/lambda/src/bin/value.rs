//! A function whose event says what it does. `LAYERS` says where it is traced: `none`, `handler`, `runtime`, `both`.

use autoxray::lambda::TraceLayer;
use autoxray_lambda_tests::work::handle;
use lambda_runtime::tower::Layer as _;
use lambda_runtime::{Error, Runtime, service_fn};

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
