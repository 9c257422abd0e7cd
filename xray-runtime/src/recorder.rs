//! A recorder: settings, sampler, exporter and counters. One for the process, and more for tests.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use xray_model::Sampled;

use crate::clock;
use crate::config::{Builder, Capture, ContextMissing, Lambda};
use crate::context::{self, Context, Here, Scoped};
use crate::export::{Batch, Document, Exporter, json};
use crate::metrics::Metrics;
use crate::metrics::pulse::{self, SharedPulse};
use crate::record::Measured;
use crate::sampling::Sampler;
use crate::stats::{Counters, LossKind, LossReason, Stats};
use crate::switch;
use crate::told::Told;
use crate::value::quietly;

/// Records what runs below it. A clone is another handle to the same recorder.
///
/// Programs rarely need one: the process has its own, made from the environment when something is first traced, or by
/// [`Builder::install`]. Tests make their own, so that they can run side by side.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    service_name: Option<std::borrow::Cow<'static, str>>,
    /// What each segment document says about the program, as JSON members.
    segment_heading: String,
    context_missing: ContextMissing,
    capture: Capture,
    lambda: Lambda,
    /// Whether an invocation has been seen.
    invoked: AtomicBool,
    /// Whether something was left over when documents were waited for.
    flush_failed: AtomicBool,
    enabled: bool,
    sampler: Sampler,
    exporter: Box<dyn Exporter>,
    counters: Counters,
    told: Told,
    metrics: Option<SharedPulse>,
}

/// The recorder of the process.
static PROCESS: OnceLock<Recorder> = OnceLock::new();

/// The recorder of the process, made now if there is none.
pub(crate) fn process() -> &'static Recorder {
    match PROCESS.get() {
        Some(recorder) => recorder,
        None => make(Builder::default()).0,
    }
}

/// Makes `builder`, with the settings of the environment over it, the recorder of the process.
pub(crate) fn install(builder: Builder) -> Result<(), AlreadyInstalled> {
    if PROCESS.get().is_none() && make(builder).1 { Ok(()) } else { Err(AlreadyInstalled(())) }
}

/// The recorder of the process, and whether it has been made of `builder`.
///
/// It is made first and put in place then. Made in place it would keep a child waiting for ever that is forked off meanwhile, as whoever
/// makes it exists in the parent only.
#[cold]
fn make(builder: Builder) -> (&'static Recorder, bool) {
    let (builder, problems) = builder.with_environment();
    let recorder = Recorder::new(builder);
    let mut made = false;
    let installed = PROCESS.get_or_init(|| {
        made = true;
        recorder
    });
    if made {
        if !installed.0.enabled {
            switch::process_is_off();
        }
        match &installed.0.metrics {
            Some(pulse) => pulse.begin(),
            None => pulse::process_does_not_measure(),
        }
        problems.iter().for_each(|problem| crate::diag::log(problem));
    }
    (installed, made)
}

/// The program exits: what has been measured is written.
pub(crate) extern "C" fn at_exit() {
    if let Some(pulse) = PROCESS.get().and_then(|recorder| recorder.0.metrics.as_ref()) {
        pulse.at_exit();
    }
}

