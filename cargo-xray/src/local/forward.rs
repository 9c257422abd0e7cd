//! Where what arrives is sent on to.

use xray_collector::{Forward, ForwardStats, Forwarder};

use crate::Error;
use crate::environment::Environment;

/// Makes ready to send, with what OpenTelemetry's own variables say of how.
pub(super) fn start(mut forward: Forward, environment: &Environment) -> Result<Forwarder, Error> {
    if let Forward::Otlp(otlp) = &mut forward {
        let of = |name: &str| {
            let names = [format!("OTEL_EXPORTER_OTLP_TRACES_{name}"), format!("OTEL_EXPORTER_OTLP_{name}")];
            names.into_iter().find_map(|name| Some((environment.text(&name)?.to_owned(), name)))
        };
        if let Some((text, name)) = of("HEADERS") {
            otlp.headers = headers(&text)
                .map_err(|wrong| Error::new(format!("{name} has {wrong}: write `name=value`, several with commas between")))?;
        }
        if let Some((text, name)) = of("COMPRESSION") {
            otlp.gzip = match &*text {
                "gzip" => true,
                "none" => false,
                other => return Err(Error::new(format!("{name} is `{other}`: set `gzip` or `none`"))),
            };
        }
    }
    Forwarder::new(forward).map_err(|error| Error::new(format!("nothing can be sent on: {error}")))
}

/// `name=value,…`, as the specification of OTLP's exporters has it: values may be percent-encoded. A wrong one is told without its value.
fn headers(text: &str) -> Result<Vec<(String, String)>, String> {
    let header = |(index, each): (usize, &str)| {
        let (name, value) =
            each.split_once('=').filter(|(name, _)| !name.trim().is_empty()).ok_or(format!("no `=` in its entry {}", index + 1))?;
        let value = percent_encoding::percent_decode_str(value.trim()).decode_utf8();
        let value = value.map_err(|_| format!("a value for `{}` that is no text", name.trim()))?;
        Ok((name.trim().to_owned(), value.into_owned()))
    };
    (0..).zip(text.split(',').filter(|each| !each.trim().is_empty())).map(header).collect()
}

/// What was not sent, in a line; `None` if all was.
pub(super) fn losses(stats: &ForwardStats) -> Option<String> {
    if stats.lost() == 0 {
        return None;
    }
    let reasons: Vec<String> = stats.lost.iter().map(|(why, count)| format!("{count} {why}")).collect();
    let last = stats.last_failure.as_ref().map_or(String::new(), |last| format!("; the last failure: {last}"));
    let text =
        format!("{} of {} documents were not sent on to {}: {}{last}", stats.lost(), stats.received, stats.target, reasons.join(", "));
    Some(printable(&text))
}

/// What others answered, fit for a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_as_the_variable_has_them() {
        let pairs = |all: &[(&str, &str)]| Ok(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        for (text, expected) in [
            ("", pairs(&[])),
            ("api-key=a=b", pairs(&[("api-key", "a=b")])),
            (" a = b%20c ,, d=%2C ", pairs(&[("a", "b c"), ("d", ",")])),
            ("a=1,secret", Err("no `=` in its entry 2".to_owned())),
            ("=1", Err("no `=` in its entry 1".to_owned())),
            ("a=%ff", Err("a value for `a` that is no text".to_owned())),
        ] {
            assert_eq!(headers(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_the_environment_is_said() {
        for (name, value, remedy) in [
            ("OTEL_EXPORTER_OTLP_HEADERS", "secret", "OTEL_EXPORTER_OTLP_HEADERS has no `=`"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "zip", "set `gzip` or `none`"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a b=c", "`a b` cannot be sent"),
        ] {
            let forward = "otlp:http://127.0.0.1:1".parse().unwrap();
            let error = start(forward, &[(name, value)].into_iter().collect()).unwrap_err().to_string();
            assert!(error.contains(remedy) && !error.contains("secret"), "{error}");
        }
    }
}
