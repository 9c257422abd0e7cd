"""Every operation of X-Ray, asked by boto3 of a local X-Ray that has nothing yet. Arguments: its address, the file of its sampling rules.

Whatever is wrong ends in an AssertionError. The last line is the number of operations that were called.
"""

import json
import sys
import time
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from model import Answers

ENDPOINT, RULES = sys.argv[1:]
# Neither retries nor checks of boto3's own come between.
xray = boto3.client("xray", endpoint_url=ENDPOINT, config=Config(retries={"total_max_attempts": 1}, parameter_validation=False))
answers = Answers(xray)

NOW = int(time.time()) - 100
WIDE = {"StartTime": NOW - 100, "EndTime": NOW + 200}


def trace_id(number):
    return f"1-{NOW:08x}-{number:024x}"


def put(*documents):
    answer = xray.put_trace_segments(TraceSegmentDocuments=[d if isinstance(d, str) else json.dumps(d) for d in documents])
    return answer["UnprocessedTraceSegments"]


def refused(code, call, **parameters):
    """The error of a call, which has to be this one, and the words of its message."""
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert isinstance(error, getattr(xray.exceptions, code, ClientError)), type(error)
        expected = {"ResourceNotFoundException": 404, "InternalFailure": 500}.get(code, 400)
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == expected, error.response
        message = error.response["Error"]["Message"]
        assert len(message) > 20, message
        return message
    raise AssertionError(f"{parameters} was to be refused")


def shop(number, **more):
    """A request to a shop, which asks a table and another service; that sends its own segment."""
    at = NOW + number
    url = f"https://shop.example/orders/{number}"
    return [
        {
            "name": "shop", "id": "%016x" % 0x10, "trace_id": trace_id(number), "start_time": at, "end_time": at + 1.5, "user": "ann",
            "origin": "AWS::EC2::Instance", "aws": {"ec2": {"instance_id": "i-1", "availability_zone": "eu-west-1a"}},
            "resource_arn": "arn:aws:ec2:eu-west-1:1:instance/i-1",
            "http": {"request": {"method": "GET", "url": url, "user_agent": "curl", "client_ip": "10.0.0.1"}, "response": {"status": 200}},
            "annotations": {"order": number, "country": "de", "first": True},
            "subsegments": [
                {"name": "DynamoDB", "id": "%016x" % 0x11, "start_time": at + 0.1, "end_time": at + 0.2, "namespace": "aws",
                 "aws": {"operation": "GetItem", "table_name": "orders", "region": "eu-west-1"}, "http": {"response": {"status": 200}}},
                {"name": "stock", "id": "%016x" % 0x12, "start_time": at + 0.2, "end_time": at + 1.2, "namespace": "remote",
                 "http": {"request": {"method": "GET", "url": "http://stock/"}, "response": {"status": 200}}},
            ],
            **more,
        },
        {
            "name": "stock", "id": "%016x" % 0x20, "parent_id": "%016x" % 0x12, "trace_id": trace_id(number), "start_time": at + 0.3,
            "end_time": at + 1.1, "annotations": {"country": "de"},
        },
    ]


def segments():
    assert put(*shop(1)) == []
    assert put(*[d for n in range(2, 6) for d in shop(n)]) == []
    broken = shop(6, http={"response": {"status": 500}}, fault=True,
                  cause={"exceptions": [{"id": "%016x" % 9, "type": "OutOfTea", "message": "none left"}]})
    assert put(*broken) == []
    entries = put("{", '{"id":"70de5b6f19ff9a0a"}', json.dumps({**shop(1)[0], "start_time": "soon"}), "T1U0", shop(7)[0])
    codes = [(e["ErrorCode"], e.get("Id")) for e in entries]
    assert codes[:3] == [("ParseError", None), ("MissingName", "70de5b6f19ff9a0a"), ("InvalidStartTime", "%016x" % 0x10)], codes
    assert all(e["Message"].startswith("Invalid segment. ErrorCode: ") for e in entries)
    assert put('{"name":"%s"}' % ("x" * 70_000))[0]["ErrorCode"] == "SegmentTooLarge"
    assert "TraceSegmentDocuments is missing" in refused("InvalidRequestException", xray.put_trace_segments)
    refused("InvalidRequestException", xray.put_trace_segments, TraceSegmentDocuments=[1])


