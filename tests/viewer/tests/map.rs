//! The service map.

mod common;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use autoxray_viewer_tests::{Shop, web};
use common::Viewer;
use page::{Page, seconds, text, took};
use serde_json::{Value, json};
use xray_collector::ServeSettings;

fn viewer_of(documents: &[String]) -> Viewer {
    let mut viewer = Viewer::start(ServeSettings::default());
    viewer.send(documents);
    viewer
}

fn read(documents: &[String]) -> Vec<Value> {
    documents.iter().map(|document| serde_json::from_str(document).unwrap()).collect()
}

#[test]
fn nodes_and_edges_are_those_of_the_documents() {
    let begun = common::now() - 300.0;
    let documents: Vec<String> = (0..250).flat_map(|number| Shop::trace(number, begun + number as f64)).collect();
    let viewer = viewer_of(&documents);
    let page = Page::get(&viewer, "/");
    let drawn: BTreeSet<String> = page.texts(".map .node .name").into_iter().collect();
    let expected = [
        "Clients",
        "SES",
        "bank.example",
        "checkout",
        "mailer",
        "mails",
        "payments",
        "reservations",
        "sessions",
        "stock@db.internal",
        "storefront",
    ];
    assert_eq!(drawn.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let rows = page.rows("#tables section:nth-child(1) table");
    let documents = read(&documents);
    for name in ["storefront", "checkout", "payments", "mailer"] {
        let times: Vec<f64> = documents.iter().filter(|document| document["name"] == name).filter_map(took).collect();
        let row = rows.iter().find(|row| row[0] == name).unwrap();
        let average = times.iter().sum::<f64>() / times.len() as f64;
        assert_eq!((row[2].clone(), row[4].clone()), (times.len().to_string(), seconds(average)), "{name}");
        let faults =
            documents.iter().filter(|document| document["name"] == name && document["fault"] == true && took(document).is_some()).count();
        assert_eq!(row[9], if faults == 0 { "–".to_owned() } else { faults.to_string() }, "{name}");
    }
    // What the picture shows is said in words, too.
    let told: Vec<String> = page.texts(".map a title");
    let paid = documents.iter().filter(|document| document["name"] == "payments").count();
    assert!(told.iter().any(|told| told.starts_with(&format!("checkout → payments: {paid} requests"))), "{told:?}");
    assert!(told.iter().any(|told| told.starts_with("Clients of storefront")), "{told:?}");
}

#[test]
fn a_click_filters() {
    let begun = common::now() - 300.0;
    let documents: Vec<String> = (0..200).flat_map(|number| Shop::trace(number, begun + number as f64)).collect();
    let viewer = viewer_of(&documents);
    let page = Page::get(&viewer, "/");
    let node = page.all(".map .node").into_iter().find(|node| text(*node).contains("payments")).unwrap();
    let detail = Page::get(&viewer, node.attr("href").unwrap());
    assert_eq!(detail.text("#detail h2"), "payments");
    assert_eq!(detail.all(".map .node[aria-current]").len(), 1);
    let paid = read(&documents).iter().filter(|document| document["name"] == "payments").count();
    assert_eq!(Page::get(&viewer, &detail.link("#detail", "Show traces")).text("#count"), paid.to_string());
    let edge = page.all(".map .edge").into_iter().find(|edge| text(*edge).starts_with("checkout → payments")).unwrap();
    assert_eq!(Page::get(&viewer, edge.attr("href").unwrap()).text("#count"), paid.to_string());
    // The page is about what the filter lets through; so is the map.
    let filtered = Page::get(&viewer, "/?filter=!service%28%22checkout%22%29");
    assert!(!filtered.texts(".map .node .name").contains(&"payments".to_owned()));
    assert!(Page::get(&viewer, "/?filter=service%28%22nobody%22%29").text("#map").contains("No trace fits"));
}

#[test]
fn one_fifty_and_five_hundred_services_are_drawn() {
    for (services, drawn_max) in [(1, 2), (50, 60), (500, 400)] {
        let begun = common::now() - 400.0;
        let documents: Vec<String> = (0..300).flat_map(|number| web(services, number, begun + number as f64)).collect();
        let viewer = viewer_of(&documents);
        let page = Page::get(&viewer, "/");
        let names: BTreeSet<String> = read(&documents).iter().map(|document| document["name"].as_str().unwrap().to_owned()).collect();
        let counted: usize = page.text("#count").rsplit(", ").next().unwrap().split(' ').next().unwrap().parse().unwrap();
        // Calls of what was never reached are nodes, too.
        assert!(counted >= names.len() && counted <= services as usize, "{services}: {counted}");
        let nodes = page.all(".map .node").len();
        assert!(nodes <= drawn_max && nodes >= names.len().min(drawn_max), "{services}: {nodes}");
        // Nothing lies on anything else, or outside.
        let places: Vec<(f64, f64)> = page
            .all(".map .node .disc")
            .iter()
            .map(|disc| (disc.attr("cx").unwrap().parse().unwrap(), disc.attr("cy").unwrap().parse().unwrap()))
            .collect();
        let size = |name: &str| page.one("svg.map").attr(name).unwrap().parse::<f64>().unwrap();
        let (width, height) = (size("width"), size("height"));
        for (index, (x, y)) in places.iter().enumerate() {
            assert!(*x > 0.0 && *x < width && *y > 0.0 && *y < height);
            assert!(places[..index].iter().all(|(left, top)| (left - x).abs() > 70.0 || (top - y).abs() > 70.0), "{services}: {x} {y}");
        }
        let is_large = page.one("svg.map").attr("class").unwrap().contains("large");
        assert_eq!(is_large, services == 500);
        if is_large {
            let whole = Page::get(&viewer, &page.link("p.sizes", "Show the whole map"));
            assert!(!whole.one("svg.map").attr("class").unwrap().contains("large"));
            assert!(whole.all(".map .node").iter().all(|node| node.attr("href").unwrap().contains("size=whole")));
        }
    }
}

#[test]
fn cycles_and_many_clients_are_drawn() {
    let segment = |trace: usize, id: usize, parent: Option<usize>, name: &str, call: Option<(usize, &str)>| {
        let mut document = json!({"name": name, "id": format!("{id:016x}"), "trace_id": format!("1-65f0c0de-{trace:024x}"), "start_time": 10.0, "end_time": 11.0});
        if let Some(parent) = parent {
            document["parent_id"] = format!("{parent:016x}").into();
        }
        if let Some((id, name)) = call {
            document["subsegments"] =
                json!([{"id": format!("{id:016x}"), "name": name, "namespace": "remote", "start_time": 10.1, "end_time": 10.9}]);
        }
        document.to_string()
    };
    // a → b → c → a → a, and each of thirty others has clients of its own and calls a.
    let mut documents = vec![
        segment(1, 1, None, "a", Some((2, "b"))),
        segment(1, 3, Some(2), "b", Some((4, "c"))),
        segment(1, 5, Some(4), "c", Some((6, "a"))),
        segment(1, 7, Some(6), "a", Some((8, "a"))),
        segment(1, 9, Some(8), "a", None),
    ];
    for other in 0..30 {
        documents.push(segment(100 + other, 1, None, &format!("front-{other}"), Some((2, "a"))));
        documents.push(segment(100 + other, 3, Some(2), "a", None));
    }
    let viewer = viewer_of(&documents);
    let page = Page::get(&viewer, "/");
    let mut names = BTreeMap::<String, usize>::new();
    page.texts(".map .node .name").into_iter().for_each(|name| *names.entry(name).or_default() += 1);
    assert_eq!((names["a"], names["b"], names["c"], names["Clients"], names.len()), (1, 1, 1, 31, 34));
    let edges: Vec<String> = page.texts(".map .edge title");
    for edge in ["a → b: 1 request", "b → c: 1 request", "c → a: 1 request", "a → a: 1 request", "front-7 → a: 1 request"] {
        assert_eq!(edges.iter().filter(|told| told.starts_with(edge)).count(), 1, "{edge} in {edges:?}");
    }
}

#[test]
fn hostile_names_are_text() {
    let script = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u{202e}\u{1b}[2J";
    let document = |id: u64, name: &str| {
        json!({"name": name, "id": format!("{id:016x}"), "trace_id": format!("1-65f0c0de-{id:024x}"), "start_time": 10.0, "end_time": 11.0, "origin": script,
            "subsegments": [{"id": format!("{:016x}", id + 100), "name": name, "namespace": "remote", "start_time": 10.0, "end_time": 10.5}]})
        .to_string()
    };
    let viewer = viewer_of(&[document(1, script), document(2, " "), document(3, &"long ".repeat(5_000)), document(4, "))} AND \"")]);
    let page = Page::get(&viewer, "/");
    assert!(
        !page.source.contains("<script>")
            && !page.source.contains("<img")
            && !page.source.contains('\u{202e}')
            && !page.source.contains('\u{1b}')
    );
    for node in page.all(".map .node").iter().filter_map(|node| node.attr("href")) {
        let detail = Page::get(&viewer, node);
        assert_eq!(detail.all("#detail").len(), 1, "{node}");
        for link in detail.all("#detail a[href^='/traces']").iter().filter_map(|link| link.attr("href")) {
            // Whatever a name has in it, the filter of the link is one.
            assert!(Page::get(&viewer, link).all("#problems").is_empty(), "{link}");
        }
    }
}
