//! Documents kept in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Document, Exporter};
use crate::stats::LossReason;

/// Keeps documents in memory, for tests. A clone shares what it has with the original.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::export::MemoryExporter;
/// use autoxray::{Recorder, Sampling, segment};
///
/// let exporter = MemoryExporter::new();
/// let recorder = Recorder::builder().sampling(Sampling::Always).exporter(exporter.clone()).build();
/// recorder.run(|| segment("orders").run(|| ()));
/// assert!(exporter.documents()[0].contains(r#""name":"orders""#));
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryExporter {
    documents: Arc<Mutex<VecDeque<String>>>,
}

/// Documents it keeps.
const DOCUMENTS_MAX: usize = 100_000;

impl MemoryExporter {
    /// With room for 100,000 documents; one more is lost, and counted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What has been exported so far, oldest first.
    #[must_use]
    pub fn documents(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    /// Takes what has been exported so far, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        self.lock().drain(..).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exporter for MemoryExporter {
    fn export(&self, document: Document<'_>) -> Result<(), LossReason> {
        let mut documents = self.lock();
        if documents.len() >= DOCUMENTS_MAX {
            return Err(LossReason::Limit);
        }
        documents.push_back(document.json().to_owned());
        Ok(())
    }
}
