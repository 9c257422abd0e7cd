//! The page of errors.

mod common;
mod page;

use std::collections::BTreeMap;

use autoxray_viewer_tests::Shop;
use common::Viewer;
use page::{Page, text};
use serde_json::{Value, json};
use xray_collector::ServeSettings;

const TRACES: u64 = 400;

fn shop() -> (Viewer, Vec<Value>) {
    let mut viewer = Viewer::start(ServeSettings::default());
    let begun = common::now() - TRACES as f64;
    let documents: Vec<String> = (0..TRACES).flat_map(|number| Shop::trace(number, begun + number as f64)).collect();
    viewer.send(&documents);
    let read = documents.iter().map(|document| serde_json::from_str(document).unwrap()).collect();
    (viewer, read)
}

/// What is in the documents: exceptions that were thrown, by type, place and service, and answers of 400 and above in traces without any.
fn counted(documents: &[Value]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    let threw = |trace: &Value| documents.iter().any(|document| document["trace_id"] == *trace && document["cause"].is_object());
    for document in documents {
        if let Some(exception) = document["cause"]["exceptions"].get(0) {
            let frame = &exception["stack"][0];
            let place = format!("{}:{} in {}", frame["path"].as_str().unwrap(), frame["line"], document["name"].as_str().unwrap());
            *counts.entry((exception["type"].as_str().unwrap().to_owned(), place)).or_insert(0) += 1;
        }
        let status = document["http"]["response"]["status"].as_i64().unwrap_or(200);
        if document["name"] == "storefront" && (400..500).contains(&status) && !threw(&document["trace_id"]) {
            *counts.entry((format!("HTTP {status}"), "GET /search in storefront".to_owned())).or_insert(0) += 1;
        }
        // The table that throttles calls of the checkout, which deals with it.
        let throttled = document.to_string().contains("\"status\":429") && document["name"] == "checkout";
        if throttled && !threw(&document["trace_id"]) {
            *counts.entry(("HTTP 429".to_owned(), "UpdateItem in reservations".to_owned())).or_insert(0) += 1;
        }
    }
    counts
}

#[test]
fn errors_are_counted_by_type_and_place() {
    let (viewer, documents) = shop();
    let page = Page::get(&viewer, "/errors");
    let expected = counted(&documents);
    assert!(expected.len() >= 5, "{expected:?}");
    let rows = page.rows("table.errors");
    let shown: BTreeMap<_, _> = rows
        .iter()
        .map(|row| {
            let kind =
                expected.keys().map(|(kind, _)| kind).find(|kind| row[0][row[0].find(' ').unwrap() + 1..].starts_with(kind.as_str()));
            ((kind.unwrap_or(&row[0]).clone(), row[1].clone()), row[2].parse::<usize>().unwrap())
        })
        .collect();
    assert_eq!(shown, expected);
    let total: usize = expected.values().sum();
    assert_eq!(page.text("#count"), format!("{total} errors of {} kinds", expected.len()));
    // Those that happened most often come first; each has a small chart that says so in words.
    assert!(rows.windows(2).all(|pair| pair[0][2].parse::<usize>().unwrap() >= pair[1][2].parse::<usize>().unwrap()));
    let trends: Vec<_> = page.all("svg.spark").iter().map(|svg| svg.attr("aria-label").unwrap().to_owned()).collect();
    assert!(trends.iter().zip(&rows).all(|(told, row)| told.starts_with(&format!("{} over time", row[2]))), "{trends:?}");
}

#[test]
fn one_error_leads_to_its_traces() {
    let (viewer, documents) = shop();
    let page = Page::get(&viewer, "/errors?sort=error");
    assert_eq!(page.one("th[aria-sort]").attr("aria-sort"), Some("ascending"));
    let detail = Page::get(&viewer, &page.link("table.errors", "CheckoutError"));
    assert_eq!(detail.text("#detail h2"), "CheckoutError");
    assert_eq!(detail.text("#detail pre"), "order not placed");
    assert!(detail.one("tr[aria-current]").attr("data-key").is_some());
    let mut expected: Vec<&str> = documents
        .iter()
        .filter(|document| document["cause"]["exceptions"][0]["type"] == "CheckoutError")
        .map(|document| document["trace_id"].as_str().unwrap())
        .collect();
    assert_eq!(detail.figure("#detail", "Traces"), Some(expected.len().to_string()));
    expected.reverse();
    let listed: Vec<_> = detail.texts("#detail table code");
    assert_eq!(listed, expected[..expected.len().min(25)]);
    assert_eq!(viewer.get(&detail.link("#detail table", &format!("storefront {}", expected[0]))).status, 200);
    // The filter finds the same traces.
    let list = Page::get(&viewer, &detail.link("#detail", "Show traces"));
    assert_eq!(list.text("#count"), expected.len().to_string());
    // Sorting stays when the panel is closed.
    assert_eq!(detail.all("#detail > header a")[0].attr("href"), Some("/errors?sort=error"));
}

#[test]
fn filter_and_time_narrow_it() {
    let (viewer, _) = shop();
    let page = Page::get(&viewer, "/errors?filter=service%28%22storefront%22%29+%7B+throttle+%7D");
    assert_eq!(page.rows("table.errors").len(), 1);
    let none = Page::get(&viewer, "/errors?filter=http.url+CONTAINS+%22cart%22+AND+ok");
    assert_eq!(none.text("#errors h2"), "No errors");
    let nothing = Page::get(&viewer, "/errors?filter=service%28%22nobody%22%29");
    assert!(nothing.text("#errors").contains("No trace fits"));
    let wrong = Page::get(&viewer, "/errors?filter=duration+%3D%3E+5");
    assert!(wrong.text("#problems").contains("Column 11") && wrong.text("#errors").contains("not understood"));
    let empty = Page::get(&Viewer::start(ServeSettings::default()), "/errors");
    assert!(empty.text("#errors").contains("AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:"));
}

#[test]
fn hostile_errors_are_text_and_can_be_looked_at() {
    let script = "<script>alert(1)</script>\"'\u{202e}\u{1b}[2J";
    let mut viewer = Viewer::start(ServeSettings::default());
    let failing = |id: u64, kind: &str, message: &str| {
        json!({"name": script, "id": format!("{id:016x}"), "trace_id": format!("1-65f0c0de-{id:024x}"), "start_time": 10.0, "end_time": 11.0, "fault": true,
            "cause": {"exceptions": [{"type": kind, "message": message, "stack": [{"path": script, "line": 1}]}]}})
        .to_string()
    };
    viewer.send([failing(1, script, script), failing(2, "", ""), failing(3, &"x".repeat(30_000), &"y".repeat(30_000))]);
    let page = Page::get(&viewer, "/errors");
    assert!(!page.source.contains("<script>") && !page.source.contains('\u{202e}') && !page.source.contains('\u{1b}'));
    assert!(page.source.len() < 30_000, "{}", page.source.len());
    let links: Vec<String> = page.all("table.errors td:first-child a").iter().map(|link| link.attr("href").unwrap().to_owned()).collect();
    assert_eq!(links.len(), 3);
    for link in links.iter() {
        let detail = Page::get(&viewer, link);
        assert_eq!(detail.all("#detail table tbody tr").len(), 1, "{link}");
        if detail.text("#detail").contains("too long for a filter") {
            continue;
        }
        let list = Page::get(&viewer, &detail.link("#detail", "Show traces"));
        assert_eq!(list.text("#count"), "1", "{link}");
    }
    assert_eq!(page.all("table.errors b").into_iter().map(text).filter(|kind| kind == "exception without a type").count(), 1);
}
