//! What is emitted when an attribute is wrong.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use crate::item;

/// The errors *and* the item as it was written: the user reads one message per mistake and not, on top,
/// that the function does not exist, or that an argument is not used which was to be recorded.
pub(crate) fn untouched(errors: &syn::Error, item: &TokenStream) -> TokenStream {
    let mut out = errors.to_compile_error();
    if item::is_function(item) {
        out.extend(quote!(#[allow(unused_variables)]));
    }
    item.to_tokens(&mut out);
    out
}
