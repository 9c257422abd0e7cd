//! One recorded segment or subsegment, and what was attached to it.

use std::borrow::Cow;

use xray_model::document::Http;
use xray_model::{TraceHeader, limits};

use crate::clock::Tick;
use crate::export::json::escaped_len;
use crate::span::Site;
use crate::stats::{LossKind, LossReason};
use crate::value::{Annotation, Exception};

/// What a subsegment stands for, as X-Ray distinguishes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Namespace {
    /// Work of the program itself; makes no node of its own on the service map.
    #[default]
    Local,
    /// A call to another service.
    Remote,
    /// A call to an AWS service.
    Aws,
}

/// How a segment or subsegment ended, in X-Ray's three kinds.
///
/// X-Ray counts an *error* as the client's mistake (HTTP 4xx), a *fault* as the server's (5xx), and a *throttle* as a request refused for
/// its rate (429); source: "X-Ray concepts", errors, faults and exceptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The caller's mistake; X-Ray's `error`.
    Error,
    /// Our own failure; X-Ray's `fault`.
    #[default]
    Fault,
    /// Refused because there were too many requests; X-Ray's `throttle`, which counts as an `error` too.
    Throttle,
}

impl ErrorKind {
    /// What an HTTP status says: 429 is a throttle, another 4xx an error, 5xx a fault, and anything else none of them.
    ///
    /// Source: "X-Ray concepts", errors, faults and exceptions.
    #[must_use]
    pub fn of_status(status: u16) -> Option<Self> {
        match status {
            429 => Some(Self::Throttle),
            400..=499 => Some(Self::Error),
            500..=599 => Some(Self::Fault),
            _ => None,
        }
    }
}

/// The boolean marks of a document.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) error: bool,
    pub(crate) fault: bool,
    pub(crate) throttle: bool,
    /// Dropped before it was done.
    pub(crate) cancelled: bool,
    /// Open when its invocation was about to time out.
    pub(crate) timeout: bool,
}

impl Flags {
    #[inline]
    pub(crate) fn any(self) -> bool {
        self.error | self.fault | self.throttle | self.cancelled | self.timeout
    }

    pub(crate) fn mark(&mut self, kind: ErrorKind) {
        match kind {
            ErrorKind::Error => self.error = true,
            ErrorKind::Fault => self.fault = true,
            ErrorKind::Throttle => (self.error, self.throttle) = (true, true),
        }
    }
}

/// Where the name of a record comes from.
#[derive(Clone, Debug)]
pub(crate) enum Label {
    Site(&'static Site),
    /// A name other than that of the function it comes from.
    Named(Cow<'static, str>, &'static Site),
    Text(Cow<'static, str>, &'static std::panic::Location<'static>),
}

impl Label {
    /// The name given, or that of the function.
    pub(crate) fn named(site: &'static Site, name: Option<Cow<'static, str>>) -> Self {
        name.map_or(Self::Site(site), |name| Self::Named(crate::value::name(name), site))
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Site(site) => site.name,
            Self::Named(text, _) | Self::Text(text, _) => text,
        }
    }

    /// File and line of the function or of the call that opened the record.
    pub(crate) fn place(&self) -> (&'static str, u32) {
        match self {
            Self::Site(site) | Self::Named(_, site) => (site.file, site.line),
            Self::Text(_, location) => (location.file(), location.line()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Open,
    /// Ended, not sent yet.
    Closed,
    /// Sent; the slot waits to be used again.
    Free,
}

/// A record in a trace's table.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) serial: u64,
    pub(crate) parent: Key,
    pub(crate) start: Tick,
    pub(crate) end: Tick,
    pub(crate) label: Label,
    /// Only there if something was attached, so that the common record costs no allocation.
    pub(crate) details: Option<Box<Details>>,
    /// The closed child opened last; its siblings follow through `next`, newest first.
    pub(crate) first_child: Slot,
    pub(crate) next: Slot,
    /// Rough encoded size of this record and the closed children below it.
    pub(crate) tree_bytes: usize,
    pub(crate) namespace: Namespace,
    pub(crate) flags: Flags,
    pub(crate) phase: Phase,
    /// Opened before this process was forked off, and so the other one's to send.
    pub(crate) foreign: bool,
    /// Stands for an item of a batch, of which the answer may have more to say.
    pub(crate) is_item: bool,
}

/// Place of a record in its trace's table.
pub(crate) type Slot = u32;

/// No record.
pub(crate) const NOWHERE: Slot = Slot::MAX;

/// Names a record for good: slots are used again, serials never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) serial: u64,
    pub(crate) slot: Slot,
}

impl Record {
    /// A copy to write documents from, which takes what is attached along.
    pub(super) fn lend(&mut self) -> Self {
        Self { label: self.label.clone(), details: self.details.take(), ..*self }
    }

    /// Rough size of this record in a document.
    pub(crate) fn bytes(&self) -> usize {
        110 + self.label.name().len() + self.details.as_deref().map_or(0, |details| details.bytes)
    }
}

/// What the program attached to a record.
#[derive(Debug, Default)]
pub(crate) struct Details {
    pub(crate) annotations: Vec<(Cow<'static, str>, Annotation)>,
    pub(crate) metadata: Vec<Metadata>,
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) user: Option<String>,
    /// Boxed, as few records are HTTP requests.
    pub(crate) http: Option<Box<Http>>,
    /// Segments of other traces that led to this.
    pub(crate) links: Vec<TraceHeader>,
    /// Members of the `aws` block, each value as JSON.
    pub(crate) aws: Vec<(Cow<'static, str>, Vec<u8>)>,
    /// Upper bound of the encoded size of all of it.
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) namespace: Cow<'static, str>,
    pub(crate) key: Cow<'static, str>,
    /// The value as JSON.
    pub(crate) json: Vec<u8>,
}

impl Metadata {
    pub(crate) fn bytes(&self) -> usize {
        escaped_len(&self.namespace) + escaped_len(&self.key) + self.json.len() + 12
    }
}

/// Upper bound of an encoded link.
const LINK_BYTES: usize = 100;

/// What did not fit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// Over a count limit, or nothing left to trim for it.
    Dropped,
    /// The largest metadata value gave way.
    Trimmed,
}

impl Full {
    /// Counts what did not fit, if something did not.
    pub(crate) fn count(result: Result<(), Self>, kind: LossKind, lost: &mut dyn FnMut(LossKind, LossReason)) {
        if let Err(full) = result {
            let (kind, reason) = full.as_loss(kind);
            lost(kind, reason);
        }
    }

