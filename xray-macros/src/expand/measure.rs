//! What is measured of a function: `#[business_metric]`, and the option `sla` of `#[traced]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::{Attribute, Meta, ReturnType, Signature, Type};

use super::{arguments, function, is_attribute, is_traced};
use crate::args::Args;
use crate::diag::Diag;
use crate::item::{Function, Item};
use crate::metric::{self, Metric, When};
use crate::rt;
use crate::types;

/// Everything that is measured of one function besides its subsegment.
#[derive(Default)]
pub(crate) struct Measures {
    pub(crate) metrics: Vec<Metric>,
    /// By what paths their attributes were named.
    paths: Vec<TokenStream>,
    /// What is recorded as the operation, and how many microseconds it may take.
    pub(crate) sla: Option<(String, u64)>,
}

impl Measures {
    pub(crate) fn is_empty(&self) -> bool {
        self.metrics.is_empty() && self.sla.is_none()
    }

    /// Those of a function: its `#[business_metric]`s are taken off. Where one is wrong all stay, and say so when it is their turn.
    pub(crate) fn take(args: &Args, attrs: &mut Vec<Attribute>, sig: &Signature) -> Self {
        let own = || syn::ext::IdentExt::unraw(&sig.ident).to_string();
        let sla = args.sla.as_ref().map(|given| (args.name.as_ref().map_or_else(own, |name| name.value.value()), given.value));
        let arguments = arguments::names(sig);
        let parse = |attr: &Attribute| {
            let metric = Metric::parse(tokens(attr), &arguments).ok()?;
            Some(metric).filter(|metric| !needs_what_is_hidden(attrs, sig, metric))
        };
        let metrics: Option<Vec<Metric>> = attrs.iter().filter(|attr| is_metric(attr)).map(parse).collect();
        let mut paths: Vec<TokenStream> = Vec::new();
        if metrics.is_some() {
            for path in attrs.iter().filter(|attr| is_metric(attr)).map(Attribute::path).filter(|path| path.leading_colon.is_none()) {
                let path = path.to_token_stream();
                if !paths.iter().any(|other| other.to_string() == path.to_string()) {
                    paths.push(path);
                }
            }
            attrs.retain(|attr| !is_metric(attr));
        }
        Self { metrics: metrics.unwrap_or_default(), paths, sla }
    }

    /// The expressions that are evaluated, before the body and after it.
    pub(crate) fn exprs(&self) -> (TokenStream, TokenStream) {
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        for (_, expr) in self.metrics.iter().flat_map(Metric::exprs) {
            expr.to_tokens(if metric::result_in(expr).is_some() { &mut after } else { &mut before });
        }
        (before, after)
    }

    /// `(METRIC, (METRIC, ()))`, with arguments under their names. `returned` is what the function returns; without, nobody will look at it.
    pub(crate) fn tokens(&self, aliases: &TokenStream, returned: Option<&Type>) -> TokenStream {
        let here = rt::here();
        let mut all = quote_spanned!(here=> ());
        for metric in self.metrics.iter().rev() {
            let one = rt::business(metric, returned);
            all = quote_spanned!(here=> (#one, #all));
        }
        if let Some((operation, micros)) = &self.sla {
            let sla = rt::sla(operation, *micros);
            all = quote_spanned!(here=> (#sla, #all));
        }
        // They have been taken off and are never called, and what imports them would be unused.
        let paths = &self.paths;
        let called = quote_spanned!(here=> #(#[#paths(__expanded)] const _: () = ();)*);
        if aliases.is_empty() && paths.is_empty() {
            all
        } else {
            rt::block(quote_spanned!(here=> #called #aliases #all)).into_token_stream()
        }
    }
}

/// Is this `#[business_metric(…)]`, by whatever path?
pub(super) fn is_metric(attr: &Attribute) -> bool {
    is_attribute(attr, "business_metric")
}

fn tokens(attr: &Attribute) -> TokenStream {
    if let Meta::List(list) = &attr.meta { list.tokens.clone() } else { TokenStream::new() }
}

/// Expands `#[business_metric(args)]` on `item`, together with others that stand below it; the error holds every mistake.
///
/// Where `#[traced]` or `#[traced_lambda]` stands below, this goes below that, which then does the work of both: one wrapper, and the metric is told
/// of in the subsegment.
pub(crate) fn business_metric(args: TokenStream, item: &TokenStream) -> syn::Result<TokenStream> {
    if args.to_string() == "__expanded" {
        return Ok(TokenStream::new());
    }
    let mut diag = Diag::default();
    let function = diag.keep(Item::parse_measured(item));
    let arguments = function.as_ref().map_or_else(Vec::new, |function| arguments::names(&function.sig));
    let metric = diag.keep(Metric::parse(args.clone(), &arguments));
    let Some(mut function) = function else { return diag.finish(TokenStream::new()) };
    if let Some(metric) = &metric {
        check(&function, metric, &mut diag);
    }
    let is_traced = |attr: &Attribute| is_traced(attr) || is_attribute(attr, "traced_lambda");
    if let (Some(last), Some(_)) = (function.attrs.iter().rposition(is_traced), &metric) {
        let again = rt::attribute(&args);
        function.attrs.insert(last + 1, syn::parse_quote!(#again));
        return diag.finish(function.into_tokens());
    }
    diag.finish(())?;
    let plain = Args::default();
    let mut measures = Measures::take(&plain, &mut function.attrs, &function.sig);
    measures.metrics.splice(0..0, metric);
    Ok(function::measure(&plain, function, measures))
}

/// What a function that carries the attribute must not be.
fn check(function: &Function, metric: &Metric, diag: &mut Diag) {
    if let Some(word) = &function.sig.constness {
        diag.at(word, "`#[business_metric]` cannot measure a `const fn`: remove `const`");
    }
    if needs_what_is_hidden(&function.attrs, &function.sig, metric) {
        let name: &Ident = &function.sig.ident;
        let looks_away = function::looks_away(&function.attrs, &function.sig);
        let (why, remedy) = match looks_away {
            true => ("is not looked at, as it is `#[track_caller]` or returns `impl Trait`", "write `when = always`, and no `ret`"),
            false => ("is only known by its traits", "write no `ret`"),
        };
        diag.at(name, format_args!("what `{name}` returns {why}: {remedy}, or make another function of its body"));
    }
}

/// Is it about what the function returns, where that is not known?
fn needs_what_is_hidden(attrs: &[Attribute], sig: &Signature, metric: &Metric) -> bool {
    if function::looks_away(attrs, sig) {
        return metric.when != When::Always || metric.names_result();
    }
    let returned = match &sig.output {
        ReturnType::Type(_, ty) if sig.asyncness.is_some() => Some(&**ty),
        ReturnType::Type(_, ty) => types::returned(ty).and_then(|returned| match returned {
            types::Returned::Opaque(output) | types::Returned::Boxed(output) => output,
        }),
        ReturnType::Default => None,
    };
    metric.names_result() && returned.is_some_and(types::is_opaque)
}

/// Is there something to look at when the function has returned? A type that cannot be written in a body has no values.
pub(super) fn can_be_looked_at(ty: &Type) -> bool {
    !matches!(types::bare(ty), Type::Never(_))
}
