//! What an error of a handler says of itself. The runtime asks for no more than `Debug`; the types of most errors say more.

use std::any::{Any, type_name};
use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Deref;

use xray_runtime::Failure;

/// How errors of type `E` are told.
pub trait Tell<E> {
    /// The failure to record.
    fn tell(error: &E) -> Failure;
}

/// For `E: Error`: with its causes.
#[derive(Debug)]
pub struct AsError;

impl<E: Error> Tell<E> for AsError {
    fn tell(error: &E) -> Failure {
        Failure::from(error)
    }
}

/// For a pointer to an error, such as `lambda_runtime::Error` and `anyhow::Error`: with its causes.
#[derive(Debug)]
pub struct AsPointer;

impl<E: Deref<Target: Error>> Tell<E> for AsPointer {
    fn tell(error: &E) -> Failure {
        let failure = Failure::new(type_name::<E>(), &**error);
        match error.source() {
            Some(source) => failure.caused_by(source),
            None => failure,
        }
    }
}

/// For `E: Display`.
#[derive(Debug)]
pub struct AsDisplay;

impl<E: Display> Tell<E> for AsDisplay {
    fn tell(error: &E) -> Failure {
        Failure::new(type_name::<E>(), error)
    }
}

/// For `E: Debug`.
#[derive(Debug)]
pub struct AsDebug;

impl<E: Debug> Tell<E> for AsDebug {
    fn tell(error: &E) -> Failure {
        Failure::new(type_name::<E>(), format_args!("{error:?}"))
    }
}

/// For any error that the runtime takes, where no macro can ask its type: `lambda_runtime::Error` with its causes, others by their `Debug`.
#[derive(Debug)]
pub struct AsAny;

impl<E: Debug + 'static> Tell<E> for AsAny {
    fn tell(error: &E) -> Failure {
        match (error as &dyn Any).downcast_ref::<lambda_runtime::Error>() {
            Some(error) => AsPointer::tell(error),
            None => AsDebug::tell(error),
        }
    }
}
