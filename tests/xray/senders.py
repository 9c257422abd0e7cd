"""A shop, recorded by the X-Ray SDK for Python with rules and targets from a local X-Ray. Arguments: its address, requests to be made."""

import sys
import time

from aws_xray_sdk.core import xray_recorder

address, requests = sys.argv[1], int(sys.argv[2])
xray_recorder.configure(service="shop-python", daemon_address=address)
sampler = xray_recorder.sampler


def rules():
    return {rule.name: rule for rule in sampler._cache.rules}


# The first question starts the poller; until it has answered, local rules decide.
sampler.should_trace({"host": "a"})
for _ in range(100):
    if rules():
        break
    time.sleep(0.1)
assert set(rules()) == {"python", "Default"}, rules()

sampled = 0
for number in range(requests):
    request = {"host": "shop", "method": "GET", "path": f"/orders/{number}", "service": "shop-python"}
    decision = sampler.should_trace(request)
    sampled += bool(decision)
    segment = xray_recorder.begin_segment("shop-python", sampling=decision)
    segment.put_http_meta("method", "GET")
    segment.put_http_meta("url", f"http://shop/orders/{number}")
    segment.put_http_meta("status", 200)
    segment.put_annotation("order", number)
    with xray_recorder.in_subsegment("stock", namespace="remote") as call:
        call.put_http_meta("url", "http://stock/")
        call.put_http_meta("status", 503)
        call.add_fault_flag()
    xray_recorder.end_segment()

rule = rules()["python"]
assert rule.ever_matched() and rule.reservoir.quota is None
sampler._target_poller._do_work()
# Told by the collector: the whole reservoir, for there is no other client.
assert rule.reservoir.quota == 7, rule.reservoir.quota
assert rule.reservoir.TTL > time.time()
print(sampled)
