//! Finding out, where the type is known, what a value can say about itself.
//!
//! Generic code cannot ask "does this type implement `Display`?" on stable Rust, but a method call can: the compiler tries receivers with
//! fewer borrows first. The macros at the end of this file expand in the traced function, where the type is concrete (or generic with known
//! bounds), to `(&&&Probe(value)).method()`, and each trait here is implemented for one number of borrows. The best one that fits wins.

use std::any::type_name;
use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Deref;

use xray_model::limits;

use super::{Annotation, Chain, Classify, Failure, ToAnnotation, bounded, quietly};
use crate::record::ErrorKind;

/// A value whose type is to be probed.
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

// Derived, these would hold only where `T` itself can be copied.
impl<T: ?Sized> Clone for Probe<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Probe<'_, T> {}

macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident :: $method:ident -> $out:ty;)*) => {$(
        $(#[$doc])*
        pub trait $name {
            #[doc(hidden)]
            fn $method(self) -> $out;
        }
    )*};
}

/// The error in a result; anything that is not a `Result` has none.
pub trait ErrOfResult<'a> {
    #[doc(hidden)]
    type Err: 'a;
    #[doc(hidden)]
    fn __autoxray_err(self) -> Option<&'a Self::Err>;
}

impl<'a, T, E> ErrOfResult<'a> for &Probe<'a, Result<T, E>> {
    type Err = E;
    #[inline]
    fn __autoxray_err(self) -> Option<&'a E> {
        self.0.as_ref().err()
    }
}

/// No error, as the value is not a `Result`.
pub trait ErrOfAnything {
    #[doc(hidden)]
    fn __autoxray_err(self) -> Option<&'static Infallible>;
}

impl<T: ?Sized> ErrOfAnything for Probe<'_, T> {
    #[inline]
    fn __autoxray_err(self) -> Option<&'static Infallible> {
        None
    }
}

levels! {
    /// The error says itself of what kind it is.
    KindByClassify::__autoxray_kind -> ErrorKind;
    /// It does not.
    KindByDefault::__autoxray_kind -> ErrorKind;
    /// An error with its sources.
    ChainOfError::__autoxray_chain -> Chain;
    /// A pointer to an error, as `Box<dyn Error>` and `anyhow::Error` are.
    ChainOfPointer::__autoxray_chain -> Chain;
    /// Something that can be displayed.
    ChainOfDisplay::__autoxray_chain -> Chain;
    /// Something that can be debugged.
    ChainOfDebug::__autoxray_chain -> Chain;
    /// Something that only has a type.
    ChainOfAnything::__autoxray_chain -> Chain;
    /// An annotation as it is.
    AnnotationByTrait::__autoxray_annotation -> Option<Annotation>;
    /// An annotation through its `Display`.
    AnnotationByDisplay::__autoxray_annotation -> Option<Annotation>;
}

impl<E: Classify + ?Sized> KindByClassify for &Probe<'_, E> {
    #[cold]
    fn __autoxray_kind(self) -> ErrorKind {
        quietly(|| self.0.kind()).unwrap_or_default()
    }
}

impl<E: ?Sized> KindByDefault for Probe<'_, E> {
    fn __autoxray_kind(self) -> ErrorKind {
        ErrorKind::Fault
    }
}

impl<E: Error + ?Sized> ChainOfError for &&&&Probe<'_, E> {
    #[cold]
    fn __autoxray_chain(self) -> Chain {
        Chain::of_error(self.0)
    }
}

impl<E: Deref + ?Sized> ChainOfPointer for &&&Probe<'_, E>
where
    E::Target: Error,
{
    #[cold]
    fn __autoxray_chain(self) -> Chain {
        let mut chain = Chain::of_error(&**self.0);
        if let Some(first) = chain.links.first_mut() {
            // The pointer's name says more than `dyn Error`.
            first.kind = type_name::<E>().into();
        }
        chain
    }
}

impl<E: Display + ?Sized> ChainOfDisplay for &&Probe<'_, E> {
    #[cold]
    fn __autoxray_chain(self) -> Chain {
        Chain::one(type_name::<E>().into(), |out| write!(out, "{}", self.0))
    }
}

impl<E: Debug + ?Sized> ChainOfDebug for &Probe<'_, E> {
    #[cold]
    fn __autoxray_chain(self) -> Chain {
        Chain::one(type_name::<E>().into(), |out| write!(out, "{:?}", self.0))
    }
}

impl<E: ?Sized> ChainOfAnything for Probe<'_, E> {
    #[cold]
    fn __autoxray_chain(self) -> Chain {
        Chain::opaque(type_name::<E>())
    }
}

impl<T: ToAnnotation + ?Sized> AnnotationByTrait for &Probe<'_, T> {
    fn __autoxray_annotation(self) -> Option<Annotation> {
        self.0.to_annotation()
    }
}

impl<T: Display + ?Sized> AnnotationByDisplay for Probe<'_, T> {
    fn __autoxray_annotation(self) -> Option<Annotation> {
        Some(Annotation::Text(bounded(limits::ANNOTATION_VALUE_CHARS_MAX, |out| write!(out, "{}", self.0)).text))
    }
}

/// Of a reference to a function's result: `Option<Failure>`.
#[doc(hidden)]
#[macro_export]
macro_rules! __outcome {
    ($result:expr) => {{
        #[allow(unused_imports)]
        use $crate::__rt::probe::*;
        match (&Probe($result)).__autoxray_err() {
            ::core::option::Option::None => ::core::option::Option::None,
            ::core::option::Option::Some(error) => ::core::option::Option::Some($crate::__rt::failure(
                (&Probe(error)).__autoxray_kind(),
                (&&&&Probe(error)).__autoxray_chain(),
            )),
        }
    }};
}

/// Of any value that is an annotation or can be displayed: `Option<Annotation>`.
#[doc(hidden)]
#[macro_export]
macro_rules! __value {
    ($value:expr) => {{
        #[allow(unused_imports)]
        use $crate::__rt::probe::*;
        (&Probe(&$value)).__autoxray_annotation()
    }};
}

/// A failure found by [`__outcome`](crate::__outcome).
#[doc(hidden)]
#[cold]
pub fn failure(kind: ErrorKind, chain: Chain) -> Failure {
    Failure::fault(chain).kind(kind)
}
