//! The safety net: calls of clients that nobody has put an interceptor on still appear, told of by the SDK's own metrics.
//!
//! The SDK measures each call with instruments of a provider that belongs to the process. One of ours passes everything on to the provider
//! that was there, and writes a subsegment for a call that no interceptor has seen. It is told of a call when that has ended, so there is
//! no trace header, and calls that are given up are not seen.

// That is the point here: one source, compiled against each generation.
#![allow(clippy::duplicate_mod)]

use std::cell::Cell;
use std::sync::Once;
use std::time::Duration;

use xray_runtime::{Failure, Namespace, capture, is_observed, subsegment};

use xray_model::document::{Http, HttpResponse};

use crate::facts::service::{Service, is_tracing};

#[path = "."]
mod v0_1 {
    use aws_smithy_observability_0_1 as observability;
    #[path = "provider.rs"]
    pub(super) mod provider;
}
#[path = "."]
mod v0_2 {
    use aws_smithy_observability_0_2 as observability;
    #[path = "provider.rs"]
    pub(super) mod provider;
}
#[path = "."]
mod v0_3 {
    use aws_smithy_observability_0_3 as observability;
    #[path = "provider.rs"]
    pub(super) mod provider;
}

thread_local! {
    /// The interceptor has recorded the call whose metrics come next on this thread.
    static SEEN: Cell<bool> = const { Cell::new(false) };
}

/// Says whether the call that is about to be measured on this thread has been recorded.
pub(super) fn seen(seen: bool) {
    let _ = SEEN.try_with(|cell| cell.set(seen));
}

/// Records the calls of clients that no [`interceptor`](super::interceptor) is on, as far as the SDK's own metrics tell of them: service,
/// operation, time, status. Such calls carry no trace header.
///
/// Under the feature `autopatch`, `#[autoxray::main]` does this. It takes the place of the telemetry provider of the process, and passes
/// everything on to the one that was there; a provider that is set later takes its place in turn.
///
/// ```
/// xray_sdk_patch::aws::safety_net();
/// ```
pub fn safety_net() {
    /// Twice would be one around the other.
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        v0_1::provider::install(false);
        v0_2::provider::install(false);
        v0_3::provider::install(true);
    });
}

/// A call that has ended, as the SDK's metrics tell it.
struct Ended<'a> {
    service: &'a str,
    operation: &'a str,
    took: Duration,
    status: Option<u16>,
    /// `timeout`, `connector` and so on.
    error: Option<&'a str>,
}

impl Ended<'_> {
    fn record(&self) {
        if SEEN.try_with(Cell::take).unwrap_or(true) || !is_observed() || !capture(|capture| capture.aws) {
            return;
        }
        let service = Service::told(self.service);
        if is_tracing(&service.id, self.operation) {
            return;
        }
        let call = subsegment(service.name).namespace(Namespace::Aws).open();
        call.began_before(self.took);
        call.attach(|values| {
            values.aws("operation", self.operation);
            values.metadata_in("aws_sdk", "seen_by", "metrics: no interceptor of autoxray is on this client");
            if let Some(status) = self.status {
                values.http(Http { request: None, response: Some(HttpResponse { status: Some(status.into()), content_length: None }) });
            }
        });
        match (self.status, self.error) {
            (Some(status @ 400..), _) => call.record_status(status),
            (None, Some(error)) => call.record_error(Failure::new(named(error), "the SDK's metrics tell no more of it")),
            _ => {}
        }
        call.close();
    }
}

/// What the metrics call an error, as it is called elsewhere.
fn named(error: &str) -> &'static str {
    match error {
        "timeout" => "TimeoutError",
        "connector" => "ConnectionError",
        "response" => "ResponseError",
        // It may not even have been sent.
        _ => "DispatchFailure",
    }
}
