use std::collections::BTreeSet;

use autoxray::{Sampled, Sampling, TraceHeader, segment, trace_id};
use autoxray_clients_tests::moto::{config, unique};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_firehose::types::S3DestinationConfiguration;
use aws_sdk_kinesis::types::PutRecordsRequestEntry;
use aws_sdk_sqs::types::{
    Message, MessageAttributeValue, MessageSystemAttributeName, MessageSystemAttributeValue, SendMessageBatchRequestEntry,
};
use serde_json::json;
use xray_testkit::TestRecorder;

use crate::{SECRET, assert_calls, recorded};

/// The trace header that came with a message.
fn header(message: &Message) -> Option<&str> {
    Some(message.attributes.as_ref()?.get(&MessageSystemAttributeName::AwsTraceHeader)?)
}

#[tokio::test]
async fn sqs() {
    let client = autoxray::aws::client!(aws_sdk_sqs, &config());
    let (queue, own) = (&unique("queue"), "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
    let (mut url, mut messages) = (String::new(), Vec::new());
    let recorder = recorded(async {
        url = client.create_queue().queue_name(queue).send().await.unwrap().queue_url.unwrap();
        let send = || client.send_message().queue_url(&url).message_body(SECRET);
        let attribute = MessageAttributeValue::builder().data_type("String").string_value(SECRET).build().unwrap();
        send().delay_seconds(0).message_attributes("colour", attribute).send().await.unwrap();
        let attribute = MessageSystemAttributeValue::builder().data_type("String").string_value(own).build().unwrap();
        send().message_system_attributes("AWSTraceHeader".into(), attribute).send().await.unwrap();
        let entry = |id: &str| SendMessageBatchRequestEntry::builder().id(id).message_body(SECRET).build().unwrap();
        client.send_message_batch().queue_url(&url).entries(entry("1")).entries(entry("2")).send().await.unwrap();
        let receive = client.receive_message().queue_url(&url).max_number_of_messages(10).wait_time_seconds(0);
        let receive = receive.message_system_attribute_names(MessageSystemAttributeName::AwsTraceHeader).message_attribute_names("colour");
        messages = receive.send().await.unwrap().messages.unwrap();
        client.delete_message().queue_url(&url).receipt_handle(messages[0].receipt_handle().unwrap()).send().await.unwrap();
        client.get_queue_url().queue_name("none").send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           SQS [aws]
           SQS [aws]
           SQS [aws]
           SQS [aws]
           SQS [aws]
           SQS [aws]
           SQS [aws, error] !QueueDoesNotExist: The specified queue does not exist.",
    );
    let receive = json!({
        "queue_url": url, "max_number_of_messages": 10, "wait_time_seconds": 0, "message_attribute_names": ["colour"], "message_count": 4
    });
    let send = json!({"queue_url": url, "delay_seconds": 0, "message_attribute_names": ["colour"], "message_id": "…"});
    assert_calls(
        &recorder,
        [
            ("CreateQueue", 200, json!({"queue_name": queue})),
            ("SendMessage", 200, send),
            ("SendMessage", 200, json!({"queue_url": url, "message_id": "…"})),
            ("SendMessageBatch", 200, json!({"queue_url": url, "message_count": 2, "failed_count": 0, "successful_count": 2})),
            ("ReceiveMessage", 200, receive),
            ("DeleteMessage", 200, json!({"queue_url": url})),
            ("GetQueueUrl", 400, json!({"queue_name": "none"})),
        ],
    );
    let trace = recorder.trace();
    let call = trace.nodes().nth(2).unwrap();
    let ours = format!("Root={};Parent={};Sampled=1", trace.id(), call.id());
    // moto forgets what comes with the messages of a batch.
    let headers: Vec<&str> = messages.iter().filter_map(header).collect();
    assert_eq!(headers, [&ours, own]);
}

/// The headers that came with all messages of a queue.
async fn headers(client: &aws_sdk_sqs::Client, url: &str) -> BTreeSet<String> {
    let mut headers = BTreeSet::new();
    loop {
        let receive = client.receive_message().queue_url(url).max_number_of_messages(10);
        let receive = receive.message_system_attribute_names(MessageSystemAttributeName::AwsTraceHeader);
        let Some(messages) = receive.send().await.unwrap().messages else { return headers };
        headers.extend(messages.iter().map(|message| header(message).unwrap().to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_side_by_side_name_their_own_subsegments() {
    let client = autoxray::aws::client!(aws_sdk_sqs, &config());
    let url = aws_sdk_sqs::Client::new(&config()).create_queue().queue_name(unique("queue")).send().await.unwrap().queue_url.unwrap();
    let recorder = recorded(async {
        let sends = (0..30).map(|_| autoxray::spawn(client.send_message().queue_url(&url).message_body(SECRET).send()));
        for sent in futures::future::join_all(sends).await {
            sent.unwrap().unwrap();
        }
    });
    let trace = recorder.await.trace();
    let expected = trace.nodes().skip(1).map(|call| format!("Root={};Parent={};Sampled=1", trace.id(), call.id()));
    let expected: BTreeSet<String> = expected.collect();
    assert_eq!(expected.len(), 30);
    assert_eq!(headers(&aws_sdk_sqs::Client::new(&config()), &url).await, expected);
}

#[tokio::test]
async fn without_sampling_the_service_is_told_so() {
    let client = autoxray::aws::client!(aws_sdk_sqs, &config());
    let url = aws_sdk_sqs::Client::new(&config()).create_queue().queue_name(unique("queue")).send().await.unwrap().queue_url.unwrap();
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Never));
    let trace = recorder.wrap(segment("work").trace(async {
        client.send_message().queue_url(&url).message_body(SECRET).send().await.unwrap();
        trace_id()
    }));
    let trace = trace.await;
    recorder.assert_tree("");
    let headers = headers(&aws_sdk_sqs::Client::new(&config()), &url).await;
    let header = TraceHeader::parse(headers.first().unwrap());
    assert_eq!((headers.len(), header.root, header.sampled), (1, trace, Sampled::No));
}

#[tokio::test]
async fn sns() {
    let client = autoxray::aws::client!(aws_sdk_sns, &config());
    let (topic, mut arn) = (&unique("topic"), String::new());
    let recorder = recorded(async {
        arn = client.create_topic().name(topic).send().await.unwrap().topic_arn.unwrap();
        client.publish().topic_arn(&arn).message(SECRET).subject(SECRET).send().await.unwrap();
        let entry = aws_sdk_sns::types::PublishBatchRequestEntry::builder().id("1").message(SECRET).build().unwrap();
        client.publish_batch().topic_arn(&arn).publish_batch_request_entries(entry).send().await.unwrap();
        client.publish().topic_arn(format!("{arn}-none")).message(SECRET).send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           SNS [aws]
           SNS [aws]
           SNS [aws]
           SNS [aws, error] !NotFound: Endpoint does not exist",
    );
    assert_calls(
        &recorder,
        [
            ("CreateTopic", 200, json!({})),
            ("Publish", 200, json!({"topic_arn": arn})),
            ("PublishBatch", 200, json!({"topic_arn": arn})),
            ("Publish", 404, json!({"topic_arn": format!("{arn}-none")})),
        ],
    );
}

#[tokio::test]
async fn eventbridge() {
    let client = autoxray::aws::client!(aws_sdk_eventbridge, &config());
    let bus = &unique("bus");
    let recorder = recorded(async {
        client.create_event_bus().name(bus).send().await.unwrap();
        let entry = |bus: &str| PutEventsRequestEntry::builder().event_bus_name(bus).detail_type("t").detail(format!("{{\"{SECRET}\":1}}"));
        let entries = [entry(bus).source("s").build(), entry("default").source("s").build(), entry(bus).build()];
        let put = client.put_events().set_entries(Some(entries.into())).send().await.unwrap();
        assert_eq!(put.failed_entry_count, 1);
        client.describe_event_bus().name(format!("{bus}-none")).send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(&format!(
        "work
           EventBridge [aws]
           EventBridge [aws]
           EventBridge [aws, error] !ResourceNotFoundException: Event bus {bus}-none does not exist."
    ));
    assert_calls(
        &recorder,
        [
            ("CreateEventBus", 200, json!({})),
            ("PutEvents", 200, json!({"event_bus_name": [bus, "default"], "entry_count": 3, "failed_entry_count": 1})),
            ("DescribeEventBus", 400, json!({})),
        ],
    );
}

#[tokio::test]
async fn kinesis() {
    let client = autoxray::aws::client!(aws_sdk_kinesis, &config());
    let stream = &unique("stream");
    let recorder = recorded(async {
        client.create_stream().stream_name(stream).shard_count(1).send().await.unwrap();
        let blob = || aws_sdk_kinesis::primitives::Blob::new(SECRET);
        client.put_record().stream_name(stream).partition_key(SECRET).data(blob()).send().await.unwrap();
        let entry = || PutRecordsRequestEntry::builder().partition_key(SECRET).data(blob()).build().unwrap();
        client.put_records().stream_name(stream).records(entry()).records(entry()).send().await.unwrap();
        client.put_record().stream_name("none").partition_key(SECRET).data(blob()).send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           Kinesis [aws]
           Kinesis [aws]
           Kinesis [aws]
           Kinesis [aws, error] !ResourceNotFoundException: Stream none under account 123456789012 not found.",
    );
    assert_calls(
        &recorder,
        [
            ("CreateStream", 200, json!({"stream_name": stream})),
            ("PutRecord", 200, json!({"stream_name": stream})),
            ("PutRecords", 200, json!({"stream_name": stream, "record_count": 2, "failed_record_count": 0})),
            ("PutRecord", 400, json!({"stream_name": "none"})),
        ],
    );
}

#[tokio::test]
async fn firehose() {
    let client = autoxray::aws::client!(aws_sdk_firehose, &config());
    let (stream, bucket) = (&unique("stream"), &unique("firehose"));
    let s3 = aws_sdk_s3::config::Builder::from(&config()).force_path_style(true).build();
    let place = aws_sdk_s3::types::CreateBucketConfiguration::builder().location_constraint("eu-west-1".into()).build();
    let create = aws_sdk_s3::Client::from_conf(s3).create_bucket().bucket(bucket).create_bucket_configuration(place);
    create.send().await.unwrap();
    let recorder = recorded(async {
        let bucket = S3DestinationConfiguration::builder().bucket_arn(format!("arn:aws:s3:::{bucket}"));
        let bucket = bucket.role_arn("arn:aws:iam::123456789012:role/tests").build().unwrap();
        #[expect(deprecated)]
        let create = client.create_delivery_stream().delivery_stream_name(stream).s3_destination_configuration(bucket);
        create.send().await.unwrap();
        let record = || aws_sdk_firehose::types::Record::builder().data(aws_sdk_firehose::primitives::Blob::new(SECRET)).build().unwrap();
        client.put_record().delivery_stream_name(stream).record(record()).send().await.unwrap();
        client.put_record_batch().delivery_stream_name(stream).records(record()).records(record()).send().await.unwrap();
        client.put_record().delivery_stream_name("none").record(record()).send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           Firehose [aws]
           Firehose [aws]
           Firehose [aws]
           Firehose [aws, error] !ResourceNotFoundException: Firehose none under account 123456789012 not found.",
    );
    assert_calls(
        &recorder,
        [
            ("CreateDeliveryStream", 200, json!({"delivery_stream_name": stream})),
            ("PutRecord", 200, json!({"delivery_stream_name": stream})),
            ("PutRecordBatch", 200, json!({"delivery_stream_name": stream, "record_count": 2, "failed_put_count": 0})),
            ("PutRecord", 400, json!({"delivery_stream_name": "none"})),
        ],
    );
}
