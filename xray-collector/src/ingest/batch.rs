//! Datagrams one after the other in one buffer: receiving costs no allocation.

use std::net::SocketAddr;

/// A buffer with more room than this is not used again: only a burst needs it.
const KEPT_BYTES_MAX: usize = 1 << 20;

/// One datagram as it came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) from: SocketAddr,
}

/// Datagrams in the order in which they came in.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// Where each ends, and who sent it.
    datagrams: Vec<(usize, SocketAddr)>,
}

impl Batch {
    pub(crate) fn push(&mut self, datagram: &[u8], from: SocketAddr) {
        self.bytes.extend_from_slice(datagram);
        self.datagrams.push((self.bytes.len(), from));
    }

    pub(super) fn len(&self) -> usize {
        self.datagrams.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    /// Bytes of memory that one more datagram would make it.
    pub(super) fn bytes_with(&self, datagram: &[u8]) -> usize {
        // An empty datagram takes room too.
        self.bytes.len() + datagram.len() + (self.len() + 1) * size_of::<(usize, SocketAddr)>()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Received<'_>> {
        self.datagrams.iter().scan(0, |start, &(end, from)| {
            let bytes = self.bytes.get(*start..end)?;
            *start = end;
            Some(Received { bytes, from })
        })
    }

    /// Empty, to be filled again.
    pub(super) fn emptied(mut self) -> Self {
        if self.bytes.capacity() > KEPT_BYTES_MAX {
            return Self::default();
        }
        self.bytes.clear();
        self.datagrams.clear();
        self
    }
}
