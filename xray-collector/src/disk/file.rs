//! The file: what stands in it, and how it is recognised.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, Row, params};
use xray_model::TraceId;
use xray_model::document::Timestamp;

use super::Kept;
use super::queue::Item;
use crate::settings::{DISK_LOG_BYTES, DISK_READ_AT_ONCE, DISK_TRACE_BYTES_MAX, DISK_TRIM_PARTS};

/// Its name in the folder.
pub(super) const NAME: &str = "traces.sqlite";

/// How SQLite's files begin, and where in their head it says whose they are and of which version.
const MAGIC: &[u8] = b"SQLite format 3\0";
const HEAD_BYTES: usize = 100;
const VERSION_AT: usize = 60;
const APPLICATION_AT: usize = 68;

/// "XRAY", in SQLite's field for whose a file is.
const APPLICATION: u32 = 0x5852_4159;
/// Grows when an older collector could not read what is written.
const VERSION: u32 = 1;

/// `trace` is null for metrics. Ids grow in the order of arrival.
const TABLES: &str =
    "CREATE TABLE IF NOT EXISTS documents (id INTEGER PRIMARY KEY, arrived INTEGER NOT NULL, trace BLOB, json BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS documents_by_trace ON documents (trace)";

/// The file, opened.
pub(super) struct File {
    connection: Connection,
    log: PathBuf,
}

impl File {
    /// Opens a file, or makes it if there is none.
    ///
    /// # Errors
    ///
    /// If it is there and is not what this version writes; it is not changed then.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let is_new = !check(path)?;
        let open = || {
            let connection = Connection::open(path)?;
            if is_new {
                // Before there is a log, so that the head says whose file it is from the first moment on.
                connection.execute_batch(&format!(
                    "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; BEGIN IMMEDIATE; {TABLES};
                     PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT"
                ))?;
            }
            connection.execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = {DISK_LOG_BYTES}; {TABLES}"
            ))?;
            // Looks at both ends of the table and of its index.
            connection.query_row(
                "SELECT (SELECT min(length(json)) FROM documents WHERE id IN ((SELECT min(id) FROM documents), (SELECT max(id) FROM documents))),
                    (SELECT min(trace) FROM documents), (SELECT max(trace) FROM documents)",
                [],
                |_| Ok(()),
            )?;
            Ok(connection)
        };
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let connection = open().map_err(|error| unusable(path, &error))?;
        Ok(Self { connection, log: log.into() })
    }

    /// Has what would make it larger than this refused, as a full disk would: deleting comes after writing.
    pub(super) fn limit(&self, bytes: u64) -> rusqlite::Result<()> {
        let pages = bytes / self.number("page_size")?.max(1);
        self.number(&format!("max_page_count = {}", pages.max(1))).map(drop)
    }

    /// Adds all of it, or nothing.
    pub(super) fn write(&mut self, items: &[Item]) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        let mut insert = transaction.prepare("INSERT INTO documents (arrived, trace, json) VALUES (?1, ?2, ?3)")?;
        for item in items {
            match item {
                Item::Document { trace, packed, arrived } => insert.execute(params![nanos(*arrived), key(*trace), packed.json()])?,
                Item::Metrics { json, arrived } => insert.execute(params![nanos(*arrived), None::<[u8; 16]>, json])?,
            };
        }
        drop(insert);
        transaction.commit()
    }

    /// The id that the document which arrived last has.
    pub(super) fn last(&self) -> rusqlite::Result<i64> {
        self.connection.query_row("SELECT coalesce(max(id), 0) FROM documents", [], |row| row.get(0))
    }

    /// Documents with ids below this one, the last first, and the least id of them.
    pub(super) fn documents_before(&self, id: i64) -> rusqlite::Result<Option<(i64, Vec<Kept>)>> {
        let sql = "SELECT id, arrived, json FROM documents WHERE id > ?1 AND id < ?2 AND trace IS NOT NULL ORDER BY id DESC LIMIT ?3";
        self.some(sql, i64::MIN, id)
    }

    /// Metrics with ids between these, the first first, and the greatest id of them.
    pub(super) fn metrics_between(&self, after: i64, before: i64) -> rusqlite::Result<Option<(i64, Vec<Kept>)>> {
        let sql = "SELECT id, arrived, json FROM documents WHERE trace IS NULL AND id > ?1 AND id < ?2 ORDER BY id LIMIT ?3";
        self.some(sql, after, before)
    }

    fn some(&self, sql: &str, after: i64, before: i64) -> rusqlite::Result<Option<(i64, Vec<Kept>)>> {
        let mut select = self.connection.prepare(sql)?;
        let limit = i64::try_from(DISK_READ_AT_ONCE).unwrap_or(i64::MAX);
        let rows = select.query_map(params![after, before, limit], |row| Ok((row.get::<_, i64>(0)?, kept(row, 1)?)))?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let last = rows.last().map(|(id, _)| *id);
        Ok(last.map(|last| (last, rows.into_iter().map(|(_, kept)| kept).collect())))
    }

    /// The documents of a trace, in the order in which they arrived.
    pub(super) fn of_trace(&self, trace: TraceId) -> rusqlite::Result<Vec<Kept>> {
        let mut select = self.connection.prepare("SELECT arrived, json FROM documents WHERE trace = ?1 ORDER BY id")?;
        let mut bytes = 0;
        let rows = select.query_map([key(trace)], |row| kept(row, 0))?;
        rows.take_while(|row| {
            bytes += row.as_ref().map_or(0, |kept| kept.json.len());
            bytes <= DISK_TRACE_BYTES_MAX
        })
        .collect()
    }

    /// Deletes what arrived before a time, and of the rest as much as keeps the limit. Tells how many documents had to go.
    pub(super) fn trim(&self, before: Timestamp, bytes_max: u64) -> rusqlite::Result<u64> {
        let young = "SELECT id FROM documents WHERE arrived >= ?1 ORDER BY id LIMIT 1";
        let old = format!("DELETE FROM documents WHERE id < coalesce(({young}), {})", i64::MAX);
        let mut deleted = self.connection.execute(&old, [nanos(before)])?;
        let page = self.number("page_size")?;
        let pages_max = bytes_max / page.max(1);
        while self.number("page_count")?.saturating_sub(self.number("freelist_count")?) > pages_max {
            let sql = "SELECT min(id) + (max(id) - min(id)) / ?1 FROM documents";
            let some = self.connection.execute(&format!("DELETE FROM documents WHERE id <= ({sql})"), [DISK_TRIM_PARTS])?;
            if some == 0 {
                break;
            }
            deleted += some;
        }
        self.shrink(pages_max)?;
        Ok(deleted as u64)
    }

    /// Gives pages back to the system that are over the limit, or that make more than half of the file.
    fn shrink(&self, pages_max: u64) -> rusqlite::Result<()> {
        let (pages, free) = (self.number("page_count")?, self.number("freelist_count")?);
        let excess = pages.saturating_sub(pages_max).max(free.saturating_sub(pages / 2)).min(free);
        if excess == 0 {
            return Ok(());
        }
        // It frees a page with each step.
        let mut vacuum = self.connection.prepare(&format!("PRAGMA incremental_vacuum({excess})"))?;
        let mut steps = vacuum.query([])?;
        while steps.next()?.is_some() {}
        Ok(())
    }

    /// Deletes everything.
    pub(super) fn clear(&self) -> rusqlite::Result<()> {
        self.connection.execute_batch("DELETE FROM documents")?;
        self.shrink(0)
    }

    /// Bytes on disk, with SQLite's log.
    pub(super) fn bytes(&self) -> rusqlite::Result<u64> {
        let log = fs::metadata(&self.log).map_or(0, |log| log.len());
        Ok(self.number("page_count")? * self.number("page_size")? + log)
    }

    fn number(&self, pragma: &str) -> rusqlite::Result<u64> {
        self.connection
            .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0))
            .map(|number| u64::try_from(number).unwrap_or(0))
    }
}

