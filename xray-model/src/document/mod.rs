//! Segment documents, the reading side: what a receiver makes of the JSON that SDKs send.
//!
//! Takes what AWS's SDKs, agents and services are known to write, also where it departs from the documentation: `null` for missing fields,
//! numbers in quotes, either place of `traced`, unknown fields. [`Document::check`] and [`check`] say what a sender should not have written.
//!
//! A document may nest hundreds of levels deep, so its segments are held in a [`Forest`], and nothing here recurses over them.
//!
//! ```
//! use xray_model::document::Document;
//!
//! let document = Document::parse(
//!     br#"{"name":"shop","id":"70de5b6f19ff9a0a","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1710276830.101,
//!         "end_time":1710276830.2,"subsegments":[{"name":"checkout","id":"53995c3f42cd8ad8","start_time":1710276830.11,
//!         "end_time":1710276830.15,"annotations":{"order.id":17}}]}"#,
//! )?;
//! let checkout = document.root().children().next().unwrap();
//! assert_eq!(checkout.name, "checkout");
//! assert_eq!(checkout.duration().unwrap().as_millis(), 40);
//! assert_eq!(Document::parse(document.to_json().as_bytes())?, document);
//! # Ok::<(), xray_model::document::ParseError>(())
//! ```

#[cfg(test)]
mod arbitrary;
mod check;
mod error;
mod forest;
mod parse;
mod reader;
mod segment;
mod timestamp;
mod write;

#[cfg(test)]
mod tests;

use std::fmt;

pub use check::{Problem, check};
pub use error::ParseError;
pub use forest::{Forest, ForestBuilder, Node, Siblings};
pub use segment::{AnnotationValue, Aws, Cause, Exception, Http, HttpRequest, HttpResponse, Link, Recorded, Segment, Sql, StackFrame};
pub use timestamp::{Timestamp, TimestampError};

use crate::TraceId;

/// The document of one datagram: a segment or an independent subsegment, and the subsegments inside it.
#[derive(Clone, PartialEq)]
pub struct Document {
    trace_id: TraceId,
    /// One tree, never empty.
    tree: Forest<Segment>,
}

impl Document {
    /// Reads the JSON of a document. Whatever the bytes are, it ends with a document or an error, however deep they nest.
    ///
    /// # Errors
    ///
    /// Names the place at which the bytes are no segment document. `name`, `id`, `start_time` and the document's `trace_id` must be there.
    pub fn parse(json: &[u8]) -> Result<Self, ParseError> {
        parse::document(json, false).map(|(document, _)| document)
    }

    /// Makes a document of a forest.
    ///
    /// `None` unless it is one tree whose root names a trace.
    #[must_use]
    pub fn from_tree(tree: Forest<Segment>) -> Option<Self> {
        let root = tree.get(0)?;
        let whole = root.descendants().len() + 1 == tree.len();
        let trace_id = root.trace_id?;
        whole.then_some(Self { trace_id, tree })
    }

    /// The segment or subsegment that the document is about.
    #[must_use]
    pub fn root(&self) -> Node<'_, Segment> {
        self.tree.first()
    }

    /// The trace that it belongs to.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// All segments of the document, each before its children.
    #[must_use]
    pub fn tree(&self) -> &Forest<Segment> {
        &self.tree
    }

    /// Takes the document apart: each segment and the index of the one it stands in, parents first.
    #[must_use]
    pub fn into_segments(self) -> Vec<(Segment, Option<usize>)> {
        self.tree.into_values()
    }

    /// The document as JSON. Fields that are missing, `false` or empty are left out.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::json(&self.tree)
    }

    /// What X-Ray would not take or would change, and what our own limits forbid. Empty if the document is as it should be.
    ///
    /// Looks at what was understood of the document; [`check`] also looks at the JSON it came in.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        check::tree(&self.tree)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}
