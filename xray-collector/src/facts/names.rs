//! What many traces share, held once.

use std::hash::Hash;
use std::sync::Arc;

use hashbrown::{Equivalent, HashSet};

use super::{Traits, What};
use crate::store::heap;

/// Number of unused ones at which they are looked for the first time.
const SWEPT_FIRST_AT: usize = 4096;

/// Names of services, keys of annotations and the like.
///
/// What no trace holds any more is forgotten when the number has doubled since the last time that was done.
#[derive(Debug, Default)]
pub(crate) struct Names {
    texts: Pool<str>,
    whats: Pool<What>,
    traits: Pool<Traits>,
}

/// Values of one type, each once.
#[derive(Debug)]
struct Pool<T: ?Sized> {
    held: HashSet<Arc<T>>,
    sweep_at: usize,
    bytes: usize,
}

impl<T: ?Sized> Default for Pool<T> {
    fn default() -> Self {
        Self { held: HashSet::new(), sweep_at: SWEPT_FIRST_AT, bytes: 0 }
    }
}

/// Estimate of the memory of a value: two counts before it, and its share of the table.
fn bytes<T: ?Sized>(value: &T) -> usize {
    heap(size_of_val(value) + 2 * size_of::<usize>()) + 2 * size_of::<&T>()
}

impl<T: ?Sized + Eq + Hash> Pool<T> {
    fn find<K: Equivalent<Arc<T>> + Hash + ?Sized>(&self, like: &K) -> Option<Arc<T>> {
        self.held.get(like).map(Arc::clone)
    }

    fn add(&mut self, value: Arc<T>) -> Arc<T> {
        if self.held.len() >= self.sweep_at {
            self.sweep();
        }
        self.bytes += bytes(&*value);
        self.held.insert(Arc::clone(&value));
        value
    }

    fn sweep(&mut self) {
        self.held.retain(|value| Arc::strong_count(value) > 1);
        self.sweep_at = SWEPT_FIRST_AT.max(2 * self.held.len());
        self.bytes = self.held.iter().map(|value| bytes(&**value)).sum();
    }
}

impl Names {
    /// The one copy of a text.
    pub(crate) fn get(&mut self, text: &str) -> Arc<str> {
        self.texts.find(text).unwrap_or_else(|| self.texts.add(text.into()))
    }

    pub(super) fn what(&mut self, what: &What<&str>) -> Arc<What> {
        if let Some(there) = self.whats.find(what) {
            return there;
        }
        let What { name, kind, account, operation, alias } = *what;
        let (name, kind) = (self.get(name), self.get(kind));
        let (account, operation) = (account.map(|text| self.get(text)), operation.map(|text| self.get(text)));
        let alias = alias.map(|(name, kind)| (self.get(name), self.get(kind)));
        self.whats.add(Arc::new(What { name, kind, account, operation, alias }))
    }

    /// The same with a name and type that its caller has for it.
    pub(super) fn alias(&mut self, what: &What, alias: (&str, &str)) -> Arc<What> {
        self.what(&What { alias: Some(alias), ..what.borrowed() })
    }

    pub(super) fn traits(&mut self, traits: &Traits<&str>) -> Arc<Traits> {
        if let Some(there) = self.traits.find(traits) {
            return there;
        }
        let mut own = |text: Option<&str>| text.map(|text| self.get(text));
        let new = Traits {
            http_method: own(traits.http_method),
            http_status: traits.http_status,
            user_agent: own(traits.user_agent),
            client_ip: own(traits.client_ip),
            user: own(traits.user),
            resource_arn: own(traits.resource_arn),
            instance_id: own(traits.instance_id),
            availability_zone: own(traits.availability_zone),
        };
        self.traits.add(Arc::new(new))
    }

    /// Forgets what nobody holds any more.
    pub(crate) fn sweep(&mut self) {
        // Those first that hold others.
        self.traits.sweep();
        self.whats.sweep();
        self.texts.sweep();
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.held.len() + self.whats.held.len() + self.traits.held.len()
    }

    /// Estimate of the memory of all.
    pub(crate) fn bytes(&self) -> usize {
        self.texts.bytes + self.whats.bytes + self.traits.bytes
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
        assert!(names.texts.held.len() <= SWEPT_FIRST_AT + 1, "{}", names.texts.held.len());
        assert!(Arc::ptr_eq(&held, &names.get("held")));
        names.sweep();
        assert_eq!((names.len(), names.bytes()), (1, bytes("held")));
    }

    #[test]
    fn what_is_alike_is_one() {
        let mut names = Names::default();
        let like = What { name: "shop", kind: "", account: None, operation: Some("GET /"), alias: None };
        let (one, other) = (names.what(&like), names.what(&like));
        assert!(Arc::ptr_eq(&one, &other));
        assert_eq!((&*one.name, &*one.kind, one.operation.as_deref()), ("shop", "", Some("GET /")));
        assert!(!Arc::ptr_eq(&one, &names.what(&What { operation: None, ..like })));

        let aliased = names.alias(&one, ("a", "b"));
        assert!(!Arc::ptr_eq(&one, &aliased) && Arc::ptr_eq(&aliased, &names.alias(&other, ("a", "b"))));
        drop((one, other, aliased));

        let like = Traits { http_status: Some(200), user: Some("u"), ..Traits::default() };
        let (one, other) = (names.traits(&like), names.traits(&like));
        assert!(Arc::ptr_eq(&one, &other));
        assert!(!Arc::ptr_eq(&one, &names.traits(&Traits { user: None, ..like })));
        drop((one, other));
        names.sweep();
        assert_eq!(names.len(), 0);
    }
}
