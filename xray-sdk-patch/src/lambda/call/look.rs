//! Events and what is recorded of a handler, where the types are known.

use std::any::type_name;
use std::ops::Deref;

use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::value::RawValue;
use xray_runtime::__rt::{self, Probe, Site};
use xray_runtime::Failure;
use xray_runtime::lambda::{self, OpenInvocation};

use super::super::context::{Handled, begin};
use crate::facts::event;

/// Looks at an event whose payload can be serialised.
#[derive(Debug)]
pub struct Look<'a, E: ?Sized>(Opaque<'a, E>);

impl<'a, E: Handled + ?Sized> Look<'a, E> {
    /// Looks at `event`.
    pub fn new(event: &'a E) -> Self {
        Self(Opaque(event))
    }
}

impl<T: Serialize> Look<'_, LambdaEvent<T>> {
    /// Begins the invocation.
    pub fn __autoxray_begin(&self, site: &'static Site) -> OpenInvocation {
        let event = self.0.0;
        // A type of the program's own may have left out what would tell, and what its `Serialize` does is not for us to run.
        let is_whole = [type_name::<serde_json::Value>(), type_name::<Box<RawValue>>()].contains(&type_name::<T>());
        let is_known = is_whole || type_name::<T>().starts_with("aws_lambda_events::");
        begin(__rt::invocation(site), event.context(), &mut || is_known.then(|| event::of_value(&event.payload)))
    }
}

impl<'a, E: ?Sized> Deref for Look<'a, E> {
    type Target = Opaque<'a, E>;

    fn deref(&self) -> &Opaque<'a, E> {
        &self.0
    }
}

/// An event of which only the context is known. Where it comes from is not guessed.
#[derive(Debug)]
pub struct Opaque<'a, E: ?Sized>(pub(in crate::lambda) &'a E);

impl<E: Handled + ?Sized> Opaque<'_, E> {
    /// Begins the invocation.
    pub fn __autoxray_begin(&self, site: &'static Site) -> OpenInvocation {
        begin(__rt::invocation(site), self.0.context(), &mut || None)
    }
}

/// Records what the handler failed with, if it did.
pub fn outcome<R>(invocation: &OpenInvocation, result: &R, failure: impl FnOnce(Probe<'_, R>) -> Option<Failure>) {
    invocation.fail(|| failure(__rt::probe(result)));
}

/// Records what the handler answered with, by Powertools' convention.
pub fn response<T: Serialize, E>(invocation: &OpenInvocation, site: &'static Site, result: &Result<T, E>) {
    if let Ok(response) = result {
        invocation.attach(|values| {
            let name = site.name().trim_start_matches("## ");
            let namespace = lambda::names(None).0.unwrap_or_else(|| name.to_owned());
            values.metadata_in(namespace, format!("{name} response"), response);
        });
    }
}
