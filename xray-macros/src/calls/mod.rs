//! Calls of clients inside a function's body, and of what starts the service of a Lambda function in `main`: each is rewritten so that the
//! compiler, who knows the types, takes the way that records, or the expression as it was. See `xray-sdk-patch/src/call` and `lambda/call`.
//!
//! A body in which nothing is rewritten stays the raw tokens it is, and so does one that cannot be parsed.

#[cfg(feature = "rewrite")]
mod clients;
#[cfg(not(feature = "rewrite"))]
#[path = "clients_compiled_out.rs"]
mod clients;
mod find;
mod macros;
mod note;
#[cfg(feature = "rewrite")]
mod scope;
#[cfg(not(feature = "rewrite"))]
#[path = "scope_compiled_out.rs"]
mod scope;
#[cfg(feature = "lambda")]
mod services;
#[cfg(not(feature = "lambda"))]
#[path = "services_compiled_out.rs"]
mod services;
#[cfg(feature = "rewrite")]
mod shape;
#[cfg(feature = "rewrite")]
mod template;
#[cfg(all(test, feature = "rewrite"))]
mod tests;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::token::Brace;
use syn::{Attribute, Block};

pub(crate) use self::clients::start;
use self::find::Finder;
use self::services::Services;
use crate::args::Args;

/// The body with its calls of clients rewritten.
pub(crate) fn rewritten(body: Group) -> Group {
    walk(body, Finder::new(true, None))
}

/// The body of a `main` under `#[traced_lambda]`: services that it starts are rewritten, too.
pub(crate) fn in_main(body: Group, args: &Args) -> Group {
    walk(body, Finder::new(args.sends(), Services::of(args)))
}

fn walk(body: Group, mut finder: Finder) -> Group {
    if !finder.concerns(&body.stream()) {
        return body;
    }
    let read = |input: ParseStream<'_>| Ok((input.call(Attribute::parse_inner)?, input.call(Block::parse_within)?));
    let Ok((attrs, stmts)) = read.parse2(body.stream()) else { return body };
    let mut block = Block { brace_token: Brace::default(), stmts };
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
