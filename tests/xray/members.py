"""Every member of every request, once as it may be and then in each way that X-Ray's service model forbids. Arguments: the address of a local
X-Ray. The last line is the number of requests that were refused.
"""

import copy
import json
import sys
import time

import boto3
import urllib3

from model import COMMON, error

ENDPOINT = sys.argv[1]
NOW = int(time.time())
TRACE = f"1-{NOW:08x}-{1:024x}"
TIMES = {"StartTime": NOW - 60, "EndTime": NOW}
GROUP = {"GroupName": "Default", "GroupARN": "arn:aws:xray:local:000000000000:group/Default"}
RESOURCE = {"ResourceARN": GROUP["GroupARN"]}
TAGS = [{"Key": "k", "Value": "v"}]
INSIGHTS = {"InsightsEnabled": False, "NotificationsEnabled": False}
BOOST = {"MaxRate": 0.5, "CooldownWindowMinutes": 1}
RULE = {"RuleName": "rule", "ResourceARN": "*", "Priority": 1, "FixedRate": 0.5, "ReservoirSize": 1, "ServiceName": "*", "ServiceType": "*",
        "Host": "*", "HTTPMethod": "*", "URLPath": "*", "Attributes": {"key": "value"}, "SamplingRateBoost": BOOST}
REPORT = {"RuleName": "Default", "ClientID": "c" * 24, "Timestamp": NOW, "RequestCount": 1, "SampledCount": 1, "BorrowCount": 0}
ANOMALIES = {"RuleName": "Default", "ServiceName": "s", "Timestamp": NOW, "AnomalyCount": 1, "TotalCount": 1, "SampledAnomalyCount": 1}
ERRORS = {f"{name}Count": 1 for name in ("Timeout", "ConnectionRefused", "HTTPCode4XX", "HTTPCode5XX", "UnknownHost", "Other")}
COUNTS = {f"Segments{name}Count": 1 for name in ("Received", "Sent", "Spillover", "Rejected")}
TELEMETRY = {"Timestamp": NOW, **COUNTS, "BackendConnectionErrors": ERRORS}

# Requests with all members but `NextToken`, which are refused only where the second column says so: there is nothing of the kind.
REQUESTS = {
    "PutTraceSegments": ({"TraceSegmentDocuments": ["{}"]}, None),
    "PutTelemetryRecords": ({"TelemetryRecords": [TELEMETRY], "EC2InstanceId": "i-1", "Hostname": "h", "ResourceARN": "arn:x"}, None),
    "BatchGetTraces": ({"TraceIds": [TRACE]}, None),
    "GetTraceSummaries": ({**TIMES, "TimeRangeType": "Event", "Sampling": True, "SamplingStrategy": {"Name": "FixedRate", "Value": 0.5},
                           "FilterExpression": "fault"}, None),
    "GetServiceGraph": ({**TIMES, **GROUP}, None),
    "GetTraceGraph": ({"TraceIds": [TRACE]}, None),
    "GetTimeSeriesServiceStatistics": ({**TIMES, **GROUP, "EntitySelectorExpression": 'service("a")', "Period": 60,
                                        "ForecastStatistics": False}, None),
    "StartTraceRetrieval": ({**TIMES, "TraceIds": [TRACE]}, None),
    "ListRetrievedTraces": ({"RetrievalToken": "none", "TraceFormat": "XRAY"}, "ResourceNotFoundException"),
    "GetRetrievedTracesGraph": ({"RetrievalToken": "none"}, "ResourceNotFoundException"),
    "CancelTraceRetrieval": ({"RetrievalToken": "none"}, "ResourceNotFoundException"),
    "GetSamplingRules": ({}, None),
    "CreateSamplingRule": ({"SamplingRule": {**RULE, "Version": 1}, "Tags": TAGS}, None),
    "UpdateSamplingRule": ({"SamplingRuleUpdate": RULE}, None),
    "DeleteSamplingRule": ({"RuleName": "gone", "RuleARN": "arn:gone"}, "InvalidRequestException"),
    "GetSamplingTargets": ({"SamplingStatisticsDocuments": [REPORT], "SamplingBoostStatisticsDocuments": [ANOMALIES]}, None),
    "GetSamplingStatisticSummaries": ({}, None),
    "CreateGroup": ({"GroupName": "group", "FilterExpression": "fault", "InsightsConfiguration": INSIGHTS, "Tags": TAGS}, None),
    "GetGroup": (GROUP, None),
    "GetGroups": ({}, None),
    "UpdateGroup": ({"GroupName": "group", "GroupARN": GROUP["GroupARN"].replace("Default", "group"), "FilterExpression": "fault",
                     "InsightsConfiguration": INSIGHTS}, None),
    "DeleteGroup": ({"GroupName": "gone", "GroupARN": "arn:gone"}, "InvalidRequestException"),
    "ListTagsForResource": (RESOURCE, None),
    "TagResource": ({**RESOURCE, "Tags": TAGS}, None),
    "UntagResource": ({**RESOURCE, "TagKeys": ["k"]}, None),
    "GetEncryptionConfig": ({}, None),
    "PutEncryptionConfig": ({"Type": "NONE", "KeyId": "k"}, None),
    "GetTraceSegmentDestination": ({}, None),
    "UpdateTraceSegmentDestination": ({"Destination": "XRay", "CloudWatchLogsConfiguration": {"SpansLogGroupKmsKeyId": "k"}}, None),
    "GetIndexingRules": ({}, None),
    "UpdateIndexingRule": ({"Name": "Default", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 5}}}, "InvalidRequestException"),
    "GetInsightSummaries": ({**TIMES, **GROUP, "States": ["ACTIVE"], "MaxResults": 5}, None),
    "GetInsight": ({"InsightId": "00000000-0000-1000-8000-000000000000"}, "InvalidRequestException"),
    "GetInsightEvents": ({"InsightId": "00000000-0000-1000-8000-000000000000", "MaxResults": 5}, "InvalidRequestException"),
    "GetInsightImpactGraph": ({**TIMES, "InsightId": "00000000-0000-1000-8000-000000000000"}, "InvalidRequestException"),
    "ListResourcePolicies": ({}, None),
    "PutResourcePolicy": ({"PolicyName": "p", "PolicyDocument": "{}", "PolicyRevisionId": "1", "BypassPolicyLockoutCheck": True},
                          "PolicyCountLimitExceededException"),
    "DeleteResourcePolicy": ({"PolicyName": "p", "PolicyRevisionId": "1"}, "InvalidRequestException"),
}
# Asked before each of the others.
BEFORE = {
    "CreateSamplingRule": ("DeleteSamplingRule", {"RuleName": "rule"}),
    "UpdateSamplingRule": ("CreateSamplingRule", REQUESTS["CreateSamplingRule"][0]),
    "CreateGroup": ("DeleteGroup", {"GroupName": "group"}),
    "UpdateGroup": ("CreateGroup", REQUESTS["CreateGroup"][0]),
}
# What the model calls optional, or allows, and the service refuses all the same.
STRICTER = {("CreateSamplingRule", "SamplingRule.RuleName")}

