//! What programs say they lost.
//!
//! autoxray's documents tell it, as metadata `losses` in the namespace `autoxray`: `{"id", "since", "lost": {"kind, reason": count}}`. Counts are
//! those of one recorder, of a program that is, since it was made; so for each the largest counts, in whatever order documents arrive, and programs
//! are added up. Whoever may send documents may send these, too: they are taken as what a program says, and nothing else is derived from them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use xray_model::document::{Document, Timestamp};

use crate::settings::{LOSERS_MAX, LOSS_BYTES_MAX, LOSSES_MAX, NAME_SHOWN_CHARS_MAX};

/// What programs have told so far.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    programs: BTreeMap<u64, Program>,
    unusable: u64,
    forgotten: u64,
}

/// One recorder.
#[derive(Debug)]
struct Program {
    /// The name of the segment that told last.
    service: Box<str>,
    since: Option<Timestamp>,
    told: Timestamp,
    /// By kind and reason.
    lost: BTreeMap<Box<str>, u64>,
}

/// All that is known at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LossesSnapshot {
    /// Those with the largest counts first.
    pub(crate) rows: Vec<Lost>,
    /// What was told and cannot be: no numbers, or too many kinds.
    pub(crate) unusable: u64,
    /// Programs that had to make room.
    pub(crate) forgotten: u64,
}

/// Losses of one kind for one reason, of all programs of one service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lost {
    pub(crate) service: String,
    pub(crate) kind: String,
    pub(crate) reason: String,
    pub(crate) count: u64,
    pub(crate) programs: usize,
    /// When the first of these programs began to count.
    pub(crate) since: Option<Timestamp>,
    /// When the last document that tells of it arrived.
    pub(crate) told: Timestamp,
}

impl Losses {
    /// Takes what a document tells, which arrived at `now`. Most tell nothing.
    pub(crate) fn hear(&mut self, document: &Document, now: Timestamp) {
        let root = document.root();
        if let Some(told) = root.metadata.get("autoxray").and_then(|ours| ours.get("losses")) {
            self.told(&root.name, told, now);
        }
    }

    fn told(&mut self, service: &str, told: &Value, now: Timestamp) {
        let id = told.get("id").and_then(Value::as_str).and_then(id);
        let Some((id, lost)) = id.zip(told.get("lost").and_then(Value::as_object)) else {
            self.unusable = self.unusable.saturating_add(1);
            return;
        };
        let since = told.get("since").and_then(Value::as_u64).and_then(|seconds| seconds.checked_mul(1_000_000_000));
        let since = since.map(Timestamp::from_nanos).filter(|since| *since <= now);
        let program =
            self.programs.entry(id).or_insert_with(|| Program { service: Box::default(), since, told: now, lost: BTreeMap::new() });
        if now >= program.told {
            program.told = now;
            program.service = service.chars().take(NAME_SHOWN_CHARS_MAX).collect::<String>().into();
        }
        self.unusable = self.unusable.saturating_add(program.add(lost));
        if program.lost.is_empty() {
            self.programs.remove(&id);
        }
        while self.programs.len() > LOSERS_MAX {
            let quietest = self.programs.iter().min_by_key(|(_, program)| program.told).map(|(id, _)| *id);
            quietest.and_then(|id| self.programs.remove(&id));
            self.forgotten = self.forgotten.saturating_add(1);
        }
    }

    /// All losses, added up over the programs of a service.
    pub(crate) fn snapshot(&self) -> LossesSnapshot {
        let mut rows = BTreeMap::<(&str, &str), Lost>::new();
        for program in self.programs.values() {
            for (what, count) in &program.lost {
                let row = rows.entry((&program.service, what)).or_insert_with(|| {
                    let (kind, reason) = what.split_once(", ").unwrap_or((what, ""));
                    let (kind, reason) = (kind.to_owned(), reason.to_owned());
                    Lost { service: program.service.to_string(), kind, reason, count: 0, programs: 0, since: None, told: program.told }
                });
                row.count = row.count.saturating_add(*count);
                row.programs += 1;
                row.since = row.since.into_iter().chain(program.since).min();
                row.told = row.told.max(program.told);
            }
        }
        let mut rows: Vec<Lost> = rows.into_values().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.count));
        LossesSnapshot { rows, unusable: self.unusable, forgotten: self.forgotten }
    }
}

impl Program {
    /// Takes counts that are not smaller than what is known, and says how many entries cannot be taken.
    fn add(&mut self, lost: &Map<String, Value>) -> u64 {
        let mut unusable = lost.len().saturating_sub(LOSSES_MAX) as u64;
        for (what, count) in lost.iter().take(LOSSES_MAX) {
            let count = count.as_u64().filter(|_| !what.is_empty() && what.len() <= LOSS_BYTES_MAX);
            let is_known = self.lost.contains_key(what.as_str());
            match count {
                Some(0) => {}
                Some(count) if is_known || self.lost.len() < LOSSES_MAX => {
                    let known = self.lost.entry(what.as_str().into()).or_default();
                    *known = count.max(*known);
                }
                _ => unusable += 1,
            }
        }
        unusable
    }
}

