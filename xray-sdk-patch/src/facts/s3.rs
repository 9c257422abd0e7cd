//! Bucket and key of a request to S3, which stand in its host or its path, but in no member of a body.
//!
//! Sources: "Methods for accessing a general purpose bucket", "S3 Express One Zone endpoints", "Access point hostnames" in the S3 guide.

use super::encoded::percent_decoded;
use super::request::Request;
use super::text::{CHARS_MAX, cut};
use super::{Fields, Value};

/// Operations without a bucket.
const WITHOUT_BUCKET: [&str; 3] = ["ListBuckets", "ListDirectoryBuckets", "WriteGetObjectResponse"];

/// `bucket_name` and `key`.
pub(super) fn fields(request: &Request<'_>) -> Fields {
    if WITHOUT_BUCKET.contains(&request.operation) {
        return Fields::new();
    }
    let serialised = without_query(request.path);
    let key = name(serialised.strip_prefix('/').unwrap_or(serialised));
    let bucket = bucket(serialised, request.uri);
    let fields = [("bucket_name", bucket.and_then(name)), ("key", key)];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn without_query(text: &str) -> &str {
    text.split(['?', '#']).next().unwrap_or(text)
}

/// Host without port, and path without query.
fn host_and_path(uri: &str) -> (&str, &str) {
    let rest = without_query(uri.split_once("://").map_or("", |(_, rest)| rest));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let port = authority.rfind(':').filter(|at| !authority[*at..].contains(']')).unwrap_or(authority.len());
    (&authority[..port], path)
}

/// A name as a value, decoded. Blanks are part of a key.
fn name(encoded: &str) -> Option<Value> {
    let text = percent_decoded(encoded);
    (!text.is_empty()).then(|| Value::Text(cut(&text, CHARS_MAX)))
}

/// The protocol writes the path without the bucket; what the endpoint put before it is the bucket, or nothing, and then the host has it.
fn bucket<'a>(serialised: &str, uri: &'a str) -> Option<&'a str> {
    let (host, path) = host_and_path(uri);
    let before = path.strip_suffix(serialised).unwrap_or_default().trim_end_matches('/');
    match before.rsplit('/').next() {
        Some(bucket) if !bucket.is_empty() => Some(bucket),
        _ => in_host(host),
    }
}

/// `bucket.s3.eu-west-1.amazonaws.com`, and all the other names of the service. A bucket's name may have dots, and labels that look like
/// the service's, so that the last one of these counts.
fn in_host(host: &str) -> Option<&str> {
    if host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') {
        return None;
    }
    let is_service = |label: &str| label == "s3" || label.starts_with("s3-") || label.starts_with("s3express-");
    let mut end = host.len();
    for label in host.rsplit('.') {
        let start = end - label.len();
        if is_service(label) {
            return start.checked_sub(1).map(|end| before_interface(&host[..end]));
        }
        end = start.saturating_sub(1);
    }
    // An endpoint of the user's own, before which clients put the bucket.
    host.split_once('.').map(|(bucket, _)| bucket)
}

