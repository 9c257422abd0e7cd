use proptest::prelude::*;
use xray_model::document::{AnnotationValue, Cause, Document, Exception, ForestBuilder, Recorded, Segment, StackFrame, Timestamp};
use xray_model::{SegmentId, TraceId};

use super::*;
use crate::query;
use crate::settings::Settings;
use crate::store::{Packed, Store};
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
        let document = Document::parse(json.as_bytes()).unwrap();
        let packed = Packed::new(json.as_bytes());
        store.insert(document, packed, crate::clock::now());
    }
    store.all_pieces().remove(0).assemble()
}

/// Fields of a fault with its source, recorded at a line.
fn declined(id: &str, line: u32) -> String {
    format!(
        r#""fault":true,"cause":{{"exceptions":[
            {{"id":"{id}","type":"PaymentError","message":"card ending 4242 was declined by the bank","cause":"00000000000000e9",
              "stack":[{{"path":"src/payment.rs","line":{line}}}]}},
            {{"id":"00000000000000e9","type":"bank::Refusal","message":"insufficient funds (code 51)"}}]}}"#
    )
}

/// Fields of an AWS call.
fn dynamo(operation: &str, retries: u8) -> String {
    format!(
        r#""namespace":"aws","http":{{"response":{{"status":200}}}},
           "aws":{{"operation":"{operation}","region":"eu-west-1","table_name":"stock","retries":{retries}}}"#
    )
}

/// An order that fails for lack of payment, over two services.
fn order() -> Trace {
    let reserve = [
        segment("DynamoDB", 5, (31.0, 58.3), &dynamo("GetItem", 0)),
        segment("DynamoDB", 6, (58.9, 117.2), &dynamo("PutItem", 2)),
        segment("cache_put", 7, (117.4, 117.9), ""),
    ];
    let charge_fields = format!(
        "{},\"subsegments\":[{}]",
        declined("00000000000000e1", 118),
        segment(
            "payments.internal",
            9,
            (142.0, 371.0),
            "\"namespace\":\"remote\",\"http\":{\"request\":{\"method\":\"POST\",\"url\":\"https://payments.internal/v1/charges\"},\"response\":{\"status\":402}},\"error\":true",
        )
    );
    let children = [
        segment("validate", 2, (2.4, 14.7), "\"annotations\":{\"items\":3,\"coupon\":\"SPRING 24\"}"),
        segment(
            "reserve_stock",
            3,
            (29.8, 118.0),
            &format!("\"annotations\":{{\"warehouse\":\"B\"}},\"subsegments\":[{}]", reserve.join(",")),
        ),
        segment("recommend", 4, (30.1, 96.0), "\"annotations\":{\"cancelled\":true}"),
        segment("charge_card", 8, (140.2, 373.0), &charge_fields),
        segment("audit_log", 10, (373.9, 9.0), ""),
    ];
    let root = segment(
        "orders",
        1,
        (0.0, 377.5),
        &format!(
            "{ID},\"origin\":\"AWS::ECS::Container\",\"service\":{{\"version\":\"1.4.2\"}},\"user\":\"ada\",
         \"http\":{{\"request\":{{\"method\":\"POST\",\"url\":\"https://shop.example/orders\"}},\"response\":{{\"status\":502}}}},
         \"annotations\":{{\"order_id\":\"A-1007\"}},{},\"subsegments\":[{}]",
            declined("00000000000000e2", 74),
            children.join(",")
        ),
    );
    let query = "\"namespace\":\"remote\",\"sql\":{\"database_type\":\"PostgreSQL\",\"sanitized_query\":\"SELECT limit_cents, used_cents FROM accounts WHERE id = $1 FOR UPDATE\"}";
    let payments = segment(
        "payments",
        0x20,
        (149.0, 362.0),
        &format!(
            "{ID},\"parent_id\":\"0000000000000009\",\"error\":true,\"http\":{{\"response\":{{\"status\":402}}}},\"subsegments\":[{},{}]",
            segment("accounts@db", 0x21, (151.0, 190.4), query),
            segment(
                "ask_bank",
                0x22,
                (191.0, 360.2),
                "\"throttle\":true,\"error\":true,\"annotations\":{\"bank\":\"北海道銀行\",\"attempt\":2}"
            ),
        ),
    );
    trace(&[payments, root])
}

