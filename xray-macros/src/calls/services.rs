//! Services that `main` hands to `lambda_runtime::run` and the like.
//!
//! Any function may be called `run`. What it is given comes out as it was, unless it is a service of Lambda's; the compiler tells. But it can only
//! tell what it knows, so only what looks like a service is touched, or what goes to a function of Lambda's crates by its full path; and of that
//! nothing whose type follows from what the function takes (see [`is_certain`]).

mod name;
#[cfg(test)]
mod tests;

use proc_macro2::Span;
use quote::quote_spanned;
use syn::ext::IdentExt as _;
use syn::{Expr, ExprCall, Ident, LitStr, Local, Pat, Path, Type};

use super::find::Finder;
use crate::args::Args;
use crate::rt;

/// Functions that take a service.
pub(super) const WORDS: [&str; 9] = [
    "run",
    "run_concurrent",
    "runtime",
    "runtime_concurrent",
    "run_with_streaming_response",
    "run_with_streaming_response_concurrent",
    "streaming_runtime",
    "streaming_runtime_concurrent",
    // `Runtime::new`
    "Runtime",
];
const LEFT: &str = "the type of what is run may depend on the function that takes it: put `#[traced_lambda]` on the handler";

/// What is known of the services in a body.
pub(super) struct Services {
    /// What the handler is called, if that was said.
    name: Option<String>,
    capture_error: bool,
    /// The variables so far.
    variables: Vec<Variable>,
}

/// `let variable = …;`
struct Variable {
    ident: Ident,
    /// The name of the handler in it.
    handler: Option<String>,
    is_service: bool,
    is_certain: bool,
}

/// A service that is to be recorded.
pub(super) struct Service {
    /// The function that takes it.
    at: Span,
    name: String,
    method: &'static str,
}

impl Services {
    pub(super) fn of(args: &Args) -> Option<Self> {
        let name = args.name.as_ref().map(|given| given.value.value());
        Some(Self { name, capture_error: args.captures_error(), variables: Vec::new() })
    }

    /// Keeps what a variable holds.
    pub(super) fn bind(&mut self, local: &Local) {
        let (pattern, is_reference) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, matches!(*typed.ty, Type::Reference(_))),
            pattern => (pattern, false),
        };
        let (Pat::Ident(variable), Some(init)) = (pattern, &local.init) else { return };
        let handler = name::of_service(&init.expr, self).or_else(|| name::of_closure(&init.expr));
        let is_certain = !is_reference && variable.by_ref.is_none() && self.is_certain(&init.expr);
        let is_service = name::is_service(&init.expr, self);
        self.variables.push(Variable { ident: variable.ident.clone(), handler, is_service, is_certain });
    }

    /// How many variables there are; those that come after are forgotten by [`leave`](Self::leave).
    pub(super) fn bound(&self) -> usize {
        self.variables.len()
    }

    pub(super) fn leave(&mut self, bound: usize) {
        self.variables.truncate(bound);
    }

    fn variable(&self, ident: &Ident) -> Option<&Variable> {
        self.variables.iter().rev().find(|variable| variable.ident == *ident)
    }

    /// Is this what it is, whatever is expected of it? To look at it does no harm then. A variable might be a `&mut`, which is lent if the type
    /// of a parameter says so, and moved if not.
    fn is_certain(&self, expr: &Expr) -> bool {
        /// Their type is what is expected of them.
        const EXPECTED: [&str; 9] =
            ["into", "try_into", "parse", "collect", "default", "unwrap_or_default", "sum", "product", "deserialize"];
        match expr {
            Expr::Paren(inner) => self.is_certain(&inner.expr),
            Expr::Group(inner) => self.is_certain(&inner.expr),
            Expr::Await(of) => self.is_certain(&of.base),
            Expr::Try(of) => self.is_certain(&of.expr),
            Expr::Path(path) => match path.path.get_ident() {
                Some(ident) => self.variable(ident).map_or_else(|| is_value(ident), |variable| variable.is_certain),
                None => true,
            },
            Expr::Field(field) => self.is_certain(&field.base),
            Expr::Struct(_) => true,
            Expr::MethodCall(call) => {
                let is_expected = call.turbofish.is_none() && EXPECTED.iter().any(|name| call.method == name);
                !is_expected && !lends(&call.method) && (self.is_certain(&call.receiver) || !is_passed_on(&call.method))
            }
            Expr::Call(call) => {
                let Some(name) = last(call) else { return false };
                let is_wrapper = name == "new" || name == "from" || starts_upper(name);
                let is_certain = |expr: &Expr| !matches!(expr, Expr::Closure(_)) && self.is_certain(expr);
                !EXPECTED.iter().any(|expected| name == expected) && (!is_wrapper || call.args.iter().all(is_certain))
            }
            _ => false,
        }
    }
}

