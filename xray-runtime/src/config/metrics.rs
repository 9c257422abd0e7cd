//! Settings for metrics, which a process has without a line of code where it runs on Lambda.

use super::Builder;
use crate::metrics::{AgentAddress, AgentSink, Metrics, StdoutSink, Text};

/// What the environment says of metrics.
#[derive(Debug, Default, PartialEq)]
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
pub(crate) const NAMESPACE: &str = "autoxray";

impl Builder {
    /// Makes, changes or takes away metrics, as the environment says. Names of service and function are known by now.
    pub(super) fn apply_metrics(&mut self, environment: MetricsEnvironment) {
        let MetricsEnvironment { is_on, namespace, agent, log_group, log_stream, is_on_stdout } = environment;
        self.metrics = match (is_on, self.metrics.take()) {
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
}
