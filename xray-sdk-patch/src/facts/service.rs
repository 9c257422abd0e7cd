//! Services by name.

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
    fn tracing_is_told_from_looking_at_traces() {
        assert!(is_tracing("XRay", "PutTraceSegments"));
        assert!(!is_tracing("XRay", "GetTraceSummaries"));
        assert!(!is_tracing("DynamoDB", "PutTraceSegments"));
    }
}
