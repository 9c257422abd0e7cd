//! The grammar of `#[business_metric(…)]`, and its rules.
//!
//! ```text
//! options    := option { "," option } [ "," ]
//! option     := "name" "=" TEXT | "unit" "=" UNIT | "value" "=" EXPR | "dimensions" "(" [ dimensions ] ")"
//!             | "when" "=" ( "ok" | "err" | "always" ) | "resolution" "=" ( 1 | 60 )
//! UNIT       := IDENT | IDENT "/" IDENT | TEXT
//! dimensions := dimension { "," dimension } [ "," ]
//! dimension  := value | "allow_cardinality" "(" value ")"          // value: as in `annotate(…)`
//! ```

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, LitInt, LitStr, Token, token};

use crate::args::{self, Given, Value};
use crate::diag::{self, Diag};
use crate::{cardinality, secret, units};

/// What can be written in `#[business_metric(…)]`, as it is shown to the user.
const OPTIONS: [&str; 6] = ["name = \"…\"", "unit = Count", "value = …", "dimensions(…)", "when = ok", "resolution = 1"];
const WHENS: [&str; 3] = ["ok", "err", "always"];

/// CloudWatch's limits for names, and for the dimensions of a metric, of which `Service` is one.
const NAME_CHARS_MAX: usize = 1024;
const KEY_CHARS_MAX: usize = 250;
const DIMENSIONS_MAX: usize = 29;

/// Metrics that a process has by itself.
const OWN: [&str; 6] = ["ColdStart", "Errors", "Faults", "Latency", "Requests", "Throttles"];

/// The dimension that all metrics of a process have.
const SERVICE: &str = "Service";

const NEEDS_NAME: &str = "a metric needs a name: write `#[business_metric(name = \"OrdersPlaced\")]`";

/// One metric of a function.
pub(crate) struct Metric {
    pub(crate) name: LitStr,
    /// A variant of `Unit`.
    pub(crate) unit: String,
    pub(crate) number: Number,
    /// Those of all sets, each once.
    pub(crate) dimensions: Vec<Dimension>,
    /// Places of dimensions; without any, all are one set.
    pub(crate) sets: Vec<Vec<usize>>,
    pub(crate) when: When,
    pub(crate) is_high_resolution: bool,
}

pub(crate) enum Number {
    /// The call itself counts.
    One,
    Duration,
    Expr(TokenStream),
}

pub(crate) struct Dimension {
    pub(crate) key: String,
    pub(crate) expr: TokenStream,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum When {
    Ok,
    Err,
    Always,
}

#[derive(Default)]
struct Options {
    name: Option<Given<LitStr>>,
    unit: Option<Given<String>>,
    value: Option<Given<TokenStream>>,
    when: Option<Given<When>>,
    resolution: Option<Given<bool>>,
    dimensions: Vec<Dimension>,
    sets: Vec<Vec<usize>>,
}

impl Metric {
    /// Parses and checks the arguments of an attribute on a function with arguments of these names; the error holds every mistake in them.
    pub(crate) fn parse(tokens: TokenStream, arguments: &[Ident]) -> syn::Result<Self> {
        let mut diag = Diag::default();
        let mut options = Options::default();
        let read = |input: ParseStream<'_>| list(input, &mut diag, |input, diag| options.option(input, diag));
        let result = read.parse2(tokens);
        diag.keep(result);
        let has = |word: &str| arguments.iter().any(|argument| argument == word);
        let number = match options.value.take() {
            None => Number::One,
            Some(given) if given.value.to_string() == "duration" && !has("duration") => Number::Duration,
            Some(given) => Number::Expr(given.value),
        };
        if let Some(name) = arguments.iter().find(|argument| *argument == "ret") {
            let message = "in `#[business_metric]`, `ret` is what the function returns: give this argument another name";
            diag.push(syn::Error::new(name.span(), message));
        }
        let unit = unit(options.unit, &number, &mut diag);
        let value = if let Number::Expr(expr) = &number { Some(expr) } else { None };
        options.dimensions.iter().map(|dimension| &dimension.expr).chain(value).for_each(|expr| check_leaves_nothing(expr, &mut diag));
        let Some(name) = options.name else {
            diag.push(syn::Error::new(proc_macro2::Span::call_site(), NEEDS_NAME));
            return diag.finish(()).and_then(|()| Err(syn::Error::new(proc_macro2::Span::call_site(), NEEDS_NAME)));
        };
        text("name", &name.value.value(), NAME_CHARS_MAX, &name.value, &mut diag);
        if OWN.contains(&name.value.value().as_str()) {
            let message = format!(
                "`{}` is counted for every process by itself, and both would be one: give this metric another name",
                name.value.value()
            );
            diag.at(&name.value, message);
        }
        for dimension in options.dimensions.iter().filter(|dimension| dimension.key == name.value.value()) {
            diag.at(
                &dimension.expr,
                format_args!("dimension `{}` is called like the metric: give one of them another name", dimension.key),
            );
        }
        diag.finish(Self {
            name: name.value,
            unit,
            number,
            dimensions: options.dimensions,
            sets: options.sets,
            when: options.when.map_or(When::Ok, |given| given.value),
            is_high_resolution: options.resolution.is_some_and(|given| given.value),
        })
    }

