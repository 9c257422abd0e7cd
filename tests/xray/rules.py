"""Groups, sampling rules and targets, and the settings of a local X-Ray."""

import json
import time
from urllib.request import urlopen

from ask import ENDPOINT, RULES, WIDE, refused, xray


def groups():
    create, get = xray.create_group, xray.get_group
    group = create(GroupName="slow", FilterExpression="responsetime > 5", Tags=[{"Key": "team", "Value": "tea"}])["Group"]
    assert group["FilterExpression"] == "responsetime > 5" and group["InsightsConfiguration"]["InsightsEnabled"] is False
    arn = group["GroupARN"]
    assert get(GroupName="slow")["Group"] == get(GroupARN=arn)["Group"] == group
    assert xray.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "team", "Value": "tea"}]
    xray.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": ""}])
    xray.untag_resource(ResourceARN=arn, TagKeys=["team"])
    paginator = xray.get_paginator("list_tags_for_resource")
    assert paginator.paginate(ResourceARN=arn).build_full_result()["Tags"] == [{"Key": "a", "Value": ""}]
    updated = xray.update_group(GroupARN=arn, FilterExpression="fault", InsightsConfiguration={"InsightsEnabled": True})["Group"]
    assert updated["FilterExpression"] == "fault" and updated["InsightsConfiguration"]["InsightsEnabled"]
    there = len(xray.get_groups()["Groups"])
    for number in range(there, 26):
        create(GroupName=f"g{number}")
    pages = list(xray.get_paginator("get_groups").paginate())
    assert [len(p["Groups"]) for p in pages] == [10, 10, 6]
    assert "25 groups" in refused("InvalidRequestException", create, GroupName="one more")
    assert "there is a group" in refused("InvalidRequestException", create, GroupName="slow")
    assert "column" in refused("InvalidRequestException", xray.update_group, GroupName="slow", FilterExpression="slow >")
    assert "Default" in refused("InvalidRequestException", xray.delete_group, GroupName="Default")
    xray.delete_group(GroupName="slow")
    assert "no such group" in refused("InvalidRequestException", get, GroupName="slow")
    assert "no group" in refused("ResourceNotFoundException", xray.list_tags_for_resource, ResourceARN=arn)
    bad = [{}, {"GroupName": ""}, {"GroupName": "x" * 33}, {"GroupName": "x", "Tags": [{"Key": "", "Value": ""}]},
           {"GroupName": "x", "InsightsConfiguration": {"NotificationsEnabled": True}}]
    for parameters in bad:
        refused("InvalidRequestException", create, **parameters)
    tags = [{"Key": f"k{n}", "Value": "v"} for n in range(51)]
    default = get(GroupName="Default")["Group"]["GroupARN"]
    refused("TooManyTagsException", xray.tag_resource, ResourceARN=default, Tags=tags)


RULE = {"RuleName": "checkout", "Priority": 10, "FixedRate": 0.5, "ReservoirSize": 9, "ServiceName": "*", "ServiceType": "*", "Host": "*",
        "HTTPMethod": "POST", "URLPath": "/checkout/*", "ResourceARN": "*", "Version": 1, "Attributes": {"country": "de"},
        "SamplingRateBoost": {"MaxRate": 0.75, "CooldownWindowMinutes": 10}}


