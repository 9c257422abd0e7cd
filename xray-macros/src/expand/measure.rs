//! What is measured of a function: `#[business_metric]`, and the option `sla` of `#[traced]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::{Attribute, Meta, Signature, Type};

use super::{arguments, function, is_attribute, is_traced};
use crate::args::Args;
use crate::diag::Diag;
use crate::item::{Function, Item};
use crate::metric::Metric;
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
        let looks_away = function::looks_away(attrs, sig);
        let parse = |attr: &Attribute| {
            let metric = Metric::parse(tokens(attr), &arguments).ok()?;
            Some(metric).filter(|metric| !(looks_away && metric.needs_result()))
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

    /// The expressions that are evaluated before the body.
    pub(crate) fn used_before(&self) -> TokenStream {
        let mut used = TokenStream::new();
        for metric in &self.metrics {
            rt::before(metric).for_each(|expr| expr.to_tokens(&mut used));
        }
        used
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
    if function::looks_away(&function.attrs, &function.sig) && metric.needs_result() {
        let name: &Ident = &function.sig.ident;
        let message = format!(
            "what `{name}` returns is not looked at, as it is `#[track_caller]` or returns `impl Trait`: \
             write `when = always`, and no `ret`, or make another function of its body"
        );
        diag.at(name, message);
    }
}

/// Is there something to look at when the function has returned? A type that cannot be written in a body has no values.
pub(super) fn can_be_looked_at(ty: &Type) -> bool {
    !matches!(types::bare(ty), Type::Never(_))
}
