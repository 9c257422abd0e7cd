use autoxray_clients_tests::moto::{config, unique};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, InvocationType, LogType, Runtime};
use serde_json::json;

use crate::{SECRET, assert_calls, recorded};

const ROLE: &str = "arn:aws:iam::123456789012:role/tests";

/// A zip archive without files.
const EMPTY_ZIP: &[u8; 22] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

#[tokio::test]
async fn lambda() {
    let client = autoxray::aws::client!(aws_sdk_lambda, &config());
    let name = &unique("function");
    let recorder = recorded(async {
        let code = FunctionCode::builder().zip_file(Blob::new(EMPTY_ZIP)).build();
        let create = client.create_function().function_name(name).code(code).role(ROLE).runtime(Runtime::Python312).handler("a.b");
        create.send().await.unwrap();
        let invoke = client.invoke().function_name(name).log_type(LogType::Tail).payload(Blob::new(format!("\"{SECRET}\"")));
        assert!(invoke.send().await.unwrap().payload.is_some());
        let event = client.invoke().function_name(name).invocation_type(InvocationType::Event).payload(Blob::new(SECRET));
        event.send().await.unwrap();
        // The function answers with what it is sent, which here is more than Lambda allows.
        let fails = client.invoke().function_name(name).qualifier("$LATEST").payload(Blob::new(vec![b'1'; 6_000_001])).send();
        assert_eq!(fails.await.unwrap().function_error(), Some("Unhandled"));
        client.get_function().function_name("none").send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           Lambda [aws]
           Lambda [aws]
           Lambda [aws]
           Lambda [aws]
           Lambda [aws, error] !ResourceNotFoundException: Function not found: arn:aws:lambda:eu-west-1:123456789012:function:none",
    );
    let failed = json!({"function_name": name, "qualifier": "$LATEST", "function_error": "Unhandled", "status_code": 200});
    assert_calls(
        &recorder,
        [
            ("CreateFunction", 201, json!({"function_name": name})),
            ("Invoke", 200, json!({"function_name": name, "log_type": "Tail", "status_code": 200})),
            ("Invoke", 202, json!({"function_name": name, "invocation_type": "Event", "status_code": 202})),
            ("Invoke", 200, failed),
            ("GetFunction", 404, json!({"function_name": "none"})),
        ],
    );
}

#[tokio::test]
async fn step_functions() {
    let client = autoxray::aws::client!(aws_sdk_sfn, &config());
    let (name, mut machine, mut execution) = (&unique("machine"), String::new(), String::new());
    let recorder = recorded(async {
        let definition = r#"{"StartAt":"s","States":{"s":{"Type":"Pass","End":true}}}"#;
        let create = client.create_state_machine().name(name).definition(definition).role_arn(ROLE);
        machine = create.send().await.unwrap().state_machine_arn;
        let start = client.start_execution().state_machine_arn(&machine).input(format!("\"{SECRET}\""));
        execution = start.send().await.unwrap().execution_arn;
        client.describe_execution().execution_arn(&execution).send().await.unwrap();
        client.start_execution().state_machine_arn(format!("{machine}-none")).input("{}").send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           SFN [aws]
           SFN [aws]
           SFN [aws]
           SFN [aws, error] !StateMachineDoesNotExist: ..",
    );
    assert_calls(
        &recorder,
        [
            ("CreateStateMachine", 200, json!({})),
            ("StartExecution", 200, json!({"state_machine_arn": machine, "execution_arn": execution})),
            ("DescribeExecution", 200, json!({"execution_arn": execution})),
            ("StartExecution", 400, json!({"state_machine_arn": format!("{machine}-none")})),
        ],
    );
}

#[tokio::test]
async fn bedrock_runtime() {
    let client = autoxray::aws::client!(aws_sdk_bedrockruntime, &config());
    let model = "eu.anthropic.claude-3-haiku-20240307-v1:0";
    let recorder = recorded(async {
        let body = aws_sdk_bedrockruntime::primitives::Blob::new(format!("{{\"prompt\":\"{SECRET}\"}}"));
        let invoke = client.invoke_model().model_id(model).content_type("application/json").body(body);
        invoke.send().await.unwrap();
    });
    let recorder = recorder.await;
    recorder.assert_tree("work\n  BedrockRuntime [aws]");
    assert_calls(&recorder, [("InvokeModel", 200, json!({"model_id": model}))]);
}