    /// The expressions that it is made of, with the places of dimensions.
    pub(crate) fn exprs(&self) -> impl Iterator<Item = (Option<usize>, &TokenStream)> {
        let value = if let Number::Expr(expr) = &self.number { Some((None, expr)) } else { None };
        self.dimensions.iter().enumerate().map(|(at, dimension)| (Some(at), &dimension.expr)).chain(value)
    }

    /// Is it made of what the function returns?
    pub(crate) fn names_result(&self) -> bool {
        self.exprs().any(|(_, expr)| result_in(expr).is_some())
    }
}

impl Options {
    fn option(&mut self, input: ParseStream<'_>, diag: &mut Diag) -> syn::Result<()> {
        let Ok(word) = input.call(Ident::parse_any) else {
            return Err(input.error(format_args!("expected an option, found `{}`", args::rest(input))));
        };
        let what = format!("option `{word}`");
        match word.to_string().as_str() {
            "name" => {
                let value = args::text(&word, input)?;
                diag.set(&mut self.name, Given { word: word.clone(), value }, word, what);
            }
            "unit" => {
                let value = read_unit(&word, input)?;
                diag.set(&mut self.unit, Given { word: word.clone(), value }, word, what);
            }
            "value" => {
                let wanted = "`value` takes an expression: write `value = order.total`, `value = ret.total` or `value = duration`";
                equals(&word, wanted, input)?;
                let value = input.parse::<Expr>()?.into_token_stream();
                diag.set(&mut self.value, Given { word: word.clone(), value }, word, what);
            }
            "when" => {
                let value = read_when(&word, input)?;
                diag.set(&mut self.when, Given { word: word.clone(), value }, word, what);
            }
            "resolution" => {
                let value = read_resolution(&word, input)?;
                diag.set(&mut self.resolution, Given { word: word.clone(), value }, word, what);
            }
            "dimensions" => self.set(&word, input, diag)?,
            _ => return Err(diag::unknown("option", &word, &OPTIONS)),
        }
        Ok(())
    }

