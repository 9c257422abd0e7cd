use autoxray_clients_tests::moto::{config, unique};
use aws_sdk_ssm::types::ParameterType;
use serde_json::json;

use crate::{SECRET, assert_calls, recorded};

#[tokio::test]
async fn secrets_manager() {
    let client = autoxray::aws::client!(aws_sdk_secretsmanager, &config());
    let name = &unique("secret");
    let recorder = recorded(async {
        client.create_secret().name(name).secret_string(SECRET).send().await.unwrap();
        client.put_secret_value().secret_id(name).secret_string(SECRET).send().await.unwrap();
        let got = client.get_secret_value().secret_id(name).send().await.unwrap();
        assert_eq!(got.secret_string(), Some(SECRET));
        client.batch_get_secret_value().secret_id_list(name).send().await.unwrap();
        client.get_secret_value().secret_id("none").send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           SecretsManager [aws]
           SecretsManager [aws]
           SecretsManager [aws]
           SecretsManager [aws]
           SecretsManager [aws, error] !ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    );
    assert_calls(
        &recorder,
        [
            ("CreateSecret", 200, json!({"name": name})),
            ("PutSecretValue", 200, json!({"secret_id": name})),
            ("GetSecretValue", 200, json!({"secret_id": name})),
            ("BatchGetSecretValue", 200, json!({"secret_id_list": [name]})),
            ("GetSecretValue", 404, json!({"secret_id": "none"})),
        ],
    );
}

#[tokio::test]
async fn ssm() {
    let client = autoxray::aws::client!(aws_sdk_ssm, &config());
    let path = &format!("/{}", unique("parameters"));
    let name = &format!("{path}/db");
    let recorder = recorded(async {
        client.put_parameter().name(name).value(SECRET).r#type(ParameterType::SecureString).send().await.unwrap();
        let got = client.get_parameter().name(name).with_decryption(true).send().await.unwrap();
        assert_eq!(got.parameter.unwrap().value(), Some(SECRET));
        client.get_parameters().names(name).names("none").with_decryption(true).send().await.unwrap();
        client.get_parameters_by_path().path(path).with_decryption(true).send().await.unwrap();
        client.get_parameter().name("none").send().await.unwrap_err();
    });
    let recorder = recorder.await;
    recorder.assert_tree(
        "work
           SSM [aws]
           SSM [aws]
           SSM [aws]
           SSM [aws]
           SSM [aws, error] !ParameterNotFound: Parameter none not found.",
    );
    assert_calls(
        &recorder,
        [
            ("PutParameter", 200, json!({"name": name})),
            ("GetParameter", 200, json!({"name": name})),
            ("GetParameters", 200, json!({"names": [name, "none"]})),
            ("GetParametersByPath", 200, json!({"path": path})),
            ("GetParameter", 400, json!({"name": "none"})),
        ],
    );
}
