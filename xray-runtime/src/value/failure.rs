//! What went wrong: an error with its chain of causes, or a panic.

use std::any::{Any, type_name};
use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use xray_model::{SegmentId, limits};

use super::{bounded, quietly};
use crate::export::json::escaped_len;
use crate::record::ErrorKind;

/// Says whose fault an error is. Without it every `Err` counts as a fault of the program.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{Classify, ErrorKind};
///
/// enum OrderError {
///     NoSuchItem,
///     Database,
/// }
///
/// impl Classify for OrderError {
///     fn kind(&self) -> ErrorKind {
///         match self {
///             Self::NoSuchItem => ErrorKind::Error,
///             Self::Database => ErrorKind::Fault,
///         }
///     }
/// }
/// # assert_eq!(OrderError::NoSuchItem.kind(), ErrorKind::Error);
/// # assert_eq!(OrderError::Database.kind(), ErrorKind::Fault);
/// ```
///
/// **When:** once, when a traced function returns `Err`, and only if it is recorded. **May read:** the error. **On panic:** the error counts
/// as a fault. **Must not:** block.
pub trait Classify {
    /// The kind of this error.
    fn kind(&self) -> ErrorKind;
}

/// A failure to record with [`record_error`](crate::record_error): a kind, and an exception with the exceptions that caused it.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{ErrorKind, Failure};
///
/// let error = "x".parse::<u8>().unwrap_err();
/// let from_an_error = Failure::from(&error).kind(ErrorKind::Error);
/// let by_hand = Failure::new("Timeout", "no answer within 5 s");
/// # let _ = (from_an_error, by_hand);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) chain: Chain,
    pub(crate) remote: bool,
}

/// Exceptions, each caused by the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain {
    pub(crate) links: Vec<Link>,
    /// Causes beyond the limit.
    pub(crate) left_out: u64,
    /// Whether making a message panicked.
    pub(crate) panicked: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) kind: Cow<'static, str>,
    pub(crate) message: Option<String>,
}

impl Failure {
    /// A fault with an exception of this type and message.
    pub fn new(exception_type: impl Into<Cow<'static, str>>, message: impl fmt::Display) -> Self {
        Self::fault(Chain::one(exception_type.into(), |out| write!(out, "{message}")))
    }

    /// Adds the error that caused it, and the causes of that.
    ///
    /// ```
    /// # use xray_runtime as autoxray;
    /// let cause = std::io::Error::other("connection reset");
    /// let failure = autoxray::Failure::new("Timeout", "no answer").caused_by(&cause);
    /// # let _ = failure;
    /// ```
    pub fn caused_by(mut self, error: &(dyn Error + 'static)) -> Self {
        self.chain.add_sources(Some(error));
        self
    }

    /// Counts as `kind`.
    pub fn kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// The exception happened in the service that was called, and was reported by it.
    pub fn remote(mut self) -> Self {
        self.remote = true;
        self
    }

    /// Only the mark, without what the error says.
    pub fn without_cause(mut self) -> Self {
        self.chain = Chain::default();
        self
    }

    pub(crate) fn fault(chain: Chain) -> Self {
        Self { kind: ErrorKind::Fault, chain, remote: false }
    }

    /// The panic with this payload.
    #[cold]
    pub(crate) fn panic(payload: Option<&(dyn Any + Send)>) -> Self {
        let message = match payload {
            Some(payload) => payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str)),
            None => None,
        };
        Self::fault(match message {
            Some(message) => Chain::one("panic".into(), |out| out.write_str(message)),
            None => Chain { links: vec![Link { kind: "panic".into(), message: None }], ..Chain::default() },
        })
    }
}

/// Only the mark, without an exception: a status that says it all.
impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, chain: Chain::default(), remote: false }
    }
}

impl<E: Error + ?Sized> From<&E> for Failure {
    fn from(error: &E) -> Self {
        Self::fault(Chain::of_error(error))
    }
}

impl Chain {
    /// The error's type and `Display`, then those of its sources.
    pub(crate) fn of_error<E: Error + ?Sized>(error: &E) -> Self {
        let mut chain = Self::one(type_name::<E>().into(), |out| write!(out, "{error}"));
        chain.add_sources(quietly(|| error.source()).flatten());
        chain
    }

