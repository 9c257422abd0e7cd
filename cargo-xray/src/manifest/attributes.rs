//! What is written in `#[traced(…)]`, `#[traced_lambda(…)]` and `#[business_metric(…)]`. The compiler has checked it, or will: options that are
//! not known here are passed over.

use proc_macro2::TokenStream;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, Ident, LitInt, LitStr, Meta, Token, token};

use super::text::unit;

/// One of our attributes.
pub(super) struct Own {
    /// `traced`, `traced_lambda` or `business_metric`.
    pub(super) word: &'static str,
    pub(super) tokens: TokenStream,
    pub(super) line: usize,
}

const WORDS: [&str; 3] = ["traced", "traced_lambda", "business_metric"];

/// Our attributes among these, also those in `cfg_attr`.
pub(super) fn own(attrs: &[Attribute]) -> Vec<Own> {
    let mut found = Vec::new();
    attrs.iter().for_each(|attr| look(&attr.meta, &mut found));
    found
}

fn look(meta: &Meta, found: &mut Vec<Own>) {
    let Some(last) = meta.path().segments.last() else { return };
    if let Some(word) = WORDS.iter().find(|word| last.ident == *word) {
        let tokens = if let Meta::List(list) = meta { list.tokens.clone() } else { TokenStream::new() };
        found.push(Own { word, tokens, line: meta.span().start().line });
    } else if let Meta::List(list) = meta
        && list.path.is_ident("cfg_attr")
        && let Ok(metas) = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone())
    {
        metas.iter().skip(1).for_each(|meta| look(meta, found));
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`.
pub(super) fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        Meta::List(list) if list.path.is_ident("cfg") => needs_test(list.tokens.clone()),
        meta => meta.path().segments.last().is_some_and(|last| last.ident == "test"),
    })
}

/// Whether the predicate of a `cfg` is false without `test`.
fn needs_test(predicate: TokenStream) -> bool {
    let Ok(metas) = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(predicate) else { return false };
    metas.iter().any(|meta| match meta {
        Meta::List(list) => list.path.is_ident("all") && needs_test(list.tokens.clone()),
        meta => meta.path().is_ident("test"),
    })
}

/// `#[path = "…"]`.
pub(super) fn path(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().find(|attr| attr.path().is_ident("path")).and_then(|attr| match &attr.meta {
        Meta::NameValue(syn::MetaNameValue { value: Expr::Lit(literal), .. }) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// The arguments of `#[traced]` or `#[traced_lambda]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) name: Option<String>,
    /// `Some(None)`: named after the service.
    pub(super) segment: Option<Option<String>>,
    pub(super) namespace: Option<String>,
    pub(super) sla: Option<String>,
    pub(super) annotate: Vec<String>,
    pub(super) metadata: Vec<String>,
    pub(super) skip: bool,
}

impl Options {
    pub(super) fn parse(tokens: TokenStream) -> syn::Result<Self> {
        let mut options = Self::default();
        each(tokens, |word, input| {
            match word {
                "name" => options.name = Some(assigned_text(input)?),
                "segment" if input.is_empty() || input.peek(Token![,]) => options.segment = Some(None),
                "segment" => options.segment = Some(Some(assigned_text(input)?)),
                "namespace" => options.namespace = Some(assigned_text(input)?),
                "sla" => options.sla = Some(assigned_text(input)?),
                "annotate" => options.annotate.extend(keys(input)?),
                "metadata" => options.metadata.extend(keys(input)?),
                "skip" => options.skip = true,
                _ => pass_over(input)?,
            }
            Ok(())
        })?;
        Ok(options)
    }
}

/// The arguments of `#[business_metric]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Business {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) sum: bool,
    pub(super) when: String,
    pub(super) resolution: u32,
    pub(super) sets: Vec<Vec<String>>,
}

impl Business {
    /// `has_duration`: the function has an argument that is called `duration`, which is meant by that word then.
    pub(super) fn parse(tokens: TokenStream, line: usize, has_duration: bool) -> syn::Result<Self> {
        let (mut name, mut given, mut value, mut when, mut resolution, mut sets) = (None, None, None, None, 60, Vec::new());
        each(tokens, |word, input| {
            match word {
                "name" => name = Some(assigned_text(input)?),
                "unit" => given = Some(unit(&assigned_word(input)?)),
                "when" => when = Some(assigned_word(input)?),
                "resolution" => {
                    input.parse::<Token![=]>()?;
                    resolution = input.parse::<LitInt>()?.base10_parse()?;
                }
                "value" => {
                    input.parse::<Token![=]>()?;
                    let expr: Expr = input.parse()?;
                    value = Some(matches!(&expr, Expr::Path(path) if !has_duration && path.path.is_ident("duration")));
                }
                "dimensions" => sets.push(keys(input)?),
                _ => pass_over(input)?,
            }
            Ok(())
        })?;
        let name = name.ok_or_else(|| {
            let message = format!("`#[business_metric]` in line {line} has no name: write `name = \"…\"`");
            syn::Error::new(proc_macro2::Span::call_site(), message)
        })?;
        let default = match value {
            None => "Count",
            Some(true) => "Milliseconds",
            Some(false) => "None",
        };
        if sets.is_empty() {
            sets.push(Vec::new());
        }
        let (unit, when) = (given.unwrap_or_else(|| default.to_owned()), when.unwrap_or_else(|| "ok".to_owned()));
        Ok(Self { name, unit, sum: value.is_none(), when, resolution, sets })
    }
}

/// Calls `read` with the word of each option, behind which the input stands.
fn each(tokens: TokenStream, mut read: impl FnMut(&str, ParseStream<'_>) -> syn::Result<()>) -> syn::Result<()> {
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let word = input.call(Ident::parse_any)?.unraw().to_string();
            read(&word, input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    parser.parse2(tokens)
}

/// `= "…"`
fn assigned_text(input: ParseStream<'_>) -> syn::Result<String> {
    input.parse::<Token![=]>()?;
    Ok(input.parse::<LitStr>()?.value())
}

/// `= Count`, `= Unit::Count`, `= Bytes/Second`, `= "Bytes/Second"`
fn assigned_word(input: ParseStream<'_>) -> syn::Result<String> {
    if input.peek2(LitStr) {
        return assigned_text(input);
    }
    input.parse::<Token![=]>()?;
    let path: syn::Path = input.parse()?;
    let mut word = path.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default();
    if input.parse::<Option<Token![/]>>()?.is_some() {
        word = format!("{word}/{}", input.parse::<Ident>()?);
    }
    Ok(word)
}

/// What an option has that is not known here.
fn pass_over(input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(token::Paren) {
        input.parse::<proc_macro2::Group>()?;
    } else if input.parse::<Option<Token![=]>>()?.is_some() {
        input.parse::<Expr>()?;
    }
    Ok(())
}

/// The keys of `(user_id, post_id = input.id, "order.id" = order.id, allow_secret(token))`.
fn keys(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    let list;
    syn::parenthesized!(list in input);
    let mut keys = Vec::new();
    while !list.is_empty() {
        keys.push(key(&list)?);
        if !list.is_empty() {
            list.parse::<Token![,]>()?;
        }
    }
    Ok(keys)
}

fn key(input: ParseStream<'_>) -> syn::Result<String> {
    if input.peek(Ident::peek_any) && input.peek2(token::Paren) {
        input.call(Ident::parse_any)?;
        let inner;
        syn::parenthesized!(inner in input);
        let found = key(&inner)?;
        inner.parse::<Option<Token![,]>>()?;
        return Ok(found);
    }
    let found = match input.parse::<Option<LitStr>>()? {
        Some(text) => text.value(),
        None => input.call(Ident::parse_any)?.unraw().to_string(),
    };
    if input.parse::<Option<Token![=]>>()?.is_some() {
        input.parse::<Expr>()?;
    }
    Ok(found)
}
