//! How long the attempts of a call took, and what for.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::clock::Moment;

/// Attempts that are described one by one; further ones only count.
const ATTEMPTS_MAX: usize = 10;

/// The attempts of one call.
#[derive(Debug)]
pub(super) struct Attempts {
    /// When the call was ready to be sent, or the attempt before was over.
    ready: Option<Moment>,
    list: Vec<Attempt>,
}

/// The phases of an attempt, in milliseconds.
#[derive(Debug, Default)]
struct Attempt {
    /// From the end of the one before (or from when the request was ready) to the start of this one: back-off, or the SDK's own rate limit.
    wait_ms: f64,
    /// Credentials and endpoint.
    resolve_ms: Option<f64>,
    sign_ms: Option<f64>,
    /// From sending the request to the head of the response; connecting is part of it.
    respond_ms: Option<f64>,
    /// Reading and understanding the response; of one that is streamed, only its head.
    read_ms: Option<f64>,
    /// From the phase before to giving up, where no response came.
    failed_ms: Option<f64>,
    status: Option<u16>,
    last: Option<Moment>,
}

/// Where an attempt stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Phase {
    Resolved,
    Signed,
    Responded,
}

/// Only what there is to tell.
impl Serialize for Attempt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Anything shorter is not a wait, but the way from one hook to the next.
        let waited = Some(self.wait_ms).filter(|millis| *millis >= 1.0);
        let phases = [
            ("wait_ms", waited),
            ("resolve_ms", self.resolve_ms),
            ("sign_ms", self.sign_ms),
            ("respond_ms", self.respond_ms),
            ("read_ms", self.read_ms),
            ("failed_ms", self.failed_ms),
        ];
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in phases.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            map.serialize_entry(key, &value)?;
        }
        if let Some(status) = self.status {
            map.serialize_entry("status", &status)?;
        }
        map.end()
    }
}

impl Attempts {
    pub(super) const fn new() -> Self {
        Self { ready: None, list: Vec::new() }
    }

    /// The request is ready to be sent.
    pub(super) fn ready(&mut self) {
        self.ready = Some(Moment::now());
    }

    pub(super) fn begin(&mut self) {
        if self.list.len() < ATTEMPTS_MAX {
            let now = Moment::now();
            let wait_ms = self.ready.map_or(0.0, |ready| ready.millis_to(now));
            self.list.push(Attempt { wait_ms, last: Some(now), ..Attempt::default() });
        }
    }

    pub(super) fn reached(&mut self, phase: Phase) {
        let Some(attempt) = self.list.last_mut() else { return };
        let took = attempt.last.as_mut().map(Moment::lap_ms);
        match phase {
            Phase::Resolved => attempt.resolve_ms = took,
            Phase::Signed => attempt.sign_ms = took,
            Phase::Responded => attempt.respond_ms = took,
        }
    }

    pub(super) fn end(&mut self, status: Option<u16>) {
        let now = Moment::now();
        self.ready = Some(now);
        let Some(attempt) = self.list.last_mut() else { return };
        let took = attempt.last.take().map(|last| last.millis_to(now));
        // Without a response, all of it was waiting for one, or for a connection.
        *if attempt.respond_ms.is_some() { &mut attempt.read_ms } else { &mut attempt.failed_ms } = took;
        attempt.status = status;
    }

    pub(super) fn list(&self) -> &(impl Serialize + use<>) {
        &self.list
    }
}