def traces():
    answer = xray.batch_get_traces(TraceIds=[trace_id(1), trace_id(999)])
    assert answer["UnprocessedTraceIds"] == [trace_id(999)]
    (trace,) = answer["Traces"]
    assert (trace["Id"], trace["Duration"], trace["LimitExceeded"]) == (trace_id(1), 1.5, False)
    documents = {d["name"]: d for d in (json.loads(s["Document"]) for s in trace["Segments"])}
    assert set(documents) == {"shop", "stock", "orders"}, documents
    assert all(s["Id"] == json.loads(s["Document"])["id"] for s in trace["Segments"])
    assert [s["name"] for s in documents["shop"]["subsegments"]] == ["DynamoDB", "stock"]
    table = documents["orders"]
    assert table["inferred"] and table["parent_id"] == "%016x" % 0x11 and table["origin"] == "AWS::DynamoDB::Table", table
    assert (table["start_time"], table["end_time"], table["trace_id"]) == (NOW + 1.1, NOW + 1.2, trace_id(1))
    assert "inferred" not in documents["stock"] and documents["stock"]["parent_id"] == "%016x" % 0x12
    pages = xray.get_paginator("batch_get_traces").paginate(TraceIds=[trace_id(n) for n in range(1, 6)])
    assert len(pages.build_full_result()["Traces"]) == 5
    for bad in [[], [trace_id(n) for n in range(6)], ["1-2-3"], [7]]:
        assert "TraceIds" in refused("InvalidRequestException", xray.batch_get_traces, TraceIds=bad)
    # Too large for X-Ray: what is over the limit is left out.
    large = [{"name": "large", "id": "%016x" % n, "trace_id": trace_id(500), "start_time": NOW, "end_time": NOW + 1,
              "metadata": {"default": {"text": "x" * 50_000}}} for n in range(1, 20)]
    assert put(*large) == []
    (trace,) = xray.batch_get_traces(TraceIds=[trace_id(500)])["Traces"]
    assert trace["LimitExceeded"] and sum(len(s["Document"]) for s in trace["Segments"]) <= 500 * 1024


