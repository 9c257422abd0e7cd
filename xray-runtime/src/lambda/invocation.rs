//! What an invocation opens, and when it closes.

use std::borrow::Cow;
use std::panic::Location;
use std::thread;
use std::time::Duration;

use xray_model::TraceHeader;

use super::future::Invoked;
use super::init;
use super::watchdog::{self, Watch};
use crate::clock;
use crate::config::Initialization;
use crate::context::{Here, Mode};
use crate::metrics::pulse;
use crate::record::{Ending, Label, Namespace, Table, Within};
use crate::recorder::Recorder;
use crate::span::{Site, Values};
use crate::stats::LossKind;
use crate::switch;
use crate::value::Failure;

/// How long an exporter that keeps documents may take before the answer goes out. The default one keeps none.
const FLUSH_WAIT_MAX: Duration = Duration::from_millis(100);

/// An invocation to be recorded. Made by [`invocation`].
#[derive(Debug)]
#[must_use = "nothing begins until `begin`"]
pub struct Invocation {
    label: Label,
    header: TraceHeader,
    deadline: u64,
    within: Within,
    hides_causes: bool,
}

/// An invocation, handled by a subsegment with this name. By the convention of Powertools it is `## ` and the name of the function.
///
/// ```
/// # use xray_runtime as autoxray;
/// # async fn handle(event: u32) -> Result<u32, std::fmt::Error> { Ok(event + 1) }
/// # async fn example(event: u32, header: Option<&str>, deadline: u64) -> Result<u32, std::fmt::Error> {
/// let invocation = autoxray::lambda::invocation("## handle").header(header).deadline(deadline).begin();
/// invocation.attach(|values| values.annotate("ColdStart", invocation.is_cold_start()));
/// let (result, invocation) = invocation.trace(handle(event)).await;
/// if let Err(error) = &result {
///     invocation.record_error(error);
/// }
/// invocation.close();
/// result
/// # }
/// ```
#[track_caller]
pub fn invocation(name: impl Into<Cow<'static, str>>) -> Invocation {
    Invocation::named(name.into(), Location::caller())
}

impl Invocation {
    fn new(label: Label) -> Self {
        Self { label, header: TraceHeader::default(), deadline: 0, within: Within::Nothing, hides_causes: false }
    }

    pub(crate) fn named(name: Cow<'static, str>, place: &'static Location<'static>) -> Self {
        Self::new(Label::Text(crate::value::name(name), place))
    }

    /// One that is handled by this function.
    pub(crate) fn of_site(site: &'static Site) -> Self {
        Self::new(Label::Site(site))
    }

    /// The trace header of the invocation, as it came.
    ///
    /// On Lambda, what is not complete (`Root`, `Parent` and `Sampled=1`) is not recorded, and passed on as it is.
    pub fn header(mut self, header: Option<&str>) -> Self {
        self.header = header.map(TraceHeader::parse).unwrap_or_default();
        self
    }

    /// When Lambda ends it, in milliseconds since 1970. What is open shortly before that is sent as it is then, marked `timeout`; if it ends
    /// in time after all, that is replaced.
    pub fn deadline(mut self, unix_millis: u64) -> Self {
        self.deadline = unix_millis;
        self
    }

    /// The handler may be traced by itself: the first function that begins an invocation within this one names it, and says what it fails
    /// with, if it does.
    pub fn told_within(mut self) -> Self {
        self.within = Within::Tell;
        self
    }

    /// The same, and the invocation ends with that function: its [`OpenInvocation::close`] does what the outer one's would do too late.
    pub fn ends_within(mut self) -> Self {
        self.within = Within::End;
        self
    }

    /// What failures say is not recorded.
    pub fn without_causes(mut self) -> Self {
        self.hides_causes = true;
        self
    }

    /// Begins it. Within another invocation it is either the same one, if that was [told](Self::told_within) so, or a subsegment of it.
    pub fn begin(self) -> OpenInvocation {
        let around = Here::current();
        if switch::is_off() {
            return OpenInvocation::unobserved(around);
        }
        match around.mode() {
            Mode::Unsampled | Mode::Suppressed => OpenInvocation::unrecorded(around),
            Mode::Recording | Mode::Measured | Mode::Crowded => self.within(around),
            Mode::Nowhere | Mode::Scope => {
                let recorder = around.recorder();
                if recorder.is_enabled() { self.begin_in(&recorder, around) } else { OpenInvocation::unobserved(around) }
            }
        }
    }

