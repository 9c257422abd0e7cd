//! Goes through a file and writes down what it finds.

use std::collections::{HashMap, HashSet};

use proc_macro2::LineColumn;
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Signature, UseTree};

use super::attributes::{self, Business, Options, Own};
use super::text::{self, Constants};
use super::{Key, Kind, Manifest, Metric, Opens, Source, Traced, records};

/// What stands for a segment that has the service's name.
const SERVICE: &str = "(service)";

/// The methods that are called on the result of a call, with their arguments.
pub(super) type Chain = Vec<(String, Vec<Expr>)>;

/// What is found in one file.
pub(super) struct Collector<'a> {
    file: &'a str,
    with_tests: bool,
    pub(super) constants: Constants,
    /// Records of `map` that were brought in.
    pub(super) imports: Vec<(String, &'static str)>,
    /// Names that were brought in from our crates.
    pub(super) ours: HashSet<String>,
    /// The options of the traced container around the items.
    around: Option<Options>,
    pub(super) chains: HashMap<(usize, usize), Chain>,
    pub(super) found: Manifest,
    /// What is worth a line to the user.
    pub(super) notes: Vec<String>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(file: &'a str, with_tests: bool, items: &[syn::Item]) -> Self {
        let mut constants = Constants::new();
        text::constants(items, &mut constants);
        let (imports, ours, around, chains, found, notes) = Default::default();
        Self { file, with_tests, constants, imports, ours, around, chains, found, notes }
    }

    /// `path:line`
    pub(super) fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.file)
    }

    pub(super) fn note(&mut self, line: usize, text: &str) {
        let note = format!("{}: {text}", self.at(line));
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn annotation(&mut self, key: impl Into<String>, line: usize) {
        let at = vec![self.at(line)];
        self.found.annotations.push(Key { key: key.into(), at });
    }

    pub(super) fn metadata(&mut self, key: impl Into<String>, line: usize) {
        let at = vec![self.at(line)];
        self.found.metadata.push(Key { key: key.into(), at });
    }

    fn options(&mut self, own: &Own) -> Option<Options> {
        let parsed = Options::parse(own.tokens.clone());
        parsed.map_err(|error| self.note(own.line, &format!("`#[{}]` cannot be read: {error}", own.word))).ok()
    }

    /// What a container does with the items in it, given its own attributes.
    fn container(&mut self, attrs: &[Attribute]) -> Option<Options> {
        match attributes::own(attrs).iter().find(|own| own.word == "traced") {
            Some(own) => self.options(own).filter(|options| !options.skip),
            None => self.around.clone(),
        }
    }

    /// `block` is given for functions that may be `main`.
    fn function(&mut self, attrs: &[Attribute], sig: &Signature, block: Option<&syn::Block>) {
        let main = block.filter(|_| sig.ident == "main" && sig.inputs.is_empty());
        let name = sig.ident.unraw().to_string();
        let mut answers_for_itself = false;
        for own in attributes::own(attrs) {
            match own.word {
                "business_metric" => self.business(&own, sig),
                word => {
                    answers_for_itself = true;
                    if let (Some(block), "traced_lambda") = (main, word) {
                        self.main(&own, block);
                    } else if let Some(options) = self.options(&own)
                        && !options.skip
                    {
                        let kind = if word == "traced" { Kind::Traced } else { Kind::TracedLambda };
                        self.traced(kind, &name, &options, own.line);
                    }
                }
            }
        }
        if !answers_for_itself
            && sig.constness.is_none()
            && let Some(options) = self.around.clone()
        {
            self.traced(Kind::Traced, &name, &options, sig.ident.span().start().line);
        }
    }

    fn traced(&mut self, kind: Kind, function: &str, options: &Options, line: usize) {
        let own = || if kind == Kind::TracedLambda { format!("## {function}") } else { function.to_owned() };
        let at = vec![self.at(line)];
        self.found.traced.push(Traced {
            name: options.name.clone().unwrap_or_else(own),
            opens: Opens::Subsegment,
            kind,
            segment: options.segment.clone().map(|name| name.unwrap_or_else(|| SERVICE.to_owned())),
            namespace: options.namespace.clone(),
            sla: options.sla.clone(),
            at,
        });
        options.annotate.iter().for_each(|key| self.annotation(key, line));
        options.metadata.iter().for_each(|key| self.metadata(key, line));
        if options.sla.is_some() {
            records::of_sla().for_each(|key| self.annotation(key, line));
        }
    }

    /// `#[traced_lambda]` on `main` names the invocation after what is called in `service_fn( )`.
    fn main(&mut self, own: &Own, block: &syn::Block) {
        let Some(options) = self.options(own) else { return };
        let mut handlers = Handlers::default();
        handlers.0.extend(options.name.is_some().then(String::new));
        handlers.visit_block(block);
        if handlers.0.is_empty() {
            let text = "the name of the invocations does not follow from `main` as it is written: it is not in the manifest; \
                        write `#[traced_lambda(name = \"…\")]`, or put the attribute on the handler";
            self.note(own.line, text);
        }
        handlers.0.iter().for_each(|handler| self.traced(Kind::TracedLambda, handler, &options, own.line));
    }

    fn business(&mut self, own: &Own, sig: &Signature) {
        let mut names = Names(false);
        sig.inputs.iter().for_each(|argument| names.visit_fn_arg(argument));
        match Business::parse(own.tokens.clone(), own.line, names.0) {
            Err(error) => self.note(own.line, &format!("`#[business_metric]` cannot be read: {error}")),
            Ok(Business { name, unit, sum, when, resolution, sets }) => {
                let at = vec![self.at(own.line)];
                let when = Some(when);
                self.found.metrics.push(Metric { name, unit, source: Source::BusinessMetric, sum, resolution, when, sets, at });
            }
        }
    }

    /// Goes through what is inside under other options, or under none.
    fn inside(&mut self, around: Option<Options>, visit: impl FnOnce(&mut Self)) {
        let outside = std::mem::replace(&mut self.around, around);
        visit(self);
        self.around = outside;
    }

    fn is_left_out(&self, attrs: &[Attribute]) -> bool {
        !self.with_tests && attributes::is_test(attrs)
    }
}

