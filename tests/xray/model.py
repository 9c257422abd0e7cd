"""X-Ray's service model, as boto3 has it, held against what a local X-Ray answers.

boto3 takes from an answer what it knows and leaves the rest, so that it notices neither members of other names nor those of other kinds.
"""

import json
import math

# Errors that any operation may have; the model names the others. The first is said before it is known which operation is asked.
COMMON = {"SerializationException", "InternalFailure"}
# What the service itself answers beyond its model: the priority of the rule `Default`.
BEYOND = {"Priority": 10_000}


def walk(shape, value, place, seen=None):
    """Asserts that a value is what a shape of the model says. `seen` gets the members that are there."""
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), f"{place}: {value!r} is no structure"
        for name, member in value.items():
            assert name in shape.members, f"{place}.{name} is not in {shape.name}"
            if seen is not None:
                seen.add((shape.name, name))
            walk(shape.members[name], member, f"{place}.{name}", seen)
        for name in shape.required_members:
            assert name in value, f"{place}.{name} is required by {shape.name}"
        return
    if kind == "map":
        assert isinstance(value, dict), f"{place}: {value!r} is no map"
        for key, member in value.items():
            walk(shape.key, key, f"{place}[{key!r}] (key)", seen)
            walk(shape.value, member, f"{place}[{key!r}]", seen)
        size = len(value)
    elif kind == "list":
        assert isinstance(value, list), f"{place}: {value!r} is no list"
        for index, member in enumerate(value):
            walk(shape.member, member, f"{place}[{index}]", seen)
        size = len(value)
    elif kind == "string":
        assert isinstance(value, str), f"{place}: {value!r} is no string"
        assert not shape.enum or value in shape.enum, f"{place}: {value!r} is none of {shape.enum}"
        size = len(value)
    elif kind == "boolean":
        assert isinstance(value, bool), f"{place}: {value!r} is no boolean"
        return
    else:
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        assert number and (kind in ("double", "float", "timestamp") or isinstance(value, int)), f"{place}: {value!r} is no {kind}"
        assert kind != "integer" or abs(value) < 2**31, f"{place}: {value!r} is too large"
        size = value
    least, most = shape.metadata.get("min", -math.inf), BEYOND.get(shape.name, shape.metadata.get("max", math.inf))
    assert least <= size <= most, f"{place}: {str(value)[:80]!r} is not from {least} to {most} ({shape.name})"


def error(operation, status, kind, body):
    """Asserts that an error is one of an operation, in its shape."""
    declared = {shape.name: shape for shape in operation.error_shapes}
    assert kind in declared or kind in COMMON, f"{operation.name}: {kind} is not declared: {body}"
    assert body["__type"] == kind and body["Message"], body
    if kind in declared:
        # The services' own errors are 400 unless the model says otherwise.
        expected = declared[kind].metadata.get("error", {}).get("httpStatusCode", 400)
        assert status == expected, (operation.name, kind, status)
        walk(declared[kind], {name: member for name, member in body.items() if name != "__type"}, f"{operation.name} {kind}")


class Answers:
    """Looks at each answer that a client of boto3 gets."""

    def __init__(self, client):
        self.service = client.meta.service_model
        self.called = set()
        # Members of structures in answers.
        self.seen = set()
        client.meta.events.register("before-parse.xray", self.look)

    def look(self, operation_model, response_dict, **_):
        self.called.add(operation_model.name)
        status, body = response_dict["status_code"], json.loads(response_dict["body"])
        assert response_dict["headers"]["content-type"] == "application/json", response_dict["headers"]
        if status == 200:
            walk(operation_model.output_shape, body, operation_model.name, self.seen)
        else:
            error(operation_model, status, response_dict["headers"]["x-amzn-errortype"], body)

    def not_seen(self):
        """Members of the structures of answers that none had."""
        missing, open_, known = set(), [self.service.operation_model(name).output_shape for name in self.service.operation_names], set()
        while open_:
            shape = open_.pop()
            if shape is None or (shape.type_name, shape.name) in known:
                continue
            known.add((shape.type_name, shape.name))
            if shape.type_name == "structure":
                missing |= {(shape.name, name) for name in shape.members if (shape.name, name) not in self.seen}
                open_ += shape.members.values()
            elif shape.type_name == "list":
                open_.append(shape.member)
            elif shape.type_name == "map":
                open_.append(shape.value)
        return missing
