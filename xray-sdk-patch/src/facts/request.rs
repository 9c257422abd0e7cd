//! What a request to an AWS service says.

use super::encoded::{parameter, percent_decoded, value};
use super::json::LOOK_BYTES_MAX;
use super::parameters::{self, Field, Source, Take};
use super::{Fields, Headers, Value, json, s3};

/// A request as it is sent, and where the client's protocol wanted it to go.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// Id of the service in the API models: `DynamoDB`, `Secrets Manager`.
    pub(crate) service: &'a str,
    /// `GetItem`.
    pub(crate) operation: &'a str,
    /// Path and query as the protocol wrote them, before the endpoint was applied.
    pub(crate) path: &'a str,
    /// The whole URI, with the endpoint.
    pub(crate) uri: &'a str,
    pub(crate) headers: Headers<'a>,
    /// The body, if it is in memory.
    pub(crate) body: Option<&'a [u8]>,
}

/// What a request says, and what is to be looked for in its response.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) fields: Fields,
    pub(crate) response: Vec<&'static Field>,
}

/// The fields of a request.
pub(crate) fn read(request: &Request<'_>) -> Said {
    let Some(operation) = parameters::find(request.service, request.operation) else { return Said::default() };
    let mut fields = if request.service == "S3" { s3::fields(request) } else { Fields::new() };
    let (path, query) = request.path.split_once('?').unwrap_or((request.path, ""));
    for field in operation.request {
        let value = match field.from {
            Source::Header(name) => (request.headers)(name).map(|text| value(without_query(text))),
            Source::Number(name) => (request.headers)(name).and_then(number),
            Source::Query(name) => parameter(query, name).map(|text| value(&text)),
            Source::Path(before) => part_after(path, before).map(|text| value(&percent_decoded(text))),
            Source::Body(..) | Source::Asked(..) | Source::Status => None,
        };
        fields.extend(value.map(|value| (field.name, value)));
    }
    let (in_body, asked) = body(request, operation);
    fields.extend(in_body);
    let response = operation.response.iter().filter(|field| match field.from {
        Source::Asked(by, _) => asked.contains(&by),
        _ => true,
    });
    Said { fields, response: response.collect() }
}

/// The fields of the body, and what the body asks for: members like `ReturnConsumedCapacity` that are not `NONE`.
fn body(request: &Request<'_>, operation: &'static parameters::Operation) -> (Fields, Vec<&'static str>) {
    let asking: Vec<Field> = operation.response.iter().filter_map(|field| asks(field.from)).collect();
    let wanted = operation.request.iter().filter(|field| field.is_in_body()).chain(&asking);
    let Some(body) = request.body else { return (Fields::new(), Vec::new()) };
    let content_type = (request.headers)("content-type").unwrap_or_default();
    let mut fields = if content_type.contains("json") {
        json::fields(body, wanted)
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        form(body, wanted)
    } else {
        Fields::new()
    };
    let is_asking = |name: &str| asking.iter().any(|field| field.name == name);
    let asked = fields.iter().filter(|(name, value)| is_asking(name) && *value != Value::Text("NONE".into()));
    let asked = asked.map(|(name, _)| *name).collect();
    fields.retain(|(name, _)| !is_asking(name));
    (fields, asked)
}

/// The field of a request that decides whether its response has this one.
fn asks(from: Source) -> Option<Field> {
    match from {
        Source::Asked(by, _) => Some(Field { name: by, from: Source::Body(by, Take::Copy) }),
        _ => None,
    }
}

/// Fields of a form, as the protocol `awsQuery` has them.
fn form<'f>(body: &[u8], wanted: impl Iterator<Item = &'f Field>) -> Fields {
    // A pair that the bound on work falls into is left out.
    let body = match body.get(..LOOK_BYTES_MAX) {
        Some(head) => head.rsplitn(2, |byte| *byte == b'&').nth(1).unwrap_or_default(),
        None => body,
    };
    // A form is ASCII: anything else would be percent-encoded.
    let Ok(pairs) = std::str::from_utf8(body) else { return Fields::new() };
    let field = |field: &Field| match field.from {
        Source::Body(member, Take::Copy) => Some((field.name, value(&parameter(pairs, member)?))),
        _ => None,
    };
    wanted.filter_map(field).collect()
}

