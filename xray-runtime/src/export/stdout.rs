//! Documents on standard output.

use std::io::{self, Write};

use super::{Document, Exporter};
use crate::stats::LossReason;

/// Writes each document as one line to standard output, for a look at what is recorded.
///
/// Writing to a terminal or a pipe can block; this one is for development.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdoutExporter;

impl Exporter for StdoutExporter {
    fn export(&self, document: Document<'_>) -> Result<(), LossReason> {
        let mut out = io::stdout().lock();
        // Documents hold no line breaks: JSON text escapes them, and metadata is written compactly.
        let written = out.write_all(document.json().as_bytes()).and_then(|()| out.write_all(b"\n"));
        written.map_err(|_| LossReason::Failed)
    }
}
