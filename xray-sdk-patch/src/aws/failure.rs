//! What went wrong with a call, as X-Ray's exceptions.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::interceptors::context;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use xray_runtime::Failure;

/// A failure that the service has not reported: no answer, none in time, or one that cannot be read. Named as the SDK's `SdkError` names
/// them; `is_made`: there was a request to send.
pub(super) fn local(error: &OrchestratorError<context::Error>, is_made: bool) -> Failure {
    let connector = error.as_connector_error();
    let kind = match connector {
        _ if error.is_timeout_error() => "TimeoutError",
        Some(connector) if connector.is_timeout() => "TimeoutError",
        Some(connector) if connector.is_io() => "ConnectionError",
        Some(_) => "DispatchFailure",
        None if error.is_response_error() => "ResponseError",
        None if error.is_interceptor_error() => "InterceptorError",
        None if is_made => "DispatchFailure",
        None => "ConstructionFailure",
    };
    let failure = Failure::new(kind, Summary(error));
    match error.source() {
        Some(source) => failure.caused_by(source),
        None => failure,
    }
}

/// The error, and the innermost of its causes, which has most to say.
struct Summary<'a>(&'a OrchestratorError<context::Error>);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut innermost: &dyn Error = self.0;
        // Bounded, in case that it goes round in a circle.
        for _ in 0..100 {
            let Some(source) = innermost.source() else { break };
            innermost = source;
        }
        write!(f, "{}: {innermost}", self.0)
    }
}