/// The part of a path that follows the part `before`.
fn part_after<'a>(path: &'a str, before: &str) -> Option<&'a str> {
    let mut parts = path.split('/');
    parts.find(|part| *part == before)?;
    parts.next().filter(|part| !part.is_empty())
}

/// A copy source is a path, and may name a version in a query.
fn without_query(text: &str) -> &str {
    text.split('?').next().unwrap_or(text)
}

/// The number in a header.
pub(super) fn number(text: &str) -> Option<Value> {
    text.trim().parse().ok().map(Value::Int)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "application/x-amz-json-1.0";
    const FORM: &str = "application/x-www-form-urlencoded";

    fn said(service: &str, operation: &str, content_type: &str, path: &str, body: &str) -> Said {
        let headers = |name: &str| match name {
            "content-type" => Some(content_type),
            "x-amz-invocation-type" => Some("Event"),
            _ => None,
        };
        let uri = format!("https://host.eu-west-1.amazonaws.com{path}");
        read(&Request { service, operation, path, uri: &uri, headers: &headers, body: Some(body.as_bytes()) })
    }

    /// Fields as one text, to compare at a glance.
    fn shown(fields: &Fields) -> String {
        let value = |value: &Value| match value {
            Value::Json(json) => String::from_utf8_lossy(json).into_owned(),
            Value::Text(text) => text.clone(),
            Value::Int(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Texts(texts) => texts.join("+"),
        };
        fields.iter().map(|(name, field)| format!("{name}={}", value(field))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn json_bodies_say_what_the_whitelist_names() {
        for (service, operation, body, expected) in [
            (
                "DynamoDB",
                "GetItem",
                r#"{"TableName":"T","Key":{"id":{"S":"secret"}},"ConsistentRead":true}"#,
                "consistent_read=true table_name=T",
            ),
            ("DynamoDB", "BatchGetItem", r#"{"RequestItems":{"A":{"Keys":[]},"B":{}}}"#, "table_names=A+B"),
            ("DynamoDB", "UpdateTimeToLive", r#"{"TableName":"T"}"#, "table_name=T"),
            (
                "DynamoDB",
                "CreateTable",
                r#"{"TableName":"T","ProvisionedThroughput":{"ReadCapacityUnits":1}}"#,
                "provisioned_throughput={\"ReadCapacityUnits\":1} table_name=T",
            ),
            (
                "SQS",
                "SendMessage",
                r#"{"QueueUrl":"U","MessageBody":"B","DelaySeconds":3,"MessageAttributes":{"a":{"StringValue":"x"}}}"#,
                "delay_seconds=3 message_attribute_names=a queue_url=U",
            ),
            ("SQS", "SendMessageBatch", r#"{"QueueUrl":"U","Entries":[{},{}]}"#, "queue_url=U message_count=2"),
            (
                "SQS",
                "GetQueueUrl",
                r#"{"QueueName":"Q","QueueOwnerAWSAccountId":"123456789012"}"#,
                "queue_name=Q queue_owner_aws_account_id=123456789012",
            ),
            ("Kinesis", "PutRecords", r#"{"StreamARN":"S","Records":[{"Data":"x"}]}"#, "stream_arn=S record_count=1"),
            ("Kinesis", "PutRecord", r#"{"StreamName":"S","Data":"x"}"#, "stream_name=S"),
            ("Firehose", "PutRecordBatch", r#"{"DeliveryStreamName":"D","Records":[1,2,3]}"#, "delivery_stream_name=D record_count=3"),
            (
                "EventBridge",
                "PutEvents",
                r#"{"Entries":[{"EventBusName":"b","Detail":"{}"},{"EventBusName":"b"}]}"#,
                "event_bus_name=b entry_count=2",
            ),
            ("EventBridge", "PutEvents", r#"{"Entries":[{"EventBusName":"b"},{"EventBusName":"c"}]}"#, "event_bus_name=b+c entry_count=2"),
            ("EventBridge", "PutEvents", r#"{"Entries":[{}]}"#, "entry_count=1"),
            ("SFN", "StartExecution", r#"{"stateMachineArn":"M","input":"{}"}"#, "state_machine_arn=M"),
            ("SFN", "DescribeExecution", r#"{"executionArn":"E"}"#, "execution_arn=E"),
            ("Secrets Manager", "PutSecretValue", r#"{"SecretString":"hunter2","SecretId":"db"}"#, "secret_id=db"),
            ("Secrets Manager", "CreateSecret", r#"{"Name":"db","SecretString":"hunter2"}"#, "name=db"),
            ("SSM", "PutParameter", r#"{"Name":"p","Value":"hunter2"}"#, "name=p"),
            ("SSM", "GetParameters", r#"{"Names":["p","q"]}"#, "names=p+q"),
            ("EC2", "RunInstances", r#"{"TableName":"T"}"#, ""),
            ("SQS", "SendMessage", "nonsense", ""),
        ] {
            assert_eq!(shown(&said(service, operation, JSON, "/", body).fields), expected, "{operation} {body}");
        }
    }

    #[test]
    fn responses_are_looked_at_only_if_they_were_asked() {
        let names = |body: &str, operation: &str| -> Vec<&str> {
            said("DynamoDB", operation, JSON, "/", body).response.iter().map(|field| field.name).collect()
        };
        assert_eq!(names(r#"{"TableName":"T"}"#, "PutItem"), [""; 0]);
        assert_eq!(names(r#"{"ReturnConsumedCapacity":"TOTAL"}"#, "PutItem"), ["consumed_capacity"]);
        assert_eq!(
            names(r#"{"ReturnConsumedCapacity":"NONE","ReturnItemCollectionMetrics":"SIZE"}"#, "PutItem"),
            [""; 0],
            "collections are named by the keys of items"
        );
        assert_eq!(names("{}", "Scan"), ["count", "scanned_count"]);
        let said = said("DynamoDB", "GetItem", JSON, "/", r#"{"ReturnConsumedCapacity":"TOTAL","TableName":"T"}"#);
        assert_eq!(shown(&said.fields), "table_name=T");
    }

    #[test]
    fn forms_are_read() {
        for (body, expected) in [
            (
                "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A1%3At&Message=x",
                "topic_arn=arn:aws:sns:eu-west-1:1:t",
            ),
            ("PhoneNumber=%2B44&Message=TopicArn%3Dx", ""),
            ("Message=x&TopicArn", ""),
            ("\u{fffd}=%%%&TopicArn=%", "topic_arn=%"),
            ("", ""),
        ] {
            assert_eq!(shown(&said("SNS", "Publish", FORM, "/", body).fields), expected, "{body}");
        }
        for (before, expected) in [(0, "topic_arn=abc"), (LOOK_BYTES_MAX - 13, ""), (LOOK_BYTES_MAX, "")] {
            let body = format!("M={}&TopicArn=abc&N=", "x".repeat(before));
            assert_eq!(shown(&said("SNS", "Publish", FORM, "/", &body).fields), expected, "{before}");
        }
        assert_eq!(shown(&said("SNS", "Publish", "text/plain", "/", "TopicArn=a").fields), "");
    }

    #[test]
    fn paths_headers_and_queries_are_read() {
        let arn = "arn:aws:lambda:eu-west-1:1:function:f:live";
        let function = format!("function_name={arn} invocation_type=Event");
        for (service, operation, path, expected) in [
            (
                "Lambda",
                "Invoke",
                "/2015-03-31/functions/f/invocations?Qualifier=live",
                "function_name=f invocation_type=Event qualifier=live",
            ),
            (
                "Lambda",
                "Invoke",
                "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af%3Alive/invocations",
                &function[..],
            ),
            ("Lambda", "InvokeAsync", "/2014-11-13/functions/f/invoke-async", "function_name=f"),
            ("Lambda", "GetFunction", "/2015-03-31/functions/f", "function_name=f"),
            ("Lambda", "CreateFunction", "/2015-03-31/functions", ""),
            ("Lambda", "Invoke", "", "invocation_type=Event"),
            ("Lambda", "Invoke", "///functions//x", "invocation_type=Event"),
            ("Bedrock Runtime", "Converse", "/model/anthropic.claude-3%3A0/converse", "model_id=anthropic.claude-3:0"),
            (
                "Bedrock Runtime",
                "InvokeModelWithResponseStream",
                "/model/arn%3Aaws%3Abedrock%3A%3A%3Ainference-profile%2Fx/invoke-with-response-stream",
                "model_id=arn:aws:bedrock:::inference-profile/x",
            ),
            ("SageMaker Runtime", "InvokeEndpoint", "/endpoints/e/invocations", "endpoint_name=e"),
        ] {
            assert_eq!(shown(&said(service, operation, "", path, "").fields), expected, "{path}");
        }
    }
}
