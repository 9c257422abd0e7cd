//! Two sets of traces side by side.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Operation;

/// A kind of request in both sets; in one of them it may not occur.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Compared {
    pub(crate) left: Option<Operation>,
    pub(crate) right: Option<Operation>,
}

impl Compared {
    /// The one that is there.
    pub(crate) fn either(&self) -> Option<&Operation> {
        self.left.as_ref().or(self.right.as_ref())
    }

    /// How much longer 95 % take on the right than on the left, as a share of the left: 0.5 is half again as long. `None` if one is missing.
    pub(crate) fn change(&self) -> Option<f64> {
        let p95 = |side: &Option<Operation>| side.as_ref().filter(|side| side.times.count > 0).map(|side| side.times.p95.as_secs_f64());
        let (left, right) = (p95(&self.left)?, p95(&self.right)?);
        (left > 0.0).then(|| right / left - 1.0)
    }
}

/// Pairs what is the same kind of request; in the order of services and operations.
pub(crate) fn compare(left: Vec<Operation>, right: Vec<Operation>) -> Vec<Compared> {
    let mut pairs = BTreeMap::<(Arc<str>, Arc<str>, Option<Arc<str>>), Compared>::new();
    let key = |operation: &Operation| (operation.service.clone(), operation.kind.clone(), operation.name.clone());
    for operation in left {
        let pair = pairs.entry(key(&operation)).or_default();
        pair.left = Some(operation);
    }
    for operation in right {
        let pair = pairs.entry(key(&operation)).or_default();
        pair.right = Some(operation);
    }
    pairs.into_values().collect()
}
