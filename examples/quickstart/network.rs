//! A pretend network: what HTTP would be in a real program, requests with a header and answers, here over channels.
//!
//! The only place in this example that touches a trace by hand, and what an integration for an HTTP client and server does: the caller
//! sends its trace header along, the service begins its segment with it.

use std::error::Error;
use std::fmt;

use autoxray::{TraceHeader, segment, trace_header};
use tokio::sync::{mpsc, oneshot};

/// Where a service takes questions `Q` and gives answers `A`.
#[derive(Debug)]
pub struct Address<Q, A> {
    service: &'static str,
    door: mpsc::UnboundedSender<Request<Q, A>>,
}

#[derive(Debug)]
struct Request<Q, A> {
    /// The value of `X-Amzn-Trace-Id`.
    trace: String,
    question: Q,
    answer: oneshot::Sender<Result<A, String>>,
}

/// Starts a service: its segments have its name, and each question is dealt with by `handler` in a task of its own.
pub fn serve<Q, A, E, H, F>(service: &'static str, handler: H) -> Address<Q, A>
where
    Q: Send + 'static,
    A: Send + 'static,
    E: Error + Send + 'static,
    H: Fn(Q) -> F + Send + 'static,
    F: Future<Output = Result<A, E>> + Send + 'static,
{
    let (door, mut requests) = mpsc::unbounded_channel::<Request<Q, A>>();
    tokio::spawn(async move {
        while let Some(Request { trace, question, answer }) = requests.recv().await {
            let work = segment(service).header(TraceHeader::parse(&trace)).try_trace(handler(question));
            tokio::spawn(async move {
                let result = work.await.map_err(|error| error.to_string());
                // The caller may have given up.
                let _ = answer.send(result);
            });
        }
    });
    Address { service, door }
}

impl<Q, A> Address<Q, A> {
    /// Asks the service, from the segment or subsegment that is current.
    pub async fn ask(&self, question: Q) -> Result<A, Refused> {
        let trace = trace_header().map(|header| header.to_string()).unwrap_or_default();
        let (answer, answered) = oneshot::channel();
        let refused = |reason: &str| Refused { service: self.service, reason: reason.to_owned() };
        self.door.send(Request { trace, question, answer }).map_err(|_| refused("not running"))?;
        let result = answered.await.map_err(|_| refused("hung up"))?;
        result.map_err(|reason| refused(&reason))
    }
}

/// A service's answer that there is no answer.
#[derive(Debug)]
pub struct Refused {
    service: &'static str,
    reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered: {}", self.service, self.reason)
    }
}

impl Error for Refused {}
