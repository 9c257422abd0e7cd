//! All operations and their paths.

use super::Held;
use super::call::Answer;
use super::{config, graph, groups, retrieval, sampling, segments, summaries, tags, telemetry, traces};
use crate::members::Members;

/// An operation: what the collector holds, and the members of the request.
pub(super) type Operation = fn(&Held, &Members<'_>) -> Answer;

/// What daemons and SDKs ask and tell while programs run: done at once, and not to wait for people's questions.
const OF_PROGRAMS: [&str; 4] = ["PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets"];

/// Whether an operation may take long.
pub(super) fn is_question(name: &str) -> bool {
    !OF_PROGRAMS.contains(&name)
}

/// Name, path, and what it does.
pub(super) const OPERATIONS: &[(&str, &str, Operation)] = &[
    ("PutTraceSegments", "/TraceSegments", segments::put),
    ("PutTelemetryRecords", "/TelemetryRecords", telemetry::put),
    ("BatchGetTraces", "/Traces", traces::batch_get),
    ("GetTraceSummaries", "/TraceSummaries", summaries::get),
    ("GetServiceGraph", "/ServiceGraph", graph::of_services),
    ("GetTraceGraph", "/TraceGraph", graph::of_traces),
    ("GetTimeSeriesServiceStatistics", "/TimeSeriesServiceStatistics", graph::of_times),
    ("StartTraceRetrieval", "/StartTraceRetrieval", retrieval::start),
    ("ListRetrievedTraces", "/ListRetrievedTraces", retrieval::list),
    ("GetRetrievedTracesGraph", "/GetRetrievedTracesGraph", retrieval::graph),
    ("CancelTraceRetrieval", "/CancelTraceRetrieval", retrieval::cancel),
    ("GetSamplingRules", "/GetSamplingRules", sampling::get_rules),
    ("CreateSamplingRule", "/CreateSamplingRule", sampling::create_rule),
    ("UpdateSamplingRule", "/UpdateSamplingRule", sampling::update_rule),
    ("DeleteSamplingRule", "/DeleteSamplingRule", sampling::delete_rule),
    ("GetSamplingTargets", "/SamplingTargets", sampling::get_targets),
    ("GetSamplingStatisticSummaries", "/SamplingStatisticSummaries", sampling::get_statistic_summaries),
    ("CreateGroup", "/CreateGroup", groups::create),
    ("GetGroup", "/GetGroup", groups::get),
    ("GetGroups", "/Groups", groups::get_all),
    ("UpdateGroup", "/UpdateGroup", groups::update),
    ("DeleteGroup", "/DeleteGroup", groups::delete),
    ("ListTagsForResource", "/ListTagsForResource", tags::list),
    ("TagResource", "/TagResource", tags::add),
    ("UntagResource", "/UntagResource", tags::remove),
    ("GetEncryptionConfig", "/EncryptionConfig", config::get_encryption),
    ("PutEncryptionConfig", "/PutEncryptionConfig", config::put_encryption),
    ("GetTraceSegmentDestination", "/GetTraceSegmentDestination", config::get_destination),
    ("UpdateTraceSegmentDestination", "/UpdateTraceSegmentDestination", config::update_destination),
    ("GetIndexingRules", "/GetIndexingRules", config::get_indexing_rules),
    ("UpdateIndexingRule", "/UpdateIndexingRule", config::update_indexing_rule),
    ("GetInsightSummaries", "/InsightSummaries", config::get_insight_summaries),
    ("GetInsight", "/Insight", config::no_insight),
    ("GetInsightEvents", "/InsightEvents", config::no_insight),
    ("GetInsightImpactGraph", "/InsightImpactGraph", config::no_impact),
    ("ListResourcePolicies", "/ListResourcePolicies", config::list_policies),
    ("PutResourcePolicy", "/PutResourcePolicy", config::put_policy),
    ("DeleteResourcePolicy", "/DeleteResourcePolicy", config::no_policy),
];
