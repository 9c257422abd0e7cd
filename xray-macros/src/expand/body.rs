//! Questions about a body, answered from its tokens, and the block that stands in its place.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Ident};

use crate::rt;

/// A function's body: inner attributes, which must stay first in the function, and the rest.
pub(crate) struct Body {
    pub(crate) inner: Vec<Attribute>,
    /// The body as a block of its own, in the user's braces: they carry the edition.
    pub(crate) block: Group,
}

impl Body {
    pub(crate) fn new(braces: Group) -> Self {
        let read = |input: ParseStream<'_>| {
            let inner = input.call(Attribute::parse_inner)?;
            Ok((inner, input.parse::<TokenStream>()?))
        };
        match read.parse2(braces.stream()) {
            Ok((inner, rest)) if !inner.is_empty() => Self { inner, block: within(&braces, rest) },
            _ => Self { inner: Vec::new(), block: braces },
        }
    }

    /// The function's new body.
    pub(crate) fn replaced(&self, content: TokenStream) -> Group {
        let mut all = TokenStream::new();
        self.inner.iter().for_each(|attr| attr.to_tokens(&mut all));
        all.extend(content);
        within(&self.block, all)
    }
}

/// `content` in the braces of `group`.
pub(crate) fn within(group: &Group, content: TokenStream) -> Group {
    let mut new = Group::new(group.delimiter(), content);
    new.set_span(group.span());
    new
}

/// `{ PRELUDE { BODY } }`, or `{ PRELUDE BODY }` if the body has no statements of its own.
///
/// The body keeps its braces because lints look at what follows what in a block. A single expression has no use for them, and
/// would be told that they are unnecessary.
pub(crate) fn after(prelude: Prelude, body: &Group) -> Group {
    let Prelude { mut statements, locals, .. } = prelude;
    if statements.is_empty() {
        return body.clone();
    }
    if has_statements(&body.stream()) {
        body.to_tokens(&mut statements);
    } else {
        statements.extend(body.stream());
    }
    within(body, if locals { rt::block(statements).into_token_stream() } else { statements })
}

/// What is done before a body.
#[derive(Default)]
pub(crate) struct Prelude {
    pub(crate) statements: TokenStream,
    /// It has variables that stand for arguments, and gets braces of ours. They are edition 2024:
    /// in it temporaries of the body's last expression are dropped before those variables, as they are before arguments. Around
    /// are the user's braces anyway, because the compiler gives no names of variables in messages about a closure that is not the user's.
    pub(crate) locals: bool,
    /// What of the arguments is seen before, where their names have gone to those variables.
    pub(crate) aliases: TokenStream,
}

impl Extend<TokenStream> for Prelude {
    fn extend<I: IntoIterator<Item = TokenStream>>(&mut self, more: I) {
        self.statements.extend(more);
    }
}

fn has_statements(body: &TokenStream) -> bool {
    const ITEMS: [&str; 8] = ["enum", "fn", "impl", "mod", "struct", "trait", "union", "unsafe"];
    let mut bang = false;
    body.clone().into_iter().any(|token| {
        let after_bang = std::mem::take(&mut bang);
        match token {
            TokenTree::Punct(punct) => {
                bang = punct.as_char() == '!';
                punct.as_char() == ';'
            }
            TokenTree::Ident(ident) => ITEMS.iter().any(|item| ident == item),
            TokenTree::Group(group) => after_bang && group.delimiter() == Delimiter::Brace,
            TokenTree::Literal(_) => false,
        }
    })
}

/// The names that tokens mention.
#[derive(Default)]
pub(crate) struct Names {
    idents: HashSet<String>,
    /// Texts, which may be format strings that capture names.
    texts: String,
}

impl Names {
    pub(crate) fn in_tokens(tokens: &TokenStream) -> Self {
        let mut names = Self::default();
        names.add(tokens.clone());
        names
    }

    fn add(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.add(group.stream()),
                TokenTree::Ident(ident) => {
                    self.idents.insert(ident.to_string());
                }
                TokenTree::Literal(literal) => self.texts += &literal.to_string(),
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// Is `name` mentioned, as an identifier or captured in a format string?
    pub(crate) fn contain(&self, name: &Ident) -> bool {
        self.idents.contains(&name.to_string()) || self.texts.contains(&format!("{{{name}"))
    }
}

/// The same tokens with another name for a variable.
pub(crate) fn renamed(tokens: TokenStream, from: &str, to: &str) -> TokenStream {
    let each = |token| match token {
        TokenTree::Ident(ident) if ident == from => Ident::new(to, ident.span()).into(),
        TokenTree::Group(group) => within(&group, renamed(group.stream(), from, to)).into(),
        other => other,
    };
    tokens.into_iter().map(each).collect()
}

/// Does a token anywhere in `tokens` satisfy `wanted`?
pub(crate) fn any(tokens: &TokenStream, wanted: &dyn Fn(&TokenTree) -> bool) -> bool {
    tokens.clone().into_iter().any(|token| wanted(&token) || matches!(&token, TokenTree::Group(group) if any(&group.stream(), wanted)))
}
