//! Where documents of metrics go.

use std::collections::VecDeque;
use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use xray_model::limits::EMF_BYTES_MAX;

use crate::stats::LossReason;
use crate::sys::{self, NoFork};

/// Takes finished documents of metrics.
///
/// **When:** on the thread that flushes, or whose measurement was the hundredth of its series, once for each document, with no lock of ours
/// held. **May read:** the line, which is reused afterwards. **On error:** its measurements count as lost for the reason given; nothing is
/// tried again. A panic counts as [`LossReason::Panicked`]. **Must not:** block, as it runs in the middle of the program.
pub trait Sink: fmt::Debug + Send + Sync + 'static {
    /// Sends or keeps one document.
    ///
    /// # Errors
    ///
    /// Says why it was lost.
    fn write(&self, line: Line<'_>) -> Result<(), LossReason>;

    /// The largest line that it can take, in bytes; larger ones are split. At most [`EMF_BYTES_MAX`], which is the default.
    fn line_bytes_max(&self) -> usize {
        EMF_BYTES_MAX
    }

    /// Waits until what was handed over has left, at most `timeout`; `false` if something is left over.
    ///
    /// Only sinks that keep documents need this; the default has nothing to wait for.
    fn flush(&self, timeout: Duration) -> bool {
        let _ = timeout;
        true
    }

    /// Measurements that were taken, and lost since, by reason. Asked for by [`Metrics::stats`](super::Metrics::stats).
    fn lost_later(&self) -> Vec<(LossReason, u64)> {
        Vec::new()
    }
}

/// One document of metrics in CloudWatch's embedded metric format (EMF), as one line.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    bytes: &'a [u8],
    measurements: u64,
}

impl<'a> Line<'a> {
    pub(super) fn new(bytes: &'a [u8], measurements: u64) -> Self {
        Self { bytes, measurements }
    }

    /// The document, and the line break after it. There is none inside.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The document as JSON, without the line break.
    #[must_use]
    pub fn json(&self) -> &'a str {
        // Written from strings and ASCII only.
        std::str::from_utf8(self.bytes).unwrap_or_default().trim_end()
    }

    /// How many measurements it tells of.
    #[must_use]
    pub fn measurements(&self) -> u64 {
        self.measurements
    }
}

impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.json())
    }
}

/// Writes to standard output: what AWS Lambda, and the log drivers of ECS and EKS, bring to CloudWatch Logs. The default.
///
/// A line is written as a whole while nobody else in the program can write there, past what the program has begun to print and not ended
/// with a line break. If nobody reads standard output, a quarter of a second is waited once, and then no more until somebody does; what
/// cannot be written is lost and counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdoutSink;

/// Whether nobody reads standard output, as it seemed the last time.
static IS_STUCK: AtomicBool = AtomicBool::new(false);

/// How long somebody may take to read it.
const STDOUT_WAIT_MAX: Duration = Duration::from_millis(250);

impl Sink for StdoutSink {
    fn write(&self, line: Line<'_>) -> Result<(), LossReason> {
        let wait = if IS_STUCK.load(Relaxed) { Duration::ZERO } else { STDOUT_WAIT_MAX };
        // Before the lock is taken, which the program needs to print and to exit.
        let is_writable = is_writable(wait);
        IS_STUCK.store(!is_writable, Relaxed);
        if !is_writable {
            return Err(LossReason::BufferFull);
        }
        let _kept = NoFork::begin();
        let lock = std::io::stdout().lock();
        write_all(lock, line.bytes()).map_err(|_| LossReason::Failed)
    }
}

#[cfg(unix)]
fn is_writable(wait: Duration) -> bool {
    use std::os::fd::AsFd;
    sys::wait_writable(std::io::stdout().as_fd(), wait)
}

#[cfg(not(unix))]
fn is_writable(_wait: Duration) -> bool {
    true
}

/// Past the buffer, which may hold the beginning of a line.
#[cfg(unix)]
fn write_all(lock: std::io::StdoutLock<'_>, line: &[u8]) -> std::io::Result<()> {
    use std::os::fd::AsFd;
    std::fs::File::from(lock.as_fd().try_clone_to_owned()?).write_all(line)
}

#[cfg(not(unix))]
fn write_all(mut lock: std::io::StdoutLock<'_>, line: &[u8]) -> std::io::Result<()> {
    lock.write_all(line)
}

/// Keeps documents in memory, for tests. A clone shares what it has with the original.
#[derive(Clone, Debug, Default)]
pub struct MemorySink {
    lines: Arc<Mutex<VecDeque<String>>>,
}

/// Documents it keeps.
const LINES_MAX: usize = 100_000;

impl MemorySink {
    /// With room for 100,000 documents; the measurements of one more are lost, and counted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the documents so far, oldest first, without line breaks.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        self.lock().drain(..).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for MemorySink {
    fn write(&self, line: Line<'_>) -> Result<(), LossReason> {
        let mut lines = self.lock();
        if lines.len() >= LINES_MAX {
            return Err(LossReason::Limit);
        }
        lines.push_back(line.json().to_owned());
        Ok(())
    }
}
