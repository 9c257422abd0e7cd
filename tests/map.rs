//! Annotations for the service map, and links to the console.
#![allow(missing_docs)]

use std::time::Duration;

use autoxray::console::{Console, TimeRange};
use autoxray::map::{AiCall, Cache, CacheOperation, Database, Dependency, ErrorClass, ErrorReport, Event, Sla, Transaction};
use autoxray::{ErrorKind, Failure, Sampling, record_error, segment, subsegment, trace_id, traced};
use serde_json::json;
use xray_testkit::TestRecorder;

#[test]
fn each_kind_is_attached_to_what_is_current() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            Transaction::new("checkout").id(4711).user("u-17").record();
            subsegment("checkout").run(|| Sla::new("checkout", Duration::from_millis(300)).actual(Duration::from_millis(310)).record());
            subsegment("prices").run(|| Cache::new(CacheOperation::Get, "price:tea").hit(true).record());
            subsegment("billing").run(|| Dependency::new("orders", "billing").asynchronous().operation("invoice").ok(true).record());
            let call = subsegment("stock").open();
            call.run(|| Database::new("postgresql", "SELECT").table("stock").rows(3).duration(Duration::from_micros(1500)).record());
            call.close();
            subsegment("advice").run(|| AiCall::new("nova", "chat").input_tokens(950).output_tokens(120).record());
            subsegment("publish").run(|| Event::new("OrderPlaced").id("A-7").record());
        });
    });
    recorder.assert_tree(
        "
        orders {transaction.id=4711, transaction.name=checkout, transaction.user=u-17}
          checkout {sla.actual_ms=310.0, sla.operation=checkout, sla.target_ms=300.0, sla.violated=true}
          prices {cache.hit=true, cache.key_hash=0efe7e1cf58cabbe, cache.operation=get}
          billing {dependency.async=true, dependency.from=orders, dependency.ok=true, dependency.operation=invoice, dependency.to=billing}
          stock {database.duration_ms=1.5, database.operation=SELECT, database.rows=3, database.system=postgresql, database.table=stock}
          advice {ai.input_tokens=950, ai.model=nova, ai.operation=chat, ai.output_tokens=120}
          publish {event.id=A-7, event.type=OrderPlaced}
        ",
    );
    let trace = recorder.trace();
    let expected = json!({"operation": "checkout", "target_ms": 300.0, "actual_ms": 310.0, "violated": true});
    assert_eq!(trace.expect("checkout").metadata_in("map", "sla"), expected);
    assert_eq!(trace.expect("orders").metadata_in("map", "transaction"), json!({"name": "checkout", "id": 4711, "user": "u-17"}));
    assert_eq!(recorder.stats().losses, []);
}

#[test]
fn an_error_is_marked_as_its_class_says() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            subsegment("client").run(|| ErrorReport::new(ErrorClass::NotFound).record());
            subsegment("throttled").run(|| ErrorReport::new(ErrorClass::Throttled).retryable(true).record());
            subsegment("timeout").run(|| {
                record_error(Failure::new("Timeout", "5 s").kind(ErrorKind::Fault));
                ErrorReport::new(ErrorClass::Timeout).code("T5").message("no answer within 5 s").record();
            });
            subsegment("handled").run(|| ErrorReport::new(ErrorClass::Dependency).handled().record());
        });
    });
    recorder.assert_tree(
        "
        orders
          client {error.class=not_found} [error]
          throttled {error.class=throttled, error.retryable=true} [throttle, error]
          timeout {error.class=timeout, error.code=T5} [fault] !Timeout: 5 s
          handled {error.class=dependency}
        ",
    );
    let timeout = json!({"class": "timeout", "code": "T5", "message": "no answer within 5 s"});
    assert_eq!(recorder.trace().expect("timeout").metadata_in("map", "error"), timeout);
}

#[test]
fn recorded_again_it_replaces_what_was_before() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            (0..1000).for_each(|key| Cache::new(CacheOperation::Get, &key.to_string()).hit(key == 999).record());
        });
    });
    let trace = recorder.trace();
    let orders = trace.expect("orders");
    assert_eq!(orders.annotation("cache.hit"), json!(true));
    assert_eq!(orders.metadata_in("map", "cache")["key_hash"], orders.annotation("cache.key_hash"));
    assert_eq!(recorder.stats().losses, []);
}

#[traced(segment = "orders")]
fn order() {
    Transaction::new("checkout").record();
}

#[test]
fn unsampled_it_does_nothing() {
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Never));
    recorder.run(order);
    recorder.assert_tree("");
    assert_eq!(recorder.stats().losses, []);
}

#[test]
fn a_trace_can_be_linked_to() {
    let recorder = TestRecorder::new();
    let id = recorder.run(|| segment("orders").run(|| trace_id().unwrap()));
    let link = Console::cloudwatch("eu-west-1").trace(id);
    assert_eq!(link, format!("https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#xray:traces/{id}"));
    let found = Console::xray("eu-west-1").traces("annotation[sla.violated] = true", TimeRange::Last(Duration::from_secs(3600)));
    assert!(found.ends_with("#/traces?timeRange=PT1H&filter=annotation%5Bsla.violated%5D%20%3D%20true"), "{found}");
}
