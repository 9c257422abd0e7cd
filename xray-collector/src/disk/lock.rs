//! One collector per folder.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Mutex;

use rusqlite::{Connection, ErrorCode};

/// An empty database that is kept locked, which SQLite does on every system. The lock goes with the process, however that ends.
const NAME: &str = "lock";

/// Holds the folder as long as it lives.
pub(super) struct Lock {
    // In a mutex for nothing but to be shared between threads.
    _connection: Mutex<Connection>,
}

/// Makes the folder if it is not there, and takes it.
///
/// # Errors
///
/// If another collector has it, or it cannot be used; the message says what to do.
pub(super) fn folder(folder: &Path) -> io::Result<Lock> {
    let wrong = |what: String| io::Error::new(ErrorKind::InvalidInput, what);
    let unusable = |why: &dyn std::fmt::Display| {
        wrong(format!(
            "Traces cannot be kept in the folder {}: {why}. Choose a folder that can be written to, or run without one",
            folder.display()
        ))
    };
    fs::create_dir_all(folder).map_err(|error| unusable(&error))?;
    let connection = Connection::open(folder.join(NAME)).map_err(|error| unusable(&error))?;
    match connection.execute_batch("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE") {
        Ok(()) => Ok(Lock { _connection: Mutex::new(connection) }),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Err(wrong(format!(
            "The folder {} is in use by another collector that runs already. End that one, or choose another folder",
            folder.display()
        ))),
        Err(error) => Err(unusable(&error)),
    }
}
