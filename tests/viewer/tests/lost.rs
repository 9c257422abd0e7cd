//! What programs say they lost, on the page about health.

mod common;
mod page;

use std::process::Command;
use std::time::Duration;

use common::Viewer;
use page::Page;
use serde_json::{Map, Value, json};
use xray_collector::ServeSettings;

/// Service, what, why, how many, and how many programs say so.
fn rows(viewer: &Viewer) -> Vec<Vec<String>> {
    let rows = Page::get(viewer, "/health").rows("table.lost");
    rows.into_iter().map(|row| row.into_iter().take(5).collect()).collect()
}

#[test]
fn programs_tell_and_are_added_up() {
    let viewer = Viewer::start(ServeSettings::default());
    assert!(viewer.get("/health").body.contains("No program has told of losses"));
    for times in ["3", "4"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_loses"));
        program.env("AWS_XRAY_DAEMON_ADDRESS", viewer.local.local_addr().to_string()).env("XRAY_SAMPLING_RATE", "1");
        let output = program.arg(times).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert!(viewer.local.collector().wait_for(Duration::from_secs(30), |progress| progress.documents == 4));
    assert_eq!(rows(&viewer), [["loser", "metadata", "too large", "7", "2"]]);
    viewer.local.collector().clear();
    assert!(viewer.get("/health").body.contains("No program has told of losses"));
}

fn told(name: &str, losses: &Value) -> String {
    let now = common::now();
    json!({"name": name, "id": "53995c3f042cd8ad", "trace_id": common::hostile::TRACE, "start_time": now - 2.0, "end_time": now - 1.0,
        "metadata": {"autoxray": {"losses": losses}}})
    .to_string()
}

#[test]
fn what_is_no_count_is_not_shown_as_one() {
    let mut viewer = Viewer::start(ServeSettings::default());
    let many: Map<String, Value> = (0..2_000).map(|n| (format!("k, {n}"), json!(1))).collect();
    let id = "0123456789abcdef";
    viewer.send([
        told(
            "liar",
            &json!({"id": id, "since": "<b>", "lost": {"a, b": "7", "c, d": -1, "e, f": 1e300, "g, h": 2.5, "i, j": [1], "k, l": null}}),
        ),
        told("liar", &json!({"id": [], "lost": {"a, b": 1}})),
        told("liar", &json!([])),
        told("liar", &json!("7")),
        told("honest", &json!({"id": id, "since": 1e300, "lost": {"annotation, too large": 2}})),
    ]);
    assert_eq!(rows(&viewer), [["honest", "annotation", "too large", "2", "1"]]);
    let text = common::sound::text(&common::sound::sound("/health", &viewer.get("/health")));
    assert!(text.contains("Told, but no counts of losses: 9"), "{text}");
    viewer.send([
        told("many", &json!({"id": "0123456789abcde0", "lost": many})),
        told("most", &json!({"id": "0123456789abcde1", "lost": {"a": u64::MAX}})),
    ]);
    let rows = rows(&viewer);
    assert_eq!((rows.len(), rows[0][0].as_str()), (102, "most"));
    common::sound::sound("/health", &viewer.get("/health"));
}
