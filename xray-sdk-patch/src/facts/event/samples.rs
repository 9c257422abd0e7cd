//! An event of each source, with `SECRET` wherever a program or a person could have put something that nobody else is to see; and what is
//! said of it: source | name | operation | annotations.

pub(super) const SAMPLES: &[(&str, &str)] = &[
    // API Gateway.
    (
        r#"{"resource":"/orders/{id}","path":"/orders/SECRET","httpMethod":"GET","headers":{"Authorization":"SECRET"},
        "multiValueHeaders":null,"queryStringParameters":{"q":"SECRET"},"pathParameters":{"id":"SECRET"},"stageVariables":null,
        "requestContext":{"accountId":"1","resourceId":"abc","stage":"prod","path":"/SECRET","identity":{"sourceIp":"SECRET",
        "userArn":"SECRET"},"authorizer":{"principalId":"SECRET"},"resourcePath":"/orders/{id}","httpMethod":"GET","apiId":"a1b2",
        "requestId":"SECRET"},"body":"SECRET","isBase64Encoded":false}"#,
        "api-gateway-rest | GET | GET /orders/{id} | http_method=GET http_route=/orders/{id} api_id=a1b2 stage=prod",
    ),
    (
        r#"{"version":"1.0","resource":"/pets","path":"/SECRET","httpMethod":"POST","requestContext":{"resourceId":null,
        "resourcePath":"/pets","httpMethod":"POST","apiId":"a1","stage":"$default","domainName":"SECRET"},"body":"SECRET"}"#,
        "api-gateway-http | POST | POST /pets | http_method=POST http_route=/pets api_id=a1 stage=$default",
    ),
    (
        r#"{"version":"2.0","routeKey":"ANY /orders/{id}","rawPath":"/orders/SECRET","rawQueryString":"SECRET","cookies":["SECRET"],
        "headers":{"authorization":"SECRET"},"requestContext":{"apiId":"a1","authorizer":{"jwt":{"claims":{"sub":"SECRET"}}},
        "domainName":"a1.execute-api.us-east-1.amazonaws.com","http":{"method":"PUT","path":"/SECRET","sourceIp":"SECRET",
        "userAgent":"SECRET"},"routeKey":"ANY /orders/{id}","stage":"$default"},"pathParameters":{"id":"SECRET"},"body":"SECRET",
        "isBase64Encoded":false}"#,
        "api-gateway-http | PUT | PUT /orders/{id} | http_method=PUT http_route=/orders/{id} api_id=a1 stage=$default",
    ),
    (
        r#"{"version":"2.0","routeKey":"$default","rawPath":"/SECRET","requestContext":{"apiId":"a1","http":{"method":"SECRET-9",
        "path":"/"},"domainName":"a1.execute-api.us-east-1.amazonaws.com","stage":"dev"}}"#,
        "api-gateway-http | - | - | api_id=a1 stage=dev",
    ),
    (
        r#"{"version":"2.0","routeKey":"$default","rawPath":"/SECRET","headers":{"x":"SECRET"},"requestContext":{"apiId":"urlid",
        "http":{"method":"GET","path":"/SECRET"},"domainName":"urlid.lambda-url.eu-west-1.on.aws","stage":"$default"},
        "body":"SECRET"}"#,
        "function-url | GET | - | http_method=GET",
    ),
    (
        r#"{"headers":{"a":"SECRET"},"requestContext":{"routeKey":"send","eventType":"MESSAGE","connectionId":"SECRET","apiId":"w1",
        "stage":"prod","identity":{"sourceIp":"SECRET"}},"body":"SECRET"}"#,
        "api-gateway-websocket | MESSAGE | send | api_id=w1 stage=prod",
    ),
    (
        r#"{"requestContext":{"routeKey":"$default","eventType":"MESSAGE","connectionId":"SECRET","apiId":"w1","stage":"prod"}}"#,
        "api-gateway-websocket | MESSAGE | - | api_id=w1 stage=prod",
    ),
    (
        r#"{"type":"TOKEN","authorizationToken":"SECRET",
        "methodArn":"arn:aws:execute-api:us-west-2:123456789012:api1/prod/GET/SECRET:1/SECRET"}"#,
        "api-gateway-authorizer | TOKEN | - | http_method=GET api_id=api1 stage=prod",
    ),
    (
        r#"{"type":"REQUEST","methodArn":"arn:aws-cn:execute-api:cn-north-1:1:api1/prod/GET/SECRET","resource":"/r/{id}",
        "path":"/r/SECRET","httpMethod":"GET","headers":{"t":"SECRET"},"requestContext":{"resourcePath":"/r/{id}","httpMethod":"GET",
        "apiId":"api1","stage":"prod"}}"#,
        "api-gateway-authorizer | REQUEST | GET /r/{id} | http_method=GET http_route=/r/{id} api_id=api1 stage=prod",
    ),
    (
        r#"{"version":"2.0","type":"REQUEST","routeArn":"arn:aws:execute-api:us-east-1:1:api1/test/GET/SECRET",
        "identitySource":["SECRET"],"routeKey":"GET /r","rawPath":"/SECRET","requestContext":{"apiId":"api1","http":{"method":"GET",
        "path":"/SECRET"},"stage":"test"}}"#,
        "api-gateway-authorizer | REQUEST | GET /r | http_method=GET http_route=/r api_id=api1 stage=test",
    ),
    // Other HTTP.
    (
        r#"{"requestContext":{"elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/orders/6d0e"}},
        "httpMethod":"GET","path":"/SECRET","queryStringParameters":{"q":"SECRET"},"headers":{"cookie":"SECRET"},"body":"SECRET",
        "isBase64Encoded":false}"#,
        "alb | GET | - | http_method=GET target_group=orders",
    ),
    (
        r#"{"version":"2.0","path":"/SECRET","method":"POST","headers":{"a":["SECRET"]},"queryStringParameters":{"q":["SECRET"]},
        "body":"SECRET","requestContext":{"serviceNetworkArn":"arn:aws:vpc-lattice:r:1:servicenetwork/sn-1",
        "serviceArn":"arn:aws:vpc-lattice:r:1:service/svc-1","targetGroupArn":"arn:aws:vpc-lattice:r:1:targetgroup/tg-1",
        "identity":{"principal":"SECRET"},"timeEpoch":"1"}}"#,
        "vpc-lattice | POST | - | http_method=POST lattice_service=svc-1 service_network=sn-1 target_group=tg-1",
    ),
    (
        r#"{"raw_path":"/SECRET","method":"GET","headers":{"a":"SECRET"},"query_string_parameters":{},"body":"SECRET",
        "is_base64_encoded":false}"#,
        "vpc-lattice | GET | - | http_method=GET",
    ),
    (
        r#"{"arguments":{"id":"SECRET"},"identity":{"username":"SECRET"},"source":{"id":"SECRET"},
        "request":{"headers":{"x-api-key":"SECRET"}},"info":{"fieldName":"getOrder","parentTypeName":"Query","selectionSetList":["id"],
        "variables":{"id":"SECRET"}},"prev":null}"#,
        "appsync | Query.getOrder | query | ",
    ),
    (
        r#"{"arguments":{},"source":{"id":"SECRET"},"info":{"fieldName":"lines","parentTypeName":"Order","selectionSetList":[]}}"#,
        "appsync | Order.lines | - | ",
    ),
    (
        r#"{"authorizationToken":"SECRET","requestContext":{"apiId":"g1","accountId":"1","queryString":"SECRET",
        "operationName":"SECRET"}}"#,
        "appsync | authorizer | - | api_id=g1",
    ),
    (
        r#"{"identity":"SECRET","info":{"channel":{"path":"/chat/SECRET"},"channelNamespace":{"name":"chat"},"operation":"PUBLISH"},
        "events":[{"payload":"SECRET"}]}"#,
        "appsync | PUBLISH | - | channel_namespace=chat",
    ),
    // Records.
    (
        r#"{"Records":[{"messageId":"m1","receiptHandle":"SECRET","body":"SECRET","attributes":{"ApproximateReceiveCount":"3",
        "SenderId":"SECRET","DeadLetterQueueSourceArn":"arn:aws:sqs:us-east-1:1:orders"},
        "messageAttributes":{"a":{"stringValue":"SECRET"}},"md5OfBody":"SECRET","eventSource":"aws:sqs",
        "eventSourceARN":"arn:aws:sqs:us-east-1:1:orders-dlq","awsRegion":"us-east-1"},{"messageId":"m2"}]}"#,
        "sqs | orders-dlq | - | queue=orders-dlq receive_count=3 dead_letter_source=orders batch_size=2",
    ),
    (
        r#"{"Records":[{"EventVersion":"1.0","EventSubscriptionArn":"arn:aws:sns:r:1:t:SECRET","EventSource":"aws:sns",
        "Sns":{"Type":"Notification","MessageId":"m","TopicArn":"arn:aws-us-gov:sns:us-gov-west-1:1:news","Subject":"SECRET",
        "Message":"SECRET","UnsubscribeURL":"SECRET"}}]}"#,
        "sns | news | - | topic=news batch_size=1",
    ),
    (
        r#"{"Records":[{"kinesis":{"partitionKey":"SECRET","sequenceNumber":"49","data":"SECRET"},"eventSource":"aws:kinesis",
        "eventID":"shardId-000000000006:49","eventName":"aws:kinesis:record","invokeIdentityArn":"arn:aws:iam::1:role/SECRET",
        "eventSourceARN":"arn:aws:kinesis:us-east-1:1:stream/clicks/consumer/c:1"}]}"#,
        "kinesis | aws:kinesis:record | - | stream=clicks shard=shardId-000000000006 batch_size=1",
    ),
    (
        r#"{"Records":[{"eventID":"e","eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"Keys":{"id":{"S":"SECRET"}},
        "NewImage":{"id":{"S":"SECRET"}},"SequenceNumber":"111"},"userIdentity":null,
        "eventSourceARN":"arn:aws:dynamodb:us-east-1:1:table/orders/stream/2024-01-01T00:00:00.000"}]}"#,
        "dynamodb | INSERT | - | table=orders batch_size=1",
    ),
    (
        r#"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"SECRET"},
        "requestParameters":{"sourceIPAddress":"SECRET"},"s3":{"bucket":{"name":"uploads","ownerIdentity":{"principalId":"SECRET"}},
        "object":{"key":"SECRET"}}}]}"#,
        "s3 | ObjectCreated:Put | - | bucket=uploads batch_size=1",
    ),
    (
        r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z","Bucket":"uploads","RequestId":"r",
        "HostId":"h"}"#,
        "s3 | s3:TestEvent | - | bucket=uploads",
    ),
    (
        r#"{"Records":[{"eventSource":"aws:ses","ses":{"mail":{"source":"SECRET","commonHeaders":{"subject":"SECRET"}},
        "receipt":{"recipients":["SECRET"],"action":{"type":"Lambda","invocationType":"Event"}}}}]}"#,
        "ses | Lambda | - | batch_size=1",
    ),
    // Other batches.
    (
        r#"{"eventSource":"aws:kafka","eventSourceArn":"arn:aws:kafka:r:1:cluster/events/uuid","bootstrapServers":"SECRET",
        "records":{"topic-0":[{"topic":"topic","key":"SECRET","value":"SECRET"}]}}"#,
        "msk | aws:kafka | - | cluster=events",
    ),
    (
        r#"{"eventSource":"SelfManagedKafka","bootstrapServers":"SECRET","records":{"topic-0":[{"value":"SECRET"}]}}"#,
        "msk | SelfManagedKafka | - | ",
    ),
    (
        r#"{"eventSource":"aws:mq","eventSourceArn":"arn:aws:mq:r:1:broker:main:b-1","messages":[{"messageID":"SECRET","data":"SECRET",
        "destination":{"physicalName":"jobs"}},{}]}"#,
        "mq | aws:mq | - | broker=main queue=jobs batch_size=2",
    ),
    (
        r#"{"eventSource":"aws:rmq","eventSourceArn":"arn:aws:mq:r:1:broker:main:b-1",
        "rmqMessagesByQueue":{"q::/":[{"data":"SECRET"}]}}"#,
        "mq | aws:rmq | - | broker=main",
    ),
    (
        r#"{"eventSourceArn":"arn:aws:rds:r:1:cluster:docs","events":[{"event":{"documentKey":{"_id":"SECRET"},"fullDocument":"SECRET",
        "ns":{"db":"shop","coll":"orders"},"operationType":"insert"}}],"eventSource":"aws:docdb"}"#,
        "documentdb | insert | - | cluster=docs database=shop collection=orders batch_size=1",
    ),
    (
        r#"{"invocationId":"i","deliveryStreamArn":"arn:aws:firehose:r:1:deliverystream/logs","region":"r","records":[{"recordId":"1",
        "data":"SECRET","kinesisRecordMetadata":{"partitionKey":"SECRET"}}]}"#,
        "firehose | logs | - | delivery_stream=logs batch_size=1",
    ),
    // Buses, schedules, workflows.
    (
        r#"{"version":"0","id":"i","detail-type":"OrderPlaced","source":"shop.orders","account":"1","time":"t","region":"r",
        "resources":[],"detail":{"customer":"SECRET"}}"#,
        "eventbridge | OrderPlaced | - | source_name=shop.orders detail_type=OrderPlaced",
    ),
    (
        r#"{"version":"0","detail-type":"Scheduled Event","source":"aws.events","resources":["arn:aws:events:r:1:rule/nightly"],
        "detail":{}}"#,
        "scheduler | Scheduled Event | - | source_name=aws.events detail_type=Scheduled Event schedule=nightly",
    ),
    (
        r#"{"version":"0","detail-type":"Scheduled Event","source":"aws.scheduler",
        "resources":["arn:aws:scheduler:r:1:schedule/default/hourly"],"detail":"{}"}"#,
        "scheduler | Scheduled Event | - | source_name=aws.scheduler detail_type=Scheduled Event schedule=hourly",
    ),
    (
        r#"{"source":"aws.cloudwatch","alarmArn":"arn:aws:cloudwatch:r:1:alarm:cpu","alarmData":{"alarmName":"cpu",
        "state":{"value":"ALARM","reason":"SECRET"},"configuration":{"description":"SECRET"}}}"#,
        "cloudwatch-alarm | ALARM | - | alarm=cpu",
    ),
    (
        r#"{"Execution":{"Id":"arn:aws:states:r:1:execution:checkout:run-7","Input":{"card":"SECRET"},"Name":"run-7",
        "RoleArn":"SECRET"},"StateMachine":{"Id":"arn:aws:states:r:1:stateMachine:checkout","Name":"checkout"},"State":{"Name":"Charge",
        "EnteredTime":"t"},"Task":{"Token":"SECRET"}}"#,
        "step-functions | Charge | - | state_machine=checkout state=Charge execution=run-7",
    ),
    (
        r#"{"input":"SECRET","context":{"Execution":{"Id":"arn:aws:states:r:1:express:checkout:run-7:uuid"},
        "StateMachine":{"Id":"arn:aws:states:r:1:stateMachine:checkout"},"State":{"Name":"Charge"}}}"#,
        "step-functions | Charge | - | state_machine=checkout state=Charge execution=uuid",
    ),
    // Others.
    (
        r#"{"version":"1","region":"r","userPoolId":"eu_1","userName":"SECRET","callerContext":{"clientId":"SECRET"},
        "triggerSource":"PreSignUp_AdminCreateUser","request":{"userAttributes":{"email":"SECRET"}},"response":{}}"#,
        "cognito | PreSignUp_AdminCreateUser | - | user_pool=eu_1 trigger=PreSignUp",
    ),
    (
        r#"{"datasetName":"SECRET","eventType":"SyncTrigger","identityId":"SECRET","identityPoolId":"pool",
        "datasetRecords":{"SECRET":1},"version":2}"#,
        "cognito | SyncTrigger | - | identity_pool=pool trigger=Sync",
    ),
    (r#"{"awslogs":{"data":"SECRET"}}"#, "cloudwatch-logs | - | - | "),
    (
        r#"{"xAmzRequestId":"r","getObjectContext":{"inputS3Url":"SECRET","outputToken":"SECRET"},
        "configuration":{"accessPointArn":"arn:aws:s3-object-lambda:r:1:accesspoint/resize","payload":"SECRET"},
        "userRequest":{"url":"SECRET"},"userIdentity":{"arn":"SECRET"}}"#,
        "s3-object-lambda | GetObject | - | access_point=resize",
    ),
    (
        r#"{"RequestType":"Create","ServiceToken":"SECRET","ResponseURL":"SECRET",
        "StackId":"arn:aws:cloudformation:r:1:stack/shop/uuid","RequestId":"r","ResourceType":"Custom::Thing",
        "LogicalResourceId":"MyThing","ResourceProperties":{"k":"SECRET"}}"#,
        "cloudformation | Create | - | stack=shop resource_type=Custom::Thing logical_resource=MyThing",
    ),
    (
        r#"{"CodePipeline.job":{"id":"i","accountId":"1","data":{"actionConfiguration":{"configuration":{"UserParameters":"SECRET"}},
        "artifactCredentials":{"secretAccessKey":"SECRET"}}}}"#,
        "codepipeline | CodePipeline.job | - | ",
    ),
    (
        r#"{"invokingEvent":"SECRET","ruleParameters":"SECRET","resultToken":"SECRET","configRuleName":"tagged","accountId":"1"}"#,
        "config | tagged | - | config_rule=tagged",
    ),
    (
        r#"{"sessionState":{"intent":{"name":"Book","slots":{"city":"SECRET"}},"sessionAttributes":{"a":"SECRET"}},
        "bot":{"name":"Trips"},"invocationSource":"DialogCodeHook","inputTranscript":"SECRET","sessionId":"SECRET"}"#,
        "lex | Book | - | bot=Trips invocation_source=DialogCodeHook",
    ),
    (
        r#"{"currentIntent":{"name":"Book","slots":{"city":"SECRET"}},"bot":{"name":"Trips"},"userId":"SECRET",
        "invocationSource":"DialogCodeHook"}"#,
        "lex | Book | - | bot=Trips invocation_source=DialogCodeHook",
    ),
    (
        r#"{"Name":"ContactFlowExecution","Details":{"Parameters":{"p":"SECRET"},"ContactData":{"ContactId":"SECRET","Channel":"VOICE",
        "InitiationMethod":"INBOUND","CustomerEndpoint":{"Address":"SECRET"},"Queue":{"Name":"Sales"},"Attributes":{"a":"SECRET"}}}}"#,
        "connect | ContactFlowExecution | - | channel=VOICE initiation_method=INBOUND queue=Sales",
    ),
    (
        r#"{"messageVersion":"1.0","agent":{"name":"Helper"},"inputText":"SECRET","sessionId":"SECRET","actionGroup":"Claims",
        "apiPath":"/claims/{id}","httpMethod":"GET","parameters":[{"name":"id","value":"SECRET"}],"sessionAttributes":{"a":"SECRET"}}"#,
        "bedrock-agent | Claims | GET /claims/{id} | agent=Helper action_group=Claims",
    ),
    (
        r#"{"messageVersion":"1.0","agent":{"name":"Helper"},"actionGroup":"Claims","function":"close",
        "parameters":[{"value":"SECRET"}]}"#,
        "bedrock-agent | close | - | agent=Helper action_group=Claims",
    ),
    (
        r#"{"token":"SECRET","signatureVerified":true,"protocols":["mqtt"],"protocolData":{"mqtt":{"username":"SECRET",
        "password":"SECRET"}}}"#,
        "iot | authorizer | - | ",
    ),
];