/// A batch job: 2,000 calls of the same kind, some of which fail.
fn batch() -> Trace {
    let items: Vec<_> = (0..2_000)
        .map(|index| {
            let start = f64::from(index) * 1.6 + 3.0;
            let fields = if index % 700 == 650 {
                "\"fault\":true,\"cause\":{\"exceptions\":[{\"type\":\"Timeout\",\"message\":\"no answer\"}]}"
            } else {
                ""
            };
            segment("convert_image", 100 + index as u64, (start, start + 1.4 + f64::from(index % 7)), fields)
        })
        .collect();
    let documents = items.chunks(400).enumerate().map(|(index, chunk)| {
        let part = format!("part_{index}");
        segment(
            &part,
            10 + index as u64,
            (index as f64 * 640.0, index as f64 * 640.0 + 650.0),
            &format!(
                "{ID},\"type\":\"subsegment\",\"parent_id\":\"{:016x}\",\"subsegments\":[{}]",
                if index == 4 { 99 } else { 1 },
                chunk.join(",")
            ),
        )
    });
    let root = segment("nightly", 1, (0.0, 3_280.0), ID);
    trace(&documents.chain([root]).collect::<Vec<_>>())
}

/// A recursion, and names that mean harm.
fn odd() -> Trace {
    let hostile = "\\u001b[31mred\\u001b]0;title\\u0007 \\u202eevil\\u2066 日本語の名前 Z\u{301}\u{302}\u{303}\u{304} \\ud83d";
    let mut inner = segment(
        hostile,
        2,
        (12.0, 12.000_2),
        &format!(
            "\"annotations\":{{\"{hostile}\":\"{hostile}\"}},\"fault\":true,\"cause\":{{\"exceptions\":[{{\"type\":\"{hostile}\",\"message\":\"{hostile}\"}}]}}"
        ),
    );
    for level in 0..40u32 {
        inner = segment(
            "descend",
            50 + u64::from(level),
            (11.0 - f64::from(level) / 4.0, 13.0 + f64::from(level) / 4.0),
            &format!("\"annotations\":{{\"level\":{}}},\"subsegments\":[{inner}]", 40 - level),
        );
    }
    trace(&[segment(hostile, 1, (0.0, 25.0), &format!("{ID},\"subsegments\":[{inner}]"))])
}

/// What a coloured text shows.
fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, styled)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = styled.split_once('m').unwrap().1;
    }
    plain + rest
}

#[test]
fn an_order_that_fails() {
    assert_eq!(
        waterfall(&order(), &View::default()),
        "\
Trace 1-65f0c0de-a006649127e371903a2de979            2024-03-12 20:53:50.100 UTC
✗ fault · orders · 378 ms · 2 segments · 11 subsegments · incomplete
                          ╷0         ╷100 ms     ╷200 ms     ╷300 ms
✗ ● orders                █████████████████████████████████████████████   378 ms
  │ POST https://shop.example/orders → 502 · AWS::ECS::Container · version 1.4.…
  │ order_id=A-1007
  │ ✗ PaymentError, from charge_card
  ├─ validate             ▐▊                                             12.3 ms
  │    coupon=SPRING 24  items=3
  ├─ reserve_stock           ▐██████████▏                                88.2 ms
  │  │ warehouse=B
  │  ├─ DynamoDB GetItem     ▕███                                        27.3 ms
  │  │    aws · table stock · eu-west-1 → 200
  │  ├─ DynamoDB PutItem         ███████                                 58.3 ms
  │  │    aws · table stock · eu-west-1 · 2 retries → 200
  │  └─ cache_put                       ▏                                 500 µs
⊘ ├─ recommend               ▐███████▌                                   65.9 ms
  │    cancelled
✗ ├─ charge_card                          ▕███████████████████████████▌   233 ms
  │  │ ✗ PaymentError: card ending 4242 was declined by the bank
  │  │   at src/payment.rs:118
  │  │   caused by bank::Refusal: insufficient funds (code 51)
! │  └─ payments.internal                 ▕███████████████████████████▎   229 ms
  │     │ remote · POST https://payments.internal/v1/charges → 402
! │     └─ ● payments                      ▕█████████████████████████▏    213 ms
  │        │ HTTP 402
  │        ├─ accounts@db                   ████▊                        39.4 ms
  │        │    remote · PostgreSQL · SELECT limit_cents, used_cents FROM accou…
⊖ │        └─ ask_bank                          ▕████████████████████     169 ms
  │             attempt=2  bank=北海道銀行
… └─ audit_log                                                        ░     open
"
    );
}

