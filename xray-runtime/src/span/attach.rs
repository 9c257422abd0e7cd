//! Attaching values and errors to what is open.

use std::borrow::Cow;

use serde::Serialize;
use xray_model::document::Http;
use xray_model::limits::METADATA_VALUE_BYTES_MAX;
use xray_model::{TraceHeader, TraceId};

use crate::context::{Here, Mode};
use crate::record::{Details, Metadata, Namespace, trimmed_marker};
use crate::stats::{LossKind, LossReason};
use crate::switch;
use crate::value::{self, Annotation, Failure, ToAnnotation, quietly};

/// Sets an annotation of the current segment or subsegment: a value that X-Ray indexes for filter expressions.
///
/// A later value for the same key replaces the earlier one. In keys, letters, digits, `_` and `.` are kept, anything else becomes `_`. X-Ray
/// indexes 50 annotations of a trace. Source: "X-Ray segment documents", annotations.
///
/// ```
/// # use xray_runtime as autoxray;
/// autoxray::segment("orders").run(|| {
///     autoxray::annotate("order_id", 4711);
///     autoxray::annotate("customer.tier", "gold");
/// });
/// ```
pub fn annotate(key: impl Into<Cow<'static, str>>, value: impl ToAnnotation) {
    Here::current().annotate(key, &value);
}

/// Sets a metadata value of the current segment or subsegment: anything that serializes, for reading, not for searching.
///
/// A value of more than 56 KB, or nested deeper than 32 levels, is left out, and counted. Source: "X-Ray segment documents", metadata.
///
/// ```
/// # use xray_runtime as autoxray;
/// autoxray::segment("orders").run(|| autoxray::metadata("items", &["tea", "milk"]));
/// ```
pub fn metadata(key: impl Into<Cow<'static, str>>, value: &(impl Serialize + ?Sized)) {
    Here::current().metadata("default", key, value);
}

/// Like [`metadata`], in a namespace other than `default`.
pub fn metadata_in(namespace: impl Into<Cow<'static, str>>, key: impl Into<Cow<'static, str>>, value: &(impl Serialize + ?Sized)) {
    Here::current().metadata(namespace, key, value);
}

/// Sets the user of the current segment, which X-Ray indexes; at most 250 characters. Subsegments have no user of their own.
pub fn set_user(user: &str) {
    Here::current().change(LossKind::Annotation, "`user`", |table, key| {
        table.set_user(key, value::user(user));
    });
}

/// Records an error of the current segment or subsegment: marks it as a fault and adds the exceptions.
///
/// Functions under `#[traced]` do this by themselves when they return `Err`; this is for errors that are handled.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{ErrorKind, Failure, record_error, segment};
///
/// segment("orders").run(|| {
///     if let Err(error) = "x".parse::<u8>() {
///         record_error(Failure::from(&error).kind(ErrorKind::Error));
///     }
/// });
/// ```
pub fn record_error(failure: impl Into<Failure>) {
    Here::current().record_error(failure);
}

/// Changes what the current subsegment stands for. A segment stands for the program itself, and stays so.
pub fn set_namespace(namespace: Namespace) {
    Here::current().change(LossKind::Annotation, "`namespace`", |table, key| table.set_namespace(key, namespace));
}

/// The id of the current trace, also of one that is not sampled.
#[must_use]
pub fn trace_id() -> Option<TraceId> {
    Here::current().header()?.root
}

/// The header for a call to another service from here: it names the current segment or subsegment as the caller.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{TRACE_HEADER_NAME, segment, trace_header};
///
/// segment("orders").run(|| {
///     let header = trace_header().unwrap();
///     println!("{TRACE_HEADER_NAME}: {header}");
///     println!("traceparent: {}", header.to_traceparent().unwrap());
/// });
/// ```
#[must_use]
pub fn trace_header() -> Option<TraceHeader> {
    Here::current().header()
}

/// The header for the answer to whoever called the current segment: the trace, and how it was sampled if the caller left that open
/// (`Sampled=?`).
///
/// Source: "X-Ray concepts", tracing header; what AWS's SDKs for Java and Python send.
#[must_use]
pub fn response_header() -> Option<TraceHeader> {
    Here::current().response_header()
}

/// Whether the recorder of the process is switched on. Makes it from the environment if nothing has been traced yet.
#[must_use]
pub fn is_enabled() -> bool {
    !switch::is_off() && Here::current().recorder().is_enabled()
}

/// Whether a segment is current, sampled or not.
#[must_use]
pub fn is_in_segment() -> bool {
    matches!(Here::current().mode(), Mode::Recording | Mode::Measured | Mode::Crowded | Mode::Unsampled)
}