    fn add_sources(&mut self, mut source: Option<&(dyn Error + 'static)>) {
        while let Some(cause) = source {
            if self.links.len() == limits::EXCEPTIONS_MAX {
                self.left_out += 1;
                break;
            }
            // The type of a source is not known at run time.
            self.push("source".into(), |out| write!(out, "{cause}"));
            source = quietly(|| cause.source()).flatten();
        }
    }

    /// One exception, its message written by `write`.
    pub(crate) fn one(kind: Cow<'static, str>, write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) -> Self {
        let mut chain = Self::default();
        chain.push(kind, write);
        chain
    }

    /// One exception of which nothing but the type is known.
    pub(crate) fn opaque(kind: &'static str) -> Self {
        Self { links: vec![Link { kind: kind.into(), message: None }], ..Self::default() }
    }

    fn push(&mut self, kind: Cow<'static, str>, write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) {
        let message = quietly(|| bounded(limits::EXCEPTION_MESSAGE_CHARS_MAX, write));
        self.panicked |= message.is_none();
        let message = message.map(|mut message| {
            if message.cut {
                message.text.push('…');
            }
            message.text
        });
        self.links.push(Link { kind: bounded(limits::STRING_CHARS_MAX, |out| out.write_str(&kind)).text.into(), message });
    }
}

/// A recorded exception.
#[derive(Debug)]
pub(crate) struct Exception {
    pub(crate) id: SegmentId,
    pub(crate) link: Link,
    pub(crate) cause: Option<SegmentId>,
    pub(crate) remote: bool,
    pub(crate) frame: Option<Frame>,
}

/// Where an exception was seen.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) path: &'static str,
    pub(crate) line: u32,
    pub(crate) label: String,
}

impl Exception {
    /// Upper bound of its encoded size.
    pub(crate) fn bytes(&self) -> usize {
        let frame = self.frame.as_ref().map_or(0, |frame| escaped_len(frame.path) + escaped_len(&frame.label) + 60);
        escaped_len(&self.link.kind) + self.link.message.as_deref().map_or(0, escaped_len) + frame + 110
    }
}

impl Frame {
    pub(crate) fn new(path: &'static str, line: u32, label: &str) -> Self {
        Self { path: without_machine(path), line, label: label.to_owned() }
    }
}

/// The part of a source path that says something about the program: `src/main.rs`, `serde-1.0.200/src/lib.rs`. The folders above it belong
/// to the machine the program was built on.
fn without_machine(path: &str) -> &str {
    let separator = |byte: u8| byte == b'/' || byte == b'\\';
    let bytes = path.as_bytes();
    let absolute = bytes.first().is_some_and(|byte| separator(*byte)) || bytes.get(1) == Some(&b':');
    let starts: Vec<usize> =
        (0..bytes.len()).filter(|at| *at == 0 || separator(bytes[at - 1])).filter(|at| !separator(bytes[*at])).collect();
    let component = |index: usize| path[starts[index]..].split(['/', '\\']).next().unwrap_or_default();
    if !absolute {
        return starts.iter().enumerate().find(|(index, _)| component(*index) != "..").map_or(path, |(_, at)| &path[*at..]);
    }
    let root = (0..starts.len()).rev().find(|index| matches!(component(*index), "src" | "tests" | "examples" | "benches"));
    let first = root.unwrap_or(starts.len().saturating_sub(1)).saturating_sub(1);
    starts.get(first).map_or(path, |at| &path[*at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_the_build_machine() {
        for (path, expected) in [
            ("src/main.rs", "src/main.rs"),
            ("orders/src/main.rs", "orders/src/main.rs"),
            ("../shared/src/x.rs", "shared/src/x.rs"),
            ("/home/ann/.cargo/registry/src/index.crates.io-6f17d22bba15001f/serde-1.0.200/src/de/mod.rs", "serde-1.0.200/src/de/mod.rs"),
            ("C:\\Users\\ann\\shop\\src\\main.rs", "shop\\src\\main.rs"),
            ("/home/ann/shop/tests/a.rs", "shop/tests/a.rs"),
            ("/build/generated.rs", "build/generated.rs"),
            ("/x.rs", "x.rs"),
            ("", ""),
            ("/", "/"),
        ] {
            assert_eq!(without_machine(path), expected, "{path}");
        }
    }

    #[derive(Debug)]
    struct Endless;
    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }
    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Endless)
        }
    }

    #[test]
    fn an_endless_chain_ends() {
        let chain = Chain::of_error(&Endless);
        assert_eq!(chain.links.len(), limits::EXCEPTIONS_MAX);
        assert_eq!(chain.left_out, 1);
    }
}
