//! Handlers of Lambda functions, and `fn main` of their programs.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Attribute, FnArg, LitStr, ReturnType, Signature, Type};

use super::body::Body;
use super::function::{self, Parts};
use super::measure::Measures;
use super::{arguments, is_attribute, is_traced, main};
use crate::args::{self, Args};
use crate::calls;
use crate::diag::Diag;
use crate::item::{Function, Item};
use crate::rt::{self, Output, here};
use crate::types;

const NO_EVENT: &str = "`#[traced_lambda]` needs the event: write `async fn handler(event: LambdaEvent<T>) -> Result<R, Error>`, or \
    `async fn handler(request: lambda_http::Request) -> Result<R, Error>`; other arguments may follow";

/// Expands `#[traced_lambda(args)]` on `item`; the error holds every mistake.
pub(crate) fn traced_lambda(args: TokenStream, item: &TokenStream) -> syn::Result<TokenStream> {
    let mut diag = Diag::default();
    let args = diag.keep(Args::parse(args, &args::TRACED_LAMBDA));
    let function = diag.keep(Item::parse_handler(item));
    let Some(function) = function else { return diag.finish(TokenStream::new()) };
    check(&function, &mut diag);
    if is_main(&function.sig) {
        if let Some(other) = function.attrs.iter().find(|attr| is_other_main(attr)) {
            diag.at(other.path(), main::BOTH);
        }
        args.iter().for_each(|args| check_main(args, &mut diag));
        return diag.finish(()).map(|()| args.map_or_else(TokenStream::new, |args| in_main(&args, function)));
    }
    let event = check_handler(&function.sig, &mut diag);
    let expanded = args.zip(event).map(|(args, event)| handler(&args, function, event));
    diag.finish(expanded.unwrap_or_default())
}

