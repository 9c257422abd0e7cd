//! What kind of error it is.

use xray_model::limits::EXCEPTION_MESSAGE_CHARS_MAX;

use super::fields::record;
use crate::context::Here;
use crate::record::ErrorKind;

/// What kind of error it is, finer than X-Ray's three [kinds](ErrorKind), each of which it belongs to.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::ErrorKind;
/// use autoxray::map::ErrorClass;
///
/// assert_eq!(ErrorClass::of_status(404), Some(ErrorClass::NotFound));
/// assert_eq!(ErrorClass::NotFound.kind(), ErrorKind::Error);
/// assert_eq!(ErrorClass::Timeout.kind(), ErrorKind::Fault);
/// assert_eq!(ErrorClass::Timeout.name(), "timeout");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// `client`: the request was wrong in another way than those below. An error.
    Client,
    /// `validation`: the request says something that cannot be. An error.
    Validation,
    /// `unauthorized`: nobody knows who asks, or they may not. An error.
    Unauthorized,
    /// `not_found`: what was asked for is not there. An error.
    NotFound,
    /// `conflict`: it is not as the request takes it to be. An error.
    Conflict,
    /// `throttled`: there were too many requests. A throttle, and so an error.
    Throttled,
    /// `server`: the program itself failed. A fault.
    Server,
    /// `timeout`: it took too long. A fault.
    Timeout,
    /// `dependency`: a service that was called failed. A fault.
    Dependency,
    /// `configuration`: the program is not set up as it has to be. A fault.
    Configuration,
}

impl ErrorClass {
    /// The value of `error.class`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Validation => "validation",
            Self::Unauthorized => "unauthorized",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
            Self::Server => "server",
            Self::Timeout => "timeout",
            Self::Dependency => "dependency",
            Self::Configuration => "configuration",
        }
    }

    /// What X-Ray takes it for. An implementation of [`Classify`](crate::Classify) can be made of it.
    #[must_use]
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Client | Self::Validation | Self::Unauthorized | Self::NotFound | Self::Conflict => ErrorKind::Error,
            Self::Throttled => ErrorKind::Throttle,
            Self::Server | Self::Timeout | Self::Dependency | Self::Configuration => ErrorKind::Fault,
        }
    }

    /// The class of an HTTP status that this program answers with, always of the kind that [`ErrorKind::of_status`] says; `None` below 400.
    /// So 408 is the client's, who was too slow, and 504 a timeout.
    ///
    /// Source of the meanings: RFC 9110, status codes.
    #[must_use]
    pub fn of_status(status: u16) -> Option<Self> {
        Some(match (status, ErrorKind::of_status(status)?) {
            (_, ErrorKind::Throttle) => Self::Throttled,
            (400 | 422, _) => Self::Validation,
            (401 | 403 | 407, _) => Self::Unauthorized,
            (404 | 410, _) => Self::NotFound,
            (409 | 412, _) => Self::Conflict,
            (502, _) => Self::Dependency,
            (504, _) => Self::Timeout,
            (_, ErrorKind::Error) => Self::Client,
            (_, ErrorKind::Fault) => Self::Server,
        })
    }
}

/// An error, classified. Marks the current segment or subsegment as what the class [is for X-Ray](ErrorClass::kind), unless the error was
/// [handled](Self::handled).
///
/// It adds no exception: a traced function that returns `Err` does, and so does [`record_error`](crate::record_error).
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::{ErrorClass, ErrorReport};
///
/// autoxray::segment("orders").run(|| {
///     ErrorReport::new(ErrorClass::Timeout).code("STOCK-3").message("no answer within 5 s").retryable(true).record();
/// });
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct ErrorReport<'a> {
    class: ErrorClass,
    code: Option<&'a str>,
    message: Option<&'a str>,
    retryable: Option<bool>,
    is_handled: bool,
}

impl<'a> ErrorReport<'a> {
    /// An error of this class: `error.class`.
    pub fn new(class: ErrorClass) -> Self {
        Self { class, code: None, message: None, retryable: None, is_handled: false }
    }

    /// What the program or a called service calls it: `error.code`.
    pub fn code(mut self, code: &'a str) -> Self {
        self.code = Some(code);
        self
    }

    /// What it says. Only in the metadata, since nobody searches for a sentence; cut at 2000 characters.
    pub fn message(mut self, message: &'a str) -> Self {
        self.message = Some(message);
        self
    }

    /// Whether to try again makes sense: `error.retryable`.
    pub fn retryable(mut self, retryable: bool) -> Self {
        self.retryable = Some(retryable);
        self
    }

    /// What is current goes on well all the same, so it is not marked as failed.
    pub fn handled(mut self) -> Self {
        self.is_handled = true;
        self
    }

    /// Attaches it to the current segment or subsegment.
    pub fn record(self) {
        record("error", &|fields| {
            fields.text("error.class", Some(self.class.name()));
            fields.text("error.code", self.code);
            fields.truth("error.retryable", self.retryable);
            fields.prose("error.message", self.message, EXCEPTION_MESSAGE_CHARS_MAX);
        });
        let here = Here::current();
        // Where nothing is observed, one loss has been counted already.
        if !self.is_handled && here.is_observed() {
            here.record_error(self.class.kind());
        }
    }
}
