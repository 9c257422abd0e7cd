//! One file: parsed, and what it says of the modules in other files.

use std::path::{Component, Path, PathBuf};

use syn::Item;
use syn::ext::IdentExt as _;
use syn::visit::Visit as _;

use super::collector::Collector;
use super::{Manifest, attributes};
use crate::Error;

/// Adds what stands in this source text to the manifest, tests left out. `shown` is the path that the entries are to have. Returns what is
/// worth a line to the user, such as names that are computed.
///
/// # Errors
///
/// If the text is no Rust: with path, line and reason.
pub fn collect(shown: &str, text: &str, manifest: &mut Manifest) -> Result<Vec<String>, Error> {
    Ok(add(shown, &parse(shown, text)?, false, manifest))
}

pub(super) fn parse(shown: &str, text: &str) -> Result<syn::File, Error> {
    syn::parse_file(text).map_err(|error| {
        let place = error.span().start();
        Error::new(format!("{shown}:{}:{}: this does not parse: {error}", place.line, place.column + 1))
    })
}

/// The same for a file that has been parsed, with or without tests.
pub(super) fn add(shown: &str, file: &syn::File, with_tests: bool, manifest: &mut Manifest) -> Vec<String> {
    let mut collector = Collector::new(shown, with_tests, &file.items);
    // What is brought in holds for what stands above it, too.
    file.items.iter().filter(|item| matches!(item, Item::Use(_))).for_each(|item| collector.visit_item(item));
    if with_tests || !attributes::is_test(&file.attrs) {
        collector.visit_file(file);
    }
    let Manifest { traced, annotations, metadata, metrics, .. } = collector.found;
    manifest.traced.extend(traced);
    manifest.annotations.extend(annotations);
    manifest.metadata.extend(metadata);
    manifest.metrics.extend(metrics);
    collector.notes
}

/// A module in a file of its own.
pub(super) struct Module {
    /// Where it may be.
    pub(super) paths: Vec<PathBuf>,
    /// Where its own modules are.
    pub(super) folder: PathBuf,
    pub(super) is_test: bool,
}

/// The modules that a file declares. Those of a crate's root stand beside it.
pub(super) fn modules(file: &syn::File, path: &Path, is_root: bool) -> Vec<Module> {
    let beside = path.parent().unwrap_or(Path::new(""));
    let is_beside = is_root || path.file_name().is_some_and(|name| name == "mod.rs");
    let folder = if is_beside { beside.to_path_buf() } else { path.with_extension("") };
    let mut modules = Vec::new();
    declared(&file.items, beside, &folder, false, &mut modules);
    modules
}

fn declared(items: &[Item], beside: &Path, folder: &Path, in_test: bool, into: &mut Vec<Module>) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        let name = module.ident.unraw().to_string();
        let is_test = in_test || attributes::is_test(&module.attrs);
        let own_folder = folder.join(&name);
        match (&module.content, attributes::path(&module.attrs)) {
            (Some((_, items)), _) => declared(items, &own_folder, &own_folder, is_test, into),
            (None, Some(path)) => into.push(Module { paths: vec![plain(&beside.join(path))], folder: own_folder, is_test }),
            (None, None) => {
                let paths = vec![folder.join(format!("{name}.rs")), own_folder.join("mod.rs")];
                into.push(Module { paths, folder: own_folder, is_test });
            }
        }
    }
}

/// The path without `.` and `..`, so that a file has one path.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir if plain.file_name().is_some() => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}
