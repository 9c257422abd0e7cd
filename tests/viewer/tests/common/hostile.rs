//! Documents that mean no good.

use serde_json::{Value, json};

pub(crate) const TRACE: &str = "1-5759e988-bd862e3fe1be46a994272793";

/// What is put wherever a document can hold text.
pub(crate) fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "<script>document.title='owned'</script>",
        "\"><img src=x onerror=alert(1)>",
        "' autofocus onfocus='alert(1)",
        "</title></textarea></style></script><svg onload=alert(1)>",
        "<!-- --!> <![CDATA[ ]]> <?php ?>",
        "&lt;b&gt; &amp; &#x3c;script&#x3e; &nosuch;",
        "javascript:alert(1)",
        "//evil.example/a?b=c#d",
        "../../../etc/passwd%00%0d%0aSet-Cookie: a=b",
        "a] = \"b\" OR \\\" annotation[x",
        "{{7*7}} ${7*7} #{7*7} `id`",
        "",
        " ",
        "\u{feff}\u{200b}\u{ad}",
        "a\u{202e}gnp.exe\u{202c}\u{2066}b\u{2067}c\u{2069}\u{200f}\u{61c}d",
        "\0\u{1}\u{8}\u{b}\u{c}\u{1b}[2J\u{7f}\u{85}\u{9b}31m",
        "line\r\nline\u{2028}line\u{2029}line\tend",
        "שלום العربية 日本語 👩‍👩‍👧 é",
        "\u{ffff}\u{fffe}\u{10ffff}\u{e000}\u{e0041}",
    ]
    .map(str::to_owned)
    .into();
    values.push(format!("a{}", "\u{301}".repeat(1_500)));
    values.push("<b>".repeat(1_000));
    values.push("W".repeat(4_000));
    values
}

/// Documents of one trace that say the same in each place; together they may be long, each fits a datagram.
pub(crate) fn documents(value: &str) -> Vec<String> {
    let now = super::now();
    let own = |id: &str, fields: Value| {
        let mut document = json!({"name": value, "id": id, "trace_id": TRACE, "start_time": now - 50.0, "end_time": now - 49.0});
        if let (Some(document), Value::Object(fields)) = (document.as_object_mut(), fields) {
            document.extend(fields);
        }
        document.to_string()
    };
    vec![
        own(
            "00000000000000aa",
            json!({"fault": true, "user": value, "origin": value, "resource_arn": value,
            "http": {"request": {"url": value, "method": value, "client_ip": value}, "response": {"status": 500}}}),
        ),
        own(
            "00000000000000ab",
            json!({"parent_id": "00000000000000aa", "service": {"version": value, value: value},
            "annotations": {value: value, "plain": value, "sla.operation": value, "sla.violated": true, "sla.target_ms": 1, "sla.actual_ms": 2},
            "metadata": {"metrics": {value: {"value": 1, "unit": value, "dimensions": {value: value}}},
                "autoxray": {"losses": {"id": "00000000000000ab", "since": value, "lost": {value: 3, format!("a, {value}"): 2, "b": value}}}}}),
        ),
        own(
            "00000000000000ac",
            json!({"parent_id": "00000000000000aa", "type": "subsegment", "namespace": "remote",
            "sql": {"url": value, "sanitized_query": value, "database_type": value, "user": value}, "metadata": {value: {value: [value]}},
            "http": {"request": {"user_agent": value, "url": format!("https://{value}/{value}"), "traced": true}}}),
        ),
        own(
            "00000000000000ad",
            json!({"parent_id": "00000000000000aa", "type": "subsegment", "namespace": "aws", "error": true,
            "aws": {"operation": value, "table_name": value, "region": value, value: {value: value}},
            "cause": {"working_directory": value, "paths": [value], "exceptions": [{"id": "00000000000000e1", "type": value, "message": value,
                "stack": [{"path": value, "line": 1, "label": value}]}]}}),
        ),
        own(
            "00000000000000ae",
            json!({"parent_id": "00000000000000ad", "type": "subsegment", "fault": true, "cause": value,
            "links": [{"trace_id": "1-5759e988-000000000000000000000001", "id": "00000000000000aa", "attributes": {value: value}}], value: value}),
        ),
    ]
}

/// A document with odd values where numbers, lists and objects should be.
pub(crate) fn odd(value: &str, number: &Value) -> String {
    json!({"name": "odd", "id": "00000000000000af", "trace_id": TRACE, "parent_id": "00000000000000aa", "start_time": super::now() - 50.0, "end_time": number,
        "http": {"request": value, "response": {"status": number, "content_length": number}}, "annotations": {"n": number, "deep": {"a": [value]}}, "aws": number,
        "metadata": number, "cause": {"exceptions": [{"type": number, "message": value, "stack": number}]}, "subsegments": [value, number], "links": number})
    .to_string()
}

/// A trace in which each subsegment is a child of the one before.
pub(crate) fn deep_trace(depth: usize) -> Vec<String> {
    let now = super::now();
    (1..=depth)
        .map(|level| {
            let parent = if level == 1 { json!({}) } else { json!({"parent_id": format!("{:016x}", level - 1), "type": "subsegment"}) };
            let mut document = json!({"name": format!("level {level}"), "id": format!("{level:016x}"), "trace_id": TRACE, "start_time": now - 90.0, "end_time": now - 80.0});
            document.as_object_mut().unwrap().extend(parent.as_object().unwrap().clone());
            document.to_string()
        })
        .collect()
}

/// Lists in lists, as metadata, as an annotation and as a field that nobody knows.
pub(crate) fn deep_values(depth: usize) -> Vec<String> {
    let value = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    ["\"metadata\":{\"a\":V}", "\"annotations\":{\"a\":V}", "\"x\":V", "\"aws\":{\"x\":V}", "\"subsegments\":V"]
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let id = 0xd000 + index;
            format!(
                "{{\"name\":\"deep\",\"id\":\"{id:016x}\",\"trace_id\":\"{TRACE}\",\"start_time\":1,\"end_time\":2,{}}}",
                field.replace('V', &value)
            )
        })
        .collect()
}
