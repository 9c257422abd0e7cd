//! What the attribute stands on. Attributes, visibility and signature are parsed; a body stays the
//! raw tokens it is, so that one that is being typed expands as well, and the compiler's own message is the one the user reads.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Ident, Signature, Token, Visibility};

/// An item that can be traced.
pub(crate) enum Item {
    Function(Box<Function>),
    Container(Container),
}

/// A function with a body.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    /// Visibility and `default`.
    pub(crate) prefix: TokenStream,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

/// An `impl` block, a `trait` or an inline `mod`.
pub(crate) struct Container {
    pub(crate) kind: &'static str,
    pub(crate) attrs: Vec<Attribute>,
    /// Everything between the attributes and the body.
    pub(crate) header: TokenStream,
    pub(crate) body: Group,
}

impl Item {
    /// Reads the item below `#[traced]`; the error says what else the attribute may stand on.
    pub(crate) fn parse(tokens: &TokenStream) -> syn::Result<Self> {
        Self::read.parse2(tokens.clone())
    }

    /// Reads the function below `#[traced_lambda]`.
    pub(crate) fn parse_handler(tokens: &TokenStream) -> syn::Result<Function> {
        Self::parse_function(tokens, "traced_lambda", "it goes on the handler of a Lambda function, or on `fn main`")
    }

    /// Reads the function below `#[business_metric]`.
    pub(crate) fn parse_measured(tokens: &TokenStream) -> syn::Result<Function> {
        Self::parse_function(tokens, "business_metric", "it goes on a `fn`")
    }

    /// Reads the function below an attribute that stands on nothing else.
    fn parse_function(tokens: &TokenStream, attribute: &str, remedy: &str) -> syn::Result<Function> {
        let read = |input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_outer)?;
            let start = input.span();
            let (word, at) = match kind(input) {
                Kind::Function => match function(attrs, input)? {
                    FunctionPart::Whole(function) => return Ok(*function),
                    FunctionPart::Declared(name) => {
                        let message = format!("`{name}` has no body here: put `#[{attribute}]` where it is implemented");
                        return Err(syn::Error::new(name.span(), message));
                    }
                },
                Kind::Container("impl") => ("an `impl` block", start),
                Kind::Container("trait") => ("a `trait`", start),
                Kind::Container(_) => ("a `mod`", start),
                Kind::Other(word, at) => (word, at),
            };
            let message = format!("`#[{attribute}]` cannot stand on {word}: {remedy}");
            Err(syn::Error::new(at, message))
        };
        read.parse2(tokens.clone())
    }

    fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        match kind(input) {
            Kind::Function => function(attrs, input).and_then(|part| match part {
                FunctionPart::Whole(function) => Ok(Self::Function(function)),
                FunctionPart::Declared(name) => Err(syn::Error::new(
                    name.span(),
                    format!("`{name}` has no body here that could be traced: put `#[traced]` where it is implemented"),
                )),
            }),
            Kind::Container(kind) => container(kind, attrs, input).map(Self::Container),
            Kind::Other(word, span) => Err(syn::Error::new(
                span,
                format!("`#[traced]` cannot stand on {word}: it goes on a `fn`, an `impl` block, a `trait` or an inline `mod`"),
            )),
        }
    }
}

