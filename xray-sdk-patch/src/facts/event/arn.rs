//! Names out of ARNs.

/// What follows the account: `queue`, `table/name/stream/label`. `None` if the text is no ARN of this service; its partition may be any.
pub(super) fn resource<'a>(arn: Option<&'a str>, service: &str) -> Option<&'a str> {
    let mut parts = arn?.splitn(6, ':');
    let is_partition = |name: &str| name == "aws" || name.starts_with("aws-");
    let fits = parts.next()? == "arn" && is_partition(parts.next()?) && parts.next()? == service;
    let (_region, _account) = (parts.next()?, parts.next()?);
    parts.next().filter(|resource| fits && !resource.is_empty())
}

/// The name of the resource: what follows its type, `name` in `table/name/stream/label`, or all there is.
pub(super) fn name<'a>(arn: Option<&'a str>, service: &str) -> Option<&'a str> {
    let resource = resource(arn, service)?;
    resource.split(['/', ':']).nth(1).or(Some(resource)).filter(|name| !name.is_empty())
}

/// The last part, for resources whose name stands behind that of a group: `name` in `schedule/group/name`.
pub(super) fn last<'a>(arn: Option<&'a str>, service: &str) -> Option<&'a str> {
    resource(arn, service)?.rsplit(['/', ':']).next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_partition() {
        for (arn, service, first, end) in [
            ("arn:aws:sqs:us-east-1:123456789012:orders", "sqs", Some("orders"), Some("orders")),
            ("arn:aws-cn:sqs:cn-north-1:123456789012:orders.fifo", "sqs", Some("orders.fifo"), Some("orders.fifo")),
            ("arn:aws-us-gov:dynamodb:r:1:table/T/stream/2016-12-01T00:00:00.000", "dynamodb", Some("T"), Some("00.000")),
            ("arn:aws:events:r:1:rule/bus/nightly", "events", Some("bus"), Some("nightly")),
            ("arn:aws:rds:r:1:cluster:c1", "rds", Some("c1"), Some("c1")),
            ("arn:aws:sqs:r:1:", "sqs", None, None),
            ("arn:aws:kinesis:r:1:stream/", "kinesis", None, None),
            ("arn:aws:sns:r:1:topic", "sqs", None, None),
            ("arn:awsome:sqs:r:1:q", "sqs", None, None),
            ("arn:aws:sqs:r", "sqs", None, None),
            ("urn:aws:sqs:r:1:q", "sqs", None, None),
            ("", "sqs", None, None),
        ] {
            assert_eq!((name(Some(arn), service), last(Some(arn), service)), (first, end), "{arn}");
        }
        assert_eq!(name(None, "sqs"), None);
    }
}
