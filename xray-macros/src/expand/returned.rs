//! Functions that return a future. The subsegment opens at the future's first poll, not at the call.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{ReturnType, Type};

use super::body;
use super::function::Parts;
use crate::rt::{self, here};
use crate::types::{self, Returned};

/// The new body, if the return type is a future.
pub(crate) fn future(parts: &mut Parts<'_>) -> Option<TokenStream> {
    let ReturnType::Type(_, ty) = parts.sig.output.clone() else { return None };
    Some(match types::returned(&ty)? {
        Returned::Opaque(output) => opaque(parts, output),
        Returned::Boxed(output) => match Tail::find(&parts.body.block) {
            Some(tail) => in_its_box(parts, tail, output),
            None => in_a_box(parts, &ty, output),
        },
    })
}

/// ```text
/// fn f(a: A) -> impl Future<Output = R> { BODY }
/// →
/// fn f(a: A) -> impl Future<Output = R> {
///     ::autoxray::__rt::future(
///         SITE,
///         ::autoxray::__rt::prepared(
///             ::autoxray::__rt::pending(|__v| { … }),                   // with values only
///             ::autoxray::__rt::call(move || -> _ { let _ = &a; BODY }),
///         ),
///         |__o: &R| ::autoxray::__rt::outcome!(__o),
///     )
/// }
/// ```
fn opaque(parts: &mut Parts<'_>, output: Option<&Type>) -> TokenStream {
    let closure = parts.closure(&quote_spanned!(here()=> _), None);
    let inner = rt::prepared(parts.args, rt::call(&closure));
    rt::future(&parts.site, &inner, seen(output).as_ref())
}

/// The same for `-> Pin<Box<dyn Future<Output = R>>>`: boxed once more, for want of knowing the body.
fn in_a_box(parts: &mut Parts<'_>, ty: &Type, output: Option<&Type>) -> TokenStream {
    let closure = parts.closure(&types::inside_body(ty).into_token_stream(), None);
    let inner = rt::prepared(parts.args, rt::call(&closure));
    rt::boxed(&rt::future(&parts.site, &inner, seen(output).as_ref()))
}

/// What `#[async_trait]` makes, and people write: the body ends in `Box::pin(async move { … })`. The
/// wrapper goes inside that box, so nothing more is allocated.
///
/// ```text
/// fn f(a: A) -> Pin<Box<dyn Future<Output = R>>> { FIRST Box::pin(async move { REST }) }
/// →
/// fn f(a: A) -> Pin<Box<dyn Future<Output = R>>> {
///     FIRST Box::pin(::autoxray::__rt::future(
///         SITE,
///         async move { VALUES REST },
///         |__o: &R| ::autoxray::__rt::outcome!(__o),
///     ))
/// }
/// ```
fn in_its_box(parts: &Parts<'_>, tail: Tail, output: Option<&Type>) -> TokenStream {
    let Tail { mut first, words, block, parens } = tail;
    let values = rt::values(parts.args).unwrap_or_default();
    let block = body::after(values, &block);
    let future = rt::future(&parts.site, &quote_spanned!(here()=> #words #block), seen(output).as_ref());
    let mut inside = Group::new(Delimiter::Parenthesis, future);
    inside.set_span(parens.span());
    inside.to_tokens(&mut first);
    first
}

fn seen(output: Option<&Type>) -> Option<Type> {
    output.map(types::inside_body)
}

/// A body that ends in `Box::pin(async move { … })` and leaves by no other way.
struct Tail {
    /// The body up to and including `Box::pin`.
    first: TokenStream,
    /// `async move`
    words: TokenStream,
    block: Group,
    parens: Group,
}

impl Tail {
    fn find(body: &Group) -> Option<Self> {
        let mut tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        let TokenTree::Group(parens) = tokens.pop()? else { return None };
        if !ends_in_box_pin(&tokens) {
            return None;
        }
        let first: TokenStream = tokens.into_iter().collect();
        if body::any(&first, &leaves) {
            return None;
        }
        let mut inside: Vec<TokenTree> = parens.stream().into_iter().collect();
        if matches!(inside.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
            inside.pop();
        }
        let TokenTree::Group(block) = inside.pop()? else { return None };
        let is_async = matches!(&inside[..], [TokenTree::Ident(first)] if first == "async")
            || matches!(&inside[..], [TokenTree::Ident(first), TokenTree::Ident(then)] if first == "async" && then == "move");
        (is_async && block.delimiter() == Delimiter::Brace).then(|| Self { first, words: inside.into_iter().collect(), block, parens })
    }
}

/// Is the end `Box::pin`, by whatever path, and the beginning of a statement?
fn ends_in_box_pin(tokens: &[TokenTree]) -> bool {
    let ident = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    let [before @ .., boxed, one, two, pin] = tokens else { return false };
    if !(ident(boxed, "Box") && colon(one) && colon(two) && ident(pin, "pin")) {
        return false;
    }
    let path = before.iter().rev().take_while(|token| colon(token) || matches!(token, TokenTree::Ident(_))).count();
    match &before[..before.len() - path] {
        [] => true,
        [.., TokenTree::Punct(end)] => end.as_char() == ';',
        [.., TokenTree::Group(end)] => end.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

fn leaves(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => ident == "return",
        TokenTree::Punct(punct) => punct.as_char() == '?',
        _ => false,
    }
}
