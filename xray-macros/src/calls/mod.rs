//! Calls of clients inside a function's body: each is rewritten so that the compiler, who knows the types, takes the way that records, or
//! the expression as it was. See `xray-sdk-patch/src/call`.
//!
//! A body in which nothing is rewritten stays the raw tokens it is, and so does one that cannot be parsed.

mod find;
mod macros;
mod note;
mod scope;
mod shape;
mod template;
#[cfg(test)]
mod tests;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::token::Brace;
use syn::{Attribute, Block};

use self::find::Finder;
pub(crate) use self::template::start;

/// Methods and functions that may be a client's.
const WORDS: [&str; 7] = ["send", "execute", "get", "new", "from_conf", "spawn", "spawn_blocking"];

/// The body with its calls rewritten.
pub(crate) fn rewritten(body: Group) -> Group {
    if !mentions(&body.stream(), &WORDS) {
        return body;
    }
    let read = |input: ParseStream<'_>| Ok((input.call(Attribute::parse_inner)?, input.call(Block::parse_within)?));
    let Ok((attrs, stmts)) = read.parse2(body.stream()) else { return body };
    let mut block = Block { brace_token: Brace::default(), stmts };
    let mut finder = Finder::default();
    finder.block(&mut block);
    finder.notes.write();
    if !finder.notes.is_changed() {
        return body;
    }
    let mut content = TokenStream::new();
    attrs.iter().for_each(|attr| attr.to_tokens(&mut content));
    block.stmts.iter().for_each(|stmt| stmt.to_tokens(&mut content));
    // The user's own braces: they carry the edition.
    let mut braces = Group::new(body.delimiter(), content);
    braces.set_span(body.span());
    braces
}

/// Is one of these words in the tokens?
fn mentions(tokens: &TokenStream, words: &[&str]) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => words.iter().any(|word| ident == word),
        TokenTree::Group(group) => mentions(&group.stream(), words),
        _ => false,
    })
}
