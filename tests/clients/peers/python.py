"""The work of tests/peers, recorded by the X-Ray SDK for Python. Argument: what tests/peers has set up, as JSON."""

import json
import sys

import boto3
from aws_xray_sdk.core import patch, xray_recorder
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

setup = json.loads(sys.argv[1])
secret, table, bucket, queue = (setup[name] for name in ("secret", "table", "bucket", "queue"))
patch(["botocore"])
xray_recorder.configure(service="work", sampling=False, daemon_address=setup["daemon"])


def client(service, endpoint=setup["endpoint"]):
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret-key",
        config=config,
    )


def fails(call, **parameters):
    try:
        call(**parameters)
    except (BotoCoreError, ClientError):
        return
    raise AssertionError("the call was to fail")


item = {"id": {"S": secret}}
by_id = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": secret}}}
dynamodb, s3, sqs, functions = client("dynamodb"), client("s3"), client("sqs"), client("lambda")
xray_recorder.begin_segment("work")

dynamodb.put_item(TableName=table, Item=item, ReturnConsumedCapacity="TOTAL")
dynamodb.get_item(TableName=table, Key=item, ConsistentRead=True, ProjectionExpression="id")
dynamodb.query(TableName=table, Limit=7, **by_id)
dynamodb.batch_write_item(
    RequestItems={table: [{"PutRequest": {"Item": item}}]},
    ReturnConsumedCapacity="TOTAL",
    ReturnItemCollectionMetrics="SIZE",
)
fails(dynamodb.query, TableName="none", **by_id)
fails(client("dynamodb", setup["nobody"]).get_item, TableName=table, Key=item)

s3.put_object(Bucket=bucket, Key="a/1", Body=secret)
s3.get_object(Bucket=bucket, Key="a/1")["Body"].read()
s3.list_objects_v2(Bucket=bucket, Prefix="a/")
fails(s3.get_object, Bucket=bucket, Key="none")
fails(s3.head_object, Bucket=bucket, Key="none")

attributes = {"colour": {"DataType": "String", "StringValue": secret}}
sqs.send_message(QueueUrl=queue, MessageBody=secret, MessageAttributes=attributes)
sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": secret}])
sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
fails(sqs.get_queue_url, QueueName="none")

client("sns").publish(TopicArn=setup["topic"], Message=secret)
functions.invoke(FunctionName=setup["function"], Payload=json.dumps(secret))
functions.invoke(FunctionName=setup["function"], Payload="1" * 6_000_001)
client("secretsmanager").get_secret_value(SecretId=setup["secret_id"])
client("events").put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}])

xray_recorder.end_segment()
