//! What is one way here and cannot be another: encryption, where segments go, what is indexed, insights, policies.

use axum::http::StatusCode;
use serde_json::json;

use super::Held;
use super::call::Answer;
use super::error::Error;
use super::sampling_seconds as seconds;
use super::traces::no_more_pages;
use crate::members::Members;

pub(super) fn get_encryption(_: &Held, _: &Members<'_>) -> Answer {
    Ok(json!({"EncryptionConfig": {"Status": "ACTIVE", "Type": "NONE"}}))
}

pub(super) fn put_encryption(app: &Held, request: &Members<'_>) -> Answer {
    let kms = request.word("Type", &[("NONE", false), ("KMS", true)])?;
    request.text("KeyId", 1..=3000)?;
    match request.need("Type", kms)? {
        true => Err(request.wrong("Type", "a local X-Ray has no keys: use NONE").into()),
        false => get_encryption(app, request),
    }
}

pub(super) fn get_destination(_: &Held, _: &Members<'_>) -> Answer {
    Ok(json!({"Destination": "XRay", "Status": "ACTIVE"}))
}

pub(super) fn update_destination(app: &Held, request: &Members<'_>) -> Answer {
    let to_logs = request.word("Destination", &[("XRay", false), ("CloudWatchLogs", true)])?;
    if let Some(logs) = request.object("CloudWatchLogsConfiguration")? {
        logs.text("SpansLogGroupKmsKeyId", 1..=256)?;
    }
    match to_logs {
        Some(true) => Err(request.wrong("Destination", "a local X-Ray keeps segments itself: use XRay").into()),
        _ => get_destination(app, request),
    }
}

pub(super) fn get_indexing_rules(app: &Held, request: &Members<'_>) -> Answer {
    no_more_pages(request)?;
    let rule = json!({"Probabilistic": {"DesiredSamplingPercentage": 100.0, "ActualSamplingPercentage": 100.0}});
    Ok(json!({"IndexingRules": [{"Name": "Default", "ModifiedAt": seconds(app.api.started), "Rule": rule}]}))
}

pub(super) fn update_indexing_rule(_: &Held, request: &Members<'_>) -> Answer {
    let name = request.need("Name", request.text("Name", 0..=usize::MAX)?)?;
    let rule = request.need("Rule", request.object("Rule")?)?;
    let share = rule.need("Probabilistic", rule.object("Probabilistic")?)?;
    share.need("DesiredSamplingPercentage", share.number("DesiredSamplingPercentage", 0.0..=100.0)?)?;
    match name {
        "Default" => Err(Error::invalid("Rule: a local X-Ray finds all traces, which cannot be changed")),
        other => Err(Error::not_found(other, format!("Name: there is no indexing rule {other:?}: the only one is Default"))),
    }
}

/// Nothing is ever reported on its own here, so there are no insights.
pub(super) fn get_insight_summaries(app: &Held, request: &Members<'_>) -> Answer {
    no_more_pages(request)?;
    super::range::read(request, None)?;
    app.api.groups.meant(request)?;
    request.words("States", 1, &["ACTIVE", "CLOSED"])?;
    request.integer("MaxResults", 1..=100)?;
    Ok(json!({"InsightSummaries": []}))
}

pub(super) fn no_impact(app: &Held, request: &Members<'_>) -> Answer {
    super::range::read(request, None)?;
    no_insight(app, request)
}

pub(super) fn no_insight(_: &Held, request: &Members<'_>) -> Answer {
    request.need("InsightId", request.text("InsightId", 0..=usize::MAX)?)?;
    request.integer("MaxResults", 1..=50)?;
    Err(request.wrong("InsightId", "a local X-Ray has no insights").into())
}

pub(super) fn list_policies(_: &Held, request: &Members<'_>) -> Answer {
    no_more_pages(request)?;
    Ok(json!({"ResourcePolicies": []}))
}

pub(super) fn no_policy(_: &Held, request: &Members<'_>) -> Answer {
    policy(request)?;
    Err(request.wrong("PolicyName", "a local X-Ray has no policies: everyone who reaches its port may use it").into())
}

/// To keep one without doing what it says would be worse than to refuse it.
pub(super) fn put_policy(_: &Held, request: &Members<'_>) -> Answer {
    policy(request)?;
    request.need("PolicyDocument", request.text("PolicyDocument", 0..=usize::MAX)?)?;
    request.boolean("BypassPolicyLockoutCheck")?;
    let message = "A local X-Ray has no policies, so that 0 is the most there may be: everyone who reaches its port may use it";
    Err(Error::new(StatusCode::BAD_REQUEST, "PolicyCountLimitExceededException", message))
}

fn policy(request: &Members<'_>) -> Result<(), Error> {
    request.need("PolicyName", request.text("PolicyName", 1..=128)?)?;
    request.text("PolicyRevisionId", 0..=usize::MAX)?;
    Ok(())
}
