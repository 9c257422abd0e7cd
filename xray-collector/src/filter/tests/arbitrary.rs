//! Any tree is written and read again; any text is read or refused.

use proptest::prelude::*;
use xray_model::TraceId;

use super::matching::{DOCUMENTS, QUIET, traces};
use crate::filter::Filter;
use crate::filter::ast::{Block, Cause, Expr, GroupKey, Json, Match, Order, Part, Scope, Side, Test, Who};
use crate::filter::json::MEMBERS;
use crate::filter::keyword::{KEYWORDS, Keyword};
use crate::settings::FILTER_BYTES_MAX;

/// Texts and numbers that traces of [`matching`] have, so that what is made up finds some of them.
const THERE: [&str; 14] = [
    "",
    "shop",
    "pay",
    "carts",
    "mail",
    "DynamoDB",
    "client",
    "tenant",
    "acme",
    "paid",
    "gold",
    "request.id",
    "AWS::DynamoDB::Table",
    "Bank",
];
const NUMBERS_THERE: [f64; 9] = [0.0, 0.25, 0.75, 1.0, 2.0, 7.0, 10.0, 429.0, 500.0];

fn text() -> impl Strategy<Value = Box<str>> {
    let there = proptest::sample::select(THERE.to_vec()).prop_map(str::to_owned);
    prop_oneof![there, "[a-z\"\\\\ {}()#:]{0,6}", "\\PC{0,5}", any::<String>()].prop_map(Into::into)
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![(-1000i32..1000).prop_map(f64::from), proptest::num::f64::NORMAL, proptest::sample::select(NUMBERS_THERE.to_vec())]
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [(&'static str, T)]) -> impl Strategy<Value = T> {
    (0..all.len()).prop_map(|place| all[place].1)
}

fn simple(scope: Scope) -> BoxedStrategy<Expr> {
    let known: Vec<Keyword> = KEYWORDS.iter().filter(|entry| entry.is_known_in(scope)).map(|entry| entry.keyword).collect();
    let values = (any::<bool>(), one_of(&Order::ALL), number(), one_of(&Match::ALL), text());
    let made = |(keyword, bare, (set, order, number, how, text)): (_, bool, (bool, _, _, _, _))| match keyword {
        Keyword::Flag(flag) => Expr::Flag(flag, set),
        Keyword::Number(of) if bare => Expr::HasNumber(of),
        Keyword::Number(of) => Expr::Number(of, order, number),
        Keyword::Text(of) if bare => Expr::HasText(of),
        Keyword::Text(of) => Expr::Text(of, how, text),
    };
    (proptest::sample::select(known), any::<bool>(), values).prop_map(made).boxed()
}

fn annotation(sides: &'static [Side]) -> impl Strategy<Value = Expr> {
    let test = prop_oneof![
        Just(Test::IsSet),
        any::<(bool, bool)>().prop_map(|(equal, value)| Test::Bool(equal, value)),
        (one_of(&Order::ALL), number()).prop_map(|(order, number)| Test::Number(order, number)),
        (one_of(&Match::ALL), text()).prop_map(|(how, text)| Test::Text(how, text)),
    ];
    (proptest::sample::select(sides), text(), test).prop_map(|(side, key, test)| Expr::Annotation(side, key, test))
}

fn joined(leaf: BoxedStrategy<Expr>) -> BoxedStrategy<Expr> {
    let more = |inner: BoxedStrategy<Expr>| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::and),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::or),
            inner.prop_map(|part| Expr::Not(Box::new(part))),
        ]
    };
    leaf.prop_recursive(4, 24, 3, more).boxed()
}

fn block(leaf: BoxedStrategy<Expr>) -> impl Strategy<Value = Block> {
    proptest::option::of(joined(leaf).prop_map(Box::new))
}

fn who() -> impl Strategy<Value = Who> {
    let member = || proptest::option::of(text());
    (member(), member(), member()).prop_map(|(name, kind, account)| Who { name, kind, account })
}

fn json() -> impl Strategy<Value = Json> {
    let leaf =
        prop_oneof![Just(Json::Null), any::<bool>().prop_map(Json::Bool), number().prop_map(Json::Number), text().prop_map(Json::Text),];
    leaf.prop_recursive(4, 16, 3, |inner| prop_oneof![proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::List), object(inner)])
}

fn object(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    let member = (proptest::sample::select(&MEMBERS[..]).prop_map(Into::into), value);
    proptest::collection::vec(member, 0..3).prop_map(Json::Object)
}

fn root_cause() -> impl Strategy<Value = Expr> {
    (one_of(&Cause::ALL), one_of(&Part::ALL))
        .prop_flat_map(|(cause, part)| block(simple(part.scope(cause))).prop_map(move |inner| Expr::RootCause(cause, part, inner)))
}

