//! What is known to differ, and why.

/// A field that is not the same in all three.
pub(crate) struct Difference {
    pub(crate) field: &'static str,
    /// Some of `CALLS`, or `all`, `successful`, `refused` (by the service), `not answered`.
    pub(crate) calls: &'static str,
    node: &'static str,
    python: &'static str,
    ours: &'static str,
    why: &'static str,
}

/// There is no such field.
const NONE: &str = "—";
/// What autoxray has.
const SAME: &str = "same";
/// Any value.
const ANY: &str = "…";

pub(crate) const DIFFERENCES: &[Difference] = &[
    row("name", "all", [SAME, ANY, ANY], "Python takes the client's name, `dynamodb`; `DynamoDB` is what X-Ray calls the service"),
    row("type", "all", [NONE, "subsegment", NONE], "only subsegments that are sent by themselves need it"),
    row("in_progress", "all", [NONE, "false", NONE], "only `true` has a meaning"),
    row("aws.retries", "all", ["1", NONE, NONE], "Node counts attempts; a first attempt is no retry"),
    row("aws.table_names", "BatchWriteItem", [SAME, ANY, ANY], "Python writes `dict_keys([…])`, a text, where a list belongs"),
    row("aws.item_collection_metrics", "BatchWriteItem", [ANY, ANY, NONE], "it holds keys of items"),
    row("aws.message_attribute_names", "SendMessage", [SAME, ANY, ANY], "the same"),
    row("aws.bucket_name", "HeadObject of no key", [SAME, NONE, ANY], "Python's list of parameters lacks the operation"),
    row("aws.key", "HeadObject of no key", [SAME, NONE, ANY], "the same"),
    row("aws.secret_id", "GetSecretValue", [NONE, NONE, ANY], "their lists lack the service; it is a name, never the secret"),
    row("aws.entry_count", "PutEvents", [NONE, NONE, "1"], "their lists lack the service"),
    row("aws.failed_entry_count", "PutEvents", [NONE, NONE, "0"], "a call that succeeds can have lost events"),
    row("http", "not answered", ["{}", NONE, NONE], "without an answer there is nothing to say"),
    row("http.response.content_length", "successful", [SAME, NONE, ANY], "Python leaves it out"),
    row("http.response.content_length", "refused", [NONE, NONE, ANY], "known as for any other answer"),
    row("fault", "refused", ["true", "true", NONE], "4xx is an `error`, the caller's; `fault` is the service's"),
    row("fault", "not answered", [SAME, NONE, "true"], "Python records nothing about a call without an answer"),
    row("exception.type", "not answered", ["Error", NONE, "ConnectionError"], "the same"),
    row("exception.message", "not answered", [ANY, NONE, ANY], "the same; words are those of the HTTP client"),
    row("exception.remote", "not answered", ["true", NONE, NONE], "nothing remote has reported it"),
    row("exception.cause", "not answered", [NONE, NONE, ANY], "the error below, down to the operating system's"),
    row(
        "exception.message",
        "Query of no table, GetObject of no key, GetQueueUrl of no queue",
        [SAME, ANY, ANY],
        "Python wraps the service's message in a sentence",
    ),
    row("exception.type", "HeadObject of no key", [SAME, "ClientError", "NotFound"], "the answer to a `HEAD` has no code in it"),
    row("exception.message", "HeadObject of no key", ["UnknownError", ANY, ANY], "nor a message"),
    row("exception.stack", "refused", [ANY, ANY, NONE], "errors of the SDK for Rust have no stack"),
    row("exception.stack", "not answered", [ANY, NONE, NONE], "the same"),
    row("cause.working_directory", "refused", [ANY, ANY, NONE], "says nothing about the call"),
    row("cause.working_directory", "not answered", [ANY, NONE, NONE], "the same"),
    row("metadata.aws_sdk.attempts", "all", [NONE, NONE, ANY], "where the time of each attempt went"),
    row("metadata.aws_sdk.body", "GetObject", [NONE, NONE, ANY], "how long the body was read; theirs end with its first byte"),
];

const fn row(field: &'static str, calls: &'static str, values: [&'static str; 3], why: &'static str) -> Difference {
    let [node, python, ours] = values;
    Difference { field, calls, node, python, ours, why }
}

impl Difference {
    /// Whether this is what the three have.
    pub(crate) fn fits(&self, field: &str, [node, python, ours]: [Option<&str>; 3]) -> bool {
        let is = |known: &str, value: Option<&str>| match known {
            NONE => value.is_none(),
            SAME => value == ours,
            ANY => value.is_some(),
            known => value == Some(known),
        };
        self.field == field && is(self.node, node) && is(self.python, python) && is(self.ours, ours)
    }

    /// Its row in docs/aws.md.
    pub(crate) fn row(&self) -> String {
        let value = |value: &str| match value {
            NONE | SAME | ANY => value.to_owned(),
            "" => "empty".to_owned(),
            other => format!("`{other}`"),
        };
        let [node, python, ours] = [self.node, self.python, self.ours].map(value);
        format!("| `{}` | {} | {node} | {python} | {ours} | {} |", self.field, self.calls, self.why)
    }
}