fn nanos(time: Timestamp) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

fn key(trace: TraceId) -> [u8; 16] {
    trace.to_bits().to_be_bytes()
}

fn kept(row: &Row<'_>, at: usize) -> rusqlite::Result<Kept> {
    let arrived = u64::try_from(row.get::<_, i64>(at)?).unwrap_or_default();
    Ok(Kept { arrived: Timestamp::from_nanos(arrived), json: row.get(at + 1)? })
}

/// Whether there is a file, and it is one that this version can use. Only its head is read, so that nothing is changed in what is not ours.
fn check(path: &Path) -> io::Result<bool> {
    let wrong = |what: String| io::Error::new(ErrorKind::InvalidInput, what);
    let shown = path.display();
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut head));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(wrong(format!("{shown} cannot be read: {error}. Choose another folder, or make that file readable"))),
        // The process ended before it had written anything.
        Ok(0) => return Ok(false),
        Ok(_) => {}
    }
    let number = |at: usize| head.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes);
    if head.len() < HEAD_BYTES || !head.starts_with(MAGIC) || number(APPLICATION_AT) != APPLICATION {
        return Err(wrong(format!(
            "{shown} was not written by a local X-Ray, or its beginning is damaged. It was left as it is: move it away, or choose another folder"
        )));
    }
    match number(VERSION_AT) {
        VERSION => Ok(true),
        version => Err(wrong(format!(
            "{shown} was written by a newer version of the local X-Ray (format {version}; this one knows {VERSION}). It was left as it is: update \
             this program, or choose another folder"
        ))),
    }
}

/// What went wrong, with the file and the remedy.
pub(super) fn unusable(path: &Path, error: &rusqlite::Error) -> io::Error {
    let shown = path.display();
    let what = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => format!(
            "{shown} is damaged ({error}). It was left as it is: move it away, or choose another folder; `sqlite3 {shown} .recover` may save what is in it"
        ),
        Some(ErrorCode::DiskFull) => format!("There is no room on the disk for {shown} ({error}): free some, or allow less"),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            format!("{shown} cannot be written ({error}). Choose another folder, or allow this user to write there")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("{shown} is in use by another program ({error}): end that one, or choose another folder")
        }
        _ => format!("{shown} cannot be used ({error}). It was left as it is: move it away, or choose another folder"),
    };
    io::Error::new(ErrorKind::InvalidInput, what)
}
