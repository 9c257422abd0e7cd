//! Settings for invocations of a Lambda function.

use std::borrow::Cow;
use std::time::Duration;

use super::env::LambdaEnvironment;

/// What is known of the Lambda function that this program is. The environment says it; see [`Builder::lambda`](crate::Builder::lambda) for tests.
///
/// Source: "Defined runtime environment variables" in the Lambda developer guide.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lambda {
    /// Whether Lambda itself sends the segments of this function, so that only subsegments are sent from here. So it is where
    /// `LAMBDA_TASK_ROOT` is set and `AWS_SAM_LOCAL` is not; elsewhere, as under `cargo lambda watch`, an invocation is a segment of our own.
    pub sends_segments: bool,
    /// `AWS_LAMBDA_FUNCTION_NAME`.
    pub function_name: Option<String>,
    /// `AWS_LAMBDA_INITIALIZATION_TYPE`.
    pub initialization: Initialization,
    /// `_HANDLER`.
    pub handler: Option<String>,
    /// `XRAY_ENVIRONMENT`, the value of the annotation `environment`: `production`, `test` and so on.
    pub environment: Cow<'static, str>,
    /// The part of an invocation's time, from 0.0 to 1.0, that is kept back for telling of a time-out: when no more is left, what is open is
    /// sent as it is. At 0.0 nothing is. `XRAY_TIMEOUT_MARGIN` wins over it.
    pub timeout_margin: f64,
}

/// How Lambda made the environment that this program runs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Initialization {
    /// For a request that was waiting; the first invocation is a cold start.
    #[default]
    OnDemand,
    /// Ahead of requests: provisioned concurrency, a snapshot, a managed instance. No invocation is a cold start.
    Ahead,
}

impl Default for Lambda {
    fn default() -> Self {
        Self {
            sends_segments: false,
            function_name: None,
            initialization: Initialization::OnDemand,
            handler: None,
            environment: Cow::Borrowed("lambda:default"),
            timeout_margin: 0.05,
        }
    }
}

/// The least and the most that is kept back for telling of a time-out, whatever part of the invocation's time that is. A document is sent
/// within a millisecond; a thread may be scheduled later than it should.
const MARGIN_MIN: Duration = Duration::from_millis(20);
const MARGIN_MAX: Duration = Duration::from_secs(5);

impl Lambda {
    /// Puts what the environment says over what was set in code.
    pub(super) fn apply(&mut self, environment: LambdaEnvironment) {
        let LambdaEnvironment { sends_segments, function_name, initialization, handler, environment, timeout_margin } = environment;
        self.sends_segments |= sends_segments;
        self.function_name = function_name.or(self.function_name.take());
        self.initialization = initialization.unwrap_or(self.initialization);
        self.handler = handler.or(self.handler.take());
        self.environment = environment.map_or(std::mem::take(&mut self.environment), Cow::Owned);
        self.timeout_margin = timeout_margin.unwrap_or(self.timeout_margin);
    }

    /// How long to wait before telling that an invocation is about to time out, if it has `left` now.
    pub(crate) fn patience(&self, left: Duration) -> Option<Duration> {
        let margin = Duration::try_from_secs_f64(left.as_secs_f64() * self.timeout_margin).ok().filter(|margin| !margin.is_zero())?;
        left.checked_sub(margin.clamp(MARGIN_MIN, MARGIN_MAX)).filter(|patience| !patience.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_time_is_kept_back_within_bounds() {
        let patience = |margin, millis| {
            let lambda = Lambda { timeout_margin: margin, ..Lambda::default() };
            lambda.patience(Duration::from_millis(millis)).map(|patience| patience.as_millis())
        };
        assert_eq!(patience(0.05, 3_000), Some(2_850));
        assert_eq!(patience(0.05, 100), Some(80), "at least 20 ms");
        assert_eq!(patience(0.05, 900_000), Some(895_000), "at most 5 s");
        assert_eq!(patience(0.0, 3_000), None, "switched off");
        assert_eq!(patience(1.0, 3_000), None, "nothing but margin");
        assert_eq!(patience(0.05, 15), None, "too short to tell of");
        assert_eq!(patience(f64::NAN, 3_000), None);
        assert_eq!(patience(-1.0, 3_000), None);
    }
}