def summaries():
    get = xray.get_trace_summaries
    answer = get(**WIDE, FilterExpression='service("shop")')
    assert [s["Id"] for s in answer["TraceSummaries"]][:6] == [trace_id(n) for n in range(1, 7)]
    one = answer["TraceSummaries"][0]
    assert (one["Duration"], one["ResponseTime"], one["HasFault"], one["IsPartial"]) == (1.5, 1.5, False, False)
    assert one["StartTime"] == datetime.fromtimestamp(NOW + 1, timezone.utc)
    assert one["Http"] == {"HttpURL": "https://shop.example/orders/1", "HttpStatus": 200, "HttpMethod": "GET", "UserAgent": "curl",
                           "ClientIp": "10.0.0.1"}
    named = {"Name": "shop", "Names": ["shop"], "Type": "AWS::EC2::Instance"}
    stock = {"Name": "stock", "Names": ["stock"]}
    assert one["EntryPoint"] == named and one["Users"] == [{"UserName": "ann", "ServiceIds": [named]}]
    assert one["Annotations"]["order"] == [{"AnnotationValue": {"NumberValue": 1.0}, "ServiceIds": [named]}]
    assert one["Annotations"]["country"] == [{"AnnotationValue": {"StringValue": "de"}, "ServiceIds": [named, stock]}]
    assert one["Annotations"]["first"] == [{"AnnotationValue": {"BooleanValue": True}, "ServiceIds": [named]}]
    assert one["InstanceIds"] == [{"Id": "i-1"}] and one["AvailabilityZones"] == [{"Name": "eu-west-1a"}]
    assert one["ResourceARNs"] == [{"ARN": "arn:aws:ec2:eu-west-1:1:instance/i-1"}]
    assert {s["Name"]: s.get("Type") for s in one["ServiceIds"]} == {
        "shop": "AWS::EC2::Instance", "stock": None, "orders": "AWS::DynamoDB::Table"}
    # What took the time: the call of the stock.
    (cause,) = one["ResponseTimeRootCauses"]
    assert [s["Name"] for s in cause["Services"]] == ["shop", "stock"] and cause["ClientImpacting"]
    assert cause["Services"][0]["EntityPath"][0]["Coverage"] == 1.0
    assert one["FaultRootCauses"] == one["ErrorRootCauses"] == []

    (broken,) = get(**WIDE, FilterExpression="fault AND annotation[order] = 6")["TraceSummaries"]
    assert broken["HasFault"] and broken["Http"]["HttpStatus"] == 500
    (cause,) = broken["FaultRootCauses"]
    assert cause["Services"][0]["EntityPath"][0]["Exceptions"] == [{"Name": "OutOfTea", "Message": "none left"}], cause

    # Times.
    both = {"StartTime": NOW + 2, "EndTime": NOW + 2.4}
    of = lambda **more: [s["Id"] for s in get(FilterExpression='service("shop")', **more)["TraceSummaries"]]
    assert of(**both) == [trace_id(2)] and of(**both, TimeRangeType="TraceId") == [trace_id(2)]
    ends = {"StartTime": NOW + 3, "EndTime": NOW + 4}
    assert of(**ends, TimeRangeType="Service") == [trace_id(2)]
    (event,) = get(**ends, TimeRangeType="Event", FilterExpression='service("shop")')["TraceSummaries"]
    assert event["MatchedEventTime"].timestamp() == NOW + 3.5
    # Shares.
    rate = lambda value: {"Sampling": True, "SamplingStrategy": {"Name": "FixedRate", "Value": value}}
    assert of(**WIDE, **rate(0)) == [] and len(of(**WIDE, **rate(1))) == len(of(**WIDE)) == len(of(**WIDE, Sampling=True))

    # Pages.
    for first in range(1000, 1500, 50):
        assert put(*[{"name": "many", "id": "%016x" % 1, "trace_id": trace_id(n), "start_time": NOW + n / 100, "end_time": NOW + n / 100 + 1}
                     for n in range(first, first + 50)]) == []
    pages = list(xray.get_paginator("get_trace_summaries").paginate(**WIDE, FilterExpression='service("many")'))
    assert [len(p["TraceSummaries"]) for p in pages] == [200, 200, 100], [len(p["TraceSummaries"]) for p in pages]
    assert [s["Id"] for p in pages for s in p["TraceSummaries"]] == [trace_id(n) for n in range(1000, 1500)]
    token = pages[0]["NextToken"]
    for bad in [{"FilterExpression": "fault", "NextToken": token}, {"NextToken": "x"}, {"NextToken": 1}]:
        assert "NextToken" in refused("InvalidRequestException", get, **WIDE, **bad)
    message = refused("InvalidRequestException", get, **WIDE, FilterExpression="responstime > 5")
    assert "FilterExpression" in message and "did you mean `responsetime`" in message, message
    bad = [
        ({}, "StartTime is missing"),
        ({"StartTime": NOW, "EndTime": NOW - 1}, "is after EndTime"),
        ({"StartTime": NOW, "EndTime": NOW + 25 * 3600}, "24 hours"),
        ({**WIDE, "TimeRangeType": "Id"}, "use TraceId or Event or Service"),
        ({**WIDE, **rate(2)}, "SamplingStrategy.Value: 2"),
        ({**WIDE, "Sampling": True, "SamplingStrategy": {"Name": "FixedRate"}}, "SamplingStrategy.Value is missing"),
    ]
    for parameters, words in bad:
        message = refused("InvalidRequestException", get, **parameters)
        assert words in message, message