    /// What to count when something of this `kind` met it.
    pub(crate) fn as_loss(&self, kind: LossKind) -> (LossKind, LossReason) {
        match self {
            Self::Dropped => (kind, LossReason::Limit),
            Self::Trimmed => (LossKind::Metadata, LossReason::TooLarge),
        }
    }
}

impl Details {
    /// Sets an annotation; a later value for the same key replaces the earlier one, as in X-Ray.
    pub(crate) fn annotate(&mut self, key: Cow<'static, str>, value: Annotation) -> Result<(), Full> {
        if let Some(place) = self.annotations.iter().position(|(other, _)| *other == key) {
            let (key, old) = self.annotations.swap_remove(place);
            self.bytes -= annotation_bytes(&key, &old);
        }
        if self.annotations.len() >= limits::ANNOTATIONS_MAX {
            return Err(Full::Dropped);
        }
        let bytes = annotation_bytes(&key, &value);
        let made_room = self.make_room(bytes)?;
        self.bytes += bytes;
        self.annotations.push((key, value));
        made_room
    }

    /// Sets a metadata value; a later value for the same namespace and key replaces the earlier one.
    pub(crate) fn metadata(&mut self, entry: Metadata) -> Result<(), Full> {
        if let Some(place) = self.metadata.iter().position(|other| other.namespace == entry.namespace && other.key == entry.key) {
            let old = self.metadata.swap_remove(place);
            self.bytes -= old.bytes();
        }
        if self.metadata.len() >= limits::METADATA_MAX {
            return Err(Full::Dropped);
        }
        self.bytes += entry.bytes();
        self.metadata.push(entry);
        // The new value takes part in this: it may itself be the largest.
        self.make_room(0).unwrap_or_else(|full| {
            self.bytes -= self.metadata.pop().map_or(0, |entry| entry.bytes());
            Err(full)
        })
    }

    pub(crate) fn set_user(&mut self, user: String) -> Result<(), Full> {
        let bytes_of = |user: &str| escaped_len(user) + 10;
        self.bytes -= self.user.take().map_or(0, |old| bytes_of(&old));
        let bytes = bytes_of(&user);
        let made_room = self.make_room(bytes)?;
        self.bytes += bytes;
        self.user = Some(user);
        made_room
    }

    /// Sets what is known of an HTTP request or its response; what is not in `http` stays as it was.
    pub(crate) fn http(&mut self, http: Http) -> Result<(), Full> {
        let mut merged = self.http.take().unwrap_or_default();
        self.bytes -= http_bytes(&merged);
        merged.request = http.request.or(merged.request.take());
        merged.response = http.response.or(merged.response.take());
        let bytes = http_bytes(&merged);
        let made_room = self.make_room(bytes)?;
        self.bytes += bytes;
        self.http = Some(merged);
        made_room
    }