/// Events of programs that look a little like AWS's, and nonsense.
pub(super) const DIRECT: &[&str] = &[
    "",
    "null",
    "7",
    "\"Records\"",
    "[]",
    "{}",
    "{",
    "nonsense",
    "{\"Records\"",
    r#"[{"Records":[{"eventSource":"aws:sqs"}]}]"#,
    r#"{"Records":[]}"#,
    r#"{"Records":{}}"#,
    r#"{"Records":{"eventSource":"aws:sqs"}}"#,
    r#"{"Records":[null,null]}"#,
    r#"{"Records":[null,{"eventSource":"aws:sqs"}]}"#,
    r#"{"Records":[[{"eventSource":"aws:sqs"}]]}"#,
    r#"{"Records":["aws:sqs"]}"#,
    r#"{"Records":[{"eventSource":7}]}"#,
    r#"{"Records":[{"eventSource":"aws:other"}]}"#,
    r#"{"Records":[{"eventSource":["aws:sqs"]}]}"#,
    r#"{"Records":[{"eventSource":"\ud800"}]}"#,
    r#"{"Messages":[{"MessageId":"m","Body":"b"}]}"#,
    r#"{"source":"shop","detail":{}}"#,
    r#"{"source":"shop","detail-type":"OrderPlaced"}"#,
    r#"{"source":7,"detail-type":"OrderPlaced","detail":{}}"#,
    r#"{"source":"aws.scheduler"}"#,
    r#"{"source":"aws.events","detail-type":"Scheduled Event"}"#,
    r#"{"version":"2.0","requestContext":{"http":{}}}"#,
    r#"{"version":2.0,"routeKey":"GET /a","requestContext":{"http":{"method":"GET"}}}"#,
    r#"{"requestContext":"GET"}"#,
    r#"{"requestContext":{"elb":{}},"httpMethod":"GET"}"#,
    r#"{"httpMethod":"GET","resource":"/a"}"#,
    r#"{"type":"REQUEST","methodArn":"arn:aws:sqs:r:1:q"}"#,
    r#"{"info":{"fieldName":"a"}}"#,
    r#"{"triggerSource":"manual","userPoolId":"p"}"#,
    r#"{"awslogs":{}}"#,
    r#"{"Execution":{"Id":"mine"},"StateMachine":{"Id":"arn:aws:states:r:1:stateMachine:m"}}"#,
    r#"{"context":{"user":"u"}}"#,
    r#"{"records":[{"data":"d"}],"eventSource":"mine"}"#,
    r#"{"bot":{"name":"b"}}"#,
];
