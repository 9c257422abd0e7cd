//! The workspace that the command is run in: which autoxray it has, and with which features.

use serde_json::Value;

use super::check::Check;

/// What `cargo metadata` says.
#[derive(Debug)]
pub(super) enum Project {
    /// There is no workspace here.
    None,
    /// Cargo could not say.
    Unknown(String),
    Metadata(Value),
}

/// Judges which autoxray is built into the programs of a workspace.
pub(super) fn check(project: &Project) -> Check {
    let name = "autoxray";
    let metadata = match project {
        Project::None => return Check::ok(name, "there is no Cargo.toml here: run this in a workspace to have its features looked at"),
        Project::Unknown(why) => {
            return Check::warn(
                name,
                format!("cargo does not say what the workspace is made of: {why}"),
                "run `cargo metadata` to see more, or `cargo fetch` if packages are missing",
            );
        }
        Project::Metadata(metadata) => metadata,
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let of_name = |package: &Value| package["name"] == "autoxray";
    let packages: Vec<Value> = list(&metadata["packages"]).into_iter().filter(of_name).collect();
    let versions: Vec<&str> = packages.iter().filter_map(|package| package["version"].as_str()).collect();
    let [package] = packages.as_slice() else {
        return match packages.is_empty() {
            true => Check::warn(name, "the workspace does not depend on it", "add it to the dependencies of a program"),
            false => Check::warn(
                name,
                format!("the workspace has several: {}", versions.join(", ")),
                "take one version everywhere: each has a recorder of its own, and they do not share traces",
            ),
        };
    };
    let node = list(&metadata["resolve"]["nodes"]).into_iter().find(|node| node["id"] == package["id"]).unwrap_or_default();
    let features: Vec<String> = list(&node["features"]).iter().filter_map(Value::as_str).map(String::from).collect();
    let has = |feature: &str| features.iter().any(|known| known == feature);
    let shown: Vec<&str> = features.iter().map(String::as_str).filter(|feature| *feature != "default").collect();
    let seen = format!("{} with the features {}", versions.join(", "), shown.join(", "));
    match () {
        () if shown.is_empty() => Check::fail(
            name,
            format!("{} without any feature: nothing is recorded", versions.join(", ")),
            "switch on the feature `recording`",
        ),
        () if !has("recording") => Check::fail(name, format!("{seen}: nothing is recorded"), "switch on the feature `recording`"),
        () if !has("metrics") => Check::ok(name, seen).with("the feature `metrics` counts requests, errors and faults of all calls"),
        () if !has("autopatch") && !has("aws") && !has("reqwest") => {
            Check::ok(name, seen).with("the feature `autopatch` records calls of the AWS SDK and of reqwest by themselves")
        }
        () => Check::ok(name, seen),
    }
}
