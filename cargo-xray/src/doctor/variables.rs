//! Variables that programs with autoxray read: a check for each row of docs/environment.md.

use super::check::Check;
use super::value::{self, Reading};
use crate::environment::Environment;

/// Variables for one setting; the first that can be used wins.
struct Setting {
    names: &'static [&'static str],
    read: fn(&str) -> Reading,
    /// What holds if none is set.
    default: &'static str,
}

const fn setting(names: &'static [&'static str], read: fn(&str) -> Reading, default: &'static str) -> Setting {
    Setting { names, read, default }
}

const SETTINGS: [Setting; 16] = [
    setting(&["AWS_XRAY_DAEMON_ADDRESS", "XRAY_DAEMON_ADDRESS"], value::daemon, "documents go to 127.0.0.1:2000"),
    setting(
        &["AWS_XRAY_TRACING_NAME", "XRAY_SERVICE_NAME", "POWERTOOLS_SERVICE_NAME"],
        value::service,
        "segments are called as the code says",
    ),
    setting(
        &["AWS_XRAY_CONTEXT_MISSING", "XRAY_CONTEXT_MISSING"],
        value::context_missing,
        "what is recorded without a segment costs one line, and is counted",
    ),
    setting(&["XRAY_SAMPLING_RATE"], value::sampling, "one trace per second is recorded, and 5 % of the rest, if the code says nothing"),
    setting(&["ENABLE_XRAY_AUTOPATCH"], autopatch, "calls of clients are captured where an integration is in place"),
    setting(&["XRAY_CAPTURE_AWS"], value::captured, "calls of AWS are captured, if the code says nothing"),
    setting(&["XRAY_CAPTURE_HTTP"], value::captured, "calls over HTTP are captured, if the code says nothing"),
    setting(&["XRAY_METRICS"], value::metrics, "metrics are written on Lambda; elsewhere, if the code says so"),
    setting(
        &["AWS_EMF_NAMESPACE", "XRAY_METRICS_NAMESPACE", "POWERTOOLS_METRICS_NAMESPACE"],
        value::namespace,
        "metrics have the namespace set in code, or `autoxray`",
    ),
    setting(&["AWS_EMF_AGENT_ENDPOINT"], value::agent, "metrics go to tcp://127.0.0.1:25888; on Lambda, to standard output"),
    setting(
        &["AWS_EMF_ENVIRONMENT"],
        value::emf_environment,
        "as the process finds itself: standard output on Lambda, the agent elsewhere",
    ),
    setting(&["AWS_EMF_LOG_GROUP_NAME"], value::log_group, "the agent's own log group"),
    setting(&["AWS_EMF_LOG_STREAM_NAME"], value::log_stream, "the agent's own log stream"),
    setting(&["XRAY_ENVIRONMENT"], value::anything, "invocations on Lambda have the environment `lambda:default`"),
    setting(&["XRAY_TIMEOUT_MARGIN"], margin, "5 % of an invocation's time is kept back for telling of a time-out"),
    setting(&["AUTOXRAY_REWRITES"], rewrites, "builds list no rewritten calls"),
];

/// What can be meant, but mostly is not: a sign of it in what follows from a value, and what to do.
const CAUTIONS: [(&str, &str); 3] = [
    ("nothing is recorded", "set XRAY_SAMPLING_RATE=1 to see every trace"),
    ("PANICS", "take LOG_ERROR outside of tests: this is the one setting under which tracing changes the program"),
    ("NO calls", "unset it to record calls of AWS and HTTP clients"),
];

/// The master switch has four names, of which any can switch off.
const SWITCHES: [(&str, bool); 4] =
    [("AWS_XRAY_SDK_ENABLED", true), ("AWS_XRAY_SDK_DISABLED", false), ("XRAY_ENABLED", true), ("XRAY_TRACING_ENABLED", true)];

/// What AWS's own SDKs and agents read; autoxray has no use for it.
const OF_OTHERS: [&str; 9] = [
    "AWS_XRAY_NOOP_ID",
    "AWS_XRAY_MANUAL_MODE",
    "AWS_XRAY_DEBUG_MODE",
    "AWS_XRAY_LOG_LEVEL",
    "AWS_XRAY_COLLECT_SQL_QUERIES",
    "AWS_XRAY_ADAPTIVE_SAMPLING_CONFIG",
    "_AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_PORT",
    "XRAY_DAEMON_CPU_PROFILE",
];

