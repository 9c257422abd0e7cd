//! Records to segment documents.
//!
//! Source: "X-Ray segment documents". Only what is set is written: no nulls, only `true` flags, finite numbers.

use xray_model::limits::{DATAGRAM_HEADER, DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX};

use super::attached::attached;
use super::json;
use super::split;
use crate::clock::{Scale, Stopwatch, Tick};
use crate::record::{Details, Flags, Identity, Label, NOWHERE, Namespace, Record, Slot};
use crate::stats::Exported;

/// A complete subtree that is to become one document, or more if it is large.
pub(crate) struct Tree<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) records: &'a [Record],
    pub(crate) top: Slot,
}

/// Encoded documents, each behind the header of its datagram.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(super) bytes: Vec<u8>,
    /// Where each datagram ends.
    pub(super) ends: Vec<usize>,
    pub(crate) counts: Exported,
    /// When the first document was begun.
    pub(crate) begun: Option<Stopwatch>,
}

impl Batch {
    /// Adds the documents for `tree`. The lists of children have the oldest first.
    pub(crate) fn add(&mut self, tree: &Tree<'_>) {
        let begun = *self.begun.get_or_insert_with(Stopwatch::start);
        let mut stamps = Stamps::new(tree.identity.origin.scale(begun));
        let start = self.bytes.len();
        self.bytes.extend_from_slice(DATAGRAM_HEADER.as_bytes());
        let document = self.bytes.len();
        match tree.write(&mut self.bytes, &mut stamps) {
            Some(records) if self.bytes.len() - document <= DOCUMENT_BYTES_MAX => {
                self.ends.push(self.bytes.len());
                self.count(tree, records);
            }
            _ => {
                self.bytes.truncate(start);
                let records = split::add(self, tree, &mut stamps);
                self.count(tree, records);
            }
        }
    }

    fn count(&mut self, tree: &Tree<'_>, records: u64) {
        let segments = u64::from(tree.identity.is_segment(tree.record(tree.top).parent));
        self.counts.segments += segments;
        self.counts.subsegments += records - segments;
    }

    /// One datagram after the other.
    pub(crate) fn datagrams(&self) -> impl Iterator<Item = &[u8]> {
        self.ends.iter().scan(0, |start, end| Some(&self.bytes[std::mem::replace(start, *end)..*end]))
    }
}

impl Tree<'_> {
    pub(super) fn record(&self, slot: Slot) -> &Record {
        &self.records[slot as usize]
    }

    /// Writes the tree as one document and says how many records are in it; `None` if it is nested too deep.
    fn write(&self, out: &mut Vec<u8>, stamps: &mut Stamps) -> Option<u64> {
        let mut at = self.top;
        let mut depth = 1;
        let mut records = 0;
        self.open(out, at, stamps);
        loop {
            records += 1;
            let child = self.record(at).first_child;
            if child != NOWHERE {
                depth += 1;
                if depth > DOCUMENT_DEPTH_MAX {
                    return None;
                }
                out.extend_from_slice(b",\"subsegments\":[");
                at = child;
                self.open(out, at, stamps);
                continue;
            }
            loop {
                out.push(b'}');
                if at == self.top {
                    return Some(records);
                }
                let next = self.record(at).next;
                if next != NOWHERE {
                    out.push(b',');
                    at = next;
                    self.open(out, at, stamps);
                    break;
                }
                out.push(b']');
                at = self.record(at).parent.slot;
                depth -= 1;
            }
        }
    }

    /// Writes the own part of a record, all but the children and the closing brace.
    fn open(&self, out: &mut Vec<u8>, slot: Slot, stamps: &mut Stamps) {
        self.own(out, slot, stamps);
        if slot == self.top {
            self.heading(out, slot);
        }
    }

    /// What only the top of a document has.
    pub(super) fn heading(&self, out: &mut Vec<u8>, top: Slot) {
        let identity = self.identity;
        out.extend_from_slice(b",\"trace_id\":\"");
        out.extend_from_slice(&identity.trace_id.to_ascii());
        out.push(b'"');
        let parent = self.record(top).parent;
        if let Some(id) = identity.parent_id(parent) {
            out.extend_from_slice(b",\"parent_id\":\"");
            out.extend_from_slice(&id.to_ascii());
            out.push(b'"');
        }
        let heading = if identity.is_segment(parent) { identity.recorder.segment_heading() } else { ",\"type\":\"subsegment\"" };
        out.extend_from_slice(heading.as_bytes());
    }

    /// Writes `{"name":…,"id":…,"start_time":…,"end_time":…` and what is attached.
    #[inline]
    pub(super) fn own(&self, out: &mut Vec<u8>, slot: Slot, stamps: &mut Stamps) {
        let record = self.record(slot);
        name(out, record);
        let at = out.len();
        out.extend_from_slice(TEMPLATE);
        let fields = &mut out[at..];
        fields[ID..ID + 16].copy_from_slice(&self.identity.seed.segment(record.serial).to_ascii());
        stamps.write(&mut fields[START..START + STAMP_LEN], record.start);
        stamps.write(&mut fields[END..END + STAMP_LEN], record.end);
        if record.flags.any() || record.details.is_some() || record.namespace != Namespace::Local {
            decorations(out, record);
        }
    }
}

