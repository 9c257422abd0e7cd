//! What went wrong with a call, as X-Ray's exceptions.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::interceptors::context;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use xray_model::limits::EXCEPTIONS_MAX;
use xray_runtime::Failure;

use crate::facts::error::told;

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
    let links = links(error);
    // The innermost has most to say.
    let message = match &links[..] {
        [only] => only.clone(),
        [first, .., last] => format!("{first}: {last}"),
        [] => String::new(),
    };
    let failure = Failure::new(kind, message);
    match Cause::of(&links[1.min(links.len())..]) {
        Some(cause) => failure.caused_by(&cause),
        None => failure,
    }
}

/// A response that broke off.
pub(super) fn broken(error: &(dyn Error + 'static)) -> Failure {
    let failure = Failure::new("ResponseError", "the body of the response could not be read");
    match Cause::of(&links(error)) {
        Some(cause) => failure.caused_by(&cause),
        None => failure,
    }
}

/// The texts of an error and its causes, outermost first, without what a request holds: the SDK shows all of it in some.
fn links(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut links = Vec::new();
    let mut link = Some(error);
    while let Some(error) = link.filter(|_| links.len() < EXCEPTIONS_MAX) {
        links.push(told(error));
        link = error.source();
    }
    links
}

/// An error that is nothing but its text, and the cause of that.
#[derive(Debug)]
struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    fn of(links: &[String]) -> Option<Self> {
        let (first, rest) = links.split_first()?;
        Some(Self { text: first.clone(), source: Self::of(rest).map(Box::new) })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}
