//! The only reader of the environment: once, when the recorder of the process is made.

use std::ffi::OsString;

use super::metrics::MetricsEnvironment;
use crate::config::{ContextMissing, Initialization};
use crate::export::DaemonAddress;
use crate::sampling::Sampling;

/// Everything that can be set from outside.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Environment {
    pub(crate) daemon_address: Option<DaemonAddress>,
    pub(crate) service_name: Option<String>,
    pub(crate) context_missing: Option<ContextMissing>,
    pub(crate) enabled: Option<bool>,
    pub(crate) sampling: Option<Sampling>,
    pub(crate) capture_aws: Option<bool>,
    pub(crate) capture_http: Option<bool>,
    pub(crate) lambda: LambdaEnvironment,
    pub(crate) metrics: MetricsEnvironment,
}

/// What Lambda says of the function, and what can be set for it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct LambdaEnvironment {
    pub(crate) sends_segments: bool,
    pub(crate) function_name: Option<String>,
    pub(crate) initialization: Option<Initialization>,
    pub(crate) handler: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) timeout_margin: Option<f64>,
}

impl Environment {
    /// What is set in this process, and a line for each value that cannot be used.
    pub(crate) fn read() -> (Self, Vec<String>) {
        Self::parse(|name| std::env::var_os(name))
    }

    pub(super) fn parse(lookup: impl Fn(&str) -> Option<OsString>) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let mut reader = Reader { lookup: &lookup, problems: &mut problems };
        let captured = reader.first(&["ENABLE_XRAY_AUTOPATCH"], CAPTURED, switch);
        let environment = Self {
            daemon_address: reader.first(&["AWS_XRAY_DAEMON_ADDRESS", "XRAY_DAEMON_ADDRESS"], "127.0.0.1:2000", |value| {
                value.parse().map_err(|error: crate::export::ParseAddressError| error.to_string())
            }),
            service_name: reader.first(SERVICE_NAME, "the name given in code", |value| {
                let usable = crate::value::name(value.to_owned().into());
                if usable == "unnamed" && value != "unnamed" {
                    return Err("a name has letters, digits, spaces and _.:/%&#=+\\-@".to_owned());
                }
                Ok(usable.into_owned())
            }),
            context_missing: reader.first(&["AWS_XRAY_CONTEXT_MISSING", "XRAY_CONTEXT_MISSING"], "LOG_ERROR", context_missing),
            enabled: reader.enabled(),
            sampling: reader.first(&["XRAY_SAMPLING_RATE"], "one per second and 5 % of the rest", sampling),
            capture_aws: reader.captured("XRAY_CAPTURE_AWS", captured),
            capture_http: reader.captured("XRAY_CAPTURE_HTTP", captured),
            lambda: reader.lambda(),
            metrics: MetricsEnvironment::read(&mut reader),
        };
        (environment, problems)
    }
}

/// Looks variables up, and keeps what is wrong with them.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<OsString>,
    problems: &'a mut Vec<String>,
}

impl Reader<'_> {
    /// The value of the first of `names` that is set to something usable; an empty one counts as not set.
    pub(super) fn first<T>(&mut self, names: &[&str], default: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let mut parsed = None;
        self.first_that(names, default, &mut |text| {
            parsed = Some(parse(text)?);
            Ok(())
        });
        parsed
    }

    /// Offers values until one is taken. Compiled once, for whatever they become.
    fn first_that(&mut self, names: &[&str], default: &str, take: &mut dyn FnMut(&str) -> Result<(), String>) {
        for name in names {
            let Some(value) = (self.lookup)(name).filter(|value| !value.is_empty()) else { continue };
            let taken = match value.to_str() {
                Some(text) => take(text.trim()),
                None => Err("it is not UTF-8".to_owned()),
            };
            let Err(problem) = taken else { return };
            let shown: String = value.to_string_lossy().chars().take(100).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
            self.problems.push(format!("{name}=\"{shown}\" cannot be used: {problem}. Taken instead: {default}."));
        }
    }

    /// The master switch under its four names. Whatever says "off" wins.
    fn enabled(&mut self) -> Option<bool> {
        let default = "tracing stays as set in code, or on";
        let mut all = Vec::new();
        for name in ["AWS_XRAY_SDK_ENABLED", "XRAY_ENABLED", "XRAY_TRACING_ENABLED"] {
            all.extend(self.first(&[name], default, switch));
        }
        all.extend(self.first(&["AWS_XRAY_SDK_DISABLED"], default, switch).map(|disabled| !disabled));
        all.into_iter().reduce(|one, other| one && other)
    }

    fn lambda(&mut self) -> LambdaEnvironment {
        LambdaEnvironment {
            // SAM runs functions with all that Lambda sets, and sends nothing.
            sends_segments: self.text("LAMBDA_TASK_ROOT").is_some() && self.text("AWS_SAM_LOCAL").is_none_or(|value| value == "false"),
            function_name: self.text("AWS_LAMBDA_FUNCTION_NAME"),
            initialization: self.text("AWS_LAMBDA_INITIALIZATION_TYPE").map(|value| match value.as_str() {
                "on-demand" => Initialization::OnDemand,
                _ => Initialization::Ahead,
            }),
            handler: self.text("_HANDLER"),
            environment: self.text("XRAY_ENVIRONMENT"),
            timeout_margin: self.first(&["XRAY_TIMEOUT_MARGIN"], "0.05", part),
        }
    }

    /// A text that may be anything.
    fn text(&mut self, name: &str) -> Option<String> {
        self.first(&[name], "nothing", |value| Ok(value.to_owned()))
    }

    /// The switch of one kind of client calls; that of all of them can only switch off more.
    fn captured(&mut self, name: &str, all: Option<bool>) -> Option<bool> {
        let own = self.first(&[name], CAPTURED, switch);
        if all == Some(false) { Some(false) } else { own }
    }
}

