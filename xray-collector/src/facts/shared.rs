//! The parts of facts that many services have in common: each is held once, and read as if the service had it.

use std::ops::Deref;
use std::sync::Arc;

use hashbrown::Equivalent;

use super::{More, Service};
use crate::store::heap;

/// What a service is, and what it did.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct What<T = Arc<str>> {
    pub(crate) name: T,
    /// Its type as X-Ray says it: `AWS::Lambda::Function`, `AWS::DynamoDB::Table`, `remote`. Empty for a service that says nothing of it.
    pub(crate) kind: T,
    pub(crate) account: Option<T>,
    /// What was done: name of the API operation, or method and path of the URL.
    pub(crate) operation: Option<T>,
    /// Name and type that its caller has for it, if they are not its own.
    pub(crate) alias: Option<(T, T)>,
}

/// What not every service has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Traits<T = Arc<str>> {
    pub(crate) http_method: Option<T>,
    pub(crate) http_status: Option<u16>,
    pub(crate) user_agent: Option<T>,
    pub(crate) client_ip: Option<T>,
    pub(crate) user: Option<T>,
    pub(crate) resource_arn: Option<T>,
    pub(crate) instance_id: Option<T>,
    pub(crate) availability_zone: Option<T>,
}

impl Deref for Service {
    type Target = What;

    fn deref(&self) -> &What {
        &self.what
    }
}

impl Deref for More {
    type Target = Traits;

    fn deref(&self) -> &Traits {
        &self.traits
    }
}

impl What {
    pub(super) fn borrowed(&self) -> What<&str> {
        let alias = self.alias.as_ref().map(|(name, kind)| (&**name, &**kind));
        What { name: &self.name, kind: &self.kind, account: self.account.as_deref(), operation: self.operation.as_deref(), alias }
    }
}

impl Equivalent<Arc<What>> for What<&str> {
    fn equivalent(&self, other: &Arc<What>) -> bool {
        *self == other.borrowed()
    }
}

impl Equivalent<Arc<Traits>> for Traits<&str> {
    fn equivalent(&self, other: &Arc<Traits>) -> bool {
        *self
            == Traits {
                http_method: other.http_method.as_deref(),
                http_status: other.http_status,
                user_agent: other.user_agent.as_deref(),
                client_ip: other.client_ip.as_deref(),
                user: other.user.as_deref(),
                resource_arn: other.resource_arn.as_deref(),
                instance_id: other.instance_id.as_deref(),
                availability_zone: other.availability_zone.as_deref(),
            }
    }
}

/// A list that is empty in nearly all traces, and takes no more than a pointer then.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::box_collection, reason = "a list without items would take three times as much")]
pub(crate) struct Few<T>(Option<Box<Vec<T>>>);

impl<T> Few<T> {
    /// Estimate of the memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |list| heap(size_of::<Vec<T>>()) + heap(size_of_val(list.as_slice())))
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut list: Vec<T>) -> Self {
        list.shrink_to_fit();
        Self((!list.is_empty()).then(|| Box::new(list)))
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |list| list.as_slice())
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