/// `get_mut()` and the like give a `&mut`.
fn lends(method: &Ident) -> bool {
    let name = method.to_string();
    name.ends_with("mut") || name.starts_with("as_")
}

/// `unwrap()` and the like give what they were called on, or nothing.
fn is_passed_on(method: &Ident) -> bool {
    ["unwrap", "expect", "unwrap_or_else", "clone"].iter().any(|name| method == name)
}

/// `LikeThis`, which is a value of its own type, but for `None`.
fn is_value(ident: &Ident) -> bool {
    starts_upper(ident) && ident != "None"
}

fn starts_upper(ident: &Ident) -> bool {
    ident.to_string().starts_with(char::is_uppercase)
}

fn last(call: &ExprCall) -> Option<&Ident> {
    let Expr::Path(path) = &*call.func else { return None };
    path.path.segments.last().map(|segment| &segment.ident)
}

/// The name of a function that takes a service.
fn taker(path: &Path) -> Option<&Ident> {
    let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
    let (last, before) = (names.next()?, names.next());
    let is_new = last == "new" && before.is_some_and(|before| before == "Runtime");
    // What was written for the types of a function is no longer what it is given.
    let is_plain = path.segments.iter().all(|segment| segment.arguments.is_none());
    (is_plain && (is_new || last != "Runtime" && WORDS.iter().any(|word| last == word))).then_some(last)
}

/// Does a path name a function of `lambda_runtime` or `lambda_http`?
fn is_of_lambda(path: &Path) -> bool {
    let first = path.segments.first().map(|segment| &segment.ident);
    first.is_some_and(|first| ["lambda_runtime", "lambda_http", "Runtime"].iter().any(|name| first == name))
}

impl Finder {
    /// The service that is handed to a function here.
    pub(super) fn service(&mut self, expr: &Expr) -> Option<Service> {
        let services = self.services.as_ref()?;
        let Expr::Call(call) = expr else { return None };
        let Expr::Path(path) = &*call.func else { return None };
        if call.args.len() != 1 || !call.attrs.is_empty() || path.qself.is_some() {
            return None;
        }
        let (argument, taker) = (&call.args[0], taker(&path.path)?);
        if !is_of_lambda(&path.path) && !name::is_service(argument, services) {
            return None;
        }
        let found = name::of_service(argument, services);
        if !services.is_certain(argument) {
            self.notes.left(taker.span(), LEFT);
            return None;
        }
        let own = || format!("## {}", found.as_deref().unwrap_or("handler"));
        let name = services.name.clone().unwrap_or_else(own);
        let streams = taker.unraw().to_string().contains("streaming");
        let method = if streams { "__autoxray_streaming_handler" } else { "__autoxray_handler" };
        Some(Service { at: taker.span(), name, method })
    }

    /// ```text
    /// run(ARGUMENT)
    /// →
    /// run(match ARGUMENT { __a => {
    ///     use LAMBDA::fallbacks::*;
    ///     let __s = (&&&&&LAMBDA::Wrap::new(__a, SITE, true)).__autoxray_handler();
    ///     let __s = (&&&&&LAMBDA::Errors::new(__s)).__autoxray_errors();
    ///     (&&&&&LAMBDA::Answers::new(__s)).__autoxray_answers()
    /// } })
    /// ```
    ///
    /// `LAMBDA` is `::autoxray::__rt::lambda`. What the argument borrows lives on to the end of the statement, as it does without the `match`;
    /// what is made here does not, because it could outlive the variables that the service borrows.
    pub(super) fn serve(&mut self, expr: &mut Expr, service: &Service) {
        let (Expr::Call(call), Some(services)) = (expr, &self.services) else { return };
        let span = rt::here().located_at(service.at);
        let (lambda, capture_error) = (rt::path_at("lambda", span), services.capture_error);
        let site = rt::site_named(&LitStr::new(&service.name, rt::here()), service.at);
        let (argument, method) = (&call.args[0], Ident::new(service.method, span));
        call.args[0] = Expr::Verbatim(quote_spanned! {span=>
            match (#argument) { __a => {
                use #lambda::fallbacks::*;
                let __s = (&&&&&#lambda::Wrap::new(__a, #site, #capture_error)).#method();
                let __s = (&&&&&#lambda::Errors::new(__s)).__autoxray_errors();
                (&&&&&#lambda::Answers::new(__s)).__autoxray_answers()
            } }
        });
        self.notes.rewritten(service.at, "service");
    }
}
