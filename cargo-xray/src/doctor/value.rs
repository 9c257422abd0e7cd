//! Values of variables: whether programs can use them, and what follows from them.
//!
//! The rules are the runtime's; `tests/agrees.rs` asks it.

use xray_model::limits::{LOG_NAME_CHARS_MAX, METRIC_NAMESPACE_CHARS_MAX, NAME_CHARS_MAX};
use xray_model::{DaemonAddress, Endpoint, ParseAddressError};

/// What follows from a value, or why it cannot be used.
pub(super) type Reading = Result<String, String>;

pub(super) fn daemon(value: &str) -> Reading {
    let address: DaemonAddress = value.parse().map_err(|error: ParseAddressError| format!("{}; write host:port", error.problem()))?;
    Ok(if address.udp() == address.tcp() {
        format!("documents go to {}", address.udp())
    } else {
        format!("documents go to {} by UDP; sampling rules are at {}", address.udp(), address.tcp())
    })
}

pub(super) fn service(value: &str) -> Reading {
    let is_allowed = |letter: &char| letter.is_alphanumeric() || " _.:/%&#=+\\-@".contains(*letter);
    let usable: String = value.chars().filter(is_allowed).take(NAME_CHARS_MAX).collect();
    match usable {
        usable if usable.trim().is_empty() => Err("a name has letters, digits, spaces and _.:/%&#=+\\-@".into()),
        usable if usable == value => Ok(format!("segments are called `{usable}`")),
        usable => Ok(format!("segments are called `{usable}`: X-Ray takes no more of it")),
    }
}

pub(super) fn context_missing(value: &str) -> Reading {
    match value.to_ascii_uppercase().as_str() {
        "LOG_ERROR" => Ok("what is recorded without a segment costs one line, and is counted".into()),
        "IGNORE_ERROR" => Ok("what is recorded without a segment is only counted".into()),
        "RUNTIME_ERROR" => Ok("what is recorded without a segment PANICS: for tests only".into()),
        _ => Err("write LOG_ERROR, IGNORE_ERROR or RUNTIME_ERROR".into()),
    }
}

pub(super) fn switch(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Ok(false),
        _ => Err("write true or false".into()),
    }
}

pub(super) fn part(value: &str) -> Result<f64, String> {
    // As JSON has numbers.
    match serde_json::from_str::<f64>(value) {
        Ok(part) if (0.0..=1.0).contains(&part) => Ok(part),
        _ => Err("write a number from 0.0 to 1.0".into()),
    }
}

pub(super) fn sampling(value: &str) -> Reading {
    part(value).map(|part| match part {
        0.0 => "nothing is recorded, unless a caller decides so".into(),
        1.0 => "every trace is recorded".into(),
        part => format!("{} % of traces are recorded", part * 100.0),
    })
}

pub(super) fn captured(value: &str) -> Reading {
    switch(value).map(|on| if on { "calls are captured" } else { "calls are NOT captured" }.into())
}

pub(super) fn metrics(value: &str) -> Reading {
    match value.to_ascii_lowercase().as_str() {
        "emf" => Ok("metrics are written for CloudWatch".into()),
        "off" => Ok("no metrics are written".into()),
        _ => Err("write emf or off".into()),
    }
}

/// What holds for all names that CloudWatch takes: visible ASCII, not too much of it, and no colon in front.
fn is_name(value: &str, chars_max: usize) -> bool {
    let is_printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_printable && !value.trim().is_empty() && value.len() <= chars_max && !value.starts_with(':') && value != "_aws"
}

pub(super) fn namespace(value: &str) -> Reading {
    let is_allowed = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._#:/-".contains(&byte));
    match is_allowed && is_name(value, METRIC_NAMESPACE_CHARS_MAX) && !value.starts_with("AWS/") {
        true => Ok(format!("metrics have the namespace `{value}`")),
        false => Err("write 1 to 256 letters, digits, blanks and ._#:/- of ASCII, and not AWS/ in front".into()),
    }
}

pub(super) fn log_group(value: &str) -> Reading {
    let is_allowed = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/#-".contains(&byte));
    match is_allowed && is_name(value, LOG_NAME_CHARS_MAX) {
        true => Ok(format!("the CloudWatch agent writes to the log group `{value}`")),
        false => Err("write 1 to 512 letters, digits and ._/#- of ASCII".into()),
    }
}

pub(super) fn log_stream(value: &str) -> Reading {
    match is_name(value, LOG_NAME_CHARS_MAX) && !value.contains([':', '*']) {
        true => Ok(format!("the CloudWatch agent writes to the log stream `{value}`")),
        false => Err("write 1 to 512 printable characters of ASCII without : and *".into()),
    }
}

pub(super) fn agent(value: &str) -> Reading {
    let remedy = "write tcp://host:port or udp://host:port";
    let (scheme, endpoint) = value.split_once("://").ok_or_else(|| format!("there is no protocol; {remedy}"))?;
    if !matches!(scheme, "tcp" | "udp") {
        return Err(format!("the protocol is neither tcp nor udp; {remedy}"));
    }
    let endpoint: Endpoint = endpoint
        .strip_suffix('/')
        .unwrap_or(endpoint)
        .parse()
        .map_err(|error: ParseAddressError| format!("{}; {remedy}", error.problem()))?;
    Ok(format!("metrics go to the CloudWatch agent at {endpoint} by {scheme}"))
}

pub(super) fn emf_environment(value: &str) -> Reading {
    let known = ["Lambda", "Local", "EC2", "ECS", "Agent", "Default"];
    match known.into_iter().find(|known| known.eq_ignore_ascii_case(value)) {
        Some("Lambda" | "Local") => Ok("metrics are written to standard output where no endpoint is set".into()),
        Some(_) => Ok("metrics go to the CloudWatch agent".into()),
        None => Err(format!("write one of {}", known.join(", "))),
    }
}

pub(super) fn anything(value: &str) -> Reading {
    Ok(format!("`{}`", xray_model::shown(value)))
}
