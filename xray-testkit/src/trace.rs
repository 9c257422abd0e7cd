//! What was recorded, to look at.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use xray_model::document::{self, AnnotationValue, Exception, Forest, Segment};
use xray_model::{SegmentId, TraceId};

use crate::tree;

/// One trace: its segments and subsegments, each below its parent.
///
/// `Display` writes it as text, in the form described [here](crate#trees-as-text).
#[derive(Clone, PartialEq)]
pub struct Trace {
    pub(crate) id: TraceId,
    pub(crate) forest: Forest<Entry>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) segment: Segment,
    pub(crate) is_segment: bool,
    /// `false` only for a subsegment.
    pub(crate) parent_seen: bool,
}

impl Trace {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> TraceId {
        self.id
    }

    /// All segments and subsegments, parents before children.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.forest.iter().map(Node)
    }

    /// What stands below nothing else: mostly one segment.
    pub fn roots(&self) -> impl Iterator<Item = Node<'_>> {
        self.forest.roots().map(Node)
    }

    /// The first segment or subsegment with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Node<'_>> {
        self.nodes().find(|node| node.name() == name)
    }

    /// The only segment or subsegment with this name.
    ///
    /// # Panics
    ///
    /// If there is none, or more than one; shows the tree.
    #[must_use]
    #[track_caller]
    pub fn expect(&self, name: &str) -> Node<'_> {
        let found: Vec<_> = self.nodes().filter(|node| node.name() == name).collect();
        match found.as_slice() {
            [node] => *node,
            others => panic!("`{name}` was recorded {} times where once was expected\n\n{self}", others.len()),
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tree::write(f, self.forest.iter())
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trace {}\n{self}", self.id)
    }
}

/// A segment or subsegment in a [`Trace`].
#[derive(Clone, Copy)]
pub struct Node<'a>(pub(crate) document::Node<'a, Entry>);

impl<'a> Node<'a> {
    /// All fields, as they stood in the document.
    #[must_use]
    pub fn document(self) -> &'a Segment {
        &self.0.value().segment
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'a str {
        &self.document().name
    }

    /// Its id.
    #[must_use]
    pub fn id(self) -> SegmentId {
        self.document().id
    }

    /// The id of its parent: the one it stands in, or the one that its document names.
    #[must_use]
    pub fn parent_id(self) -> Option<SegmentId> {
        self.document().parent_id.or_else(|| Some(self.parent()?.id()))
    }

    /// Whether it is a segment, and not a subsegment.
    #[must_use]
    pub fn is_segment(self) -> bool {
        self.0.value().is_segment
    }

    /// Whether it came in a document of its own.
    #[must_use]
    pub fn is_independent(self) -> bool {
        self.document().trace_id.is_some()
    }

    /// The value of an annotation, `Null` if there is none.
    ///
    /// ```
    /// use xray_runtime::{annotate, segment};
    ///
    /// let recorder = xray_testkit::TestRecorder::new();
    /// recorder.run(|| segment("orders").run(|| annotate("items", 3)));
    /// let trace = recorder.trace();
    /// assert_eq!(trace.expect("orders").annotation("items"), 3);
    /// assert!(trace.expect("orders").annotation("price").is_null());
    /// ```
    #[must_use]
    pub fn annotation(self, key: &str) -> Value {
        self.document().annotations.get(key).map_or(Value::Null, value)
    }

    /// The metadata value under this key in the namespace `default`, `Null` if there is none.
    #[must_use]
    pub fn metadata(self, key: &str) -> Value {
        self.metadata_in("default", key)
    }

    /// The metadata value under this key in a namespace, `Null` if there is none.
    #[must_use]
    pub fn metadata_in(self, namespace: &str, key: &str) -> Value {
        self.document().metadata.get(namespace).and_then(|values| values.get(key)).cloned().unwrap_or(Value::Null)
    }

    /// Its exceptions. One that caused another is named by that one's `cause`.
    #[must_use]
    pub fn exceptions(self) -> &'a [Exception] {
        self.document().exceptions()
    }

    /// Whether it failed by its own fault.
    #[must_use]
    pub fn is_fault(self) -> bool {
        self.document().fault
    }

    /// Whether it failed by its caller's mistake.
    #[must_use]
    pub fn is_error(self) -> bool {
        self.document().error
    }

    /// Whether it was refused for too many requests.
    #[must_use]
    pub fn is_throttle(self) -> bool {
        self.document().throttle
    }

    /// Whether it was dropped before it was done.
    #[must_use]
    pub fn is_cancelled(self) -> bool {
        self.annotation("cancelled") == true
    }

    /// From begin to end; zero while it is in progress.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.document().duration().unwrap_or_default()
    }

    /// What it stands below.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.0.parent().map(Self)
    }

    /// What stands directly below it, in the order in which it began.
    pub fn children(self) -> impl Iterator<Item = Self> {
        self.0.children().map(Self)
    }

    /// What stands below it at any depth, parents before children.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        self.0.descendants().map(Self)
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tree::write(f, std::iter::once(self.0).chain(self.0.descendants()))
    }
}

pub(crate) fn value(annotation: &AnnotationValue) -> Value {
    match annotation {
        AnnotationValue::String(text) => Value::String(text.clone()),
        AnnotationValue::Number(number) => Value::Number(number.clone()),
        AnnotationValue::Bool(yes) => Value::Bool(*yes),
        AnnotationValue::Invalid(other) => other.clone(),
    }
}
