//! Text that many traces share, held once.

use std::sync::Arc;

use hashbrown::HashSet;

use crate::store::heap;

/// Texts at which unused ones are looked for the first time.
const SWEPT_FIRST_AT: usize = 4096;

/// Names of services, keys of annotations and the like.
///
/// What no trace holds any more is forgotten when the number of texts has doubled since the last time that was done.
#[derive(Debug, Default)]
pub(crate) struct Names {
    texts: HashSet<Arc<str>>,
    sweep_at: usize,
    bytes: usize,
}

/// Estimate of the memory of a text: two counts before it, and its share of the table.
fn bytes(text: &str) -> usize {
    heap(text.len() + 2 * size_of::<usize>()) + 2 * size_of::<Arc<str>>()
}

impl Names {
    /// The one copy of a text.
    pub(crate) fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(there) = self.texts.get(text) {
            return Arc::clone(there);
        }
        if self.texts.len() >= self.sweep_at.max(SWEPT_FIRST_AT) {
            self.sweep();
        }
        let new: Arc<str> = text.into();
        self.bytes += bytes(text);
        self.texts.insert(Arc::clone(&new));
        new
    }

    /// Forgets what nobody holds any more.
    pub(crate) fn sweep(&mut self) {
        self.texts.retain(|text| Arc::strong_count(text) > 1);
        self.sweep_at = 2 * self.texts.len();
        self.bytes = self.texts.iter().map(|text| bytes(text)).sum();
    }

    /// Number of texts.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Estimate of the memory of all texts.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_forgotten() {
        let mut names = Names::default();
        let held = names.get("held");
        for number in 0..3 * SWEPT_FIRST_AT {
            names.get(&number.to_string());
        }
        assert!(names.texts.len() <= SWEPT_FIRST_AT + 1, "{}", names.texts.len());
        assert!(Arc::ptr_eq(&held, &names.get("held")));
    }
}
