//! Who depends on whom, and on how much.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::{none, text};

/// Our crates, and those of ours that each may depend on. ARCHITECTURE.md says what they are.
const MAY_DEPEND_ON: [(&str, &[&str]); 8] = [
    ("autoxray", &["xray-model", "xray-macros", "xray-runtime", "xray-sdk-patch", "xray-collector", "xray-testkit"]),
    ("xray-model", &[]),
    ("xray-macros", &[]),
    ("xray-runtime", &["xray-model", "xray-macros"]),
    ("xray-sdk-patch", &["xray-model", "xray-runtime"]),
    ("xray-collector", &["xray-model"]),
    ("cargo-xray", &["xray-collector", "xray-model"]),
    ("xray-testkit", &["xray-model", "xray-runtime"]),
];

/// Packages that an app gets on top of tokio and serde_json.
const PACKAGES_ADDED_MAX: usize = 10;

/// A crate of this workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// Manifest from the root of the workspace.
    manifest: String,
    /// Names of what it depends on outside of tests.
    dependencies: Vec<String>,
}

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(args).current_dir(crate::root()).output().expect("cargo runs");
    assert!(output.status.success(), "cargo {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// The crates of this workspace; packages that are tests or examples are no part of the library.
pub(crate) fn packages() -> Vec<Package> {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).expect("cargo writes JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let package = |package: &Value| {
        let manifest = PathBuf::from(string(&package["manifest_path"]));
        let outside_of_tests = list(&package["dependencies"]).into_iter().filter(|dependency| dependency["kind"] != "dev");
        Package {
            name: string(&package["name"]),
            folder: manifest.parent().map(PathBuf::from).unwrap_or_default(),
            manifest: manifest.strip_prefix(crate::root()).unwrap_or(&manifest).to_string_lossy().into_owned(),
            dependencies: outside_of_tests.map(|dependency| string(&dependency["name"])).collect(),
        }
    };
    let left_out = [crate::root().join("tests"), crate::root().join("examples")];
    let is_library = |package: &Package| !left_out.iter().any(|folder| package.folder.starts_with(folder));
    list(&metadata["packages"]).iter().map(package).filter(is_library).collect()
}

#[test]
fn crates_depend_only_on_those_below_them() {
    let ours: BTreeSet<&str> = MAY_DEPEND_ON.iter().map(|(name, _)| *name).collect();
    let mut problems = Vec::new();
    for package in packages() {
        let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(name, _)| *name == package.name) else {
            let place = "ARCHITECTURE.md and tests/tidy/manifests.rs";
            problems.push(format!("{}: `{}` has no place in the order of crates: give it one in {place}", package.manifest, package.name));
            continue;
        };
        let wrong = package.dependencies.iter().filter(|name| ours.contains(name.as_str()) && !allowed.contains(&name.as_str()));
        problems.extend(wrong.map(|name| {
            format!("{}: `{}` must not depend on `{name}`: what both need belongs in xray-model", package.manifest, package.name)
        }));
    }
    none(problems);
}

#[test]
fn versions_and_lints_come_from_the_workspace() {
    let mut problems = Vec::new();
    for package in packages() {
        let manifest = text(&package.manifest);
        let mut section = "";
        for (number, line) in (1..).zip(manifest.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let at = format!("{}:{number}", package.manifest);
            if line.starts_with('[') {
                section = line;
            } else if section.ends_with("dependencies]") && !section.starts_with("[workspace") && !line.contains("workspace = true") {
                problems.push(format!("{at}: `{line}`: give the version in [workspace.dependencies], and write `.workspace = true` here"));
            }
        }
        for key in ["version", "edition", "rust-version", "license"] {
            if !manifest.lines().any(|line| line == format!("{key}.workspace = true")) {
                problems.push(format!("{}: write `{key}.workspace = true`", package.manifest));
            }
        }
        let own_lints = package.name == "xray-runtime" && manifest.contains("unsafe_code = \"deny\"\nmissing_docs = \"deny\"");
        if !own_lints && !manifest.contains("[lints]\nworkspace = true") {
            problems.push(format!("{}: write `[lints]` with `workspace = true`", package.manifest));
        }
    }
    none(problems);
}

#[test]
fn little_is_added_to_an_app() {
    let tree = cargo(&["tree", "--package", "autoxray", "--edges", "no-dev", "--no-dedupe", "--prefix", "depth", "--format", " {p}"]);
    let (mut added, mut there) = (BTreeSet::new(), BTreeSet::new());
    // The depth of the tokio or serde_json that the line is below.
    let mut below = None;
    for line in tree.lines() {
        let (depth, package) = line.split_once(' ').expect("depth and package");
        let depth: usize = depth.parse().expect("a depth");
        // Name and version: two versions of one crate are two packages.
        let package: String = package.split(' ').take(2).collect::<Vec<_>>().join(" ");
        if below.is_some_and(|above| depth <= above) {
            below = None;
        }
        if below.is_none() && (package.starts_with("tokio ") || package.starts_with("serde_json ")) {
            below = Some(depth);
        }
        if below.is_some() {
            there.insert(package)
        } else {
            added.insert(package)
        };
    }
    let added: Vec<_> = added.difference(&there).collect();
    assert!(there.len() > 4 && added.len() > 4, "the tree was not understood:\n{tree}");
    assert!(added.len() <= PACKAGES_ADDED_MAX, "{} packages are added to an app, {PACKAGES_ADDED_MAX} are allowed: {added:?}", added.len());
}

#[test]
fn the_readme_and_the_architecture_list_every_crate() {
    for page in ["README.md", "ARCHITECTURE.md"] {
        let text = text(page);
        let missing = packages().into_iter().filter(|package| !text.contains(&format!("`{}`", package.name)));
        none(missing.map(|package| format!("{page}: the crate `{}` is missing in the table of crates", package.name)));
    }
}
