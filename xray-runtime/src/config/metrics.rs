//! Settings for metrics, which a process has without a line of code where it runs on Lambda.

use super::Builder;
use super::env::Reader;
use crate::metrics::pulse::{Pulse, SharedPulse};
use crate::metrics::{AgentAddress, AgentSink, Metrics, NameError, ParseAgentAddressError, StdoutSink, Text, names};

/// The metrics that a recorder is to have.
#[derive(Debug, Default)]
pub(crate) struct MetricsSetting(Option<Metrics>);

impl MetricsSetting {
    pub(crate) fn take(&mut self) -> Option<SharedPulse> {
        self.0.take().map(Pulse::shared)
    }
}

/// What the environment says of metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MetricsEnvironment {
    /// `XRAY_METRICS`.
    pub(crate) is_on: Option<bool>,
    /// One that can be used.
    pub(crate) namespace: Option<String>,
    pub(crate) agent: Option<AgentAddress>,
    pub(crate) log_group: Option<String>,
    pub(crate) log_stream: Option<String>,
    /// `AWS_EMF_ENVIRONMENT` names one whose standard output goes to CloudWatch.
    pub(crate) is_on_stdout: bool,
}

/// The namespace of metrics without one of their own.
const NAMESPACE: &str = "autoxray";

/// The one of AWS's own libraries for EMF first; Powertools' last, likewise.
const NAMESPACES: &[&str] = &["AWS_EMF_NAMESPACE", "XRAY_METRICS_NAMESPACE", "POWERTOOLS_METRICS_NAMESPACE"];

impl MetricsEnvironment {
    /// What is set in this process.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let named = |check: fn(&str) -> Result<(), NameError>| {
            move |value: &str| check(value).map(|()| value.to_owned()).map_err(|error| error.why())
        };
        let environments = ["Lambda", "Local", "EC2", "ECS", "Agent", "Default"];
        let environment = reader.first(&["AWS_EMF_ENVIRONMENT"], "what this process finds itself in", |value| {
            let known = environments.into_iter().find(|known| known.eq_ignore_ascii_case(value));
            known.ok_or_else(|| format!("write one of {}", environments.join(", ")))
        });
        Self {
            is_on: reader.first(&["XRAY_METRICS"], "emf on Lambda, off elsewhere", |value| match value.to_ascii_lowercase().as_str() {
                "emf" => Ok(true),
                "off" => Ok(false),
                _ => Err("write emf or off".to_owned()),
            }),
            namespace: reader.first(NAMESPACES, NAMESPACE, named(names::namespace)),
            agent: reader.first(&["AWS_EMF_AGENT_ENDPOINT"], "tcp://127.0.0.1:25888", |value| {
                value.parse().map_err(|error: ParseAgentAddressError| error.to_string())
            }),
            log_group: reader.first(&["AWS_EMF_LOG_GROUP_NAME"], "the agent's own", named(names::log_group)),
            log_stream: reader.first(&["AWS_EMF_LOG_STREAM_NAME"], "the agent's own", named(names::log_stream)),
            is_on_stdout: matches!(environment, Some("Lambda" | "Local")),
        }
    }
}

impl Builder {
    /// Metrics of what is recorded, and of what the program [measures](crate::metrics): requests, their errors, faults, throttles and how long
    /// they took, by operation; the same of each service that is called; cold starts. They are exact although traces are sampled.
    ///
    /// Those of the process are written each second and when the program exits, those of a recorder that is only [built](Builder::build) when
    /// that is flushed or dropped. `cargo xray` makes dashboards and alarms for metrics with a dimension `Service`, as it is here.
    ///
    /// `XRAY_METRICS=off` takes them away, `XRAY_METRICS=emf` makes some where none are set; on Lambda they are made without it. A namespace in
    /// the environment wins over that of `metrics`.
    ///
    /// ```
    /// # use xray_runtime as autoxray;
    /// use autoxray::Recorder;
    /// use autoxray::metrics::{MemorySink, Metrics};
    /// use std::time::Duration;
    ///
    /// let sink = MemorySink::new();
    /// let metrics = Metrics::builder("Shop").dimension("Service", "orders").sink(sink.clone()).build()?;
    /// let recorder = Recorder::builder().metrics(metrics).build();
    /// recorder.run(|| autoxray::segment("place").run(|| ()));
    /// let _ = recorder.flush(Duration::ZERO);
    /// let documents = sink.take();
    /// assert!(documents[0].contains(r#""Operation":"place""#) && documents[0].contains(r#""Requests":1"#));
    /// # Ok::<(), autoxray::metrics::NameError>(())
    /// ```
    pub fn metrics(mut self, metrics: Metrics) -> Self {
        self.metrics.0 = Some(metrics);
        self
    }

