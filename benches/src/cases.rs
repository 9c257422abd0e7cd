//! What is measured: every tracer, in every state it can be in.

use std::fmt;

/// Number of traced functions in the tree 1 → 3 → 9.
pub const SUBSEGMENTS: u32 = 13;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    Autoxray,
    OtelDirect,
    Fastrace,
    TracingOtel,
    XrayLite,
    /// The tree without any tracing.
    Bare,
    /// What the parts of a tracer cost that nobody can leave out.
    Floor,
}

impl Peer {
    /// In the order of the table.
    pub const COLUMNS: [Peer; 7] =
        [Peer::Autoxray, Peer::OtelDirect, Peer::Fastrace, Peer::TracingOtel, Peer::XrayLite, Peer::Bare, Peer::Floor];
    pub const TRACERS: [Peer; 5] = [Peer::Autoxray, Peer::OtelDirect, Peer::Fastrace, Peer::TracingOtel, Peer::XrayLite];

    pub fn title(self) -> &'static str {
        match self {
            Peer::Autoxray => "autoxray",
            Peer::OtelDirect => "OTel direct",
            Peer::Fastrace => "fastrace",
            Peer::TracingOtel => "tracing + OTel",
            Peer::XrayLite => "xray-lite",
            Peer::Bare => "bare",
            Peer::Floor => "floor",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Peer::Autoxray => "autoxray",
            Peer::OtelDirect => "otel-direct",
            Peer::Fastrace => "fastrace",
            Peer::TracingOtel => "tracing-otel",
            Peer::XrayLite => "xray-lite",
            Peer::Bare => "bare",
            Peer::Floor => "floor",
        }
    }
}

/// In which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Recorded, encoded and sent over UDP.
    Sent,
    /// Recorded and handed to an exporter that throws away.
    Discarded,
    /// A root exists and decided not to sample.
    Unsampled,
    /// Nothing to record into: no segment, no root span, no subscriber.
    NoRoot,
    /// Switched off for the whole process.
    Disabled,
    /// No tracing code at all.
    Plain,
    /// Floors: two clock reads, a mutex, a relaxed load per subsegment; one datagram per tree.
    Clocks,
    Mutex,
    Load,
    Datagram,
}

impl Mode {
    const ALL: [Mode; 10] = [
        Mode::Sent,
        Mode::Discarded,
        Mode::Unsampled,
        Mode::NoRoot,
        Mode::Disabled,
        Mode::Plain,
        Mode::Clocks,
        Mode::Mutex,
        Mode::Load,
        Mode::Datagram,
    ];

    fn id(self) -> &'static str {
        match self {
            Mode::Sent => "sent",
            Mode::Discarded => "discarded",
            Mode::Unsampled => "unsampled",
            Mode::NoRoot => "no-root",
            Mode::Disabled => "disabled",
            Mode::Plain => "plain",
            Mode::Clocks => "clocks",
            Mode::Mutex => "mutex",
            Mode::Load => "load",
            Mode::Datagram => "datagram",
        }
    }
}

/// One case; written `peer/mode` or `peer/mode+values` on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    pub peer: Peer,
    pub mode: Mode,
    /// One annotation per leaf.
    pub values: bool,
}

impl Case {
    pub const fn new(peer: Peer, mode: Mode) -> Case {
        Case { peer, mode, values: false }
    }

    pub const fn with_values(self) -> Case {
        Case { values: true, ..self }
    }

    pub fn parse(id: &str) -> Option<Case> {
        let (rest, values) = match id.strip_suffix("+values") {
            Some(rest) => (rest, true),
            None => (id, false),
        };
        let (peer, mode) = rest.split_once('/')?;
        let peers = Peer::TRACERS.into_iter().chain([Peer::Bare, Peer::Floor]);
        let peer = peers.into_iter().find(|p| p.id() == peer)?;
        let mode = Mode::ALL.into_iter().find(|m| m.id() == mode)?;
        Some(Case { peer, mode, values })
    }

    /// Whether datagrams leave the process.
    pub fn sends(self) -> bool {
        matches!(self.mode, Mode::Sent | Mode::Datagram)
    }

    /// Environment the child process starts with, besides the daemon's address.
    pub fn env(self) -> Vec<(&'static str, &'static str)> {
        if self.peer == Peer::XrayLite {
            // It can only hang subsegments below a segment that Lambda announced.
            let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
            return vec![("_X_AMZN_TRACE_ID", header)];
        }
        if self.peer != Peer::Autoxray {
            return Vec::new();
        }
        match self.mode {
            Mode::Unsampled => vec![("XRAY_SAMPLING_RATE", "0")],
            Mode::NoRoot => vec![("XRAY_SAMPLING_RATE", "1"), ("AWS_XRAY_CONTEXT_MISSING", "IGNORE_ERROR")],
            Mode::Disabled => vec![("AWS_XRAY_SDK_ENABLED", "false")],
            _ => vec![("XRAY_SAMPLING_RATE", "1")],
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.peer.id(), self.mode.id(), if self.values { "+values" } else { "" })
    }
}

/// Every tree that exists, in the order in which a round runs them.
pub fn trees() -> Vec<Case> {
    use Mode::*;
    use Peer::*;
    let mut cases = vec![
        Case::new(Bare, Plain),
        Case::new(Autoxray, Sent),
        Case::new(Autoxray, Sent).with_values(),
        Case::new(Autoxray, Unsampled),
        Case::new(Autoxray, NoRoot),
        Case::new(Autoxray, Disabled),
    ];
    for peer in [OtelDirect, Fastrace, TracingOtel] {
        cases.extend([
            Case::new(peer, Sent),
            Case::new(peer, Sent).with_values(),
            Case::new(peer, Discarded),
            Case::new(peer, Discarded).with_values(),
            Case::new(peer, Unsampled),
        ]);
        if peer != OtelDirect {
            // Spans made by hand always have a root.
            cases.push(Case::new(peer, NoRoot));
        }
    }
    cases.extend([Case::new(XrayLite, Sent), Case::new(XrayLite, Disabled)]);
    cases
}

/// The floor cases.
pub fn floors() -> Vec<Case> {
    [Mode::Clocks, Mode::Mutex, Mode::Load, Mode::Datagram].map(|mode| Case::new(Peer::Floor, mode)).into()
}
