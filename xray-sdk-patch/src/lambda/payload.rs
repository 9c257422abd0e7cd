//! Payloads that are looked at before they become what the handler takes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use crate::facts::event::{self, Event};

/// The payload of a handler that is traced by a [`TraceService`](super::TraceService): a `T`, and what the text it was made of says of where
/// the event comes from.
///
/// The text is looked at in place, and `T` is made of it as it would have been. Whether the handler's own type could tell does not matter.
#[derive(Clone, Debug)]
pub struct Payload<T> {
    pub(super) payload: T,
    pub(super) event: Option<Event>,
}

impl<T> Payload<T> {
    /// What the handler takes.
    pub fn into_inner(self) -> T {
        self.payload
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Payload<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !xray_runtime::is_enabled() {
            return Ok(Self { payload: T::deserialize(deserializer)?, event: None });
        }
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        // As the runtime does it, for the place of an error.
        match serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(raw.get())) {
            Ok(payload) => Ok(Self { payload, event: Some(event::of_json(raw.get())) }),
            Err(error) => Err(D::Error::custom(Told(&error))),
        }
    }
}

/// An error as the runtime would have told it: with the place in the event.
struct Told<'a>(&'a serde_path_to_error::Error<serde_json::Error>);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.path().iter().next().is_some() {
            write!(f, "[{}] ", self.0.path())?;
        }
        self.0.fmt(f)
    }
}
