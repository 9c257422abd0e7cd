//! Filter expressions as a tree.

use xray_model::TraceId;

use super::keyword::{Flag, Number, Text};

/// What an expression, or a part of it, asks. No deeper than [`FILTER_DEPTH_MAX`](crate::settings::FILTER_DEPTH_MAX), so functions may recurse.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// At least two, none of them `And`.
    And(Vec<Expr>),
    /// At least two, none of them `Or`.
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Flag(Flag, bool),
    HasNumber(Number),
    Number(Number, Order, f64),
    HasText(Text),
    Text(Text, Match, Box<str>),
    Annotation(Side, Box<str>, Test),
    Service(Who, Block),
    Edge(Who, Who, Block),
    /// Key of a group, its value, and whether it should be that one.
    Group(GroupKey, Box<str>, bool),
    RootCause(Cause, Part, Block),
    /// Any of these root causes, and whether there should be one.
    RootCauses(Vec<Json>, bool),
    Id(TraceId),
}

/// What stands in braces.
pub(super) type Block = Option<Box<Expr>>;

/// Where a keyword stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Trace,
    Service,
    Edge,
    CauseService,
    CauseEntity,
    /// Entity of a response time's root cause.
    SlowEntity,
    CauseException,
}

/// How numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Equal,
    NotEqual,
    Contains,
    BeginsWith,
    EndsWith,
}

/// What is asked of an annotation's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// There is one, and it is not `false`.
    IsSet,
    /// It is this, or it is not.
    Bool(bool, bool),
    Number(Order, f64),
    Text(Match, Box<str>),
}

/// Whose annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// That of what the block is about; in an edge, of either end.
    Any,
    Source,
    Destination,
}

/// Which services: those for which all that is given is so.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Who {
    pub(super) name: Option<Box<str>>,
    pub(super) kind: Option<Box<str>>,
    pub(super) account: Option<Box<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKey {
    Name,
    Arn,
}

/// Root cause of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Fault,
    Error,
    ResponseTime,
}

/// Which list of a root cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Service,
    Entity,
    Exception,
}

/// A value in `rootcause.json`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(Box<str>),
    List(Vec<Json>),
    Object(Vec<(Box<str>, Json)>),
}

impl Expr {
    /// All of these; `And` inside of `And` is the same as one.
    pub(super) fn and(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::And(parts) => parts,
            other => vec![other],
        });
        one_or(flat.collect(), Self::And)
    }

    /// Any of these.
    pub(super) fn or(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Or(parts) => parts,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Or)
    }

    /// Whether the documents of a trace have to be read for it: they tell root causes, the facts do not.
    pub(super) fn needs_trace(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::needs_trace),
            Self::Not(part) => part.needs_trace(),
            // A group may need it.
            Self::Group(..) | Self::RootCause(..) | Self::RootCauses(..) => true,
            _ => false,
        }
    }
}

fn one_or(mut parts: Vec<Expr>, all: fn(Vec<Expr>) -> Expr) -> Expr {
    if parts.len() == 1 { parts.remove(0) } else { all(parts) }
}

impl Scope {
    /// As a message names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Trace => "a filter itself",
            Self::Service => "`service { }`",
            Self::Edge => "`edge { }`",
            Self::CauseService => "`rootcause.….service { }`",
            Self::CauseEntity => "`rootcause.….entity { }`",
            Self::SlowEntity => "`rootcause.responsetime.entity { }`",
            Self::CauseException => "`rootcause.….exception { }`",
        }
    }
}

impl Cause {
    pub(super) const ALL: [(&str, Self); 3] = [("fault", Self::Fault), ("error", Self::Error), ("responsetime", Self::ResponseTime)];

    pub(super) fn name(self) -> &'static str {
        name_of(&Self::ALL, self)
    }
}

impl Part {
    pub(super) const ALL: [(&str, Self); 3] = [("service", Self::Service), ("entity", Self::Entity), ("exception", Self::Exception)];

    pub(super) fn name(self) -> &'static str {
        name_of(&Self::ALL, self)
    }

    /// Where its block's keywords stand.
    pub(super) fn scope(self, cause: Cause) -> Scope {
        match (self, cause) {
            (Self::Service, _) => Scope::CauseService,
            (Self::Entity, Cause::ResponseTime) => Scope::SlowEntity,
            (Self::Entity, _) => Scope::CauseEntity,
            (Self::Exception, _) => Scope::CauseException,
        }
    }
}

impl Order {
    pub(super) const ALL: [(&str, Self); 6] = [
        ("=", Self::Equal),
        ("!=", Self::NotEqual),
        ("<", Self::Less),
        ("<=", Self::LessOrEqual),
        (">", Self::Greater),
        (">=", Self::GreaterOrEqual),
    ];

    pub(super) fn name(self) -> &'static str {
        name_of(&Self::ALL, self)
    }
}

impl Match {
    pub(super) const ALL: [(&str, Self); 5] = [
        ("=", Self::Equal),
        ("!=", Self::NotEqual),
        ("CONTAINS", Self::Contains),
        ("BEGINSWITH", Self::BeginsWith),
        ("ENDSWITH", Self::EndsWith),
    ];

    pub(super) fn name(self) -> &'static str {
        name_of(&Self::ALL, self)
    }
}

impl Side {
    pub(super) const ALL: [(&str, Self); 3] =
        [("annotation", Self::Any), ("source.annotation", Self::Source), ("destination.annotation", Self::Destination)];

    pub(super) fn name(self) -> &'static str {
        name_of(&Self::ALL, self)
    }
}

impl GroupKey {
    pub(super) const ALL: [(&str, Self); 2] = [("group.name", Self::Name), ("group.arn", Self::Arn)];

    pub(super) fn name(self) -> &'static str {
        name_of(&Self::ALL, self)
    }
}

fn name_of<T: Copy + PartialEq>(all: &[(&'static str, T)], wanted: T) -> &'static str {
    all.iter().find(|(_, one)| *one == wanted).map_or("", |(name, _)| name)
}
