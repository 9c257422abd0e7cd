//! What a response of an AWS service says.

use super::encoded::value;
use super::parameters::{Field, Source};
use super::request::number;
use super::{Fields, Headers, Value, json};

/// A response.
#[derive(Clone, Copy)]
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    pub(crate) headers: Headers<'a>,
    /// The body, if it is in memory.
    pub(crate) body: Option<&'a [u8]>,
}

/// Names that services have for the request's id.
const REQUEST_ID: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];

/// Whether any of these fields is looked for in the body.
pub(crate) fn needs_body(wanted: &[&Field]) -> bool {
    wanted.iter().any(|field| field.is_in_body())
}

/// The fields of a response: the ids that AWS support asks for, and those wanted.
///
/// Source: "X-Ray segment documents", `aws` on subsegments; `id_2` as in the X-Ray SDK for Node.
pub(crate) fn read(response: &Response<'_>, wanted: &[&'static Field]) -> Fields {
    let header = |name: &str| (response.headers)(name).filter(|text| !text.trim().is_empty());
    let mut fields = Fields::new();
    fields.extend(REQUEST_ID.into_iter().find_map(header).map(|id| ("request_id", value(id))));
    fields.extend(header("x-amz-id-2").map(|id| ("id_2", value(id))));
    for field in wanted {
        let value = match field.from {
            Source::Header(name) => header(name).map(value),
            Source::Number(name) => header(name).and_then(number),
            Source::Status => Some(Value::Int(response.status.into())),
            Source::Body(..) | Source::Asked(..) | Source::Query(_) | Source::Path(_) => None,
        };
        fields.extend(value.map(|value| (field.name, value)));
    }
    if let Some(body) = response.body {
        fields.extend(json::fields(body, wanted.iter().copied().filter(|field| field.is_in_body())));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::parameters;

    fn said(service: &str, operation: &str, headers: &[(&str, &str)], body: &str) -> Fields {
        let wanted: Vec<&Field> = parameters::find(service, operation).map_or(Vec::new(), |found| found.response.iter().collect());
        let headers = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        read(&Response { status: 202, headers: &headers, body: Some(body.as_bytes()) }, &wanted)
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn ids_are_found() {
        let s3 = [("x-amz-request-id", "R"), ("x-amz-id-2", " I ")];
        assert_eq!(said("S3", "GetObject", &s3, ""), [("request_id", text("R")), ("id_2", text("I"))]);
        assert_eq!(said("EC2", "X", &[("x-amzn-requestid", "R"), ("x-amz-request-id", "S")], ""), [("request_id", text("R"))]);
        assert_eq!(said("EC2", "X", &[("x-amzn-requestid", " ")], ""), []);
        assert_eq!(said("EC2", "X", &[("x-amzn-requestid", "é\u{7}")], ""), [("request_id", text("é\u{7}"))]);
    }

    #[test]
    fn members_are_found() {
        for (service, operation, body, expected) in [
            ("SQS", "SendMessage", r#"{"MD5OfMessageBody":"x","MessageId":"M"}"#, &[("message_id", text("M"))][..]),
            ("SQS", "ReceiveMessage", r#"{"Messages":[{},{}]}"#, &[("message_count", Value::Int(2))]),
            ("SQS", "ReceiveMessage", "{}", &[]),
            (
                "SQS",
                "SendMessageBatch",
                r#"{"Failed":[],"Successful":[{}]}"#,
                &[("failed_count", Value::Int(0)), ("successful_count", Value::Int(1))],
            ),
            (
                "DynamoDB",
                "PutItem",
                r#"{"ConsumedCapacity":{"TableName":"T"}}"#,
                &[("consumed_capacity", Value::Json(br#"{"TableName":"T"}"#.to_vec()))],
            ),
            ("DynamoDB", "ListTables", r#"{"TableNames":["a"]}"#, &[("table_count", Value::Int(1))]),
            ("EventBridge", "PutEvents", r#"{"FailedEntryCount":1,"Entries":[]}"#, &[("failed_entry_count", Value::Int(1))]),
            ("SFN", "StartExecution", r#"{"executionArn":"E","startDate":1.0}"#, &[("execution_arn", text("E"))]),
            (
                "Bedrock Runtime",
                "Converse",
                r#"{"metrics":{},"output":{},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}"#,
                &[("stop_reason", text("end_turn")), ("input_tokens", Value::Int(1)), ("output_tokens", Value::Int(2))],
            ),
            ("Bedrock Runtime", "InvokeModel", r#"{"stop_reason":"stop"}"#, &[("stop_reason", text("stop"))]),
            ("Bedrock Runtime", "InvokeModel", r#"{"stop_reason":"stop","stopReason":"end"}"#, &[("stop_reason", text("end"))]),
            ("Bedrock Runtime", "InvokeModel", "\u{fffd}", &[]),
        ] {
            assert_eq!(said(service, operation, &[], body), expected, "{operation} {body}");
        }
        let counts = [("x-amzn-bedrock-input-token-count", "17"), ("x-amzn-bedrock-output-token-count", "many")];
        assert_eq!(said("Bedrock Runtime", "InvokeModel", &counts, "{}"), [("input_tokens", Value::Int(17))]);
        let failed = [("x-amz-function-error", "Unhandled")];
        assert_eq!(said("Lambda", "Invoke", &failed, ""), [("function_error", text("Unhandled")), ("status_code", Value::Int(202))]);
    }

    #[test]
    fn bodies_are_needed_only_where_something_is_in_them() {
        let needs = |service, operation| needs_body(&parameters::find(service, operation).unwrap().response.iter().collect::<Vec<_>>());
        assert!(needs("SQS", "SendMessage") && needs("Bedrock Runtime", "Converse"));
        assert!(!needs("Lambda", "Invoke") && !needs("DynamoDB", "DeleteTable"));
    }
}