    /// `( dimension, … )`
    fn set(&mut self, word: &Ident, input: ParseStream<'_>, diag: &mut Diag) -> syn::Result<()> {
        if !input.peek(token::Paren) {
            let message = "`dimensions` takes a list: write `dimensions(country, plan = order.plan)`, once for each set of dimensions";
            return Err(syn::Error::new(word.span(), message));
        }
        let dimensions;
        syn::parenthesized!(dimensions in input);
        let mut set = Vec::new();
        list(&dimensions, diag, |input, diag| {
            let (value, may_be_many) = dimension(word, input)?;
            let place = value.place.clone();
            match self.place(value, may_be_many, diag) {
                Some(at) if set.contains(&at) => diag.at(place, "this dimension is given twice in one set; keep one"),
                at => set.extend(at),
            }
            Ok(())
        })?;
        self.sets.push(set);
        if let (Some(dimension), true) = (self.dimensions.get(DIMENSIONS_MAX), self.dimensions.len() == DIMENSIONS_MAX + 1) {
            diag.at(
                &dimension.expr,
                format_args!("CloudWatch takes {DIMENSIONS_MAX} dimensions besides `{SERVICE}`: leave the others out"),
            );
        }
        Ok(())
    }

    /// Where this dimension is among all of them.
    fn place(&mut self, value: Value, may_be_many: bool, diag: &mut Diag) -> Option<usize> {
        let is_name_alone = value.place.to_string() == value.expr.to_string();
        if let Some(at) = self.dimensions.iter().position(|dimension| dimension.key == value.key) {
            if !is_name_alone && self.dimensions[at].expr.to_string() != value.expr.to_string() {
                let message = format!("dimension `{0}` has another value before: write `{0}` alone to have it in a further set", value.key);
                diag.at(&value.place, message);
            }
            return Some(at);
        }
        text("dimension key", &value.key, KEY_CHARS_MAX, &value.place, diag);
        if value.key == SERVICE {
            diag.at(&value.place, "`Service` is a dimension of every metric already, with the name of the service: leave it out");
        }
        secret::check(&value, diag);
        if !may_be_many {
            cardinality::check(&value, diag);
        }
        let Value { key, expr, .. } = value;
        self.dimensions.push(Dimension { key, expr });
        Some(self.dimensions.len() - 1)
    }
}

/// Reads what stands between commas. An error skips to the next comma and is kept.
fn list(input: ParseStream<'_>, diag: &mut Diag, mut one: impl FnMut(ParseStream<'_>, &mut Diag) -> syn::Result<()>) -> syn::Result<()> {
    while !input.is_empty() {
        let result =
            one(input, diag).and_then(|()| if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(args::surplus(input)) });
        diag.keep(result);
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<TokenTree>()?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(())
}

/// The `ret` that stands for what the function returns, if it is in there.
pub(crate) fn result_in(tokens: &TokenStream) -> Option<Ident> {
    let mut is_member = false;
    tokens.clone().into_iter().find_map(|token| {
        let after_dot = std::mem::replace(&mut is_member, matches!(&token, TokenTree::Punct(dot) if dot.as_char() == '.'));
        match token {
            TokenTree::Ident(ident) if ident == "ret" && !after_dot => Some(ident),
            TokenTree::Literal(text) if captures_result(&text.to_string()) => Some(Ident::new("ret", text.span())),
            TokenTree::Group(group) => result_in(&group.stream()),
            _ => None,
        }
    })
}

/// Is this a format string with `{ret}` in it?
fn captures_result(literal: &str) -> bool {
    let parts = literal.replace("{{", "");
    parts.split("{ret").skip(1).any(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_'))
}

/// What would leave more than the expression.
fn check_leaves_nothing(tokens: &TokenStream, diag: &mut Diag) {
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(word) if word == "return" || word == "await" => {
                diag.at(
                    &word,
                    format_args!("`{word}` cannot stand in what a metric is made of: do that in the function, or in one of its own"),
                );
            }
            TokenTree::Group(group) => check_leaves_nothing(&group.stream(), diag),
            _ => {}
        }
    }
}

/// A value, and whether it may have many values.
fn dimension(word: &Ident, input: ParseStream<'_>) -> syn::Result<(Value, bool)> {
    let is_wrapped = input.peek2(token::Paren) && input.fork().call(Ident::parse_any).is_ok_and(|name| name == "allow_cardinality");
    let value = if is_wrapped { args::wrapped(word, "allow_cardinality", "store_id", input)? } else { args::value(word, input)? };
    Ok((value, is_wrapped))
}

