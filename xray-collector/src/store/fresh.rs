//! Documents that were just read, kept until the facts of their trace are made: most documents of a trace arrive together, and need not be
//! read again for each other.

use std::collections::VecDeque;

use hashbrown::HashMap;
use xray_model::document::Document;

use super::places::Place;
use crate::settings::{FRESH_BYTES_MAX, FRESH_DOCUMENTS_MAX};

/// How much memory a document takes once it is read, for each byte of its JSON.
const READ_TO_JSON: usize = 6;

#[derive(Default)]
pub(super) struct Fresh {
    by_trace: HashMap<Place, Waiting>,
    /// Traces in the order of their first fresh document; some may be gone.
    order: VecDeque<Place>,
    documents: usize,
    json: usize,
}

#[derive(Default)]
struct Waiting {
    documents: Vec<Document>,
    json: usize,
}

impl Fresh {
    pub(super) fn add(&mut self, place: Place, document: Document, json: usize) {
        let waiting = self.by_trace.entry(place).or_insert_with(|| {
            self.order.push_back(place);
            Waiting::default()
        });
        waiting.documents.push(document);
        waiting.json += json;
        self.documents += 1;
        self.json += json;
    }

    /// The documents of a trace that were added last, if they are still here.
    pub(super) fn take(&mut self, place: Place) -> Vec<Document> {
        let Some(waiting) = self.by_trace.remove(&place) else { return Vec::new() };
        self.documents -= waiting.documents.len();
        self.json -= waiting.json;
        waiting.documents
    }

    /// The trace that has waited longest, if there is no room for it any more.
    pub(super) fn overdue(&mut self) -> Option<Place> {
        while self.documents > FRESH_DOCUMENTS_MAX || self.json > FRESH_BYTES_MAX || self.order.len() > 2 * FRESH_DOCUMENTS_MAX {
            let place = self.order.pop_front()?;
            if self.by_trace.contains_key(&place) {
                return Some(place);
            }
        }
        None
    }

    /// Estimate of the memory they take.
    pub(super) fn bytes(&self) -> usize {
        READ_TO_JSON * self.json
    }
}
