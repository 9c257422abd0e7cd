//! The fields of a segment or subsegment.
//!
//! Source: "X-Ray segment documents", AWS X-Ray developer guide, and what AWS's SDKs send beyond it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Number, Value};

use super::Timestamp;
use crate::{SegmentId, TraceId};

/// One segment or subsegment, without its children: those are beside it in the [`Document`](super::Document)'s tree.
///
/// Where a field is missing in the document, it is `None`, `false` or empty here.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Segment {
    /// Name of the service (segment), or of what was called (subsegment).
    pub name: String,
    /// Its id, unique in the trace.
    pub id: SegmentId,
    /// The trace. Missing where a subsegment stands inside another document.
    pub trace_id: Option<TraceId>,
    /// The caller. Missing where a subsegment stands inside another document, and at the first segment of a trace.
    pub parent_id: Option<SegmentId>,
    /// `type`: `subsegment` on a subsegment that is a document of its own.
    pub kind: Option<String>,
    /// When the work began.
    pub start_time: Timestamp,
    /// When it ended.
    pub end_time: Option<Timestamp>,
    /// The work goes on; another document with `end_time` will follow.
    pub in_progress: bool,
    /// About the service: `version`, `runtime`, `runtime_version` and others.
    pub service: BTreeMap<String, Value>,
    /// The user who sent the request.
    pub user: Option<String>,
    /// The kind of AWS resource that ran the segment, for example `AWS::Lambda::Function`.
    pub origin: Option<String>,
    /// ARN of that resource.
    pub resource_arn: Option<String>,
    /// `aws` for calls of AWS services, `remote` for other calls, missing for work inside the service.
    pub namespace: Option<String>,
    /// The HTTP request served (segment) or made (subsegment).
    pub http: Option<Http>,
    /// The AWS resource (segment) or the AWS call (subsegment).
    pub aws: Option<Aws>,
    /// The database query made.
    pub sql: Option<Sql>,
    /// The caller is to blame (4xx).
    pub error: bool,
    /// The caller was refused because of too many requests (429).
    pub throttle: bool,
    /// The service is to blame (5xx).
    pub fault: bool,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// Indexed values.
    pub annotations: BTreeMap<String, AnnotationValue>,
    /// Values that are not indexed, by namespace. Each namespace should be an object.
    pub metadata: BTreeMap<String, Value>,
    /// Siblings that had to be complete before this one began.
    pub precursor_ids: Vec<SegmentId>,
    /// The called service sends a segment of its own. Also written in [`HttpRequest::traced`]; [`Self::is_traced`] looks at both.
    pub traced: Option<bool>,
    /// Other traces that belong to this one.
    pub links: Vec<Link>,
    /// Made up by X-Ray from a subsegment.
    pub inferred: bool,
    /// Fields that have no place above.
    pub other: BTreeMap<String, Value>,
}

impl Segment {
    /// A segment that has what every segment must have, and is neither ended nor in progress yet.
    #[must_use]
    pub fn new(name: impl Into<String>, id: SegmentId, start_time: Timestamp) -> Self {
        Self {
            name: name.into(),
            id,
            trace_id: None,
            parent_id: None,
            kind: None,
            start_time,
            end_time: None,
            in_progress: false,
            service: BTreeMap::new(),
            user: None,
            origin: None,
            resource_arn: None,
            namespace: None,
            http: None,
            aws: None,
            sql: None,
            error: false,
            throttle: false,
            fault: false,
            cause: None,
            annotations: BTreeMap::new(),
            metadata: BTreeMap::new(),
            precursor_ids: Vec::new(),
            traced: None,
            links: Vec::new(),
            inferred: false,
            other: BTreeMap::new(),
        }
    }

    /// Time from start to end, if it ended.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        Some(self.end_time?.since(self.start_time))
    }

    /// Whether it is a subsegment sent as a document of its own.
    #[must_use]
    pub fn is_independent_subsegment(&self) -> bool {
        self.kind.as_deref() == Some("subsegment")
    }

    /// Whether the called service promises a segment of its own.
    #[must_use]
    pub fn is_traced(&self) -> bool {
        let in_request = || self.http.as_ref()?.request.as_ref()?.traced;
        self.traced.or_else(in_request).unwrap_or(false)
    }

    /// Status of the HTTP response, if there was one.
    #[must_use]
    pub fn http_status(&self) -> Option<i64> {
        self.http.as_ref()?.response.as_ref()?.status
    }

    /// The exceptions recorded here, if any.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        match &self.cause {
            Some(Cause::Recorded(recorded)) => &recorded.exceptions,
            _ => &[],
        }
    }
}

/// An HTTP request and its response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Http {
    /// What was asked.
    pub request: Option<HttpRequest>,
    /// What was answered.
    pub response: Option<HttpResponse>,
}