/// Whether what is opened or attached here and now is recorded.
#[must_use]
pub fn is_recording() -> bool {
    Here::current().is_recording()
}

/// Whether what is opened here and now counts: it is recorded, or the segment is not sampled and [metrics](crate::metrics) are made of it
/// all the same. For integrations, which open their subsegments where this is so.
#[must_use]
pub fn is_observed() -> bool {
    Here::current().is_observed()
}

impl Here {
    pub(super) fn annotate(self, key: impl Into<Cow<'static, str>>, value: &(impl ToAnnotation + ?Sized)) {
        if self.is_recording() {
            let mut values = Values::default();
            values.annotate_or_lose(key, quietly(|| value.to_annotation()));
            values.attach(self);
        } else {
            self.change(LossKind::Annotation, format_args!("`{}`", key.into()), |_, _| ());
        }
    }

    pub(super) fn metadata(
        self,
        namespace: impl Into<Cow<'static, str>>,
        key: impl Into<Cow<'static, str>>,
        value: &(impl Serialize + ?Sized),
    ) {
        if self.is_recording() {
            let mut values = Values::default();
            values.metadata_in(namespace, key, value);
            values.attach(self);
        } else {
            self.change(LossKind::Metadata, format_args!("`{}`", key.into()), |_, _| ());
        }
    }

    pub(crate) fn record_error(self, failure: impl Into<Failure>) {
        if self.is_observed() {
            match quietly(|| failure.into()) {
                Some(failure) => self.change(LossKind::Exception, "", |table, key| table.fail(key, failure)),
                None => self.recorder().lost(LossKind::Exception, LossReason::Panicked, 1),
            }
        } else {
            self.change(LossKind::Exception, "of an error", |_, _| ());
        }
    }
}

/// Values for a subsegment, made while nothing is locked and attached in one go; see [`OpenSubsegment::attach`].
///
/// [`OpenSubsegment::attach`]: crate::OpenSubsegment::attach
#[derive(Debug, Default)]
pub struct Values {
    /// Becomes that of the record, if it has none yet.
    details: Box<Details>,
    losses: Vec<(LossKind, LossReason)>,
}

impl Values {
    /// Collects what `make` makes. A panic in it ends it there.
    pub(crate) fn collect(make: impl FnOnce(&mut Self)) -> Self {
        let mut values = Self::default();
        if quietly(|| make(&mut values)).is_none() {
            values.losses.push((LossKind::Annotation, LossReason::Panicked));
        }
        values
    }

    /// Adds an annotation, or counts one whose making panicked.
    pub(crate) fn annotate_or_lose(&mut self, key: impl Into<Cow<'static, str>>, value: Option<Option<Annotation>>) {
        match value {
            Some(value) => self.put(key, value),
            None => self.losses.push((LossKind::Annotation, LossReason::Panicked)),
        }
    }

    /// Adds an annotation; see [`annotate`](crate::annotate()).
    pub fn annotate(&mut self, key: impl Into<Cow<'static, str>>, value: impl ToAnnotation) {
        self.annotate_with(key.into(), &value);
    }

    /// Compiled once, for whatever is annotated.
    fn annotate_with(&mut self, key: Cow<'static, str>, value: &dyn ToAnnotation) {
        self.annotate_or_lose(key, quietly(|| value.to_annotation()));
    }

    /// Sets what is known of an HTTP request or its response; what is `None` stays as it was. Texts are cut at 250 characters.
    ///
    /// Source: "X-Ray segment documents", HTTP request data.
    pub fn http(&mut self, mut http: Http) {
        if let Some(request) = &mut http.request {
            for text in [&mut request.method, &mut request.url, &mut request.user_agent, &mut request.client_ip] {
                text.iter_mut().for_each(bound);
            }
        }
        self.losses.extend(self.details.http(http).err().map(|full| full.as_loss(LossKind::Metadata)));
    }

    /// Sets a member of the `aws` block: `operation`, `region`, `request_id`, `table_name` and so on.
    ///
    /// Source: "X-Ray segment documents", AWS resource data.
    pub fn aws(&mut self, key: impl Into<Cow<'static, str>>, value: &(impl Serialize + ?Sized)) {
        let lost = match value::json(value) {
            Ok(json) => self.details.aws(bounded_key(key.into()), json).err().map(|full| full.as_loss(LossKind::Metadata)),
            Err(reason) => Some((LossKind::Metadata, reason)),
        };
        self.losses.extend(lost);
    }

