//! HTTP to a collector, one request after the other.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use xray_model::Endpoint;

use super::Peer;
use crate::Error;

/// How long a collector may take for an answer.
const TIME_MAX: Duration = Duration::from_secs(30);
/// How long a connection may take to be there.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);
/// Bytes of an answer: a page of traces is less.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// A collector, or whatever is at its address.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    at: Endpoint,
}

/// What came back, be it good or bad.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// What calls itself so in `Server`.
    pub(crate) server: Option<String>,
    /// `Date`, as it came.
    pub(crate) date: Option<String>,
    /// Whether a service of AWS has numbered the request.
    pub(crate) is_of_aws: bool,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) struct Unreachable {
    pub(crate) at: String,
    pub(crate) why: String,
}

impl From<Unreachable> for Error {
    fn from(Unreachable { at, why }: Unreachable) -> Self {
        Self::unreachable(format!(
            "no collector answers at {at}: {why}. Start one by `cargo xray view`, or say by `--address HOST:PORT` where it is"
        ))
    }
}

impl Client {
    pub(crate) fn new(at: &Endpoint) -> Self {
        // A proxy would be asked for its own 127.0.0.1.
        let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0);
        let config = config.timeout_global(Some(TIME_MAX)).timeout_connect(Some(CONNECT_TIME_MAX));
        let user_agent = concat!("cargo-xray/", env!("CARGO_PKG_VERSION"));
        Self { agent: config.user_agent(user_agent).build().into(), at: at.clone() }
    }

    /// Where it is.
    pub(crate) fn at(&self) -> &Endpoint {
        &self.at
    }

    /// Sends JSON, and takes whatever comes back.
    pub(crate) fn ask(&self, path: &str, body: &impl Serialize) -> Result<Answer, Unreachable> {
        let unreachable = |why: String| Unreachable { at: self.at.to_string(), why };
        let json = serde_json::to_vec(body).map_err(|error| unreachable(error.to_string()))?;
        let request = self.agent.post(format!("http://{}{path}", self.at)).header("content-type", "application/json");
        let mut response = request.send(&json[..]).map_err(|error| unreachable(why(&error)))?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(String::from);
        let mut answer = Answer {
            status: response.status().as_u16(),
            server: header("server"),
            date: header("date"),
            is_of_aws: header("x-amzn-requestid").is_some(),
            body: Vec::new(),
        };
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        answer.body = body.map_err(|error| unreachable(why(&error)))?;
        Ok(answer)
    }

    /// Asks X-Ray's API.
    pub(crate) fn call<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Error> {
        let answer = self.ask(path, body)?;
        if answer.status == 200 {
            return serde_json::from_slice(&answer.body)
                .map_err(|error| Error::new(format!("what is at {} does not answer as X-Ray does: {error}", self.at)));
        }
        let by_daemon = matches!(Peer::of(&Ok(answer.clone())), Peer::Daemon | Peer::Refused(_));
        Err(Error::new(match answer.problem() {
            Some(message) if by_daemon => {
                format!("at {} is an X-Ray daemon, not a local X-Ray; AWS answers by way of it: {}", self.at, xray_model::shown(&message))
            }
            Some(message) => message,
            None if by_daemon => format!(
                "at {} is an X-Ray daemon: it takes traces, and hands none out. Start a local X-Ray by `cargo xray view --address \
                 127.0.0.1:2001`, and set AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2001 for programs",
                self.at
            ),
            None => format!(
                "what is at {} is no X-Ray API: it answers {path} with status {}. Say by `--address HOST:PORT` where a collector is",
                self.at, answer.status
            ),
        }))
    }
}

impl Answer {
    /// The message of an error in X-Ray's shape.
    pub(crate) fn problem(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        let message = body.get("Message").or_else(|| body.get("message"))?;
        message.as_str().map(String::from)
    }
}

/// The reason without what the error is wrapped in.
fn why(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}
