//! Expansions, one pair of files per shape: `golden/<shape>.rs` goes in, `golden/<shape>.expanded.rs` comes out.
//! Those of `#[traced_lambda]` are in `golden_lambda`.
//! `UPDATE=1 cargo test -p xray-macros` rewrites the latter; a test of `autoxray` compiles them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, ImplItem, Item, Meta, TraitItem};

use crate::expand;

/// Tokens that may be added to a sync function, to an async one (or one that returns a future), and per value.
const SYNC_TOKENS_MAX: usize = 90;
const ASYNC_TOKENS_MAX: usize = 140;
const VALUE_TOKENS_MAX: usize = 25;

#[test]
fn expansions_are_as_recorded() {
    compare("golden");
}

/// Compares the expansions of a folder with those that are recorded.
pub(crate) fn compare(folder: &str) {
    let update = std::env::var_os("UPDATE").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut shapes: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    shapes.retain(|path| !path.to_string_lossy().ends_with(".expanded.rs"));
    shapes.sort();
    assert!(!shapes.is_empty());
    let mut wrong = String::new();
    for path in shapes {
        let expanded = path.with_extension("expanded.rs");
        let now = expand_file(&std::fs::read_to_string(&path).unwrap());
        if update {
            std::fs::write(&expanded, &now).unwrap();
        } else if std::fs::read_to_string(&expanded).ok().as_deref() != Some(&now) {
            writeln!(wrong, "== {} ==\n{now}", path.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "other expansions than recorded (UPDATE=1 accepts them):\n{wrong}");
}

/// Expands every `#[traced]` and `#[traced_lambda]` of a file and pretty-prints the result.
fn expand_file(source: &str) -> String {
    let file = syn::parse_file(source).unwrap();
    let mut out = TokenStream::new();
    for item in file.items {
        expand_item(item).to_tokens(&mut out);
    }
    let attrs = file.attrs;
    prettyplease::unparse(&syn::parse2(quote!(#(#attrs)* #out)).unwrap())
}

fn expand_item(item: Item) -> TokenStream {
    match item {
        // Named in expansions, so that nobody's import of it is unused.
        Item::Use(import) if import.to_token_stream().to_string().contains("business_metric") => quote!(
            use ::autoxray::business_metric;
        ),
        Item::Use(import) if import.to_token_stream().to_string().contains("autoxray") => TokenStream::new(),
        Item::Fn(mut item) => apply(take(&mut item.attrs), &item),
        Item::Mod(mut item) => apply(take(&mut item.attrs), &item),
        Item::Impl(mut item) => {
            let args = take(&mut item.attrs);
            if args.is_none() {
                let methods = item.items.iter_mut().map(|member| match member {
                    ImplItem::Fn(method) => (take(&mut method.attrs), method.to_token_stream()),
                    other => (None, other.to_token_stream()),
                });
                let methods: Vec<TokenStream> = methods.map(|(args, tokens)| apply(args, &tokens)).collect();
                item.items = methods.into_iter().map(|tokens| syn::parse2(tokens).unwrap()).collect();
            }
            apply(args, &item)
        }
        Item::Trait(mut item) => {
            let args = take(&mut item.attrs);
            let own = |member: &TraitItem| matches!(member, TraitItem::Fn(method) if method.attrs.iter().any(is_traced));
            assert!(args.is_some() || !item.items.iter().any(own), "not written yet");
            apply(args, &item)
        }
        other => other.into_token_stream(),
    }
}

fn is_traced(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| ["traced", "traced_lambda", "business_metric"].iter().any(|own| last.ident == own))
}

/// An attribute as it was written.
struct Given {
    expand: fn(TokenStream, &TokenStream) -> syn::Result<TokenStream>,
    args: TokenStream,
}

/// Removes the attribute.
fn take(attrs: &mut Vec<Attribute>) -> Option<Given> {
    let at = attrs.iter().position(is_traced)?;
    let attr = attrs.remove(at);
    let expand = match attr.path().segments.last().unwrap().ident.to_string().as_str() {
        "traced" => expand::traced,
        "traced_lambda" => expand::traced_lambda,
        _ => expand::business_metric,
    };
    let args = if let Meta::List(list) = attr.meta { list.tokens } else { TokenStream::new() };
    Some(Given { expand, args })
}

fn apply(given: Option<Given>, item: &impl ToTokens) -> TokenStream {
    let item = item.to_token_stream();
    let Some(Given { expand, args }) = given else { return item };
    let expanded = expand(args, &item).unwrap();
    // One attribute may leave the work to another.
    match syn::parse2::<syn::ItemFn>(expanded.clone()) {
        Ok(mut function) if function.attrs.iter().any(is_traced) => apply(take(&mut function.attrs), &function),
        _ => expanded,
    }
}

/// Tokens; a pair of brackets counts as two.
fn count(tokens: &TokenStream) -> usize {
    let one = |token: TokenTree| match token {
        TokenTree::Group(group) => 2 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(one).sum()
}

fn added(args: TokenStream, item: &TokenStream) -> usize {
    let values = count(&args);
    count(&expand::traced(args, item).unwrap()) - count(item) - values
}

#[test]
fn few_tokens_are_added() {
    let sync = quote!(
        fn f(a: A, b: B) -> Result<C, E> {
            let c = a.go(b)?;
            Ok(c)
        }
    );
    let asynchronous = quote!(
        async fn f(&self, a: A, b: B) -> Result<C, E> {
            let c = a.go(b).await?;
            Ok(c)
        }
    );
    let boxed = quote!(
        fn f(&self, a: A, b: B) -> BoxFuture<'_, Result<C, E>> {
            Box::pin(async move { a.go(b).await })
        }
    );
    let opaque = quote!(
        fn f(a: A, b: B) -> impl Future<Output = Result<C, E>> {
            a.go(b)
        }
    );
    for (shape, item, most) in [
        ("sync", sync, SYNC_TOKENS_MAX),
        ("async", asynchronous, ASYNC_TOKENS_MAX),
        ("boxed", boxed, ASYNC_TOKENS_MAX),
        ("opaque", opaque, ASYNC_TOKENS_MAX),
    ] {
        let lists = [quote!(), quote!(annotate(x)), quote!(metadata(x)), quote!(annotate(x, y), metadata(z))];
        for (values, args) in [0, 1, 1, 3].into_iter().zip(lists) {
            let added = added(args.clone(), &item);
            println!("{shape} ({args}): {added} tokens");
            assert!(added <= most + VALUE_TOKENS_MAX * values, "{shape} ({args}): {added} tokens");
        }
    }
}

#[test]
fn a_half_typed_body_still_expands() {
    for body in ["let x = a.", "a.; b", "if x { foo() + }", "match { => }", "let let = ;", "#![allow] x", "#!", "=> 'a"] {
        for item in [
            format!("fn f(a: A) {{ {body} }}"),
            format!("impl S {{ fn g(&self) {{ {body} }} }}"),
            format!("mod m {{ async fn h() {{ {body} }} }}"),
            format!("fn f(a: A) -> BoxFuture<'_, u8> {{ {body} }}"),
        ] {
            let item: TokenStream = item.parse().unwrap();
            let out = expand::traced(TokenStream::new(), &item).unwrap().to_string();
            assert!(out.contains("__rt"), "{out}");
        }
    }
}

#[test]
fn what_cannot_be_read_inside_a_container_stays() {
    let item = quote!(impl S { fn whole(&self) {} fn half(&self, ) -> { } type T = ; fn last() {} });
    let out = expand::traced(TokenStream::new(), &item).unwrap().to_string();
    assert_eq!(out.matches("Site").count(), 2, "{out}");
    assert!(out.contains("fn half (& self ,) -> { } type T = ;"), "{out}");
}
