"""What a local X-Ray is told of traces, and what it says about them."""

import json
from datetime import datetime, timezone

from ask import NOW, WIDE, put, refused, trace_id, xray


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


def rare():
    """What few traces have: an account, another name, an error and where it came from, a link to the trace that sent a message."""
    first = {
        "name": "till", "id": "%016x" % 0x30, "trace_id": trace_id(2000), "start_time": NOW + 50, "end_time": NOW + 52, "error": True,
        "aws": {"account_id": "123456789012"}, "http": {"response": {"status": 400}},
        "subsegments": [{"name": "pay.example", "id": "%016x" % 0x31, "start_time": NOW + 50.5, "end_time": NOW + 51.5, "namespace": "remote",
                         "error": True, "http": {"response": {"status": 400}}}],
    }
    second = {
        "name": "pay", "id": "%016x" % 0x32, "parent_id": "%016x" % 0x31, "trace_id": trace_id(2000), "start_time": NOW + 50.6,
        "end_time": NOW + 51.4, "error": True, "origin": "AWS::ECS::Container", "aws": {"account_id": "123456789012"},
        "http": {"response": {"status": 400}},
        "cause": {"exceptions": [{"id": "%016x" % 0x33, "type": "Declined", "message": "no money"}]},
    }
    receiver = {
        "name": "ledger", "id": "%016x" % 0x34, "trace_id": trace_id(2001), "start_time": NOW + 54, "end_time": NOW + 55,
        "links": [{"trace_id": trace_id(2000), "id": "%016x" % 0x30}],
    }
    fast = {"name": "till", "id": "%016x" % 0x35, "trace_id": trace_id(2002), "start_time": NOW + 50, "end_time": NOW + 50.1, "fault": True,
            "aws": {"account_id": "123456789012"}}
    assert put(first, second, receiver, fast) == []
    (one,) = xray.get_trace_summaries(**WIDE, FilterExpression='service("till") { error }')["TraceSummaries"]
    assert (one["HasError"], one["HasFault"]) == (True, False)
    (cause,) = one["ErrorRootCauses"]
    till, pay = cause["Services"]
    assert (till["Name"], till["AccountId"], pay["Name"], pay["Type"]) == ("till", "123456789012", "pay", "AWS::ECS::Container"), cause
    assert pay["EntityPath"][-1]["Exceptions"] == [{"Name": "Declined", "Message": "no money"}], cause
    (slow,) = one["ResponseTimeRootCauses"]
    assert slow["Services"][0]["AccountId"] == "123456789012"
    (one,) = xray.get_trace_summaries(**WIDE, FilterExpression='service("till") { fault }')["TraceSummaries"]
    assert one["FaultRootCauses"][0]["Services"][0]["AccountId"] == "123456789012"
    services = {s["Name"]: s for s in xray.get_trace_graph(TraceIds=[trace_id(2000), trace_id(2001)])["Services"] if s.get("Type") != "client"}
    till = services["till"]
    assert till["AccountId"] == "123456789012" and set(services) == {"till", "pay", "ledger"}
    edges = {e["ReferenceId"]: e for e in till["Edges"]}
    call, message = edges[services["pay"]["ReferenceId"]], edges[services["ledger"]["ReferenceId"]]
    assert call["Aliases"] == [{"Name": "pay.example", "Names": ["pay.example"], "Type": "remote"}]
    assert message["EdgeType"] == "link" and "SummaryStatistics" not in message and "EdgeType" not in call
    # The message was two seconds on its way.
    assert message["ReceivedEventAgeHistogram"] == [{"Value": 2.0, "Count": 1}], message