/// Without the labels of an interface endpoint in a VPC: `bucket.bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com`.
fn before_interface(name: &str) -> &str {
    let interface = [".bucket.vpce-", ".accesspoint.vpce-"].into_iter().find_map(|labels| name.rfind(labels));
    interface.map_or(name, |end| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Value;

    fn found(operation: &str, path: &str, uri: &str) -> String {
        let request = Request { service: "S3", operation, path, uri, headers: &|_| None, body: None };
        let text = |(name, value): (&str, Value)| match value {
            Value::Text(text) => format!("{name}={text}"),
            other => panic!("{other:?}"),
        };
        fields(&request).into_iter().map(text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn buckets_and_keys_are_found() {
        for (path, uri, expected) in [
            // virtual-hosted
            (
                "/a/b%20c.txt?x-id=GetObject",
                "https://bucket.s3.eu-west-1.amazonaws.com/a/b%20c.txt?x-id=GetObject",
                "bucket_name=bucket key=a/b c.txt",
            ),
            ("/k", "https://bucket.s3.amazonaws.com/k", "bucket_name=bucket key=k"),
            ("/k", "https://bucket.s3.dualstack.eu-west-1.amazonaws.com/k", "bucket_name=bucket key=k"),
            ("/k", "https://bucket.s3-accelerate.amazonaws.com/k", "bucket_name=bucket key=k"),
            ("/k", "https://bucket.s3-accelerate.dualstack.amazonaws.com/k", "bucket_name=bucket key=k"),
            ("/k", "https://bucket.s3-fips.us-gov-west-1.amazonaws.com/k", "bucket_name=bucket key=k"),
            ("/k", "https://bucket.s3.cn-north-1.amazonaws.com.cn/k", "bucket_name=bucket key=k"),
            ("/k", "http://my.s3.bucket.s3.eu-west-1.amazonaws.com/k", "bucket_name=my.s3.bucket key=k"),
            ("/k", "https://b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/k", "bucket_name=b--use1-az4--x-s3 key=k"),
            ("/k", "https://name-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/k", "bucket_name=name-123456789012 key=k"),
            ("/k", "https://name-123456789012.s3-accesspoint.dualstack.eu-west-1.amazonaws.com/k", "bucket_name=name-123456789012 key=k"),
            ("/k", "https://name-123456789012.op-1.s3-outposts.eu-west-1.amazonaws.com/k", "bucket_name=name-123456789012.op-1 key=k"),
            ("//k", "https://bucket.s3.eu-west-1.amazonaws.com//k", "bucket_name=bucket key=/k"),
            ("/", "https://bucket.s3.eu-west-1.amazonaws.com/?list-type=2", "bucket_name=bucket"),
            ("", "https://bucket.s3.eu-west-1.amazonaws.com/", "bucket_name=bucket"),
            ("/k", "https://bucket.bucket.vpce-1a2b-5e6f.s3.eu-west-1.vpce.amazonaws.com/k", "bucket_name=bucket key=k"),
            ("/k", "https://alias.accesspoint.s3-global.amazonaws.com/k", "bucket_name=alias.accesspoint key=k"),
            // in the path
            ("/k", "https://s3.eu-west-1.amazonaws.com/my.bucket/k", "bucket_name=my.bucket key=k"),
            ("/", "https://s3.eu-west-1.amazonaws.com/bucket/", "bucket_name=bucket"),
            ("", "https://s3.eu-west-1.amazonaws.com/bucket", "bucket_name=bucket"),
            ("/bucket", "http://127.0.0.1:5000/bucket/bucket", "bucket_name=bucket key=bucket"),
            ("/k?versionId=1", "http://localhost:4566/bucket/k?versionId=1", "bucket_name=bucket key=k"),
            ("/k", "http://[::1]:9000/bucket/k", "bucket_name=bucket key=k"),
            ("/k", "http://gateway/base/bucket/k", "bucket_name=bucket key=k"),
            ("/k", "https://s3express-control.us-east-1.amazonaws.com/b--use1-az4--x-s3/k", "bucket_name=b--use1-az4--x-s3 key=k"),
            (
                "/k",
                "https://s3.eu-west-1.amazonaws.com/arn%3Aaws%3As3%3A%3A1%3Aaccesspoint%2Fx/k",
                "bucket_name=arn:aws:s3::1:accesspoint/x key=k",
            ),
            // endpoints of the user's own
            ("/k", "http://bucket.localhost:9000/k", "bucket_name=bucket key=k"),
            ("/k", "http://bucket.s3.localhost.localstack.cloud:4566/k", "bucket_name=bucket key=k"),
            ("/k", "http://s3.localhost.localstack.cloud:4566/bucket/k", "bucket_name=bucket key=k"),
            // nonsense
            ("/k", "http://127.0.0.1:5000/k", "key=k"),
            ("/k", "https://s3.eu-west-1.amazonaws.com/k", "key=k"),
            ("/k", "/k", "key=k"),
            ("/%ff%", "http://[::1]/%ff%", "key=\u{fffd}%"),
            ("", "", ""),
            ("?", "://?", ""),
        ] {
            assert_eq!(found("GetObject", path, uri), expected, "{path} {uri}");
        }
        assert_eq!(found("ListBuckets", "/", "https://minio.example.com/"), "");
        assert!(found("GetObject", &"/k".repeat(10_000), "https://b.s3.amazonaws.com/").ends_with('…'));
    }
}
