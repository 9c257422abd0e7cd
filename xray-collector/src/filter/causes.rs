//! Root causes as filters see them: lists of services, entities and exceptions, or JSON.

use super::ast::{Cause, Json, Part};
use super::terms::as_number;
use crate::rootcause::{CauseException, CauseService, Entity, RootCause};

/// An item, and its place in its list.
pub(super) struct Item<'a> {
    pub(super) index: usize,
    pub(super) length: usize,
    pub(super) listed: Listed<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Listed<'a> {
    Service(&'a CauseService),
    Entity(&'a Entity),
    Exception(&'a CauseException),
}

/// Whether the test holds for any service, entity or exception of any root cause.
///
/// Entities and exceptions are numbered through all services of a root cause, so that the last one is where it all came from.
pub(super) fn any(causes: &[RootCause], part: Part, test: impl Fn(Item<'_>) -> bool) -> bool {
    causes.iter().any(|cause| {
        let entities = || cause.services.iter().flat_map(|service| &service.entities);
        let listed: Vec<Listed<'_>> = match part {
            Part::Service => cause.services.iter().map(Listed::Service).collect(),
            Part::Entity => entities().map(Listed::Entity).collect(),
            Part::Exception => entities().flat_map(|entity| &entity.exceptions).map(Listed::Exception).collect(),
        };
        let length = listed.len();
        listed.into_iter().enumerate().any(|(index, listed)| test(Item { index, length, listed }))
    })
}

/// Whether any root cause is like any pattern.
pub(super) fn any_like(causes: &[RootCause], kind: Cause, patterns: &[Json]) -> bool {
    causes.iter().any(|cause| {
        let json = cause_json(cause, kind);
        patterns.iter().any(|pattern| is_like(&json, pattern))
    })
}

/// What the pattern has must be there, and the same; what it leaves out may be anything. Lists have the same length and order.
fn is_like(json: &Json, pattern: &Json) -> bool {
    match (json, pattern) {
        (Json::Object(members), Json::Object(wanted)) => wanted.iter().all(|(name, wanted)| {
            let member = members.iter().find(|(own, _)| own == name);
            member.map_or(*wanted == Json::Null, |(_, json)| is_like(json, wanted))
        }),
        (Json::List(items), Json::List(wanted)) => {
            items.len() == wanted.len() && items.iter().zip(wanted).all(|(item, wanted)| is_like(item, wanted))
        }
        // The documentation shows account ids as numbers.
        (Json::Text(text), Json::Number(number)) => as_number(text) == Some(*number),
        (json, wanted) => json == wanted,
    }
}

fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, json)| (name.into(), json)).collect())
}

fn text(text: &str) -> Json {
    Json::Text(text.into())
}

fn cause_json(cause: &RootCause, kind: Cause) -> Json {
    let services = cause.services.iter().map(|service| service_json(service, kind)).collect();
    object([("Services", Json::List(services)), ("ClientImpacting", Json::Bool(cause.is_client_impacting))])
}

fn service_json(service: &CauseService, kind: Cause) -> Json {
    let optional = |value: &Option<String>| value.as_deref().map_or(Json::Null, text);
    object([
        ("Name", text(&service.name)),
        ("Names", Json::List(vec![text(&service.name)])),
        ("Type", optional(&service.kind)),
        ("AccountId", optional(&service.account)),
        ("Inferred", Json::Bool(service.is_inferred)),
        ("EntityPath", Json::List(service.entities.iter().map(|entity| entity_json(entity, kind)).collect())),
    ])
}

fn entity_json(entity: &Entity, kind: Cause) -> Json {
    let exception = |exception: &CauseException| object([("Name", text(&exception.name)), ("Message", text(&exception.message))]);
    let more = match kind {
        Cause::ResponseTime => ("Coverage", entity.coverage.map_or(Json::Null, Json::Number)),
        Cause::Fault | Cause::Error => ("Exceptions", Json::List(entity.exceptions.iter().map(exception).collect())),
    };
    object([("Name", text(&entity.name)), more, ("Remote", Json::Bool(entity.is_remote))])
}
