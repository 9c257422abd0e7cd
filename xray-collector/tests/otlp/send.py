"""Sends spans with OpenTelemetry's SDK for Python: send.py http://127.0.0.1:2000 [gzip|plain|udp]

Over UDP as AWS's distribution does (amazon.opentelemetry.distro.otlp_udp_exporter): the exporter's own bytes, in base64 behind a prefix.
"""

import base64
import socket
import sys

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator


class Udp(SpanExporter):
    def __init__(self, host, port):
        self.address = (host, port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def export(self, spans):
        text = base64.b64encode(encode_spans(spans).SerializeToString()).decode()
        self.socket.sendto(('{"format":"json","version":1}\nT1S' + text).encode(), self.address)
        return SpanExportResult.SUCCESS


address, way = sys.argv[1], sys.argv[2]
if way == "udp":
    host, port = address.removeprefix("http://").split(":")
    exporter = Udp(host, int(port))
else:
    compression = Compression.Gzip if way == "gzip" else Compression.NoCompression
    exporter = OTLPSpanExporter(endpoint=address + "/v1/traces", compression=compression)


def tracer(service):
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.version": "1.0"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("shop")


shop, payments = tracer("shop"), tracer("payments")
server, client, consumer = trace.SpanKind.SERVER, trace.SpanKind.CLIENT, trace.SpanKind.CONSUMER
try:
    request = {"http.request.method": "POST", "url.path": "/checkout", "server.address": "shop.example", "http.response.status_code": 500}
    with shop.start_as_current_span("POST /checkout", kind=server, attributes=request) as segment:
        print(format(segment.get_span_context().trace_id, "032x"), flush=True)
        with shop.start_as_current_span("reserve", attributes={"order.id": 17}):
            call = {"rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "GetItem", "aws.dynamodb.table_names": ["stock"]}
            with shop.start_as_current_span("DynamoDB.GetItem", kind=client, attributes=call):
                pass
        headers = {}
        attributes = {"http.request.method": "GET", "url.full": "http://payments.example/pay"}
        with shop.start_as_current_span("GET", kind=client, attributes=attributes):
            TraceContextTextMapPropagator().inject(headers)
        there = TraceContextTextMapPropagator().extract(headers, context=context.Context())
        with payments.start_as_current_span("GET /pay", kind=server, context=there):
            pass
        with payments.start_as_current_span("settle", kind=consumer, context=there):
            pass
        try:
            raise KeyError("stock")
        except KeyError as error:
            raise ValueError("no such order") from error
except ValueError:
    pass
