//! The files of a workspace, as cargo knows them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::{Manifest, source};
use crate::Error;

/// What is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A `Cargo.toml`; that of the folder or of one above it if left out.
    pub manifest_path: Option<PathBuf>,
    /// Names of packages; all of the workspace if there is none.
    pub packages: Vec<String>,
    /// Also tests, benches and examples.
    pub all_targets: bool,
    /// Keep lines.
    pub locations: bool,
}

/// A workspace that has been read.
#[derive(Clone, Debug)]
pub struct Read {
    /// What is in it.
    pub manifest: Manifest,
    /// What is worth a line to the user.
    pub notes: Vec<String>,
    /// Its folder.
    pub root: PathBuf,
    /// What it is called: the only package that was read, or the one in that folder, or the folder.
    pub name: String,
}

/// What `cargo metadata` says.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
    src_path: PathBuf,
}

impl Target {
    fn is(&self, kinds: &[&str]) -> bool {
        self.kind.iter().any(|kind| kinds.contains(&kind.as_str()))
    }

    /// Not built with the package.
    fn is_extra(&self) -> bool {
        self.is(&["test", "bench", "example"])
    }
}

/// Reads the packages of a workspace.
///
/// # Errors
///
/// If there is none, or if a file cannot be read or parsed: with all of those.
pub fn read(options: &Options) -> Result<Read, Error> {
    let mut metadata = metadata(options.manifest_path.as_deref())?;
    choose(&mut metadata.packages, &options.packages)?;
    let mut files = Files { all_targets: options.all_targets, ..Files::default() };
    metadata.packages.iter().for_each(|package| files.package(package, &metadata.target_directory));
    files.follow(&metadata.workspace_root);
    let (mut manifest, mut notes, mut problems) = (Manifest::default(), Vec::new(), files.problems);
    for (path, file) in &files.parsed {
        if files.tests.iter().any(|test| path.starts_with(test)) {
            continue;
        }
        match file {
            Ok(file) => notes.extend(source::add(&shown(path, &metadata.workspace_root), file, options.all_targets, &mut manifest)),
            Err(error) => problems.push(error.to_string()),
        }
    }
    Error::all(&problems)?;
    let manifest = manifest.sorted(options.locations);
    notes.extend(manifest.contradictions());
    Ok(Read { manifest, notes, name: name(&metadata), root: metadata.workspace_root })
}

fn metadata(manifest_path: Option<&Path>) -> Result<Metadata, Error> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    if let Some(path) = manifest_path {
        command.arg("--manifest-path").arg(path);
    }
    let output =
        command.output().map_err(|error| Error::new(format!("`cargo metadata` cannot be run: {error}; cargo has to be in PATH")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let text = format!(
            "{}\n`cargo metadata` has failed: go to a folder with a Cargo.toml, or give one by `--manifest-path`",
            said.trim().trim_start_matches("error: ")
        );
        return Err(Error::new(text));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| Error::new(format!("what `cargo metadata` says is not understood: {error}")))
}

/// Keeps the packages that are asked for.
fn choose(packages: &mut Vec<Package>, wanted: &[String]) -> Result<(), Error> {
    let there: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let missing = wanted.iter().filter(|name| !there.contains(&name.as_str()));
    let problem = |name| format!("there is no package `{name}` in the workspace: its packages are {}", there.join(", "));
    Error::all(&missing.map(problem).collect::<Vec<_>>())?;
    packages.retain(|package| wanted.is_empty() || wanted.contains(&package.name));
    Ok(())
}

fn name(metadata: &Metadata) -> String {
    let in_root = |package: &&Package| package.manifest_path.parent() == Some(&metadata.workspace_root);
    let package = match &metadata.packages[..] {
        [only] => Some(only),
        all => all.iter().find(in_root),
    };
    let folder = || metadata.workspace_root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    package.map_or_else(folder, |package| package.name.clone())
}

/// From the root of the workspace, with `/`.
fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

#[derive(Default)]
struct Files {
    all_targets: bool,
    /// What is still to be parsed, with what follows from where a file stands: whether modules are beside it.
    pending: Vec<(PathBuf, bool)>,
    parsed: BTreeMap<PathBuf, Result<syn::File, Error>>,
    /// Modules that are only there for tests: files, and folders of their own modules.
    tests: BTreeSet<PathBuf>,
    problems: Vec<String>,
}

impl Files {
    /// All files in the source folders of a package, and the roots of what else is asked for.
    fn package(&mut self, package: &Package, target_directory: &Path) {
        let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
        let mut left_out = BTreeSet::from([target_directory.to_path_buf()]);
        left_out.extend(["target", "tests", "benches", "examples"].map(|name| folder.join(name)));
        left_out
            .extend(package.targets.iter().filter(|target| target.is_extra() || target.is(&["custom-build"])).map(|t| t.src_path.clone()));
        for target in package.targets.iter().filter(|target| !target.is(&["custom-build"])) {
            if !target.is_extra() {
                self.pending.push((target.src_path.clone(), true));
                self.walk(target.src_path.parent().unwrap_or(folder), &left_out);
            } else if self.all_targets {
                self.pending.push((target.src_path.clone(), true));
            }
        }
    }

    fn walk(&mut self, folder: &Path, left_out: &BTreeSet<PathBuf>) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.problems.push(format!("{}: this folder cannot be read: {error}", folder.display())),
        };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if is_hidden || left_out.contains(&path) {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                // Another package, which answers for itself if it is a member.
                if !path.join("Cargo.toml").exists() {
                    self.walk(&path, left_out);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let is_root = path.file_name().is_some_and(|name| name == "lib.rs" || name == "main.rs");
                self.pending.push((path, is_root));
            }
        }
    }

    /// Parses what is pending, and the modules that it declares.
    fn follow(&mut self, root: &Path) {
        // Roots last, so that they are taken first: their modules are beside them.
        self.pending.sort_by_key(|(_, is_root)| *is_root);
        while let Some((path, is_root)) = self.pending.pop() {
            if self.parsed.contains_key(&path) {
                continue;
            }
            let shown = shown(&path, root);
            let text = fs::read_to_string(&path).map_err(|error| Error::new(format!("{shown}: this file cannot be read: {error}")));
            let file = text.and_then(|text| source::parse(&shown, &text));
            if let Ok(file) = &file {
                for module in source::modules(file, &path, is_root) {
                    if module.is_test && !self.all_targets {
                        self.tests.extend(module.paths.into_iter().chain([module.folder]));
                    } else {
                        self.pending.extend(module.paths.into_iter().filter(|path| path.exists()).map(|path| (path, false)));
                    }
                }
            }
            self.parsed.insert(path, file);
        }
    }
}
