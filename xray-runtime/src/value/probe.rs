//! Finding out, where the type is known, what a value can say about itself.
//!
//! Generic code cannot ask "does this type implement `Display`?" on stable Rust, but a method call can: the compiler looks for the method on
//! the receiver's type first, then on what that dereferences to, and passes over those whose bounds do not hold. So a probe is a chain of
//! wrappers, each with a method of the same name for other bounds, and the traced function, where the type is concrete (or generic with
//! known bounds), calls that method. They are inherent methods: nothing has to be imported where they are called.

use std::any::type_name;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::{Deref, DerefMut};

use serde::Serialize;
use xray_model::limits;

use super::{Annotation, Chain, Classify, Failure, ToAnnotation, bounded, quietly};
use crate::context::Here;
use crate::record::ErrorKind;
use crate::span::Values;

macro_rules! chain {
    ($($(#[$doc:meta])* $name:ident > $next:ident $([$($bounds:tt)*])?: $kind:expr, $chain:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<'a, R: ?Sized>($next<'a, R>);

        impl<'a, R: ?Sized> $name<'a, R> {
            #[inline]
            pub(crate) fn new(result: &'a R) -> Self {
                Self($next::new(result))
            }
        }

        impl<'a, R: ?Sized> Deref for $name<'a, R> {
            type Target = $next<'a, R>;

            #[inline]
            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl<T, E> $name<'_, Result<T, E>>
        where
            $(E: $($bounds)*)?
        {
            /// The failure, if it is one.
            #[inline]
            #[must_use]
            pub fn failure(&self) -> Option<Failure> {
                #[cold]
                fn failure<E>(error: &E) -> Failure
                where
                    $(E: $($bounds)*)?
                {
                    // Our asking, not the program's doing: what is traced in a `Display` is no part of the subsegment that has ended.
                    let _suppressed = Here::suppress();
                    let (kind, chain): (fn(&E) -> ErrorKind, fn(&E) -> Chain) = ($kind, $chain);
                    // A panic in `kind` leaves it a fault.
                    Failure::fault(chain(error)).kind(quietly(|| kind(error)).unwrap_or_default())
                }
                self.result.as_ref().err().map(failure)
            }
        }
    )*};
}

chain! {
    /// What a traced function returned: `probe.failure()` says what of it is a failure, if anything is. Here for an error with its sources
    /// that says of what kind it is.
    Probe > OfError [Classify + Error]: E::kind, Chain::of_error;
    /// An error with its sources.
    OfError > OfPointer [Error]: fault, Chain::of_error;
    /// A pointer to an error, as `Box<dyn Error>` and `anyhow::Error` are.
    OfPointer > OfClassifiedDisplay [Deref<Target: Error>]: fault, pointer;
    /// Something that can be displayed, and says of what kind it is.
    OfClassifiedDisplay > OfDisplay [Classify + Display]: E::kind, display;
    /// Something that can be displayed.
    OfDisplay > OfClassifiedDebug [Display]: fault, display;
    /// Something that can be debugged, and says of what kind it is.
    OfClassifiedDebug > OfDebug [Classify + Debug]: E::kind, debug;
    /// Something that can be debugged.
    OfDebug > OfClassified [Debug]: fault, debug;
    /// Something that only says of what kind it is.
    OfClassified > OfOpaque [Classify]: E::kind, opaque;
    /// Something of which nothing but the type is known.
    OfOpaque > OfNoResult: fault, opaque;
}

/// Not a `Result`, and so not a failure.
#[derive(Debug)]
pub struct OfNoResult<'a, R: ?Sized> {
    result: &'a R,
}

impl<'a, R: ?Sized> OfNoResult<'a, R> {
    #[inline]
    fn new(result: &'a R) -> Self {
        Self { result }
    }

    /// No failure.
    #[inline]
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        None
    }
}

fn fault<E>(_: &E) -> ErrorKind {
    ErrorKind::Fault
}

fn display<E: Display>(error: &E) -> Chain {
    Chain::one(type_name::<E>().into(), |out| write!(out, "{error}"))
}

fn debug<E: Debug>(error: &E) -> Chain {
    Chain::one(type_name::<E>().into(), |out| write!(out, "{error:?}"))
}

fn opaque<E>(_: &E) -> Chain {
    Chain::opaque(type_name::<E>())
}

fn pointer<E: Deref<Target: Error>>(pointer: &E) -> Chain {
    let mut chain = Chain::of_error(&**pointer);
    if let Some(first) = chain.links.first_mut() {
        // The pointer's name says more than `dyn Error`.
        first.kind = type_name::<E>().into();
    }
    chain
}

/// A value for a key: `values.slot("key", &value).annotate()`. Here for what is an annotation as it is.
#[derive(Debug)]
pub struct Slot<'a, T: ?Sized>(DisplaySlot<'a, T>);

/// A value that is an annotation through its `Display`.
#[derive(Debug)]
pub struct DisplaySlot<'a, T: ?Sized> {
    values: &'a mut Values,
    key: &'static str,
    value: &'a T,
}

impl Values {
    /// Room for an annotation whose type is still to be looked at.
    pub fn slot<'a, T: ?Sized>(&'a mut self, key: &'static str, value: &'a T) -> Slot<'a, T> {
        Slot(DisplaySlot { values: self, key, value })
    }

    /// Adds a metadata value.
    pub fn metadata(&mut self, key: &'static str, value: &(impl Serialize + ?Sized)) {
        self.metadata_in("default", key, value);
    }
}

impl<T: ToAnnotation + ?Sized> Slot<'_, T> {
    /// Adds the annotation.
    pub fn annotate(&mut self) {
        let (key, value) = (self.key, quietly(|| self.value.to_annotation()));
        self.values.annotate_or_lose(key, value);
    }
}

impl<T: Display + ?Sized> DisplaySlot<'_, T> {
    /// Adds the annotation.
    pub fn annotate(&mut self) {
        let text = quietly(|| bounded(limits::ANNOTATION_VALUE_CHARS_MAX, |out| write!(out, "{}", self.value)).text);
        self.values.annotate_or_lose(self.key, text.map(|text| Some(Annotation::Text(text))));
    }
}

impl<'a, T: ?Sized> Deref for Slot<'a, T> {
    type Target = DisplaySlot<'a, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: ?Sized> DerefMut for Slot<'_, T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
