//! What documents tell of losses, so that a viewer can show them; see [`stats`](crate::stats()).

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use xray_model::limits::LOSSES_BYTES_MAX;

use crate::record::{Details, Metadata};
use crate::stats::{Loss, LossKind, LossReason, REASONS, Stats};
use crate::{clock, ids};

/// Where they tell it, among metadata.
const NAMESPACE: &str = "autoxray";
const KEY: &str = "losses";

/// Documents per second that tell. Where something is lost all the time, each would.
const TOLD_PER_SECOND_MAX: u64 = 16;

/// What one recorder has to say beside its counters.
#[derive(Debug)]
pub(crate) struct Told {
    id: u64,
    /// Seconds since 1970.
    since: u64,
    /// A second, times 256, and how many documents told in it.
    pace: AtomicU64,
    /// Documents that were lost after the exporter had taken them.
    late: [AtomicU64; REASONS],
}

impl Told {
    pub(crate) fn new() -> Self {
        Self { id: ids::recorder(), since: clock::unix_seconds(), pace: AtomicU64::new(0), late: Default::default() }
    }

    /// Whether one more document may tell. Threads that ask at the same time may be one too many, which does no harm.
    pub(crate) fn may_tell(&self, second: u64) -> bool {
        let pace = self.pace.load(Relaxed);
        let told = if pace >> 8 == second { pace & 0xff } else { 0 };
        if told < TOLD_PER_SECOND_MAX {
            self.pace.store((second << 8) | (told + 1), Relaxed);
        }
        told < TOLD_PER_SECOND_MAX
    }

    /// Takes what an exporter says it lost so far. Tells whether it is more than before.
    pub(crate) fn learn(&self, late: &[(LossReason, u64)]) -> bool {
        let mut counts = [0_u64; REASONS];
        // What waits for the daemon's name may arrive after all.
        for (reason, count) in late.iter().filter(|(reason, _)| *reason != LossReason::Unresolved) {
            counts[*reason as usize] = counts[*reason as usize].saturating_add(*count);
        }
        self.late.iter().zip(counts).fold(false, |rose, (late, count)| rose | (late.fetch_max(count, Relaxed) < count))
    }

    /// All losses, as JSON: those counted, and those the exporter has told of.
    pub(crate) fn json(&self, counted: Stats) -> Vec<u8> {
        let late = LossReason::ALL.iter().zip(&self.late).map(|(reason, count)| (*reason, count.load(Relaxed)));
        let all = counted.and_lost(LossKind::Document, &late.collect::<Vec<_>>());
        let mut json = format!("{{\"id\":\"{:016x}\",\"since\":{},\"lost\":{{", self.id, self.since);
        let mut separator = "";
        for Loss { kind, reason, count } in all.losses {
            let begin = json.len();
            // Neither has anything to escape.
            let _ = write!(json, "{separator}\"{kind}, {reason}\":{count}");
            separator = ",";
            if json.len() + 2 > LOSSES_BYTES_MAX {
                json.truncate(begin);
                break;
            }
        }
        json.push_str("}}");
        json.into_bytes()
    }
}

impl Details {
    /// Sets what is told of losses. There is room for it in any document, so that nothing of the program's gives way to it.
    #[cold]
    pub(crate) fn tell_losses(&mut self, json: Vec<u8>) {
        let entry = Metadata { namespace: NAMESPACE.into(), key: KEY.into(), json };
        self.bytes += entry.bytes();
        match self.metadata.iter_mut().find(|other| other.namespace == entry.namespace && other.key == entry.key) {
            Some(there) => self.bytes -= std::mem::replace(there, entry).bytes(),
            None => self.metadata.push(entry),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Counters;

    fn read(json: &[u8]) -> serde_json::Value {
        serde_json::from_slice(json).unwrap()
    }

    #[test]
    fn all_there_can_be_is_within_the_limit() {
        let counters = Counters::default();
        for (kind, reason) in LossKind::ALL.iter().flat_map(|kind| LossReason::ALL.iter().map(move |reason| (*kind, *reason))) {
            let _ = counters.lost(kind, reason, u64::MAX);
        }
        let json = Told::new().json(counters.snapshot());
        assert!((LOSSES_BYTES_MAX - 100..=LOSSES_BYTES_MAX).contains(&json.len()), "{}", json.len());
        assert!(read(&json)["lost"].as_object().unwrap().values().all(|count| count.as_u64() == Some(u64::MAX)));
    }

    #[test]
    fn late_losses_add_to_those_counted_and_never_fall() {
        let (told, counters) = (Told::new(), Counters::default());
        let _ = counters.lost(LossKind::Document, LossReason::Refused, 2);
        let refused = |count| (LossReason::Refused, count);
        for (late, rose, expected) in [
            (vec![], false, 2),
            (vec![refused(1), refused(2)], true, 5),
            (vec![refused(3)], false, 5),
            (vec![refused(1)], false, 5),
            (vec![(LossReason::Unresolved, 7)], false, 5),
            (vec![refused(u64::MAX), refused(1)], true, u64::MAX),
        ] {
            assert_eq!(told.learn(&late), rose, "{late:?}");
            assert_eq!(read(&told.json(counters.snapshot()))["lost"], serde_json::json!({"document, no daemon listening": expected}));
        }
    }

    #[test]
    fn a_second_has_room_for_a_few() {
        let told = Told::new();
        let second = |second: u64| (0..100).filter(|_| told.may_tell(second)).count() as u64;
        assert_eq!([5, 5, 6, u64::MAX >> 8].map(second), [TOLD_PER_SECOND_MAX, 0, TOLD_PER_SECOND_MAX, TOLD_PER_SECOND_MAX]);
    }
}
