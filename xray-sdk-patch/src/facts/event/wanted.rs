//! What is looked for in events: the whitelist. What is not in it is neither copied nor looked into.
//!
//! To add a source, add the members by which it is known and those that are said of it here, and a function to the file of its kind.
//!
//! Sources: the chapter of each service in "Invoking Lambda with events from other AWS services", `aws_lambda_events`.

use Keep::{List, Members, Payload, Text};

use super::ELEMENTS_MAX;

/// What is kept of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keep {
    /// A text, cut to what a document takes. Of anything else is known that it is there.
    Text,
    /// That it is there, with whatever value: for what is large or nobody's business. It is not looked into, and reading stops there if
    /// enough is known.
    Payload,
    /// These members of an object.
    Members(&'static [Wanted]),
    /// This of so many elements of a list, and the number of all.
    List(&'static Keep, usize),
}

/// A member of an object.
pub(super) type Wanted = (&'static str, Keep);

/// An event. Most frequent first: names are compared in this order.
pub(super) const EVENT: Keep = Members(&[
    ("Records", List(&RECORD, 1)),
    // HTTP.
    ("version", Text),
    ("routeKey", Text),
    ("requestContext", REQUEST_CONTEXT),
    ("resource", Text),
    ("httpMethod", Text),
    ("method", Text),
    ("raw_path", Payload),
    ("is_base64_encoded", Payload),
    ("body", Payload),
    // Authorizers of API Gateway and of AppSync.
    ("type", Text),
    ("methodArn", Text),
    ("routeArn", Text),
    ("authorizationToken", Payload),
    // AppSync.
    ("info", APPSYNC_INFO),
    // EventBridge, schedules, alarms.
    ("detail-type", Text),
    ("source", Text),
    ("resources", List(&Text, 1)),
    ("detail", Payload),
    ("alarmData", Members(&[("alarmName", Text), ("state", Members(&[("value", Text)]))])),
    // Step Functions.
    ("Execution", ID),
    ("StateMachine", ID),
    ("State", NAME),
    ("context", STEP_CONTEXT),
    ("Context", STEP_CONTEXT),
    // Cognito.
    ("triggerSource", Text),
    ("userPoolId", Text),
    ("identityPoolId", Text),
    ("datasetName", Payload),
    ("eventType", Text),
    // CloudWatch Logs.
    ("awslogs", Members(&[("data", Payload)])),
    // Kafka, brokers, DocumentDB.
    ("eventSource", Text),
    ("eventSourceArn", Text),
    ("messages", List(&Members(&[("destination", Members(&[("physicalName", Text)]))]), 1)),
    ("events", List(&Members(&[("event", CHANGE)]), 1)),
    // Firehose.
    ("invocationId", Payload),
    ("deliveryStreamArn", Text),
    ("records", List(&Members(&[("recordId", Payload)]), 1)),
    // S3: the test event, and Object Lambda.
    ("Service", Text),
    ("Event", Text),
    ("Bucket", Text),
    ("xAmzRequestId", Payload),
    ("getObjectContext", Payload),
    ("headObjectContext", Payload),
    ("listObjectsContext", Payload),
    ("listObjectsV2Context", Payload),
    ("configuration", Members(&[("accessPointArn", Text)])),
    // CloudFormation.
    ("RequestType", Text),
    ("StackId", Text),
    ("ResourceType", Text),
    ("LogicalResourceId", Text),
    // CodePipeline, Config.
    ("CodePipeline.job", Members(&[("id", Payload), ("data", Payload)])),
    ("configRuleName", Text),
    ("invokingEvent", Payload),
    // Lex, Connect, Bedrock.
    ("bot", NAME),
    ("currentIntent", NAME),
    ("sessionState", Members(&[("intent", NAME)])),
    ("invocationSource", Text),
    ("Name", Text),
    ("Details", Members(&[("ContactData", CONTACT)])),
    ("messageVersion", Payload),
    ("agent", NAME),
    ("actionGroup", Text),
    ("apiPath", Text),
    ("function", Text),
    // IoT.
    ("signatureVerified", Payload),
    ("protocols", Payload),
    ("protocolData", Payload),
]);

/// One of `Records`.
pub(super) const RECORD: Keep = Members(&[
    ("eventSource", Text),
    ("eventSourceARN", Text),
    ("eventName", Text),
    ("eventID", Text),
    ("messageId", Text),
    ("attributes", Members(&[("ApproximateReceiveCount", Text), ("DeadLetterQueueSourceArn", Text), ("AWSTraceHeader", Text)])),
    ("EventSource", Text),
    ("Sns", Members(&[("TopicArn", Text), ("MessageId", Text)])),
    ("kinesis", Members(&[("sequenceNumber", Text)])),
    ("dynamodb", Members(&[("SequenceNumber", Text)])),
    ("s3", Members(&[("bucket", Members(&[("name", Text)]))])),
    ("ses", Members(&[("receipt", Members(&[("action", Members(&[("type", Text)]))]))])),
]);

/// What a handler returns of records that failed.
pub(super) const RESPONSE: Keep = Members(&[("batchItemFailures", List(&Members(&[("itemIdentifier", Text)]), ELEMENTS_MAX))]);

const REQUEST_CONTEXT: Keep = Members(&[
    ("routeKey", Text),
    ("stage", Text),
    ("apiId", Text),
    ("domainName", Text),
    ("http", Members(&[("method", Text)])),
    ("resourceId", Text),
    ("resourcePath", Text),
    ("httpMethod", Text),
    ("connectionId", Payload),
    ("eventType", Text),
    ("elb", Members(&[("targetGroupArn", Text)])),
    ("serviceArn", Text),
    ("serviceNetworkArn", Text),
    ("targetGroupArn", Text),
    ("queryString", Payload),
]);

const APPSYNC_INFO: Keep = Members(&[
    ("fieldName", Text),
    ("parentTypeName", Text),
    ("selectionSetList", Payload),
    ("channelNamespace", Members(&[("name", Text)])),
    ("operation", Text),
]);

const STEP_CONTEXT: Keep = Members(&[("Execution", ID), ("StateMachine", ID), ("State", NAME)]);

const CHANGE: Keep = Members(&[("operationType", Text), ("ns", Members(&[("db", Text), ("coll", Text)]))]);

const CONTACT: Keep = Members(&[("Channel", Text), ("InitiationMethod", Text), ("Queue", Members(&[("Name", Text)]))]);

const ID: Keep = Members(&[("Id", Text)]);

const NAME: Keep = Members(&[("name", Text), ("Name", Text)]);
