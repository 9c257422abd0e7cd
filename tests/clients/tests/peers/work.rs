//! The work: calls of several services, those that fail among them.

use std::process::Command;
use std::time::Duration;

use autoxray::{Recorder, Sampling, segment};
use autoxray_clients_tests::moto::{address, config, unique};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, KeySchemaElement, KeyType, ProvisionedThroughput, PutRequest, ReturnConsumedCapacity,
    ReturnItemCollectionMetrics, ScalarAttributeType, WriteRequest,
};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use aws_sdk_sqs::types::{MessageAttributeValue, QueueAttributeName, SendMessageBatchRequestEntry};
use aws_smithy_types::retry::RetryConfig;
use serde_json::json;
use xray_testkit::FakeDaemon;

/// Stands in each payload, key and value, and must never be recorded.
const SECRET: &str = "hunter2";

/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1";

/// A zip archive without files.
const EMPTY_ZIP: &[u8; 22] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// What the calls are about.
pub(crate) struct Setup {
    table: String,
    bucket: String,
    queue: String,
    topic: String,
    function: String,
    secret_id: String,
}

fn secret() -> AttributeValue {
    AttributeValue::S(SECRET.into())
}

fn once() -> SdkConfig {
    config().into_builder().retry_config(RetryConfig::disabled()).build()
}

fn s3(config: &SdkConfig) -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::config::Builder::from(config).force_path_style(true)
}

