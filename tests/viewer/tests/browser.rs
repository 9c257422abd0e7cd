//! The viewer in a real browser; the clicks are in `browser/click.cjs`.

mod common;

use std::path::PathBuf;
use std::process::Command;

use autoxray_viewer_tests::{Shop, big_trace};
use common::Viewer;
use serde_json::{Value, json};
use xray_collector::ServeSettings;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn a_browser_finds_its_way() {
    let modules = PathBuf::from(ROOT).join("target/viewer/node_modules");
    assert!(
        modules.join("playwright-core").is_dir() && modules.join("axe-core").is_dir(),
        "There is no playwright-core in {}: run scripts/test tests, or copy tests/viewer/browser/package*.json to target/viewer and run npm ci there.",
        modules.display()
    );
    let chromium = chromium();

    let log = std::env::temp_dir().join(format!("autoxray-viewer-{}.log", std::process::id()));
    let mut settings = ServeSettings::default();
    settings.logs = vec![log.clone(), "/no/such/file.log".into()];
    let mut viewer = Viewer::start(settings);
    let begun = common::now();
    let shop: Vec<Vec<String>> = (0..240).map(|number| Shop::trace(number, begun - (240 - number) as f64 * 0.9)).collect();
    viewer.send(shop.iter().flatten());
    viewer.send(big_trace(2_000, begun - 100.0));
    let hostile = "1-5759e988-bd862e3fe1be46a994272793";
    viewer.send([hostile_document(hostile)]);
    let alone = "1-5759e988-00000000000000000000000a";
    viewer.send([json!({"name": "mailer", "id": "00000000000000ab", "trace_id": alone, "parent_id": "00000000000000ac", "type": "subsegment", "start_time": begun - 40.0})
        .to_string()]);
    viewer.send(["not JSON"]);

    // The latest whose checkout failed, and the segment that says why.
    let read = |document: &String| serde_json::from_str::<Value>(document).unwrap();
    let failed: Value =
        shop.iter().flatten().rev().map(read).find(|document| document["cause"]["exceptions"][0]["type"] == "CheckoutError").unwrap();
    let big = read(&big_trace(2_000, begun - 100.0)[0])["trace_id"].clone();
    let id = failed["trace_id"].as_str().unwrap();
    std::fs::write(&log, format!("{{\"level\":\"info\",\"message\":\"<b>hello</b>\",\"trace\":\"{id}\"}}\nother\n")).unwrap();
    let traces = json!({"failed": id, "segment": failed["id"], "big": big, "hostile": hostile, "alone": alone});

    let output = Command::new("node")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/browser/click.cjs"))
        .env("NODE_PATH", modules)
        .env("VIEWER", format!("http://{}", viewer.local.local_addr()))
        .env("CHROMIUM", chromium)
        .env("SCREENSHOTS", PathBuf::from(ROOT).join("target/screenshots"))
        .env("TRACES", traces.to_string())
        .output()
        .expect("Node does not run: apt-get install nodejs, as scripts/test does");
    let _ = std::fs::remove_file(&log);
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

/// Debian's Chromium, or the browser that the variable CHROMIUM names.
fn chromium() -> PathBuf {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        assert!(named.is_file(), "CHROMIUM names {}, which is no file", named.display());
        return named;
    }
    let usual =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/snap/bin/chromium"];
    let found = usual.into_iter().map(PathBuf::from).find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!("There is no Chromium at {}: apt-get install chromium, as scripts/test does, or name one in CHROMIUM.", usual.join(", "))
    })
}

fn hostile_document(trace: &str) -> String {
    let script = "<script>document.title='owned'</script>\"'><img src=x onerror=alert(1)>\u{202e}\u{1b}[2J";
    json!({
        "name": script, "id": "00000000000000aa", "trace_id": trace, "start_time": common::now() - 50.0, "end_time": common::now() - 49.0, "fault": true,
        "user": script, "origin": script, "http": {"request": {"url": "javascript:alert(1)", "method": script}, "response": {"status": 500}},
        "annotations": {script: script, "plain": script}, "metadata": {script: {script: [script, "x".repeat(2_000)]}},
        "cause": {"exceptions": [{"type": script, "message": script, "stack": [{"path": script, "line": 1, "label": script}]}]},
    })
    .to_string()
}
