//! What a subsegment called: the name and type of the node that stands for it on the service map; and what it was asked for.
//!
//! X-Ray infers them from `namespace`, the name of the service and the resource ("AWS X-Ray concepts", "X-Ray segment documents"). No list of
//! the types is published; where AWS shows none, ours follow the types of AWS Config.

use xray_model::document::Segment;

/// Type of what is called over HTTP and sends no segment.
pub(crate) const REMOTE: &str = "remote";
/// Type of an SQL database.
pub(crate) const SQL: &str = "Database::SQL";

/// A resource in the `aws` block: the service, the key that names it, and the type of the node.
const RESOURCES: [(&str, &str, &str); 11] = [
    ("dynamodb", "table_name", "AWS::DynamoDB::Table"),
    ("sqs", "queue_url", "AWS::SQS::Queue"),
    ("sns", "topic_arn", "AWS::SNS::Topic"),
    ("s3", "bucket_name", "AWS::S3::Bucket"),
    ("lambda", "function_name", "AWS::Lambda"),
    ("kinesis", "stream_name", "AWS::Kinesis::Stream"),
    ("firehose", "delivery_stream_name", "AWS::KinesisFirehose::DeliveryStream"),
    ("sfn", "state_machine_arn", "AWS::StepFunctions::StateMachine"),
    ("stepfunctions", "state_machine_arn", "AWS::StepFunctions::StateMachine"),
    ("eventbridge", "event_bus_name", "AWS::Events::EventBus"),
    ("secretsmanager", "secret_id", "AWS::SecretsManager::Secret"),
];

/// Name and type of what a subsegment called; `None` if it is work of the service itself.
pub(crate) fn called(segment: &Segment) -> Option<(String, String)> {
    match segment.namespace.as_deref()? {
        "aws" => Some(aws(segment)),
        "remote" if segment.sql.is_some() => Some((segment.name.clone(), SQL.to_owned())),
        "remote" => Some((segment.name.clone(), REMOTE.to_owned())),
        _ => None,
    }
}

fn aws(segment: &Segment) -> (String, String) {
    let service = segment.name.to_ascii_lowercase().replace([' ', '-', '_'], "");
    let resource = |key: &str| segment.aws.as_ref()?.fields.get(key)?.as_str().filter(|name| !name.is_empty());
    let known = RESOURCES.iter().filter(|(of, ..)| *of == service);
    let found = known.filter_map(|(_, key, kind)| Some((resource(key)?.to_owned(), (*kind).to_owned()))).next();
    found.unwrap_or_else(|| (segment.name.clone(), format!("AWS::{}", segment.name)))
}

/// What was done: name of the API operation, method and path of the URL, or the verb of a statement.
pub(super) fn operation(segment: &Segment) -> Option<String> {
    if let Some(operation) = segment.aws.as_ref().and_then(|aws| aws.operation()) {
        return Some(operation.to_owned());
    }
    if let Some(query) = segment.sql.as_ref().and_then(|sql| sql.sanitized_query.as_deref()) {
        let verb = query.trim_start().split(|sign: char| !sign.is_ascii_alphabetic()).next()?;
        return Some(verb.to_ascii_uppercase()).filter(|verb| (2..=12).contains(&verb.len()));
    }
    let request = segment.http.as_ref()?.request.as_ref()?;
    let path = path(request.url.as_deref()?);
    Some(match &request.method {
        Some(method) => format!("{method} {path}"),
        None => path,
    })
}

/// The path of a URL, with `*` where it has something that is different in each: so that requests of the same kind are counted together.
fn path(url: &str) -> String {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let before_query = after_scheme.split(['?', '#']).next().unwrap_or(after_scheme);
    let path = before_query.find('/').map_or("/", |slash| &before_query[slash..]);
    let parts = path.split('/').map(|part| if is_id(part) { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Numbers, UUIDs, hashes and the like.
fn is_id(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    digits > 0 && (digits == part.len() || (is_hex && part.len() >= 8) || (part.len() >= 16 && digits * 4 >= part.len()))
}
