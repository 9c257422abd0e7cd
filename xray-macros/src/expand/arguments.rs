//! Arguments must be dropped where and in the order they are without us: after the body's own
//! values, the last argument first.

use std::cell::LazyCell;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat, PatIdent, PatType, ReturnType, Signature, Type};

use super::body::{Names, Prelude};
use crate::rt::here;
use crate::types::{self, drops_nothing};

/// Statements that go to the start of the closure (or async block) which `body` becomes.
///
/// ```text
/// fn f(a: A, n: u32, b: B)             →  let _ = (&b, &a);
/// fn f(a: A, _: B, (c, _): (C, D))     →  fn f(a: A, _argument1: B, argument2: (C, D))
///                                         let _argument1 = _argument1;
///                                         let argument2 = argument2; let (c, _) = argument2;
///                                         let _ = &a;
/// ```
///
/// A closure drops what it captured after its body, in the order in which it is first mentioned, so
/// mentioning the arguments backwards is all that is needed; mentioned whole, they are captured whole.
/// An argument that is not used, or only in part, is not captured and would be dropped too late, so it (and what
/// follows, which must go before it) becomes a local, as the compiler does for `async fn`. At the
/// beginning of the list too late is the right time: there it stays untouched, and its warning with it.
/// Locals, too, are arguments whose use the compiler judges otherwise when they are captured (see [`Bindings`]), and the one at the position
/// `looked_at`: it then has a name of ours in the signature, by which it can be looked at before the body has it (see [`own_name`]).
pub(crate) fn prelude(sig: &mut Signature, body: &TokenStream, looked_at: Option<usize>, measured: &Measured) -> Prelude {
    let mentioned = LazyCell::new(|| Names::in_tokens(body));
    let mut captured: Vec<(Vec<Attribute>, Ident)> = Vec::new();
    let mut locals = TokenStream::new();
    let mut plain_locals = TokenStream::new();
    let mut aliases = TokenStream::new();
    for (position, input) in sig.inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) if drops_nothing(&receiver.ty) => {}
            FnArg::Receiver(receiver) => captured.push((Vec::new(), Ident::new("self", receiver.self_token.span))),
            FnArg::Typed(argument) if looked_at == Some(position) => {
                let used = bindings(&argument.pat).idents.iter().any(|name| mentioned.contain(name));
                locals.extend(local(argument, position, used, measured, &mut aliases));
            }
            FnArg::Typed(argument) if drops_nothing(&argument.ty) => {
                // An array's elements are not looked at that closely, and it may be large.
                if bindings(&argument.pat).mutable && !matches!(*argument.ty, Type::Array(_)) {
                    plain_locals.extend(local(argument, position, true, measured, &mut aliases));
                }
            }
            FnArg::Typed(argument) => {
                let bound = bindings(&argument.pat);
                let used: Vec<Ident> = bound.idents.iter().filter(|name| mentioned.contain(name)).cloned().collect();
                let all = used.len() == bound.idents.len() && !used.is_empty();
                let first = captured.is_empty() && locals.is_empty();
                let can_stay = first && used.is_empty();
                let inconspicuous = !bound.mutable && !bound.underscored;
                let can_be_captured = all && inconspicuous && locals.is_empty() && (first || !bound.partial);
                if can_stay || can_be_captured {
                    aliases.extend(bound.idents.iter().filter_map(|name| measured.borrowed(name, &conditions(&argument.attrs))));
                    captured.extend(used.into_iter().map(|name| (conditions(&argument.attrs), name)));
                } else {
                    locals.extend(local(argument, position, !used.is_empty(), measured, &mut aliases));
                }
            }
        }
    }
    locals.extend(plain_locals);
    let mut prelude = Prelude { locals: !locals.is_empty(), statements: locals, aliases };
    prelude.extend(mention(&captured));
    prelude
}

