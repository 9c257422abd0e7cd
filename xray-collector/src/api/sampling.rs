//! Sampling rules and targets.

use serde_json::{Value, json};

use super::Held;
use super::call::Answer;
use super::error::Error;
use super::tags;
use super::traces::no_more_pages;
use crate::members::{Members, Read};
use crate::sampling::{Counts, Refused, Rule, seconds};
use crate::settings::{SAMPLING_INTERVAL_SECONDS, STATISTICS_MAX};

/// Characters of a client's id.
const CLIENT_CHARS: usize = 24;

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid(wrong) => wrong.into(),
            Refused::Full(message) => Self::new(axum::http::StatusCode::BAD_REQUEST, "RuleLimitExceededException", message),
            Refused::File(message) => Self::internal(message),
        }
    }
}

pub(super) fn get_rules(app: &Held, request: &Members<'_>) -> Answer {
    no_more_pages(request)?;
    Ok(app.api.sampling.rules().records())
}

pub(super) fn create_rule(app: &Held, request: &Members<'_>) -> Answer {
    let rule = request.need("SamplingRule", request.object("SamplingRule")?)?;
    let tags = tags::first(request)?;
    let rule = app.api.sampling.create(&rule)?;
    app.api.tags.set(&rule.arn(), tags)?;
    Ok(record(&rule))
}

pub(super) fn update_rule(app: &Held, request: &Members<'_>) -> Answer {
    let update = request.need("SamplingRuleUpdate", request.object("SamplingRuleUpdate")?)?;
    Ok(record(&app.api.sampling.update(&update)?))
}

pub(super) fn delete_rule(app: &Held, request: &Members<'_>) -> Answer {
    let rule = app.api.sampling.delete(request)?;
    app.api.tags.forget(&rule.arn());
    Ok(record(&rule))
}

fn record(rule: &Rule) -> Value {
    json!({"SamplingRuleRecord": rule.record()})
}

/// What a client did by one rule.
struct Statistics<'a> {
    rule: &'a str,
    client: &'a str,
    counts: Counts,
}

impl<'a> Statistics<'a> {
    fn read(document: &Members<'a>) -> Read<Self> {
        let rule = document.need("RuleName", document.text("RuleName", 1..=32)?)?;
        let client = document.need("ClientID", document.text("ClientID", CLIENT_CHARS..=CLIENT_CHARS)?)?;
        document.need("Timestamp", document.time("Timestamp")?)?;
        let count = |name| document.integer(name, 0..=i64::from(i32::MAX));
        let requests = document.need("RequestCount", count("RequestCount")?)?;
        // ADOT for Python writes it so.
        let sampled = count("SampledCount")?.or(count("SampleCount")?);
        let sampled = document.need("SampledCount", sampled)?;
        Ok(Self { rule, client, counts: Counts { requests, sampled, borrowed: count("BorrowCount")?.unwrap_or(0) } })
    }
}

pub(super) fn get_targets(app: &Held, request: &Members<'_>) -> Answer {
    if !request.has("SamplingStatisticsDocuments") {
        return Err(request.wrong("SamplingStatisticsDocuments", "give a list of what you have sampled by each rule").into());
    }
    let documents = request.objects("SamplingStatisticsDocuments", STATISTICS_MAX)?;
    let statistics = documents.iter().map(Statistics::read).collect::<Read<Vec<_>>>()?;
    let boosts = request.objects("SamplingBoostStatisticsDocuments", STATISTICS_MAX)?;
    let boosted = boosts.iter().map(boosted_rule).collect::<Read<Vec<_>>>()?;
    let (mut targets, mut unprocessed) = (Vec::new(), Vec::new());
    for Statistics { rule, client, counts } in statistics {
        match app.api.sampling.report(rule, client, counts) {
            Some(target) => targets.push(json!({
                "RuleName": rule,
                "FixedRate": target.fixed_rate,
                "ReservoirQuota": target.quota.quota,
                "ReservoirQuotaTTL": target.quota.valid_to,
                "Interval": SAMPLING_INTERVAL_SECONDS,
            })),
            None => unprocessed.push(unknown(rule)),
        }
    }
    let rules = app.api.sampling.rules();
    let without_rule = boosted.into_iter().filter(|name| !rules.iter().any(|rule| rule.name == *name)).map(unknown);
    Ok(json!({
        "SamplingTargetDocuments": targets,
        "LastRuleModification": seconds(app.api.sampling.modified()),
        "UnprocessedStatistics": unprocessed,
        "UnprocessedBoostStatistics": without_rule.collect::<Vec<_>>(),
    }))
}

/// The rule of a report on anomalies. No rate is ever raised here: locally nothing needs to be spared.
fn boosted_rule<'a>(document: &Members<'a>) -> Read<&'a str> {
    let rule = document.need("RuleName", document.text("RuleName", 1..=32)?)?;
    document.need("ServiceName", document.text("ServiceName", 0..=64)?)?;
    document.need("Timestamp", document.time("Timestamp")?)?;
    for name in ["AnomalyCount", "TotalCount", "SampledAnomalyCount"] {
        document.need(name, document.integer(name, 0..=i64::from(i32::MAX))?)?;
    }
    Ok(rule)
}

/// A 4xx makes SDKs ask for the rules again.
fn unknown(rule: &str) -> Value {
    json!({"RuleName": rule, "ErrorCode": "400", "Message": "There is no such rule: ask for the rules again"})
}

pub(super) fn get_statistic_summaries(app: &Held, request: &Members<'_>) -> Answer {
    no_more_pages(request)?;
    let summaries = app.api.sampling.recent().into_iter().map(|(rule, at, counts)| {
        json!({
            "RuleName": rule,
            "Timestamp": at,
            "RequestCount": counts.requests,
            "BorrowCount": counts.borrowed,
            "SampledCount": counts.sampled,
        })
    });
    Ok(json!({"SamplingStatisticSummaries": summaries.collect::<Vec<_>>()}))
}