/// ```text
/// async fn f(event: E, a: A) -> R { BODY }
/// →
/// async fn f(event: E, a: A) -> R {
///     let __invocation = LAMBDA::Look::new(&event).__autoxray_begin(SITE); // and `.without_causes()` with `capture_error = false`
///     let (__r, __invocation): (R, _) = __invocation.trace(
///         async move { let event = event; let a = a; if false { return ::autoxray::__rt::typed::<R>(); } VALUES BODY },
///     ).await;
///     LAMBDA::outcome(&__invocation, &__r, OUTCOME);
///     LAMBDA::response(&__invocation, SITE, &__r);                    // with `capture_response` only
///     LAMBDA::Told::new(&__r).__autoxray_records(&__invocation);
///     { use LAMBDA::fallbacks::*; LAMBDA::Answer::new(__r, __invocation).__autoxray_close() }
/// }
/// ```
///
/// `LAMBDA` is `::autoxray::__rt::lambda`. What it asks of the event and of the answer is told where their types are written.
fn handler(args: &Args, function: Function, position: usize) -> TokenStream {
    let Function { mut attrs, prefix, sig, body } = function;
    let measures = Measures::take(args, &mut attrs, &sig);
    let body = if args.sends() { calls::rewritten(body) } else { body };
    let site = &site(args, &sig);
    let mut parts = Parts { args, sig, body: Body::new(body), site: None, measures, aliases: TokenStream::new() };
    let returned = function::output(&parts.sig);
    let future = parts.async_block(&returned, Some(position));
    let (first, future) = parts.measured(&future, &returned, rt::measured_future);
    let event = arguments::own_name(&parts.sig, position);
    let event_ty = match &parts.sig.inputs[position] {
        FnArg::Typed(argument) => argument.ty.to_token_stream(),
        FnArg::Receiver(_) => TokenStream::new(),
    };
    let outcome = rt::outcome(Output::of(&returned));
    let (asked, answered) = (rt::first_span(&event_ty), rt::first_span(&returned.to_token_stream()));
    let (of_event, of_answer) = (rt::path_at("lambda", asked), rt::path_at("lambda", answered));
    let hidden = (!args.captures_error()).then(|| quote_spanned!(here()=> .without_causes()));
    let look = quote_spanned!(asked=> #of_event::Look::new(&#event).__autoxray_begin(#site) #hidden);
    if matches!(returned, Type::Never(_)) {
        // It gives nothing that could be looked at.
        let content = quote_spanned!(here()=> #first match #look.trace(#future).await { (__r, _) => __r });
        return parts.function(&attrs, &prefix, content);
    }
    let ty = types::inside_body(&returned);
    let response = args.captures_response().then(|| quote_spanned!(answered=> #of_answer::response(&__invocation, #site, &__r);));
    let content = quote_spanned! {here()=>
        let __invocation = #look;
        let (__r, __invocation): (#ty, _) = __invocation.trace(#future).await;
        #of_answer::outcome(&__invocation, &__r, #outcome);
        #response
        #of_answer::Told::new(&__r).__autoxray_records(&__invocation);
        {
            use #of_answer::fallbacks::*;
            #of_answer::Answer::new(__r, __invocation).__autoxray_close()
        }
    };
    parts.function(&attrs, &prefix, content)
}

/// ```text
/// #[tokio::main] async fn main() -> R { BODY }
/// →
/// #[tokio::main] async fn main() -> R { LAMBDA::start(); BODY }
/// ```
///
/// with the calls of `lambda_runtime::run` and the like in it rewritten (see `calls/services.rs`).
fn in_main(args: &Args, function: Function) -> TokenStream {
    let body = calls::in_main(function.body.clone(), args);
    let lambda = rt::path_at("lambda", here());
    main::beginning(function, body, quote_spanned!(here()=> #lambda::start();))
}

/// Named as it is with AWS's own libraries: `## handler`.
fn site(args: &Args, sig: &Signature) -> TokenStream {
    let own = || LitStr::new(&format!("## {}", sig.ident.unraw()), here());
    rt::site_named(&args.name.as_ref().map_or_else(own, |given| given.value.clone()), sig.ident.span())
}

fn is_main(sig: &Signature) -> bool {
    sig.ident == "main" && sig.inputs.is_empty()
}

/// `#[autoxray::main]`, and not tokio's.
fn is_other_main(attr: &Attribute) -> bool {
    let mut names = attr.path().segments.iter().map(|segment| &segment.ident);
    names.next().is_some_and(|first| first == "autoxray") && names.next().is_some_and(|second| second == "main")
}

/// The message for a function that has both attributes.
pub(super) fn with_traced(sig: &Signature) -> String {
    let recorded = if is_main(sig) { "it records what this calls" } else { "it records the function too" };
    format!("`#[traced_lambda]` and `#[traced]` stand on the same function: keep `#[traced_lambda]`, {recorded}")
}

/// What neither a handler nor `main` must be.
fn check(function: &Function, diag: &mut Diag) {
    if let Some(second) = function.attrs.iter().find(|attr| is_attribute(attr, "traced_lambda")) {
        diag.at(second.path(), "`#[traced_lambda]` is given twice on this function; keep one");
    }
    if let Some(other) = function.attrs.iter().find(|attr| is_traced(attr)) {
        diag.at(other.path(), with_traced(&function.sig));
    }
    if let Some(word) = &function.sig.constness {
        diag.at(word, "`#[traced_lambda]` cannot record a `const fn`: remove `const`");
    }
}

/// What belongs on a handler.
fn check_main(args: &Args, diag: &mut Diag) {
    let words = [
        args.annotate.as_ref().map(|given| &given.word),
        args.metadata.as_ref().map(|given| &given.word),
        args.capture_response.as_ref().map(|given| &given.word),
    ];
    for word in words.into_iter().flatten() {
        diag.at(word, format_args!("`{word}` needs the event or the answer, which `main` does not see: put it on the handler"));
    }
}

/// The position of the event, if this can be a handler.
fn check_handler(sig: &Signature, diag: &mut Diag) -> Option<usize> {
    if sig.asyncness.is_none() && sig.constness.is_none() {
        let returns_future = matches!(&sig.output, ReturnType::Type(_, ty) if types::returned(ty).is_some());
        let remedy = if returns_future { "make it an `async fn` that returns what the future gives" } else { "make it `async`" };
        diag.at(sig.fn_token, format_args!("`#[traced_lambda]` goes on an `async fn`: {remedy}"));
    }
    let event = event(sig);
    if event.is_none() {
        diag.at(&sig.ident, NO_EVENT);
    }
    event
}

/// The argument that is the event: by the name of its type, or else the first that is not borrowed.
fn event(sig: &Signature) -> Option<usize> {
    let types = || {
        sig.inputs.iter().enumerate().filter_map(|(position, input)| match input {
            FnArg::Typed(argument) => Some((position, types::bare(&argument.ty))),
            FnArg::Receiver(_) => None,
        })
    };
    let by_name = types().find(|(_, ty)| is_named(ty, "LambdaEvent") || is_named(ty, "Request"));
    by_name.or_else(|| types().find(|(_, ty)| !matches!(ty, Type::Reference(_) | Type::Ptr(_)))).map(|(position, _)| position)
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}
