//! Functions, by shape.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{Attribute, ReturnType, Signature, Type, TypeTuple, token};

use super::body::{self, Body, Prelude};
use super::measure::{self, Measures};
use super::{arguments, returned};
use crate::args::Args;
use crate::calls;
use crate::item::Function;
use crate::rt::{self, Output, here};
use crate::types;

/// Everything a template needs.
pub(crate) struct Parts<'a> {
    pub(crate) args: &'a Args,
    pub(crate) sig: Signature,
    pub(crate) body: Body,
    /// Nothing if it is only measured.
    pub(crate) site: Option<TokenStream>,
    pub(crate) measures: Measures,
    /// `let order = &order;`: arguments under their own names, for what is measured, where the signature has other ones.
    pub(crate) aliases: TokenStream,
}

/// Expands one function that is traced.
pub(crate) fn expand(args: &Args, mut function: Function) -> TokenStream {
    let measures = Measures::take(args, &mut function.attrs, &function.sig);
    if args.sends() {
        function.body = calls::rewritten(function.body);
    }
    let site = rt::site(args, &function.sig.ident);
    template(args, function, Some(site), measures)
}

/// Expands one function that is only measured.
pub(crate) fn measure(args: &Args, function: Function, measures: Measures) -> TokenStream {
    template(args, function, None, measures)
}

fn template(args: &Args, function: Function, site: Option<TokenStream>, measures: Measures) -> TokenStream {
    let Function { attrs, prefix, sig, body } = function;
    let mut parts = Parts { args, sig, body: Body::new(body), site, measures, aliases: TokenStream::new() };
    let content = if parts.sig.asyncness.is_some() {
        asynchronous(&mut parts)
    } else if let Some(content) = returned::future(&mut parts) {
        content
    } else if looks_away(&attrs, &parts.sig) {
        in_place(&parts)
    } else {
        synchronous(&mut parts)
    };
    parts.function(&attrs, &prefix, content)
}

