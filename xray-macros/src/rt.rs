//! Everything that generated code names: the one file that spells paths into `::autoxray::__rt`.
//!
//! All tokens made here are `mixed_site`: their local names cannot meet the user's, and, whatever the
//! edition of the user's crate, they are read as edition 2024.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{LitStr, Type};

use crate::args::{Args, Value};
use crate::metric::{self, Metric, Number, When};
use crate::types;

/// The span of generated tokens.
pub(crate) fn here() -> Span {
    Span::mixed_site()
}

fn path(name: &str) -> TokenStream {
    path_at(name, here())
}

pub(crate) fn path_at(name: &str, span: Span) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::autoxray::__rt::#name)
}

/// Of a generated token that is to be seen at the first of `tokens`.
pub(crate) fn first_span(tokens: &TokenStream) -> Span {
    let first = tokens.clone().into_iter().next();
    first.map_or_else(here, |first| here().located_at(first.span()))
}

/// `const { &::autoxray::__rt::Site::new("f", "src/shop.rs", 12u32) }`: the call site, made at compile time.
pub(crate) fn site(args: &Args, function: &Ident) -> TokenStream {
    let own = || LitStr::new(&syn::ext::IdentExt::unraw(function).to_string(), here());
    let name = args.name.as_ref().map_or_else(own, |given| given.value.clone());
    let new = new_site(&name, function.span());
    let namespace = args.namespace.as_ref().map(|given| {
        let method = Ident::new(&given.value.value(), here());
        quote_spanned!(here()=> .#method())
    });
    let segment = args.segment.as_ref().map(|given| match &given.value {
        None => quote_spanned!(here()=> .segment()),
        Some(name) => quote_spanned!(here()=> .segment_named(#name)),
    });
    quote_spanned!(here()=> const { &#new #namespace #segment })
}

/// `const { &::autoxray::__rt::Site::new("## handler", "src/main.rs", 12u32) }`: of what stands at `span`.
pub(crate) fn site_named(name: &LitStr, span: Span) -> TokenStream {
    let new = new_site(name, span);
    quote_spanned!(here()=> const { &#new })
}

fn new_site(name: &LitStr, span: Span) -> TokenStream {
    let (site, place) = (path("Site"), place(span));
    quote_spanned!(here()=> #site::new(#name, #place))
}

/// `"src/shop.rs", 12u32`: where a token stands in the user's file; `file!()` and `line!()` would give the
/// attribute's place, at a higher price.
fn place(span: Span) -> TokenStream {
    if !proc_macro::is_available() {
        return quote_spanned!(here()=> "input.rs", 0u32);
    }
    let file = Literal::string(&span.unwrap().file());
    let line = match u32::try_from(span.unwrap().line()) {
        Ok(line @ 1..) => Literal::u32_suffixed(line).into_token_stream(),
        _ => quote_spanned!(here()=> ::core::line!()),
    };
    quote_spanned!(here()=> #file, #line)
}

/// `::autoxray::__rt::sync(SITE, BODY, OUTCOME)`: runs a closure as a subsegment.
pub(crate) fn sync(site: &TokenStream, body: &TokenStream, output: Output<'_>) -> TokenStream {
    let (sync, outcome) = (path("sync"), outcome(output));
    quote_spanned!(here()=> #sync(#site, #body, #outcome))
}

/// `::autoxray::__rt::future(SITE, FUTURE, OUTCOME)`: wraps a future; the subsegment opens at its first poll.
pub(crate) fn future(site: &TokenStream, inner: &TokenStream, output: Output<'_>) -> TokenStream {
    let (future, outcome) = (path("future"), outcome(output));
    quote_spanned!(here()=> #future(#site, #inner, #outcome))
}

/// What a future gives.
pub(crate) enum Output<'a> {
    /// The code around says it.
    Known,
    /// Nothing else would say it in time.
    Typed(&'a Type),
    /// Nothing that could be a failure, as can be seen.
    Plain,
}

impl Output<'_> {
    /// Of a function that says it returns `ty`.
    pub(crate) fn of(ty: &Type) -> Self {
        if types::cannot_fail(ty) { Self::Plain } else { Self::Known }
    }
}

/// `|__o| __o.failure()`: see the runtime's `value/probe.rs`.
pub(crate) fn outcome(output: Output<'_>) -> TokenStream {
    let parameter = match output {
        Output::Plain => return quote_spanned!(here()=> |_| ::core::option::Option::None),
        Output::Known => quote_spanned!(here()=> __o),
        Output::Typed(ty) => {
            let (probe, ty) = (path("Probe"), types::inside_body(ty));
            quote_spanned!(here()=> __o: #probe<'_, #ty>)
        }
    };
    quote_spanned!(here()=> |#parameter| __o.failure())
}

/// `let __guard = ::autoxray::__rt::enter(SITE);`: a subsegment until the end of the block.
pub(crate) fn enter(site: &TokenStream) -> TokenStream {
    let enter = path("enter");
    quote_spanned!(here()=> let __guard = #enter(#site);)
}

/// `::autoxray::__rt::call(CLOSURE)`: calls it at once, as the `FnOnce` it may have to be.
pub(crate) fn call(closure: &TokenStream) -> TokenStream {
    let call = path("call");
    quote_spanned!(here()=> #call(#closure))
}

/// `::std::boxed::Box::pin(FUTURE)`
pub(crate) fn boxed(future: &TokenStream) -> TokenStream {
    quote_spanned!(here()=> ::std::boxed::Box::pin(#future))
}

/// `if false { return ::autoxray::__rt::typed::<R>(); }`: tells an async block what it returns, as
/// the signature tells a function, and shows the signature in messages.
pub(crate) fn typed(output: &Type) -> TokenStream {
    let span = first_span(&output.to_token_stream());
    let (typed, output) = (path_at("typed", span), types::inside_body(output));
    quote_spanned!(span=> if false { return #typed::<#output>(); })
}

/// `::autoxray::__rt::values(|__v| { … });`, or nothing.
pub(crate) fn values(args: &Args) -> Option<TokenStream> {
    let values = path("values");
    recorder(args).map(|closure| quote_spanned!(here()=> #values(#closure);))
}

/// `::autoxray::__rt::prepared(::autoxray::__rt::pending(|__v| { … }), FUTURE)`, or the future alone:
/// values are evaluated now, recorded when the future starts.
pub(crate) fn prepared(args: &Args, future: TokenStream) -> TokenStream {
    let (prepared, pending) = (path("prepared"), path("pending"));
    match recorder(args) {
        Some(closure) => quote_spanned!(here()=> #prepared(#pending(#closure), #future)),
        None => future,
    }
}

/// `|__v| { __v.slot("key", &(expr)).annotate(); __v.metadata("key", &(expr)); }`
fn recorder(args: &Args) -> Option<TokenStream> {
    let (annotate, metadata) = args.values();
    if annotate.is_empty() && metadata.is_empty() {
        return None;
    }
    // Located at the expression, where a type that cannot be recorded is reported.
    let annotations = annotate.iter().map(|Value { key, expr, .. }| {
        let span = first_span(expr);
        let (value, annotate) = (quote_spanned!(span=> &(#expr)), Ident::new("annotate", span));
        quote_spanned!(here()=> __v.slot(#key, #value).#annotate();)
    });
    let metadata = metadata.iter().map(|Value { key, expr, .. }| {
        let argument = quote_spanned!(first_span(expr)=> &(#expr));
        quote_spanned!(here()=> __v.metadata(#key, #argument);)
    });
    Some(quote_spanned!(here()=> |__v| { #(#annotations)* #(#metadata)* }))
}

/// `::autoxray::__rt::measured(MEASURES, CLOSURE)`: a closure that is measured.
pub(crate) fn measured(measures: &TokenStream, closure: &TokenStream) -> TokenStream {
    let measured = path("measured");
    quote_spanned!(here()=> #measured(#measures, #closure))
}

/// `::autoxray::__rt::measured_future(MEASURES, FUTURE)`: a future that is measured.
pub(crate) fn measured_future(measures: &TokenStream, future: &TokenStream) -> TokenStream {
    let measured = path("measured_future");
    quote_spanned!(here()=> #measured(#measures, #future))
}

/// `#[::autoxray::business_metric(ARGS)]`
pub(crate) fn attribute(args: &TokenStream) -> TokenStream {
    quote_spanned!(Span::call_site()=> #[::autoxray::business_metric(#args)])
}

/// `::autoxray::__rt::sla("f", 5000000u64)`
pub(crate) fn sla(operation: &str, micros: u64) -> TokenStream {
    let sla = path("sla");
    quote_spanned!(here()=> #sla(#operation, #micros))
}

/// `let __measures = ::autoxray::__rt::kept(MEASURES);`: until the end of the block.
pub(crate) fn kept(measures: &TokenStream) -> TokenStream {
    let kept = path("kept");
    quote_spanned!(here()=> let __measures = #kept(#measures);)
}

/// `#[::autoxray::traced(ARGS)]`, with those that stand for all functions of a container.
pub(crate) fn traced_attribute(args: &Args) -> TokenStream {
    let namespace = args.namespace.as_ref().map(|given| &given.value).map(|value| quote_spanned!(Span::call_site()=> namespace = #value,));
    let sends = (!args.sends()).then(|| quote_spanned!(Span::call_site()=> sends = false,));
    quote_spanned!(Span::call_site()=> #[::autoxray::traced(#namespace #sends)])
}

/// ```text
/// ::autoxray::__rt::business(
///     { static __METRIC: ::autoxray::__rt::Metric<1usize> = ::autoxray::__rt::Metric::new("Revenue", ::autoxray::__rt::Unit::None, ["country"]); &__METRIC },
///     ::autoxray::__rt::When::Ok,
///     |__d| { __d.dimension(0usize, &(order.country)).put(); },
///     move |__d: &mut ::autoxray::__rt::Draft<1usize>, __o: ::autoxray::__rt::Returned<'_, R>| match __o.ok() {
///         Some(ret) => { __d.value(&(ret.total)); true }
///         None => false,
///     },
/// )
/// ```
pub(crate) fn business(metric: &Metric, returned: Option<&Type>) -> TokenStream {
    let [business, when, draft, result] = ["business", "When", "Draft", "Returned"].map(path);
    let fixed = definition(metric);
    // What is only known by its traits is no `Result`.
    let is_hidden = returned.is_some_and(|ty| matches!(types::bare(ty), Type::Infer(_) | Type::ImplTrait(_)));
    let (variant, part) = match metric.when {
        When::Ok if is_hidden => ("Ok", "all"),
        When::Err if is_hidden => ("Err", "none"),
        When::Ok => ("Ok", "ok"),
        When::Err => ("Err", "err"),
        When::Always => ("Always", "all"),
    };
    let [variant, part] = [variant, part].map(|name| Ident::new(name, here()));
    let put = |(at, expr): (Option<usize>, &TokenStream)| {
        let span = first_span(expr);
        let value = quote_spanned!(span=> &(#expr));
        let [put, set] = ["put", "value"].map(|name| Ident::new(name, span));
        match at {
            Some(at) => quote_spanned!(here()=> __d.dimension(#at, #value).#put();),
            None => quote_spanned!(here()=> __d.#set(#value);),
        }
    };
    let (after, before): (Vec<_>, Vec<_>) = metric.exprs().partition(|(_, expr)| metric::result_in(expr).is_some());
    let mut begin: TokenStream = before.into_iter().map(put).collect();
    begin.extend(match metric.number {
        Number::One => Some(quote_spanned!(here()=> __d.one();)),
        Number::Duration => Some(quote_spanned!(here()=> __d.time();)),
        Number::Expr(_) => None,
    });
    let ret = after.iter().find_map(|(_, expr)| metric::result_in(expr));
    let after: TokenStream = after.into_iter().map(put).collect();
    let ty = returned.map_or_else(|| quote_spanned!(here()=> ()), |ty| types::inside_body(ty).into_token_stream());
    let count = metric.dimensions.len();
    let finish = match ret {
        None => quote_spanned!(here()=> |_: &mut #draft<#count>, __o: #result<'_, #ty>| __o.#part().is_some()),
        Some(ret) => quote_spanned! {here()=>
            move |__d: &mut #draft<#count>, __o: #result<'_, #ty>| match __o.#part() {
                ::core::option::Option::Some(#ret) => { #after true }
                ::core::option::Option::None => false,
            }
        },
    };
    quote_spanned!(here()=> #business(#fixed, #when::#variant, |__d| { #begin }, #finish))
}

/// `{ static __METRIC: ::autoxray::__rt::Metric<1usize> = …; &__METRIC }`: found again by its address.
fn definition(metric: &Metric) -> TokenStream {
    let [definition, unit] = ["Metric", "Unit"].map(path);
    let Metric { name, dimensions, sets, .. } = metric;
    let keys = dimensions.iter().map(|dimension| &dimension.key);
    let count = dimensions.len();
    let variant = Ident::new(&metric.unit, here());
    let new = match metric.number {
        Number::One => quote_spanned!(here()=> #definition::counter(#name, [#(#keys),*])),
        _ => quote_spanned!(here()=> #definition::new(#name, #unit::#variant, [#(#keys),*])),
    };
    let sets = (sets.len() > 1).then(|| {
        let sets = sets.iter().map(|set| {
            let keys = set.iter().filter_map(|at| dimensions.get(*at)).map(|dimension| &dimension.key);
            quote_spanned!(here()=> &[#(#keys),*])
        });
        quote_spanned!(here()=> .sets(&[#(#sets),*]))
    });
    let high = metric.is_high_resolution.then(|| quote_spanned!(here()=> .high_resolution()));
    quote_spanned!(here()=> { static __METRIC: #definition<#count> = #new #sets #high; &__METRIC })
}

/// A `{ … }` of ours.
pub(crate) fn block(content: TokenStream) -> Group {
    let mut group = Group::new(proc_macro2::Delimiter::Brace, content);
    group.set_span(here());
    group
}
