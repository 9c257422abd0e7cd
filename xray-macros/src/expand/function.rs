//! Functions, by shape.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, ReturnType, Signature, Type};

use super::body::{self, Body};
use super::{arguments, returned};
use crate::args::Args;
use crate::item::Function;
use crate::rt::{self, here};
use crate::types;

/// Everything a template needs.
pub(crate) struct Parts<'a> {
    pub(crate) args: &'a Args,
    pub(crate) sig: Signature,
    pub(crate) body: Body,
    pub(crate) site: TokenStream,
}

/// Expands one function.
pub(crate) fn expand(args: &Args, function: Function) -> TokenStream {
    let Function { attrs, prefix, sig, body } = function;
    let site = rt::site(args, &sig.ident);
    let mut parts = Parts { args, sig, body: Body::new(body), site };
    let content = if parts.sig.asyncness.is_some() {
        asynchronous(&mut parts)
    } else if let Some(content) = returned::future(&mut parts) {
        content
    } else if keeps_caller(&attrs) {
        in_place(&parts)
    } else {
        synchronous(&mut parts)
    };
    let Parts { sig, body, .. } = parts;
    let mut out = TokenStream::new();
    attrs.iter().for_each(|attr| attr.to_tokens(&mut out));
    prefix.to_tokens(&mut out);
    sig.to_tokens(&mut out);
    body.replaced(content).to_tokens(&mut out);
    out
}

/// ```text
/// fn f(a: A, b: B) -> R { BODY }
/// →
/// fn f(a: A, b: B) -> R {
///     ::autoxray::__rt::sync(
///         SITE,
///         move || -> R { let _ = (&b, &a); VALUES BODY },
///         |__o| ::autoxray::__rt::outcome!(__o),
///     )
/// }
/// ```
fn synchronous(parts: &mut Parts<'_>) -> TokenStream {
    let closure = parts.closure(&output(&parts.sig), rt::values(parts.args));
    rt::sync(&parts.site, &closure)
}

/// ```text
/// async fn f(a: A) -> R { BODY }
/// →
/// async fn f(a: A) -> R {
///     ::autoxray::__rt::future(
///         SITE,
///         async move { let _ = &a; if false { return ::autoxray::__rt::typed::<R>(); } VALUES BODY },
///         |__o| ::autoxray::__rt::outcome!(__o),
///     ).await
/// }
/// ```
fn asynchronous(parts: &mut Parts<'_>) -> TokenStream {
    let mut prelude = parts.prelude();
    if !matches!(&parts.sig.output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_))) {
        prelude.extend(rt::typed(&output(&parts.sig)));
    }
    prelude.extend(rt::values(parts.args));
    let block = parts.body.after(prelude);
    let future = rt::future(&parts.site, &quote_spanned!(here()=> async move #block), None);
    quote_spanned!(here()=> #future.await)
}

/// `Location::caller()` and panics tell the caller's place only from the function's own body, so there is no
/// closure around it, and the result is not looked at.
///
/// ```text
/// #[track_caller] fn f(a: A) -> R { BODY }
/// →
/// #[track_caller] fn f(a: A) -> R { let __guard = ::autoxray::__rt::enter(SITE); VALUES BODY }
/// ```
fn in_place(parts: &Parts<'_>) -> TokenStream {
    let mut prelude = rt::enter(&parts.site);
    prelude.extend(rt::values(parts.args));
    parts.body.after(prelude).stream()
}

fn keeps_caller(attrs: &[Attribute]) -> bool {
    let named = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "track_caller");
    attrs.iter().any(|attr| body::any(&attr.meta.to_token_stream(), &named))
}

/// `R`, as it may be written inside the body.
fn output(sig: &Signature) -> TokenStream {
    match &sig.output {
        ReturnType::Default => quote_spanned!(here()=> ()),
        ReturnType::Type(_, ty) => types::inside_body(ty).into_token_stream(),
    }
}

impl Parts<'_> {
    /// `move || -> R { PRELUDE VALUES BODY }`
    pub(crate) fn closure(&mut self, output: &TokenStream, values: Option<TokenStream>) -> TokenStream {
        let mut prelude = self.prelude();
        prelude.extend(values);
        let mut block = self.body.after(prelude);
        block.set_span(block.span());
        quote_spanned!(here()=> move || -> #output #block)
    }

    /// See [`arguments::prelude`].
    fn prelude(&mut self) -> TokenStream {
        let mut used = self.body.block.stream();
        let (annotate, metadata) = self.args.values();
        annotate.iter().chain(metadata).for_each(|value| value.expr.to_tokens(&mut used));
        arguments::prelude(&mut self.sig, &used)
    }
}
