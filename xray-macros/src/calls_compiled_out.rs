//! Without the features `rewrite` and `lambda`, bodies stay as they are.

use proc_macro2::{Group, TokenStream};

use crate::args::Args;

/// The body as it is.
pub(crate) fn rewritten(body: Group) -> Group {
    body
}

/// The body as it is.
pub(crate) fn in_main(body: Group, _: &Args) -> Group {
    body
}

/// Nothing is done first.
pub(crate) fn start() -> TokenStream {
    TokenStream::new()
}