def rules():
    names = lambda: [r["SamplingRule"]["RuleName"] for r in xray.get_sampling_rules()["SamplingRuleRecords"]]
    assert names() == ["Default"]
    record = xray.create_sampling_rule(SamplingRule=RULE, Tags=[{"Key": "a", "Value": "b"}])["SamplingRuleRecord"]
    rule = record["SamplingRule"]
    assert {k: rule[k] for k in RULE} == RULE and record["CreatedAt"] == record["ModifiedAt"]
    assert xray.list_tags_for_resource(ResourceARN=rule["RuleARN"])["Tags"] == [{"Key": "a", "Value": "b"}]
    updated = xray.update_sampling_rule(SamplingRuleUpdate={"RuleARN": rule["RuleARN"], "FixedRate": 0.25})["SamplingRuleRecord"]
    assert updated["SamplingRule"] == {**rule, "FixedRate": 0.25} and updated["ModifiedAt"] >= updated["CreatedAt"]
    xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "Default", "FixedRate": 1, "ReservoirSize": 2})
    records = xray.get_paginator("get_sampling_rules").paginate().build_full_result()["SamplingRuleRecords"]
    assert [(r["SamplingRule"]["RuleName"], r["SamplingRule"]["FixedRate"]) for r in records] == [("checkout", 0.25), ("Default", 1.0)]
    # What was changed stands in the file.
    with open(RULES) as file:
        assert [r["SamplingRule"]["RuleName"] for r in json.load(file)["SamplingRuleRecords"]] == ["checkout", "Default"]

    bad = [
        ({"RuleName": "x" * 33}, "RuleName"), ({"RuleName": None}, "RuleName is missing"), ({"Priority": 0}, "1 to 9999"),
        ({"Priority": 10_000}, "Priority"), ({"FixedRate": 1.5}, "from 0 to 1"), ({"ReservoirSize": -1}, "ReservoirSize"),
        ({"ServiceName": "x" * 65}, "ServiceName"), ({"HTTPMethod": "x" * 11}, "HTTPMethod"), ({"URLPath": "x" * 129}, "URLPath"),
        ({"ResourceARN": "x" * 501}, "ResourceARN"), ({"Version": 2}, "Version"), ({"Version": None}, "Version is missing"),
        ({"Attributes": {str(n): "v" for n in range(6)}}, "at most 5"), ({"Attributes": {"k" * 33: "v"}}, "key"), ({}, "there is a rule"),
        ({"SamplingRateBoost": {"MaxRate": 2, "CooldownWindowMinutes": 1}}, "SamplingRateBoost.MaxRate"),
    ]
    for change, words in bad:
        message = refused("InvalidRequestException", xray.create_sampling_rule, SamplingRule={**RULE, **change})
        assert words in message, message
    for number in range(24):
        xray.create_sampling_rule(SamplingRule={**RULE, "RuleName": f"r{number}"})
    assert "25 rules" in refused("RuleLimitExceededException", xray.create_sampling_rule, SamplingRule={**RULE, "RuleName": "one more"})
    for number in range(24):
        xray.delete_sampling_rule(RuleName=f"r{number}")
    assert "cannot be deleted" in refused("InvalidRequestException", xray.delete_sampling_rule, RuleName="Default")
    assert "no such rule" in refused("InvalidRequestException", xray.delete_sampling_rule, RuleName="r0")
    assert "missing" in refused("InvalidRequestException", xray.update_sampling_rule, SamplingRuleUpdate={"FixedRate": 1})
    update = {"RuleName": "Default", "URLPath": "/x"}
    assert "Default rule" in refused("InvalidRequestException", xray.update_sampling_rule, SamplingRuleUpdate=update)

    # The file is edited by hand; then wrongly; then right again.
    def edit(text):
        with open(RULES, "w") as file:
            file.write(text)

    local = {"version": 2, "default": {"fixed_target": 1, "rate": 0.05},
             "rules": [{"description": "Orders", "host": "*", "http_method": "GET", "url_path": "/orders/*", "fixed_target": 3, "rate": 0}]}
    edit(json.dumps(local))
    assert names() == ["Orders", "Default"]
    edit('{"version": 2, "default": {"fixed_target": 1, "rate": 5}}')
    assert names() == ["Orders", "Default"], "the last good rules stay"
    message = refused("InternalFailure", xray.create_sampling_rule, SamplingRule=RULE)
    assert RULES in message and "default.rate: 5" in message and "from 0 to 1" in message, message
    edit(json.dumps({"SamplingRuleRecords": [{"SamplingRule": RULE}]}))
    assert names() == ["checkout", "Default"]


