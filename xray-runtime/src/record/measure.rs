//! What metrics are made of: requests that are over, and calls of others.

use std::time::Duration;

use super::table::Table;
use super::{Flags, Key, Label, NOWHERE, Namespace};
use crate::clock::Stopwatch;
use crate::metrics::{Exemplar, Text};

/// Something that is over and counts.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) work: Work,
    /// The operation that was asked for, or the service that was called.
    pub(crate) name: Text,
    pub(crate) length: Duration,
    pub(crate) flags: Flags,
    /// The trace to look at, if there is one.
    pub(crate) exemplar: Option<Exemplar>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// What this program was asked for: a segment, or an invocation.
    Request,
    /// A call of another service.
    Call,
}

impl Label {
    /// What was asked for, by the name of the function that does it; the segment may be called like the service.
    fn operation(&self) -> &str {
        let name = match self {
            Self::Site(site) | Self::Named(_, site) => site.name,
            Self::Text(text, _) => text,
        };
        // So do the subsegments of Lambda's handlers begin.
        name.strip_prefix("## ").unwrap_or(name)
    }
}

impl Table {
    /// What there is to measure of a record that has been closed.
    #[inline(never)]
    pub(super) fn measure(&mut self, key: Key) -> Option<Box<Measured>> {
        // Lambda's segment ends with the handler. One of our own ends after it, and is told of then.
        let ends_with_handler = self.root().slot == NOWHERE;
        let record = self.records.get(key.slot as usize)?;
        let identity = self.identity.as_mut()?;
        let is_segment = identity.is_segment(record.parent);
        let work = match identity.invocation.as_deref_mut().filter(|invocation| invocation.handler == key) {
            Some(invocation) if !ends_with_handler => {
                invocation.operation = Some(record.label.clone());
                return None;
            }
            Some(_) => Work::Request,
            None if is_segment => Work::Request,
            None if record.namespace == Namespace::Local => return None,
            None => Work::Call,
        };
        let identity = self.identity.as_ref()?;
        let handled = identity.invocation.as_ref().and_then(|invocation| invocation.operation.as_ref());
        let name = match work {
            Work::Request => handled.unwrap_or(&record.label).operation(),
            Work::Call => record.label.name(),
        };
        // Boxed, as most records are not measured.
        Some(Box::new(Measured {
            work,
            name: Text::usable(name),
            length: identity.origin.scale(Stopwatch::start()).between(record.start, record.end),
            flags: record.flags,
            exemplar: self.is_sampled().then(|| Exemplar { trace: identity.trace_id, segment: identity.seed.segment(key.serial) }),
        }))
    }
}
