//! The check itself: it takes what is right up to the limits, and refuses what is wrong for the reason that is meant, and for no other.
#![allow(missing_docs)]

use std::time::{SystemTime, UNIX_EPOCH};

use autoxray_metrics_tests::check;

/// A document that is right.
const RIGHT: &str = r#"{"_aws":{"Timestamp":NOW,"CloudWatchMetrics":[{"Namespace":"Shop","Dimensions":[["service","route"],["service"]],"Metrics":[{"Name":"Latency","Unit":"Milliseconds"},{"Name":"Orders","StorageResolution":1}]}]},"service":"orders","route":"/","Latency":[1,2.5],"Orders":7,"more":{"a":[null]}}"#;

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()
}

/// The document with one text in place of another.
fn with(from: &str, to: &str) -> String {
    assert!(from.is_empty() || RIGHT.matches(from).count() == 1, "{from}");
    let document = if from.is_empty() { to.to_owned() } else { RIGHT.replace(from, to) };
    document.replace("NOW", &now().to_string())
}

/// So many texts, with commas in between.
fn list(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(",")
}

/// A document with so many dimensions.
fn with_dimensions(count: usize) -> String {
    let keys = list(count, |index| format!(r#""d{index}""#));
    let values = list(count, |index| format!(r#""d{index}":"x""#));
    with(r#"["service","route"]"#, &format!("[{keys}]")).replace(r#""route":"/""#, &values)
}

/// A document with so many metrics.
fn with_metrics(count: usize) -> String {
    let definitions = list(count, |index| format!(r#"{{"Name":"m{index}"}}"#));
    let values = list(count, |index| format!(r#""m{index}":1"#));
    with(r#"{"Name":"Orders","StorageResolution":1}"#, &definitions).replace(r#""Orders":7"#, &values)
}

/// A document that is so large as an event.
fn with_bytes(count: usize) -> String {
    let length = with("", RIGHT).len() + 26 - "null".len() + 2;
    with("null", &format!("\"{}\"", "x".repeat(count - length)))
}

#[test]
fn what_is_right_passes() {
    let x = |count| "x".repeat(count);
    let documents = [
        with("", RIGHT),
        with("NOW", &(now() - 13 * 24 * 3_600_000).to_string()),
        with("Shop", &x(1024)),
        with("[[\"service\",\"route\"],[\"service\"]]", "[[]]"),
        with_dimensions(30),
        with("\"route\"]", &format!("\"{}\"]", x(250))).replace("\"route\":", &format!("\"{}\":", x(250))),
        with(":\"orders\"", &format!(":\"{}\"", x(1024))),
        with(":\"orders\"", ":\" ~!\\\"\\\\:/\""),
        with_metrics(99),
        with("{\"Name\":\"Orders\"", &format!("{{\"Name\":\"{}\"", x(1024))).replace("\"Orders\":7", &format!("\"{}\":7", x(1024))),
        with("{\"Name\":\"Orders\",\"StorageResolution\":1}", "{\"Name\":\"Orders\",\"Unit\":\"None\",\"StorageResolution\":60}"),
        with("[1,2.5]", &format!("[{}]", list(100, |index| index.to_string()))),
        with("[1,2.5]", "[0,-0.0,1e-300,2.3485425827738332e108,-2.3485425827738332e108]"),
        with("\"CloudWatchMetrics\"", "\"LogGroupName\":\"a\",\"LogStreamName\":\"b\",\"CloudWatchMetrics\""),
        // One metric with different dimensions.
        with(
            "{\"Namespace\"",
            "{\"Namespace\":\"Shop\",\"Dimensions\":[[]],\"Metrics\":[{\"Name\":\"Orders\",\"StorageResolution\":1}]},{\"Namespace\"",
        ),
        with_bytes(1024 * 1024),
    ];
    let checked = check(&documents);
    assert_eq!((checked.documents, checked.problems), (documents.len(), Vec::new()));
}

#[test]
fn what_is_wrong_is_refused_for_its_reason() {
    let wrong = [wrong_json(), wrong_metadata(), wrong_dimensions(), wrong_metrics()].concat();
    let documents: Vec<&String> = wrong.iter().map(|(document, _)| document).collect();
    let checked = check(&documents);
    assert_eq!(checked.documents, wrong.len());
    let others = (1..).zip(&wrong).filter_map(|(line, (document, reason))| {
        let mine = checked.problems.iter().filter_map(|problem| problem.strip_prefix(&format!("line {line}: ")));
        let mine: Vec<&str> = mine.collect();
        let document: String = document.chars().take(1000).collect();
        let is_meant = matches!(mine[..], [problem] if problem.contains(reason));
        (!is_meant).then(|| format!("not `{reason}` alone, but {mine:?}: {document}"))
    });
    let others: Vec<String> = others.collect();
    assert!(others.is_empty(), "\n{}\n", others.join("\n"));
}

type Wrong = Vec<(String, &'static str)>;

fn wrong_json() -> Wrong {
    vec![
        (with("", ""), "no JSON"),
        (with("\"more\":{\"a\":[null]}}", "\"more\":1"), "no JSON"),
        (with("", &format!("INFO {RIGHT}")), "no JSON"),
        (with("", &format!("{RIGHT}{RIGHT}")), "no JSON"),
        (with("[1,2.5]", "[1,NaN]"), "NaN is no JSON"),
        (with("[1,2.5]", "-Infinity"), "-Infinity is no JSON"),
        (with("[1,2.5]", "[01]"), "no JSON"),
        (with("\"more\"", "\"Orders\""), "member \"Orders\" comes twice"),
        (with("\"more\"", "\"\\u0073ervice\""), "member \"service\" comes twice"),
        (with("{\"a\":[null]}", "{\"a\":1,\"a\":2}"), "member \"a\" comes twice"),
        (with("", &format!("[{RIGHT}]")), "$: type:"),
        (with_bytes(1024 * 1024 + 1), "the event has 1048577 bytes"),
    ]
}

fn wrong_metadata() -> Wrong {
    vec![
        (with("", "{}"), "$: required: '_aws'"),
        (with("_aws", "_AWS"), "$: required: '_aws'"),
        (with("\"Timestamp\":NOW,", ""), "$._aws: required: 'Timestamp'"),
        (with("NOW", "NOW.5"), "$._aws.Timestamp: type:"),
        (with("NOW", "\"NOW\""), "$._aws.Timestamp: type:"),
        (with("NOW", &(now() / 1000).to_string()), "more than 14 days ago"),
        (with("NOW", &(now() + 3 * 3_600_000).to_string()), "2 hours ahead"),
        (with("", "{\"_aws\":{\"Timestamp\":NOW}}"), "$._aws: required: 'CloudWatchMetrics'"),
        (with("\"CloudWatchMetrics\"", "\"cloudWatchMetrics\":[],\"CloudWatchMetrics\""), "$._aws: additionalProperties: "),
        (with("", "{\"_aws\":{\"Timestamp\":NOW,\"CloudWatchMetrics\":[]}}"), "$._aws.CloudWatchMetrics: "),
        (with("NOW", "NOW,\"Version\":\"0\""), "$._aws: additionalProperties: "),
        (with("NOW", "NOW,\"LogGroupName\":\"\""), "$._aws.LogGroupName: "),
        (with("\"Namespace\":\"Shop\",", ""), "[0]: required: 'Namespace'"),
        (with("Shop", ""), "[0].Namespace: "),
        (with("Shop", &"x".repeat(1025)), "[0].Namespace: maxLength:"),
        (with("Shop", "  "), "namespace \"  \" is blank"),
        (with("Shop", "Gr\u{f6}\u{df}e"), "is blank, not printable ASCII"),
        (with("{\"Namespace\"", "{\"Properties\":[],\"Namespace\""), "[0]: additionalProperties: "),
    ]
}

fn wrong_dimensions() -> Wrong {
    let key = |key: &str| with("\"route\"]", &format!("\"{key}\"]")).replace("\"route\":", &format!("\"{key}\":"));
    let value = |value: &str| with("\"route\":\"/\"", &format!("\"route\":{value}"));
    vec![
        (with("\"Dimensions\":[[\"service\",\"route\"],[\"service\"]],", ""), "[0]: required: 'Dimensions'"),
        (with("[[\"service\",\"route\"],[\"service\"]]", "[]"), "[0].Dimensions: "),
        (with("[[\"service\",\"route\"],[\"service\"]]", "[\"service\"]"), "[0].Dimensions[0]: type:"),
        (with("[\"service\"]", "[1]"), "[0].Dimensions[1][0]: type:"),
        (with_dimensions(31), "[0].Dimensions[0]: maxItems:"),
        (with("[\"service\"]", "[\"service\",\"service\"]"), "[0].Dimensions[1]: uniqueItems:"),
        (with("[\"service\"]", "[\"route\",\"service\"]"), "a set of dimensions comes twice"),
        (key(""), "[0].Dimensions[0][1]: "),
        (key(&"x".repeat(251)), "[0].Dimensions[0][1]: maxLength:"),
        (key(" "), "dimension \" \" is blank"),
        (key(":x"), "dimension \":x\" is blank, not printable ASCII, or begins with a colon"),
        (key("k\u{e4}se"), "not printable ASCII"),
        (key("a\\tb"), "not printable ASCII"),
        (with("\"route\":\"/\",", ""), "dimension \"route\" has no value at the root"),
        (with("\"route\":", "\"Route\":"), "dimension \"route\" has no value at the root"),
        (with("[\"service\"]", "[\"more.a\"]"), "dimension \"more.a\" has no value at the root"),
        (with("[\"service\"]", "[\"_aws\"]"), "dimension \"_aws\" has no value"),
        (value("1"), "the value of dimension \"route\" is no text"),
        (value("null"), "the value of dimension \"route\" is no text"),
        (value("[\"/\"]"), "the value of dimension \"route\" is no text"),
        (value("\"\""), "the value of dimension \"route\" has 0 characters"),
        (value(&format!("\"{}\"", "x".repeat(1025))), "the value of dimension \"route\" has 1025 characters"),
        (value("\"  \""), "the value of dimension \"route\" is blank"),
        (value("\":x\""), "begins with a colon"),
        (value("\"\u{20ac}\""), "not printable ASCII"),
        (value("\"a\\u007f\""), "not printable ASCII"),
    ]
}

fn wrong_metrics() -> Wrong {
    let name = |name: &str| with("{\"Name\":\"Orders\"", &format!("{{\"Name\":\"{name}\"")).replace("\"Orders\":", &format!("\"{name}\":"));
    let value = |value: &str| with("[1,2.5]", value);
    let orders = |definition: &str| with("{\"Name\":\"Orders\",\"StorageResolution\":1}", definition);
    let metrics = "[{\"Name\":\"Latency\",\"Unit\":\"Milliseconds\"},{\"Name\":\"Orders\",\"StorageResolution\":1}]";
    vec![
        (with(metrics, "[]"), "[0].Metrics: "),
        (with(&format!(",\"Metrics\":{metrics}"), ""), "[0]: required: 'Metrics'"),
        (with_metrics(100), "[0].Metrics: maxItems:"),
        (orders("\"Orders\""), "[0].Metrics[1]: type:"),
        (orders("{\"Unit\":\"Count\"}"), "[0].Metrics[1]: required: 'Name'"),
        (orders("{\"Name\":\"Orders\",\"unit\":\"Count\"}"), "[0].Metrics[1]: additionalProperties: "),
        (name(""), "[0].Metrics[1].Name: "),
        (name(&"x".repeat(1025)), "[0].Metrics[1].Name: maxLength:"),
        (with("Milliseconds", "milliseconds"), "[0].Metrics[0].Unit: enum:"),
        (with("\"Milliseconds\"", "null"), "[0].Metrics[0].Unit: enum:"),
        (with("Milliseconds", "Bytes/second"), "[0].Metrics[0].Unit: enum:"),
        (with("\"StorageResolution\":1", "\"StorageResolution\":30"), "[0].Metrics[1].StorageResolution: enum:"),
        (with("\"StorageResolution\":1", "\"StorageResolution\":\"1\""), "[0].Metrics[1].StorageResolution: enum:"),
        (orders("{\"Name\":\"Latency\",\"Unit\":\"Seconds\"}"), "metric \"Latency\" is defined twice"),
        (orders("{\"Name\":\"Latency\",\"StorageResolution\":1}"), "metric \"Latency\" has two resolutions"),
        (
            with(
                "{\"Namespace\"",
                "{\"Namespace\":\"x\",\"Dimensions\":[[]],\"Metrics\":[{\"Name\":\"Orders\",\"StorageResolution\":60}]},{\"Namespace\"",
            ),
            "metric \"Orders\" has two resolutions",
        ),
        (with("\"Orders\":7,", ""), "metric \"Orders\" has no value at the root"),
        (with("\"Orders\":7", "\"orders\":7"), "metric \"Orders\" has no value at the root"),
        (orders("{\"Name\":\"more.a\"}"), "metric \"more.a\" has no value at the root"),
        (orders("{\"Name\":\"_aws\"}"), "metric \"_aws\" has no value"),
        (orders("{\"Name\":\"service\"}"), "metric \"service\" has \"orders\", which is no number"),
        (value("[]"), "metric \"Latency\" has 0 values"),
        (value(&format!("[{}]", list(101, |index| index.to_string()))), "metric \"Latency\" has 101 values"),
        (value("\"1\""), "metric \"Latency\" has \"1\", which is no number"),
        (value("[1,null]"), "metric \"Latency\" has null, which is no number"),
        (value("true"), "metric \"Latency\" has true, which is no number"),
        (value("[[1]]"), "metric \"Latency\" has [1], which is no number"),
        (value("{\"a\":1}"), "which is no number"),
        (value("1e999"), "metric \"Latency\" has a value beyond 2^360"),
        (value("[1,-2.35e108]"), "metric \"Latency\" has a value beyond 2^360"),
        (value(&format!("1{}", "0".repeat(109))), "metric \"Latency\" has a value beyond 2^360"),
    ]
}