def many():
    """More than fits on a page: services, seconds, documents of a trace, and large ones."""
    ids = [f"1-{NOW - 3000:08x}-{number:024x}" for number in range(1100)]
    one = lambda number: {"name": f"s{number}", "id": "%016x" % 1, "trace_id": ids[number], "start_time": NOW - 3000 + number,
                          "end_time": NOW - 3000 + number + 0.5}
    for first in range(0, 1100, 50):
        assert put(*[one(number) for number in range(first, first + 50)]) == []
    range_ = {"StartTime": NOW - 3000, "EndTime": NOW - 1800}
    pages = list(xray.get_paginator("get_service_graph").paginate(**range_))
    services = [s for page in pages for s in page["Services"]]
    assert [len(page["Services"]) for page in pages] == [1000, 1000, 200] and len({s["ReferenceId"] for s in services}) == 2200
    assert all(page["StartTime"].timestamp() == NOW - 3000 for page in pages)
    by_id = {s["ReferenceId"]: s for s in services}
    assert all(by_id[e["ReferenceId"]]["Name"] == s["Name"] for s in services for e in s["Edges"]), "clients ask the service of their name"
    pages = list(xray.get_paginator("get_time_series_service_statistics").paginate(**range_, Period=1))
    assert [len(page["TimeSeriesServiceStatistics"]) for page in pages] == [1000, 100]
    # Three traces, each with 400 services that are inferred.
    wide = [trace_id(number) for number in range(2200, 2203)]
    for id_ in wide:
        calls = [{"name": f"{id_}-{n}", "id": "%016x" % (n + 2), "start_time": NOW, "end_time": NOW + 1, "namespace": "remote"} for n in range(400)]
        assert put({"name": "wide", "id": "%016x" % 1, "trace_id": id_, "start_time": NOW, "end_time": NOW + 1, "subsegments": calls}) == []
    pages = list(xray.get_paginator("get_trace_graph").paginate(TraceIds=wide))
    assert [len(page["Services"]) for page in pages] == [1000, 202]
    token = xray.start_trace_retrieval(TraceIds=wide, **range_)["RetrievalToken"]
    graph = xray.get_retrieved_traces_graph(RetrievalToken=token)
    rest = xray.get_retrieved_traces_graph(RetrievalToken=token, NextToken=graph["NextToken"])
    assert (len(graph["Services"]), len(rest["Services"]), "NextToken" in rest) == (1000, 202, False)
    # Services that come between two pages may change the order, which is told.
    stale = xray.get_service_graph(**range_)["NextToken"]
    assert put({**one(0), "name": "new", "id": "%016x" % 2}) == []
    assert "ask again without" in refused("InvalidRequestException", xray.get_service_graph, **range_, NextToken=stale)

    # One trace with 300 services and 250 large subsegments in one of them.
    whole = trace_id(2100)
    call = lambda number: {"name": f"call {number}", "id": "%016x" % (0x1000 + number), "start_time": NOW, "end_time": NOW + 1,
                           "namespace": "remote", "parent_id": "%016x" % 0x99, "type": "subsegment", "trace_id": whole,
                           "metadata": {"default": {"text": "x" * 5_000}}}
    root = {"name": "wide", "id": "%016x" % 0x99, "trace_id": whole, "start_time": NOW, "end_time": NOW + 2}
    called = lambda number: {"name": f"called {number}", "id": "%016x" % (0x2000 + number), "parent_id": "%016x" % (0x1000 + number),
                             "trace_id": whole, "start_time": NOW, "end_time": NOW + 1}
    assert put(root, *map(call, range(250)), *map(called, range(200))) == []
    token = xray.start_trace_retrieval(TraceIds=[whole, trace_id(1), trace_id(999)], **WIDE)["RetrievalToken"]
    parts, answer = [], xray.list_retrieved_traces(RetrievalToken=token)
    while True:
        parts += [(trace["Id"], span) for trace in answer["Traces"] for span in trace["Spans"]]
        if "NextToken" not in answer:
            break
        answer = xray.list_retrieved_traces(RetrievalToken=token, NextToken=answer["NextToken"])
    assert {id_ for id_, _ in parts} == {whole, trace_id(1)}

    def names(document, found):
        found[document["id"]] = document["name"]
        for inner in document.get("subsegments", []):
            names(inner, found)
        return found

    found = {}
    for id_, span in parts:
        document = json.loads(span["Document"])
        if id_ == whole and not document.get("inferred"):
            assert document["id"] == span["Id"] and document["trace_id"] == whole
            assert (document.get("type") == "subsegment") == document["name"].startswith("call "), document
            # None of them is in two documents.
            before = len(found)
            assert len(names(document, found)) == before + len(names(document, {})), document["name"]
    assert len(found) == 1 + 250 + 200, len(found)
    assert sum(json.loads(span["Document"]).get("inferred", False) for id_, span in parts if id_ == whole) == 50


def check():
    for part in (segments, traces, summaries, graphs, retrieval, rare, many):
        part()