#[test]
fn colours_change_no_character() {
    let simple =
        trace(&[segment("shop", 1, (0.0, 10.0), &format!("{ID},\"subsegments\":[{}]", segment("pay", 2, (5.0, 10.0), "\"fault\":true")))]);
    let coloured = View { colour: true, ..View::default() };
    assert_eq!(
        waterfall(&simple, &coloured),
        concat!(
            "Trace \u{1b}[1m1-65f0c0de-a006649127e371903a2de979\u{1b}[0m            \u{1b}[2m2024-03-12 20:53:50.100 UTC\u{1b}[0m\n",
            "\u{1b}[32m✓ ok\u{1b}[0m \u{1b}[2m·\u{1b}[0m shop \u{1b}[2m·\u{1b}[0m 10.0 ms \u{1b}[2m·\u{1b}[0m 1 subsegment \u{1b}[2m·\u{1b}[0m 1 fault below\n",
            "                 \u{1b}[2m╷0        ╷2 ms      ╷4 ms      ╷6 ms      ╷8 ms\u{1b}[0m\n",
            "  \u{1b}[34m●\u{1b}[0m \u{1b}[1mshop\u{1b}[0m         \u{1b}[34m██████████████████████████████████████████████████████\u{1b}[0m  10.0 ms\n",
            "\u{1b}[31m✗\u{1b}[0m \u{1b}[2m└─\u{1b}[0m pay                                    \u{1b}[31m███████████████████████████\u{1b}[0m  5.00 ms\n",
        )
    );
    for trace in [order(), batch(), odd()] {
        assert_eq!(without_colours(&waterfall(&trace, &coloured)), waterfall(&trace, &View::default()));
    }
}

#[test]
fn many_of_a_kind_are_folded() {
    assert_eq!(
        waterfall(&batch(), &View { fold: 2, ..View::default() }),
        "\
Trace 1-65f0c0de-a006649127e371903a2de979            2024-03-12 20:53:50.100 UTC
… incomplete · nightly · 3.28 s · 2,005 subsegments · 2 faults below
                                 ╷0         ╷1 s        ╷2 s       ╷3 s
  ● nightly                      ██████████████████████████████████████   3.28 s
  ├─ part_0                      ███████▌                                 650 ms
  │  ├─ convert_image            ▏                                       1.40 ms
  │  ├─ convert_image            ▏                                       2.40 ms
  │  └─ … 398 more convert_image ▒▒▒▒▒▒▒▒                                Σ1.75 s
  ├─ part_1                             ▐███████                          650 ms
  │  ├─ convert_image                   ▕                                2.40 ms
  │  ├─ convert_image                   ▕                                3.40 ms
  │  ├─ … 397 more convert_image        ▒▒▒▒▒▒▒▒                         Σ1.74 s
✗ │  └─ convert_image                        ▏                           7.40 ms
  │       ✗ Timeout: no answer
  ├─ part_2                                    ▕███████▍                  650 ms
  │  ├─ convert_image                          ▕                         3.40 ms
  │  ├─ convert_image                          ▕                         4.40 ms
  │  └─ … 398 more convert_image               ▒▒▒▒▒▒▒▒▒                 Σ1.75 s
  └─ part_3                                            ▐██████▊           650 ms
     ├─ convert_image                                  ▏                 4.40 ms
     ├─ convert_image                                  ▏                 5.40 ms
     ├─ … 397 more convert_image                       ▒▒▒▒▒▒▒▒          Σ1.74 s
✗    └─ convert_image                                     ▏              7.40 ms
          ✗ Timeout: no answer
  part_4                                                      ▐███████▎   650 ms
  │ parent 0000000000000063 not seen
  ├─ convert_image                                            ▕          5.40 ms
  ├─ convert_image                                            ▕          6.40 ms
  └─ … 398 more convert_image                                 ▒▒▒▒▒▒▒▒▒  Σ1.75 s
"
    );
    let unfolded = waterfall(&batch(), &View { fold: usize::MAX, ..View::default() });
    assert!(unfolded.lines().count() > 2_000 && !unfolded.contains("more"));
    // One more than the limit is shown: a line about it would take as much room.
    let parts = (2..8).map(|id| segment("part", id, (1.0, 2.0), "")).collect::<Vec<_>>().join(",");
    let six = trace(&[segment("shop", 1, (0.0, 10.0), &format!("{ID},\"subsegments\":[{parts}]"))]);
    assert_eq!(waterfall(&six, &View::default()).matches("part").count(), 6);
}