impl Setup {
    pub(crate) async fn new() -> Self {
        let config = &config();
        let [table, bucket, queue, topic, function, secret_id] =
            ["table", "bucket", "queue", "topic", "function", "secret"].map(|name| unique(&format!("peers-{name}")));
        let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build().unwrap();
        let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap();
        let throughput = ProvisionedThroughput::builder().read_capacity_units(5).write_capacity_units(5).build().unwrap();
        let create = aws_sdk_dynamodb::Client::new(config).create_table().table_name(&table).attribute_definitions(id).key_schema(key);
        create.provisioned_throughput(throughput).send().await.unwrap();
        let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest1).build();
        let create = aws_sdk_s3::Client::from_conf(s3(config).build()).create_bucket().bucket(&bucket).create_bucket_configuration(place);
        create.send().await.unwrap();
        // What one of the three has received, the next one must not receive again.
        let create = aws_sdk_sqs::Client::new(config).create_queue().queue_name(queue);
        let create = create.attributes(QueueAttributeName::VisibilityTimeout, "43200");
        let queue = create.send().await.unwrap().queue_url.unwrap();
        let topic = aws_sdk_sns::Client::new(config).create_topic().name(topic).send().await.unwrap().topic_arn.unwrap();
        let code = FunctionCode::builder().zip_file(Blob::new(EMPTY_ZIP)).build();
        let create = aws_sdk_lambda::Client::new(config).create_function().function_name(&function).code(code);
        let create = create.role("arn:aws:iam::123456789012:role/tests").runtime(Runtime::Python312).handler("a.b");
        create.send().await.unwrap();
        let create = aws_sdk_secretsmanager::Client::new(config).create_secret().name(&secret_id).secret_string(SECRET);
        create.send().await.unwrap();
        Self { table, bucket, queue, topic, function, secret_id }
    }

    /// Has a script do the work, and gives its documents.
    pub(crate) fn script(&self, mut command: Command) -> Vec<String> {
        let daemon = FakeDaemon::start();
        let Self { table, bucket, queue, topic, function, secret_id } = self;
        let setup = json!({
            "secret": SECRET, "endpoint": address(), "nobody": NOBODY, "daemon": daemon.address(),
            "table": table, "bucket": bucket, "queue": queue, "topic": topic, "function": function, "secret_id": secret_id
        });
        let output = command.arg(setup.to_string()).output().unwrap_or_else(|error| {
            panic!("{command:?}: {error}: `scripts/test tests` sets up what it needs");
        });
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`scripts/test tests` sets up what it needs\n{command:?}\n{said}");
        documents(&daemon)
    }

    /// Does the work with the SDK for Rust, recorded by us.
    pub(crate) async fn ours(&self) -> Vec<String> {
        let daemon = FakeDaemon::start();
        let recorder = Recorder::builder().daemon_address(daemon.address()).sampling(Sampling::Always).build();
        recorder
            .wrap(segment("work").trace(async {
                self.database().await;
                self.objects().await;
                self.messages().await;
                self.others().await;
            }))
            .await;
        tokio::task::block_in_place(|| documents(&daemon))
    }

    async fn database(&self) {
        let client = autoxray::aws::client!(aws_sdk_dynamodb, &once());
        let table = &self.table;
        let put = client.put_item().table_name(table).item("id", secret()).return_consumed_capacity(ReturnConsumedCapacity::Total);
        put.send().await.unwrap();
        let get = client.get_item().table_name(table).key("id", secret()).consistent_read(true).projection_expression("id");
        get.send().await.unwrap();
        let query = || client.query().key_condition_expression("id = :id").expression_attribute_values(":id", secret());
        query().table_name(table).limit(7).send().await.unwrap();
        let put = PutRequest::builder().item("id", secret()).build().unwrap();
        let write = client.batch_write_item().request_items(table, vec![WriteRequest::builder().put_request(put).build()]);
        let write = write.return_consumed_capacity(ReturnConsumedCapacity::Total);
        write.return_item_collection_metrics(ReturnItemCollectionMetrics::Size).send().await.unwrap();
        query().table_name("none").send().await.unwrap_err();
        let nobody = autoxray::aws::client!(aws_sdk_dynamodb, &once().into_builder().endpoint_url(NOBODY).build());
        nobody.get_item().table_name(table).key("id", secret()).send().await.unwrap_err();
    }

    async fn objects(&self) {
        let client = aws_sdk_s3::Client::from_conf(s3(&once()).interceptor(autoxray::aws::interceptor()).build());
        let bucket = &self.bucket;
        client.put_object().bucket(bucket).key("a/1").body(SECRET.as_bytes().to_vec().into()).send().await.unwrap();
        client.get_object().bucket(bucket).key("a/1").send().await.unwrap().body.collect().await.unwrap();
        client.list_objects_v2().bucket(bucket).prefix("a/").send().await.unwrap();
        client.get_object().bucket(bucket).key("none").send().await.unwrap_err();
        client.head_object().bucket(bucket).key("none").send().await.unwrap_err();
    }

    async fn messages(&self) {
        let client = autoxray::aws::client!(aws_sdk_sqs, &once());
        let queue = &self.queue;
        let attribute = MessageAttributeValue::builder().data_type("String").string_value(SECRET).build().unwrap();
        client.send_message().queue_url(queue).message_body(SECRET).message_attributes("colour", attribute).send().await.unwrap();
        let entry = SendMessageBatchRequestEntry::builder().id("1").message_body(SECRET).build().unwrap();
        client.send_message_batch().queue_url(queue).entries(entry).send().await.unwrap();
        client.receive_message().queue_url(queue).max_number_of_messages(10).send().await.unwrap();
        client.get_queue_url().queue_name("none").send().await.unwrap_err();
    }

    async fn others(&self) {
        let config = &once();
        let sns = autoxray::aws::client!(aws_sdk_sns, config);
        sns.publish().topic_arn(&self.topic).message(SECRET).send().await.unwrap();
        let lambda = autoxray::aws::client!(aws_sdk_lambda, config);
        lambda.invoke().function_name(&self.function).payload(Blob::new(format!("\"{SECRET}\""))).send().await.unwrap();
        // The function answers with what it is sent, which here is more than Lambda allows.
        let fails = lambda.invoke().function_name(&self.function).payload(Blob::new(vec![b'1'; 6_000_001]));
        assert!(fails.send().await.unwrap().function_error.is_some());
        let secrets = autoxray::aws::client!(aws_sdk_secretsmanager, config);
        secrets.get_secret_value().secret_id(&self.secret_id).send().await.unwrap();
        let entry = PutEventsRequestEntry::builder().source("s").detail_type("t").detail("{}").build();
        autoxray::aws::client!(aws_sdk_eventbridge, config).put_events().entries(entry).send().await.unwrap();
    }
}

/// The documents that a daemon is sent, up to the segment that ends them.
fn documents(daemon: &FakeDaemon) -> Vec<String> {
    let is_segment = |document: &String| !document.contains(r#""type":"subsegment""#);
    let mut documents = Vec::new();
    for _ in 0..100 {
        documents = daemon.documents();
        if documents.iter().any(is_segment) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(documents.iter().any(is_segment), "no segment has come");
    assert!(!documents.iter().any(|document| document.contains(SECRET)), "{documents:#?}");
    documents
}
