//! What keywords are about: the trace, a service in it, a call, or an item in a list of root causes.

use super::ast::Side;
use super::causes::{Item, Listed};
use super::keyword::{Flag, Number, Text};
use crate::facts::{Facts, More, Service};
use crate::query::Status;

pub(super) enum Subject<'a> {
    Trace(&'a Facts),
    /// A service, by its place.
    Service(&'a Facts, usize),
    /// The call of a service, by the place of that.
    Edge(&'a Facts, usize),
    Listed(Item<'a>),
}

impl Subject<'_> {
    pub(super) fn flag(&self, flag: Flag) -> bool {
        match self {
            Self::Trace(facts) => match flag {
                Flag::Partial => facts.is_partial,
                Flag::Inferred => facts.services.iter().any(|service| service.is_inferred),
                Flag::Throttle => facts.has_throttle,
                status => is_status(status, facts.status),
            },
            Self::Service(facts, place) => match flag {
                Flag::Partial => facts.services[*place].end.is_none(),
                Flag::Inferred => facts.services[*place].is_inferred,
                Flag::Root => *place == 0,
                status => is_status(status, facts.services[*place].status),
            },
            Self::Edge(facts, place) => {
                let called = &facts.services[*place];
                match flag {
                    Flag::Partial => called.call.map_or(called.end, |call| call.end).is_none(),
                    Flag::Inferred => called.is_inferred,
                    status => is_status(status, called.call.map_or(called.status, |call| call.status)),
                }
            }
            Self::Listed(item) => match flag {
                Flag::First => item.index == 0,
                Flag::Last => item.index + 1 == item.length,
                Flag::Inferred => matches!(item.listed, Listed::Service(service) if service.is_inferred),
                Flag::Remote => matches!(item.listed, Listed::Entity(entity) if entity.is_remote),
                _ => false,
            },
        }
    }

    /// `None` if it is not set.
    pub(super) fn number(&self, number: Number) -> Option<f64> {
        match self {
            Self::Trace(facts) => match number {
                Number::ResponseTime => facts.response_time.map(|time| time.as_secs_f64()),
                Number::Duration => Some(facts.duration().as_secs_f64()),
                Number::HttpStatus => status_code(facts.root()),
                _ => None,
            },
            Self::Service(facts, place) => match number {
                Number::ResponseTime | Number::Duration => facts.services[*place].duration().map(|time| time.as_secs_f64()),
                Number::HttpStatus => status_code(&facts.services[*place]),
                _ => None,
            },
            Self::Edge(facts, place) => {
                let called = &facts.services[*place];
                match number {
                    Number::ResponseTime | Number::Duration => {
                        called.call.map_or(called.duration(), |call| call.duration()).map(|time| time.as_secs_f64())
                    }
                    Number::HttpStatus => called.call.map_or(status_code(called), |call| call.http_status.map(f64::from)),
                    _ => None,
                }
            }
            Self::Listed(item) => match (number, item.listed) {
                (Number::Index, _) => Some(item.index as f64),
                (Number::Coverage, Listed::Entity(entity)) => entity.coverage,
                _ => None,
            },
        }
    }

    /// Whether the test holds for any of the texts that are set.
    pub(super) fn any_text(&self, text: Text, test: &mut dyn FnMut(&str) -> bool) -> bool {
        match self {
            Self::Trace(facts) => match text {
                Text::HttpUrl | Text::HttpMethod | Text::UserAgent | Text::ClientIp => of_service(facts.root(), text).is_some_and(test),
                Text::Message => facts.exceptions.iter().any(|exception| test(&exception.message)),
                _ => facts.services.iter().any(|service| of_service(service, text).is_some_and(&mut *test)),
            },
            Self::Service(facts, place) if text == Text::Message => {
                facts.exceptions.iter().any(|exception| exception.service as usize == *place && test(&exception.message))
            }
            Self::Service(facts, place) | Self::Edge(facts, place) => of_service(&facts.services[*place], text).is_some_and(test),
            Self::Listed(item) => of_item(item, text).is_some_and(test),
        }
    }

    /// The services whose annotations are meant; `None` for all.
    pub(super) fn ends(&self, side: Side) -> Option<[Option<u32>; 2]> {
        match self {
            Self::Service(_, place) => Some([u32::try_from(*place).ok(), None]),
            Self::Edge(facts, place) => {
                let (source, destination) = (facts.services[*place].caller, u32::try_from(*place).ok());
                Some(match side {
                    Side::Any => [source, destination],
                    Side::Source => [source, None],
                    Side::Destination => [destination, None],
                })
            }
            _ => None,
        }
    }
}

fn is_status(flag: Flag, status: Status) -> bool {
    match flag {
        Flag::Ok => status == Status::Ok,
        Flag::Error => matches!(status, Status::Error | Status::Throttle),
        Flag::Throttle => status == Status::Throttle,
        Flag::Fault => status == Status::Fault,
        _ => false,
    }
}

fn status_code(service: &Service) -> Option<f64> {
    service.more.as_ref()?.http_status.map(f64::from)
}

fn of_service(service: &Service, text: Text) -> Option<&str> {
    let more = |get: fn(&More) -> Option<&str>| get(service.more.as_ref()?);
    match text {
        Text::Name => Some(&service.name),
        Text::Type => Some(&*service.kind).filter(|kind| !kind.is_empty()),
        Text::HttpUrl => more(|more| more.http_url.as_deref()),
        Text::HttpMethod => more(|more| more.http_method.as_deref()),
        Text::UserAgent => more(|more| more.user_agent.as_deref()),
        Text::ClientIp => more(|more| more.client_ip.as_deref()),
        Text::User => more(|more| more.user.as_deref()),
        Text::AvailabilityZone => more(|more| more.availability_zone.as_deref()),
        Text::InstanceId => more(|more| more.instance_id.as_deref()),
        Text::ResourceArn => more(|more| more.resource_arn.as_deref()),
        Text::Message => None,
    }
}

fn of_item<'a>(item: &Item<'a>, text: Text) -> Option<&'a str> {
    match (text, item.listed) {
        (Text::Name, Listed::Service(service)) => Some(&service.name),
        (Text::Type, Listed::Service(service)) => service.kind.as_deref(),
        (Text::Name, Listed::Entity(entity)) => Some(&entity.name),
        (Text::Name, Listed::Exception(exception)) => Some(&exception.name),
        (Text::Message, Listed::Exception(exception)) => Some(&exception.message),
        _ => None,
    }
}