fn equals(word: &Ident, wanted: &str, input: ParseStream<'_>) -> syn::Result<()> {
    match input.parse::<Option<Token![=]>>()? {
        Some(_) if !input.is_empty() && !input.peek(Token![,]) => Ok(()),
        _ => Err(syn::Error::new(word.span(), wanted)),
    }
}

/// `= Count`, `= Bytes/Second`, `= "Bytes/Second"`
fn read_unit(word: &Ident, input: ParseStream<'_>) -> syn::Result<String> {
    equals(word, "`unit` takes a unit of CloudWatch: write `unit = Count`, `unit = Milliseconds`, `unit = None`", input)?;
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return units::find(&text.value()).ok_or_else(|| syn::Error::new(text.span(), units::unknown(&text.value())));
    }
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?.to_tokens(&mut tokens);
    }
    let written: String = tokens.clone().into_iter().map(|token| token.to_string()).collect();
    units::find(&written).ok_or_else(|| syn::Error::new_spanned(tokens, units::unknown(&written)))
}

/// The unit, if it goes with the value.
fn unit(given: Option<Given<String>>, number: &Number, diag: &mut Diag) -> String {
    let default = match number {
        Number::One => "Count",
        Number::Duration => "Milliseconds",
        Number::Expr(_) => "None",
    };
    let Some(Given { word, value: unit }) = given else { return default.to_owned() };
    match number {
        Number::One if unit != "Count" => {
            diag.at(word, "without `value` the metric counts calls: write `unit = Count`, or say by `value = …` what is measured");
        }
        Number::Duration if !["Seconds", "Milliseconds", "Microseconds"].contains(&unit.as_str()) => {
            let remedy = "write `Seconds`, `Milliseconds` or `Microseconds`";
            diag.at(word, format_args!("`value = duration` is a time, and cannot be told in {unit}: {remedy}"));
        }
        _ => {}
    }
    unit
}

fn read_when(word: &Ident, input: ParseStream<'_>) -> syn::Result<When> {
    let wanted = "`when` says which calls count: write `when = ok`, `when = err` or `when = always`";
    equals(word, wanted, input)?;
    let Ok(value) = input.call(Ident::parse_any) else {
        return Err(input.error(format_args!("{wanted}; found `{}`", args::rest(input))));
    };
    match value.to_string().as_str() {
        "ok" => Ok(When::Ok),
        "err" => Ok(When::Err),
        "always" => Ok(When::Always),
        _ => Err(diag::unknown("outcome", &value, &WHENS)),
    }
}

fn read_resolution(word: &Ident, input: ParseStream<'_>) -> syn::Result<bool> {
    let wanted =
        "`resolution` is how many seconds CloudWatch keeps apart: write `resolution = 1`, or `resolution = 60`, which is the default";
    equals(word, wanted, input)?;
    let found = input.fork();
    match input.parse::<LitInt>().and_then(|seconds| seconds.base10_parse::<u32>()) {
        Ok(1) => Ok(true),
        Ok(60) => Ok(false),
        _ => Err(found.error(format_args!("{wanted}; found `{}`", args::rest(&found)))),
    }
}

/// What holds for names and keys.
fn text(what: &str, text: &str, chars_max: usize, place: impl ToTokens, diag: &mut Diag) {
    let problem = match text.chars().find(|letter| !matches!(letter, ' '..='~')) {
        _ if text.trim().is_empty() => "is empty".to_owned(),
        _ if text.starts_with(':') => "begins with a colon".to_owned(),
        _ if text == "_aws" => "has the name of a part of each document".to_owned(),
        _ if text.len() > chars_max => format!("has {} characters", text.len()),
        Some(letter) => format!("has `{}`", letter.escape_debug()),
        None => return,
    };
    diag.at(place, format_args!("this {what} {problem}: CloudWatch takes 1 to {chars_max} printable characters of ASCII"));
}
