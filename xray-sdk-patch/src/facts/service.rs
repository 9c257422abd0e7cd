//! Services by name.

/// Services that make nodes of their own kind on the service map, or have parameters that are recorded, by the ids of the API models.
const KNOWN: [&str; 14] = [
    "Bedrock Runtime",
    "DynamoDB",
    "EventBridge",
    "Firehose",
    "Kinesis",
    "Lambda",
    "S3",
    "SageMaker Runtime",
    "Secrets Manager",
    "SFN",
    "SNS",
    "SQS",
    "SSM",
    "XRay",
];

/// The id of a service. Clients told the names of their crates until the middle of 2025: `dynamodb`, `secretsmanager`.
pub(crate) fn id(told: &str) -> &str {
    let same = |id: &&&str| id.bytes().filter(|byte| *byte != b' ').map(|byte| byte.to_ascii_lowercase()).eq(told.bytes());
    KNOWN.iter().find(same).copied().unwrap_or(told)
}

/// The name of a service's subsegments. X-Ray knows services by the names that AWS's SDKs give their clients: the id without spaces.
///
/// Source: X-Ray SDK for Node.
pub(crate) fn name(service: &str) -> String {
    service.chars().filter(|letter| !letter.is_whitespace()).collect()
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
    fn services_have_the_names_that_x_ray_knows() {
        for (id, expected) in [("DynamoDB", "DynamoDB"), ("Secrets Manager", "SecretsManager"), ("Bedrock Runtime", "BedrockRuntime")] {
            assert_eq!(name(id), expected);
        }
    }

    #[test]
    fn services_of_older_clients_are_known() {
        for (told, expected) in [
            ("dynamodb", "DynamoDB"),
            ("bedrockruntime", "Bedrock Runtime"),
            ("sfn", "SFN"),
            ("DynamoDB", "DynamoDB"),
            ("Bedrock Runtime", "Bedrock Runtime"),
            ("ec2", "ec2"),
            ("", ""),
        ] {
            assert_eq!(id(told), expected);
        }
    }

    #[test]
    fn tracing_is_told_from_looking_at_traces() {
        assert!(is_tracing("XRay", "PutTraceSegments"));
        assert!(!is_tracing("XRay", "GetTraceSummaries"));
        assert!(!is_tracing("DynamoDB", "PutTraceSegments"));
    }
}
