//! What may follow an unfinished expression. It may be wrong elsewhere: what is complete in it is taken as it is.

use super::ast::{Cause, Match, Part, Scope};
use super::keyword::{Entry, Keyword};
use super::lex::{Kind, Token};
use super::parse::is_operator;

/// What may stand at a place.
pub(super) enum Expected<'a> {
    Term(Scope),
    Join,
    Words(&'static [&'static str], &'static str),
    Operator(Keyword),
    Value(&'static Entry, Scope),
    Key,
    AnnotationOperator,
    AnnotationValue(&'a str),
    Service,
    Type,
    Account,
}

/// Something that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    Group,
    Block(Scope),
    /// Arguments of `service` and `edge`.
    Arguments,
    Id,
    Key,
    Json,
}

/// What is open at the end of an expression, outermost first.
pub(super) struct Place {
    open: Vec<Opened>,
}

impl Place {
    pub(super) fn of(tokens: &[Token<'_>]) -> Self {
        let mut open = Vec::new();
        // Where the keywords of the next block stand.
        let mut block = None;
        let mut before = Kind::End;
        for token in tokens {
            let is_json = before == Kind::Symbol("#") || open.last() == Some(&Opened::Json);
            match token.kind {
                Kind::Word(word) => block = block_of(word).or(block),
                Kind::Symbol("(" | "[" | "{") if is_json => open.push(Opened::Json),
                Kind::Symbol("(") => open.push(opened_behind(before)),
                Kind::Symbol("[") => open.push(Opened::Key),
                Kind::Symbol("{") => open.push(block.map_or(Opened::Group, Opened::Block)),
                Kind::Symbol(")" | "]" | "}") => drop(open.pop()),
                _ => {}
            }
            before = token.kind;
        }
        Self { open }
    }

    fn scope(&self) -> Scope {
        let blocks = self.open.iter().rev();
        let mut scopes = blocks.filter_map(|opened| if let Opened::Block(scope) = opened { Some(*scope) } else { None });
        scopes.next().unwrap_or(Scope::Trace)
    }

    /// What may follow the tokens.
    pub(super) fn expected<'a>(&self, tokens: &[Token<'a>]) -> Vec<Expected<'a>> {
        let last = tokens.last().map_or(Kind::End, |token| token.kind);
        match self.open.last() {
            Some(Opened::Json) => Vec::new(),
            Some(Opened::Key) if last == Kind::Symbol("[") => vec![Expected::Key],
            Some(Opened::Key) => vec![Expected::Words(&["]"], "end of the key")],
            Some(Opened::Arguments) if matches!(last, Kind::Symbol("(" | ",")) => {
                vec![Expected::Service, Expected::Words(&["id("], "a service by name, type or account")]
            }
            Some(Opened::Arguments) => vec![Expected::Words(&[")", ","], "end of the name")],
            Some(Opened::Id) => id_member(tokens),
            _ => self.in_expression(tokens),
        }
    }

    fn in_expression<'a>(&self, tokens: &[Token<'a>]) -> Vec<Expected<'a>> {
        let scope = self.scope();
        let kind = |from_end: usize| tokens.len().checked_sub(from_end).map_or(Kind::End, |place| tokens[place].kind);
        let more = || vec![Expected::Join, Expected::Term(scope)];
        match kind(1) {
            Kind::End | Kind::Symbol("(" | "{" | "!") => vec![Expected::Term(scope)],
            Kind::Symbol("]") => [vec![Expected::AnnotationOperator], more()].into_iter().flatten().collect(),
            Kind::Symbol(symbol) if is_operator(symbol) => value_of(kind(2), kind(3), kind(4), scope),
            Kind::Word(word) if is_word_operator(word) => value_of(kind(2), kind(3), kind(4), scope),
            Kind::Word(word) if ["and", "or", "not"].iter().any(|join| word.eq_ignore_ascii_case(join)) => vec![Expected::Term(scope)],
            Kind::Word(word) => match Entry::find(&word.to_ascii_lowercase()) {
                Some(entry) if matches!(entry.keyword, Keyword::Flag(_)) => {
                    [more(), vec![Expected::Operator(entry.keyword)]].into_iter().flatten().collect()
                }
                Some(entry) => [vec![Expected::Operator(entry.keyword)], more()].into_iter().flatten().collect(),
                None if is_annotation(word) => [vec![Expected::AnnotationOperator], more()].into_iter().flatten().collect(),
                None => more(),
            },
            _ => more(),
        }
    }
}

fn opened_behind(before: Kind<'_>) -> Opened {
    match before {
        Kind::Word(word) if word.eq_ignore_ascii_case("id") => Opened::Id,
        Kind::Word(word) if ["service", "edge"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) => Opened::Arguments,
        _ => Opened::Group,
    }
}

fn block_of(word: &str) -> Option<Scope> {
    let lower = word.to_ascii_lowercase();
    let mut parts = lower.split('.');
    match (parts.next()?, parts.next(), parts.next()) {
        ("service", None, _) => Some(Scope::Service),
        ("edge", None, _) => Some(Scope::Edge),
        ("rootcause", Some(cause), Some(part)) => {
            let (_, cause) = Cause::ALL.iter().find(|(name, _)| *name == cause)?;
            let (_, part) = Part::ALL.iter().find(|(name, _)| *name == part)?;
            Some(part.scope(*cause))
        }
        _ => None,
    }
}

fn is_word_operator(word: &str) -> bool {
    Match::ALL.iter().any(|(name, _)| word.eq_ignore_ascii_case(name))
}

fn is_annotation(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(before, _)| before.to_ascii_lowercase().ends_with("annotation"))
}

fn id_member<'a>(tokens: &[Token<'a>]) -> Vec<Expected<'a>> {
    let kind = |from_end: usize| tokens.len().checked_sub(from_end).map(|place| tokens[place].kind);
    match (kind(1), kind(2)) {
        (Some(Kind::Symbol("(" | ",")), _) => vec![Expected::Words(&["name: ", "type: ", "account.id: "], "of the service")],
        (Some(Kind::Symbol(":")), Some(Kind::Word(member))) if member.eq_ignore_ascii_case("type") => vec![Expected::Type],
        (Some(Kind::Symbol(":")), Some(Kind::Word(member))) if member.eq_ignore_ascii_case("account.id") => vec![Expected::Account],
        (Some(Kind::Symbol(":")), _) => vec![Expected::Service],
        _ => vec![Expected::Words(&[")", ","], "end of the name")],
    }
}

/// What a value may be, by what stands before its operator.
fn value_of<'a>(keyword: Kind<'a>, key: Kind<'a>, bracket: Kind<'a>, scope: Scope) -> Vec<Expected<'a>> {
    match (keyword, key, bracket) {
        (Kind::Symbol("]"), Kind::Word(key) | Kind::Quoted(key), Kind::Symbol("[")) => vec![Expected::AnnotationValue(key)],
        (Kind::Word(word), ..) => match Entry::find(&word.to_ascii_lowercase()) {
            Some(entry) => vec![Expected::Value(entry, scope)],
            None if is_annotation(word) => word.rsplit_once('.').map(|(_, key)| Expected::AnnotationValue(key)).into_iter().collect(),
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}