    fn within(self, around: Here) -> OpenInvocation {
        let mut open = OpenInvocation::unrecorded(around);
        open.hides_causes = self.hides_causes;
        if let Some((handler, granted)) = around.claim(&self.label, self.within) {
            open.place = handler;
            match granted {
                Within::End => (open.handler, open.is_last) = (Some(handler), true),
                Within::Tell | Within::Nothing => open.only_tells = true,
            }
        } else if let Some(handler) = around.open(self.label, Namespace::Local) {
            (open.place, open.handler, open.is_outermost) = (handler, Some(handler), true);
        }
        open
    }

    fn begin_in(self, recorder: &Recorder, around: Here) -> OpenInvocation {
        let Self { label, header, deadline, within, hides_causes } = self;
        let first = recorder.is_first_invocation();
        let cold_start = first && recorder.lambda().initialization == Initialization::OnDemand;
        if cold_start {
            recorder.with_metrics(|metrics| metrics.cold_start());
        }
        let root = if recorder.lambda().sends_segments {
            Here::begin_in_facade(recorder, header)
        } else {
            around.begin(header, |recorder| Some(segment_label(recorder)))
        };
        let Some(root) = root else { return OpenInvocation::unrecorded(around) };
        let mut open = OpenInvocation::unrecorded(root);
        (open.root, open.cold_start, open.hides_causes) = (Some(root), cold_start, hides_causes);
        if root.is_observed() {
            // A segment of our own begins with the invocation, and could not hold what was before.
            if cold_start && recorder.lambda().sends_segments {
                init::record(root);
            }
            open.handler = root.open(label, Namespace::Local);
            (open.is_last, open.is_outermost) = (true, open.handler.is_some());
            if let Some(handler) = open.handler {
                handler.with_table(|table, key| table.set_handler(key, within));
                open.place = handler;
                open.remaining = clock::until_unix_millis(deadline);
                let patience = open.remaining.and_then(|left| recorder.lambda().patience(left));
                open.watch = patience.and_then(|patience| watchdog::watch(handler, patience));
            }
        }
        open
    }
}

/// The segment of an invocation that Lambda sends none for.
fn segment_label(recorder: &Recorder) -> Label {
    let name = recorder.service_name().cloned();
    let name = name.or_else(|| recorder.lambda().function_name.clone().map(|name| crate::value::name(name.into())));
    Label::Text(name.unwrap_or(Cow::Borrowed("function")), Location::caller())
}

/// An invocation under way, as a value: it is closed by [`close`](Self::close), and told as cancelled where it is dropped without.
///
/// Where nothing is recorded, all of this does nothing.
#[derive(Debug)]
#[must_use = "dropped at once it is recorded as cancelled"]
pub struct OpenInvocation {
    /// What is current while it is handled.
    place: Here,
    /// What this has begun, and is to end.
    root: Option<Here>,
    handler: Option<Here>,
    /// Whether there is nothing left to send when this has been closed.
    is_last: bool,
    is_outermost: bool,
    /// Whether another one owns the invocation, and says whether it failed.
    only_tells: bool,
    hides_causes: bool,
    cold_start: bool,
    remaining: Option<Duration>,
    watch: Option<Watch>,
    /// Whether there may be metrics to write at its end although nothing is recorded.
    writes_metrics: bool,
    was_panicking: bool,
}

impl OpenInvocation {
    fn unrecorded(place: Here) -> Self {
        Self {
            place,
            root: None,
            handler: None,
            is_last: false,
            is_outermost: false,
            only_tells: false,
            hides_causes: false,
            cold_start: false,
            remaining: None,
            watch: None,
            writes_metrics: false,
            was_panicking: thread::panicking(),
        }
    }

    /// Where tracing is switched off. What the program measures is still to be written when the invocation ends.
    fn unobserved(place: Here) -> Self {
        let mut open = Self::unrecorded(place);
        open.writes_metrics = !pulse::measures_nothing();
        open
    }