/// ```text
/// fn f(a: A, b: B) -> R { BODY }
/// →
/// fn f(a: A, b: B) -> R {
///     ::autoxray::__rt::sync(
///         SITE,
///         move || -> R { let _ = (&b, &a); VALUES BODY },
///         OUTCOME,
///     )
/// }
/// ```
fn synchronous(parts: &mut Parts<'_>) -> TokenStream {
    let returned = output(&parts.sig);
    let closure = parts.closure(&returned, rt::values(parts.args));
    let (first, closure) = parts.measured(&closure, &returned, rt::measured);
    let content = match &parts.site {
        Some(site) => rt::sync(site, &closure, Output::of(&returned)),
        None => quote_spanned!(here()=> #closure()),
    };
    quote_spanned!(here()=> #first #content)
}

/// ```text
/// async fn f(a: A) -> R { BODY }
/// →
/// async fn f(a: A) -> R {
///     ::autoxray::__rt::future(
///         SITE,
///         async move { let _ = &a; if false { return ::autoxray::__rt::typed::<R>(); } VALUES BODY },
///         OUTCOME,
///     ).await
/// }
/// ```
fn asynchronous(parts: &mut Parts<'_>) -> TokenStream {
    let returned = output(&parts.sig);
    let block = parts.async_block(&returned, None);
    let (first, future) = parts.measured(&block, &returned, rt::measured_future);
    let future = parts.traced(future, Output::of(&returned));
    quote_spanned!(here()=> #first #future.await)
}

/// For bodies that mean something else in a closure of ours: `Location::caller()` and panics would tell our place, and a returned closure
/// would not know the types that `impl Fn(…)` gives it. The price is that the result is not looked at.
///
/// ```text
/// #[track_caller] fn f(a: A) -> R { BODY }
/// →
/// #[track_caller] fn f(a: A) -> R { let __guard = ::autoxray::__rt::enter(SITE); VALUES BODY }
/// ```
fn in_place(parts: &Parts<'_>) -> TokenStream {
    let mut prelude = Prelude::default();
    prelude.extend(parts.site.as_ref().map(rt::enter));
    prelude.extend(rt::values(parts.args));
    prelude.extend(parts.kept_measures());
    body::after(prelude, &parts.body.block).stream()
}

/// Is the result not looked at, since the body must stay where it is?
pub(crate) fn looks_away(attrs: &[Attribute], sig: &Signature) -> bool {
    let returns_future = matches!(&sig.output, ReturnType::Type(_, ty) if types::returned(ty).is_some());
    sig.asyncness.is_none() && !returns_future && (keeps_caller(attrs) || returns_opaque(sig))
}

/// What is only known by its traits is no `Result` to look at, and may owe its type to standing in the function itself.
fn returns_opaque(sig: &Signature) -> bool {
    matches!(&sig.output, ReturnType::Type(_, ty) if types::is_opaque(ty) || types::is_opaque_closure(ty))
}

fn keeps_caller(attrs: &[Attribute]) -> bool {
    let named = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "track_caller");
    attrs.iter().any(|attr| body::any(&attr.meta.to_token_stream(), &named))
}

/// `R`, as it may be written inside the body.
pub(crate) fn output(sig: &Signature) -> Type {
    match &sig.output {
        ReturnType::Type(_, ty) => types::inside_body(ty),
        ReturnType::Default => {
            Type::Tuple(TypeTuple { paren_token: token::Paren(here().located_at(sig.paren_token.span.close())), elems: Punctuated::new() })
        }
    }
}

impl Parts<'_> {
    /// The whole function, with another body.
    pub(crate) fn function(&self, attrs: &[Attribute], prefix: &TokenStream, content: TokenStream) -> TokenStream {
        let mut out = arguments::allowances(&self.sig).unwrap_or_default();
        attrs.iter().for_each(|attr| attr.to_tokens(&mut out));
        prefix.to_tokens(&mut out);
        self.sig.to_tokens(&mut out);
        self.body.replaced(content).to_tokens(&mut out);
        out
    }

    /// The future in its subsegment, if it is traced.
    pub(crate) fn traced(&self, future: TokenStream, output: Output<'_>) -> TokenStream {
        match &self.site {
            Some(site) => rt::future(site, &future, output),
            None => future,
        }
    }

    /// A closure or a future that is measured, if anything is, and what has to stand before it.
    pub(crate) fn measured(
        &self,
        body: &TokenStream,
        returned: &Type,
        wrap: fn(&TokenStream, &TokenStream) -> TokenStream,
    ) -> (Option<TokenStream>, TokenStream) {
        match () {
            () if self.measures.is_empty() => (None, body.clone()),
            () if !measure::can_be_looked_at(returned) => (self.kept_measures(), body.clone()),
            () => (None, wrap(&self.measures.tokens(&self.aliases, Some(returned)), body)),
        }
    }

    /// `let __measures = ::autoxray::__rt::kept(MEASURES);`: for functions whose result is not looked at.
    fn kept_measures(&self) -> Option<TokenStream> {
        let measures = || self.measures.tokens(&self.aliases, None);
        (!self.measures.is_empty()).then(measures).map(|measures| rt::kept(&measures))
    }

    /// `move || -> R { PRELUDE VALUES BODY }`
    pub(crate) fn closure(&mut self, output: &Type, values: Option<TokenStream>) -> TokenStream {
        let mut prelude = self.prelude(None);
        prelude.extend(values);
        let block = body::after(prelude, &self.body.block);
        let body = self.body.block.span();
        quote_spanned!(body=> move || -> #output #block)
    }

    /// `async move { PRELUDE if false { return ::autoxray::__rt::typed::<R>(); } VALUES BODY }`
    pub(crate) fn async_block(&mut self, output: &Type, looked_at: Option<usize>) -> TokenStream {
        let mut prelude = self.prelude(looked_at);
        // `!` could not be written there, and need not be.
        if !matches!(output, Type::Never(_)) {
            prelude.extend([rt::typed(output)]);
        }
        prelude.extend(rt::values(self.args));
        let block = body::after(prelude, &self.body.block);
        let body = self.body.block.span();
        quote_spanned!(body=> async move #block)
    }

    /// See [`arguments::prelude`].
    fn prelude(&mut self, looked_at: Option<usize>) -> Prelude {
        let mut used = self.body.block.stream();
        let (annotate, metadata) = self.args.values();
        annotate.iter().chain(metadata).for_each(|value| value.expr.to_tokens(&mut used));
        let measured = arguments::Measured::new(self.measures.exprs(), &self.sig);
        let mut prelude = arguments::prelude(&mut self.sig, &used, looked_at, &measured);
        self.aliases = std::mem::take(&mut prelude.aliases);
        prelude
    }
}
