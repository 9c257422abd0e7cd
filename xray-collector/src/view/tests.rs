use xray_model::document::Document;

use super::*;
use crate::query;
use crate::settings::Settings;
use crate::store::Store;
use crate::trace::Trace;

/// A segment in few words: `name id start..end fields [ children ]`, times in ms; one without an end is in progress.
fn segment(name: &str, id: u64, (start, end): (f64, f64), fields: &str) -> String {
    let at = |ms: f64| format!("{:.6}", 1_710_276_830.1 + ms / 1000.0);
    let end = if end < start { "\"in_progress\":true".to_owned() } else { format!("\"end_time\":{}", at(end)) };
    let comma = if fields.is_empty() { "" } else { "," };
    format!("{{\"name\":\"{name}\",\"id\":\"{id:016x}\",\"start_time\":{},{end}{comma}{fields}}}", at(start))
}

const ID: &str = "\"trace_id\":\"1-65f0c0de-a006649127e371903a2de979\"";

fn trace(documents: &[String]) -> Trace {
    let mut store = Store::new(&Settings::default());
    for json in documents {
        store.insert(Document::parse(json.as_bytes()).unwrap(), json.len(), crate::clock::now());
    }
    store.all_pieces().remove(0).assemble()
}

/// An order that fails for lack of payment, over two services.
fn order() -> Trace {
    let exception = |id: &str, kind: &str, message: &str, cause: &str, line: u32| {
        let cause = if cause.is_empty() { String::new() } else { format!(",\"cause\":\"{cause}\"") };
        let stack = if line == 0 { String::new() } else { format!(",\"stack\":[{{\"path\":\"src/payment.rs\",\"line\":{line}}}]") };
        format!("{{\"id\":\"{id}\",\"type\":\"{kind}\",\"message\":\"{message}\"{cause}{stack}}}")
    };
    let declined = |id: &str, line| {
        let own = exception(id, "PaymentError", "card ending 4242 was declined by the bank", "00000000000000e9", line);
        let source = exception("00000000000000e9", "bank::Refusal", "insufficient funds (code 51)", "", 0);
        format!("\"fault\":true,\"cause\":{{\"exceptions\":[{own},{source}]}}")
    };
    let dynamo = |operation: &str| {
        format!(
            "\"namespace\":\"aws\",\"aws\":{{\"operation\":\"{operation}\",\"region\":\"eu-west-1\",\"table_name\":\"stock\",\"retries\":{}}},\"http\":{{\"response\":{{\"status\":200}}}}",
            u8::from(operation == "PutItem") * 2
        )
    };
    let reserve = [
        segment("DynamoDB", 5, (31.0, 58.3), &dynamo("GetItem")),
        segment("DynamoDB", 6, (58.9, 117.2), &dynamo("PutItem")),
        segment("cache_put", 7, (117.4, 117.9), ""),
    ];
    let charge_fields = format!("{},\"subsegments\":[{}]", declined("00000000000000e1", 118), segment(
        "payments.internal", 9, (142.0, 371.0),
        "\"namespace\":\"remote\",\"http\":{\"request\":{\"method\":\"POST\",\"url\":\"https://payments.internal/v1/charges\"},\"response\":{\"status\":402}},\"error\":true",
    ));
    let children = [
        segment("validate", 2, (2.4, 14.7), "\"annotations\":{\"items\":3,\"coupon\":\"SPRING 24\"}"),
        segment("reserve_stock", 3, (29.8, 118.0), &format!("\"annotations\":{{\"warehouse\":\"B\"}},\"subsegments\":[{}]", reserve.join(","))),
        segment("recommend", 4, (30.1, 96.0), "\"annotations\":{\"cancelled\":true}"),
        segment("charge_card", 8, (140.2, 373.0), &charge_fields),
        segment("audit_log", 10, (373.9, 9.0), ""),
    ];
    let root = segment("orders", 1, (0.0, 377.5), &format!(
        "{ID},\"origin\":\"AWS::ECS::Container\",\"service\":{{\"version\":\"1.4.2\"}},\"user\":\"ada\",
         \"http\":{{\"request\":{{\"method\":\"POST\",\"url\":\"https://shop.example/orders\"}},\"response\":{{\"status\":502}}}},
         \"annotations\":{{\"order_id\":\"A-1007\"}},{},\"subsegments\":[{}]",
        declined("00000000000000e2", 74),
        children.join(",")
    ));
    let query = "\"namespace\":\"remote\",\"sql\":{\"database_type\":\"PostgreSQL\",\"sanitized_query\":\"SELECT limit_cents, used_cents FROM accounts WHERE id = $1 FOR UPDATE\"}";
    let payments = segment("payments", 0x20, (149.0, 362.0), &format!(
        "{ID},\"parent_id\":\"0000000000000009\",\"error\":true,\"http\":{{\"response\":{{\"status\":402}}}},\"subsegments\":[{},{}]",
        segment("accounts@db", 0x21, (151.0, 190.4), query),
        segment("ask_bank", 0x22, (191.0, 360.2), "\"throttle\":true,\"error\":true,\"annotations\":{\"bank\":\"北海道銀行\",\"attempt\":2}"),
    ));
    trace(&[payments, root])
}