#[test]
fn depth_and_hostile_names() {
    let shown = waterfall(&odd(), &View::default());
    let lines: Vec<_> = shown.lines().collect();
    let (head, tail) = (lines[..6].join("\n"), lines[lines.len() - 13..].join("\n"));
    assert_eq!(
        format!("{head}\n  ⋮\n{tail}\n"),
        "\
Trace 1-65f0c0de-a006649127e371903a2de979            2024-03-12 20:53:50.100 UTC
✓ ok · ␛[31mred␛]0;title␇ �evil� 日本語の名前… · 25.0 ms · 41 subsegments
                                       ╷0          ╷10 ms       ╷20 ms
  ● ␛[31mred␛]0;title␇ �evil� 日本語…  ████████████████████████████████  25.0 ms
  └descend                              ▐███████████████████████████▏    21.5 ms
   │ level=1
  ⋮
  ⋯                    └descend                     ████▋                3.50 ms
                        │ level=37
  ⋯                    └descend                     ▐███▎                3.00 ms
                        │ level=38
  ⋯                    └descend                     ▕███                 2.50 ms
                        │ level=39
  ⋯                    └descend                      ██▋                 2.00 ms
                        │ level=40
✗ ⋯                    └␛[31mred␛]0;t…                ▏                    <1 µs
                          ␛[31mred␛]0;title␇ �evil� 日本語の名前 Z\u{301}\u{302} �=␛[31mred␛]0
                          ;title␇ �evil� 日本語の名前 Z\u{301}\u{302} �
                          ✗ ␛[31mred␛]0;title␇ �evil� 日本語の名前 Z\u{301}\u{302} �:
                            ␛[31mred␛]0;title␇ �evil� 日本語の名前 Z\u{301}\u{302} �
"
    );
}

#[test]
fn tables() {
    let traces = [order(), batch(), odd()];
    let summaries: Vec<_> = traces.iter().map(Trace::summary).collect();
    assert_eq!(
        super::traces(&summaries, &View::default()),
        "\
✗ 1-65f0c0de-a006649127e371903a2de979  orders  POST https://shop.exam…    378 ms
… 1-65f0c0de-a006649127e371903a2de979  nightly                            3.28 s
✓ 1-65f0c0de-a006649127e371903a2de979  ␛[31mred␛]0;title␇ �evil� 日本…   25.0 ms
"
    );
    assert_eq!(
        super::traces(&summaries[..1], &View { width: 100, ..View::default() }),
        "✗ 1-65f0c0de-a006649127e371903a2de979  20:53:50  orders  POST https://shop.example/orders     378 ms\n"
    );
    assert_eq!(
        services(&query::services(&traces), &View::default()),
        "\
service              count    fault    error throttle      p50      p90      p99
␛[31mred␛]0;titl…        1        0        0        0  25.0 ms  25.0 ms  25.0 ms
nightly                  1        0        0        0   3.28 s   3.28 s   3.28 s
orders                   1    100 %        0        0   378 ms   378 ms   378 ms
payments                 1        0    100 %        0   213 ms   213 ms   213 ms
"
    );
    assert_eq!(
        services(&query::services(&traces[..1]), &View { width: 1, ..View::default() }),
        "\
service     count    fault    error      p50      p99
orders          1    100 %        0   378 ms   378 ms
payments        1        0    100 %   213 ms   213 ms
"
    );
    assert_eq!(rejected(&Default::default(), &View::default()), "");
}