    /// Makes, changes or takes away metrics, as the environment says. Names of service and function are known by now.
    pub(super) fn apply_metrics(&mut self, environment: &MetricsEnvironment) {
        let MetricsEnvironment { is_on, namespace, agent, log_group, log_stream, is_on_stdout } = environment.clone();
        self.metrics.0 = match (is_on, self.metrics.0.take()) {
            (Some(false), _) => None,
            (_, Some(own)) => Some(own.in_namespace(namespace)),
            (None, None) if !self.lambda.sends_segments => None,
            (_, None) => {
                let service = self.service_name.as_deref().or(self.lambda.function_name.as_deref()).unwrap_or("service");
                let mut builder =
                    Metrics::builder(namespace.as_deref().unwrap_or(NAMESPACE)).dimension("Service", Text::usable(service).as_str());
                builder = log_group.into_iter().fold(builder, |builder, name| builder.log_group(name));
                builder = log_stream.into_iter().fold(builder, |builder, name| builder.log_stream(name));
                let to_stdout = agent.is_none() && (self.lambda.sends_segments || is_on_stdout);
                let builder = match to_stdout {
                    true => builder.sink(StdoutSink),
                    false => builder.sink(AgentSink::new(agent.unwrap_or_default())),
                };
                // All names have been checked.
                builder.build().ok()
            }
        };
    }

    /// A line for whoever runs the program, if all metrics say that they are of nobody.
    pub(super) fn unnamed_service(&self) -> Option<String> {
        let is_unnamed = self.metrics.0.is_some() && self.service_name.is_none() && self.lambda.function_name.is_none();
        is_unnamed
            .then(|| "metrics have the dimension Service=\"service\": set AWS_XRAY_TRACING_NAME to the name of the service".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::env::Environment;

    #[test]
    fn a_bad_value_is_named_with_the_remedy_and_the_default() {
        for (name, value, remedy, default) in [
            ("XRAY_METRICS", "on", "write emf or off", "off elsewhere"),
            ("AWS_EMF_NAMESPACE", "a\"b", "1 to 256 letters", "autoxray"),
            ("XRAY_METRICS_NAMESPACE", ":x", "begins with a colon", "autoxray"),
            ("POWERTOOLS_METRICS_NAMESPACE", "größe", "not printable ASCII", "autoxray"),
            ("AWS_EMF_AGENT_ENDPOINT", "localhost:25888", "write tcp://host:port", "tcp://127.0.0.1:25888"),
            ("AWS_EMF_LOG_GROUP_NAME", "a b", "1 to 512", "the agent's own"),
            ("AWS_EMF_NAMESPACE", "AWS/Lambda", "services of AWS", "autoxray"),
            ("AWS_EMF_LOG_STREAM_NAME", ":", "1 to 512", "the agent's own"),
            ("AWS_EMF_ENVIRONMENT", "Mars", "write one of Lambda, Local", "finds itself in"),
        ] {
            let (environment, problems) = Environment::parse(|other| (other == name).then(|| value.into()));
            assert_eq!(environment, Environment::default(), "{name}");
            let [problem] = problems.as_slice() else { panic!("{name}: {problems:?}") };
            for part in [name, remedy, default] {
                assert!(problem.contains(part), "{name}: {problem}");
            }
        }
    }
}
