//! The grammar of the attributes' arguments.
//!
//! ```text
//! options := [ option { "," option } [ "," ] ]
//! option  := "name" "=" TEXT | "segment" [ "=" TEXT ] | "namespace" "=" TEXT
//!          | "annotate" "(" values ")" | "metadata" "(" values ")" | "sla" "=" TEXT | "sends" "=" BOOL | "skip"
//!          | "capture_response" [ "=" BOOL ] | "capture_error" "=" BOOL
//! values  := value { "," value } [ "," ]
//! value   := IDENT | IDENT "=" EXPR | TEXT "=" EXPR | "allow_secret" "(" value ")"
//! ```
//!
//! `#[traced]` and `#[traced_lambda]` share it, and take different options of it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, LitBool, LitStr, Token, token};

use crate::diag::{self, Diag};
use crate::valid;

/// What can be written in `#[traced(…)]`, as it is shown to the user.
pub(crate) const TRACED: [&str; 9] = [
    "name = \"…\"",
    "segment",
    "segment = \"…\"",
    "namespace = \"remote\"",
    "annotate(…)",
    "metadata(…)",
    "sla = \"5s\"",
    "sends = false",
    "skip",
];
/// The same for `#[traced_lambda(…)]`.
pub(crate) const TRACED_LAMBDA: [&str; 6] =
    ["name = \"…\"", "capture_response", "capture_error = false", "annotate(…)", "metadata(…)", "sends = false"];

const SLA: &str = "write `sla = \"250ms\"`, `\"1.5s\"` or `\"2m\"`";
const SENDS: &str = "`sends` says whether calls of clients inside are recorded: write `sends = false` to leave them as they are";
const CAPTURE_RESPONSE: &str =
    "`capture_response` says whether the answer is recorded: write `capture_response`, or `capture_response = false`";
const CAPTURE_ERROR: &str =
    "`capture_error` says whether it is recorded what an error says: write `capture_error = false` to record only that there was one";

/// An option's value and the word it was given with.
pub(crate) struct Given<T> {
    pub(crate) word: Ident,
    pub(crate) value: T,
}

/// The arguments of `#[traced(…)]` or `#[traced_lambda(…)]`.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) name: Option<Given<LitStr>>,
    /// `Some(None)`: named after the service.
    pub(crate) segment: Option<Given<Option<LitStr>>>,
    pub(crate) namespace: Option<Given<LitStr>>,
    pub(crate) annotate: Option<Given<Vec<Value>>>,
    pub(crate) metadata: Option<Given<Vec<Value>>>,
    /// In microseconds.
    pub(crate) sla: Option<Given<u64>>,
    pub(crate) sends: Option<Given<bool>>,
    pub(crate) skip: Option<Given<()>>,
    pub(crate) capture_response: Option<Given<bool>>,
    pub(crate) capture_error: Option<Given<bool>>,
}

/// One recorded value: `user_id`, `post_id = input.id`, `"order.id" = order.id`.
pub(crate) struct Value {
    pub(crate) key: String,
    /// Where the key stands, for messages.
    pub(crate) place: TokenStream,
    pub(crate) expr: TokenStream,
    /// Wrapped in `allow_secret(…)`.
    pub(crate) allowed: bool,
}

impl Args {
    /// Parses and checks the arguments of an attribute that knows these options; the error holds every mistake in them.
    pub(crate) fn parse(tokens: TokenStream, known: &[&str]) -> syn::Result<Self> {
        let mut diag = Diag::default();
        let mut args = Self::default();
        for option in split(tokens, &mut diag) {
            let read = |input: ParseStream<'_>| args.option(input, known, &mut diag);
            let result = read.parse2(option);
            diag.keep(result);
        }
        valid::args(&args, &mut diag);
        diag.finish(args)
    }

    /// The values of `annotate(…)` and of `metadata(…)`.
    pub(crate) fn values(&self) -> (&[Value], &[Value]) {
        (self.annotate.as_ref().map_or(&[], |given| &given.value), self.metadata.as_ref().map_or(&[], |given| &given.value))
    }

    /// May calls of clients inside be rewritten?
    pub(crate) fn sends(&self) -> bool {
        self.sends.as_ref().is_none_or(|given| given.value)
    }

    /// Is the answer recorded?
    pub(crate) fn captures_response(&self) -> bool {
        self.capture_response.as_ref().is_some_and(|given| given.value)
    }

    /// Is it recorded what errors say?
    pub(crate) fn captures_error(&self) -> bool {
        self.capture_error.as_ref().is_none_or(|given| given.value)
    }