    pub(super) fn place(&self) -> Here {
        self.place
    }

    /// Whether what is attached to it is recorded.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.place.is_recording()
    }

    /// Whether this value is the invocation itself, and not another view of one that had been begun already.
    #[must_use]
    pub fn is_outermost(&self) -> bool {
        self.is_outermost
    }

    /// Whether a request had to wait for this environment to be made. Told by the first invocation that is seen.
    #[must_use]
    pub fn is_cold_start(&self) -> bool {
        self.cold_start
    }

    /// How long it might take when it began, if it has a deadline and is recorded.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.remaining
    }

    /// Runs `code` in it.
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        let _entered = self.place.enter();
        code()
    }

    /// Makes `future` run in it. It gives the invocation back with what the future gave; a panic is recorded and goes on.
    pub fn trace<F: Future>(self, future: F) -> Invoked<F> {
        Invoked::new(self, future)
    }

    /// Attaches what `make` makes to the subsegment of the handler. It runs only if that is recorded; a panic in it is caught and counted.
    pub fn attach(&self, make: impl FnOnce(&mut Values)) {
        if self.is_recording() {
            Values::collect(make).attach(self.place);
        }
    }

    /// Records an error.
    pub fn record_error(&self, failure: impl Into<Failure>) {
        if self.place.is_observed() {
            self.place.record_error(failure);
        }
    }

    /// What failures say is not recorded from here on.
    pub fn without_causes(mut self) -> Self {
        self.hides_causes = true;
        self
    }

    /// Records what the handler failed with. Where several look at the same invocation, the outermost says whether it failed, and the innermost by
    /// what.
    pub fn fail(&self, failure: impl FnOnce() -> Option<Failure>) {
        if self.place.is_observed()
            && let Some(failure) = crate::value::quietly(failure).flatten()
        {
            let failure = if self.hides_causes { failure.without_cause() } else { failure };
            let fail = if self.only_tells { Table::tell_failure } else { Table::fail_handler };
            self.place.change(LossKind::Exception, "", |table, key| fail(table, key, failure));
        }
    }

    /// Whether [`fail_item`](Self::fail_item) could find anything.
    #[must_use]
    pub fn has_items(&self) -> bool {
        self.is_recording() && self.place.with_table(|table, key| table.has_items(key)) == Some(true)
    }

    /// Marks an item of a batch as failed, by the id that [`OpenSubsegment::stands_for`](crate::OpenSubsegment::stands_for) was given.
    pub fn fail_item(&self, id: &str) {
        if self.is_recording() {
            self.place.change(LossKind::Exception, "", |table, key| table.fail_item(key, id));
        }
    }

    /// Closes it, and waits a moment for an exporter that keeps documents: when this returns, everything has been sent, and Lambda may freeze
    /// the process.
    pub fn close(mut self) {
        self.end(|handler| handler.close(Ending::now()));
    }

    #[cold]
    pub(super) fn panicked(mut self, payload: &(dyn std::any::Any + Send)) {
        self.fail(|| Some(Failure::panic(Some(payload))));
        self.end(|handler| handler.close(Ending::now()));
    }

    fn end(&mut self, end_handler: impl FnOnce(Here)) {
        drop(self.watch.take());
        let writes_metrics = std::mem::take(&mut self.writes_metrics);
        let (root, handler) = (self.root.take(), self.handler.take());
        let recorder = if writes_metrics { Some(self.place.recorder()) } else { handler.filter(|_| self.is_last).map(Here::recorder) };
        if let Some(handler) = handler {
            end_handler(handler);
        }
        if let Some(root) = root {
            root.close(Ending::now());
        }
        if let Some(recorder) = recorder {
            recorder.flush_once(FLUSH_WAIT_MAX);
        }
    }
}

impl Drop for OpenInvocation {
    fn drop(&mut self) {
        if self.root.is_none() && self.handler.is_none() && !self.writes_metrics {
            return;
        }
        if thread::panicking() && !self.was_panicking {
            self.fail(|| Some(Failure::panic(None)));
            self.end(|handler| handler.close(Ending::now()));
        } else {
            self.end(Here::cancel);
        }
    }
}
