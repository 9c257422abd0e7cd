"""What questions to a local X-Ray have in common: a client of boto3 whose answers are looked at, and documents for it to be asked about."""

import json
import sys
import time

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
