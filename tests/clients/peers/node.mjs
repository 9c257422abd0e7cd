// The work of tests/peers, recorded by the X-Ray SDK for Node. Argument: what tests/peers has set up, as JSON.

import { createRequire } from "node:module";

// Unlike `import`, it looks for packages where NODE_PATH says.
const require = createRequire(import.meta.url);
const xray = require("aws-xray-sdk-core");
const dynamo = require("@aws-sdk/client-dynamodb");
const s3 = require("@aws-sdk/client-s3");
const sqs = require("@aws-sdk/client-sqs");
const sns = require("@aws-sdk/client-sns");
const lambda = require("@aws-sdk/client-lambda");
const secrets = require("@aws-sdk/client-secrets-manager");
const events = require("@aws-sdk/client-eventbridge");

const setup = JSON.parse(process.argv[2]);
const { secret, table, bucket, queue } = setup;
xray.setDaemonAddress(setup.daemon);
xray.enableManualMode();
const segment = new xray.Segment("work");

function client(kind, endpoint = setup.endpoint) {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret-key" };
  const config = { endpoint, region: "eu-west-1", credentials, maxAttempts: 1, forcePathStyle: true };
  return xray.captureAWSv3Client(new kind(config), segment);
}

async function fails(call) {
  await call.then(
    () => {
      throw new Error("the call was to fail");
    },
    () => {},
  );
}

const item = { id: { S: secret } };
const byId = { KeyConditionExpression: "id = :id", ExpressionAttributeValues: { ":id": { S: secret } } };
const database = client(dynamo.DynamoDBClient);
const objects = client(s3.S3Client);
const queues = client(sqs.SQSClient);
const functions = client(lambda.LambdaClient);

await database.send(new dynamo.PutItemCommand({ TableName: table, Item: item, ReturnConsumedCapacity: "TOTAL" }));
await database.send(new dynamo.GetItemCommand({ TableName: table, Key: item, ConsistentRead: true, ProjectionExpression: "id" }));
await database.send(new dynamo.QueryCommand({ TableName: table, Limit: 7, ...byId }));
await database.send(
  new dynamo.BatchWriteItemCommand({
    RequestItems: { [table]: [{ PutRequest: { Item: item } }] },
    ReturnConsumedCapacity: "TOTAL",
    ReturnItemCollectionMetrics: "SIZE",
  }),
);
await fails(database.send(new dynamo.QueryCommand({ TableName: "none", ...byId })));
await fails(client(dynamo.DynamoDBClient, setup.nobody).send(new dynamo.GetItemCommand({ TableName: table, Key: item })));

await objects.send(new s3.PutObjectCommand({ Bucket: bucket, Key: "a/1", Body: secret }));
await (await objects.send(new s3.GetObjectCommand({ Bucket: bucket, Key: "a/1" }))).Body.transformToString();
await objects.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: "a/" }));
await fails(objects.send(new s3.GetObjectCommand({ Bucket: bucket, Key: "none" })));
await fails(objects.send(new s3.HeadObjectCommand({ Bucket: bucket, Key: "none" })));

const attributes = { colour: { DataType: "String", StringValue: secret } };
await queues.send(new sqs.SendMessageCommand({ QueueUrl: queue, MessageBody: secret, MessageAttributes: attributes }));
await queues.send(new sqs.SendMessageBatchCommand({ QueueUrl: queue, Entries: [{ Id: "1", MessageBody: secret }] }));
await queues.send(new sqs.ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }));
await fails(queues.send(new sqs.GetQueueUrlCommand({ QueueName: "none" })));

await client(sns.SNSClient).send(new sns.PublishCommand({ TopicArn: setup.topic, Message: secret }));
await functions.send(new lambda.InvokeCommand({ FunctionName: setup.function, Payload: JSON.stringify(secret) }));
await functions.send(new lambda.InvokeCommand({ FunctionName: setup.function, Payload: "1".repeat(6_000_001) }));
await client(secrets.SecretsManagerClient).send(new secrets.GetSecretValueCommand({ SecretId: setup.secret_id }));
const entry = { Source: "s", DetailType: "t", Detail: "{}" };
await client(events.EventBridgeClient).send(new events.PutEventsCommand({ Entries: [entry] }));

segment.close();