/// A batch job: 2,000 calls of the same kind, some of which fail.
fn batch() -> Trace {
    let items: Vec<_> = (0..2_000)
        .map(|index| {
            let start = f64::from(index) * 1.6 + 3.0;
            let fields = if index % 700 == 650 { "\"fault\":true,\"cause\":{\"exceptions\":[{\"type\":\"Timeout\",\"message\":\"no answer\"}]}" } else { "" };
            segment("convert_image", 100 + index as u64, (start, start + 1.4 + f64::from(index % 7)), fields)
        })
        .collect();
    let documents = items.chunks(400).enumerate().map(|(index, chunk)| {
        let part = format!("part_{index}");
        segment(&part, 10 + index as u64, (index as f64 * 640.0, index as f64 * 640.0 + 650.0), &format!("{ID},\"type\":\"subsegment\",\"parent_id\":\"{:016x}\",\"subsegments\":[{}]", if index == 4 { 99 } else { 1 }, chunk.join(",")))
    });
    let root = segment("nightly", 1, (0.0, 3_280.0), ID);
    trace(&documents.chain([root]).collect::<Vec<_>>())
}

/// A recursion, and names that mean harm.
fn odd() -> Trace {
    let hostile = "\\u001b[31mred\\u001b]0;title\\u0007 \\u202eevil\\u2066 日本語の名前 Z\u{301}\u{302}\u{303}\u{304} \\ud83d";
    let mut inner = segment(hostile, 2, (12.0, 12.000_2), &format!("\"annotations\":{{\"{hostile}\":\"{hostile}\"}},\"fault\":true,\"cause\":{{\"exceptions\":[{{\"type\":\"{hostile}\",\"message\":\"{hostile}\"}}]}}"));
    for level in 0..40u32 {
        inner = segment("descend", 50 + u64::from(level), (11.0 - f64::from(level) / 4.0, 13.0 + f64::from(level) / 4.0), &format!("\"annotations\":{{\"level\":{}}},\"subsegments\":[{inner}]", 40 - level));
    }
    trace(&[segment(hostile, 1, (0.0, 25.0), &format!("{ID},\"subsegments\":[{inner}]"))])
}

#[test]
fn print() {
    for trace in [order(), batch(), odd()] {
        for view in [View::default(), View { colour: true, fold: 3, ..View::default() }, View { width: 120, ..View::default() }, View { width: 50, ..View::default() }] {
            println!("{}", waterfall(&trace, &view));
            println!("{}", services(&query::services([&trace]), &view));
            println!("{}", traces(&[trace.summary()], &view));
        }
    }
}
