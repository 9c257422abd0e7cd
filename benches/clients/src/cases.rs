//! What is measured: each client, called plainly, under autoxray and under its rival, in each state they can be in.

use std::fmt;

/// Calls that share a segment where they do; the other cases have one segment per call.
pub const SHARING: u32 = 13;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    /// `GetItem` of `aws-sdk-dynamodb`; the service is a function in memory.
    Aws,
    /// `GET` with reqwest from a server in another process.
    Reqwest,
}

/// Who records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Bare,
    Autoxray,
    /// For AWS `awssdk-instrumentation`, for reqwest `reqwest-tracing`.
    Rival,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// No tracing code at all.
    Plain,
    /// An interceptor on the client that does nothing.
    Empty,
    /// Recorded and exported.
    Sampled,
    /// There is a segment, and the calls in it are plain: what a recorded call costs without the recording of the call.
    SegmentOnly,
    /// A segment exists and is not sampled.
    Unsampled,
    /// As `SegmentOnly`, not sampled.
    UnsampledOnly,
    /// Nothing to record into.
    NoSegment,
    /// Switched off for the whole process.
    Disabled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    pub client: Client,
    pub who: Who,
    pub state: State,
    /// Calls per segment.
    pub calls: u32,
}

impl Client {
    pub const ALL: [Client; 2] = [Client::Aws, Client::Reqwest];

    fn id(self) -> &'static str {
        match self {
            Client::Aws => "aws",
            Client::Reqwest => "reqwest",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Client::Aws => "DynamoDB GetItem",
            Client::Reqwest => "reqwest GET",
        }
    }
}

impl Who {
    fn id(self) -> &'static str {
        match self {
            Who::Bare => "bare",
            Who::Autoxray => "autoxray",
            Who::Rival => "rival",
        }
    }
}

impl State {
    fn id(self) -> &'static str {
        match self {
            State::Plain => "plain",
            State::Empty => "empty",
            State::Sampled => "sampled",
            State::SegmentOnly => "segment-only",
            State::Unsampled => "unsampled",
            State::UnsampledOnly => "unsampled-only",
            State::NoSegment => "no-segment",
            State::Disabled => "disabled",
        }
    }
}

impl Case {
    pub const fn new(client: Client, who: Who, state: State, calls: u32) -> Case {
        Case { client, who, state, calls }
    }

    pub const fn bare(client: Client) -> Case {
        Case::new(client, Who::Bare, State::Plain, 1)
    }

    pub fn parse(id: &str) -> Option<Case> {
        Client::ALL.into_iter().flat_map(cases).find(|case| case.to_string() == id)
    }

    pub fn is_sampled(self) -> bool {
        matches!(self.state, State::Sampled | State::SegmentOnly)
    }

    /// Whether documents leave the process.
    pub fn sends(self) -> bool {
        let to_nowhere = self.client == Client::Reqwest && self.who == Who::Rival;
        self.is_sampled() && !to_nowhere
    }

    /// Environment the measured process starts with, besides the daemon's address.
    pub fn env(self) -> &'static [(&'static str, &'static str)] {
        match (self.who, self.state) {
            (Who::Autoxray, State::Unsampled | State::UnsampledOnly) => &[("XRAY_SAMPLING_RATE", "0")],
            (Who::Autoxray, State::NoSegment) => &[("XRAY_SAMPLING_RATE", "1"), ("AWS_XRAY_CONTEXT_MISSING", "IGNORE_ERROR")],
            (Who::Autoxray, State::Disabled) => &[("AWS_XRAY_SDK_ENABLED", "false")],
            (Who::Autoxray, _) => &[("XRAY_SAMPLING_RATE", "1")],
            _ => &[],
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.client.id(), self.who.id(), self.state.id())?;
        if self.calls > 1 { write!(f, "/{}", self.calls) } else { Ok(()) }
    }
}

/// Every case of a client, in the order in which a round runs them.
pub fn cases(client: Client) -> Vec<Case> {
    use State::{Disabled, NoSegment, Sampled, SegmentOnly, Unsampled, UnsampledOnly};
    let ours = |state, calls| Case::new(client, Who::Autoxray, state, calls);
    let rival = |state, calls| Case::new(client, Who::Rival, state, calls);
    let mut cases = vec![Case::bare(client)];
    if client == Client::Aws {
        cases.push(Case::new(client, Who::Bare, State::Empty, 1));
    }
    for calls in [1, SHARING] {
        cases.extend([Sampled, SegmentOnly, Unsampled, UnsampledOnly].map(|state| ours(state, calls)));
        cases.extend([Sampled, Unsampled].map(|state| rival(state, calls)));
    }
    cases.extend([NoSegment, Disabled].map(|state| ours(state, 1)));
    cases
}