impl Recorder {
    /// Settings for a recorder.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(mut builder: Builder) -> Self {
        let enabled = !builder.disabled;
        if enabled {
            switch::on();
        }
        let metrics = builder.metrics.take();
        Self(Arc::new(Inner {
            segment_heading: heading(builder.service_version.as_deref()),
            context_missing: builder.context_missing,
            capture: std::mem::take(&mut builder.capture),
            lambda: std::mem::take(&mut builder.lambda),
            invoked: AtomicBool::new(false),
            flush_failed: AtomicBool::new(false),
            enabled,
            sampler: Sampler::new(builder.sampling.unwrap_or_default()),
            exporter: builder.take_exporter(),
            service_name: builder.service_name,
            counters: Counters::default(),
            told: Told::new(),
            metrics,
        }))
    }

    /// Runs `code` under this recorder: segments begun in it are recorded here.
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        Context::of_recorder(self).run(code)
    }

    /// Makes `future` run under this recorder.
    pub fn wrap<F: Future>(&self, future: F) -> Scoped<F> {
        Context::of_recorder(self).wrap(future)
    }

    /// What was recorded, sent and lost so far, and what was lost of its metrics.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let late = self.ask_exporter();
        let stats = self.0.counters.snapshot().and_lost(LossKind::Document, &late);
        stats.and_all_lost(&self.metrics().map(Metrics::stats).unwrap_or_default())
    }

    /// Writes what has been measured, and waits until documents that the exporter keeps have left, at most `timeout` for each of the two;
    /// `false` if something is left over.
    ///
    /// Traces need no flush on the default path, where a document has left before its segment's function returns.
    #[must_use]
    pub fn flush(&self, timeout: Duration) -> bool {
        let is_written = self.0.metrics.as_ref().is_none_or(|metrics| metrics.flush(timeout));
        quietly(|| self.0.exporter.flush(timeout)).unwrap_or(false) && is_written
    }

    /// The metrics of this recorder, if it has any.
    #[must_use]
    pub fn metrics(&self) -> Option<&Metrics> {
        self.0.metrics.as_ref().map(|pulse| pulse.metrics())
    }

    /// Whether metrics are made of what is recorded here.
    #[inline]
    pub(crate) fn is_measuring(&self) -> bool {
        self.0.metrics.is_some()
    }

    /// Records something in the metrics, if there are any, and sees to it that they are written.
    #[inline]
    pub(crate) fn with_metrics(&self, record: impl FnOnce(&Metrics)) {
        if let Some(pulse) = &self.0.metrics {
            record(pulse.metrics());
            // Invocations write them as they end, and a thread would sleep while Lambda has frozen it.
            if !(self.0.lambda.sends_segments && self.0.invoked.load(Relaxed)) {
                pulse.due();
            }
        }
    }

    #[cold]
    pub(crate) fn measure(&self, measured: &Measured) {
        self.with_metrics(|metrics| metrics.measure(measured));
    }

    /// Waits for documents that the exporter keeps, but not again and again for what has not left the last time.
    pub(crate) fn flush_once(&self, timeout: Duration) {
        let timeout = if self.0.flush_failed.load(Relaxed) { Duration::ZERO } else { timeout };
        self.0.flush_failed.store(!self.flush(timeout), Relaxed);
    }

    pub(crate) fn service_name(&self) -> Option<&std::borrow::Cow<'static, str>> {
        self.0.service_name.as_ref()
    }

    pub(crate) fn lambda(&self) -> &Lambda {
        &self.0.lambda
    }

    /// Whether this is the first invocation that is asked for.
    pub(crate) fn is_first_invocation(&self) -> bool {
        !self.0.invoked.load(Relaxed) && !self.0.invoked.swap(true, Relaxed)
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.0.enabled
    }

    pub(crate) fn segment_heading(&self) -> &str {
        &self.0.segment_heading
    }

    pub(crate) fn sample(&self, upstream: Sampled) -> bool {
        let sampled = self.0.sampler.sample(upstream, clock::unix_seconds);
        if !sampled {
            self.0.counters.unsampled();
        }
        sampled
    }

    /// Counts losses; the first of each kind is logged, as soon as no lock is held.
    pub(crate) fn lost(&self, kind: LossKind, reason: LossReason, count: u64) {
        if count > 0 && self.0.counters.lost(kind, reason, count) {
            crate::diag::later(format!("{kind} lost: {reason}. Further losses of this kind are only counted; see autoxray::stats()."));
        }
    }

    /// What the next document is to tell of losses, as JSON: all there were, if there were some since a document told of them.
    #[inline]
    pub(crate) fn untold_losses(&self, origin: clock::Origin) -> Option<Vec<u8>> {
        let has_untold = self.0.counters.has_untold() || self.metrics().is_some_and(|metrics| metrics.counters().has_untold());
        if has_untold { self.tell_losses(origin) } else { None }
    }

    #[cold]
    fn tell_losses(&self, origin: clock::Origin) -> Option<Vec<u8>> {
        if !self.0.told.may_tell(origin.unix_seconds()) {
            return None;
        }
        let of_metrics = self.metrics().map(Metrics::counters);
        // Both are asked: each is about its own.
        let is_untold = self.0.counters.take_untold() | of_metrics.is_some_and(Counters::take_untold);
        // Another thread may have been faster.
        is_untold.then(|| {
            let of_metrics = of_metrics.map(Counters::snapshot).unwrap_or_default();
            self.0.told.json(self.0.counters.snapshot().and_all_lost(&of_metrics))
        })
    }

    /// Asks the exporter for losses that came to light after it had taken the documents.
    #[cold]
    fn ask_exporter(&self) -> Vec<(LossReason, u64)> {
        let late = quietly(|| self.0.exporter.lost_later()).unwrap_or_default();
        if self.0.told.learn(&late) {
            self.0.counters.have_untold();
        }
        late
    }

    /// Something was to be recorded and no segment is current. `what` names it.
    #[inline]
    pub(crate) fn context_missing(&self, kind: LossKind, what: impl FnOnce() -> String) {
        let first = self.0.counters.lost(kind, LossReason::ContextMissing, 1);
        if (first && self.0.context_missing == ContextMissing::LogError) || self.0.context_missing == ContextMissing::RuntimeError {
            self.say_context_missing(&what());
        }
    }

    #[cold]
    fn say_context_missing(&self, what: &str) {
        assert!(
            self.0.context_missing != ContextMissing::RuntimeError,
            "{what}: no segment is current, and AWS_XRAY_CONTEXT_MISSING is RUNTIME_ERROR"
        );
        crate::diag::log(&format!(
            "{what} is not recorded, as no segment is current: begin one with #[traced(segment)], or keep the context with \
             autoxray::spawn. Further ones are only counted (AWS_XRAY_CONTEXT_MISSING=IGNORE_ERROR silences this line)."
        ));
    }

    /// Hands documents to the exporter.
    pub(crate) fn send(&self, batch: &mut Batch) {
        let _suppressed = Here::suppress();
        let mut counts = std::mem::take(&mut batch.counts);
        let mut failed = false;
        for datagram in batch.datagrams() {
            match quietly(|| self.0.exporter.export(Document::new(datagram))).unwrap_or(Err(LossReason::Panicked)) {
                Ok(()) => {
                    counts.documents += 1;
                    counts.bytes += datagram.len() as u64;
                }
                Err(reason) => {
                    failed = true;
                    self.lost(LossKind::Document, reason, 1);
                }
            }
        }
        if let Some(begun) = batch.begun.take() {
            counts.nanos = begun.nanos();
        }
        if self.0.counters.exported(&counts) || failed {
            self.ask_exporter();
        }
        crate::diag::say_pending();
    }
}