    fn option(&mut self, input: ParseStream<'_>, known: &[&str], diag: &mut Diag) -> syn::Result<()> {
        let Ok(word) = input.call(Ident::parse_any) else {
            return Err(input.error(format_args!("expected an option, found `{}`", rest(input))));
        };
        if !diag::is_known(&word, known) {
            return Err(diag::unknown("option", &word, known));
        }
        let what = format!("option `{word}`");
        match word.to_string().as_str() {
            "name" => {
                let value = text(&word, input)?;
                diag.set(&mut self.name, Given { word: word.clone(), value }, word, what);
            }
            "segment" => {
                let value = if input.is_empty() { None } else { Some(text(&word, input)?) };
                diag.set(&mut self.segment, Given { word: word.clone(), value }, word, what);
            }
            "namespace" => {
                let value = text(&word, input)?;
                diag.set(&mut self.namespace, Given { word: word.clone(), value }, word, what);
            }
            "annotate" => {
                let value = values(&word, input, diag)?;
                diag.set(&mut self.annotate, Given { word: word.clone(), value }, word, what);
            }
            "metadata" => {
                let value = values(&word, input, diag)?;
                diag.set(&mut self.metadata, Given { word: word.clone(), value }, word, what);
            }
            "sla" => {
                let value = text_like(&word, "5s", input).and_then(|text| duration(&text))?;
                diag.set(&mut self.sla, Given { word: word.clone(), value }, word, what);
            }
            "sends" => {
                let value = truth(&word, SENDS, input)?;
                diag.set(&mut self.sends, Given { word: word.clone(), value }, word, what);
            }
            "capture_response" => {
                let value = input.is_empty() || truth(&word, CAPTURE_RESPONSE, input)?;
                diag.set(&mut self.capture_response, Given { word: word.clone(), value }, word, what);
            }
            "capture_error" => {
                let value = truth(&word, CAPTURE_ERROR, input)?;
                diag.set(&mut self.capture_error, Given { word: word.clone(), value }, word, what);
            }
            "skip" if !input.is_empty() => return Err(input.error("`skip` takes no value: write `skip` alone")),
            "skip" => diag.set(&mut self.skip, Given { word: word.clone(), value: () }, word, what),
            _ => return Err(diag::unknown("option", &word, known)),
        }
        if input.is_empty() { Ok(()) } else { Err(surplus(input)) }
    }
}

