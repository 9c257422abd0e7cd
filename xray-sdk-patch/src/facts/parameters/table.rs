//! The whitelist's content.
//!
//! Sources: `aws_whitelist.json` of the X-Ray SDK for Node for DynamoDB, SQS, SNS, Lambda, S3 and SageMaker; the services' API references
//! for the others, of which only names and counts are taken.

use super::{Field, Operation, Service, Source, Take};

/// All services of the table.
#[cfg(test)]
pub(super) const SERVICES: [&str; 13] = [
    "DynamoDB",
    "SQS",
    "SNS",
    "Lambda",
    "S3",
    "SageMaker Runtime",
    "Kinesis",
    "Firehose",
    "EventBridge",
    "SFN",
    "Secrets Manager",
    "SSM",
    "Bedrock Runtime",
];

pub(super) fn service(id: &str) -> Option<&'static Service> {
    Some(match id {
        "DynamoDB" => &DYNAMODB,
        "SQS" => &SQS,
        "SNS" => &SNS,
        "Lambda" => &LAMBDA,
        "S3" => &S3,
        "SageMaker Runtime" => &SAGEMAKER,
        "Kinesis" => &KINESIS,
        "Firehose" => &FIREHOSE,
        "EventBridge" => &EVENTBRIDGE,
        "SFN" => &STEP_FUNCTIONS,
        "Secrets Manager" => &SECRETS_MANAGER,
        "SSM" => &SSM,
        "Bedrock Runtime" => &BEDROCK,
        _ => return None,
    })
}

const fn op(name: &'static str, request: &'static [Field], response: &'static [Field]) -> Operation {
    Operation { name, request, response }
}

/// Any operation that has no entry of its own.
const fn others(request: &'static [Field]) -> Operation {
    op("", request, &[])
}

const fn copy(member: &'static str, name: &'static str) -> Field {
    Field { name, from: Source::Body(member, Take::Copy) }
}

const fn keys(member: &'static str, name: &'static str) -> Field {
    Field { name, from: Source::Body(member, Take::Keys) }
}

const fn count(member: &'static str, name: &'static str) -> Field {
    Field { name, from: Source::Body(member, Take::Count) }
}

/// The member that stands in each element of a list.
const fn each(member: &'static str, inner: &'static str, name: &'static str) -> Field {
    Field { name, from: Source::Body(member, Take::Each(inner)) }
}

/// Fields that are a level down.
const fn inside(member: &'static str, fields: &'static [Field]) -> Field {
    Field { name: "", from: Source::Body(member, Take::Inside(fields)) }
}

const fn from(source: Source, name: &'static str) -> Field {
    Field { name, from: source }
}

const TABLE: Field = copy("TableName", "table_name");
const TABLES: Field = keys("RequestItems", "table_names");
const LIMIT: Field = copy("Limit", "limit");
const THROUGHPUT: Field = copy("ProvisionedThroughput", "provisioned_throughput");
const ATTRIBUTES_TO_GET: Field = copy("AttributesToGet", "attributes_to_get");
const CONSISTENT: Field = copy("ConsistentRead", "consistent_read");
const INDEX: Field = copy("IndexName", "index_name");
const PROJECTION: Field = copy("ProjectionExpression", "projection_expression");
const SELECT: Field = copy("Select", "select");
const CAPACITY: Field = from(Source::Asked("ReturnConsumedCapacity", "ConsumedCapacity"), "consumed_capacity");

const DYNAMODB: Service = Service {
    operations: &[
        op("BatchGetItem", &[TABLES], &[CAPACITY]),
        op("BatchWriteItem", &[TABLES], &[CAPACITY]),
        op(
            "CreateTable",
            &[
                copy("GlobalSecondaryIndexes", "global_secondary_indexes"),
                copy("LocalSecondaryIndexes", "local_secondary_indexes"),
                THROUGHPUT,
                TABLE,
            ],
            &[],
        ),
        op("DeleteItem", &[TABLE], &[CAPACITY]),
        op("DeleteTable", &[TABLE], &[]),
        op("DescribeTable", &[TABLE], &[]),
        op("GetItem", &[CONSISTENT, PROJECTION, TABLE], &[CAPACITY]),
        op("ListTables", &[copy("ExclusiveStartTableName", "exclusive_start_table_name"), LIMIT], &[count("TableNames", "table_count")]),
        op("PutItem", &[TABLE], &[CAPACITY]),
        op(
            "Query",
            &[ATTRIBUTES_TO_GET, CONSISTENT, INDEX, LIMIT, PROJECTION, copy("ScanIndexForward", "scan_index_forward"), SELECT, TABLE],
            &[CAPACITY],
        ),
        op(
            "Scan",
            &[
                ATTRIBUTES_TO_GET,
                CONSISTENT,
                INDEX,
                LIMIT,
                PROJECTION,
                copy("Segment", "segment"),
                SELECT,
                TABLE,
                copy("TotalSegments", "total_segments"),
            ],
            &[CAPACITY, copy("Count", "count"), copy("ScannedCount", "scanned_count")],
        ),
        // Their tables are in the items, beside keys and values.
        op("TransactGetItems", &[], &[CAPACITY]),
        op("TransactWriteItems", &[], &[CAPACITY]),
        op("UpdateItem", &[TABLE], &[CAPACITY]),
        op(
            "UpdateTable",
            &[
                copy("AttributeDefinitions", "attribute_definitions"),
                copy("GlobalSecondaryIndexUpdates", "global_secondary_index_updates"),
                THROUGHPUT,
                TABLE,
            ],
            &[],
        ),
    ],
    others: others(&[TABLE]),
};

