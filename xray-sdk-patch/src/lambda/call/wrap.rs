//! Services, of which the compiler knows what they handle.
//!
//! A method is asked for on a reference to a reference, and so on: the compiler takes the first one whose bounds hold, from the outermost
//! reference inwards. What is behind them is taken out once.

use std::any::type_name;
use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;
use std::ops::Deref;

use lambda_runtime::tower::Service;
use lambda_runtime::{FunctionResponse, LambdaEvent, StreamResponse};
use serde::Serialize;
use xray_runtime::__rt::Site;
use xray_runtime::tell_operator;

use super::super::failure::{AsDebug, AsDisplay, AsError, AsPointer};
use super::super::respond::{Batch, Buffered, Streaming};
use super::super::service::{Name, Settings, TraceService};

/// Something to be taken out once.
struct Once<T>(Cell<Option<T>>);

impl<T> Once<T> {
    fn new(value: T) -> Self {
        Self(Cell::new(Some(value)))
    }

    #[allow(clippy::expect_used)]
    fn take(&self) -> T {
        self.0.take().expect("expansions ask once")
    }
}

impl<T> fmt::Debug for Once<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Once")
    }
}

/// What is handed to a function such as `lambda_runtime::run`.
#[derive(Debug)]
pub struct Wrap<S> {
    service: Once<S>,
    settings: Settings,
}

impl<S> Wrap<S> {
    /// The service, the name of its handler, and whether what its errors say is recorded.
    pub fn new(service: S, site: &'static Site, capture_error: bool) -> Self {
        Self { service: Once::new(service), settings: Settings { name: Name::Site(site), capture_error } }
    }

    pub(in crate::lambda) fn chosen<M, K>(&self) -> Chosen<S, M, K, ()> {
        Chosen { service: self.service.take(), settings: self.settings.clone(), told: PhantomData }
    }
}

/// A service that handles `M`, what becomes of its answers, and of its errors.
pub struct Chosen<S, M, K, D> {
    service: S,
    settings: Settings,
    #[allow(clippy::type_complexity)]
    told: PhantomData<fn(M, K, D)>,
}

impl<S, M, K, D> Chosen<S, M, K, D> {
    fn becomes<L, E>(self) -> Chosen<S, M, L, E> {
        Chosen { service: self.service, settings: self.settings, told: PhantomData }
    }

    pub(in crate::lambda) fn service<L>(self) -> TraceService<S, L, D> {
        TraceService::new(self.service, self.settings)
    }
}

impl<S, M, K, D> fmt::Debug for Chosen<S, M, K, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chosen").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Handles events, and answers with a stream.
pub trait OfStreams<S, T, B> {
    /// The service as it is known then.
    fn __autoxray_handler(&self) -> Chosen<S, LambdaEvent<T>, Streaming, ()>;
}

impl<S: Service<LambdaEvent<T>, Response = StreamResponse<B>>, T, B> OfStreams<S, T, B> for &&&Wrap<S> {
    fn __autoxray_handler(&self) -> Chosen<S, LambdaEvent<T>, Streaming, ()> {
        self.chosen()
    }
}

/// Handles events, and may answer with a stream.
pub trait OfEither<S, T, R, B> {
    /// The service as it is known then.
    fn __autoxray_handler(&self) -> Chosen<S, LambdaEvent<T>, Streaming, ()>;
}

impl<S: Service<LambdaEvent<T>, Response = FunctionResponse<R, B>>, T, R, B> OfEither<S, T, R, B> for &&Wrap<S> {
    fn __autoxray_handler(&self) -> Chosen<S, LambdaEvent<T>, Streaming, ()> {
        self.chosen()
    }
}

/// Handles events.
pub trait OfEvents<S, T> {
    /// The service as it is known then.
    fn __autoxray_handler(&self) -> Chosen<S, LambdaEvent<T>, Buffered, ()>;
}

impl<S: Service<LambdaEvent<T>>, T> OfEvents<S, T> for &Wrap<S> {
    fn __autoxray_handler(&self) -> Chosen<S, LambdaEvent<T>, Buffered, ()> {
        self.chosen()
    }
}

