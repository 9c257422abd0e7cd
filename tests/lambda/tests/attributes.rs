//! `#[traced_lambda]` in functions that run.
#![allow(missing_docs)]

use autoxray_lambda_tests::{Event, Function, Posted, Start, sampled};
use serde_json::{Value, json};

const UNTRACED: &str = env!("CARGO_BIN_EXE_value");
const ON_MAIN: &str = env!("CARGO_BIN_EXE_on_main");
const ON_HANDLER: &str = env!("CARGO_BIN_EXE_on_handler");
const WEB: &str = env!("CARGO_BIN_EXE_web");

fn handler(function: &Function) -> Value {
    let documents = function.daemon().documents();
    serde_json::from_str(documents.last().expect("a document")).expect("JSON")
}

fn answers(start: Start) -> Vec<Posted> {
    let function = start.start();
    let events = [r#"{"do":"fail"}"#, r#"{"do":"panic"}"#, r#"{"do":"echo","it":[1,null,"\u00e9"]}"#, r#"{"do":"echo","do":"echo"}"#];
    let answers = events.map(|event| function.invoke(Event::new(event).traced(sampled())));
    let plain = |mut posted: Posted| {
        posted.headers.retain(|(name, _)| name != "host");
        Posted { documents: 0, documents_before: 0, printed_before: 0, ..posted }
    };
    answers.map(plain).into()
}

#[test]
fn lambda_gets_what_it_gets_without_them() {
    let plain = answers(Start::new(UNTRACED).env("LAYERS", "none"));
    assert_eq!(answers(Start::new(ON_MAIN)), plain);
    assert_eq!(answers(Start::new(ON_HANDLER)), plain);
    assert_eq!(answers(Start::new(ON_HANDLER).env("AWS_XRAY_SDK_DISABLED", "true")), plain);
}

#[test]
fn on_main_the_service_is_recorded_and_the_handler_needs_nothing() {
    let function = Function::start(ON_MAIN);
    let posted = function.invoke(Event::new(json!({ "do": "nest" })).traced(sampled()));
    assert_eq!((posted.documents_before, posted.documents), (2, 2), "sent before Lambda has the answer");
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## handle [parent not seen]
           price {currency=EUR}
           ship",
    );
    let event = json!({ "version": "0", "detail-type": "Order", "source": "shop", "resources": [], "detail": {}, "id": "1" });
    function.invoke(Event::new(event).traced(sampled()));
    assert_eq!(handler(&function)["annotations"]["event_source"], "eventbridge");
    assert_eq!(handler(&function)["annotations"]["ColdStart"], false);
}

#[test]
fn on_both_it_is_recorded_once_with_what_the_handler_says() {
    let function = Function::start(ON_HANDLER);
    function.invoke(Event::new(json!({ "do": "echo", "it": 1 })).traced(sampled()));
    assert_eq!(function.daemon().documents().len(), 2, "`init`, and the handler");
    let echo = handler(&function);
    assert_eq!(echo["name"], "## handle");
    assert_eq!((&echo["annotations"]["shop"], &echo["annotations"]["tier"]), (&"corner".into(), &"gold".into()));
    assert_eq!(echo["annotations"]["event_source"], "direct");
    assert_eq!(echo["metadata"]["orders"]["handle response"], json!({ "do": "echo", "it": 1 }));
    assert_eq!(echo["subsegments"], Value::Null);

    let failed = function.invoke(Event::new(json!({ "do": "fail" })).traced(sampled()));
    assert_eq!(failed.documents_before, 3);
    let fail = handler(&function);
    assert_eq!(fail["cause"]["exceptions"].as_array().map(Vec::len), Some(2), "the error and its cause, once: {fail}");
    assert!(fail["metadata"]["orders"].is_null());
    function.invoke(Event::new(json!({ "do": "panic" })).traced(sampled()));
    assert_eq!(handler(&function)["cause"]["exceptions"][0]["type"], "panic");
}

#[test]
fn what_fails_a_request_is_told_by_its_status() {
    let function = Function::start(WEB);
    let request = |path: &str| {
        json!({
            "resource": "/{name}", "path": path, "httpMethod": "GET", "headers": {}, "multiValueHeaders": {}, "queryStringParameters": null,
            "multiValueQueryStringParameters": null, "pathParameters": { "name": "x" }, "stageVariables": null,
            "requestContext": {
                "accountId": "1", "apiId": "api", "httpMethod": "GET", "path": path, "protocol": "HTTP/1.1", "requestId": "r", "resourceId": "i",
                "resourcePath": "/{name}", "stage": "live", "identity": { "sourceIp": "192.0.2.1" },
            },
            "body": null, "isBase64Encoded": false,
        })
    };
    for (path, status, mark) in [("/tea", 200, None), ("/missing", 404, Some("error")), ("/broken", 500, Some("fault"))] {
        let posted = function.invoke(Event::new(request(path)).traced(sampled()));
        assert_eq!(posted.json()["statusCode"], status);
        assert_eq!(posted.documents_before, posted.documents);
        let document = handler(&function);
        assert_eq!(document["annotations"]["http_status"], status, "{document}");
        assert_eq!(document["annotations"]["event_source"], "api-gateway-rest");
        assert_eq!(document["annotations"]["operationType"], "GET /{name}");
        assert_eq!(document["http"]["response"]["status"], status);
        let marks: Vec<_> = ["error", "fault"].into_iter().filter(|mark| document[mark] == true).collect();
        assert_eq!(marks, mark.into_iter().collect::<Vec<_>>());
        assert_eq!(document["subsegments"][0]["name"], "shelf");
    }
    let posted = function.invoke(Event::new(request("/failing")).traced(sampled()));
    assert_eq!(posted.kind, "error");
    assert_eq!(handler(&function)["cause"]["exceptions"][0]["message"], "no shelf");
}