/// Splits at the commas that are not inside brackets.
pub(crate) fn split(tokens: TokenStream, diag: &mut Diag) -> Vec<TokenStream> {
    let (mut parts, mut part) = (Vec::new(), TokenStream::new());
    for token in tokens {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' && part.is_empty() => diag.at(comma, "expected an option, found `,`"),
            TokenTree::Punct(comma) if comma.as_char() == ',' => parts.push(std::mem::take(&mut part)),
            _ => token.to_tokens(&mut part),
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

/// `= "…"`.
pub(crate) fn text(word: &Ident, input: ParseStream<'_>) -> syn::Result<LitStr> {
    text_like(word, "…", input)
}

fn text_like(word: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<LitStr> {
    let wanted = |what: &str| format!("`{word}` takes a string literal{what}: write `{word} = \"{example}\"`");
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(word.span(), wanted("")));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() {
        return Err(syn::Error::new_spanned(equals, wanted("")));
    }
    let found = input.fork();
    input.parse().map_err(|_| found.error(wanted(&format!(", found `{}`", rest(&found)))))
}

/// How many microseconds `"250ms"`, `"1.5s"` or `"2m"` are.
fn duration(text: &LitStr) -> syn::Result<u64> {
    const UNITS: [(&str, f64); 5] = [("ms", 1e3), ("us", 1.0), ("s", 1e6), ("m", 60e6), ("h", 3600e6)];
    let written = text.value();
    let written = written.trim();
    let unit = UNITS.into_iter().find_map(|(unit, micros)| written.strip_suffix(unit).map(|number| (number.trim_end(), micros)));
    let plain = |number: &str| number.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    let number = unit.filter(|(number, _)| plain(number)).and_then(|(number, micros)| Some((number.parse::<f64>().ok()?, micros)));
    let micros = number.map(|(number, micros)| (number * micros).round());
    match micros {
        // Up to some hundred years.
        Some(micros) if (1.0..1e16).contains(&micros) => Ok(micros as u64),
        _ => {
            Err(syn::Error::new(text.span(), format_args!("`sla` says how long the function may take, and `{written}` is no time: {SLA}")))
        }
    }
}

/// `= false`, `= true`
fn truth(word: &Ident, wanted: &str, input: ParseStream<'_>) -> syn::Result<bool> {
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() {
        return Err(syn::Error::new(word.span(), wanted));
    }
    let found = input.fork();
    input.parse::<LitBool>().map(|truth| truth.value).map_err(|_| found.error(format_args!("{wanted}; found `{}`", rest(&found))))
}

/// `( value, … )`. Errors inside are collected; the values without errors are returned.
fn values(word: &Ident, input: ParseStream<'_>, diag: &mut Diag) -> syn::Result<Vec<Value>> {
    if !input.peek(token::Paren) {
        let message = format!("`{word}` takes a list of values: write `{word}(user_id, size = body.len())`");
        return Err(syn::Error::new(word.span(), message));
    }
    let list;
    syn::parenthesized!(list in input);
    if list.is_empty() {
        let message = format!("`{word}()` names no value: write `{word}(user_id)` or leave it out");
        return Err(syn::Error::new(word.span(), message));
    }
    let mut values = Vec::new();
    while !list.is_empty() {
        let result =
            value(word, &list).and_then(|value| if list.is_empty() || list.peek(Token![,]) { Ok(value) } else { Err(surplus(&list)) });
        values.extend(diag.keep(result));
        while !list.is_empty() && !list.peek(Token![,]) {
            list.parse::<TokenTree>()?;
        }
        list.parse::<Option<Token![,]>>()?;
    }
    Ok(values)
}

pub(crate) fn value(word: &Ident, input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(Ident::peek_any) && input.peek2(token::Paren) && input.fork().call(Ident::parse_any)? == "allow_secret" {
        let value = wrapped(word, "allow_secret", "token", input)?;
        return Ok(Value { allowed: true, ..value });
    }
    let assigned = input.peek2(Token![=]) && !input.peek2(Token![==]);
    if assigned && input.peek(LitStr) {
        let key: LitStr = input.parse()?;
        input.parse::<Token![=]>()?;
        return Ok(Value { key: key.value(), place: key.into_token_stream(), expr: expr(word, input)?, allowed: false });
    }
    if assigned && input.peek(Ident::peek_any) {
        let key = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        return Ok(Value { key: key.unraw().to_string(), place: key.into_token_stream(), expr: expr(word, input)?, allowed: false });
    }
    let expr: Expr = input.parse()?;
    let Some(key) = plain(&expr) else {
        return Err(syn::Error::new_spanned(&expr, needs_key(&expr)));
    };
    Ok(Value { key, place: expr.to_token_stream(), expr: expr.into_token_stream(), allowed: false })
}

/// `allow_secret( value )` and the like.
pub(crate) fn wrapped(word: &Ident, name: &str, example: &str, input: ParseStream<'_>) -> syn::Result<Value> {
    let wrapper = input.call(Ident::parse_any)?;
    let inner;
    syn::parenthesized!(inner in input);
    if inner.is_empty() {
        return Err(syn::Error::new(wrapper.span(), format_args!("`{name}()` names no value: write `{name}({example})`")));
    }
    let value = value(word, &inner)?;
    inner.parse::<Option<Token![,]>>()?;
    if !inner.is_empty() {
        let more: TokenStream = inner.parse()?;
        return Err(syn::Error::new_spanned(more, format_args!("`{name}` takes one value: give each its own `{name}(…)`")));
    }
    Ok(value)
}

/// The expression behind `key =`.
fn expr(word: &Ident, input: ParseStream<'_>) -> syn::Result<TokenStream> {
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("`{word}` needs an expression behind `=`: write `key = input.id`");
        return Err(syn::Error::new(input.span(), message));
    }
    input.parse::<Expr>().map(ToTokens::into_token_stream)
}

/// The key of a value that is written without one: a plain identifier is its own key.
fn plain(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) if path.attrs.is_empty() && path.qself.is_none() => path.path.get_ident().map(|ident| ident.unraw().to_string()),
        Expr::Group(group) => plain(&group.expr),
        _ => None,
    }
}

fn needs_key(expr: &Expr) -> String {
    if let Expr::Assign(assign) = expr {
        let key = tidy(&assign.left.to_token_stream().to_string());
        return format!("the key of a value is a name or a text: write `\"{key}\" = …`");
    }
    let written = expr.to_token_stream().to_string();
    let key = match expr {
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => name.unraw().to_string(),
            syn::Member::Unnamed(_) => String::from("key"),
        },
        Expr::MethodCall(call) => call.method.unraw().to_string(),
        Expr::Reference(reference) => plain(&reference.expr).unwrap_or_else(|| String::from("key")),
        _ => String::from("key"),
    };
    let written = tidy(&written);
    format!("this value needs a key, because it is more than a plain name: write `{key} = {written}`")
}

/// Source-like spacing for tokens in a message: `self . user . id` → `self.user.id`.
fn tidy(tokens: &str) -> String {
    let mut text = String::from(tokens);
    for (spaced, tight) in [(" . ", "."), (" :: ", "::"), (" (", "("), ("( ", "("), (" )", ")"), ("& ", "&"), (" [", "["), (" ,", ",")] {
        text = text.replace(spaced, tight);
    }
    text
}

/// What is left of the input, shortened, for messages.
pub(crate) fn rest(input: ParseStream<'_>) -> String {
    let first: Option<TokenTree> = input.fork().parse().ok();
    let text = first.map_or_else(String::new, |token| tidy(&token.to_string()));
    if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text }
}

pub(crate) fn surplus(input: ParseStream<'_>) -> syn::Error {
    input.error(format_args!("expected `,`, found `{}`", rest(input)))
}