/// `let _ = (&b, &a);`
fn mention(captured: &[(Vec<Attribute>, Ident)]) -> Option<TokenStream> {
    let backwards = captured.iter().rev();
    let names = backwards.clone().map(|(_, name)| name);
    if captured.iter().any(|(conditions, _)| !conditions.is_empty()) {
        let each = backwards.map(|(conditions, name)| quote_spanned!(here()=> #(#conditions)* let _ = &#name;));
        return Some(each.collect());
    }
    match captured.len() {
        0 => None,
        1 => Some(quote_spanned!(here()=> let _ = #(&#names)*;)),
        _ => Some(quote_spanned!(here()=> let _ = (#(&#names),*);)),
    }
}

/// The `#[cfg(…)]` of an argument: what is not compiled in must not be named.
fn conditions(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect()
}

/// Makes an argument a local. Its name in the signature is hidden from the body, a pattern moves into the body.
///
/// If what is measured needs it, it is seen there by reference, as `let order = &order;` among the `aliases`.
fn local(argument: &mut PatType, position: usize, used: bool, measured: &Measured, aliases: &mut TokenStream) -> TokenStream {
    let pattern = (*argument.pat).clone();
    let names = bindings(&pattern).idents;
    let statement = moved(argument, position, used);
    if names.iter().any(|name| measured.names(name))
        && let Pat::Ident(name) = &*argument.pat
    {
        let (conditions, pattern, name) = (conditions(&argument.attrs), by_reference(pattern.into_token_stream()), &name.ident);
        // A copy outlives the function, as a future that is returned may have to.
        let is_copied = names.len() == 1 && drops_nothing(&argument.ty) && !matches!(&*argument.ty, Type::Reference(_));
        let reference = (!is_copied).then(|| quote_spanned!(here()=> &));
        aliases.extend(quote_spanned!(here()=> #(#conditions)* let #pattern = #reference #name;));
        // What the pattern binds besides is not unused.
        aliases.extend((names.len() > 1).then(|| quote_spanned!(here()=> #(#conditions)* let _ = (#(&#names),*);)));
    }
    statement
}

/// What is measured names of the arguments.
pub(crate) struct Measured {
    before: Names,
    after: Names,
    /// The function's arguments are there as long as what is measured.
    is_inside: bool,
}

impl Measured {
    /// Of what is evaluated before the body, and after it.
    pub(crate) fn new((before, after): (TokenStream, TokenStream), sig: &Signature) -> Self {
        let returns_future = matches!(&sig.output, ReturnType::Type(_, ty) if types::returned(ty).is_some());
        let is_inside = sig.asyncness.is_some() || !returns_future;
        Self { before: Names::in_tokens(&before), after: Names::in_tokens(&after), is_inside }
    }

    fn names(&self, name: &Ident) -> bool {
        self.before.contain(name) || (self.is_inside && self.after.contain(name))
    }

    /// `let order = &order;`: what is named after the body would otherwise be taken from the function, and dropped at another time.
    fn borrowed(&self, name: &Ident, conditions: &[Attribute]) -> Option<TokenStream> {
        (self.is_inside && self.after.contain(name)).then(|| quote_spanned!(here()=> #(#conditions)* let #name = &#name;))
    }
}

/// A pattern that takes nothing.
fn by_reference(pattern: TokenStream) -> TokenStream {
    let each = |token| match token {
        TokenTree::Ident(word) if word == "mut" || word == "ref" => None,
        TokenTree::Group(group) => Some(super::body::within(&group, by_reference(group.stream())).into()),
        other => Some(other),
    };
    pattern.into_iter().filter_map(each).collect()
}

fn moved(argument: &mut PatType, position: usize, used: bool) -> TokenStream {
    let conditions = conditions(&argument.attrs);
    if let Pat::Ident(simple) = &mut *argument.pat
        && simple.by_ref.is_none()
        && simple.subpat.is_none()
    {
        let mut given = simple.ident.clone();
        given.set_span(here().located_at(given.span()));
        let own = std::mem::replace(&mut simple.ident, given.clone());
        let mutability = simple.mutability.take();
        // Unused by intent: no lint is to see that we use it.
        let own = if own.to_string().starts_with('_') && !used { given.clone() } else { own };
        return quote_spanned!(here()=> #(#conditions)* let #mutability #own = #given;);
    }
    let wild = matches!(&*argument.pat, Pat::Wild(_));
    let name = Ident::new(&format!("{}argument{position}", if wild { "_" } else { "" }), here());
    let plain = Pat::Ident(PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: name.clone(), subpat: None });
    let pattern = std::mem::replace(&mut *argument.pat, plain);
    let mutability = refers_mutably(&pattern).then(|| quote_spanned!(here()=> mut));
    let unpack = (!wild).then(|| quote_spanned!(here()=> #(#conditions)* let #pattern = #name;));
    quote_spanned!(here()=> #(#conditions)* let #mutability #name = #name; #unpack)
}

/// Is there a `ref mut` in it? It can only refer to something mutable.
fn refers_mutably(pattern: &Pat) -> bool {
    struct RefMut(bool);
    impl<'ast> Visit<'ast> for RefMut {
        fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
            self.0 |= pat.by_ref.is_some() && pat.mutability.is_some();
            visit::visit_pat_ident(self, pat);
        }
    }
    let mut found = RefMut(false);
    found.visit_pat(pattern);
    found.0
}

/// `#[allow(unused_assignments)]` for `mut self`, which cannot become a local.
pub(crate) fn allowances(sig: &Signature) -> Option<TokenStream> {
    let receiver = sig.receiver().filter(|receiver| receiver.mutability.is_some() && !drops_nothing(&receiver.ty))?;
    let captured = receiver.reference.is_none();
    captured.then(|| quote_spanned!(here()=> #[allow(unused_assignments)]))
}

/// What the argument at `position` is called in the signature, if it was made a local.
pub(crate) fn own_name(sig: &Signature, position: usize) -> Option<&Ident> {
    match sig.inputs.iter().nth(position) {
        Some(FnArg::Typed(argument)) => match &*argument.pat {
            Pat::Ident(name) => Some(&name.ident),
            _ => None,
        },
        _ => None,
    }
}

/// What the arguments are called in the body.
pub(crate) fn names(sig: &Signature) -> Vec<Ident> {
    let each = |input: &FnArg| match input {
        FnArg::Receiver(receiver) => vec![Ident::new("self", receiver.self_token.span)],
        FnArg::Typed(argument) => bindings(&argument.pat).idents,
    };
    sig.inputs.iter().flat_map(each).collect()
}

/// What an argument's pattern binds.
struct Bindings {
    idents: Vec<Ident>,
    /// Something of the argument may stay unbound, and be dropped on its own.
    partial: bool,
    /// One is `mut`: what is assigned to a captured variable counts as never read.
    mutable: bool,
    /// One is called `_unused`, and would be used by the capture.
    underscored: bool,
}

fn bindings(pat: &Pat) -> Bindings {
    let mut found = Bindings { idents: Vec::new(), partial: false, mutable: false, underscored: false };
    found.visit_pat(pat);
    found
}

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        self.partial |= pat.by_ref.is_some() || pat.subpat.is_some();
        self.mutable |= pat.mutability.is_some();
        self.underscored |= pat.ident.to_string().starts_with('_');
        self.idents.push(pat.ident.clone());
        visit::visit_pat_ident(self, pat);
    }

    fn visit_pat(&mut self, pat: &'ast Pat) {
        let whole = matches!(pat, Pat::Ident(_) | Pat::Tuple(_) | Pat::TupleStruct(_) | Pat::Struct(_) | Pat::Paren(_) | Pat::Slice(_));
        self.partial |= !whole || matches!(pat, Pat::Struct(pat) if pat.rest.is_some());
        visit::visit_pat(self, pat);
    }
}
