//! The sample in step with the code, and what is said of wrong values.

use super::*;

/// The sample with what is commented out, where that is a key or a table.
fn uncommented() -> String {
    let is_toml = |line: &str| {
        line.starts_with("[[") || line.split_once(" = ").is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    SAMPLE.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_toml(rest)).unwrap_or(line).to_owned() + "\n").collect()
}

#[test]
fn the_sample_says_the_defaults() {
    assert_eq!(Config::parse("sample", SAMPLE), Ok(Config::default()));
    assert_eq!(Config::parse("empty", ""), Ok(Config::default()));
    // Written out, not only left to the defaults.
    let said: toml::Table = toml::from_str(SAMPLE).unwrap();
    assert_eq!(said, toml::Table::try_from(Config::default()).unwrap());
}

#[test]
fn the_sample_has_every_key() {
    let full = Config::parse("sample", &uncommented()).unwrap();
    let rule = full.sampling.as_ref().unwrap().first().unwrap();
    assert_eq!(Rule { name: None, service: None, ..rule.clone() }, Rule::default());
    let Config { service, region, dashboard, alarms, .. } = &full;
    assert!([service, region, &dashboard.name, &alarms.topic, &rule.name, &rule.service].iter().all(|value| value.is_some()));
}

#[test]
fn each_key_of_the_sample_has_a_comment() {
    let lines: Vec<&str> = SAMPLE.lines().collect();
    let mut explained: Vec<&str> = Vec::new();
    for pair in lines.windows(2) {
        let key = pair[1].trim_start_matches("# ").split(" = ").next().unwrap_or_default();
        let is_key = pair[1].contains(" = ") && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if is_key && !explained.contains(&key) {
            // Or it belongs to the one above, which is explained.
            let above = pair[0].trim_start_matches("# ").split(" = ").next().unwrap_or_default();
            assert!(pair[0].starts_with('#') || pair[0].starts_with('[') || explained.contains(&above), "{} has no comment", pair[1]);
            explained.push(key);
        }
    }
    assert!(explained.len() > 25, "{explained:?}");
}

#[test]
fn values_that_are_not_possible_are_named_with_the_remedy() {
    for (text, key, value, remedy) in [
        ("service = \"a<b>\"", "service", "a<b>", "1 to 200 letters"),
        ("service = \"\"", "service", "", "1 to 200 letters"),
        ("service = \" \"", "service", " ", "1 to 200"),
        ("service = \"a\\nb\"", "service", "a\\nb", "1 to 200"),
        ("namespace = \"a$b\"", "namespace", "a$b", "1 to 256"),
        ("namespace = \"\"", "namespace", "", "1 to 256"),
        ("region = \"moon\"", "region", "moon", "eu-west-1"),
        ("dashboard.name = \"a b\"", "dashboard.name", "a b", "1 to 255"),
        ("dashboard.period = 61", "dashboard.period", "61", "multiple of 60"),
        ("alarms.topic = \"on-call\"", "alarms.topic", "on-call", "arn:aws:sns"),
        ("alarms.faults.percent = 101", "alarms.faults.percent", "101", "from 0 to 100"),
        ("alarms.faults.percent = nan", "alarms.faults.percent", "NaN", "from 0 to 100"),
        ("alarms.faults.percent = -0.5", "alarms.faults.percent", "-0.5", "from 0 to 100"),
        ("alarms.faults.periods = 0", "alarms.faults.periods", "0", "1 to 288"),
        ("alarms.faults.period = 0", "alarms.faults.period", "0", "multiple of 60"),
        ("alarms.latency.period = 30", "alarms.latency.period", "30", "multiple of 60"),
        ("alarms.dependencies.periods = 37", "alarms.dependencies.total", "true", "three hours"),
        ("alarms.latency.periods = 289", "alarms.latency.periods", "289", "one day"),
        ("alarms.latency.percentile = 100", "alarms.latency.percentile", "100", "below 100"),
        ("alarms.latency.seconds = 0", "alarms.latency.seconds", "0", "above 0"),
        ("alarms.dependencies.names = [\"a\", \"\"]", "alarms.dependencies.names[1]", "", "1 to 200"),
        ("groups.slow_seconds = inf", "groups.slow_seconds", "inf", "above 0"),
        ("sampling = [{ name = \"123456789012345678901234567890123\" }]", "sampling[0].name", "1234", "1 to 32"),
        ("sampling = [{ name = \"Default\" }]", "sampling[0].name", "Default", "own"),
        ("sampling = [{}, { priority = 0 }]", "sampling[1].priority", "0", "1 to 9999"),
        ("sampling = [{ priority = 10000 }]", "sampling[0].priority", "10000", "1 to 9999"),
        ("sampling = [{ rate = 5 }]", "sampling[0].rate", "5", "0 to 1"),
        ("sampling = [{ reservoir = 4294967295 }]", "sampling[0].reservoir", "4294967295", "2147483647"),
        ("sampling = [{ method = \"PROPPATCHES\" }]", "sampling[0].method", "PROPPATCHES", "1 to 10"),
        ("sampling = [{ path = \"\" }]", "sampling[0].path", "", "1 to 128"),
    ] {
        let error = Config::parse("xray.toml", text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("xray.toml: `{key}` is `{value}")) && error.contains(remedy), "{text}\n{error}");
    }
}

#[test]
fn what_is_no_setting_is_shown_with_what_may_stand_there() {
    for (text, shown) in [
        ("[alarms.faults]\npercentage = 5", &["line 2", "percentage = 5", "unknown field", "`percent`", "cargo xray config"][..]),
        ("alarm = 1", &["unknown field", "`alarms`"]),
        ("[alarms.faults]\npercent = \"5\"", &["line 2", "percent = \"5\"", "invalid type: string \"5\"", "expected"]),
        ("service = 5", &["service = 5", "invalid type: integer `5`", "expected a string"]),
        ("[dashboard]\nperiod = -60", &["period = -60", "invalid value: integer `-60`", "expected u32"]),
        ("[[sampling]]\nRate = 1", &["Rate = 1", "unknown field `Rate`", "`rate`"]),
        ("service = ", &["line 1"]),
        ("a = 1\na = 2", &["duplicate key"]),
    ] {
        let error = Config::parse("xray.toml", text).unwrap_err().to_string();
        assert!(error.starts_with("xray.toml: ") && shown.iter().all(|part| error.contains(part)), "{text}\n{error}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let error = Config::parse("x", "alarms.faults.percent = 200\nalarms.latency.periods = 0\nregion = \"\"").unwrap_err().to_string();
    assert_eq!(error.lines().count(), 3, "{error}");
}

#[test]
fn the_page_has_every_key() {
    let page = include_str!("../../../docs/cargo-xray.md");
    let documented: Vec<&str> =
        page.split("## xray.toml").nth(1).unwrap().lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let Ok(toml::Value::Table(mut all)) = toml::from_str::<toml::Table>(&uncommented()).map(toml::Value::Table) else { panic!("a table") };
    let rules = all.remove("sampling").unwrap();
    let mut keys = vec!["sampling".to_owned()];
    keys.extend(rules[0].as_table().unwrap().keys().map(|key| format!("sampling.{key}")));
    add_keys(&all, "", &mut keys);
    keys.sort();
    let mut sorted = documented.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, keys);
}

fn add_keys(table: &toml::Table, above: &str, keys: &mut Vec<String>) {
    for (key, value) in table {
        match value {
            toml::Value::Table(below) => add_keys(below, &format!("{above}{key}."), keys),
            _ => keys.push(format!("{above}{key}")),
        }
    }
}
