//! Calls in the input of macros. What that means is the macro's business, and so only macros are looked into that are known by name and
//! take expressions; and of these, none that shows the text of what it is given.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::visit_mut::VisitMut as _;
use syn::{Block, Expr, Macro, Pat, Token};

use super::find::Finder;

/// They take expressions, with a comma between.
const LISTS: [&str; 20] = [
    "join",
    "try_join",
    "vec",
    "println",
    "print",
    "eprintln",
    "eprint",
    "format",
    "write",
    "writeln",
    "panic",
    "assert_eq",
    "assert_ne",
    "debug_assert_eq",
    "debug_assert_ne",
    "format_args",
    "pin",
    "ready",
    "unreachable",
    "todo",
];
const SELECTS: [&str; 2] = ["select", "select_biased"];
const LEFT: &str = "inside of a macro's input";

/// Rewrites the input of a macro, if it can be understood.
pub(super) fn rewrite(finder: &mut Finder, call: &mut Macro) {
    if !finder.concerns(&call.tokens) {
        return;
    }
    let name = call.path.segments.last().map_or_else(String::new, |last| last.ident.to_string());
    let before = finder.notes.state();
    let input = call.tokens.clone();
    let output = if LISTS.contains(&name.as_str()) {
        (|input: ParseStream<'_>| list(finder, input)).parse2(input).ok()
    } else if SELECTS.contains(&name.as_str()) {
        (|input: ParseStream<'_>| select(finder, input)).parse2(input).ok()
    } else {
        None
    };
    match output {
        Some(output) if finder.notes.changed() > before.1 => call.tokens = output,
        Some(_) => {}
        None => {
            finder.notes.back_to(before);
            if finder.misses(&call.tokens) {
                finder.notes.left(call.path.span(), LEFT);
            }
        }
    }
}

/// `a, b, c`
fn list(finder: &mut Finder, input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut list = Punctuated::<Expr, Token![,]>::parse_terminated(input)?;
    list.iter_mut().for_each(|expr| finder.visit_expr_mut(named(expr)));
    Ok(list.into_token_stream())
}

/// `name = value` of a format string: the value.
fn named(expr: &mut Expr) -> &mut Expr {
    match expr {
        Expr::Assign(assign) => &mut assign.right,
        other => other,
    }
}

/// `biased; pattern = future, if condition => handler, else => handler`
fn select(finder: &mut Finder, input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut out = TokenStream::new();
    if input.peek(syn::Ident) && input.peek2(Token![;]) {
        input.parse::<syn::Ident>()?.to_tokens(&mut out);
        input.parse::<Token![;]>()?.to_tokens(&mut out);
    }
    while !input.is_empty() {
        if input.peek2(Token![=>]) {
            // `else`, `default`, `complete`
            input.parse::<TokenTree>()?.to_tokens(&mut out);
            arm(finder, input, None, &mut out)?;
        } else {
            let pattern = Pat::parse_multi_with_leading_vert(input)?;
            pattern.to_tokens(&mut out);
            input.parse::<Token![=]>()?.to_tokens(&mut out);
            expr(finder, input, &mut out)?;
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?.to_tokens(&mut out);
                input.parse::<Token![if]>()?.to_tokens(&mut out);
                expr(finder, input, &mut out)?;
            }
            arm(finder, input, Some(&pattern), &mut out)?;
        }
    }
    Ok(out)
}

fn expr(finder: &mut Finder, input: ParseStream<'_>, out: &mut TokenStream) -> syn::Result<()> {
    let mut expr: Expr = input.parse()?;
    finder.visit_expr_mut(&mut expr);
    expr.to_tokens(out);
    Ok(())
}

/// `=> handler`
fn arm(finder: &mut Finder, input: ParseStream<'_>, pattern: Option<&Pat>, out: &mut TokenStream) -> syn::Result<()> {
    input.parse::<Token![=>]>()?.to_tokens(out);
    let mut handler = if input.peek(syn::token::Brace) {
        Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block: input.parse::<Block>()? })
    } else {
        input.parse()?
    };
    finder.handler(pattern, &mut handler);
    handler.to_tokens(out);
    input.parse::<Option<Token![,]>>()?.to_tokens(out);
    Ok(())
}