#[test]
fn percentiles_are_by_nearest_rank() {
    let of = |count: u32| {
        let traces: Vec<_> = (1..=count).rev().map(|index| trace(&[segment("s", 1, (0.0, f64::from(index)), ID)])).collect();
        let service = query::services(&traces).remove(0);
        [0.0, 50.0, 90.0, 99.0, 100.0, 1e9].map(|percent| service.percentile(percent).unwrap().as_micros().div_ceil(1000))
    };
    assert_eq!(of(1), [1, 1, 1, 1, 1, 1]);
    assert_eq!(of(10), [1, 5, 9, 10, 10, 10]);
    assert_eq!(of(200), [1, 100, 180, 198, 200, 200]);
    let open = trace(&[segment("s", 1, (0.0, -1.0), ID)]);
    let service = query::services([&open]).remove(0);
    assert_eq!((service.percentile(50.0), service.count, service.in_progress, service.fault_rate()), (None, 0, 1, 0.0));
}

prop_compose! {
    fn any_segment()(
        name in "(?s).{1,30}|[a-z]{1,60}|ab", text in "(?s).{0,100}", number in 1u64..40, parent in 0u64..40,
        start in 0u64..1_000_000_000, length in proptest::option::of(0u64..1_000_000_000), flags in any::<[bool; 5]>(),
    ) -> Document {
        let mut segment = Segment::new(name, SegmentId::from_bits(number).unwrap(), Timestamp::from_nanos(start));
        segment.trace_id = Some(TraceId::from_bits(1));
        segment.parent_id = SegmentId::from_bits(parent);
        segment.kind = flags[0].then(|| "subsegment".to_owned());
        segment.end_time = length.map(|length| Timestamp::from_nanos(start + length));
        (segment.error, segment.fault) = (flags[1], flags[2]);
        segment.namespace = flags[3].then(|| text.clone());
        segment.user = Some(text.clone());
        segment.annotations.insert(text.clone(), AnnotationValue::String(text.clone()));
        let frame = StackFrame { path: Some(text.clone()), line: Some(7), label: None };
        let exception = Exception { kind: Some(text.clone()), message: Some(text.clone()), stack: vec![frame], ..Exception::default() };
        let recorded = Recorded { exceptions: vec![exception.clone(), exception], ..Recorded::default() };
        segment.cause = Some(if flags[4] { Cause::Recorded(recorded) } else { Cause::Reference(text) });
        let mut tree = ForestBuilder::new();
        tree.leaf(segment);
        Document::from_tree(tree.finish()).unwrap()
    }
}

proptest! {
    #[test]
    fn nothing_leaves_its_line(documents in proptest::collection::vec(any_segment(), 1..30), width in 0usize..150, fold in 0usize..6) {
        let mut store = Store::new(&Settings::default());
        for document in documents {
            let packed = Packed::new(document.to_json().as_bytes());
            store.insert(document, packed, crate::clock::now());
        }
        let trace = store.all_pieces().remove(0).assemble();
        let view = View { width, fold, colour: false };
        let coloured = View { colour: true, ..view.clone() };
        let shown = waterfall(&trace, &view);
        prop_assert_eq!(&without_colours(&waterfall(&trace, &coloured)), &shown);
        let tables = services(&query::services([&trace]), &view) + &traces(&[trace.summary()], &view);
        for line in shown.lines().chain(tables.lines()) {
            prop_assert!(text::width(line) <= width.max(60), "{line}");
            prop_assert!(!line.contains(char::is_control) && !line.ends_with(' '));
        }
    }
}
