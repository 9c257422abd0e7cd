//! `fn main`.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::Signature;

use super::body::{Body, Prelude};
use crate::calls;
use crate::item::{Function, Item};

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
    check(&function.sig)?;
    let Function { attrs, prefix, sig, body } = function;
    let body = Body::new(calls::rewritten(body));
    let mut prelude = Prelude::default();
    prelude.extend([calls::start()]);
    prelude.extend([body.block.stream()]);
    let mut out = TokenStream::new();
    attrs.iter().for_each(|attr| attr.to_tokens(&mut out));
    prefix.to_tokens(&mut out);
    sig.to_tokens(&mut out);
    body.replaced(prelude.statements).to_tokens(&mut out);
    Ok(out)
}

fn check(sig: &Signature) -> syn::Result<()> {
    match &sig.constness {
        Some(word) => Err(syn::Error::new_spanned(word, "`#[autoxray::main]` cannot stand on a `const fn`")),
        None => Ok(()),
    }
}
