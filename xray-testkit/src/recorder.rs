//! A recorder for one test.

use std::time::Duration;

use xray_runtime::export::MemoryExporter;
use xray_runtime::metrics::{MemorySink, Metrics};
use xray_runtime::{Builder, ContextMissing, Recorder, Sampling, Scoped, Stats};

use crate::measured::{self, Series};
use crate::{Trace, assemble, executor, tree};

/// Records what runs in it, for one test. A clone is another handle to the same recorder.
///
/// ```
/// use xray_testkit::TestRecorder;
///
/// let recorder = TestRecorder::new();
/// let answer = recorder.run(|| xray_runtime::segment("orders").run(|| 42));
/// assert_eq!(answer, 42);
/// recorder.assert_tree("orders");
/// assert!(recorder.stats().losses.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct TestRecorder {
    recorder: Recorder,
    exporter: MemoryExporter,
    sink: Option<MemorySink>,
}

impl Default for TestRecorder {
    fn default() -> Self {
        Self::new()
    }
}

impl TestRecorder {
    /// A recorder that takes every trace. What is recorded without a current segment is only counted: assertions that fail tell it.
    #[must_use]
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// A recorder with other settings. Its exporter is always the one that keeps the documents.
    ///
    /// ```
    /// use xray_runtime::{ContextMissing, Sampling, segment};
    /// use xray_testkit::TestRecorder;
    ///
    /// let recorder = TestRecorder::with(|settings| {
    ///     settings.service_name("shop").sampling(Sampling::Never).context_missing(ContextMissing::RuntimeError)
    /// });
    /// recorder.run(|| segment("orders").run(|| ()));
    /// recorder.assert_tree("");
    /// assert_eq!(recorder.stats().unsampled, 1);
    /// ```
    #[must_use]
    pub fn with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let exporter = MemoryExporter::new();
        let defaults = Recorder::builder().sampling(Sampling::Always).context_missing(ContextMissing::IgnoreError);
        let recorder = settings(defaults).exporter(exporter.clone()).build();
        Self { recorder, exporter, sink: None }
    }

    /// A recorder that measures too. Its metrics have no dimension that is not their own.
    ///
    /// ```
    /// use xray_runtime::segment;
    /// use xray_testkit::TestRecorder;
    ///
    /// let recorder = TestRecorder::measuring(|settings| settings);
    /// recorder.run(|| segment("orders").run(|| ()));
    /// let measured: Vec<String> = recorder.measured().iter().map(ToString::to_string).collect();
    /// assert_eq!(measured[0], "Errors{Operation=orders} Count: 0");
    /// assert_eq!(measured[3], "Requests{Operation=orders} Count: 1");
    /// ```
    #[must_use]
    pub fn measuring(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let sink = MemorySink::new();
        // The name can be used.
        let metrics = Metrics::builder("tests").sink(sink.clone()).build().ok();
        let measures = |builder: Builder| metrics.into_iter().fold(builder, Builder::metrics);
        Self { sink: Some(sink), ..Self::with(|builder| settings(measures(builder))) }
    }

    /// What was measured since the last time that this was asked for, by a recorder that is [measuring](Self::measuring).
    #[must_use]
    pub fn measured(&self) -> Vec<Series> {
        let _ = self.recorder.flush(Duration::ZERO);
        measured::read(&self.sink.as_ref().map(MemorySink::take).unwrap_or_default())
    }

    /// Runs `code` under this recorder.
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        self.recorder.run(code)
    }

    /// Runs `future` under this recorder, on this thread. For futures that need an async runtime, wrap what that one runs.
    ///
    /// ```
    /// use xray_runtime::segment;
    /// use xray_testkit::TestRecorder;
    ///
    /// let recorder = TestRecorder::new();
    /// recorder.block_on(segment("orders").trace(async {}));
    /// recorder.assert_tree("orders");
    /// ```
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        executor::block_on(self.wrap(future))
    }

    /// Makes `future` run under this recorder, for tests that have an async runtime: `recorder.wrap(async { … }).await`.
    pub fn wrap<F: Future>(&self, future: F) -> Scoped<F> {
        self.recorder.wrap(future)
    }

    /// The recorder itself.
    #[must_use]
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// What was recorded and lost so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.recorder.stats()
    }

    /// The documents recorded so far, as JSON, oldest first.
    #[must_use]
    pub fn documents(&self) -> Vec<String> {
        self.exporter.documents()
    }

    /// The traces recorded so far, in the order in which they began.
    ///
    /// # Panics
    ///
    /// If a document is not as X-Ray wants it.
    #[must_use]
    #[track_caller]
    pub fn traces(&self) -> Vec<Trace> {
        assemble(self.documents()).unwrap_or_else(|invalid| panic!("{invalid}"))
    }

    /// The only trace recorded.
    ///
    /// # Panics
    ///
    /// If there is none, or more than one.
    #[must_use]
    #[track_caller]
    pub fn trace(&self) -> Trace {
        let mut traces = self.traces();
        assert!(traces.len() == 1, "{} traces were recorded where one was expected{}", traces.len(), self.told(&traces));
        traces.remove(0)
    }

    /// Asserts that this was recorded, and nothing else. The form of the text is described [here](crate#trees-as-text).
    ///
    /// # Panics
    ///
    /// If something else was recorded, with the difference.
    #[track_caller]
    pub fn assert_tree(&self, expected: &str) {
        tree::assert(&self.traces(), expected, tree::Order::Matters, &self.losses());
    }

    /// Like [`Self::assert_tree`], with siblings in any order.
    ///
    /// # Panics
    ///
    /// If something else was recorded, with the difference.
    #[track_caller]
    pub fn assert_tree_in_any_order(&self, expected: &str) {
        tree::assert(&self.traces(), expected, tree::Order::Any, &self.losses());
    }

    fn losses(&self) -> String {
        self.stats().losses.iter().fold(String::new(), |told, loss| told + &format!("lost: {loss}\n"))
    }

    fn told(&self, traces: &[Trace]) -> String {
        let trees: Vec<_> = traces.iter().map(ToString::to_string).collect();
        format!("\n\n{}\n{}", trees.join("\n"), self.losses())
    }
}