WRONG = {"string": [7, {}, ["x"]], "integer": ["x", 1.5, [], True, 2**31], "long": ["x", 1.5, 2**63], "double": ["x", [], True],
         "timestamp": ["now", True, {}, -1], "boolean": ["x", 1, {}], "list": ["x", {}, 7], "map": ["x", [], 7], "structure": ["x", [], 7]}

service = boto3.client("xray", region_name="local").meta.service_model
pool = urllib3.PoolManager(retries=False, timeout=60)


def send(name, body):
    operation = service.operation_model(name)
    answer = pool.request("POST", ENDPOINT + operation.http["requestUri"], body=json.dumps(body))
    return operation, answer, json.loads(answer.data)


def prepare(name):
    if name in BEFORE:
        send(*BEFORE[name])


def places(shape, value, path=()):
    """Each place in a request, with its shape and whether the model requires it."""
    if shape.type_name == "structure":
        assert set(value) | {"NextToken", "RuleARN", "RuleName", "Version"} >= set(shape.members), (path, set(shape.members) - set(value))
        for name, member in value.items():
            yield (*path, name), shape.members[name], member, name in shape.required_members
            yield from places(shape.members[name], member, (*path, name))
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            yield (*path, index), shape.member, member, False
            yield from places(shape.member, member, (*path, index))
    elif shape.type_name == "map":
        for key, member in value.items():
            yield (*path, key), shape.value, member, False


def changed(request, path, value):
    """The request with another value at a place; without one, the member is taken away."""
    request = copy.deepcopy(request)
    *above, last = path
    inner = request
    for step in above:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return request


def forbidden(shape, value, required):
    """What may not stand where a value stands."""
    yield from WRONG[shape.type_name]
    if required:
        yield None
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name == "string":
        if shape.enum:
            yield "other"
        if least:
            yield value[:1] * (least - 1)
        if most is not None:
            yield "é" * (most + 1)
    elif shape.type_name == "list":
        if most is not None:
            yield value * (most + 1)
    elif shape.type_name == "map":
        if most is not None:
            yield {f"key{number}": "value" for number in range(most + 1)}
    elif shape.type_name != "timestamp":
        if least is not None:
            yield least - 1
        if most is not None:
            yield most + 1


missing = set(service.operation_names) ^ set(REQUESTS)
assert not missing, missing
refused = 0
for name, (request, kind) in REQUESTS.items():
    shape = service.operation_model(name).input_shape
    # Members that are not known, or null, are as good as missing.
    for whole in (request, {**request, "More": {"than": "known"}}, {**request, "NextToken": None}):
        prepare(name)
        operation, answer, body = send(name, whole)
        assert answer.headers.get("x-amzn-errortype") == kind, (name, whole, body)
        if kind:
            error(operation, answer.status, kind, body)
    for path, inner, value, required in places(shape, request):
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
        required |= (name, place) in STRICTER
        for bad in forbidden(inner, value, required):
            prepare(name)
            operation, answer, body = send(name, changed(request, path, bad))
            shown = f"{name} {place} = {json.dumps(bad)[:80]} ({inner.name}): {answer.status} {body}"
            assert answer.status == 400 and body["__type"] in COMMON | {"InvalidRequestException"}, shown
            assert place in body["Message"] or place.rsplit(".", 1)[0] in body["Message"], shown
            refused += 1
print(refused)