/// What most records do not have.
fn decorations(out: &mut Vec<u8>, record: &Record) {
    match record.namespace {
        Namespace::Local => {}
        Namespace::Remote => out.extend_from_slice(b",\"namespace\":\"remote\""),
        Namespace::Aws => out.extend_from_slice(b",\"namespace\":\"aws\""),
    }
    let Flags { error, fault, throttle, .. } = record.flags;
    for (flag, text) in [(error, ",\"error\":true"), (fault, ",\"fault\":true"), (throttle, ",\"throttle\":true")] {
        if flag {
            out.extend_from_slice(text.as_bytes());
        }
    }
    match &record.details {
        Some(details) => attached(out, details, record.flags),
        None => attached(out, &Details::default(), record.flags),
    }
}

const TEMPLATE: &[u8; 85] = b"\",\"id\":\"0000000000000000\",\"start_time\":0000000000.000000,\"end_time\":0000000000.000000";
const ID: usize = 8;
const START: usize = 39;
const END: usize = START + STAMP_LEN + 12;
const STAMP_LEN: usize = 17;

/// The beginning of a record, up to the end of its name without the quote.
#[inline]
fn name(out: &mut Vec<u8>, record: &Record) {
    const BEGIN: &[u8; 9] = b"{\"name\":\"";
    out.reserve(BEGIN.len() + TEMPLATE.len() + 200);
    out.extend_from_slice(BEGIN);
    match &record.label {
        Label::Site(site) if site.plain => out.extend_from_slice(site.name.as_bytes()),
        Label::Site(site) => json::escaped(out, &crate::value::name(site.name.into())),
        // Made usable when it was given.
        Label::Named(text, _) | Label::Text(text, _) => json::escaped(out, text),
    }
}

/// Times as text. All times of a document mostly fall in the same second, whose digits are kept.
pub(super) struct Stamps {
    scale: Scale,
    /// The second that `digits` holds, in microseconds.
    second_micros: u64,
    digits: [u8; 10],
}

impl Stamps {
    fn new(scale: Scale) -> Self {
        Self { scale, second_micros: 0, digits: *b"0000000000" }
    }

    #[cold]
    fn next_second(&mut self, unix_micros: u64) -> u64 {
        // Ten digits last until the year 2286.
        let second = (unix_micros / 1_000_000).min(9_999_999_999);
        self.second_micros = second * 1_000_000;
        let mut rest = second;
        for digit in self.digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        unix_micros % 1_000_000
    }

    /// Writes `ssssssssss.uuuuuu`.
    #[inline]
    fn write(&mut self, out: &mut [u8], tick: Tick) {
        let unix_micros = self.scale.unix_micros(tick);
        let mut micros = unix_micros.wrapping_sub(self.second_micros);
        if micros >= 1_000_000 {
            micros = self.next_second(unix_micros);
        }
        out[..10].copy_from_slice(&self.digits);
        let micros = micros as u32;
        out[11..13].copy_from_slice(&DECIMAL_PAIRS[(micros / 10_000) as usize]);
        out[13..15].copy_from_slice(&DECIMAL_PAIRS[(micros / 100 % 100) as usize]);
        out[15..17].copy_from_slice(&DECIMAL_PAIRS[(micros % 100) as usize]);
    }
}

/// The two digits of each number below 100.
const DECIMAL_PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};