fn expr() -> impl Strategy<Value = Expr> {
    let in_service = || prop_oneof![simple(Scope::Service), annotation(&[Side::Any])].boxed();
    let in_edge = || prop_oneof![simple(Scope::Edge), annotation(&[Side::Any, Side::Source, Side::Destination])].boxed();
    let leaf = prop_oneof![
        simple(Scope::Trace),
        annotation(&[Side::Any]),
        (who(), block(in_service())).prop_map(|(who, inner)| Expr::Service(who, inner)),
        (who(), who(), block(in_edge())).prop_map(|(source, destination, inner)| Expr::Edge(source, destination, inner)),
        (one_of(&GroupKey::ALL), text(), any::<bool>()).prop_map(|(key, value, equal)| Expr::Group(key, value, equal)),
        root_cause(),
        (proptest::collection::vec(object(json()), 0..3), any::<bool>()).prop_map(|(causes, equal)| Expr::RootCauses(causes, equal)),
        any::<u128>().prop_map(|bits| Expr::Id(TraceId::from_bits(bits))),
    ];
    joined(leaf.boxed())
}

/// Text that looks like an expression.
fn almost() -> impl Strategy<Value = String> {
    let words = [
        "ok",
        "fault",
        "duration",
        "user",
        "=",
        "!=",
        "<",
        ">=",
        "contains",
        "AND",
        "or",
        "NOT",
        "!",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "#",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\\",
        "service",
        "edge",
        "id",
        "name",
        "annotation",
        "annotation.k",
        "source.annotation",
        "group.name",
        "rootcause.fault.service",
        "rootcause.json",
        "first",
        "5",
        "1e9",
        "true",
        "null",
        "1-65f0c0de-a006649127e371903a2de979",
        "é",
        "'",
        "&",
        "\u{202e}",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..14).prop_map(|words| words.join(" "))
}

fn check(text: &str) {
    match Filter::parse(text) {
        Ok(filter) => {
            let written = filter.to_string();
            assert!(written.len() > FILTER_BYTES_MAX || Filter::parse(&written).as_ref() == Ok(&filter), "{text:?} {written:?}");
        }
        Err(error) => {
            assert!((1..=text.chars().count() + 1).contains(&error.column()), "{text:?} {error:?}");
            assert!(error.to_string().lines().count() == 3, "{error}");
        }
    }
}

proptest! {
    #[test]
    fn trees_are_written_and_read_again(expr in expr()) {
        let filter = Filter::new(Some(expr));
        let text = filter.to_string();
        prop_assume!(text.len() <= FILTER_BYTES_MAX);
        prop_assert_eq!(Filter::parse(&text), Ok(filter), "{}", text);
    }

    /// What is written and read again finds the same traces, be they known by their facts or by their documents.
    #[test]
    fn trees_find_the_same_however_they_are_asked(one in expr(), other in expr()) {
        for documents in [&DOCUMENTS[..], &QUIET] {
            let (traces, facts) = traces(documents);
            let trace = traces.trace(facts.id).unwrap();
            let found = |expr: &Expr| {
                let filter = Filter::new(Some(expr.clone()));
                let found = filter.matches(&facts, &traces);
                let text = filter.to_string();
                assert_eq!(filter.matches_trace(&trace), found, "{text}");
                if let Ok(again) = Filter::parse(&text) {
                    assert_eq!(again.matches(&facts, &traces), found, "{text}");
                }
                found
            };
            let (first, second) = (found(&one), found(&other));
            prop_assert_eq!(found(&Expr::Not(Box::new(one.clone()))), !first);
            prop_assert_eq!(found(&Expr::and(vec![one.clone(), other.clone()])), first && second);
            prop_assert_eq!(found(&Expr::or(vec![one.clone(), other.clone()])), first || second);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn almost_expressions_are_read_or_refused(text in almost()) {
        check(&text);
        check(&text.replace(' ', ""));
    }
}

#[test]
fn what_is_deep_or_long_is_refused() {
    let depth = crate::settings::FILTER_DEPTH_MAX;
    for (open, close) in [("!", ""), ("(", ")"), ("not ", ""), ("! ( ", " ) ")] {
        let levels = if open.starts_with("! (") { depth / 2 } else { depth };
        let nested = |levels: usize| format!("{}ok{}", open.repeat(levels), close.repeat(levels));
        assert!(Filter::parse(&nested(levels)).is_ok());
        for levels in [levels + 1, 1_500] {
            assert!(Filter::parse(&nested(levels)).unwrap_err().message().contains("too deep"), "{open}");
        }
    }
    let json = format!("rootcause.json = #[{}", "{\"Services\":[".repeat(500));
    assert!(Filter::parse(&json).unwrap_err().message().contains("too deep"));
    let long = "ok ".repeat(FILTER_BYTES_MAX);
    assert!(Filter::parse(&long).unwrap_err().to_string().len() < 500);
}