/// A check for each setting, and one for variables that nobody reads.
pub(super) fn check(environment: &Environment) -> Vec<Check> {
    let mut checks = vec![master_switch(environment)];
    checks.extend(SETTINGS.iter().map(|setting| of_setting(setting, environment)));
    checks.extend(unknown(environment));
    checks
}

fn of_setting(setting: &Setting, environment: &Environment) -> Check {
    let mut problems = Vec::new();
    let mut taken = None;
    let mut shadowed = Vec::new();
    for &name in setting.names.iter().filter(|name| environment.is_set(name)) {
        if taken.is_some() {
            shadowed.push(name);
            continue;
        }
        match read(name, environment, setting.read) {
            Ok(effect) => taken = Some((name, effect)),
            Err(problem) => problems.push(problem),
        }
    }
    let name = taken.as_ref().map_or(setting.names[0], |(name, _)| name);
    let effect = match &taken {
        Some((name, effect)) => format!("{name} is set: {effect}"),
        None if problems.is_empty() => format!("not set: {}", setting.default),
        None => format!("taken instead: {}", setting.default),
    };
    match (problems.first(), shadowed.is_empty()) {
        (Some(_), _) => {
            let (seen, remedies): (Vec<_>, Vec<_>) = problems.into_iter().unzip();
            Check::fail(name, format!("{}; {effect}", seen.join(", ")), remedies.join("; "))
        }
        (None, false) => {
            Check::warn(name, format!("{effect}, whatever {} says", shadowed.join(" and ")), format!("unset {}", shadowed.join(" and ")))
        }
        (None, true) if taken.is_none() => Check { is_default: true, ..Check::ok(name, effect) },
        (None, true) => match CAUTIONS.iter().find(|(sign, _)| effect.contains(sign)) {
            Some((_, remedy)) => Check::warn(name, effect, *remedy),
            None => Check::ok(name, effect),
        },
    }
}

