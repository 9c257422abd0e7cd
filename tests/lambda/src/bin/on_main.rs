//! The same function, with an attribute on `main` in the place of layers.

use autoxray::traced_lambda;
use autoxray_lambda_tests::work::handle;
use lambda_runtime::{Error, service_fn};

#[traced_lambda]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}
