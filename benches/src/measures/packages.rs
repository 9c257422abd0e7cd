//! Packages that a tracer with its exporter over UDP adds to an app that has tokio and serde_json already.

use std::collections::BTreeSet;

use super::{cargo, output};
use crate::Settings;
use crate::cases::Peer;
use crate::report::{Findings, Row, Value};

/// The features of `fixtures/app`.
const FEATURES: [(Peer, &str); 5] = [
    (Peer::Autoxray, "autoxray"),
    (Peer::OtelDirect, "otel-direct"),
    (Peer::Fastrace, "fastrace"),
    (Peer::TracingOtel, "tracing-otel"),
    (Peer::XrayLite, "xray-lite"),
];

pub fn measure(_: &Settings) -> Findings {
    let before = packages(None);
    let mut row = Row::new("packages added").bar(10.0);
    let mut notes = vec![format!("Packages: an app with tokio (full) and serde_json has {} to begin with.", before.len())];
    for (peer, feature) in FEATURES {
        let after = packages(Some(feature));
        let added: Vec<&str> = after.difference(&before).map(String::as_str).collect();
        row = row.cell(peer, Value::Number(added.len() as f64));
        if peer == Peer::Autoxray {
            notes.push(format!("autoxray adds: {}.", added.join(", ")));
        }
    }
    Findings { rows: vec![row], notes }
}

/// Names and versions of all that is compiled for the app.
fn packages(feature: Option<&str>) -> BTreeSet<String> {
    let mut command = cargo();
    command.args(["tree", "--quiet", "--locked", "--package", "app", "--edges", "normal,build"]);
    command.args(["--prefix", "none", "--no-dedupe", "--format", "{p}"]);
    if let Some(feature) = feature {
        command.args(["--features", feature]);
    }
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    output(&mut command).lines().filter(|l| !l.is_empty()).map(name_and_version).collect()
}