/// Powertools' name comes last: functions that move from it to us keep theirs.
const SERVICE_NAME: &[&str] = &["AWS_XRAY_TRACING_NAME", "XRAY_SERVICE_NAME", "POWERTOOLS_SERVICE_NAME"];

/// What is taken in the place of a switch of client calls that cannot be used.
const CAPTURED: &str = "calls stay captured as set in code, or all";

fn switch(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

fn context_missing(value: &str) -> Result<ContextMissing, String> {
    match value.to_ascii_uppercase().as_str() {
        "LOG_ERROR" => Ok(ContextMissing::LogError),
        "IGNORE_ERROR" => Ok(ContextMissing::IgnoreError),
        "RUNTIME_ERROR" => Ok(ContextMissing::RuntimeError),
        _ => Err("write LOG_ERROR, IGNORE_ERROR or RUNTIME_ERROR".to_owned()),
    }
}

fn sampling(value: &str) -> Result<Sampling, String> {
    part(value).map(Sampling::Rate)
}

fn part(value: &str) -> Result<f64, String> {
    // As JSON has numbers: the code for reading those is in most programs already.
    match serde_json::from_str::<f64>(value) {
        Ok(part) if (0.0..=1.0).contains(&part) => Ok(part),
        _ => Err("write a number from 0.0 to 1.0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(variables: &[(&str, &str)]) -> (Environment, Vec<String>) {
        Environment::parse(|name| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn official_names_win_over_short_ones() {
        let (environment, problems) = parse(&[
            ("AWS_XRAY_DAEMON_ADDRESS", "a:1"),
            ("XRAY_DAEMON_ADDRESS", "b:2"),
            ("XRAY_SERVICE_NAME", "orders"),
            ("AWS_XRAY_CONTEXT_MISSING", "ignore_error"),
            ("XRAY_SAMPLING_RATE", " 0.5 "),
        ]);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(environment.daemon_address.unwrap().udp().to_string(), "a:1");
        assert_eq!(environment.service_name.as_deref(), Some("orders"));
        assert_eq!(environment.context_missing, Some(ContextMissing::IgnoreError));
        assert_eq!(environment.sampling, Some(Sampling::Rate(0.5)));
        assert_eq!(environment.enabled, None);
    }

    #[test]
    fn any_switch_can_turn_tracing_off() {
        for (variables, expected) in [
            (vec![("AWS_XRAY_SDK_ENABLED", "true")], Some(true)),
            (vec![("AWS_XRAY_SDK_ENABLED", "False")], Some(false)),
            (vec![("AWS_XRAY_SDK_DISABLED", "TRUE")], Some(false)),
            (vec![("AWS_XRAY_SDK_DISABLED", "false")], Some(true)),
            (vec![("XRAY_ENABLED", "1"), ("XRAY_TRACING_ENABLED", "off")], Some(false)),
            (vec![("XRAY_ENABLED", "")], None),
        ] {
            assert_eq!(parse(&variables).0.enabled, expected, "{variables:?}");
        }
    }

    #[test]
    fn client_calls_can_be_switched_off_by_kind_or_all() {
        for (variables, aws, http) in [
            (vec![], None, None),
            (vec![("XRAY_CAPTURE_AWS", "false")], Some(false), None),
            (vec![("XRAY_CAPTURE_HTTP", "off")], None, Some(false)),
            (vec![("ENABLE_XRAY_AUTOPATCH", "false"), ("XRAY_CAPTURE_AWS", "true")], Some(false), Some(false)),
            (vec![("ENABLE_XRAY_AUTOPATCH", "true"), ("XRAY_CAPTURE_AWS", "0")], Some(false), None),
        ] {
            let environment = parse(&variables).0;
            assert_eq!((environment.capture_aws, environment.capture_http), (aws, http), "{variables:?}");
        }
    }

    #[test]
    fn lambda_tells_of_its_function() {
        let on_lambda = [
            ("LAMBDA_TASK_ROOT", "/var/task"),
            ("AWS_LAMBDA_FUNCTION_NAME", "orders"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("_HANDLER", "bootstrap"),
            ("POWERTOOLS_SERVICE_NAME", "shop"),
            ("XRAY_ENVIRONMENT", "test"),
            ("XRAY_TIMEOUT_MARGIN", "0.2"),
        ];
        let (environment, problems) = parse(&on_lambda);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(environment.service_name.as_deref(), Some("shop"));
        let expected = LambdaEnvironment {
            sends_segments: true,
            function_name: Some("orders".into()),
            initialization: Some(Initialization::OnDemand),
            handler: Some("bootstrap".into()),
            environment: Some("test".into()),
            timeout_margin: Some(0.2),
        };
        assert_eq!(environment.lambda, expected);
        for (name, value) in [("AWS_SAM_LOCAL", "true"), ("LAMBDA_TASK_ROOT", "")] {
            let variables: Vec<_> = [(name, value)].into_iter().chain(on_lambda).collect();
            assert!(!parse(&variables).0.lambda.sends_segments, "{name}={value}");
        }
        for ahead in ["provisioned-concurrency", "snap-start", "lambda-managed-instances", "what comes next"] {
            let lambda = parse(&[("AWS_LAMBDA_INITIALIZATION_TYPE", ahead)]).0.lambda;
            assert_eq!(lambda.initialization, Some(Initialization::Ahead), "{ahead}");
        }
    }

    #[test]
    fn a_bad_value_is_named_with_the_remedy_and_the_default() {
        for (name, value, remedy, default) in [
            ("AWS_XRAY_DAEMON_ADDRESS", "localhost", "write host:port", "127.0.0.1:2000"),
            ("XRAY_DAEMON_ADDRESS", "a:b:c", "write host:port", "127.0.0.1:2000"),
            ("AWS_XRAY_TRACING_NAME", "<>", "letters, digits", "the name given in code"),
            ("XRAY_SERVICE_NAME", "\u{7}", "letters, digits", "the name given in code"),
            ("AWS_XRAY_CONTEXT_MISSING", "PANIC", "write LOG_ERROR", "LOG_ERROR"),
            ("XRAY_CONTEXT_MISSING", "0", "write LOG_ERROR", "LOG_ERROR"),
            ("AWS_XRAY_SDK_ENABLED", "maybe", "write true or false", "or on"),
            ("AWS_XRAY_SDK_DISABLED", "2", "write true or false", "or on"),
            ("XRAY_ENABLED", "ja", "write true or false", "or on"),
            ("XRAY_TRACING_ENABLED", "-", "write true or false", "or on"),
            ("XRAY_CAPTURE_AWS", "2", "write true or false", "or all"),
            ("XRAY_CAPTURE_HTTP", "x", "write true or false", "or all"),
            ("ENABLE_XRAY_AUTOPATCH", "ja", "write true or false", "or all"),
            ("XRAY_SAMPLING_RATE", "1.5", "from 0.0 to 1.0", "5 % of the rest"),
            ("XRAY_SAMPLING_RATE", "NaN", "from 0.0 to 1.0", "5 % of the rest"),
            ("XRAY_TIMEOUT_MARGIN", "5", "from 0.0 to 1.0", "0.05"),
        ] {
            let (environment, problems) = parse(&[(name, value)]);
            assert_eq!(environment, Environment::default(), "{name}");
            let [problem] = problems.as_slice() else { panic!("{name}: {problems:?}") };
            for part in [name, remedy, default] {
                assert!(problem.contains(part), "{name}: {problem}");
            }
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_value_that_is_not_text_is_named_too() {
        use std::os::unix::ffi::OsStringExt;
        let (_, problems) = Environment::parse(|name| (name == "XRAY_SAMPLING_RATE").then(|| OsString::from_vec(vec![0xff])));
        assert!(problems[0].contains("not UTF-8"), "{problems:?}");
    }
}
