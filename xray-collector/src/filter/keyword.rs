//! The keywords of filter expressions, what they are compared with, and where they mean something.

use super::ast::Scope;

/// True or false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    Ok,
    Error,
    Throttle,
    Fault,
    Partial,
    Inferred,
    First,
    Last,
    Remote,
    Root,
}

/// Compared with numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    ResponseTime,
    Duration,
    HttpStatus,
    Index,
    Coverage,
}

/// Compared with text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    HttpUrl,
    HttpMethod,
    UserAgent,
    ClientIp,
    User,
    Name,
    Type,
    Message,
    AvailabilityZone,
    InstanceId,
    ResourceArn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Flag(Flag),
    Number(Number),
    Text(Text),
}

/// A keyword as it is written, and where it may stand.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) keyword: Keyword,
    scopes: &'static [Scope],
    pub(super) about: &'static str,
}

use Scope::{CauseEntity, CauseException, CauseService, Edge, Service, SlowEntity, Trace};

const ANY: &[Scope] = &[Trace, Service, Edge];
const LISTED: &[Scope] = &[CauseService, CauseEntity, SlowEntity, CauseException];

const fn flag(name: &'static str, flag: Flag, scopes: &'static [Scope], about: &'static str) -> Entry {
    Entry { name, keyword: Keyword::Flag(flag), scopes, about }
}

const fn number(name: &'static str, number: Number, scopes: &'static [Scope], about: &'static str) -> Entry {
    Entry { name, keyword: Keyword::Number(number), scopes, about }
}

const fn text(name: &'static str, text: Text, scopes: &'static [Scope], about: &'static str) -> Entry {
    Entry { name, keyword: Keyword::Text(text), scopes, about }
}

pub(super) const KEYWORDS: [Entry; 26] = [
    flag("ok", Flag::Ok, ANY, "neither error nor fault"),
    flag("error", Flag::Error, ANY, "4xx, throttling included"),
    flag("throttle", Flag::Throttle, ANY, "429"),
    flag("fault", Flag::Fault, ANY, "5xx"),
    flag("partial", Flag::Partial, ANY, "something is missing or in progress"),
    flag("inferred", Flag::Inferred, &[Trace, Service, Edge, CauseService], "known from a call only"),
    flag("first", Flag::First, LISTED, "first of its list"),
    flag("last", Flag::Last, LISTED, "last of its list"),
    flag("remote", Flag::Remote, &[CauseEntity, SlowEntity], "a call of something else"),
    flag("root", Flag::Root, &[Service], "where the trace began"),
    number("responsetime", Number::ResponseTime, ANY, "seconds until the answer"),
    number("duration", Number::Duration, ANY, "seconds, with what went on after the answer"),
    number("http.status", Number::HttpStatus, ANY, "status of the response"),
    number("index", Number::Index, LISTED, "place in its list, from 0"),
    number("coverage", Number::Coverage, &[SlowEntity], "share of the root's response time, 0 to 1"),
    text("http.url", Text::HttpUrl, ANY, "URL of the request"),
    text("http.method", Text::HttpMethod, ANY, "method of the request"),
    text("http.useragent", Text::UserAgent, ANY, "user agent of the request"),
    text("http.clientip", Text::ClientIp, ANY, "address of the client"),
    text("user", Text::User, ANY, "user of any segment"),
    text(
        "name",
        Text::Name,
        &[Trace, Service, Edge, CauseService, CauseEntity, SlowEntity, CauseException],
        "name of a service, entity or exception",
    ),
    text("type", Text::Type, &[Trace, Service, Edge, CauseService], "type of a service"),
    text("message", Text::Message, &[Trace, Service, CauseException], "message of an exception"),
    text("availabilityzone", Text::AvailabilityZone, ANY, "zone of any segment"),
    text("instance.id", Text::InstanceId, ANY, "EC2 instance of any segment"),
    text("resource.arn", Text::ResourceArn, ANY, "ARN of any segment's resource"),
];

/// Keywords with a syntax of their own, and where they may stand.
pub(super) const COMPLEX: [(&str, &[Scope]); 18] = [
    ("service", &[Trace]),
    ("edge", &[Trace]),
    ("annotation", ANY),
    ("source.annotation", &[Edge]),
    ("destination.annotation", &[Edge]),
    ("group.name", &[Trace]),
    ("group.arn", &[Trace]),
    ("json", &[Trace]),
    ("rootcause.json", &[Trace]),
    ("rootcause.fault.service", &[Trace]),
    ("rootcause.fault.entity", &[Trace]),
    ("rootcause.fault.exception", &[Trace]),
    ("rootcause.error.service", &[Trace]),
    ("rootcause.error.entity", &[Trace]),
    ("rootcause.error.exception", &[Trace]),
    ("rootcause.responsetime.service", &[Trace]),
    ("rootcause.responsetime.entity", &[Trace]),
    ("rootcause.responsetime.exception", &[Trace]),
];

impl Entry {
    /// The keyword that is written like this in lower case.
    pub(super) fn find(lower: &str) -> Option<&'static Self> {
        KEYWORDS.iter().find(|entry| entry.name == lower)
    }

    pub(super) fn is_known_in(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// The blocks in which it means something, for a message.
    pub(super) fn places(&self) -> String {
        let mut places: Vec<&str> = self.scopes.iter().map(|scope| scope.name()).collect();
        places.dedup();
        match places.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    }
}

impl Keyword {
    /// As it is written.
    pub(super) fn name(self) -> &'static str {
        KEYWORDS.iter().find(|entry| entry.keyword == self).map_or("", |entry| entry.name)
    }
}

/// All keywords that may stand in a block.
pub(super) fn known_in(scope: Scope) -> impl Iterator<Item = &'static str> {
    let simple = KEYWORDS.iter().filter(move |entry| entry.is_known_in(scope)).map(|entry| entry.name);
    simple.chain(COMPLEX.iter().filter(move |(_, scopes)| scopes.contains(&scope)).map(|(name, _)| *name))
}
