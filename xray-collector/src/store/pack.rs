//! Documents as they came, in less memory.
//!
//! A service sends documents that differ in ids, times and a few values, so each is compressed against earlier ones of the same name.

use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashMap};
use xray_model::document::Document;

use super::heap;
use crate::settings::{DICTIONARIES_MAX, DICTIONARY_BYTES_MAX, DICTIONARY_RENEWED_AFTER};

/// Hash and length of the JSON, before what was compressed.
const HEAD: usize = size_of::<u64>() + size_of::<u32>();

/// The bytes of a document, compressed. Reading it again costs microseconds; keeping it parsed would cost several times its size.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    bytes: Arc<[u8]>,
    dictionary: Arc<Dictionary>,
}

/// What documents are compressed against.
#[derive(Debug)]
struct Dictionary(Box<[u8]>);

impl Packed {
    /// A document by itself.
    #[cfg(test)]
    pub(crate) fn new(json: &[u8]) -> Self {
        Self::with(json, DefaultHashBuilder::default().hash_one(json), &Dictionary::of(&[]), &mut Vec::new())
    }

    fn with(json: &[u8], hash: u64, dictionary: &Arc<Dictionary>, buffer: &mut Vec<u8>) -> Self {
        let most = HEAD + lz4_flex::block::get_maximum_output_size(json.len());
        if buffer.len() < most {
            buffer.resize(most, 0);
        }
        buffer[..8].copy_from_slice(&hash.to_le_bytes());
        buffer[8..HEAD].copy_from_slice(&u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes());
        // There is room for whatever it becomes.
        let length = lz4_flex::block::compress_into_with_dict(json, &mut buffer[HEAD..], &dictionary.0).unwrap_or_default();
        Self { bytes: buffer[..HEAD + length].into(), dictionary: Arc::clone(dictionary) }
    }

    /// Bytes of memory it takes beside what it shares with others.
    pub(crate) fn bytes(&self) -> usize {
        // Two counts stand before what an `Arc` holds.
        heap(self.bytes.len() + 2 * size_of::<usize>())
    }

    /// Bytes of the document as it came.
    pub(crate) fn json_bytes(&self) -> usize {
        let length = self.bytes.get(size_of::<u64>()..HEAD).and_then(|length| length.try_into().ok());
        length.map_or(0, |length| u32::from_le_bytes(length) as usize)
    }

    /// The document as it came.
    pub(crate) fn json(&self) -> Vec<u8> {
        let packed = self.bytes.get(HEAD..).unwrap_or_default();
        lz4_flex::block::decompress_with_dict(packed, self.json_bytes(), &self.dictionary.0).unwrap_or_default()
    }

    /// The document, read again. What was packed had been read before, so this is never `None`.
    pub(crate) fn read(&self) -> Option<Document> {
        Document::parse(&self.json()).ok()
    }

    /// Equal for the same document.
    pub(super) fn hash(&self) -> u64 {
        self.bytes.first_chunk().map_or(0, |hash| u64::from_le_bytes(*hash))
    }

    /// Whether both are the same document.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.hash() == other.hash() && (Arc::ptr_eq(&self.bytes, &other.bytes) || self.json() == other.json())
    }
}

/// Packs documents, and knows what earlier ones looked like.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    by_name: HashMap<Box<str>, Shared>,
    /// Said to be different in each process, so that nobody can send documents that are taken for each other.
    hasher: DefaultHashBuilder,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Shared {
    dictionary: Arc<Dictionary>,
    /// Documents packed with it.
    used: u32,
}

impl Packer {
    /// Packs the JSON that a document was read from.
    pub(crate) fn pack(&mut self, document: &Document, json: &[u8]) -> Packed {
        let name = match document.root().value().name.as_str() {
            name if self.by_name.contains_key(name) || self.by_name.len() < DICTIONARIES_MAX => name,
            // All others share one.
            _ => "",
        };
        let hash = self.hasher.hash_one(json);
        let Some(shared) = self.by_name.get_mut(name) else {
            let shared = Shared { dictionary: Dictionary::of(&[json]), used: 0 };
            let packed = Packed::with(json, hash, &shared.dictionary, &mut self.buffer);
            self.by_name.insert(name.into(), shared);
            return packed;
        };
        let packed = Packed::with(json, hash, &shared.dictionary, &mut self.buffer);
        shared.used = shared.used.saturating_add(1);
        if packed.bytes.len() > json.len() / 2 && shared.used >= DICTIONARY_RENEWED_AFTER {
            *shared = Shared { dictionary: Dictionary::of(&[json, &shared.dictionary.0]), used: 0 };
        }
        packed
    }

    /// Bytes of memory of what documents share.
    pub(crate) fn bytes(&self) -> usize {
        self.by_name.iter().map(|(name, shared)| heap(name.len()) + heap(shared.dictionary.0.len()) + 64).sum()
    }
}

impl Dictionary {
    /// Of the begins of some texts.
    fn of(texts: &[&[u8]]) -> Arc<Self> {
        let parts: Vec<u8> = texts.iter().flat_map(|text| text.iter().copied()).take(DICTIONARY_BYTES_MAX).collect();
        Arc::new(Self(parts.into()))
    }
}
