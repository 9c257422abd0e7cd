//! Traces of invocations: what the handler's subsegment is, and what is told of one that will not end in time.

use super::table::Table;
use super::{Details, Ending, Key, Label, Phase, Slot};
use crate::clock::Tick;
use crate::export::Batch;
use crate::value::{Annotation, Failure};

/// Marks what was open when an invocation was about to time out.
const TIMEOUT: &str = "timeout";

impl Table {
    /// Says which subsegment is that of the handler.
    pub(crate) fn set_handler(&mut self, key: Key) {
        if let Some(identity) = self.identity.as_mut().filter(|_| key.serial >= self.first_serial) {
            identity.handler = Some(key);
        }
    }

    /// The subsegment of the handler that `key` is in, as long as it is open.
    pub(crate) fn handler(&self, key: Key) -> Option<Key> {
        self.recorder_of(key)?;
        let handler = self.identity.as_ref()?.handler?;
        self.get(handler).filter(|record| record.phase == Phase::Open).map(|_| handler)
    }

    /// Gives a record another name.
    pub(crate) fn rename(&mut self, key: Key, label: Label) {
        if let Some(record) = super::table::live(&mut self.records, key) {
            record.label = label;
        }
    }

    /// Sets the user of an invocation, whose segment is not ours: an annotation can be searched for as well.
    pub(super) fn set_user_of_handler(&mut self, user: String) {
        if let Some(key) = self.identity.as_ref().and_then(|identity| identity.handler) {
            let mut details = Box::<Details>::default();
            // The first one fits.
            let _ = details.annotate("user".into(), Annotation::Text(user));
            self.attach_all(key, details, &[]);
        }
    }

    /// Documents of what is open, as if it ended now, marked `timeout`. Nothing changes by it: what ends after all is sent again, whole and
    /// with the same ids, and takes the place of these.
    pub(super) fn snapshot(&self, key: Key, why: &str, batch: &mut Option<Box<Batch>>) {
        let Some(handler) = self.handler(key) else { return };
        let mut copy = self.clone();
        let end = Tick::now();
        let open = |slot: &Slot| copy.records[*slot as usize].phase == Phase::Open && !copy.records[*slot as usize].foreign;
        let mut slots: Vec<Slot> = (0..self.records.len() as Slot).filter(open).collect();
        // Those opened last are closed first, so that each hangs below its parent when that is closed.
        slots.sort_unstable_by_key(|slot| std::cmp::Reverse(self.records[*slot as usize].serial));
        for slot in slots {
            let key = Key { serial: self.records[slot as usize].serial, slot };
            let mut details = Box::<Details>::default();
            let _ = details.annotate(TIMEOUT.into(), Annotation::Bool(true));
            copy.attach_all(key, details, &[]);
            let failure = (key == handler).then(|| Box::new(Failure::new(TIMEOUT, why)));
            copy.close(key, Ending { end, failure, cancelled: false }, batch);
        }
    }
}