/// Is no service that is known.
pub trait OfAnything<S> {
    /// What it was.
    fn __autoxray_handler(&self) -> S;
    /// What it was.
    fn __autoxray_streaming_handler(&self) -> S;
}

impl<S> OfAnything<S> for Wrap<S> {
    fn __autoxray_handler(&self) -> S {
        tell_of_unknown::<S>();
        self.service.take()
    }

    fn __autoxray_streaming_handler(&self) -> S {
        tell_of_unknown::<S>();
        self.service.take()
    }
}

/// What looks like a service and is none that is known was meant to be recorded.
fn tell_of_unknown<S>() {
    if ["tower::util::service_fn::ServiceFn<", "axum::routing::Router"].iter().any(|name| type_name::<S>().starts_with(name)) {
        tell_operator(
            "#[traced_lambda] on `main`: what is run is no service of lambda_runtime's, and its invocations are not recorded. For lambda_http, \
             switch on autoxray's feature `lambda-http`.",
        );
    }
}

/// What [`Wrap`] gave; what its errors say is asked next.
#[derive(Debug)]
pub struct Errors<C>(Once<C>);

impl<C> Errors<C> {
    /// Takes it.
    pub fn new(chosen: C) -> Self {
        Self(Once::new(chosen))
    }
}

/// What is known of the errors of a service, from most to least.
macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident, ($($reference:tt)*), [$($bounds:tt)*], $told:ident;)*) => {$(
        $(#[$doc])*
        pub trait $name<S, M, K> {
            /// The service as it is known then.
            fn __autoxray_errors(&self) -> Chosen<S, M, K, $told>;
        }

        impl<S: Service<M, Error: $($bounds)*>, M, K> $name<S, M, K> for $($reference)* Errors<Chosen<S, M, K, ()>> {
            fn __autoxray_errors(&self) -> Chosen<S, M, K, $told> {
                self.0.take().becomes()
            }
        }
    )*};
}

errors! {
    /// Errors with their causes.
    OfErrors, (&&&&), [Error], AsError;
    /// Pointers to errors.
    OfPointers, (&&&), [Deref<Target: Error>], AsPointer;
    /// Errors that can be displayed.
    OfDisplays, (&&), [Display], AsDisplay;
    /// Errors that can be debugged.
    OfDebugs, (&), [Debug], AsDebug;
}

/// Is no service that is known.
pub trait OfNoErrors<C> {
    /// What it was.
    fn __autoxray_errors(&self) -> C;
}

impl<C> OfNoErrors<C> for Errors<C> {
    fn __autoxray_errors(&self) -> C {
        self.0.take()
    }
}

/// What [`Errors`] gave; what its answers say is asked last.
#[derive(Debug)]
pub struct Answers<C>(Once<C>);

impl<C> Answers<C> {
    /// Takes it.
    pub fn new(chosen: C) -> Self {
        Self(Once::new(chosen))
    }

    pub(in crate::lambda) fn take(&self) -> C {
        self.0.take()
    }
}

/// Answers can be serialised, and so may name records of a batch.
pub trait OfBatches<S, D> {
    /// The service.
    fn __autoxray_answers(&self) -> TraceService<S, Batch, D>;
}

impl<S: Service<M, Response: Serialize>, M, D> OfBatches<S, D> for &&Answers<Chosen<S, M, Buffered, D>> {
    fn __autoxray_answers(&self) -> TraceService<S, Batch, D> {
        self.take().service()
    }
}

/// Answers of any kind.
pub trait OfAnswers<S, K, D> {
    /// The service.
    fn __autoxray_answers(&self) -> TraceService<S, K, D>;
}

impl<S, M, K, D> OfAnswers<S, K, D> for &Answers<Chosen<S, M, K, D>> {
    fn __autoxray_answers(&self) -> TraceService<S, K, D> {
        self.take().service()
    }
}

/// Is no service that is known.
pub trait OfNoAnswers<C> {
    /// What it was.
    fn __autoxray_answers(&self) -> C;
}

impl<C> OfNoAnswers<C> for Answers<C> {
    fn __autoxray_answers(&self) -> C {
        self.take()
    }
}
