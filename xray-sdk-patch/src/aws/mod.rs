//! The AWS SDK for Rust: each call of any service as a subsegment.
//!
//! Under the feature `autopatch` nothing has to be done for it. By hand, an [`interceptor`] on a client records its calls:
//!
//! ```
//! # mod aws_sdk_dynamodb { // stands for the real one, which has the same shape
//! #     pub mod config {
//! #         pub struct Builder;
//! #         impl From<&aws_types::SdkConfig> for Builder { fn from(_: &aws_types::SdkConfig) -> Self { Self } }
//! #         impl Builder {
//! #             pub fn interceptor(self, _: impl aws_smithy_runtime_api::client::interceptors::Intercept + 'static) -> Self { self }
//! #             pub fn build(self) -> Self { self }
//! #         }
//! #     }
//! #     pub struct Client;
//! #     impl Client { pub fn from_conf(_: config::Builder) -> Self { Self } }
//! # }
//! # let shared_config = aws_types::SdkConfig::builder().build();
//! use xray_sdk_patch::aws; // autoxray::aws
//!
//! let config = aws_sdk_dynamodb::config::Builder::from(&shared_config).interceptor(aws::interceptor()).build();
//! let client = aws_sdk_dynamodb::Client::from_conf(config);
//! // The same in short:
//! let client = aws::client!(aws_sdk_dynamodb, &shared_config);
//! # let _ = client;
//! ```
//!
//! # What is recorded
//!
//! A subsegment with namespace `aws`, named as AWS's X-Ray SDKs name the service: operation, region, request id, retries, HTTP status and
//! length, the parameters that X-Ray knows (table, queue, topic, function, bucket and the like, never payloads, values or secrets), and what
//! went wrong, as the service reports it. Metadata `attempts` in the namespace `aws_sdk` has the phases of each attempt in milliseconds. The
//! subsegment of a response that is streamed ends when its body has been read or dropped. A call that is given up is `cancelled`; one that
//! is only presigned is no call.
//!
//! # What the service is told
//!
//! The header `X-Amzn-Trace-Id` names the subsegment as the caller, also where the trace is not sampled, and never replaces one that the
//! program has set. Messages to SQS, EventBridge and Step Functions carry it in their body as well, where [`Carriers`] says so and there is
//! room.
//!
//! [`Carriers`]: xray_runtime::Carriers

mod attempts;
mod body;
mod call;
mod describe;
mod failure;
#[cfg(not(feature = "safety-net"))]
mod hooks;
#[cfg(feature = "safety-net")]
#[path = "hooks_hinted.rs"]
mod hooks;
mod interceptor;
#[cfg(feature = "safety-net")]
mod meter;
#[cfg(not(feature = "safety-net"))]
#[path = "meter_left_out.rs"]
mod meter;

pub use interceptor::{Interceptor, interceptor};
#[cfg(feature = "safety-net")]
pub use meter::safety_net;

/// What is done once, at the start of a program under `autopatch`.
pub(crate) fn start() {
    meter::safety_net();
}

/// A client of a service, named by its crate, whose calls are recorded: `client!(aws_sdk_dynamodb, &shared_config)`.
///
/// The configuration is a reference to an `SdkConfig`, or whatever else the service's configuration can be built from.
#[doc(inline)]
pub use crate::__aws_client as client;

#[doc(hidden)]
#[macro_export]
macro_rules! __aws_client {
    ($service:ident, $config:expr) => {
        $service::Client::from_conf($service::config::Builder::from($config).interceptor($crate::aws::interceptor()).build())
    };
}
