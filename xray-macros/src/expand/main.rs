//! `fn main`.

use proc_macro2::{Group, TokenStream};
use quote::ToTokens as _;

use super::body::{Body, Prelude};
use super::is_attribute;
use crate::calls;
use crate::item::{Function, Item};

/// For either of the two attributes.
pub(super) const BOTH: &str =
    "`#[autoxray::main]` and `#[traced_lambda]` stand on the same `fn main`: keep `#[traced_lambda]`, it does what the other does";

/// ```text
/// #[tokio::main] async fn main() { BODY }
/// →
/// #[tokio::main] async fn main() { CALL::start(); BODY }
/// ```
pub(crate) fn main(args: TokenStream, item: &TokenStream) -> syn::Result<TokenStream> {
    const WHERE: &str = "`#[autoxray::main]` goes on `fn main`";
    if !args.is_empty() {
        return Err(syn::Error::new_spanned(
            args,
            "`#[autoxray::main]` takes no options: remove them, or put `#[traced(…)]` on a function",
        ));
    }
    let function = match Item::parse(item)? {
        Item::Function(function) => *function,
        Item::Container(container) => return Err(syn::Error::new_spanned(container.header, WHERE)),
    };
    check(&function)?;
    let body = calls::rewritten(function.body.clone());
    Ok(beginning(function, body, calls::start()))
}

/// The function with this body, which does something first.
pub(super) fn beginning(function: Function, body: Group, first: TokenStream) -> TokenStream {
    let Function { attrs, prefix, sig, .. } = function;
    let body = Body::new(body);
    let mut prelude = Prelude::default();
    prelude.extend([first]);
    prelude.extend([body.block.stream()]);
    let mut out = TokenStream::new();
    attrs.iter().for_each(|attr| attr.to_tokens(&mut out));
    prefix.to_tokens(&mut out);
    sig.to_tokens(&mut out);
    body.replaced(prelude.statements).to_tokens(&mut out);
    out
}

fn check(function: &Function) -> syn::Result<()> {
    if let Some(word) = &function.sig.constness {
        return Err(syn::Error::new_spanned(word, "`#[autoxray::main]` cannot stand on a `const fn`"));
    }
    match function.attrs.iter().find(|attr| is_attribute(attr, "traced_lambda")) {
        Some(attr) => Err(syn::Error::new_spanned(attr.path(), BOTH)),
        None => Ok(()),
    }
}
