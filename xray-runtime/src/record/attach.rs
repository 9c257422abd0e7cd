//! Attaching values and errors to records.

use std::time::Duration;

use super::node::Full;
use super::table::{Table, live};
use super::{Details, Key, Label, NOWHERE, Namespace, Record};
use crate::stats::{LossKind, LossReason};
use crate::value::{Exception, Failure, Frame};

impl Table {
    /// Changes what is attached to a record, and counts what did not fit; `kind` is what is lost if the record has been sent.
    fn attach(&mut self, key: Key, kind: LossKind, change: impl FnOnce(&mut Record, &mut dyn FnMut(LossKind, LossReason))) {
        let Some(identity) = self.identity.as_ref().filter(|_| key.serial >= self.first_serial) else { return };
        let mut lost = |kind, reason| identity.recorder.lost(kind, reason, 1);
        match live(&mut self.records, key) {
            Some(record) if !record.foreign => change(record, &mut lost),
            _ => lost(kind, LossReason::TraceEnded),
        }
    }

    /// Attaches values, and counts the losses that making them cost.
    pub(crate) fn attach_all(&mut self, key: Key, values: Box<Details>, losses: &[(LossKind, LossReason)]) {
        self.attach(key, LossKind::Annotation, |record, lost| {
            losses.iter().for_each(|(kind, reason)| lost(*kind, *reason));
            match &mut record.details {
                None => record.details = Some(values),
                Some(details) => details.merge(*values, lost),
            }
        });
    }

    /// Sets the user of the segment that `key` is in.
    pub(crate) fn set_user(&mut self, key: Key, user: String) {
        if key.serial < self.first_serial {
            return;
        }
        if self.root().slot == NOWHERE {
            self.set_user_of_handler(user);
        } else {
            self.attach(self.root(), LossKind::Annotation, |record, lost| {
                Full::count(record.details.get_or_insert_default().set_user(user), LossKind::Annotation, lost);
            });
        }
    }

    /// Moves the start of a record back, at most to that of its parent.
    pub(crate) fn began_before(&mut self, key: Key, ago: Duration) {
        let Some(start) = self.identity.as_ref().map(|identity| identity.origin.before_now(ago)) else { return };
        let earliest = self.get(key).and_then(|record| self.get(record.parent)).map_or(start, |parent| parent.start);
        self.attach(key, LossKind::Annotation, |record, _| record.start = start.max(earliest).min(record.start));
    }

    pub(crate) fn set_namespace(&mut self, key: Key, namespace: Namespace) {
        let is_segment = self.get(key).zip(self.identity.as_ref()).is_some_and(|(record, identity)| identity.is_segment(record.parent));
        self.attach(key, LossKind::Annotation, |record, lost| {
            if !is_segment {
                record.namespace = namespace;
            } else {
                // A segment is always the program itself.
                lost(LossKind::Annotation, LossReason::Unusable);
            }
        });
    }

    /// Marks a record as failed and attaches the exceptions.
    pub(crate) fn fail(&mut self, key: Key, failure: Failure) {
        let Some(seed) = self.identity.as_ref().map(|identity| identity.seed) else { return };
        if !self.is_sampled() {
            // Metrics need no more, and it is no loss if it is over.
            live(&mut self.records, key).into_iter().for_each(|record| record.flags.mark(failure.kind));
            return;
        }
        let first = self.next_serial;
        let count = failure.chain.links.len() as u64;
        self.next_serial += count;
        let left_out = failure.chain.left_out;
        let exceptions = failure.chain.links.into_iter().zip(first..).map(|(link, serial)| Exception {
            id: seed.segment(serial),
            link,
            cause: (serial + 1 < first + count).then(|| seed.segment(serial + 1)),
            remote: failure.remote,
            frame: None,
        });
        let mut exceptions: Vec<_> = exceptions.collect();
        self.attach(key, LossKind::Exception, |record, lost| {
            record.flags.mark(failure.kind);
            // What stands for a client of somebody else's has no place in the program.
            let program = record.namespace == Namespace::Local || !matches!(record.label, Label::Text(..));
            let (path, line) = record.label.place();
            let frame = program.then(|| Frame::new(path, line, record.label.name()));
            if failure.chain.panicked {
                lost(LossKind::Exception, LossReason::Panicked);
            }
            (0..left_out).for_each(|_| lost(LossKind::Exception, LossReason::Limit));
            if exceptions.is_empty() {
                return;
            }
            let details = record.details.get_or_insert_default();
            if let Some(first) = exceptions.first_mut() {
                first.frame = frame;
            }
            let mut exceptions = exceptions.into_iter();
            while let Some(exception) = exceptions.next() {
                let Err(full) = details.exception(exception) else { continue };
                let (kind, reason) = full.as_loss(LossKind::Exception);
                lost(kind, reason);
                if full == Full::Dropped {
                    // The chain ends here: what was kept must not name what was not.
                    details.exceptions.iter_mut().rev().take(1).for_each(|last| last.cause = None);
                    exceptions.by_ref().for_each(|_| lost(LossKind::Exception, LossReason::Limit));
                }
            }
        });
    }
}
