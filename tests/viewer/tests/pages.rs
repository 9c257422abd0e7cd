//! Each page, read by an HTML parser: it is there, sound, and says what the documents say, whatever they hold.

mod common;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use autoxray_viewer_tests::{Shop, big_trace};
use common::Viewer;
use common::hostile::{self, TRACE};
use common::sound::{all, crawl, sound, text};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scraper::Html;
use serde_json::{Value, json};
use xray_collector::ServeSettings;

/// Pages that do not stand for one trace.
const PAGES: [&str; 6] = ["/", "/traces", "/analytics", "/errors", "/metrics", "/health"];

fn read(document: &str) -> Value {
    serde_json::from_str(document).unwrap()
}

/// A viewer with the shop's traces, and the id of one whose checkout failed.
fn shop(traces: u64) -> (Viewer, String) {
    let mut viewer = Viewer::start(ServeSettings::default());
    let begun = common::now();
    let documents: Vec<String> = (0..traces).flat_map(|number| Shop::trace(number, begun - (traces - number) as f64 * 0.9)).collect();
    viewer.send(&documents);
    let failed =
        documents.iter().map(|document| read(document)).rfind(|document| document["cause"]["exceptions"][0]["type"] == "CheckoutError");
    (viewer, failed.unwrap()["trace_id"].as_str().unwrap().to_owned())
}

fn page(viewer: &Viewer, address: &str) -> Html {
    let answer = viewer.get(address);
    assert_eq!(answer.status, 200, "{address}");
    sound(address, &answer)
}

/// What form fields would make of a value.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(byte.into());
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        encoded
    })
}

#[test]
fn every_link_leads_to_a_sound_page() {
    let (viewer, failed) = shop(60);
    let begin: Vec<String> = PAGES.iter().map(|page| (*page).to_owned()).chain([format!("/traces/{failed}")]).collect();
    let seen = crawl(&viewer, &begin, 400);
    for expected in [
        format!("/traces/{failed}/raw"),
        format!("/traces/{failed}/logs"),
        format!("/traces/{failed}/raw/all"),
        "/traces?sort=response".to_owned(),
    ] {
        assert!(seen.iter().any(|address| address.starts_with(&expected)), "nothing leads to {expected}");
    }
}

#[test]
fn pages_without_traces_say_what_to_do() {
    let viewer = Viewer::start(ServeSettings::default());
    let begin: Vec<String> = PAGES.iter().map(|page| (*page).to_owned()).collect();
    crawl(&viewer, &begin, 60);
    let address = viewer.local.local_addr().to_string();
    assert!(text(&page(&viewer, "/traces")).contains(&format!("AWS_XRAY_DAEMON_ADDRESS={address}")));
}

