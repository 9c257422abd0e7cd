//! Documents as they came, in less memory.

use std::sync::Arc;

use xray_model::document::Document;

/// The bytes of a document, compressed. Reading it again costs microseconds; keeping it parsed would cost several times its size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Packed(Arc<[u8]>);

impl Packed {
    pub(crate) fn new(json: &[u8]) -> Self {
        Self(lz4_flex::compress_prepend_size(json).into())
    }

    /// Bytes of memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        // Two counts stand before what an `Arc` holds.
        self.0.len() + 2 * size_of::<usize>() + size_of::<Self>()
    }

    /// The document as it came.
    pub(crate) fn json(&self) -> Vec<u8> {
        lz4_flex::decompress_size_prepended(&self.0).unwrap_or_default()
    }

    /// The document, read again. What was packed had been read before, so this is never `None`.
    pub(crate) fn read(&self) -> Option<Document> {
        Document::parse(&self.json()).ok()
    }
}
