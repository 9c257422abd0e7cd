//! The page of analytics.

mod common;
mod page;

use autoxray_viewer_tests::Shop;
use common::Viewer;
use page::{Page, percentile, seconds, text, took};
use serde_json::Value;
use xray_collector::ServeSettings;

const TRACES: u64 = 300;

fn shop() -> (Viewer, Vec<Value>) {
    let mut viewer = Viewer::start(ServeSettings::default());
    let begun = common::now() - TRACES as f64 - 60.0;
    let documents: Vec<String> = (0..TRACES).flat_map(|number| Shop::trace(number, begun + number as f64)).collect();
    viewer.send(&documents);
    let read = documents.iter().map(|document| serde_json::from_str(document).unwrap()).collect();
    (viewer, read)
}

fn named<'a>(documents: &'a [Value], name: &'a str) -> impl Iterator<Item = &'a Value> {
    documents.iter().filter(move |document| document["name"] == name)
}

fn times<'a>(documents: impl Iterator<Item = &'a Value>) -> Vec<f64> {
    documents.filter_map(took).collect()
}

#[test]
fn figures_are_those_of_the_documents() {
    let (viewer, documents) = shop();
    let page = Page::get(&viewer, "/analytics");
    let roots: Vec<&Value> = named(&documents, "storefront").collect();
    let all = times(roots.iter().copied());
    assert_eq!(page.text("#count"), format!("{TRACES} traces"));
    for (name, percent) in [("p50", 50.0), ("p90", 90.0), ("p95", 95.0), ("p99", 99.0), ("Slowest", 100.0)] {
        assert_eq!(page.figure("#figures", name), Some(seconds(percentile(&all, percent))), "{name}");
    }
    let ended = |status: fn(i64) -> bool| {
        roots.iter().filter(|root| took(root).is_some() && status(root["http"]["response"]["status"].as_i64().unwrap())).count()
    };
    let (errors, throttled, faults) =
        (ended(|status| status == 400 || status == 404), ended(|status| status == 429), ended(|status| status >= 500));
    for (name, count) in [("Errors", errors), ("Throttled", throttled), ("Faults", faults)] {
        let shown = page.figure("#figures", name).unwrap();
        let percent = count as f64 / all.len() as f64 * 100.0;
        let told = if percent < 9.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") };
        assert_eq!(shown, if count == 0 { "0".to_owned() } else { format!("{told}{count}") }, "{name}");
    }
    assert_eq!(page.figure("#figures", "In progress"), Some((roots.len() - all.len()).to_string()));
    // All that ended is in the chart.
    let told: Vec<String> = page.texts("#spread title");
    let charted: usize = told.iter().map(|told| told.split(' ').next().unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(charted, all.len(), "{told:?}");
    // And over time.
    let table = page.rows("#over-time table");
    assert_eq!(table.iter().map(|row| row[1].parse::<u64>().unwrap()).sum::<u64>(), TRACES);
    assert!((5..=40).contains(&table.len()), "{}", table.len());
}

#[test]
fn each_operation_has_its_figures() {
    let (viewer, documents) = shop();
    let page = Page::get(&viewer, "/analytics?sort=operation");
    let rows = page.rows("table.operations");
    let headlines = page.headlines("table.operations");
    let cell = |row: &[String], name: &str| row[headlines.iter().position(|headline| headline.starts_with(name)).unwrap()].clone();
    let orders = rows.iter().find(|row| row[1] == "POST /orders").unwrap();
    let checkouts: Vec<&Value> = named(&documents, "checkout").collect();
    let all = times(checkouts.iter().copied());
    assert_eq!((orders[0].as_str(), cell(orders, "Requests")), ("checkout EC2 instance", checkouts.len().to_string()));
    for (name, percent) in [("p50", 50.0), ("p90", 90.0), ("p95", 95.0), ("p99", 99.0)] {
        assert_eq!(cell(orders, name), seconds(percentile(&all, percent)), "{name}");
    }
    assert_eq!(cell(orders, "Total time"), seconds(all.iter().sum()));
    let faults = checkouts.iter().filter(|checkout| checkout["fault"] == true).count() as f64 / all.len() as f64 * 100.0;
    assert_eq!(cell(orders, "Faults"), if faults < 9.95 { format!("{faults:.1} %") } else { format!("{faults:.0} %") });
    // Sorted, and turned around by the same headline.
    let names: Vec<&String> = rows.iter().map(|row| &row[1]).collect();
    assert!(names.windows(2).all(|pair| pair[0] <= pair[1] || pair[0] == "any request"), "{names:?}");
    let turned = Page::get(&viewer, &page.link("table.operations th", "Operation ↑"));
    assert_eq!(turned.one("table.operations th[aria-sort]").attr("aria-sort"), Some("descending"));
    assert_eq!(turned.rows("table.operations").first().map(|row| &row[1]), names.last().copied());
}

#[test]
fn one_operation_in_more_detail() {
    let (viewer, documents) = shop();
    let page = Page::get(&viewer, "/analytics");
    let detail = Page::get(&viewer, &page.link("table.operations", "POST /charges"));
    let payments: Vec<&Value> = named(&documents, "payments").collect();
    let all = times(payments.iter().copied());
    assert_eq!(
        (detail.text("#detail h2"), detail.text("#detail p.muted.small")),
        ("POST /charges".to_owned(), "payments · Lambda function".to_owned())
    );
    assert!(detail.figure("#detail", "Requests").unwrap().starts_with(&payments.len().to_string()));
    assert_eq!(detail.figure("#detail", "p99"), Some(seconds(percentile(&all, 99.0))));
    // The slowest comes first, and its link leads to the segment itself.
    let slowest = payments.iter().max_by(|one, other| took(one).unwrap().total_cmp(&took(other).unwrap())).unwrap();
    let first = detail.all("#detail table.examples tbody a")[0];
    assert_eq!(text(first), format!("storefront {}", slowest["trace_id"].as_str().unwrap()));
    assert!(first.attr("href").unwrap().ends_with(&format!("segment={}", slowest["id"].as_str().unwrap())));
    assert_eq!(viewer.get(first.attr("href").unwrap()).status, 200);
    // All requests of that kind are found by what filters know of it.
    let list = Page::get(&viewer, &detail.link("#detail", "Show traces"));
    assert_eq!(list.text("#count"), payments.len().to_string());
    // An address that was typed has neither type nor anything else; what is not there is no error.
    assert_eq!(Page::get(&viewer, "/analytics?service=payments&operation=POST+/charges").all("#detail").len(), 1);
    assert!(Page::get(&viewer, "/analytics?service=nobody").all("#detail").is_empty());
}

#[test]
fn two_filters_are_compared() {
    let (viewer, documents) = shop();
    let of =
        |path: &str| times(named(&documents, "storefront").filter(|root| root["http"]["request"]["url"].as_str().unwrap().ends_with(path)));
    let (search, cart) = (of("/search"), of("/cart"));
    let page = Page::get(&viewer, "/analytics?filter=http.url+ENDSWITH+%22/search%22&with=http.url+ENDSWITH+%22/cart%22&sort=operation");
    for (side, times) in [("A", &search), ("B", &cart)] {
        let within = format!("section[aria-label='Filter {side}']");
        assert_eq!(page.figure(&within, "p50"), Some(seconds(percentile(times, 50.0))));
        assert_eq!(page.figure(&within, "p95"), Some(seconds(percentile(times, 95.0))));
    }
    let rows = page.rows("table.operations");
    let headlines = page.headlines("table.operations");
    let cell = |row: &[String], name: &str| row[headlines.iter().position(|headline| headline.starts_with(name)).unwrap()].clone();
    let session = rows.iter().find(|row| row[1] == "GetItem").unwrap();
    let in_both = |path: &str| {
        named(&documents, "storefront").filter(|root| root["http"]["request"]["url"].as_str().unwrap().ends_with(path)).count()
    };
    assert_eq!([cell(session, "Requests A"), cell(session, "Requests B")], [in_both("/search").to_string(), in_both("/cart").to_string()]);
    let only = rows.iter().find(|row| row[1] == "GET /cart").unwrap();
    assert_eq!(
        [cell(only, "p95 A"), cell(only, "p95 B"), cell(only, "Change")],
        ["none".to_owned(), seconds(percentile(&cart, 95.0)), "–".to_owned()]
    );
    // Each side is spread by its own total.
    let shares: Vec<String> = page.texts("svg.compared title");
    let counted = |letter: &str| -> usize {
        let of = |told: &String| told.split(&format!("{letter}: ")).nth(1)?.split(['(', ')']).nth(1)?.parse::<usize>().ok();
        shares.iter().filter_map(of).sum()
    };
    assert_eq!((counted("A"), counted("B")), (search.len(), cart.len()));
    // A second filter that is none is told beside its field; the first stays.
    let wrong = Page::get(&viewer, "/analytics?filter=ok&with=duration+%3D%3E+5");
    assert!(wrong.text("#with-problem").starts_with("Column 11"));
    assert_eq!(wrong.one("#filter").attr("value"), Some("ok"));
    assert_eq!(wrong.link("form.comparing", "Stop comparing"), "/analytics?filter=ok");
}

#[test]
fn root_causes_are_told() {
    let (viewer, documents) = shop();
    let page = Page::get(&viewer, "/analytics");
    let timeouts = documents.iter().filter(|document| document["cause"]["exceptions"][0]["type"] == "Timeout").count();
    let cards: Vec<String> = page.texts("#causes section");
    let faults = cards.iter().find(|card| card.starts_with("Where faults began")).unwrap();
    assert!(faults.contains(&format!("bank.example Timeoutstorefront → checkout → payments → bank.example{timeouts}")), "{faults}");
    // Its link finds those traces.
    let list = Page::get(&viewer, &page.link("#causes section:nth-child(2)", "bank.example"));
    assert_eq!(list.text("#count"), timeouts.to_string());
}

#[test]
fn empty_pages_say_what_to_do() {
    let empty = Page::get(&Viewer::start(ServeSettings::default()), "/analytics");
    assert!(empty.text("#analytics").contains("AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:"));
    let (viewer, _) = shop();
    assert!(Page::get(&viewer, "/analytics?filter=service%28%22nobody%22%29").text("#analytics").contains("No trace fits"));
    let both = Page::get(&viewer, "/analytics?filter=service%28%22nobody%22%29&with=service%28%22no+one%22%29");
    assert_eq!(both.texts("#sides h2").iter().filter(|title| *title == "No trace fits").count(), 2);
}
