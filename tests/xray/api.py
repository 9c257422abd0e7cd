"""Every operation of X-Ray, asked by boto3 of a local X-Ray that has nothing yet. Arguments: its address, the file of its sampling rules.

Whatever is wrong ends in an AssertionError. The last line is the number of operations that were called.
"""

import rules
import traces
from ask import answers, xray

# Members of answers that a local X-Ray never has: it raises no rates by itself, forecasts nothing and has neither insights, policies nor keys.
NEVER = {
    "AnomalousService", "ForecastStatistics", "GetInsightEventsResult", "GetInsightImpactGraphResult", "GetInsightResult", "GraphLink",
    "Insight", "InsightEvent", "InsightImpactGraphEdge", "InsightImpactGraphService", "InsightSummary", "PutResourcePolicyResult",
    "RequestImpactStatistics", "ResourcePolicy", "SamplingBoost", "UpdateIndexingRuleResult",
    "EncryptionConfig.KeyId", "SamplingTargetDocument.SamplingBoost", "TimeSeriesServiceStatistics.ServiceForecastStatistics",
}
# Answers that have one page: there are never more than fit.
ONE_PAGE = {
    "BatchGetTraces", "GetIndexingRules", "GetInsightSummaries", "GetSamplingRules", "GetSamplingStatisticSummaries",
    "ListResourcePolicies", "ListTagsForResource",
}

traces.check()
rules.check()
missing = set(xray.meta.service_model.operation_names) - answers.called
assert not missing, missing
never = NEVER | {f"{name}{suffix}.NextToken" for name in ONE_PAGE for suffix in ("Result", "Response")}
unseen = {f"{shape}.{member}" for shape, member in answers.not_seen() if not {shape, f"{shape}.{member}"} & never}
assert not unseen, unseen
print(len(answers.called))