#[test]
fn the_list_is_filtered_sorted_and_turned() {
    let (viewer, _) = shop(260);
    let rows = |address: &str| {
        all(&page(&viewer, address), "table.traces tbody tr")
            .into_iter()
            .map(|row| row.text().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(rows("/traces").len(), 100);
    assert_eq!(rows("/traces?page=3").len(), 60);
    assert_eq!(rows("/traces?page=3"), rows("/traces?page=99"), "a page that is not there is the last");
    let faults = rows("/traces?filter=fault");
    assert!(!faults.is_empty() && faults.iter().all(|row| row.contains("502")), "{faults:?}");
    let slow = rows("/traces?min=100");
    assert!(!slow.is_empty() && slow.len() < 100 && slow.len() + rows("/traces?max=99.999").len() > 100);
    let keys = |address: &str| {
        all(&page(&viewer, address), "tr[data-key]").into_iter().map(|row| row.attr("data-key").unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (up, down) = (keys("/traces?sort=response&order=asc&page=3"), keys("/traces?sort=response&order=desc"));
    assert_eq!(up.last(), down.first());
    assert_eq!(
        [1, 2, 3].map(|page| keys(&format!("/traces?sort=duration&page={page}"))).concat().iter().collect::<BTreeSet<_>>().len(),
        260,
        "each is on one page"
    );
}

#[test]
fn what_is_wrong_with_a_filter_stands_at_its_column() {
    let (viewer, _) = shop(60);
    for (filter, column, word) in
        [("fault AND responsetime => 5", 25, "write `>=`"), ("nosuch = 1", 1, "nosuch"), ("service(\"a\"", 12, ")")]
    {
        let page = page(&viewer, &format!("/traces?filter={}", encoded(filter)));
        let problem = all(&page, "#problems")[0].text().collect::<String>();
        let caret = all(&page, "#problems pre")[0].text().collect::<String>().lines().nth(1).unwrap().len();
        assert!(problem.contains(&format!("Column {column}:")) && problem.contains(word), "{filter}: {problem}");
        assert_eq!(caret, column, "{filter}: the caret stands below the column");
        assert!(all(&page, "table.traces tr").is_empty(), "nothing is shown as if it fitted");
        assert_eq!(all(&page, "#filter")[0].attr("value"), Some(filter));
    }
}

#[test]
fn completions_are_keys_and_values_that_are_there() {
    let (viewer, _) = shop(60);
    let offered = |text: &str| {
        let answer = viewer.get(&format!("/complete?text={}&cursor={}", encoded(text), text.chars().count()));
        let offers: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
        offers.iter().map(|offer| offer["text"].as_str().unwrap().trim().to_owned()).collect::<Vec<_>>()
    };
    let table = [
        ("fau", "fault"),
        ("service(\"check", "\"checkout\""),
        ("annotation[ti", "tier"),
        ("annotation[tier] = ", "\"gold\""),
        ("http.m", "http.method"),
    ];
    for (text, expected) in table {
        assert!(offered(text).iter().any(|offer| offer.contains(expected)), "{text}: {:?}", offered(text));
    }
}

#[test]
fn the_timeline_says_what_the_documents_say() {
    let (viewer, failed) = shop(120);
    let whole = page(&viewer, &format!("/traces/{failed}"));
    let names: Vec<String> = all(&whole, ".waterfall a.pick").into_iter().map(|name| name.text().collect()).collect();
    for name in ["storefront", "checkout", "payments", "reserve items", "stock@db.internal", "DynamoDB", "bank.example"] {
        assert!(names.iter().any(|other| other == name), "{name} in {names:?}");
    }
    assert!(!all(&whole, ".waterfall .critical").is_empty(), "a critical path");
    let of = |name: &str| {
        let row = all(&whole, ".waterfall tr").into_iter().rfind(|row| row.text().collect::<String>().contains(name)).unwrap();
        let page = page(&viewer, &format!("/traces/{failed}?segment={}", row.attr("data-key").unwrap()));
        let details = all(&page, "aside.details")[0].text().collect::<Vec<_>>();
        details.join(" ")
    };
    let told = [
        ("UpdateItem", vec!["table_name", "reservations", "consumed_capacity", "K2LH3QJ4VBTJ"]),
        (
            "stock@db.internal",
            vec![
                "SELECT sku, left FROM stock WHERE sku IN ($1, $2, $3) FOR UPDATE",
                "PostgreSQL 16.3",
                "postgres://db.internal:5432/stock",
            ],
        ),
        ("storefront", vec!["tier", "order.items", "fast-pay", "budget_ms", "https://shop.example/checkout", "198.51.100.17"]),
    ];
    for (name, words) in told {
        for word in words {
            assert!(of(name).contains(word), "{name}: {word} in {}", of(name));
        }
    }
}

#[test]
fn traces_lead_to_those_that_caused_them() {
    let mut viewer = Viewer::start(ServeSettings::default());
    let now = common::now();
    let (one, other) = ("1-5759e988-00000000000000000000000a", "1-5759e988-00000000000000000000000b");
    let document = |trace: &str, name: &str, links: Value| {
        json!({"name": name, "id": "00000000000000aa", "trace_id": trace, "start_time": now - 2.0, "end_time": now - 1.0, "links": links})
            .to_string()
    };
    viewer.send([
        document(one, "producer", json!([])),
        document(other, "consumer", json!([{"trace_id": one, "id": "00000000000000aa", "attributes": {"ReferenceType": "parent"}}])),
    ]);
    for (from, to, word) in [(other, one, "Caused by"), (one, other, "Led to")] {
        let page = page(&viewer, &format!("/traces/{from}"));
        let links = &all(&page, "#links")[0];
        assert!(links.text().collect::<String>().contains(word));
        assert_eq!(all(&page, "#links a")[0].attr("href"), Some(&*format!("/traces/{to}")));
    }
}

#[test]
fn gaps_and_what_has_not_arrived_are_shown() {
    let mut viewer = Viewer::start(ServeSettings::default());
    let now = common::now();
    let part = |id: &str, from: f64, to: f64| {
        json!({"name": format!("part {id}"), "type": "subsegment", "id": id, "trace_id": TRACE, "parent_id": "00000000000000ff", "start_time": now - from, "end_time": now - to}).to_string()
    };
    viewer.send([part("00000000000000a1", 90.0, 89.0), part("00000000000000a2", 80.0, 79.0)]);
    let page = page(&viewer, &format!("/traces/{TRACE}?segment=00000000000000a1"));
    let told = text(&page);
    for word in ["parent missing", "gaps 9.00 s", "incomplete", "00000000000000ff has not arrived"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!all(&page, ".overview .gap").is_empty());
}

#[test]
fn big_traces_are_folded_into_small_pages() {
    let mut viewer = Viewer::start(ServeSettings::default());
    let documents = big_trace(2_000, common::now() - 100.0);
    viewer.send(&documents);
    let id = read(&documents[0])["trace_id"].as_str().unwrap().to_owned();
    let first = viewer.get(&format!("/traces/{id}"));
    assert!(first.body.len() < 400_000, "{} bytes", first.body.len());
    let folded = sound("big", &first);
    assert!(text(&folded).contains("384 × item"), "items of one name share a row");
    let root = all(&folded, ".waterfall tr[data-key]")[0].attr("data-key").unwrap().to_owned();
    let mut names = 0;
    let opened = |number: usize| page(&viewer, &format!("/traces/{id}?open={root}&page={number}"));
    for number in 1..=7 {
        names += all(&opened(number), ".waterfall a.pick").len();
    }
    assert_eq!(names, 2_001, "opened, each has a row on one of the pages");
    let levels = all(&page(&viewer, &format!("/traces/{id}?depth=1")), ".waterfall a.pick").len();
    assert_eq!(levels, 1);
}

#[test]
fn ten_thousand_traces_fit_the_page() {
    let mut viewer = Viewer::start(ServeSettings::default());
    let begun = common::now();
    let document = |number: u64| {
        json!({"name": format!("service {}", number % 20), "id": format!("{:016x}", number + 1), "trace_id": format!("1-{:08x}-{number:024x}", begun as u64),
        "start_time": begun - (10_000 - number) as f64 * 0.3, "end_time": begun - (10_000 - number) as f64 * 0.3 + 0.001 * (number % 997) as f64, "fault": number.is_multiple_of(50),
        "http": {"request": {"method": "GET", "url": format!("https://shop.example/{}", number % 100)}, "response": {"status": 200}}})
    };
    viewer.send((0..10_000).map(|number| document(number).to_string()));
    let answer = viewer.get("/traces");
    let page = sound("/traces", &answer);
    assert!(answer.body.len() < 250_000, "{} bytes", answer.body.len());
    assert_eq!((all(&page, "table.traces tbody tr").len(), all(&page, "#count")[0].inner_html().as_str()), (100, "10,000"));
    assert!(all(&page, ".histogram a").len() < 250, "columns");
    assert_eq!(viewer.get("/traces?page=100").status, 200);
    for address in PAGES {
        let answer = viewer.get(address);
        assert!(answer.status == 200 && answer.body.len() < 1_000_000, "{address}: {} bytes", answer.body.len());
    }
}

#[test]
fn hostile_documents_are_only_text() {
    for value in hostile::values() {
        let mut viewer = Viewer::start(ServeSettings::default());
        viewer.send(hostile::documents(&value));
        let begin: Vec<String> = PAGES
            .iter()
            .map(|page| (*page).to_owned())
            .chain(["00aa", "00ab", "00ac", "00ad"].map(|id| format!("/traces/{TRACE}?segment=000000000000{id}")))
            .collect();
        crawl(&viewer, &begin, 45);
        // What fits is shown as it is.
        if value.chars().count() < 100 && value.chars().all(|char| matches!(char, ' '..='~')) && !value.trim().is_empty() {
            for address in ["/traces".to_owned(), format!("/traces/{TRACE}?segment=00000000000000aa")] {
                assert!(text(&page(&viewer, &address)).contains(value.trim()), "{address} does not show {value:?}");
            }
        }
    }
}

#[test]
fn deep_and_endless_documents_do_no_harm() {
    let mut viewer = Viewer::start(ServeSettings::default());
    viewer.send(hostile::deep_trace(3_000));
    viewer.send(hostile::deep_values(10_000));
    let begin: Vec<String> = PAGES
        .iter()
        .map(|page| (*page).to_owned())
        .chain([format!("/traces/{TRACE}"), format!("/traces/{TRACE}?page=9"), format!("/traces/{TRACE}/raw")])
        .collect();
    crawl(&viewer, &begin, 40);
    // What is too long for a datagram comes over HTTP, and is refused or bounded.
    let long = "x".repeat(1 << 20);
    let document = json!({"name": long, "id": "00000000000000b1", "trace_id": TRACE, "start_time": 1, "end_time": 2}).to_string();
    let answer = viewer.post("/TraceSegments", &json!({"TraceSegmentDocuments": [document]}).to_string());
    assert!(answer.status == 200 && answer.body.contains("SegmentTooLarge"), "{}", answer.body.chars().take(300).collect::<String>());
    let attribute = json!({"key": "a", "value": {"stringValue": "<script>".repeat(1 << 17)}});
    let span = json!({"traceId": "5759e988000000000000000000000000", "spanId": "00000000000000b2", "name": "otlp<script>", "kind": 2, "startTimeUnixNano": "1465510280000000000", "endTimeUnixNano": "1465510281000000000", "attributes": [attribute]});
    viewer.post("/v1/traces", &json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).to_string());
    crawl(&viewer, &begin, 40);
    // So does what is asked.
    for address in [
        format!("/traces?filter={}", "(".repeat(20_000)),
        format!("/traces/{}", "1".repeat(20_000)),
        format!("/traces?{}", "a=b&".repeat(5_000)),
    ] {
        let answer = viewer.get(&address);
        assert!(answer.body.len() < 200_000, "{} bytes", answer.body.len());
    }
    assert_ne!(viewer.get(&format!("/traces?filter={long}")).status, 200, "no endless address is read");
}

#[test]
fn whatever_documents_hold_pages_are_sound() {
    let viewer = RefCell::new(Viewer::start(ServeSettings::default()));
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let words = prop_oneof![
        any::<String>(),
        "[<>&\"'/=;:(){}\\[\\]\\\\$%#?-]{0,30}",
        "(<!--|-->|</?[a-z]{1,8}>?|&[a-z]{1,6};|\u{202e}|\u{0}|]]>|javascript:){1,8}"
    ];
    let numbers = prop_oneof![
        Just(json!(0)),
        Just(json!(-1)),
        Just(json!(1e300)),
        Just(json!("x")),
        Just(Value::Null),
        any::<u32>().prop_map(|number| json!(number))
    ];
    TestRunner::new(config)
        .run(&(words, numbers), |(value, number)| {
            let mut viewer = viewer.borrow_mut();
            viewer.send(hostile::documents(&value));
            viewer.send([hostile::odd(&value, &number)]);
            for address in PAGES
                .into_iter()
                .map(str::to_owned)
                .chain(["", "?segment=00000000000000aa", "/raw", "/logs"].map(|rest| format!("/traces/{TRACE}{rest}")))
            {
                let answer = viewer.get(&address);
                prop_assert_eq!(answer.status, 200, "{}", address);
                sound(&address, &answer);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn whatever_is_asked_is_answered() {
    let (viewer, failed) = shop(60);
    let names = [
        "filter",
        "range",
        "from",
        "to",
        "sort",
        "order",
        "page",
        "min",
        "max",
        "segment",
        "zoom_from",
        "zoom_to",
        "depth",
        "fold",
        "open",
        "node",
        "edge",
        "by",
        "text",
        "cursor",
        "turn",
    ];
    let values = prop_oneof![
        any::<String>(),
        "[0-9.eE+-]{1,24}",
        "(service|fault|\"|\\(|\\)| |=|>|AND|annotation\\[a\\]|<script>){1,9}",
        Just("18446744073709551615".to_owned()),
        Just("NaN".to_owned())
    ];
    let pairs = prop::collection::vec((prop::sample::select(names.to_vec()), values), 0..6);
    let pages = PAGES
        .into_iter()
        .map(str::to_owned)
        .chain([format!("/traces/{failed}"), format!("/traces/{failed}/raw"), format!("/traces/{failed}/logs"), "/complete".to_owned()])
        .collect::<Vec<_>>();
    let config = Config { cases: 150, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(prop::sample::select(pages), pairs), |(page, pairs)| {
            let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
            let address = format!("{page}?{}", query.join("&"));
            let answer = viewer.get(&address);
            prop_assert!([200, 400, 404].contains(&answer.status), "{} for {}", answer.status, address);
            if answer.head.contains("text/html") {
                sound(&address, &answer);
            }
            Ok(())
        })
        .unwrap();
}
