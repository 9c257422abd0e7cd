use std::time::Duration;

use autoxray_clients_tests::moto::{config, unique};
use aws_sdk_dynamodb::client::Waiters as _;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, KeySchemaElement, KeyType, ProvisionedThroughput, PutRequest, ReturnConsumedCapacity,
    ScalarAttributeType, WriteRequest,
};
use aws_sdk_s3::client::Waiters as _;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::{BucketLocationConstraint, CompletedMultipartUpload, CompletedPart, CreateBucketConfiguration};
use serde_json::json;

use crate::{SECRET, assert_calls, recorded};

fn secret(number: usize) -> AttributeValue {
    AttributeValue::S(format!("{SECRET}-{number}"))
}

async fn create_table(client: &aws_sdk_dynamodb::Client, table: &str) {
    let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build().unwrap();
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap();
    let throughput = ProvisionedThroughput::builder().read_capacity_units(5).write_capacity_units(4).build().unwrap();
    let create = client.create_table().table_name(table).attribute_definitions(id).key_schema(key);
    create.provisioned_throughput(throughput).send().await.unwrap();
}

#[tokio::test]
async fn dynamodb() {
    let client = autoxray::aws::client!(aws_sdk_dynamodb, &config());
    let (table, missing) = (&unique("table"), &unique("missing"));
    let recorder = recorded(async {
        create_table(&client, table).await;
        client.wait_until_table_exists().table_name(table).wait(Duration::from_secs(60)).await.unwrap();
        let put = client.put_item().table_name(table).item("id", secret(0)).item("more", secret(0));
        put.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.unwrap();
        let get = client.get_item().table_name(table).key("id", secret(0)).consistent_read(true).projection_expression("more");
        assert_eq!(get.send().await.unwrap().item.unwrap()["more"], secret(0));
        let write = |number| {
            let put = PutRequest::builder().item("id", secret(number)).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        };
        client.batch_write_item().request_items(table, vec![write(1), write(2)]).send().await.unwrap();
        let query = client.query().table_name(table).key_condition_expression("id = :id").expression_attribute_values(":id", secret(1));
        assert_eq!(query.limit(7).send().await.unwrap().count, 1);
        let mut pages = client.scan().table_name(table).into_paginator().page_size(2).send();
        while let Some(page) = pages.next().await {
            page.unwrap();
        }
        let put = client.put_item().table_name(table).item("id", secret(1)).condition_expression("attribute_not_exists(id)");
        put.send().await.unwrap_err();
        let query = client.query().table_name(missing).key_condition_expression("id = :id").expression_attribute_values(":id", secret(1));
        query.send().await.unwrap_err();
        client.list_tables().limit(1).send().await.unwrap();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           DynamoDB [aws]
           DynamoDB [aws]
           DynamoDB [aws]
           DynamoDB [aws]
           DynamoDB [aws]
           DynamoDB [aws]
           DynamoDB [aws]
           DynamoDB [aws]
           DynamoDB [aws, error] !ConditionalCheckFailedException: The conditional request failed
           DynamoDB [aws, error] !ResourceNotFoundException: Requested resource not found
           DynamoDB [aws]",
    );
    assert_calls(
        &recorder,
        [
            ("CreateTable", 200, json!({"table_name": table, "provisioned_throughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 4}})),
            ("DescribeTable", 200, json!({"table_name": table})),
            ("PutItem", 200, json!({"table_name": table, "consumed_capacity": {"TableName": table, "CapacityUnits": 1.0}})),
            ("GetItem", 200, json!({"table_name": table, "consistent_read": true, "projection_expression": "more"})),
            ("BatchWriteItem", 200, json!({"table_names": [table]})),
            ("Query", 200, json!({"table_name": table, "limit": 7})),
            ("Scan", 200, json!({"table_name": table, "limit": 2, "count": 2, "scanned_count": 2})),
            ("Scan", 200, json!({"table_name": table, "limit": 2, "count": 1, "scanned_count": 1})),
            ("PutItem", 400, json!({"table_name": table})),
            ("Query", 400, json!({"table_name": missing})),
            ("ListTables", 200, json!({"limit": 1, "table_count": 1})),
        ],
    );
}

fn s3() -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&config()).force_path_style(true).interceptor(autoxray::aws::interceptor());
    aws_sdk_s3::Client::from_conf(config.build())
}

#[tokio::test]
async fn s3_objects() {
    let client = s3();
    let bucket = &unique("bucket");
    let recorder = recorded(async {
        let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest1).build();
        client.create_bucket().bucket(bucket).create_bucket_configuration(place).send().await.unwrap();
        client.wait_until_bucket_exists().bucket(bucket).wait(Duration::from_secs(60)).await.unwrap();
        for key in ["a/1", "a/2 ü", "a/3", "b"] {
            client.put_object().bucket(bucket).key(key).body(SECRET.repeat(1000).into_bytes().into()).send().await.unwrap();
        }
        let got = client.get_object().bucket(bucket).key("a/2 ü").send().await.unwrap();
        assert_eq!(got.body.collect().await.unwrap().to_vec().len(), 7000);
        let mut pages = client.list_objects_v2().bucket(bucket).prefix("a/").into_paginator().page_size(2).send();
        while let Some(page) = pages.next().await {
            page.unwrap();
        }
        client.copy_object().bucket(bucket).key("c").copy_source(format!("{bucket}/a/1")).send().await.unwrap();
        client.wait_until_object_not_exists().bucket(bucket).key("none").wait(Duration::from_secs(60)).await.unwrap();
        client.get_object().bucket(bucket).key("none").send().await.unwrap_err();
        let tag = client.head_object().bucket(bucket).key("c").send().await.unwrap().e_tag.unwrap();
        client.get_object().bucket(bucket).key("c").if_none_match(tag).send().await.unwrap_err();
        client.get_object().bucket(bucket).key("c").if_match("other").send().await.unwrap_err();
        client.list_buckets().send().await.unwrap();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws, error] !NotFound: the service says no more than HTTP status 404
           S3 [aws, error] !NoSuchKey: The specified key does not exist.
           S3 [aws]
           S3 [aws]
           S3 [aws, error] !PreconditionFailed: At least one of the pre-conditions you specified did not hold
           S3 [aws]",
    );
    let object = |key: &str| json!({"bucket_name": bucket, "key": key});
    assert_calls(
        &recorder,
        [
            ("CreateBucket", 200, json!({"bucket_name": bucket})),
            ("HeadBucket", 200, json!({"bucket_name": bucket})),
            ("PutObject", 200, object("a/1")),
            ("PutObject", 200, object("a/2 ü")),
            ("PutObject", 200, object("a/3")),
            ("PutObject", 200, object("b")),
            ("GetObject", 200, object("a/2 ü")),
            ("ListObjectsV2", 200, json!({"bucket_name": bucket, "prefix": "a/"})),
            ("ListObjectsV2", 200, json!({"bucket_name": bucket, "prefix": "a/"})),
            ("CopyObject", 200, json!({"bucket_name": bucket, "key": "c", "copy_source": format!("{bucket}/a/1")})),
            ("HeadObject", 404, object("none")),
            ("GetObject", 404, object("none")),
            ("HeadObject", 200, object("c")),
            // Not modified.
            ("GetObject", 304, object("c")),
            ("GetObject", 412, object("c")),
            ("ListBuckets", 200, json!({})),
        ],
    );
    let trace = recorder.trace();
    let get = trace.nodes().find(|node| node.document().aws.as_ref().is_some_and(|aws| aws.operation() == Some("GetObject"))).unwrap();
    let body = get.metadata_in("aws_sdk", "body");
    assert_eq!(body["bytes"], 7000);
    assert!(body["read_ms"].is_number() && body.get("dropped").is_none(), "{body}");
    assert_eq!(get.document().http.as_ref().unwrap().response.as_ref().unwrap().content_length, Some(7000));
}

#[tokio::test]
async fn s3_bodies() {
    let client = s3();
    let bucket = &unique("bucket");
    let recorder = recorded(async {
        let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest1).build();
        client.create_bucket().bucket(bucket).create_bucket_configuration(place).send().await.unwrap();
        let begin = client.create_multipart_upload().bucket(bucket).key("large").send().await.unwrap();
        let id = begin.upload_id.unwrap();
        let part = client.upload_part().bucket(bucket).key("large").upload_id(&id).part_number(1);
        let part = part.body(SECRET.repeat(1_000_000).into_bytes().into()).send().await.unwrap();
        let part = CompletedPart::builder().part_number(1).set_e_tag(part.e_tag).build();
        let parts = CompletedMultipartUpload::builder().parts(part).build();
        let complete = client.complete_multipart_upload().bucket(bucket).key("large").upload_id(&id).multipart_upload(parts);
        complete.send().await.unwrap();
        // Given up after the first piece.
        let mut body = client.get_object().bucket(bucket).key("large").send().await.unwrap().body;
        assert!(!body.next().await.unwrap().unwrap().is_empty());
        drop(body);
        let minute = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
        client.get_object().bucket(bucket).key("large").presigned(minute).await.unwrap();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]
           S3 [aws]",
    );
    let object = json!({"bucket_name": bucket, "key": "large"});
    assert_calls(
        &recorder,
        [
            ("CreateBucket", 200, json!({"bucket_name": bucket})),
            ("CreateMultipartUpload", 200, object.clone()),
            ("UploadPart", 200, object.clone()),
            ("CompleteMultipartUpload", 200, object.clone()),
            ("GetObject", 200, object),
        ],
    );
    let trace = recorder.trace();
    let body = trace.nodes().last().unwrap().metadata_in("aws_sdk", "body");
    assert!(body["bytes"].as_u64().is_some_and(|bytes| bytes > 0 && bytes < 7_000_000), "{body}");
    assert_eq!(body["dropped"], true);
}
