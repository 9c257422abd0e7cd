//! The file of the rules: read when it has changed, and replaced in one go.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::clock;
use crate::settings::RULES_FILE_BYTES_MAX;

/// A file and what it was when it was read last.
#[derive(Debug)]
pub(super) struct RulesFile {
    path: PathBuf,
    seen: Option<Stamp>,
}

/// What tells one state of a file from another: when it was written, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: u64,
    bytes: u64,
}

impl RulesFile {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), seen: None }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The text of the file if it is another one than when it was asked for last, or why it cannot be read.
    pub(super) fn changed(&mut self) -> Option<io::Result<String>> {
        let stamp = stamp(&self.path);
        match stamp {
            Ok(stamp) if self.seen == Some(stamp) => None,
            Ok(stamp) => {
                self.seen = Some(stamp);
                Some(read(&self.path, stamp.bytes))
            }
            Err(error) => {
                self.seen = None;
                Some(Err(error))
            }
        }
    }

    /// Replaces the file.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        replace(&self.path, text)?;
        self.seen = stamp(&self.path).ok();
        Ok(())
    }
}

/// Replaces a file; who reads it meanwhile sees the old one or the new one, whole.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Where it is a link, what it points to is replaced, and not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let new = target.with_file_name(format!(".{name}.new"));
    let written = (|| {
        let mut file = fs::File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &target)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let metadata = fs::metadata(path)?;
    let modified = metadata.modified().map(clock::since_1970).unwrap_or_default();
    Ok(Stamp { modified: modified.as_nanos(), bytes: metadata.len() })
}

fn read(path: &Path, bytes: u64) -> io::Result<String> {
    if bytes > RULES_FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it has {bytes} bytes, more than {RULES_FILE_BYTES_MAX}")));
    }
    fs::read_to_string(path)
}
