//! What a subsegment called: the name and type of the node that stands for it on the service map.
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