/// What an item is, told from its first words.
pub(crate) enum Kind {
    Function,
    Container(&'static str),
    Other(&'static str, Span),
}

/// Is this a function, as far as can be seen?
pub(crate) fn is_function(tokens: &TokenStream) -> bool {
    let read = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        let function = matches!(kind(input), Kind::Function);
        input.parse::<TokenStream>().map(|_| function)
    };
    read.parse2(tokens.clone()).unwrap_or(false)
}

/// Looks ahead, past visibility and qualifiers, for the word that decides.
pub(crate) fn kind(input: ParseStream<'_>) -> Kind {
    let ahead = input.fork();
    let start = ahead.span();
    let _ = ahead.parse::<Visibility>();
    loop {
        let span = ahead.span();
        let Ok(word) = ahead.call(syn::ext::IdentExt::parse_any) else { return Kind::Other("this", start) };
        let word: Ident = word;
        let other = match word.to_string().as_str() {
            "fn" => return Kind::Function,
            "impl" => return Kind::Container("impl"),
            "trait" => return Kind::Container("trait"),
            "mod" => return Kind::Container("mod"),
            "const" if !ahead.peek(Ident) && !ahead.peek(Token![_]) => continue,
            "async" | "default" | "safe" | "unsafe" | "auto" => continue,
            "extern" if ahead.peek(Token![crate]) => "an `extern crate`",
            "extern" if ahead.peek(syn::token::Brace) || ahead.peek2(syn::token::Brace) => "an `extern` block",
            "extern" => {
                let _ = ahead.parse::<Option<syn::LitStr>>();
                continue;
            }
            "struct" => "a `struct`",
            "enum" => "an `enum`",
            "union" => "a `union`",
            "const" => "a `const`",
            "static" => "a `static`",
            "type" => "a `type`",
            "use" => "a `use`",
            "let" => "a `let`",
            "macro_rules" => "a `macro_rules!`",
            _ => return Kind::Other("this", start),
        };
        return Kind::Other(other, span);
    }
}

/// A function, or only its declaration.
pub(crate) enum FunctionPart {
    Whole(Box<Function>),
    Declared(Ident),
}

/// Reads visibility, signature and body (or `;`).
pub(crate) fn function(attrs: Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<FunctionPart> {
    let mut prefix = input.parse::<Visibility>()?.into_token_stream();
    if input.peek(syn::token::Default) {
        input.parse::<Token![default]>()?.to_tokens(&mut prefix);
    }
    let sig: Signature = input.parse()?;
    if input.parse::<Option<Token![;]>>()?.is_some() {
        return Ok(FunctionPart::Declared(sig.ident));
    }
    let body = brace(input)?;
    Ok(FunctionPart::Whole(Box::new(Function { attrs, prefix, sig, body })))
}

/// Reads header and body.
pub(crate) fn container(kind: &'static str, attrs: Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<Container> {
    let mut header = TokenStream::new();
    let mut last = input.span();
    let mut angles = 0_i32;
    let mut arrow = false;
    while angles > 0 || !input.peek(syn::token::Brace) {
        if input.peek(Token![;]) {
            return Err(syn::Error::new(
                last,
                format!("`#[traced]` needs to see what is inside this `{kind}`: write it here, or put the attribute on the functions"),
            ));
        }
        last = input.span();
        let token: TokenTree = input.parse()?;
        let sign = if let TokenTree::Punct(punct) = &token { punct.as_char() } else { ' ' };
        angles += i32::from(sign == '<') - i32::from(sign == '>' && !arrow);
        arrow = sign == '-';
        token.to_tokens(&mut header);
    }
    let body = brace(input)?;
    Ok(Container { kind, attrs, header, body })
}

/// The next `{ … }` as it is, without the invisible group that `macro_rules!` leaves around `$b:block`.
fn brace(input: ParseStream<'_>) -> syn::Result<Group> {
    input.step(|cursor| {
        let Some((_, _, rest)) = cursor.group(Delimiter::Brace) else {
            return Err(cursor.error("expected a body in `{ }`"));
        };
        match cursor.token_tree() {
            Some((TokenTree::Group(group), _)) => Ok((innermost(group), rest)),
            _ => Err(cursor.error("expected a body in `{ }`")),
        }
    })
}

fn innermost(group: Group) -> Group {
    let only = match group.delimiter() {
        Delimiter::None => group.stream().into_iter().next(),
        _ => None,
    };
    match only {
        Some(TokenTree::Group(inner)) => innermost(inner),
        _ => group,
    }
}

impl Function {
    /// The function as it was written.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let mut out = TokenStream::new();
        self.attrs.iter().for_each(|attr| attr.to_tokens(&mut out));
        self.prefix.to_tokens(&mut out);
        self.sig.to_tokens(&mut out);
        self.body.to_tokens(&mut out);
        out
    }
}

impl Container {
    /// The container as it was written.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let mut out = TokenStream::new();
        self.attrs.iter().for_each(|attr| attr.to_tokens(&mut out));
        self.header.to_tokens(&mut out);
        self.body.to_tokens(&mut out);
        out
    }
}