/// Whether there is an argument that is called `duration`.
struct Names(bool);

impl<'ast> Visit<'ast> for Names {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        self.0 |= pat.ident == "duration";
    }
}

/// The functions that are called in `service_fn( )`.
#[derive(Default)]
struct Handlers(Vec<String>);

impl<'ast> Visit<'ast> for Handlers {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if is_path_to(&call.func, "service_fn") {
            self.0.extend(call.args.first().and_then(called));
        }
        visit::visit_expr_call(self, call);
    }
}

fn is_path_to(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// `handler`, `|event| handler(event)`, `|event| async move { handler(event).await }`
fn called(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) => path.path.segments.last().map(|last| last.ident.unraw().to_string()),
        Expr::Closure(closure) => called(&closure.body),
        Expr::Await(inner) => called(&inner.base),
        Expr::Call(call) => called(&call.func),
        Expr::MethodCall(call) => Some(call.method.unraw().to_string()),
        Expr::Block(block) => last(&block.block),
        Expr::Async(block) => last(&block.block),
        _ => None,
    }
}

fn last(block: &syn::Block) -> Option<String> {
    match block.stmts.last()? {
        syn::Stmt::Expr(expr, None) => called(expr),
        _ => None,
    }
}

/// The names that a `use` brings in.
fn brought_in(tree: &UseTree, into: &mut HashSet<String>) {
    match tree {
        UseTree::Path(path) => brought_in(&path.tree, into),
        UseTree::Group(group) => group.items.iter().for_each(|tree| brought_in(tree, into)),
        UseTree::Name(name) => drop(into.insert(name.ident.unraw().to_string())),
        UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !self.is_left_out(attrs_of(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        records::imported(&item.tree, false, &mut self.imports);
        if matches!(&item.tree, UseTree::Path(path) if path.ident == "autoxray" || path.ident == "xray_runtime") {
            brought_in(&item.tree, &mut self.ours);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, Some(&item.block));
        self.inside(None, |this| visit::visit_item_fn(this, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if self.is_left_out(&item.attrs) {
            return;
        }
        self.function(&item.attrs, &item.sig, None);
        self.inside(None, |this| visit::visit_impl_item_fn(this, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if item.default.is_some() {
            self.function(&item.attrs, &item.sig, None);
        }
        self.inside(None, |this| visit::visit_trait_item_fn(this, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let around = self.container(&item.attrs);
        self.inside(around, |this| visit::visit_item_impl(this, item));
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let around = self.container(&item.attrs);
        self.inside(around, |this| visit::visit_item_trait(this, item));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let around = self.container(&item.attrs);
        self.inside(around, |this| visit::visit_item_mod(this, item));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.chain(call);
        self.method(call);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        self.call(call);
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        // What a macro makes is not seen by an attribute around it.
        self.inside(None, |this| this.tokens(call.tokens.clone()));
    }
}

/// Where an expression begins.
pub(super) fn place(expr: &impl syn::spanned::Spanned) -> (usize, usize) {
    let LineColumn { line, column } = expr.span().start();
    (line, column)
}

/// The line of an expression.
pub(super) fn line(expr: &impl syn::spanned::Spanned) -> usize {
    expr.span().start().line
}

fn attrs_of(item: &syn::Item) -> &[Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