def graphs():
    shops = {"StartTime": NOW + 0.5, "EndTime": NOW + 6.5, "GroupName": "shops"}
    xray.create_group(GroupName="shops", FilterExpression='service("shop")')
    for graph in [
        xray.get_service_graph(**shops)["Services"],
        xray.get_paginator("get_service_graph").paginate(**shops).build_full_result()["Services"],
        [s for ids in [[trace_id(n) for n in (1, 2, 3, 6, 4)]] for s in xray.get_trace_graph(TraceIds=ids)["Services"]],
        xray.get_paginator("get_trace_graph").paginate(TraceIds=[trace_id(6)]).build_full_result()["Services"],
    ]:
        by_id = {s["ReferenceId"]: s for s in graph}
        by_name = {(s["Name"], s.get("Type")): s for s in graph}
        shop, table = by_name["shop", "AWS::EC2::Instance"], by_name["orders", "AWS::DynamoDB::Table"]
        (client,) = [s for s in graph if s.get("Type") == "client"]
        assert {by_id[e["ReferenceId"]]["Name"] for e in shop["Edges"]} == {"orders", "stock"}
        assert [by_id[e["ReferenceId"]]["Name"] for e in client["Edges"]] == ["shop"]
        assert shop["Root"] and not table["Root"] and (shop["State"], table["State"]) == ("active", "unknown")
        total = shop["SummaryStatistics"]
        assert total["FaultStatistics"] == {"OtherCount": 1, "TotalCount": 1} and total["TotalCount"] == total["OkCount"] + 1, total
        assert abs(total["TotalResponseTime"] - 1.5 * total["TotalCount"]) < 1e-6
        assert sum(e["Count"] for e in shop["ResponseTimeHistogram"]) == total["TotalCount"]
        # What the caller saw of the stock took longer than what the stock says.
        (edge,) = [e for e in shop["Edges"] if by_id[e["ReferenceId"]]["Name"] == "stock"]
        stock = by_name["stock", None]["SummaryStatistics"]
        assert edge["SummaryStatistics"]["TotalResponseTime"] > stock["TotalResponseTime"] > 0
    answer = xray.get_service_graph(**shops)
    assert not answer["ContainsOldGroupVersions"] and answer["StartTime"].timestamp() == NOW + 0.5
    assert "6 hours" in refused("InvalidRequestException", xray.get_service_graph, StartTime=NOW, EndTime=NOW + 7 * 3600)
    assert "there is no such group" in refused("InvalidRequestException", xray.get_service_graph, **WIDE, GroupName="none")
    assert "TraceIds" in refused("InvalidRequestException", xray.get_trace_graph)

    range_ = {"StartTime": NOW + 0.5, "EndTime": NOW + 6.5}
    of = lambda **more: xray.get_time_series_service_statistics(**range_, **more)["TimeSeriesServiceStatistics"]
    for expression, member, count, time_ in [
        ('service("shop")', "ServiceSummaryStatistics", 6, 9.0),
        ('service(id(name: "stock"))', "ServiceSummaryStatistics", 6, 4.8),
        ('edge("shop", "stock")', "EdgeSummaryStatistics", 6, 6.0),
    ]:
        series = of(EntitySelectorExpression=expression, Period=1)
        assert sum(e[member]["TotalCount"] for e in series) == count, series
        assert abs(sum(e[member]["TotalResponseTime"] for e in series) - time_) < 1e-6, series
        assert [e["Timestamp"] for e in series] == sorted(e["Timestamp"] for e in series)
    # Without a selector: calls, those of clients as well.
    assert sum(e["EdgeSummaryStatistics"]["TotalCount"] for e in of(GroupName="shops")) == 18
    paginator = xray.get_paginator("get_time_series_service_statistics")
    assert len(paginator.paginate(**range_, Period=1, GroupName="shops").build_full_result()["TimeSeriesServiceStatistics"]) == 6
    assert "Period" in refused("InvalidRequestException", xray.get_time_series_service_statistics, **range_, Period=0)
    assert "column 9" in refused("InvalidRequestException", xray.get_time_series_service_statistics, **range_, EntitySelectorExpression="service(")


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
        "HTTPMethod": "POST", "URLPath": "/checkout/*", "ResourceARN": "*", "Version": 1, "Attributes": {"country": "de"}}


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
    xray.put_telemetry_records(TelemetryRecords=[record], Hostname="here")
    refused("InvalidRequestException", xray.put_telemetry_records, TelemetryRecords=[{"SegmentsSentCount": 1}])
    refused("InvalidRequestException", xray.put_telemetry_records, TelemetryRecords=[{**record, "SegmentsSentCount": -1}])


def retrieval():
    token = xray.start_trace_retrieval(TraceIds=[trace_id(n) for n in range(1, 8)], **WIDE)["RetrievalToken"]
    first = xray.list_retrieved_traces(RetrievalToken=token)
    assert (first["RetrievalStatus"], first["TraceFormat"], len(first["Traces"])) == ("COMPLETE", "XRAY", 5)
    second = xray.list_retrieved_traces(RetrievalToken=token, NextToken=first["NextToken"])
    assert len(second["Traces"]) == 2 and "NextToken" not in second
    names = {json.loads(s["Document"])["name"] for s in first["Traces"][0]["Spans"]}
    assert names == {"shop", "stock", "orders"}, names
    graph = xray.get_retrieved_traces_graph(RetrievalToken=token)
    assert {s["Service"]["Name"] for s in graph["Services"]} >= names
    xray.cancel_trace_retrieval(RetrievalToken=token)
    for call in (xray.list_retrieved_traces, xray.get_retrieved_traces_graph, xray.cancel_trace_retrieval):
        refused("ResourceNotFoundException", call, RetrievalToken=token)
    refused("InvalidRequestException", xray.start_trace_retrieval, TraceIds=[trace_id(1)] * 101, **WIDE)


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


for check in (segments, traces, summaries, graphs, groups, rules, targets, telemetry, retrieval, one_way_only):
    check()
missing = set(xray.meta.service_model.operation_names) - answers.called
assert not missing, missing
print(answers.not_seen())
print(len(answers.called))