const QUEUE: Field = copy("QueueUrl", "queue_url");
const QUEUE_NAME: Field = copy("QueueName", "queue_name");
const VISIBILITY: Field = copy("VisibilityTimeout", "visibility_timeout");
const FAILED: Field = copy("Failed", "failed");

const SQS: Service = Service {
    operations: &[
        op("AddPermission", &[copy("Label", "label"), QUEUE], &[]),
        op("ChangeMessageVisibility", &[QUEUE, VISIBILITY], &[]),
        op("ChangeMessageVisibilityBatch", &[QUEUE], &[FAILED]),
        op("CreateQueue", &[copy("Attributes", "attributes"), QUEUE_NAME], &[]),
        op("DeleteMessageBatch", &[QUEUE], &[FAILED]),
        op("GetQueueAttributes", &[QUEUE], &[copy("Attributes", "attributes")]),
        op("GetQueueUrl", &[QUEUE_NAME, copy("QueueOwnerAWSAccountId", "queue_owner_aws_account_id")], &[copy("QueueUrl", "queue_url")]),
        op("ListDeadLetterSourceQueues", &[QUEUE], &[copy("QueueUrls", "queue_urls")]),
        op("ListQueues", &[copy("QueueNamePrefix", "queue_name_prefix")], &[count("QueueUrls", "queue_count")]),
        op(
            "ReceiveMessage",
            &[
                copy("AttributeNames", "attribute_names"),
                copy("MaxNumberOfMessages", "max_number_of_messages"),
                copy("MessageAttributeNames", "message_attribute_names"),
                QUEUE,
                VISIBILITY,
                copy("WaitTimeSeconds", "wait_time_seconds"),
            ],
            &[count("Messages", "message_count")],
        ),
        op(
            "SendMessage",
            &[copy("DelaySeconds", "delay_seconds"), keys("MessageAttributes", "message_attribute_names"), QUEUE],
            &[copy("MessageId", "message_id")],
        ),
        op(
            "SendMessageBatch",
            &[QUEUE, count("Entries", "message_count")],
            &[count("Failed", "failed_count"), count("Successful", "successful_count")],
        ),
        op("SetQueueAttributes", &[QUEUE, keys("Attributes", "attribute_names")], &[]),
    ],
    others: others(&[QUEUE]),
};

const SNS: Service = Service { operations: &[], others: others(&[copy("TopicArn", "topic_arn")]) };

const FUNCTION: Field = from(Source::Path("functions"), "function_name");
const QUALIFIER: Field = from(Source::Query("Qualifier"), "qualifier");
const INVOCATION: &[Field] = &[
    FUNCTION,
    from(Source::Header("x-amz-invocation-type"), "invocation_type"),
    from(Source::Header("x-amz-log-type"), "log_type"),
    QUALIFIER,
];

const LAMBDA: Service = Service {
    operations: &[
        op("CreateFunction", &[copy("FunctionName", "function_name")], &[]),
        op("Invoke", INVOCATION, &[from(Source::Header("x-amz-function-error"), "function_error"), from(Source::Status, "status_code")]),
        op("InvokeAsync", &[FUNCTION], &[from(Source::Status, "status")]),
        op("InvokeWithResponseStream", INVOCATION, &[from(Source::Status, "status_code")]),
    ],
    others: others(&[FUNCTION, QUALIFIER]),
};

/// Bucket and key are found by [`s3`](crate::facts::s3), for any operation.
const S3: Service = Service {
    operations: &[],
    others: others(&[
        from(Source::Query("prefix"), "prefix"),
        from(Source::Query("versionId"), "version_id"),
        from(Source::Header("x-amz-copy-source"), "copy_source"),
    ]),
};

