//! How many requests a second each client may sample of a rule's reservoir.
//!
//! The quotas that are valid at one time never add up to more than the reservoir: a client that comes new gets its share as the others,
//! with their next reports, go down to theirs. Everyone who reports is told a quota, if only 0, for without one an SDK borrows a request a
//! second on top of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::settings::{SAMPLING_CLIENTS_MAX, SAMPLING_QUOTA_SECONDS};

/// What a client says it did since its last report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) requests: i64,
    pub(crate) sampled: i64,
    pub(crate) borrowed: i64,
}

impl Counts {
    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            sampled: self.sampled.saturating_add(other.sampled),
            borrowed: self.borrowed.saturating_add(other.borrowed),
        }
    }
}

/// The clients of one rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Clients {
    by_id: BTreeMap<String, Client>,
}

#[derive(Clone, Copy, Debug)]
struct Client {
    quota: i64,
    /// The last second in which the quota counts.
    valid_to: u64,
    reported: u64,
    counts: Counts,
}

/// What a client may do until it reports again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) quota: i64,
    /// The last second in which it counts.
    pub(crate) valid_to: u64,
}

impl Clients {
    /// Takes a report and gives the client its share.
    pub(super) fn report(&mut self, id: &str, counts: Counts, reservoir: i64, now: u64) -> Quota {
        self.by_id.retain(|_, client| client.valid_to >= now);
        let valid_to = now + SAMPLING_QUOTA_SECONDS;
        if self.by_id.len() >= SAMPLING_CLIENTS_MAX && !self.by_id.contains_key(id) {
            return Quota { quota: 0, valid_to };
        }
        let client = Client { quota: 0, valid_to, reported: now, counts };
        match self.by_id.entry(id.to_owned()) {
            Entry::Occupied(mut there) => drop(there.insert(client)),
            Entry::Vacant(free) => drop(free.insert(client)),
        }
        let clients = i64::try_from(self.by_id.len()).unwrap_or(i64::MAX);
        let rank = i64::try_from(self.by_id.keys().take_while(|other| other.as_str() < id).count()).unwrap_or(i64::MAX);
        // What cannot be divided goes to the first ones.
        let share = reservoir / clients + i64::from(rank < reservoir % clients);
        let others: i64 = self.by_id.iter().filter(|(other, _)| *other != id).map(|(_, client)| client.quota).sum();
        let quota = share.min(reservoir - others).max(0);
        if let Some(client) = self.by_id.get_mut(id) {
            client.quota = quota;
        }
        Quota { quota, valid_to }
    }

    /// What the clients said last, added up, and when the last of them said it; `None` if none did lately.
    pub(super) fn recent(&self, now: u64) -> Option<(u64, Counts)> {
        let valid = self.by_id.values().filter(|client| client.valid_to >= now);
        valid.map(|client| (client.reported, client.counts)).reduce(|one, other| (one.0.max(other.0), one.1.add(other.1)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shares_are_fair_once_all_have_reported_twice() {
        for (reservoir, clients) in [(10, 1), (10, 3), (1, 3), (0, 2), (7, 7), (2, 5)] {
            let mut all = Clients::default();
            let mut last = Vec::new();
            for round in 0..3 {
                last = (0..clients)
                    .map(|id| all.report(&format!("{id:024x}"), Counts::default(), reservoir, 100 + round * 10).quota)
                    .collect();
            }
            let (least, most) = (last.iter().min().unwrap(), last.iter().max().unwrap());
            assert!(most - least <= 1 && last.iter().sum::<i64>() == reservoir, "{reservoir} for {clients}: {last:?}");
        }
    }

    #[test]
    fn those_that_are_gone_leave_their_share() {
        let mut all = Clients::default();
        all.report("a", Counts { requests: 3, sampled: 2, borrowed: 1 }, 10, 100);
        assert_eq!(all.report("b", Counts { requests: 4, sampled: 0, borrowed: 0 }, 10, 100).quota, 0);
        assert_eq!(all.recent(101), Some((100, Counts { requests: 7, sampled: 2, borrowed: 1 })));
        assert_eq!(all.report("b", Counts::default(), 10, 100 + SAMPLING_QUOTA_SECONDS).quota, 0);
        assert_eq!(all.report("b", Counts::default(), 10, 101 + SAMPLING_QUOTA_SECONDS).quota, 10);
        assert_eq!(all.recent(500), None);
    }

    proptest! {
        /// Whoever comes and goes, what is valid at one time is never more than the reservoir.
        #[test]
        fn quotas_never_add_up_to_more_than_the_reservoir(
            reservoir in 0..30i64,
            reports in prop::collection::vec((0..6u8, 0..12u64), 1..200),
        ) {
            let mut clients = Clients::default();
            let mut told: BTreeMap<u8, Quota> = BTreeMap::new();
            let mut now = 1_000;
            for (id, later) in reports {
                now += later;
                told.insert(id, clients.report(&id.to_string(), Counts::default(), reservoir, now));
                let valid: i64 = told.values().filter(|quota| quota.valid_to >= now).map(|quota| quota.quota).sum();
                prop_assert!(valid <= reservoir);
            }
        }
    }
}
