//! What calls become. Above each stands what goes in and what comes out; `CALL` is `::autoxray::__rt::call`.
//!
//! Inserted tokens are seen at the name of the method or function, so that messages point to where they would without them.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprCall, ExprMethodCall, Ident};

use crate::rt;

/// `CALL::name`
fn path(name: &str, span: Span) -> TokenStream {
    let (module, name) = (rt::path_at("call", span), Ident::new(name, span));
    quote_spanned!(span=> #module::#name)
}

/// `CALL::start();`: what is done first in `main`.
pub(crate) fn start() -> TokenStream {
    let start = path("start", rt::here());
    quote_spanned!(rt::here()=> #start();)
}

/// `if false { CALL::dead(); … ::core::option::Option::Some(QUESTION) } else { ::core::option::Option::None }`: asks for a type. The borrow
/// checker sees nothing of it, and nothing of it is left in the program.
fn ask(question: &TokenStream, span: Span) -> TokenStream {
    let (dead, probe) = (path("dead", span), path("probe", span));
    quote_spanned! {span=>
        if false {
            use #probe::fallbacks::*;
            #dead();
            ::core::option::Option::Some({ #question })
        } else {
            ::core::option::Option::None
        }
    }
}

/// Is this a request of a client?
fn ask_request(place: &TokenStream, span: Span) -> TokenStream {
    let probe = path("probe", span);
    let question = quote_spanned! {span=>
        let __q = &#place;
        #probe::seen(__q, #probe::Given(__q.as_input()).__autoxray_taken().build()).__autoxray_verdict()
    };
    ask(&question, span)
}

fn interceptor(span: Span) -> TokenStream {
    let interceptor = path("interceptor", span);
    quote_spanned!(span=> #interceptor())
}

/// The two arms.
fn choose(question: &TokenStream, untouched: &TokenStream, ours: &TokenStream, span: Span) -> Expr {
    let (choose, choice) = (path("choose", span), path("Choice", span));
    let first = rt::first_span(untouched);
    let (untouched_arm, ours_arm) = (quote_spanned!(first=> __t.give(#untouched)), quote_spanned!(first=> __t.give(#ours)));
    let arms = quote_spanned! {span=>
        match #choose(#question) {
            #choice::Untouched(__t) => { let __t = __t.start(); #untouched_arm }
            #choice::Ours(__t) => { let __t = __t.start(); #ours_arm }
        }
    };
    seen_at(untouched, arms)
}

/// In parentheses that are seen where the user's expression begins, as that is where the compiler looks for the whole of it.
fn seen_at(user: &impl ToTokens, expr: TokenStream) -> Expr {
    let mut parens = Group::new(Delimiter::Parenthesis, expr);
    parens.set_span(rt::first_span(&user.to_token_stream()));
    Expr::Verbatim(TokenTree::Group(parens).into())
}

/// Makes the parentheses around an operand the user's own: a division by what they hold would be told at the attribute otherwise. Elsewhere
/// the user would be told that they are not needed.
pub(super) fn operand(expr: &mut Expr, operator: Span) {
    let Expr::Verbatim(tokens) = expr else { return };
    let respanned = std::mem::take(tokens).into_iter().map(|token| match token {
        TokenTree::Group(mut group) => {
            group.set_span(operator);
            TokenTree::Group(group)
        }
        other => other,
    });
    *tokens = respanned.collect();
}

/// ```text
/// VALUE.send()
/// →
/// (match VALUE { __r => CALL::open(ASK, __r).customize().interceptor(CALL::interceptor()) }).send()
/// ```
pub(super) fn opened(value: &Expr, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (ask, open, interceptor) = (ask_request(&quote_spanned!(span=> __r), span), path("open", span), interceptor(span));
    seen_at(value, quote_spanned!(span=> match (#value) { __r => #open(#ask, __r).customize().interceptor(#interceptor) }))
}

/// ```text
/// REQUEST.customize().mutate_request(F).send()
/// →
/// (match REQUEST.customize().mutate_request(F) { __r => CALL::open(ASK, __r).interceptor(CALL::interceptor()) }).send()
/// ```
pub(super) fn customized(value: &Expr, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (probe, open, unchanged, interceptor) = (path("probe", span), path("open", span), path("unchanged", span), interceptor(span));
    let ask = ask(&quote_spanned!(span=> #probe::changed(&__r, __r.mutate_request(#unchanged)).__autoxray_verdict()), span);
    seen_at(value, quote_spanned!(span=> match (#value) { __r => #open(#ask, __r).interceptor(#interceptor) }))
}

/// ```text
/// PLACE.send()
/// →
/// (match CALL::choose(ASK) {
///     CALL::Choice::Untouched(__t) => { let __t = __t.start(); __t.give(PLACE.send()) }
///     CALL::Choice::Ours(__t) => { let __t = __t.start(); __t.give(__t.open(PLACE).customize().interceptor(CALL::interceptor()).send()) }
/// })
/// ```
pub(super) fn send(call: &ExprMethodCall, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (place, interceptor) = (&call.receiver, interceptor(span));
    let ask = ask_request(&quote_spanned!(span=> #place), span);
    let ours = quote_spanned!(span=> __t.open(#place).customize().interceptor(#interceptor).send());
    choose(&ask, &quote_spanned!(span=> #call), &ours, span)
}

/// ```text
/// PLACE.execute(ARGUMENT)
/// →
/// (match CALL::choose(ASK) {
///     CALL::Choice::Untouched(__t) => { let __t = __t.start(); __t.give(PLACE.execute(ARGUMENT)) }
///     CALL::Choice::Ours(__t) => { let __t = __t.start(); __t.give(__t.execute(&PLACE, ARGUMENT)) }
/// })
/// ```
///
/// An argument that is not a variable is evaluated before: `(match ARGUMENT { __a => … })`.
pub(super) fn execute(call: &ExprMethodCall, argument: &Expr, by_value: bool, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (probe, place) = (path("probe", span), &call.receiver);
    let ask = ask(&quote_spanned!(span=> #probe::seen(&#place, ()).__autoxray_executes()), span);
    let used = if by_value { quote_spanned!(span=> __a) } else { quote_spanned!(span=> #argument) };
    let ours = quote_spanned!(span=> __t.execute(&#place, #used));
    // The call itself is the user's, parentheses and all: it is what `Location::caller()` and panics tell.
    let mut untouched = call.clone();
    untouched.args[0] = Expr::Verbatim(used);
    let chosen = choose(&ask, &untouched.into_token_stream(), &ours, span);
    if by_value { before(call, argument, &chosen, span) } else { chosen }
}

/// `(match ARGUMENT { __a => … })`: what it borrows lives on to the end of the statement.
fn before(call: &impl ToTokens, argument: &Expr, then: &Expr, span: Span) -> Expr {
    seen_at(call, quote_spanned!(span=> match (#argument) { __a => #then }))
}

/// ```text
/// PLACE.spawn(ARGUMENT)
/// →
/// PLACE.spawn(CALL::arg(ASK, ARGUMENT))
/// ```
pub(super) fn spawn_value(call: &ExprMethodCall, argument: &Expr, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (arg, ask) = (path("arg", span), ask_set(call, span));
    let mut call = call.clone();
    call.args[0] = Expr::Verbatim(quote_spanned!(span=> #arg(#ask, #argument)));
    Expr::MethodCall(call)
}

/// ```text
/// PLACE.spawn(VARIABLE)
/// →
/// (match CALL::choose(ASK) {
///     CALL::Choice::Untouched(__t) => { let __t = __t.start(); __t.give(PLACE.spawn(VARIABLE)) }
///     CALL::Choice::Ours(__t) => { let __t = __t.start(); __t.give(PLACE.spawn(__t.task(VARIABLE))) }
/// })
/// ```
pub(super) fn spawn_place(call: &ExprMethodCall, argument: &Expr, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (ask, place, name) = (ask_set(call, span), &call.receiver, &call.method);
    choose(&ask, &quote_spanned!(span=> #call), &quote_spanned!(span=> #place.#name(__t.task(#argument))), span)
}

fn ask_set(call: &ExprMethodCall, span: Span) -> TokenStream {
    let (probe, place) = (path("probe", span), &call.receiver);
    ask(&quote_spanned!(span=> #probe::seen(&#place, ()).__autoxray_spawns()), span)
}

/// ```text
/// tokio::spawn(FUTURE)        std::thread::spawn(CLOSURE)
/// →
/// tokio::spawn(CALL::task(FUTURE))        std::thread::spawn(CALL::job(CLOSURE))
/// ```
pub(super) fn wrapped(wrapper: &str, argument: &Expr) -> Expr {
    // What is wrong about the argument's type is said where the argument is, and not at the attribute: with the user's own span.
    let span = argument.to_token_stream().into_iter().next().map_or_else(rt::here, |first| first.span());
    let wrapper = path(wrapper, span);
    Expr::Verbatim(quote_spanned!(span=> #wrapper(#argument)))
}

/// ```text
/// reqwest::get(URL)
/// →
/// (match URL { __a => (match CALL::choose(ASK) {
///     CALL::Choice::Untouched(__t) => { let __t = __t.start(); __t.give(reqwest::get(__a)) }
///     CALL::Choice::Ours(__t) => { let __t = __t.start(); __t.give(__t.get(__a)) }
/// }) })
/// ```
pub(super) fn get(call: &ExprCall, url: &Expr, is_place: bool, blocking: bool, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let probe = path("probe", span);
    let used = if is_place { quote_spanned!(span=> #url) } else { quote_spanned!(span=> __a) };
    let verdict = if blocking { quote_spanned!(span=> __autoxray_blocking) } else { quote_spanned!(span=> __autoxray_verdict) };
    let mut untouched = call.clone();
    untouched.args[0] = Expr::Verbatim(used.clone());
    let ask = ask(&quote_spanned!(span=> #probe::got(#untouched).#verdict()), span);
    let chosen = choose(&ask, &untouched.into_token_stream(), &quote_spanned!(span=> __t.get(#used)), span);
    if is_place { chosen } else { before(call, url, &chosen, span) }
}

/// ```text
/// P::new(ARGUMENT)
/// →
/// (match P::new(ARGUMENT) { __c => {
///     let __s = CALL::same(&__c);
///     if __s.is_generated() {
///         CALL::open(ASK, __c).config().to_builder().interceptor(CALL::interceptor()).build()
///             .__autoxray_rebuild(|__v| CALL::tie(P::from_conf(__v), __s).__autoxray_tied())
///     } else {
///         __c
///     }
/// } })
/// ```
///
/// The question has two parts: is the argument what AWS clients are made from, and has what was made a configuration like theirs? A user's own
/// type may answer yes to both; its name tells it.
pub(super) fn client(call: &ExprCall, argument: &Expr, is_place: bool, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (calls, probe, open, tie) = (rt::path_at("call", span), path("probe", span), path("open", span), path("tie", span));
    let same = path("same", span);
    let (from_conf, interceptor) = (from_conf_of(call), interceptor(span));
    let used = if is_place { quote_spanned!(span=> #argument) } else { quote_spanned!(span=> __a) };
    let mut made_by = call.clone();
    made_by.args[0] = Expr::Verbatim(used.clone());
    let question = quote_spanned! {span=>
        let __q = #open(::core::option::Option::Some(#probe::seen(&#used, ()).__autoxray_verdict()), __c);
        let __q = &__q;
        #probe::config(&#probe::Given(__q.config()).__autoxray_taken()).__autoxray_verdict()
    };
    let ask = ask(&question, span);
    let made = quote_spanned! {span=>
        match #made_by { __c => {
            use #calls::{FromConf as _, Rebuild as _, Tied as _};
            let __s = #same(&__c);
            if __s.is_generated() {
                #open(#ask, __c).config().to_builder().interceptor(#interceptor).build()
                    .__autoxray_rebuild(|__v| #tie(#from_conf(__v), __s).__autoxray_tied())
            } else {
                __c
            }
        } }
    };
    let made = seen_at(call, made);
    if is_place { made } else { before(call, argument, &made, span) }
}

/// `P::new` → `P::from_conf`
fn from_conf_of(call: &ExprCall) -> Expr {
    let mut function = (*call.func).clone();
    if let Expr::Path(path) = &mut function
        && let Some(last) = path.path.segments.last_mut()
    {
        last.ident = Ident::new("from_conf", rt::here().located_at(last.ident.span()));
    }
    function
}

/// ```text
/// P::from_conf(VARIABLE)
/// →
/// (match CALL::choose(ASK) {
///     CALL::Choice::Untouched(__t) => { let __t = __t.start(); __t.give(P::from_conf(VARIABLE)) }
///     CALL::Choice::Ours(__t) => {
///         let __t = __t.start();
///         __t.give(P::from_conf(__t.keep(VARIABLE).to_builder().interceptor(CALL::interceptor()).build()))
///     }
/// })
/// ```
pub(super) fn from_conf_place(call: &ExprCall, argument: &Expr, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (function, interceptor) = (&call.func, interceptor(span));
    let ask = ask_config(&quote_spanned!(span=> #argument), span);
    let ours = quote_spanned!(span=> #function(__t.keep(#argument).to_builder().interceptor(#interceptor).build()));
    choose(&ask, &quote_spanned!(span=> #call), &ours, span)
}

/// ```text
/// P::from_conf(VALUE)
/// →
/// P::from_conf(match VALUE { __a => CALL::open(ASK, __a).to_builder().interceptor(CALL::interceptor()).build() })
/// ```
pub(super) fn from_conf_value(call: &ExprCall, argument: &Expr, span: Span) -> Expr {
    let span = rt::here().located_at(span);
    let (open, ask, interceptor) = (path("open", span), ask_config(&quote_spanned!(span=> __a), span), interceptor(span));
    let mut call = call.clone();
    call.args[0] = Expr::Verbatim(quote_spanned! {span=>
        match (#argument) { __a => #open(#ask, __a).to_builder().interceptor(#interceptor).build() }
    });
    Expr::Call(call)
}

fn ask_config(place: &TokenStream, span: Span) -> TokenStream {
    let probe = path("probe", span);
    ask(&quote_spanned!(span=> #probe::config(&#place).__autoxray_verdict()), span)
}
