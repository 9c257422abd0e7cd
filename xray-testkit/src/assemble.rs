//! From documents, in whatever order they came, to traces.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use xray_model::document::{self, Document, Forest, ForestBuilder, Problem, Segment};
use xray_model::{SegmentId, TraceId};

use crate::Trace;
use crate::trace::Entry;

/// Puts documents together to traces, in the order in which these began.
///
/// A subsegment that came in a document of its own stands below its parent, and so does a segment whose header names one. Siblings stand in
/// the order in which they began, to the microsecond; where that is the same, in the order of the documents.
///
/// ```
/// let traces = xray_testkit::assemble([
///     r#"{"name":"late","id":"0000000000000002","parent_id":"0000000000000001","type":"subsegment",
///         "trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":2,"end_time":3}"#,
///     r#"{"name":"shop","id":"0000000000000001","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1,"end_time":2}"#,
/// ])
/// .unwrap();
/// assert_eq!(traces[0].to_string(), "shop\n  late\n");
/// ```
///
/// # Errors
///
/// The first document that is not as X-Ray wants it: one that cannot be read, has a field of the wrong form, is too large, or has an id that
/// another one has too.
pub fn assemble<D: AsRef<[u8]>>(documents: impl IntoIterator<Item = D>) -> Result<Vec<Trace>, InvalidDocument> {
    let mut traces: BTreeMap<TraceId, Parts> = BTreeMap::new();
    for (index, json) in documents.into_iter().enumerate() {
        let json = json.as_ref();
        let invalid = |problems: &[Problem]| InvalidDocument {
            problems: problems.iter().map(ToString::to_string).collect(),
            document: String::from_utf8_lossy(json).into_owned(),
        };
        let problems = document::check(json);
        if !problems.is_empty() {
            return Err(invalid(&problems));
        }
        // It has just been read without a problem.
        let Ok(document) = Document::parse(json) else { return Err(invalid(&[])) };
        if let Err(id) = traces.entry(document.trace_id()).or_insert_with(|| Parts::starting(index)).add(document) {
            return Err(invalid(&[Problem { field: "id".to_owned(), rule: format!("{id} is that of another one too") }]));
        }
    }
    let mut traces: Vec<_> = traces.into_iter().map(|(id, parts)| (parts.begin(), Trace { id, forest: parts.into_forest() })).collect();
    traces.sort_by_key(|(begin, _)| *begin);
    Ok(traces.into_iter().map(|(_, trace)| trace).collect())
}

/// The segments and subsegments of one trace, each with the place of its parent.
struct Parts {
    first_document: usize,
    entries: Vec<(Entry, Option<usize>)>,
    places: HashMap<SegmentId, usize>,
}

impl Parts {
    fn starting(first_document: usize) -> Self {
        Self { first_document, entries: Vec::new(), places: HashMap::new() }
    }

    /// Adds what is in a document; an id that was there before is given back.
    fn add(&mut self, document: Document) -> Result<(), SegmentId> {
        let mut here = Vec::new();
        for (segment, parent) in document.into_segments() {
            let place = self.places.get(&segment.id).copied().unwrap_or(self.entries.len());
            here.push(place);
            match self.entries.get_mut(place).map(|(entry, _)| entry) {
                None => {
                    self.places.insert(segment.id, place);
                    let is_segment = parent.is_none() && !segment.is_independent_subsegment();
                    self.entries.push((Entry { segment, is_segment, parent_seen: true }, parent.map(|parent| here[parent])));
                }
                // What is complete replaces what was in progress, whichever came first.
                Some(entry) if entry.segment.in_progress != segment.in_progress => {
                    if entry.segment.in_progress {
                        entry.segment = segment;
                    }
                }
                Some(_) => return Err(segment.id),
            }
        }
        Ok(())
    }

    fn begin(&self) -> (Option<document::Timestamp>, usize) {
        (self.entries.iter().map(|(entry, _)| entry.segment.start_time).min(), self.first_document)
    }

    fn into_forest(mut self) -> Forest<Entry> {
        self.link();
        let mut below: Vec<Vec<usize>> = vec![Vec::new(); self.entries.len()];
        let mut roots = Vec::new();
        for (place, (_, parent)) in self.entries.iter().enumerate() {
            parent.map_or(&mut roots, |parent| &mut below[parent]).push(place);
        }
        for siblings in below.iter_mut().chain([&mut roots]) {
            // Stable: what began in the same microsecond stays as it is.
            siblings.sort_by_key(|place| self.entries[*place].0.segment.start_time);
        }
        let mut left: Vec<_> = self.entries.into_iter().map(|(entry, _)| Some(entry)).collect();
        let mut forest = ForestBuilder::new();
        let mut todo: Vec<_> = roots.into_iter().rev().map(|root| (root, 0)).collect();
        while let Some((place, depth)) = todo.pop() {
            while forest.depth() > depth {
                forest.close();
            }
            if let Some(entry) = left[place].take() {
                forest.open(entry);
                todo.extend(below[place].iter().rev().map(|child| (*child, depth + 1)));
            }
        }
        forest.finish()
    }

