"""What holds for the OpenAPI document of every service."""

from collections.abc import Iterator
from typing import Any

import pytest

from dvk.services import SERVICES
from shared.host.app import service_document
from shared.host.settings import Settings

BOUNDS = {"minimum", "maximum"}
SCHEMAS = "#/components/schemas/"


def unbounded(part: Any, place: str) -> Iterator[str]:  # noqa: ANN401 - JSON of any shape
    if isinstance(part, dict):
        if part.get("type") == "integer" and not BOUNDS.issubset(part):
            yield place
        for name, value in part.items():
            yield from unbounded(value, f"{place}.{name}")
    elif isinstance(part, list):
        for value in part:
            yield from unbounded(value, place)


def references(part: Any) -> Iterator[str]:  # noqa: ANN401 - JSON of any shape
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].removeprefix(SCHEMAS)
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def taken(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each parameter, and each schema that a request body leads to, by a name for it."""
    schemas = document["components"]["schemas"]
    waiting: list[str] = []
    for path, methods in document["paths"].items():
        for operation in methods.values():
            waiting += references(operation.get("requestBody", {}))
            for parameter in operation["parameters"]:
                yield f"{path} {parameter['name']}", parameter["schema"]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield name, schemas[name]
            waiting += references(schemas[name])


@pytest.mark.parametrize("service", SERVICES)
def test_every_integer_that_is_taken_has_bounds(service: str) -> None:
    """What no column holds must be refused as bad input, not by a database."""
    document = service_document(SERVICES[service](Settings.of({})))
    places = [place for name, schema in taken(document) for place in unbounded(schema, name)]
    assert places == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_an_operation_does_is_said_in_whole_sentences(service: str) -> None:
    document = service_document(SERVICES[service](Settings.of({})))
    summaries = [
        operation["summary"] for path in document["paths"].values() for operation in path.values()
    ]
    assert [summary for summary in summaries if not summary.endswith(".")] == []
