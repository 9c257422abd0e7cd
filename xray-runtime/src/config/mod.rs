//! Settings: from code, and over them from the environment.

mod capture;
pub(crate) mod env;
mod lambda;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(not(feature = "metrics"))]
#[path = "metrics_compiled_out.rs"]
mod metrics;

use std::borrow::Cow;

pub use capture::{Capture, Carriers};
use env::Environment;
pub use lambda::{Initialization, Lambda};
use metrics::MetricsSetting;

use crate::export::{DaemonAddress, Exporter, UdpExporter};
use crate::recorder::{AlreadyInstalled, Recorder};
use crate::sampling::Sampling;

/// What happens when something is to be recorded and no segment is current.
///
/// Source: the context missing strategy of AWS's X-Ray SDKs, `AWS_XRAY_CONTEXT_MISSING`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ContextMissing {
    /// One line on standard error the first time, a count in [`stats`](crate::stats()) each time.
    #[default]
    LogError,
    /// Only the count.
    IgnoreError,
    /// A panic. For tests: it is the one setting under which tracing changes the program.
    RuntimeError,
}

/// Settings for a [`Recorder`].
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{ContextMissing, Recorder, Sampling};
///
/// let recorder = Recorder::builder()
///     .service_name("orders")
///     .sampling(Sampling::Rate(0.1))
///     .context_missing(ContextMissing::IgnoreError)
///     .build();
/// # let _ = recorder;
/// ```
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until `install` or `build`"]
pub struct Builder {
    pub(crate) service_name: Option<Cow<'static, str>>,
    pub(crate) service_version: Option<String>,
    pub(crate) daemon_address: Option<DaemonAddress>,
    pub(crate) exporter: Option<Box<dyn Exporter>>,
    pub(crate) sampling: Option<Sampling>,
    pub(crate) context_missing: ContextMissing,
    pub(crate) capture: Capture,
    pub(crate) lambda: Lambda,
    pub(crate) metrics: MetricsSetting,
    pub(crate) disabled: bool,
}

impl Builder {
    /// The name of segments that are not named otherwise. `AWS_XRAY_TRACING_NAME` wins over it.
    pub fn service_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.service_name = Some(crate::value::name(name.into()));
        self
    }

    /// The version of the program, for `service.version` of its segments; at most 64 characters.
    pub fn service_version(mut self, version: impl Into<String>) -> Self {
        self.service_version = Some(version.into().chars().take(64).collect());
        self
    }

    /// Where the daemon listens. `AWS_XRAY_DAEMON_ADDRESS` wins over it.
    pub fn daemon_address(mut self, address: impl Into<DaemonAddress>) -> Self {
        self.daemon_address = Some(address.into());
        self
    }

    /// Where documents go instead of to the daemon.
    pub fn exporter(mut self, exporter: impl Exporter) -> Self {
        self.exporter = Some(Box::new(exporter));
        self
    }

    /// How segments without a decision from upstream are sampled. `XRAY_SAMPLING_RATE` wins over it.
    pub fn sampling(mut self, sampling: Sampling) -> Self {
        self.sampling = Some(sampling);
        self
    }

    /// What happens without a current segment. `AWS_XRAY_CONTEXT_MISSING` wins over it.
    pub fn context_missing(mut self, strategy: ContextMissing) -> Self {
        self.context_missing = strategy;
        self
    }

    /// Which calls of clients are captured, and what the services they call are told. What is not set in `change` stays as it is.
    pub fn capture(mut self, change: impl FnOnce(&mut Capture)) -> Self {
        change(&mut self.capture);
        self
    }

    /// What is known of the Lambda function that this is. What is not set in `change` stays as it is; the environment wins over it.
    pub fn lambda(mut self, change: impl FnOnce(&mut Lambda)) -> Self {
        change(&mut self.lambda);
        self
    }

    /// Whether anything is recorded at all. `AWS_XRAY_SDK_ENABLED` and `AWS_XRAY_SDK_DISABLED` win over it.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.disabled = !enabled;
        self
    }

    /// A recorder of its own, which reads no environment. It records what runs below [`Recorder::run`] or [`Recorder::wrap`].
    #[must_use]
    pub fn build(self) -> Recorder {
        Recorder::new(self)
    }

    /// Makes these settings, with those of the environment over them, the ones of the process.
    ///
    /// # Errors
    ///
    /// If that has been done before, by hand or because something was traced already.
    pub fn install(self) -> Result<(), AlreadyInstalled> {
        crate::recorder::install(self)
    }

    /// The settings, with those of the environment over them, and a line for each that cannot be used.
    pub(crate) fn with_environment(mut self) -> (Self, Vec<String>) {
        let (environment, mut problems) = Environment::read();
        self.apply(environment);
        problems.extend(self.unnamed_service());
        (self, problems)
    }

    fn apply(&mut self, environment: Environment) {
        let Environment { daemon_address, service_name, context_missing, enabled, sampling, capture_aws, capture_http, lambda, metrics } =
            environment;
        self.daemon_address = daemon_address.or(self.daemon_address.take());
        self.service_name = service_name.map(Cow::Owned).or(self.service_name.take());
        self.context_missing = context_missing.unwrap_or(self.context_missing);
        self.sampling = sampling.or(self.sampling);
        self.capture.aws = capture_aws.unwrap_or(self.capture.aws);
        self.capture.http = capture_http.unwrap_or(self.capture.http);
        self.disabled = enabled.map_or(self.disabled, |enabled| !enabled);
        self.lambda.apply(lambda);
        self.apply_metrics(&metrics);
    }

    pub(crate) fn take_exporter(&mut self) -> Box<dyn Exporter> {
        self.exporter.take().unwrap_or_else(|| Box::new(UdpExporter::new(&self.daemon_address.take().unwrap_or_default())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins() {
        let mut builder = Recorder::builder().service_name("code").sampling(Sampling::Never).enabled(false);
        builder.apply(Environment { service_name: Some("environment".into()), enabled: Some(true), ..Environment::default() });
        assert_eq!(builder.service_name.as_deref(), Some("environment"));
        assert_eq!(builder.sampling, Some(Sampling::Never));
        assert!(!builder.disabled);
    }
}
