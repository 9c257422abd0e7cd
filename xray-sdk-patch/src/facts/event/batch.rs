//! Batches: queues, topics, streams, and what else sends lists of records.
//!
//! Sources: "Using Lambda with Amazon SQS", "… SNS", "… Kinesis Data Streams", "… DynamoDB Streams", "… Amazon S3", "… Amazon MSK", "…
//! Amazon MQ", "… Amazon DocumentDB", "Process records in Firehose", "Invoke Lambda function action" of SES.

use xray_model::TraceHeader;
use xray_runtime::Annotation;

use super::picked::Picked;
use super::{DIRECT, Event, Record, add, arn};

/// A service that sends its events as `Records`.
struct Sender {
    /// What it writes for `eventSource`.
    mark: &'static str,
    source: &'static str,
    /// What the first record says of the event.
    event: fn(&Picked, Event) -> Event,
    /// What a record says of itself.
    record: fn(&Picked, &mut Record),
}

const SENDERS: [Sender; 6] = [
    Sender { mark: "aws:sqs", source: "sqs", event: queue, record: message },
    Sender { mark: "aws:sns", source: "sns", event: topic, record: notification },
    Sender {
        mark: "aws:kinesis",
        source: "kinesis",
        event: stream,
        record: |record, out| out.id = owned(record, "kinesis/sequenceNumber"),
    },
    Sender { mark: "aws:dynamodb", source: "dynamodb", event: table, record: change },
    Sender { mark: "aws:s3", source: "s3", event: bucket, record: object },
    Sender { mark: "aws:ses", source: "ses", event: mail, record: |_, _| {} },
];

pub(super) fn records(event: &Picked) -> Option<Event> {
    let first = event.elements("Records").first()?;
    let sender = sender(first)?;
    Some((sender.event)(first, Event::of(sender.source)).annotate("batch_size", event.count("Records")))
}

pub(super) fn record(record: &Picked) -> Record {
    let mut out = Record { source: DIRECT, id: None, annotations: Vec::new(), link: None };
    if let Some(sender) = sender(record) {
        out.source = sender.source;
        (sender.record)(record, &mut out);
    }
    out
}

/// SNS writes its members with capital letters.
fn sender(record: &Picked) -> Option<&'static Sender> {
    let mark = record.text("eventSource").or(record.text("EventSource"))?;
    SENDERS.iter().find(|sender| sender.mark == mark)
}

fn queue(first: &Picked, event: Event) -> Event {
    let name = arn::name(first.text("eventSourceARN"), "sqs");
    event
        .name(name)
        .annotate("queue", name)
        .annotate("receive_count", receive_count(first))
        .annotate("dead_letter_source", arn::name(first.text("attributes/DeadLetterQueueSourceArn"), "sqs"))
}

fn message(record: &Picked, out: &mut Record) {
    out.id = owned(record, "messageId");
    add(&mut out.annotations, "receive_count", receive_count(record));
    out.link = record.text("attributes/AWSTraceHeader").map(TraceHeader::parse).filter(|header| header.root.is_some());
}

fn receive_count(record: &Picked) -> Option<Annotation> {
    record.text("attributes/ApproximateReceiveCount")?.parse::<u32>().ok().map(|count| Annotation::Int(count.into()))
}

fn topic(first: &Picked, event: Event) -> Event {
    let name = arn::name(first.text("Sns/TopicArn"), "sns");
    event.name(name).annotate("topic", name)
}

fn notification(record: &Picked, out: &mut Record) {
    out.id = owned(record, "Sns/MessageId");
}

/// The id of an event is that of the shard and the number in it.
fn stream(first: &Picked, event: Event) -> Event {
    let shard = first.text("eventID").and_then(|id| id.split_once(':')).map(|(shard, _)| shard);
    let name = arn::name(first.text("eventSourceARN"), "kinesis");
    event.name(first.text("eventName")).annotate("stream", name).annotate("shard", shard)
}

fn table(first: &Picked, event: Event) -> Event {
    event.name(first.text("eventName")).annotate("table", arn::name(first.text("eventSourceARN"), "dynamodb"))
}

fn change(record: &Picked, out: &mut Record) {
    out.id = owned(record, "dynamodb/SequenceNumber");
    add(&mut out.annotations, "event_name", record.text("eventName"));
}

fn bucket(first: &Picked, event: Event) -> Event {
    event.name(first.text("eventName")).annotate("bucket", first.text("s3/bucket/name"))
}

fn object(record: &Picked, out: &mut Record) {
    add(&mut out.annotations, "bucket", record.text("s3/bucket/name"));
    add(&mut out.annotations, "event_name", record.text("eventName"));
}

fn mail(first: &Picked, event: Event) -> Event {
    event.name(first.text("ses/receipt/action/type"))
}

/// What S3 sends when notifications are set up.
pub(super) fn s3_test(event: &Picked) -> Option<Event> {
    let bucket = event.text("Bucket").filter(|_| event.is("Service", "Amazon S3") && event.is("Event", "s3:TestEvent"))?;
    Some(Event::of("s3").name(event.text("Event")).annotate("bucket", bucket))
}

pub(super) fn kafka(event: &Picked) -> Option<Event> {
    let mark = event.text("eventSource").filter(|mark| ["aws:kafka", "SelfManagedKafka"].contains(mark))?;
    let cluster = arn::name(event.text("eventSourceArn"), "kafka");
    event.has("records").then(|| Event::of("msk").name(Some(mark)).annotate("cluster", cluster))
}

pub(super) fn broker(event: &Picked) -> Option<Event> {
    let mark = event.text("eventSource").filter(|mark| ["aws:mq", "aws:rmq"].contains(mark))?;
    let broker = arn::name(event.text("eventSourceArn"), "mq")?;
    Some(
        Event::of("mq")
            .name(Some(mark))
            .annotate("broker", broker)
            .annotate("queue", event.text("messages/destination/physicalName"))
            .annotate("batch_size", event.count("messages")),
    )
}

pub(super) fn documentdb(event: &Picked) -> Option<Event> {
    (event.is("eventSource", "aws:docdb") && event.has("events")).then(|| {
        Event::of("documentdb")
            .name(event.text("events/event/operationType"))
            .annotate("cluster", arn::name(event.text("eventSourceArn"), "rds"))
            .annotate("database", event.text("events/event/ns/db"))
            .annotate("collection", event.text("events/event/ns/coll"))
            .annotate("batch_size", event.count("events"))
    })
}

pub(super) fn firehose(event: &Picked) -> Option<Event> {
    let stream = event.text("deliveryStreamArn").filter(|_| event.has("invocationId") && event.has("records/recordId"))?;
    let name = arn::name(Some(stream), "firehose");
    Some(Event::of("firehose").name(name).annotate("delivery_stream", name).annotate("batch_size", event.count("records")))
}

fn owned(record: &Picked, path: &str) -> Option<String> {
    record.text(path).map(String::from)
}