def targets():
    def ask(client, rule="checkout", **more):
        document = {"RuleName": rule, "ClientID": client * 24, "Timestamp": time.time(), "RequestCount": 5, "SampledCount": 2, **more}
        return xray.get_sampling_targets(SamplingStatisticsDocuments=[document])

    modified = ask("a")["LastRuleModification"]
    assert abs(modified.timestamp() - time.time()) < 60
    # A new client waits for the others to give up some of the reservoir of 9.
    quotas = [ask(client)["SamplingTargetDocuments"][0]["ReservoirQuota"] for client in "aabab"]
    assert quotas == [9, 9, 0, 5, 4], quotas
    (target,) = ask("b", BorrowCount=1)["SamplingTargetDocuments"]
    assert (target["FixedRate"], target["Interval"]) == (0.5, 10)
    assert 5 < target["ReservoirQuotaTTL"].timestamp() - time.time() < 60
    (summary,) = xray.get_sampling_statistic_summaries()["SamplingStatisticSummaries"]
    assert (summary["RuleName"], summary["RequestCount"], summary["SampledCount"], summary["BorrowCount"]) == ("checkout", 10, 4, 1)
    paginator = xray.get_paginator("get_sampling_statistic_summaries")
    assert len(paginator.paginate().build_full_result()["SamplingStatisticSummaries"]) == 1
    answer = ask("a", rule="gone")
    assert answer["SamplingTargetDocuments"] == [] and answer["UnprocessedStatistics"][0]["RuleName"] == "gone"
    assert answer["UnprocessedStatistics"][0]["ErrorCode"].startswith("4")
    for bad in [{"ClientID": "short"}, {"RequestCount": -1}, {"SampledCount": -1}]:
        assert next(iter(bad)) in refused("InvalidRequestException", ask, client="a", **bad)
    refused("InvalidRequestException", xray.get_sampling_targets, SamplingStatisticsDocuments=[{}] * 26)
    refused("InvalidRequestException", xray.get_sampling_targets)


def telemetry():
    record = {"Timestamp": time.time(), "SegmentsReceivedCount": 5, "BackendConnectionErrors": {"TimeoutCount": 1}}
    xray.put_telemetry_records(TelemetryRecords=[record], Hostname="daemon-of-mine")
    with urlopen(f"{ENDPOINT}/health") as page:
        assert b"daemon-of-mine" in page.read(), "what daemons say is shown"
    refused("InvalidRequestException", xray.put_telemetry_records, TelemetryRecords=[{"SegmentsSentCount": 1}])
    refused("InvalidRequestException", xray.put_telemetry_records, TelemetryRecords=[{**record, "SegmentsSentCount": -1}])


def one_way_only():
    assert xray.get_encryption_config()["EncryptionConfig"] == {"Status": "ACTIVE", "Type": "NONE"}
    assert xray.put_encryption_config(Type="NONE")["EncryptionConfig"]["Type"] == "NONE"
    refused("InvalidRequestException", xray.put_encryption_config, Type="KMS", KeyId="k")
    assert xray.get_trace_segment_destination()["Destination"] == "XRay"
    assert xray.update_trace_segment_destination(Destination="XRay")["Status"] == "ACTIVE"
    refused("InvalidRequestException", xray.update_trace_segment_destination, Destination="CloudWatchLogs")
    (rule,) = xray.get_indexing_rules()["IndexingRules"]
    assert rule["Rule"]["Probabilistic"]["ActualSamplingPercentage"] == 100.0
    rule = {"Probabilistic": {"DesiredSamplingPercentage": 1}}
    refused("InvalidRequestException", xray.update_indexing_rule, Name="Default", Rule=rule)
    refused("ResourceNotFoundException", xray.update_indexing_rule, Name="none", Rule=rule)
    assert xray.get_insight_summaries(**WIDE)["InsightSummaries"] == []
    for call in (xray.get_insight, xray.get_insight_events):
        refused("InvalidRequestException", call, InsightId="x")
    refused("InvalidRequestException", xray.get_insight_impact_graph, InsightId="x", **WIDE)
    assert xray.get_paginator("list_resource_policies").paginate().build_full_result()["ResourcePolicies"] == []
    refused("PolicyCountLimitExceededException", xray.put_resource_policy, PolicyName="p", PolicyDocument="{}")
    refused("InvalidRequestException", xray.delete_resource_policy, PolicyName="p")


def check():
    for part in (groups, rules, targets, telemetry, one_way_only):
        part()