    /// Sets a text in the `aws` block, which is what most of its members are; see [`aws`](Self::aws).
    pub fn aws_text(&mut self, key: impl Into<Cow<'static, str>>, text: &str) {
        let mut json = Vec::with_capacity(text.len() + 8);
        crate::export::json::string(&mut json, text);
        let lost = match json.len() {
            0..=METADATA_VALUE_BYTES_MAX => {
                self.details.aws(bounded_key(key.into()), json).err().map(|full| full.as_loss(LossKind::Metadata))
            }
            _ => Some((LossKind::Metadata, LossReason::TooLarge)),
        };
        self.losses.extend(lost);
    }

    /// Links to the trace of whoever made what is worked on here, such as the producer of a message. The annotation `linked_trace_id` makes it
    /// searchable. A header without a trace is left out.
    pub fn link(&mut self, producer: &TraceHeader) {
        let Some(root) = producer.root else { return };
        self.annotate("linked_trace_id", root.to_string());
        let link = TraceHeader::new(root, producer.parent, producer.sampled);
        self.losses.extend(self.details.link(link).err().map(|full| full.as_loss(LossKind::Metadata)));
    }

    /// Adds an annotation.
    fn put(&mut self, key: impl Into<Cow<'static, str>>, value: Option<Annotation>) {
        let Some(value) = value else { return };
        let lost = match value::key(key.into()) {
            Some(key) => self.details.annotate(key, value).err().map(|full| full.as_loss(LossKind::Annotation)),
            None => Some((LossKind::Annotation, LossReason::Unusable)),
        };
        self.losses.extend(lost);
    }

    /// Adds a metadata value that is a text, a number or a truth value. Unlike [`metadata_in`](Self::metadata_in) it is not compiled for each type.
    pub fn metadata_plain(&mut self, namespace: &'static str, key: &'static str, value: &dyn ToAnnotation) {
        if let Some(value) = quietly(|| value.to_annotation()).flatten() {
            let mut json = Vec::new();
            crate::export::json::annotation(&mut json, &value);
            let entry = Metadata { namespace: namespace.into(), key: key.into(), json };
            self.losses.extend(self.details.metadata(entry).err().map(|full| full.as_loss(LossKind::Metadata)));
        }
    }

    /// Adds a metadata value in a namespace; see [`metadata_in`](crate::metadata_in()).
    pub fn metadata_in(
        &mut self,
        namespace: impl Into<Cow<'static, str>>,
        key: impl Into<Cow<'static, str>>,
        value: &(impl Serialize + ?Sized),
    ) {
        let namespace = namespace.into();
        if namespace.starts_with("AWS.") {
            // Reserved for what AWS's services say of themselves.
            self.losses.push((LossKind::Metadata, LossReason::Unusable));
            return;
        }
        let json = value::json(value).or_else(|reason| {
            self.losses.push((LossKind::Metadata, reason));
            // That there was a value can still be told.
            if reason == LossReason::TooLarge { Ok(trimmed_marker(None)) } else { Err(reason) }
        });
        if let Ok(json) = json {
            let entry = Metadata { namespace: bounded_key(namespace), key: bounded_key(key.into()), json };
            self.losses.extend(self.details.metadata(entry).err().map(|full| full.as_loss(LossKind::Metadata)));
        }
    }

    pub(crate) fn attach(self, here: Here) {
        here.change(LossKind::Annotation, "", |table, key| table.attach_all(key, self.details, &self.losses));
    }
}

/// Metadata keys may hold anything, but not any amount of it.
fn bounded_key(key: Cow<'static, str>) -> Cow<'static, str> {
    let max = xray_model::limits::STRING_CHARS_MAX;
    if key.len() <= max { key } else { Cow::Owned(key.chars().take(max).collect()) }
}

/// Cuts what is longer than X-Ray's schema allows.
fn bound(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(xray_model::limits::STRING_CHARS_MAX) {
        text.truncate(end);
    }
}

/// Values for a future that has not been polled yet.
#[derive(Debug)]
pub struct Pending(Option<Box<Values>>);

impl Pending {
    pub(crate) fn collect(make: impl FnOnce(&mut Values)) -> Self {
        // Whether it is recorded is certain only once it is opened; but unsampled stays unsampled.
        let unneeded = switch::is_off() || matches!(Here::current().mode(), Mode::Unsampled | Mode::Measured | Mode::Suppressed);
        Self((!unneeded).then(|| Box::new(Values::collect(make))))
    }

    pub(crate) fn attach(self) {
        let here = Here::current();
        if let Some(values) = self.0.filter(|_| here.is_recording()) {
            values.attach(here);
        }
    }
}