/// What follows from a value, or what is wrong with it, and the remedy.
fn read<T>(name: &str, environment: &Environment, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, (String, String)> {
    let value = environment.get(name).unwrap_or_default();
    let shown = xray_model::shown(&value.to_string_lossy());
    let parsed = value.to_str().ok_or_else(|| "write it as UTF-8".to_owned()).and_then(|text| parse(text.trim()));
    parsed.map_err(|remedy| (format!("{name}=\"{shown}\" cannot be used"), remedy))
}

fn master_switch(environment: &Environment) -> Check {
    let name = SWITCHES[0].0;
    let (mut off, mut on, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (name, meaning) in SWITCHES.into_iter().filter(|(name, _)| environment.is_set(name)) {
        match read(name, environment, value::switch) {
            Ok(value) => if value == meaning { &mut on } else { &mut off }.push(name),
            Err(problem) => problems.push(problem),
        }
    }
    let effect = match (off.is_empty(), on.is_empty()) {
        (false, _) => format!("tracing is OFF, by {}", off.join(" and ")),
        (true, false) => format!("tracing is on, by {}", on.join(" and ")),
        (true, true) => "not set: tracing is on, if the code says nothing".to_owned(),
    };
    if !problems.is_empty() {
        let (seen, remedies): (Vec<_>, Vec<_>) = problems.into_iter().unzip();
        return Check::fail(name, format!("{}; {effect}", seen.join(", ")), remedies.join("; "));
    }
    match off.first() {
        Some(first) => Check::warn(first, effect, format!("unset {} to record traces", off.join(" and "))),
        None => Check { is_default: on.is_empty(), ..Check::ok(on.first().unwrap_or(&name), effect) },
    }
}

/// Variables that look as if they were meant for us.
fn unknown(environment: &Environment) -> Vec<Check> {
    let known = || SETTINGS.iter().flat_map(|setting| setting.names).copied().chain(SWITCHES.map(|(name, _)| name));
    let is_ours = |name: &&str| name.contains("XRAY") && !known().any(|known| known == *name);
    let of = |name: &str| {
        if OF_OTHERS.contains(&name) {
            return Check::ok(name, "is read by AWS's own SDKs and agents, not by autoxray");
        }
        let meant = known().map(|known| (distance(known, name), known)).min().filter(|(distance, _)| *distance <= 4);
        let remedy = meant.map_or("unset it, or look its name up".into(), |(_, known)| format!("did you mean {known}?"));
        Check::warn(name, "is set, but nothing reads a variable of this name", remedy)
    };
    environment.names().filter(is_ours).map(of).collect()
}

/// How many letters have to be put in, taken out or replaced to make one of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (column, other) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

fn autopatch(value: &str) -> Reading {
    let says = |on| if on { "calls of clients are captured where an integration is in place" } else { "NO calls of clients are captured" };
    value::switch(value).map(|on| says(on).into())
}

fn margin(value: &str) -> Reading {
    let says = |part: f64| format!("{} % of an invocation's time is kept back for telling of a time-out", part * 100.0);
    value::part(value).map(|part| if part == 0.0 { "time-outs are not told of".into() } else { says(part) })
}

fn rewrites(value: &str) -> Reading {
    let says = |place| format!("builds list rewritten calls {place}");
    Ok(if value == "1" { says("on standard error".to_owned()) } else { says(format!("in `{}`", xray_model::shown(value))) })
}

#[cfg(test)]
mod tests {
    use super::super::check::Verdict;
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Vec<Check> {
        check(&variables.iter().copied().collect())
    }

    #[test]
    fn nothing_set_is_fine_and_each_default_is_told() {
        let checks = of(&[]);
        assert_eq!(checks.len(), SETTINGS.len() + 1);
        for check in checks {
            assert_eq!((check.status, check.remedy, check.is_default), (Verdict::Ok, None, true), "{}", check.name);
            assert!(check.seen.starts_with("not set: "), "{}", check.seen);
        }
    }

    #[test]
    fn each_documented_variable_is_known() {
        let page = include_str!("../../../docs/environment.md");
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        let documented = rows.flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2));
        let mut count = 0;
        for name in documented {
            let is_known = SETTINGS.iter().any(|setting| setting.names.contains(&name)) || SWITCHES.iter().any(|(known, _)| *known == name);
            assert!(is_known, "docs/environment.md has `{name}`, which `cargo xray doctor` does not look at");
            count += 1;
        }
        let known = SETTINGS.iter().map(|setting| setting.names.len()).sum::<usize>() + SWITCHES.len();
        assert_eq!(count, known, "docs/environment.md has no row for something that `cargo xray doctor` looks at");
    }

    #[test]
    fn what_is_set_is_told_with_what_follows() {
        use Verdict::{Fail, Ok, Warn};
        for (variables, name, status, seen, remedy) in [
            (&[("AWS_XRAY_DAEMON_ADDRESS", "xray:3000")][..], "AWS_XRAY_DAEMON_ADDRESS", Ok, "documents go to xray:3000", ""),
            (&[("XRAY_DAEMON_ADDRESS", "udp:a:1 tcp:b:2")], "XRAY_DAEMON_ADDRESS", Ok, "to a:1 by UDP; sampling rules are at b:2", ""),
            (
                &[("AWS_XRAY_DAEMON_ADDRESS", "xray")],
                "AWS_XRAY_DAEMON_ADDRESS",
                Fail,
                "taken instead: documents go to 127",
                "no port; write",
            ),
            (
                &[("AWS_XRAY_DAEMON_ADDRESS", "a:1"), ("XRAY_DAEMON_ADDRESS", "b:2")],
                "AWS_XRAY_DAEMON_ADDRESS",
                Warn,
                "whatever XRAY_DAEMON_ADDRESS says",
                "unset XRAY_DAEMON_ADDRESS",
            ),
            (
                &[("AWS_XRAY_DAEMON_ADDRESS", "?"), ("XRAY_DAEMON_ADDRESS", "b:2")],
                "XRAY_DAEMON_ADDRESS",
                Fail,
                "AWS_XRAY_DAEMON_ADDRESS=\"?\" cannot be used; XRAY_DAEMON_ADDRESS is set: documents go to b:2",
                "there is no port",
            ),
            (&[("AWS_XRAY_TRACING_NAME", "a<b>")], "AWS_XRAY_TRACING_NAME", Ok, "are called `ab`: X-Ray takes no more", ""),
            (&[("AWS_XRAY_TRACING_NAME", "<>")], "AWS_XRAY_TRACING_NAME", Fail, "cannot be used", "letters, digits"),
            (&[("AWS_XRAY_CONTEXT_MISSING", "runtime_error")], "AWS_XRAY_CONTEXT_MISSING", Warn, "PANICS", "take LOG_ERROR"),
            (&[("AWS_XRAY_CONTEXT_MISSING", "0")], "AWS_XRAY_CONTEXT_MISSING", Fail, "taken instead: what is", "write LOG_ERROR"),
            (&[("XRAY_SAMPLING_RATE", "0.25")], "XRAY_SAMPLING_RATE", Ok, "25 % of traces", ""),
            (&[("XRAY_SAMPLING_RATE", "0")], "XRAY_SAMPLING_RATE", Warn, "nothing is recorded", "XRAY_SAMPLING_RATE=1"),
            (&[("XRAY_SAMPLING_RATE", "2")], "XRAY_SAMPLING_RATE", Fail, "5 % of the rest", "from 0.0 to 1.0"),
            (
                &[("AWS_XRAY_SDK_DISABLED", "true"), ("XRAY_ENABLED", "1")],
                "AWS_XRAY_SDK_DISABLED",
                Warn,
                "tracing is OFF",
                "unset AWS_XRAY_SDK_D",
            ),
            (&[("AWS_XRAY_SDK_DISABLED", "false")], "AWS_XRAY_SDK_DISABLED", Ok, "on, by AWS_XRAY_SDK_DISABLED", ""),
            (&[("XRAY_TRACING_ENABLED", "maybe")], "AWS_XRAY_SDK_ENABLED", Fail, "XRAY_TRACING_ENABLED=\"maybe\"", "true or false"),
            (&[("ENABLE_XRAY_AUTOPATCH", "0")], "ENABLE_XRAY_AUTOPATCH", Warn, "NO calls", "unset it"),
            (&[("XRAY_METRICS", "on")], "XRAY_METRICS", Fail, "cannot be used", "emf or off"),
            (&[("AWS_EMF_AGENT_ENDPOINT", "udp://a:1/")], "AWS_EMF_AGENT_ENDPOINT", Ok, "at a:1 by udp", ""),
            (&[("AWS_EMF_AGENT_ENDPOINT", "a:1")], "AWS_EMF_AGENT_ENDPOINT", Fail, "cannot be used", "there is no protocol"),
            (&[("AUTOXRAY_REWRITES", "1")], "AUTOXRAY_REWRITES", Ok, "on standard error", ""),
            (&[("XRAY_SAMPLE_RATE", "1")], "XRAY_SAMPLE_RATE", Warn, "nothing reads", "did you mean XRAY_SAMPLING_RATE?"),
            (&[("XRAY_COLOUR_OF_THE_SKY", "blue")], "XRAY_COLOUR_OF_THE_SKY", Warn, "nothing reads", "unset it"),
            (&[("AWS_XRAY_NOOP_ID", "false")], "AWS_XRAY_NOOP_ID", Ok, "not by autoxray", ""),
        ] {
            let checks = of(variables);
            let check = checks.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("no check `{name}` for {variables:?}"));
            assert_eq!(check.status, status, "{variables:?}: {check:?}");
            assert!(check.seen.contains(seen), "{variables:?}: {check:?}");
            assert!(check.remedy.as_deref().unwrap_or_default().contains(remedy), "{variables:?}: {check:?}");
            assert_eq!(check.remedy.is_some(), !remedy.is_empty(), "{variables:?}: {check:?}");
        }
    }

    #[test]
    fn letters_that_differ_are_counted() {
        for (one, other, expected) in [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("XRAY_ENABLE", "XRAY_ENABLED", 1)] {
            assert_eq!((distance(one, other), distance(other, one)), (expected, expected), "{one} {other}");
        }
    }
}
