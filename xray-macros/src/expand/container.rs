//! `impl` blocks, traits and inline modules: every function inside that has a body.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Meta};

use super::{body, function, is_attribute, is_traced};
use crate::args::Args;
use crate::item::{self, Container, FunctionPart, Kind};
use crate::rt::{self, here};

/// ```text
/// impl S { fn a() { A } #[traced(name = "x")] fn b() { B } #[traced(skip)] fn c() { C } const fn d() { D } }
/// →
/// impl S { fn a() { TRACED A } #[traced(name = "x")] fn b() { B } fn c() { C } const fn d() { D } }
/// ```
pub(crate) fn expand(args: &Args, container: Container) -> TokenStream {
    let Container { kind, attrs, header, body } = container;
    let read = |input: ParseStream<'_>| Ok(items(args, input));
    let content = read.parse2(body.stream()).unwrap_or_else(|_| body.stream());
    let mut out = allowances(kind, &header);
    attrs.iter().for_each(|attr| attr.to_tokens(&mut out));
    header.to_tokens(&mut out);
    let mut group = Group::new(Delimiter::Brace, content);
    group.set_span(body.span());
    group.to_tokens(&mut out);
    out
}

/// Lints that look for one certain body in an implementation, and would no longer find it.
fn allowances(kind: &str, header: &TokenStream) -> TokenStream {
    let implements = |name: &str| {
        let mut before = header.clone().into_iter().take_while(|token| !matches!(token, TokenTree::Ident(ident) if ident == "for"));
        kind == "impl" && before.any(|token| matches!(token, TokenTree::Ident(ident) if ident == name))
    };
    let here = here();
    match () {
        () if implements("PartialOrd") => quote_spanned!(here=> #[allow(clippy::non_canonical_partial_ord_impl)]),
        () if implements("Clone") => quote_spanned!(here=> #[allow(clippy::non_canonical_clone_impl)]),
        () => TokenStream::new(),
    }
}

/// All items of a body. What cannot be read (it may be half typed) stays as it is.
fn items(args: &Args, input: ParseStream<'_>) -> TokenStream {
    let mut out = TokenStream::new();
    if let Ok(inner) = input.call(Attribute::parse_inner) {
        inner.iter().for_each(|attr| attr.to_tokens(&mut out));
    }
    while !input.is_empty() {
        let ahead = input.fork();
        match item(args, &ahead) {
            Ok(Some(expanded)) => {
                syn::parse::discouraged::Speculative::advance_to(input, &ahead);
                out.extend(expanded);
            }
            _ => verbatim(input, &mut out),
        }
    }
    out
}

/// One item, if it is a function or a container.
fn item(args: &Args, input: ParseStream<'_>) -> syn::Result<Option<TokenStream>> {
    let mut attrs = input.call(Attribute::parse_outer)?;
    let whole = attrs.len();
    attrs.retain(|attr| !is_skip(attr));
    let left_alone = attrs.len() < whole || attrs.iter().any(is_own);
    Ok(match item::kind(input) {
        Kind::Function => match item::function(attrs, input)? {
            FunctionPart::Declared(_) => None,
            FunctionPart::Whole(function) if left_alone || function.sig.constness.is_some() => Some(function.into_tokens()),
            // An attribute that is not there yet is to be taken off by the function's own.
            FunctionPart::Whole(function) if function.attrs.iter().any(may_be_measured) => {
                let mut out = rt::traced_attribute(args);
                out.extend(function.into_tokens());
                Some(out)
            }
            FunctionPart::Whole(function) => Some(function::expand(args, *function)),
        },
        Kind::Container(kind) => {
            let container = item::container(kind, attrs, input)?;
            Some(if left_alone { container.into_tokens() } else { expand(args, container) })
        }
        Kind::Other(..) => None,
    })
}

/// Copies one item: up to its `;` or `{ }`. To cut one in two does no harm, the pieces stay in order.
fn verbatim(input: ParseStream<'_>, out: &mut TokenStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        let end = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            _ => false,
        };
        token.to_tokens(out);
        if end {
            return;
        }
    }
}

/// `#[traced(skip)]`
fn is_skip(attr: &Attribute) -> bool {
    is_traced(attr) && matches!(&attr.meta, Meta::List(list) if list.tokens.to_string() == "skip")
}

/// `#[cfg_attr(…, business_metric(…))]`
fn may_be_measured(attr: &Attribute) -> bool {
    let named = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "business_metric");
    attr.path().is_ident("cfg_attr") && body::any(&attr.meta.to_token_stream(), &named)
}

/// `#[traced(…)]`, `#[traced_lambda(…)]`, or one of them in `#[cfg_attr(…, …)]`: the function answers for itself.
fn is_own(attr: &Attribute) -> bool {
    let named = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "traced" || ident == "traced_lambda");
    is_traced(attr)
        || is_attribute(attr, "traced_lambda")
        || attr.path().is_ident("cfg_attr") && body::any(&attr.meta.to_token_stream(), &named)
}
