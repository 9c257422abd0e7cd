//! What is measured: every function, with traces that are taken and traces that are not.

use std::fmt;

/// Who traces the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    Bare,
    Autoxray,
    /// The same with metrics.
    Measured,
    Awssdk,
    Tower,
    Lite,
}

impl Peer {
    /// In the order of the table.
    pub const COLUMNS: [Peer; 6] = [Peer::Autoxray, Peer::Measured, Peer::Awssdk, Peer::Tower, Peer::Lite, Peer::Bare];

    /// Whose functions are compiled and measured, the bare one first.
    pub const BUILT: [Peer; 6] = [Peer::Bare, Peer::Autoxray, Peer::Measured, Peer::Awssdk, Peer::Tower, Peer::Lite];

    pub fn title(self) -> &'static str {
        match self {
            Peer::Bare => "bare",
            Peer::Autoxray => "autoxray",
            Peer::Measured => "autoxray, metrics too",
            Peer::Awssdk => "awssdk-instrumentation",
            Peer::Tower => "opentelemetry-lambda-tower",
            Peer::Lite => "lambda-otel-lite",
        }
    }

    /// Its folder in `functions/`.
    pub fn id(self) -> &'static str {
        match self {
            Peer::Bare => "bare",
            Peer::Autoxray => "autoxray",
            Peer::Measured => "measured",
            Peer::Awssdk => "awssdk",
            Peer::Tower => "tower",
            Peer::Lite => "lite",
        }
    }
}

/// What Lambda has decided about the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Sampled,
    Unsampled,
    /// Sampled, but tracing is switched off for the whole process.
    Disabled,
}

impl State {
    pub const ALL: [State; 3] = [State::Sampled, State::Unsampled, State::Disabled];

    pub fn id(self) -> &'static str {
        match self {
            State::Sampled => "sampled",
            State::Unsampled => "unsampled",
            State::Disabled => "disabled",
        }
    }
}

/// Written `peer/state` on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    pub peer: Peer,
    pub state: State,
}

impl Case {
    pub const BARE: Case = Case::new(Peer::Bare, State::Sampled);

    pub const fn new(peer: Peer, state: State) -> Case {
        Case { peer, state }
    }

    pub fn parse(id: &str) -> Option<Case> {
        cases().into_iter().find(|case| case.to_string() == id)
    }

    /// Environment the function starts with, besides Lambda's.
    pub fn env(self) -> &'static [(&'static str, &'static str)] {
        match (self.peer, self.state) {
            (Peer::Autoxray, State::Disabled) => &[("AWS_XRAY_SDK_ENABLED", "false")],
            // Lambda sets it for functions that log in JSON; without it, this one records nothing.
            (Peer::Lite, _) => &[("AWS_LAMBDA_LOG_LEVEL", "INFO")],
            _ => &[],
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.peer.id(), self.state.id())
    }
}

/// Every case.
pub fn cases() -> Vec<Case> {
    let states = |peer| match peer {
        Peer::Bare => &[State::Sampled][..],
        Peer::Autoxray => &State::ALL,
        _ => &[State::Sampled, State::Unsampled],
    };
    Peer::BUILT.into_iter().flat_map(|peer| states(peer).iter().map(move |state| Case::new(peer, *state))).collect()
}
