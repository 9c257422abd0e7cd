//! What is known about a traced function when the program is built.

use crate::record::Namespace;

/// Build-time facts of one traced function. The attribute macros make one for each function, as a constant.
#[derive(Debug)]
pub struct Site {
    pub(crate) name: &'static str,
    /// Whether `name` may stand in JSON, and as a name in X-Ray, as it is.
    pub(crate) plain: bool,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) namespace: Namespace,
    pub(crate) begin: Begin,
}

/// Whether a segment is begun where none is current.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begin {
    /// No: that is a missing context.
    Never,
    /// Yes, named after the service.
    Service,
    /// Yes, with this name.
    Named(&'static str),
}

impl Site {
    /// A subsegment `name` for the function at this place.
    #[must_use]
    pub const fn new(name: &'static str, file: &'static str, line: u32) -> Self {
        Self { name, plain: is_plain(name), file, line, namespace: Namespace::Local, begin: Begin::Never }
    }

    /// The name of the subsegment.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The function is a call to another service.
    #[must_use]
    pub const fn remote(mut self) -> Self {
        self.namespace = Namespace::Remote;
        self
    }

    /// The function is a call to an AWS service.
    #[must_use]
    pub const fn aws(mut self) -> Self {
        self.namespace = Namespace::Aws;
        self
    }

    /// Begin a segment, named after the service, where none is current.
    #[must_use]
    pub const fn segment(mut self) -> Self {
        self.begin = Begin::Service;
        self
    }

    /// Begin a segment with this name where none is current.
    #[must_use]
    pub const fn segment_named(mut self, name: &'static str) -> Self {
        self.begin = Begin::Named(name);
        self
    }
}

/// Whether X-Ray's rules for names allow all of `name`, without an escape in JSON either. Only ASCII is looked at here; other letters take
/// the slow way and may well be allowed.
pub(crate) const fn is_plain(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > xray_model::limits::NAME_CHARS_MAX {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        let allowed = bytes[at].is_ascii_alphanumeric()
            || matches!(bytes[at], b' ' | b'_' | b'.' | b':' | b'/' | b'%' | b'&' | b'#' | b'=' | b'+' | b'-' | b'@');
        if !allowed {
            return false;
        }
        at += 1;
    }
    true
}
