//! Services by name.

use std::borrow::Cow;

/// A service: its id in the API models, and the name of its subsegments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Service {
    pub(crate) id: Cow<'static, str>,
    pub(crate) name: Cow<'static, str>,
}

/// Services that make nodes of their own kind on the service map, or have parameters that are recorded. X-Ray knows them by the names that
/// AWS's SDKs give their clients: the id without spaces.
///
/// Source: X-Ray SDK for Node.
const KNOWN: [(&str, &str); 14] = [
    ("Bedrock Runtime", "BedrockRuntime"),
    ("DynamoDB", "DynamoDB"),
    ("EventBridge", "EventBridge"),
    ("Firehose", "Firehose"),
    ("Kinesis", "Kinesis"),
    ("Lambda", "Lambda"),
    ("S3", "S3"),
    ("SageMaker Runtime", "SageMakerRuntime"),
    ("Secrets Manager", "SecretsManager"),
    ("SFN", "SFN"),
    ("SNS", "SNS"),
    ("SQS", "SQS"),
    ("SSM", "SSM"),
    ("XRay", "XRay"),
];

impl Service {
    /// The service that a client tells: by its id, or by the name of the client's crate (`dynamodb`, `secretsmanager`), as it was done until
    /// the middle of 2025.
    pub(crate) fn told(told: &str) -> Self {
        match KNOWN.iter().find(|(id, name)| told == *id || told.eq_ignore_ascii_case(name)) {
            Some((id, name)) => Self { id: Cow::Borrowed(id), name: Cow::Borrowed(name) },
            None => Self { id: told.to_owned().into(), name: told.split_whitespace().collect() },
        }
    }
}

/// Whether a call is part of tracing itself: it is neither recorded nor told of a trace.
pub(crate) fn is_tracing(service: &str, operation: &str) -> bool {
    let parts = ["PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets"];
    service == "XRay" && parts.contains(&operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_known_by_both_names() {
        for (told, id, name) in [
            ("DynamoDB", "DynamoDB", "DynamoDB"),
            ("dynamodb", "DynamoDB", "DynamoDB"),
            ("Bedrock Runtime", "Bedrock Runtime", "BedrockRuntime"),
            ("bedrockruntime", "Bedrock Runtime", "BedrockRuntime"),
            ("sfn", "SFN", "SFN"),
            ("Cognito Identity Provider", "Cognito Identity Provider", "CognitoIdentityProvider"),
            ("ec2", "ec2", "ec2"),
            ("", "", ""),
        ] {
            assert_eq!(Service::told(told), Service { id: id.into(), name: name.into() });
        }
    }

    #[test]
    fn names_are_ids_without_spaces() {
        for (id, name) in KNOWN {
            assert_eq!(id.split_whitespace().collect::<String>(), name);
        }
    }

    #[test]
    fn tracing_is_told_from_looking_at_traces() {
        assert!(is_tracing("XRay", "PutTraceSegments"));
        assert!(!is_tracing("XRay", "GetTraceSummaries"));
        assert!(!is_tracing("DynamoDB", "PutTraceSegments"));
    }
}