    /// Hangs the tops of documents below their parents.
    fn link(&mut self) {
        for place in 0..self.entries.len() {
            let (Entry { segment: Segment { parent_id, .. }, is_segment, .. }, None) = &self.entries[place] else { continue };
            let is_segment = *is_segment;
            let parent = parent_id.and_then(|id| self.places.get(&id).copied()).filter(|parent| !self.is_at_or_above(place, *parent));
            let (entry, above) = &mut self.entries[place];
            *above = parent;
            entry.parent_seen = is_segment || parent.is_some();
        }
    }

    fn is_at_or_above(&self, place: usize, below: usize) -> bool {
        std::iter::successors(Some(below), |at| self.entries[*at].1).any(|at| at == place)
    }
}

/// A document that X-Ray would not take, or would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDocument {
    problems: Vec<String>,
    document: String,
}

impl InvalidDocument {
    /// What is wrong with it, one sentence each.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.document
    }
}

impl fmt::Display for InvalidDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 2000;
        let shown: String = self.document.chars().take(SHOWN).collect();
        let more = if shown.len() < self.document.len() { "…" } else { "" };
        write!(f, "invalid segment document: {}\n{shown}{more}", self.problems.join("; "))
    }
}

impl std::error::Error for InvalidDocument {}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str, id: u64, parent: Option<u64>, rest: &str) -> String {
        let parent = parent.map_or(String::new(), |parent| format!(r#","parent_id":"{parent:016x}""#));
        format!(r#"{{"name":"{name}","id":"{id:016x}","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1{parent}{rest}}}"#)
    }

    const INDEPENDENT: &str = r#","type":"subsegment","end_time":2"#;
    const SEGMENT: &str = r#","end_time":2"#;

    #[test]
    fn parts_find_their_parents_in_any_order() {
        let traces = assemble([
            document("leaf", 4, Some(3), INDEPENDENT),
            document("middle", 3, Some(2), INDEPENDENT),
            document("lost", 9, Some(77), INDEPENDENT),
            document("called", 5, Some(3), SEGMENT),
            document("root", 2, Some(88), SEGMENT),
        ])
        .unwrap();
        assert_eq!(traces.len(), 1);
        assert_eq!(traces[0].to_string(), "lost [parent not seen]\nroot\n  middle\n    leaf\n    called [segment]\n");
    }

    #[test]
    fn a_circle_of_parents_is_opened() {
        let traces = assemble([document("a", 1, Some(2), INDEPENDENT), document("b", 2, Some(1), INDEPENDENT)]).unwrap();
        assert_eq!(traces[0].nodes().count(), 2);
        let traces = assemble([document("a", 1, Some(1), INDEPENDENT)]).unwrap();
        assert_eq!(traces[0].to_string(), "a [parent not seen]\n");
    }

    #[test]
    fn what_is_complete_replaces_what_was_in_progress() {
        let open = document("a", 1, None, r#","in_progress":true"#);
        assert_eq!(assemble([&open]).unwrap()[0].to_string(), "a [in progress]\n");
        let child = r#"{"name":"b","id":"0000000000000002","start_time":1,"end_time":2}"#;
        let done = document("a", 1, None, &format!(r#","end_time":2,"subsegments":[{child}]"#));
        for documents in [[&open, &done], [&done, &open]] {
            assert_eq!(assemble(documents).unwrap()[0].to_string(), "a\n  b\n");
        }
        assert!(assemble([&open, &open]).is_err());
    }

    #[test]
    fn an_invalid_document_is_shown_with_its_problems() {
        for (documents, problem) in [
            (vec!["{".to_owned()], "cannot be read"),
            (vec![document("a", 1, None, "")], "end_time is missing"),
            (vec![document("a", 1, None, r#","end_time":2,"user":null"#)], "user is null"),
            (vec![document("a", 1, None, r#","end_time":0.5"#)], "before start_time"),
            (vec![document("a", 1, None, SEGMENT), document("b", 1, None, SEGMENT)], "that of another one too"),
        ] {
            let invalid = assemble(&documents).unwrap_err();
            let (told, last) = (invalid.to_string(), documents.last().unwrap());
            assert!(told.contains(problem) && told.contains(last), "{told}");
        }
    }

    #[test]
    fn traces_stand_in_the_order_in_which_they_began() {
        let other = document("early", 1, None, SEGMENT).replace("a006649127e371903a2de979", "ffffffffffffffffffffffff");
        let names = |documents: &[String]| -> Vec<_> {
            assemble(documents).unwrap().iter().map(|trace| trace.nodes().next().unwrap().name().to_owned()).collect()
        };
        let late = document("late", 1, None, SEGMENT).replace(r#""start_time":1"#, r#""start_time":1.5"#);
        assert_eq!(names(&[late.clone(), other.clone()]), ["early", "late"]);
        // In the same microsecond, the one that came first.
        assert_eq!(names(&[other, document("late", 1, None, SEGMENT)]), ["early", "late"]);
    }
}
