//! Calls by hand: `subsegment("…")`, `annotate("key", …)`, `Metric::counter("…", […])`, `map::Cache::new(…)`, also in macros.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit::Visit as _;
use syn::{Block, Expr, ExprCall, ExprMethodCall, Token};

use super::collector::{Chain, Collector, line, place};
use super::text::{list, text, texts, unit};
use super::{Kind, Metric, Opens, Source, Traced, records};

impl Collector<'_> {
    /// Keeps the methods that are called on the result of a call, for when that call is looked at. The whole chain is visited first.
    pub(super) fn chain(&mut self, last: &ExprMethodCall) {
        let mut methods = vec![(last.method.unraw().to_string(), last.args.iter().cloned().collect())];
        let mut receiver = &*last.receiver;
        loop {
            receiver = match receiver {
                Expr::MethodCall(call) => {
                    methods.push((call.method.unraw().to_string(), call.args.iter().cloned().collect()));
                    &call.receiver
                }
                Expr::Await(inner) => &inner.base,
                Expr::Try(inner) => &inner.expr,
                Expr::Paren(inner) => &inner.expr,
                Expr::Call(call) => {
                    self.chains.entry(place(call)).or_insert(methods);
                    return;
                }
                _ => return,
            };
        }
    }

    pub(super) fn method(&mut self, call: &ExprMethodCall) {
        let args: Vec<&Expr> = call.args.iter().collect();
        self.value(&call.method.unraw().to_string(), &args, line(&call.method));
    }

    /// `annotate(key, value)`, `metadata(key, value)`, `metadata_in(namespace, key, value)`, as functions and as methods.
    fn value(&mut self, name: &str, args: &[&Expr], line: usize) {
        match (name, args) {
            ("annotate", [key, _]) => text(key, &self.constants).into_iter().for_each(|key| self.annotation(key, line)),
            ("metadata", [key, _]) | ("metadata_in", [_, key, _]) => {
                text(key, &self.constants).into_iter().for_each(|key| self.metadata(key, line));
            }
            _ => {}
        }
    }

    pub(super) fn call(&mut self, call: &ExprCall) {
        let Expr::Path(function) = &*call.func else { return };
        let path: Vec<String> = function.path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect();
        let args: Vec<&Expr> = call.args.iter().collect();
        let line = line(call);
        let chain = self.chains.remove(&place(call)).unwrap_or_default();
        let Some((name, owner)) = path.split_last() else { return };
        match (name.as_str(), &args[..]) {
            ("segment", [name]) => self.by_hand(Opens::Segment, name, &chain, &path, line),
            ("subsegment", [name]) => self.by_hand(Opens::Subsegment, name, &chain, &path, line),
            ("new", [name, unit, keys]) if is_metric(owner) => self.metric(name, Some(unit), keys, &chain, line),
            ("counter", [name, keys]) if is_metric(owner) => self.metric(name, None, keys, &chain, line),
            ("new", _) => {
                let Some(record) = records::named(owner, &self.imports) else { return };
                let methods: Vec<String> = chain.into_iter().map(|(name, _)| name).collect();
                records::keys(record, &methods).for_each(|key| self.annotation(key, line));
            }
            (name, args) => self.value(name, args, line),
        }
    }

    fn by_hand(&mut self, opens: Opens, name: &Expr, chain: &Chain, path: &[String], line: usize) {
        let Some(name) = text(name, &self.constants) else {
            let is_ours = match path {
                [first, _, ..] => first == "autoxray" || first == "xray_runtime",
                [name] => self.ours.contains(name),
                [] => false,
            };
            if is_ours {
                self.note(line, "the name of this segment or subsegment is computed, so that it is not in the manifest");
            }
            return;
        };
        let namespace = chain.iter().find(|(method, _)| method == "namespace").and_then(|(_, args)| match args.first()? {
            Expr::Path(path) => Some(path.path.segments.last()?.ident.to_string().to_lowercase()),
            _ => None,
        });
        let at = vec![self.at(line)];
        self.found.traced.push(Traced { name, opens, kind: Kind::ByHand, segment: None, namespace, sla: None, at });
    }

    fn metric(&mut self, name: &Expr, given: Option<&Expr>, keys: &Expr, chain: &Chain, line: usize) {
        let of_path = |expr: &Expr| match expr {
            Expr::Path(path) => path.path.segments.last().map(|last| unit(&last.ident.unraw().to_string())),
            _ => None,
        };
        let sum = given.is_none();
        let known = given.map_or_else(|| Some("Count".to_owned()), of_path);
        let (Some(name), Some(unit)) = (text(name, &self.constants), known) else {
            return self.note(line, "the name or the unit of this metric is computed, so that it is not in the manifest");
        };
        let chosen = chain.iter().find(|(method, _)| method == "sets").map(|(_, args)| {
            let sets = list(args.first()?)?;
            sets.into_iter().map(|set| texts(set, &self.constants)).collect::<Option<Vec<_>>>()
        });
        let Some(sets) = chosen.unwrap_or_else(|| texts(keys, &self.constants).map(|keys| vec![keys])) else {
            return self.note(line, &format!("the dimensions of the metric `{name}` are computed, so that it is not in the manifest"));
        };
        let resolution = if chain.iter().any(|(method, _)| method == "high_resolution") { 1 } else { 60 };
        let at = vec![self.at(line)];
        self.found.metrics.push(Metric { name, unit, source: Source::ByHand, sum, resolution, when: None, sets, at });
    }

    /// The tokens of a macro's call: as expressions, as statements, or else whatever in them looks like a call.
    pub(super) fn tokens(&mut self, tokens: TokenStream) {
        if let Ok(list) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            list.iter().for_each(|expr| self.visit_expr(expr));
        } else if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            statements.iter().for_each(|statement| self.visit_stmt(statement));
        } else if let Ok(file) = syn::parse2::<syn::File>(tokens.clone()) {
            file.items.iter().for_each(|item| self.visit_item(item));
        } else {
            self.scan(&tokens.into_iter().collect::<Vec<_>>());
        }
    }

    fn scan(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            // Up to the last call that can be read: `subsegment("x").run($code)` in a macro's definition has one that cannot.
            let ends = (at + 1..=at + expression(&tokens[at..])).rev().filter(|end| matches!(tokens[end - 1], TokenTree::Group(_)));
            let mut whole = ends.filter_map(|end| Some((end, syn::parse2::<Expr>(tokens[at..end].iter().cloned().collect()).ok()?)));
            if let Some((end, expr)) = whole.next() {
                self.visit_expr(&expr);
                at = end;
                continue;
            }
            if let TokenTree::Group(group) = token {
                self.tokens(group.stream());
            }
            at += 1;
        }
    }
}

/// How many tokens in front look like `a::b(…).c(…)?`. None, unless there is a call among them.
fn expression(tokens: &[TokenTree]) -> usize {
    let (mut length, mut calls) = (0, false);
    let sign = |token: Option<&TokenTree>, sign: char| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let ident = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(_)));
    if !ident(tokens.first()) {
        return 0;
    }
    length += 1;
    loop {
        let rest = &tokens[length..];
        length += match rest {
            [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Parenthesis => {
                calls = true;
                1
            }
            [TokenTree::Punct(punct), ..] if punct.as_char() == '?' => 1,
            _ if sign(rest.first(), ':') && sign(rest.get(1), ':') && ident(rest.get(2)) => 3,
            _ if sign(rest.first(), '.') && ident(rest.get(1)) => 2,
            _ => return if calls { length } else { 0 },
        };
    }
}

/// `Metric`, by whatever path, with whatever number.
fn is_metric(owner: &[String]) -> bool {
    owner.last().is_some_and(|owner| owner == "Metric")
}
