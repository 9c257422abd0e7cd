//! Sizes, folders, and where features are looked at.

use std::path::Path;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::source::{self, Source};
use crate::{none, text};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
/// Folders below `src`, one inside the other.
const FOLDERS_MAX: usize = 2;

#[test]
fn files_are_short() {
    let long = source::all().into_iter().filter(|source| source.lines > FILE_LINES_MAX);
    none(long.map(|source| {
        format!("{}: {} lines without tests, {FILE_LINES_MAX} are allowed: cut it where it holds two things", source.at(1), source.lines)
    }));
}

#[test]
fn folders_are_flat() {
    let depth = |source: &Source| source.path.split_once("src/").map_or(0, |(_, below)| below.matches('/').count());
    let deep = source::all().into_iter().filter(|source| depth(source) > FOLDERS_MAX);
    none(deep.map(|source| format!("{}: more than {FOLDERS_MAX} folders below src: move it up", source.at(1))));
}

/// Functions and their lines, from the signature on.
struct Functions<'a>(&'a Source, Vec<String>);

impl Functions<'_> {
    fn look(&mut self, name: &syn::Ident, from: usize, to: usize) {
        let lines = to + 1 - from;
        if lines > FUNCTION_LINES_MAX {
            self.1
                .push(format!("{}: `{name}` has {lines} lines, {FUNCTION_LINES_MAX} are allowed: take a step of it out", self.0.at(from)));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.look(&item.sig.ident, item.sig.span().start().line, item.block.span().end().line);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.look(&item.sig.ident, item.sig.span().start().line, item.block.span().end().line);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.look(&item.sig.ident, item.sig.span().start().line, item.span().end().line);
        visit::visit_trait_item_fn(self, item);
    }
}

#[test]
fn functions_are_short() {
    none(source::all().iter().flat_map(|source| {
        let mut functions = Functions(source, Vec::new());
        functions.visit_file(&source.file);
        functions.1
    }));
}

#[test]
fn lib_rs_holds_docs_and_exports() {
    let sources = source::all();
    let roots = sources.iter().filter(|source| source.path.ends_with("src/lib.rs"));
    none(roots.flat_map(|source| {
        let other = source.file.items.iter().filter(|item| match item {
            syn::Item::Mod(module) => module.content.is_some(),
            syn::Item::Use(_) | syn::Item::ExternCrate(_) => false,
            // The compiler takes attribute macros nowhere else.
            syn::Item::Fn(function) => !function.attrs.iter().any(|attribute| attribute.path().is_ident("proc_macro_attribute")),
            _ => true,
        });
        other.map(|item| format!("{}: lib.rs holds docs, modules and exports: move this to a module", source.at(item.span().start().line)))
    }));
}

/// Places that look at features, but for those that leave out a module or an export.
struct Features<'a>(&'a Source, Vec<String>);

impl Features<'_> {
    fn problem(&mut self, line: usize) {
        let remedy = "a feature is looked at on `mod` and `use` lines only: swap a module instead";
        self.1.push(format!("{}: {remedy}", self.0.at(line)));
    }
}

fn names_a_feature(tokens: &proc_macro2::TokenStream) -> bool {
    source::flat(tokens.clone()).iter().any(|token| token.text == "feature")
}

/// For a crate or module as a whole, that something may be unused where a feature is off: that changes no code.
fn is_of_lints(attribute: &syn::Attribute, tokens: &proc_macro2::TokenStream) -> bool {
    let is_inner = matches!(attribute.style, syn::AttrStyle::Inner(_));
    is_inner && attribute.path().is_ident("cfg_attr") && source::flat(tokens.clone()).iter().any(|token| token.text == "allow")
}

impl<'ast> Visit<'ast> for Features<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        // Those of the item itself are where they belong; what is inside is looked at.
        if let syn::Item::Mod(module) = item {
            module.content.iter().flat_map(|(_, items)| items).for_each(|item| self.visit_item(item));
        }
        attributes.iter().filter(|attribute| attribute.path().is_ident("cfg_attr")).for_each(|attribute| self.visit_attribute(attribute));
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta
            && (list.path.is_ident("cfg") || list.path.is_ident("cfg_attr"))
            && names_a_feature(&list.tokens)
            && !is_of_lints(attribute, &list.tokens)
        {
            self.problem(attribute.span().start().line);
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.is_ident("cfg") && names_a_feature(&call.tokens) {
            self.problem(call.span().start().line);
        }
    }
}

#[test]
fn features_swap_modules() {
    none(source::all().iter().flat_map(|source| {
        let mut features = Features(source, Vec::new());
        features.visit_file(&source.file);
        features.1
    }));
}

#[test]
fn scripts_can_be_run() {
    for path in ["scripts/test", ".ci/run"] {
        assert!(text(path).starts_with("#!/usr/bin/env bash\n"), "{path}: the first line is `#!/usr/bin/env bash`");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = Path::new(crate::root()).join(path).metadata().map_or(0, |metadata| metadata.permissions().mode());
            assert!(mode & 0o111 == 0o111, "{path}: chmod +x");
        }
    }
}
