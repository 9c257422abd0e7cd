"""Checks documents in CloudWatch's embedded metric format, one on each line of standard input.

The rules are those of "Specification: Embedded metric format" in the CloudWatch user guide, and of "Dimension" and "MetricDatum" in the API
reference: the schema beside this script, and here what a schema cannot say. Says how many documents are right, or ends with 1 and says of the
first wrong ones what is wrong with them.
"""

import argparse
import json
import pathlib
import sys
import time

from jsonschema import Draft202012Validator

# What CloudWatch Logs adds to the size of each event.
EVENT_OVERHEAD = 26
VALUE_MAX = 2**360
HOUR = 3_600_000

SCHEMA = json.loads(pathlib.Path(__file__).with_name("emf.schema.json").read_text(encoding="utf-8"))
Draft202012Validator.check_schema(SCHEMA)
VALIDATOR = Draft202012Validator(SCHEMA)


class Wrong(Exception):
    pass


def members(pairs):
    """An object whose members have different names; the reader of Python takes the last of equal ones."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Wrong(f"member {short(name)} comes twice")
    return dict(pairs)


def no_number(text):
    raise Wrong(f"{text} is no JSON")


def short(value):
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def place(path):
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def problems(line, bytes_max):
    """What is wrong with a document."""
    if len(line) + EVENT_OVERHEAD > bytes_max:
        yield f"the event has {len(line) + EVENT_OVERHEAD} bytes, {bytes_max} are allowed"
    try:
        document = json.loads(line.decode("utf-8"), object_pairs_hook=members, parse_constant=no_number)
    except Wrong as wrong:
        yield str(wrong)
        return
    except ValueError as error:
        yield f"no JSON: {error}"
        return
    errors = [f"{place(error.absolute_path)}: {error.validator}: {error.message[:200]}" for error in VALIDATOR.iter_errors(document)]
    yield from errors
    # What follows needs members of the right types.
    if errors:
        return
    now = time.time() * 1000
    if not now - 14 * 24 * HOUR <= document["_aws"]["Timestamp"] <= now + 2 * HOUR:
        yield "the time is more than 14 days ago or 2 hours ahead"
    resolutions = {}
    for directive in document["_aws"]["CloudWatchMetrics"]:
        yield from in_directive(document, directive, resolutions)


def in_directive(document, directive, resolutions):
    if not is_name(directive["Namespace"]):
        yield f"namespace {short(directive['Namespace'])} is blank, not printable ASCII, or begins with a colon"
    sets = [frozenset(keys) for keys in directive["Dimensions"]]
    if len(set(sets)) < len(sets):
        yield "a set of dimensions comes twice"
    for key in sorted(frozenset().union(*sets)):
        yield from in_dimension(document, key)
    seen = set()
    for metric in directive["Metrics"]:
        name, resolution = metric["Name"], metric.get("StorageResolution", 60)
        if resolutions.setdefault(name, resolution) != resolution:
            yield f"metric {short(name)} has two resolutions"
        elif name in seen:
            yield f"metric {short(name)} is defined twice"
        if name not in seen:
            yield from in_metric(document, name)
        seen.add(name)


def in_dimension(document, key):
    if not is_name(key):
        yield f"dimension {short(key)} is blank, not printable ASCII, or begins with a colon"
    if key not in document or key == "_aws":
        yield f"dimension {short(key)} has no value at the root"
        return
    value = document[key]
    if not isinstance(value, str):
        yield f"the value of dimension {short(key)} is no text"
    elif not 1 <= len(value) <= 1024:
        yield f"the value of dimension {short(key)} has {len(value)} characters"
    elif not is_name(value):
        yield f"the value of dimension {short(key)} is blank, not printable ASCII, or begins with a colon"


def in_metric(document, name):
    if name not in document or name == "_aws":
        yield f"metric {short(name)} has no value at the root"
        return
    value = document[name]
    values = value if isinstance(value, list) else [value]
    if not 1 <= len(values) <= 100:
        yield f"metric {short(name)} has {len(values)} values"
    for value in values:
        # Truth values are numbers in Python.
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"metric {short(name)} has {short(value)}, which is no number"
            return
        # A number with too large an exponent is read as infinity.
        if not abs(value) <= VALUE_MAX:
            yield f"metric {short(name)} has a value beyond 2^360"
            return


def is_name(text):
    """Whether this is printable ASCII, not blank, and without a colon in front."""
    return all(" " <= letter <= "~" for letter in text) and text.strip() != "" and not text.startswith(":")


def main():
    arguments = argparse.ArgumentParser(description="Checks documents in the embedded metric format on standard input.")
    arguments.add_argument("--bytes-max", type=int, default=1_048_576, help="size of an event, with the 26 bytes that are added to it")
    arguments.add_argument("--shown", type=int, default=10, help="how many problems are shown")
    arguments = arguments.parse_args()
    found = count = 0
    # Not text: what ends a line of text in Unicode may stand inside of a document.
    for line in sys.stdin.buffer:
        count += 1
        for problem in problems(line.removesuffix(b"\n"), arguments.bytes_max):
            found += 1
            if found <= arguments.shown:
                print(f"line {count}: {problem}")
    print(f"{count} documents, {found} problems")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
