"""The metrics of tests/peers, written by AWS's libraries. Input: cases.json; output: for each library, the lines of each case."""

import contextlib
import io
import json
import os
import sys
import warnings

# Before the import: it is read there.
os.environ["AWS_EMF_ENVIRONMENT"] = "local"

from aws_embedded_metrics.environment.environment_detector import resolve_environment  # noqa: E402
from aws_embedded_metrics.logger.metrics_logger import MetricsLogger  # noqa: E402
from aws_embedded_metrics.storage_resolution import StorageResolution  # noqa: E402
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider  # noqa: E402

# They are told in words that change; what comes of it is in the documents.
warnings.simplefilter("ignore")


def sets(case):
    """The sets of dimensions, with their values."""
    of_all, own = case.get("all", {}), case.get("own", {})
    return [{**of_all, **{key: own[key] for key in keys}} for keys in case.get("sets", [list(own)])]


def measurements(case):
    for metric in case["metrics"]:
        for value in metric["values"]:
            yield metric["name"], metric["unit"], float(value), metric.get("high", False)


def embedded(case, refusing):
    """aws-embedded-metrics."""
    logger = MetricsLogger(resolve_environment)
    logger.set_namespace(case["namespace"])
    if case.get("environment"):
        for dimensions in sets(case):
            logger.put_dimensions(dimensions)
    else:
        logger.set_dimensions(*sets(case))
    for name, unit, value, is_high in measurements(case):
        with refusing():
            logger.put_metric(name, value, unit, StorageResolution.HIGH if is_high else StorageResolution.STANDARD)
    for key, value in case.get("properties", {}).items():
        logger.set_property(key, value)
    logger.flush_sync()


def powertools(case, refusing):
    """aws-lambda-powertools."""
    metrics = AmazonCloudWatchEMFProvider(namespace=case["namespace"])
    first, *others = sets(case)
    for key, value in first.items():
        metrics.add_dimension(key, value)
    for dimensions in others:
        metrics.add_dimensions(**dimensions)
    for key, value in case.get("properties", {}).items():
        metrics.add_metadata(key, value)
    for name, unit, value, is_high in measurements(case):
        with refusing():
            metrics.add_metric(name, unit, value, 1 if is_high else 60)
    if metrics.metric_set:
        metrics.flush_metrics()


def write(library, case):
    case.setdefault("namespace", "Shop")
    output, refused = io.StringIO(), []

    @contextlib.contextmanager
    def refusing():
        try:
            yield
        except Exception as error:
            refused.append(type(error).__name__)

    with contextlib.redirect_stdout(output), refusing():
        library(case, refusing)
    return {"lines": output.getvalue().splitlines(), "refused": refused}


cases = json.load(sys.stdin)
print(json.dumps({library.__name__: [write(library, case) for case in cases] for library in (embedded, powertools)}))