    /// Sets a member of the `aws` block; a later value for the same key replaces the earlier one.
    pub(crate) fn aws(&mut self, key: Cow<'static, str>, json: Vec<u8>) -> Result<(), Full> {
        if let Some(place) = self.aws.iter().position(|(other, _)| *other == key) {
            let (key, old) = self.aws.remove(place);
            self.bytes -= aws_bytes(&key, &old);
        }
        if self.aws.len() >= limits::AWS_FIELDS_MAX {
            return Err(Full::Dropped);
        }
        let bytes = aws_bytes(&key, &json);
        let made_room = self.make_room(bytes)?;
        self.bytes += bytes;
        self.aws.push((key, json));
        made_room
    }

    /// Adds a link to another trace.
    pub(crate) fn link(&mut self, link: TraceHeader) -> Result<(), Full> {
        if self.links.len() >= limits::LINKS_MAX {
            return Err(Full::Dropped);
        }
        let made_room = self.make_room(LINK_BYTES)?;
        self.bytes += LINK_BYTES;
        self.links.push(link);
        made_room
    }

    pub(crate) fn exception(&mut self, exception: Exception) -> Result<(), Full> {
        if self.exceptions.len() >= limits::EXCEPTIONS_MAX {
            return Err(Full::Dropped);
        }
        let bytes = exception.bytes();
        let made_room = self.make_room(bytes)?;
        self.bytes += bytes;
        self.exceptions.push(exception);
        made_room
    }

    /// Takes over what another one has.
    pub(crate) fn merge(&mut self, other: Self, lost: &mut dyn FnMut(LossKind, LossReason)) {
        let mut count = |kind, result| Full::count(result, kind, lost);
        other.annotations.into_iter().for_each(|(key, value)| count(LossKind::Annotation, self.annotate(key, value)));
        other.metadata.into_iter().for_each(|entry| count(LossKind::Metadata, self.metadata(entry)));
        other.exceptions.into_iter().for_each(|exception| count(LossKind::Exception, self.exception(exception)));
        other.http.into_iter().for_each(|http| count(LossKind::Metadata, self.http(*http)));
        other.aws.into_iter().for_each(|(key, json)| count(LossKind::Metadata, self.aws(key, json)));
        other.user.into_iter().for_each(|user| count(LossKind::Annotation, self.set_user(user)));
        other.links.into_iter().for_each(|link| count(LossKind::Metadata, self.link(link)));
    }

    /// Trims metadata, largest first, until `bytes` more fit. The inner result says whether something was trimmed for it.
    fn make_room(&mut self, bytes: usize) -> Result<Result<(), Full>, Full> {
        let mut trimmed = Ok(());
        while self.bytes + bytes > limits::OWN_BYTES_MAX {
            let largest =
                self.metadata.iter_mut().max_by_key(|entry| entry.json.len()).filter(|entry| entry.json.len() > TRIMMED_BYTES_MAX);
            let Some(largest) = largest else { return Err(Full::Dropped) };
            let before = largest.json.len();
            largest.json = trimmed_marker(Some(before));
            self.bytes -= before - largest.json.len();
            trimmed = Err(Full::Trimmed);
        }
        Ok(trimmed)
    }
}

/// Room that the marker of a trimmed value may take.
const TRIMMED_BYTES_MAX: usize = 64;

/// What stands in the place of a value that was too large, so that the reader sees that there was one.
pub(crate) fn trimmed_marker(bytes: Option<usize>) -> Vec<u8> {
    match bytes {
        Some(bytes) => format!("\"[trimmed: {bytes} bytes]\"").into_bytes(),
        None => format!("\"[trimmed: over {} bytes]\"", limits::METADATA_VALUE_BYTES_MAX).into_bytes(),
    }
}

fn aws_bytes(key: &str, json: &[u8]) -> usize {
    // The braces of the block are counted with each member.
    escaped_len(key) + json.len() + 14
}

fn http_bytes(http: &Http) -> usize {
    let text = |text: &Option<String>| text.as_deref().map_or(0, |text| escaped_len(text) + 20);
    let request = http.request.as_ref().map_or(0, |request| {
        [&request.method, &request.url, &request.user_agent, &request.client_ip].into_iter().map(text).sum::<usize>() + 60
    });
    let response = http.response.as_ref().map_or(0, |_| 90);
    if request + response == 0 { 0 } else { request + response + 12 }
}

fn annotation_bytes(key: &str, value: &Annotation) -> usize {
    let value = match value {
        Annotation::Text(text) => escaped_len(text),
        _ => 24,
    };
    escaped_len(key) + value + 6
}
