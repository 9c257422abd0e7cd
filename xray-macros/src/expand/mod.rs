//! One template per shape. Above each stands what goes in and what comes out.

mod arguments;
mod body;
mod container;
mod function;
mod lambda;
mod main;
mod measure;
mod returned;

pub(crate) use lambda::traced_lambda;
pub(crate) use main::main;
pub(crate) use measure::business_metric;
use proc_macro2::TokenStream;
use syn::Attribute;

use crate::args::{self, Args};
use crate::diag::Diag;
use crate::item::{Function, Item};

/// Expands `#[traced(args)]` on `item`; the error holds every mistake.
pub(crate) fn traced(args: TokenStream, item: &TokenStream) -> syn::Result<TokenStream> {
    let mut diag = Diag::default();
    let args = diag.keep(Args::parse(args, &args::TRACED));
    let parsed = diag.keep(Item::parse(item));
    let (args, parsed) = match (args, parsed) {
        (Some(args), Some(parsed)) => (args, parsed),
        (_, parsed) => {
            if let Some(Item::Function(function)) = &parsed {
                check(function, &mut diag);
            }
            return diag.finish(TokenStream::new());
        }
    };
    match &parsed {
        Item::Function(function) => check(function, &mut diag),
        Item::Container(container) => crate::valid::container(&args, container.kind, &mut diag),
    }
    let expanded = match parsed {
        _ if args.skip.is_some() => item.clone(),
        Item::Function(function) => function::expand(&args, *function),
        Item::Container(container) => container::expand(&args, container),
    };
    diag.finish(expanded)
}

/// What a function that carries the attribute itself must not be.
fn check(function: &Function, diag: &mut Diag) {
    if let Some(word) = &function.sig.constness {
        diag.at(word, "`#[traced]` cannot trace a `const fn`: it may run at compile time, where nothing can be recorded; remove `const` or the attribute");
    }
    if let Some(second) = function.attrs.iter().find(|attr| is_traced(attr)) {
        diag.at(second.path(), "`#[traced]` is given twice on this function; keep one");
    }
    if let Some(other) = function.attrs.iter().find(|attr| is_attribute(attr, "traced_lambda")) {
        diag.at(other.path(), lambda::with_traced(&function.sig));
    }
}

/// Is this our attribute, by whatever path?
fn is_traced(attr: &Attribute) -> bool {
    is_attribute(attr, "traced")
}

fn is_attribute(attr: &Attribute, name: &str) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == name)
}
