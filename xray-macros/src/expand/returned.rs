//! Functions that return a future. The subsegment opens at the future's first poll, not at the call.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{ReturnType, Type};

use super::arguments;
use super::body::{self, Names, Prelude};
use super::function::Parts;
use crate::rt::{self, Output, here};
use crate::types::{self, Returned};

/// The new body, if the return type is a future.
pub(crate) fn future(parts: &mut Parts<'_>) -> Option<TokenStream> {
    let ReturnType::Type(_, ty) = parts.sig.output.clone() else { return None };
    let returned = types::returned(&ty)?;
    Some(match (Tail::find(&returned, &parts.body.block), returned) {
        (Some(tail), Returned::Opaque(output) | Returned::Boxed(output)) if tail.can_hold(parts) => inside(parts, tail, output),
        (_, Returned::Opaque(output)) => around(parts, &ty, output),
        (_, Returned::Boxed(output)) => rt::boxed(&around(parts, &ty, output)),
    })
}

/// What `#[async_trait]` makes, and people write: the body ends in `async move { … }`, bare or in a
/// `Box::pin( )`. The wrapper goes right around that, so nothing more is allocated.
///
/// ```text
/// fn f(a: A) -> Pin<Box<dyn Future<Output = R>>> { FIRST Box::pin(async move { REST }) }
/// →
/// fn f(a: A) -> Pin<Box<dyn Future<Output = R>>> {
///     FIRST Box::pin(::autoxray::__rt::future(
///         SITE,
///         async move { if false { return ::autoxray::__rt::typed::<R>(); } VALUES REST },
///         OUTCOME,
///     ))
/// }
/// ```
fn inside(parts: &Parts<'_>, tail: Tail, output: Option<&Type>) -> TokenStream {
    let Tail { mut first, words, block, parens } = tail;
    let mut prelude = Prelude::default();
    prelude.extend(output.map(rt::typed));
    let values = rt::values(parts.args);
    let block = match values.as_ref().and_then(|values| behind_patterns(parts, &block, values)) {
        Some(block) => block,
        None => {
            prelude.extend(values);
            block
        }
    };
    let block = body::after(prelude, &block);
    let result = output.map_or(Output::Known, Output::of);
    // What is measured is looked at where the function's own statements have not taken the arguments yet.
    let mut begun = TokenStream::new();
    let mut future = quote_spanned!(here()=> #words #block);
    if !parts.measures.is_empty() {
        let measures = parts.measures.tokens(&parts.aliases, Some(&output.cloned().unwrap_or_else(unknown)));
        begun = quote_spanned!(here()=> let __measures = #measures;);
        future = rt::measured_future(&quote_spanned!(here()=> __measures), &future);
    }
    let future = parts.traced(future, result);
    first = std::iter::once(begun).chain([first]).collect();
    match parens {
        Some(parens) => body::within(&parens, future).to_tokens(&mut first),
        None => first.extend(future),
    }
    first
}

/// `#[async_trait]` unpacks arguments that are patterns inside of its `async` block, and calls `self` `__self` from there on.
///
/// ```text
/// async move { let __self = self; let (a, b) = { … __arg1 }; let __ret: R = { BODY }; __ret }
/// →
/// async move { let __self = self; let (a, b) = { … __arg1 }; let __ret: R = { VALUES BODY }; __ret }
/// ```
fn behind_patterns(parts: &Parts<'_>, block: &Group, values: &TokenStream) -> Option<Group> {
    arguments::names(&parts.sig).iter().find(|name| name.to_string().starts_with("__arg"))?;
    let mut tokens: Vec<TokenTree> = block.stream().into_iter().collect();
    let at = tokens.windows(2).rposition(|two| sign(&two[0]) == Some('=') && is_block(&two[1]))? + 1;
    let TokenTree::Group(body) = &tokens[at] else { return None };
    let mut content = body::renamed(values.clone(), "self", "__self");
    content.extend(body.stream());
    tokens[at] = body::within(body, content).into();
    Some(body::within(block, tokens.into_iter().collect()))
}

/// Any other body. One that returns a box is boxed once more.
///
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
///         OUTCOME,
///     )
/// }
/// ```
fn around(parts: &mut Parts<'_>, returned: &Type, output: Option<&Type>) -> TokenStream {
    let closure = parts.closure(&types::inside_body(returned), None);
    let inner = rt::prepared(parts.args, rt::call(&closure));
    let (_, inner) = parts.measured(&inner, &output.cloned().unwrap_or_else(unknown), rt::measured_future);
    parts.traced(inner, output.map_or(Output::Known, Output::Typed))
}

/// `_`, for a future whose type does not show what it gives.
fn unknown() -> Type {
    Type::Infer(syn::TypeInfer { underscore_token: syn::Token![_](here()) })
}

/// A body that ends in `async move { … }` or `Box::pin(async move { … })` and leaves by no other way.
struct Tail {
    /// The body up to the `async` block or its parentheses.
    first: TokenStream,
    /// `async move`
    words: TokenStream,
    block: Group,
    /// Of `Box::pin( )`
    parens: Option<Group>,
}

impl Tail {
    fn find(returned: &Returned<'_>, body: &Group) -> Option<Self> {
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        let tail = match returned {
            Returned::Opaque(_) => Self::bare(tokens)?,
            Returned::Boxed(_) => Self::in_box(tokens)?,
        };
        (!body::any(&tail.first, &leaves)).then_some(tail)
    }

    fn bare(mut tokens: Vec<TokenTree>) -> Option<Self> {
        let TokenTree::Group(block) = tokens.pop()? else { return None };
        let words = tokens.iter().rev().take_while(|token| is(token, "move") || is(token, "async")).count();
        let words = tokens.split_off(tokens.len() - words);
        let well_formed = match &words[..] {
            [first] => is(first, "async"),
            [first, then] => is(first, "async") && is(then, "move"),
            _ => false,
        };
        (well_formed && block.delimiter() == Delimiter::Brace && begins_statement(&tokens)).then(|| Self {
            first: tokens.into_iter().collect(),
            words: words.into_iter().collect(),
            block,
            parens: None,
        })
    }

    fn in_box(mut tokens: Vec<TokenTree>) -> Option<Self> {
        let TokenTree::Group(parens) = tokens.pop()? else { return None };
        let mut inside: Vec<TokenTree> = parens.stream().into_iter().collect();
        if inside.last().is_some_and(|last| sign(last) == Some(',')) {
            inside.pop();
        }
        let inside = Self::bare(inside).filter(|inside| inside.first.is_empty())?;
        let colon = |token| sign(token) == Some(':');
        let [before @ .., boxed, one, two, pin] = &tokens[..] else { return None };
        let path = before.iter().rev().take_while(|token| colon(token) || is_path_ident(token)).count();
        let boxes = is(boxed, "Box") && colon(one) && colon(two) && is(pin, "pin");
        (boxes && begins_statement(&before[..before.len() - path])).then(|| Self {
            first: tokens.into_iter().collect(),
            parens: Some(parens),
            ..inside
        })
    }

    /// Can the values be evaluated in the `async` block, where they see what the function sees, and capture nothing more?
    fn can_hold(&self, parts: &Parts<'_>) -> bool {
        let Some(values) = rt::values(parts.args) else { return true };
        let alone = !self.first.clone().into_iter().any(|token| is_block(&token) || sign(&token) == Some(';'));
        let (values, captured) = (Names::in_tokens(&values), Names::in_tokens(&self.block.stream()));
        alone && arguments::names(&parts.sig).iter().all(|name| !values.contain(name) || captured.contain(name))
    }
}

/// Does a statement begin behind these tokens?
fn begins_statement(before: &[TokenTree]) -> bool {
    before.last().is_none_or(|last| sign(last) == Some(';') || is_block(last))
}

fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_path_ident(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_)) && !is(token, "return") && !is(token, "break")
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn sign(token: &TokenTree) -> Option<char> {
    if let TokenTree::Punct(punct) = token { Some(punct.as_char()) } else { None }
}

fn leaves(token: &TokenTree) -> bool {
    is(token, "return") || sign(token) == Some('?')
}
