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
        match serde_json::from_str(raw.get()) {
            Ok(payload) => Ok(Self { payload, event: Some(event::of_json(raw.get())) }),
            Err(error) => Err(D::Error::custom(told::<T>(raw, &error))),
        }
    }
}

/// The error as the runtime would have told it: with the place in the event.
#[cold]
fn told<'de, T: Deserialize<'de>>(raw: &'de RawValue, error: &serde_json::Error) -> impl fmt::Display {
    let mut reader = serde_json::Deserializer::from_str(raw.get());
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(error) if error.path().iter().next().is_some() => format!("[{}] {error}", error.path()),
        _ => error.to_string(),
    }
}
