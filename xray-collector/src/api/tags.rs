//! Tags of groups and sampling rules.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Held;
use super::call::Answer;
use super::error::Error;
use super::traces::no_more_pages;
use crate::members::Members;
use crate::settings::TAGS_MAX;

/// Tags that a request may name.
const IN_REQUEST_MAX: usize = 200;
const ARN_CHARS_MAX: usize = 1011;
const KEY_CHARS_MAX: usize = 128;

type Of = BTreeMap<String, String>;

/// Tags by the ARN of what has them.
#[derive(Debug, Default)]
pub(crate) struct Tags {
    by_arn: Mutex<BTreeMap<String, Of>>,
}

impl Tags {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Of>> {
        self.by_arn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds tags, in place of those with the same keys.
    pub(super) fn set(&self, arn: &str, tags: Of) -> Result<(), Error> {
        let mut by_arn = self.lock();
        let mut all = by_arn.get(arn).cloned().unwrap_or_default();
        all.extend(tags);
        if all.len() > TAGS_MAX {
            let message = format!("{arn} would have {} tags: use at most {TAGS_MAX}", all.len());
            return Err(Error::new(StatusCode::BAD_REQUEST, "TooManyTagsException", message).about(arn));
        }
        by_arn.insert(arn.to_owned(), all);
        Ok(())
    }

    /// Forgets what has been deleted.
    pub(super) fn forget(&self, arn: &str) {
        self.lock().remove(arn);
    }
}

/// The tags that a request gives.
pub(super) fn read(request: &Members<'_>) -> Result<Of, Error> {
    let mut tags = Of::new();
    for tag in request.objects("Tags", IN_REQUEST_MAX)? {
        let key = tag.need("Key", tag.text("Key", 1..=KEY_CHARS_MAX)?)?;
        let value = tag.need("Value", tag.text("Value", 0..=256)?)?;
        tags.insert(key.to_owned(), value.to_owned());
    }
    Ok(tags)
}

/// The tags of what is made; too many are a wrong request then, and have no error of their own.
pub(super) fn first(request: &Members<'_>) -> Result<Of, Error> {
    let tags = read(request)?;
    if tags.len() > TAGS_MAX {
        return Err(Error::invalid(format!("Tags: {} are too many: use at most {TAGS_MAX}", tags.len())));
    }
    Ok(tags)
}

pub(super) fn list(app: &Held, request: &Members<'_>) -> Answer {
    no_more_pages(request)?;
    let arn = resource(app, request)?;
    let tags = app.api.tags.lock().get(&arn).cloned().unwrap_or_default();
    Ok(json!({"Tags": tags.into_iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect::<Vec<Value>>()}))
}

pub(super) fn add(app: &Held, request: &Members<'_>) -> Answer {
    let arn = resource(app, request)?;
    request.need("Tags", request.has("Tags").then_some(()))?;
    app.api.tags.set(&arn, read(request)?)?;
    Ok(json!({}))
}

pub(super) fn remove(app: &Held, request: &Members<'_>) -> Answer {
    let arn = resource(app, request)?;
    request.need("TagKeys", request.has("TagKeys").then_some(()))?;
    let keys = request.texts("TagKeys", IN_REQUEST_MAX)?;
    if let Some(index) = keys.iter().position(|key| !(1..=KEY_CHARS_MAX).contains(&key.chars().count())) {
        return Err(Error::invalid(format!("TagKeys[{index}] is not allowed: use a string of 1 to {KEY_CHARS_MAX} characters")));
    }
    if let Some(tags) = app.api.tags.lock().get_mut(&arn) {
        tags.retain(|key, _| !keys.contains(&key.as_str()));
    }
    Ok(json!({}))
}

/// The group or rule that a request means.
fn resource(app: &Held, request: &Members<'_>) -> Result<String, Error> {
    let arn = request.need("ResourceARN", request.text("ResourceARN", 1..=ARN_CHARS_MAX)?)?;
    let is_there = app.api.groups.with_arn(arn).is_some() || app.api.sampling.rules().iter().any(|rule| rule.arn() == arn);
    match is_there {
        true => Ok(arn.to_owned()),
        false => Err(Error::not_found(
            arn,
            format!("ResourceARN: {arn:?} is no group or sampling rule: GetGroups and GetSamplingRules have the ARNs"),
        )),
    }
}