/// The figures of the recorder that is current here; outside a trace, of the process.
///
/// Documents tell of losses, too, so that a viewer can show them: the first segment that is sent after something was lost has, as metadata `losses`
/// in the namespace `autoxray`, all that this recorder has lost since it was made, for example
///
/// ```json
/// {"id": "53995c3f042cd8ad", "since": 1710276800, "lost": {"annotation, too large": 3, "document, no daemon listening": 12}}
/// ```
///
/// `id` names the recorder, and `since` says when it was made, in seconds since 1970. As counts only rise, nothing is missed if such a document is lost
/// itself. At most a few segments per second tell. On Lambda, whose segments are not sent from here, subsegments right below them do.
#[must_use]
pub fn stats() -> Stats {
    context::current_recorder().stats()
}

/// Looks at the settings for calls of clients; outside a trace, those of the process. For integrations.
///
/// ```
/// # use xray_runtime as autoxray;
/// if autoxray::capture(|capture| capture.http) {
///     // open a subsegment for the call
/// }
/// ```
pub fn capture<R>(read: impl FnOnce(&Capture) -> R) -> R {
    read(&context::current_recorder().0.capture)
}

/// Writes what has been measured, and waits until documents that an exporter keeps have left, at most `timeout` for each of the two;
/// `false` if something is left over.
///
/// With the default exporter there is something to wait for only in the moment after start, if the daemon is known by a host name. Metrics
/// are written each second and when the program exits, so that this is for programs that end in other ways.
#[must_use]
pub fn flush(timeout: Duration) -> bool {
    context::current_recorder().flush(timeout)
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("exporter", &self.0.exporter).field("stats", &self.stats()).finish_non_exhaustive()
    }
}

/// Source: "X-Ray segment documents", `service` and `aws.xray`.
fn heading(version: Option<&str>) -> String {
    let mut out = Vec::new();
    if let Some(version) = version {
        out.extend_from_slice(b",\"service\":{\"version\":");
        json::string(&mut out, version);
        out.push(b'}');
    }
    out.extend_from_slice(
        concat!(
            ",\"aws\":{\"xray\":{\"sdk\":\"autoxray\",\"sdk_version\":\"",
            env!("CARGO_PKG_VERSION"),
            "\",\"auto_instrumentation\":true}}"
        )
        .as_bytes(),
    );
    String::from_utf8(out).unwrap_or_default()
}

/// The process has its recorder already, so these settings had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadyInstalled(());

impl fmt::Display for AlreadyInstalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the recorder of this process exists already: install it before anything is traced, and only once")
    }
}

impl std::error::Error for AlreadyInstalled {}