/// 16 hexadecimal digits.
fn id(text: &str) -> Option<u64> {
    let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { u64::from_str_radix(text, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    /// What is known after each has told at a second of its own, from 1,001 on.
    fn heard(told: &[(&str, Value)]) -> LossesSnapshot {
        let mut losses = Losses::default();
        for ((service, told), second) in told.iter().zip(1_001..) {
            let document = json!({"name": service, "id": "53995c3f042cd8ad", "trace_id": "1-5759e988-bd862e3fe1be46a994272793", "start_time": 1,
                "end_time": 2, "metadata": {"autoxray": {"losses": told}}});
            losses.hear(&Document::parse(document.to_string().as_bytes()).unwrap(), at(second));
        }
        losses.snapshot()
    }

    fn told(id: u64, since: u64, lost: Value) -> Value {
        json!({"id": format!("{id:016x}"), "since": since, "lost": lost})
    }

    #[test]
    fn the_largest_of_a_program_counts_and_programs_are_added_up() {
        let (large, full) = ("annotation, too large", "document, socket buffer full");
        let heard = heard(&[
            ("shop", told(1, 500, json!({large: 5, full: 1}))),
            ("shop", told(2, 400, json!({large: 2}))),
            // Overtaken on the way.
            ("shop", told(1, 500, json!({large: 3}))),
            ("pay", told(3, 600, json!({full: 9, "": 1}))),
        ]);
        let rows: Vec<_> = heard
            .rows
            .iter()
            .map(|row| (row.service.as_str(), row.kind.as_str(), row.reason.as_str(), row.count, row.programs, row.since, row.told))
            .collect();
        assert_eq!(
            rows,
            [
                ("pay", "document", "socket buffer full", 9, 1, Some(at(600)), at(1_004)),
                ("shop", "annotation", "too large", 7, 2, Some(at(400)), at(1_003)),
                ("shop", "document", "socket buffer full", 1, 1, Some(at(500)), at(1_003)),
            ]
        );
        assert_eq!((heard.unusable, heard.forgotten), (1, 0));
    }

    #[test]
    fn what_is_no_count_of_a_program_is_not_taken() {
        let many: Map<String, Value> = (0..10_000).map(|n| (format!("kind, {n:05}"), json!(1))).collect();
        for (telling, rows, unusable) in [
            (json!(null), 0, 1),
            (json!([1, 2]), 0, 1),
            (json!("lost"), 0, 1),
            (json!({"lost": {"a, b": 1}}), 0, 1),
            (json!({"id": "53995c3f042cd8a", "lost": {"a, b": 1}}), 0, 1),
            (json!({"id": "+3995c3f042cd8ad", "lost": {"a, b": 1}}), 0, 1),
            (json!({"id": 7, "lost": {"a, b": 1}}), 0, 1),
            (told(1, 1, json!(null)), 0, 1),
            (told(1, 1, json!({})), 0, 0),
            (told(1, 1, json!({"a, b": 0})), 0, 0),
            (told(1, 1, json!({"a, b": -1, "c, d": "2", "e, f": 1e300, "g, h": 1.5, "i, j": null, "k, l": [3], "m, n": 4})), 1, 6),
            (told(1, 1, json!({"x".repeat(LOSS_BYTES_MAX + 1): 1, "one word": 1})), 1, 1),
            (told(1, 1, Value::Object(many)), LOSSES_MAX, 10_000 - LOSSES_MAX as u64),
        ] {
            let heard = heard(&[("shop", telling.clone())]);
            assert_eq!(
                (heard.rows.len(), heard.unusable),
                (rows, unusable),
                "{}",
                &telling.to_string()[..telling.to_string().len().min(200)]
            );
        }
    }

    #[test]
    fn what_is_too_large_neither_overflows_nor_lies_in_the_future() {
        let most = json!({"a, b": u64::MAX});
        let heard = heard(&[("shop", told(1, u64::MAX, most.clone())), ("shop", told(2, 5_000, most))]);
        assert_eq!((heard.rows[0].count, heard.rows[0].since), (u64::MAX, None));
    }

    #[test]
    fn the_programs_and_their_kinds_are_bounded() {
        let mut all: Vec<_> = (0..LOSERS_MAX as u64 + 7).map(|n| ("shop", told(n, 1, json!({"a, b": 1})))).collect();
        let heard_all = heard(&all);
        assert_eq!((heard_all.rows[0].count, heard_all.rows[0].programs, heard_all.forgotten), (LOSERS_MAX as u64, LOSERS_MAX, 7));
        all = (0..300).map(|n| ("shop", told(1, 1, json!({format!("kind, {n}"): 1})))).collect();
        let one = heard(&all);
        assert_eq!((one.rows.len(), one.unusable), (LOSSES_MAX, 300 - LOSSES_MAX as u64));
        let long = "n".repeat(5_000);
        assert_eq!(heard(&[(&long, told(1, 1, json!({"a, b": 1})))]).rows[0].service.len(), NAME_SHOWN_CHARS_MAX);
    }
}