/// An HTTP request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpRequest {
    /// `GET` and so on.
    pub method: Option<String>,
    /// Scheme, host and path.
    pub url: Option<String>,
    /// What the caller says it is.
    pub user_agent: Option<String>,
    /// Address of the caller.
    pub client_ip: Option<String>,
    /// `client_ip` was taken from a header, which can be forged.
    pub x_forwarded_for: Option<bool>,
    /// The called service sends a segment of its own.
    pub traced: Option<bool>,
}

/// An HTTP response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpResponse {
    /// Status code.
    pub status: Option<i64>,
    /// Bytes of the body; −1 where the sender did not know.
    pub content_length: Option<i64>,
}

/// A block of AWS facts. Its keys depend on the sender and the service called, so all are kept as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aws {
    /// Everything that was in the block.
    pub fields: BTreeMap<String, Value>,
}

impl Aws {
    fn text(&self, key: &str) -> Option<&str> {
        self.fields.get(key)?.as_str()
    }

    /// Name of the API operation, for example `GetItem`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.text("operation")
    }

    /// Region of the resource.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.text("region")
    }

    /// Id that the AWS service gave the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.text("request_id")
    }

    /// Account of the resource.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        self.text("account_id")
    }

    /// DynamoDB table.
    #[must_use]
    pub fn table_name(&self) -> Option<&str> {
        self.text("table_name")
    }

    /// SQS queue.
    #[must_use]
    pub fn queue_url(&self) -> Option<&str> {
        self.text("queue_url")
    }

    /// SNS topic.
    #[must_use]
    pub fn topic_arn(&self) -> Option<&str> {
        self.text("topic_arn")
    }

    /// S3 bucket.
    #[must_use]
    pub fn bucket_name(&self) -> Option<&str> {
        self.text("bucket_name")
    }

    /// Lambda function.
    #[must_use]
    pub fn function_name(&self) -> Option<&str> {
        self.text("function_name")
    }

    /// How often the SDK tried again.
    #[must_use]
    pub fn retries(&self) -> Option<u64> {
        self.fields.get("retries")?.as_u64()
    }
}

/// A query to an SQL database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sql {
    /// The database, without password.
    pub url: Option<String>,
    /// The database, where it is not named by a URL.
    pub connection_string: Option<String>,
    /// The query, without values from users.
    pub sanitized_query: Option<String>,
    /// Name of the database engine.
    pub database_type: Option<String>,
    /// Version of the database engine.
    pub database_version: Option<String>,
    /// Name and version of the driver.
    pub driver_version: Option<String>,
    /// User of the database.
    pub user: Option<String>,
    /// `call` or `statement`.
    pub preparation: Option<String>,
}

/// Why a segment or subsegment failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// Id of an exception that is recorded elsewhere in the trace: the one that went through here.
    Reference(String),
    /// What was recorded here.
    Recorded(Recorded),
}

/// A cause that was recorded where it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// Directory of the process.
    pub working_directory: Option<String>,
    /// Paths of libraries.
    pub paths: Vec<String>,
    /// The exceptions; one that caused another is named by that one's `cause`.
    pub exceptions: Vec<Exception>,
    /// Sent by some SDKs: id of the exception, or of the subsegment that has it.
    pub id: Option<String>,
    /// Sent by some SDKs.
    pub message: Option<String>,
}

/// One exception, error or panic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exception {
    /// 16 hex digits.
    pub id: Option<String>,
    /// What went wrong.
    pub message: Option<String>,
    /// `type`: the kind of exception.
    pub kind: Option<String>,
    /// A called service is to blame.
    pub remote: bool,
    /// Stack frames left out.
    pub truncated: Option<i64>,
    /// Exceptions left out between this one and the one it caused.
    pub skipped: Option<i64>,
    /// Id of the exception that caused this one.
    pub cause: Option<String>,
    /// Where it happened, innermost frame first.
    pub stack: Vec<StackFrame>,
}

/// One place in the code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StackFrame {
    /// File.
    pub path: Option<String>,
    /// Line in it.
    pub line: Option<i64>,
    /// Function.
    pub label: Option<String>,
}

/// A value of an annotation.
#[derive(Clone, Debug, PartialEq)]
pub enum AnnotationValue {
    /// Text.
    String(String),
    /// A number.
    Number(Number),
    /// Yes or no.
    Bool(bool),
    /// Something that X-Ray does not take: null, an object or an array. Kept so that it can be shown.
    Invalid(Value),
}

/// Another trace that belongs to this one.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The other trace.
    pub trace_id: TraceId,
    /// Segment or subsegment in it.
    pub id: Option<SegmentId>,
    /// More about the link.
    pub attributes: BTreeMap<String, Value>,
}