const SAGEMAKER: Service = Service { operations: &[], others: others(&[from(Source::Path("endpoints"), "endpoint_name")]) };

const STREAM: Field = copy("StreamName", "stream_name");
const STREAM_ARN: Field = copy("StreamARN", "stream_arn");
const RECORDS: Field = count("Records", "record_count");

const KINESIS: Service = Service {
    operations: &[op("PutRecords", &[STREAM, STREAM_ARN, RECORDS], &[copy("FailedRecordCount", "failed_record_count")])],
    others: others(&[STREAM, STREAM_ARN]),
};

const DELIVERY_STREAM: Field = copy("DeliveryStreamName", "delivery_stream_name");

const FIREHOSE: Service = Service {
    operations: &[op("PutRecordBatch", &[DELIVERY_STREAM, RECORDS], &[copy("FailedPutCount", "failed_put_count")])],
    others: others(&[DELIVERY_STREAM]),
};

const EVENTBRIDGE: Service = Service {
    operations: &[op(
        "PutEvents",
        &[each("Entries", "EventBusName", "event_bus_name"), count("Entries", "entry_count")],
        &[copy("FailedEntryCount", "failed_entry_count")],
    )],
    others: others(&[copy("EventBusName", "event_bus_name")]),
};

const STATE_MACHINE: Field = copy("stateMachineArn", "state_machine_arn");
const EXECUTION: Field = copy("executionArn", "execution_arn");

const STEP_FUNCTIONS: Service = Service {
    operations: &[
        // Tokens, input and output, in which nothing is to be found.
        op("SendTaskFailure", &[], &[]),
        op("SendTaskHeartbeat", &[], &[]),
        op("SendTaskSuccess", &[], &[]),
        op("StartExecution", &[STATE_MACHINE], &[EXECUTION]),
        op("StartSyncExecution", &[STATE_MACHINE], &[EXECUTION]),
    ],
    others: others(&[STATE_MACHINE, EXECUTION]),
};

const SECRETS_MANAGER: Service = Service {
    operations: &[
        op("BatchGetSecretValue", &[copy("SecretIdList", "secret_id_list")], &[]),
        op("CreateSecret", &[copy("Name", "name")], &[]),
        op("GetRandomPassword", &[], &[]),
        op("ListSecrets", &[], &[]),
    ],
    others: others(&[copy("SecretId", "secret_id")]),
};

const NAMES: Field = copy("Names", "names");

const SSM: Service = Service {
    operations: &[
        op("DeleteParameters", &[NAMES], &[]),
        op("GetParameters", &[NAMES], &[]),
        op("GetParametersByPath", &[copy("Path", "path")], &[]),
    ],
    others: others(&[copy("Name", "name")]),
};

const MODEL: &[Field] = &[from(Source::Path("model"), "model_id")];
/// Of `Converse`, and of the event `metadata` of its stream.
pub(in crate::facts) const USAGE: Field = inside("usage", &[copy("inputTokens", "input_tokens"), copy("outputTokens", "output_tokens")]);
/// Of `Converse`, and of the event `messageStop` of its stream.
pub(in crate::facts) const STOP_REASON: Field = copy("stopReason", "stop_reason");
/// What providers of models call it, each in their own JSON.
const STOP_REASONS: [Field; 3] = [STOP_REASON, copy("stop_reason", "stop_reason"), copy("completionReason", "stop_reason")];

/// Of the chunks of `InvokeModelWithResponseStream`: each provider's own JSON, to the last of which Bedrock adds its metrics.
pub(in crate::facts) const CHUNK: &[Field] = &[
    inside("amazon-bedrock-invocationMetrics", &[copy("inputTokenCount", "input_tokens"), copy("outputTokenCount", "output_tokens")]),
    inside("delta", &STOP_REASONS),
    inside("messageStop", &STOP_REASONS),
    STOP_REASON,
    copy("stop_reason", "stop_reason"),
    copy("completionReason", "stop_reason"),
];

const BEDROCK: Service = Service {
    operations: &[
        op("Converse", MODEL, &[STOP_REASON, USAGE]),
        op(
            "InvokeModel",
            MODEL,
            &[
                from(Source::Number("x-amzn-bedrock-input-token-count"), "input_tokens"),
                from(Source::Number("x-amzn-bedrock-output-token-count"), "output_tokens"),
                STOP_REASON,
                copy("stop_reason", "stop_reason"),
            ],
        ),
    ],
    others: others(MODEL),
};
