"""The OpenAPI document says what the routes do, and what cannot be served is refused before the start."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from shared.host.openapi import Document, docs_page, openapi
from shared.host.operations import DeclarationError, Operations
from shared.host.service import Api
from tests.support.notebooks import (
    SERVICE,
    CloseNotebook,
    CloseNotebookRequest,
    NoParameters,
    NotebookView,
    OpenNotebook,
    OpenNotebookRequest,
    close_notebook,
    open_notebook,
    read_notebook,
)


@pytest.fixture(scope="module")
def document() -> Document:
    return openapi("notebooks", "About notebooks.", "1.0", Operations.of(SERVICE))


def _references(part: Any) -> Iterator[str]:  # noqa: ANN401 - JSON of any shape
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_every_operation_is_there_with_its_name_tag_and_summary(document: Document) -> None:
    operations = [o for methods in document["paths"].values() for o in methods.values()]
    assert document["openapi"] == "3.1.0"
    assert {o["operationId"] for o in operations} == {o.id for o in Operations.of(SERVICE)}
    assert all(o["tags"] and o["summary"] for o in operations)
    create = document["paths"]["/notebooks"]["post"]
    assert create["summary"] == "Open a notebook"
    assert create["description"] == "It belongs to the caller's organisation."
    assert create["x-roles"] == ["registrant"]


def test_every_reference_leads_somewhere_and_schemas_are_schemas(document: Document) -> None:
    schemas = document["components"]["schemas"]
    for reference in _references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    assert "HTTPValidationError" not in schemas


def test_examples_fit_their_schema(document: Document) -> None:
    schema = document["components"]["schemas"]["OpenNotebookRequest"]
    (example,) = schema["examples"]
    jsonschema.validate(example, schema)


def test_each_problem_is_a_problem_document(document: Document) -> None:
    responses = document["paths"]["/notebooks/{notebook_id}/notes"]["post"]["responses"]
    assert {"200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "503"} == set(
        responses
    )
    for status, response in responses.items():
        expected = "application/json" if status == "200" else "application/problem+json"
        assert list(response["content"]) == [expected]


def test_who_may_is_said(document: Document) -> None:
    paths = document["paths"]
    assert paths["/notebooks"]["get"]["security"] == [{}, {"bearer": []}]
    assert paths["/audit"]["get"]["security"] == [{"bearer": []}]
    assert paths["/audit"]["get"]["x-roles"] == ["auditor"]
    assert paths["/notebooks/{notebook_id}/opinions"]["post"]["security"] == [{}]


def test_query_parameters_are_listed_with_at_least(document: Document) -> None:
    parameters = document["paths"]["/notebooks"]["get"]["parameters"]
    names = [parameter["name"] for parameter in parameters if parameter["in"] == "query"]
    assert sorted(names) == ["at_least", "cursor", "limit", "q", "sort", "title"]


def test_the_page_shows_every_operation_and_loads_nothing(document: Document) -> None:
    page = docs_page(document).decode()
    for path in document["paths"]:
        assert path in page
    assert "src=" not in page
    assert "<link" not in page


async def undocumented(query: Any) -> NotebookView:  # noqa: ANN401 - never called
    raise AssertionError(query)


async def shred(call: Any) -> Any:  # noqa: ANN401 - never called
    """A command of nobody's"""
    raise AssertionError(call)


def _twice(api: Api) -> None:
    for path in ("/a", "/b"):
        api.write(path, OpenNotebookRequest, open_notebook, command=OpenNotebook, tag="a")


@pytest.mark.parametrize(
    "routes,reason",
    [
        (_twice, "two operations"),
        (
            lambda api: api.read("/a", NoParameters, undocumented, answer=NotebookView, tag="a"),
            "docstring",
        ),
        (
            lambda api: api.read("a b", NoParameters, read_notebook, answer=NotebookView, tag="a"),
            "segments",
        ),
        (
            lambda api: api.write(
                "/a", CloseNotebookRequest, shred, command=CloseNotebookRequest, tag="a"
            ),
            "policy table",
        ),
        (
            lambda api: api.write(
                "/a",
                CloseNotebookRequest,
                close_notebook,
                command=CloseNotebook,
                tag="a",
                method="GET",
            ),
            "GET",
        ),
    ],
)
def test_what_cannot_be_served_is_refused(routes: Callable[[Api], None], reason: str) -> None:
    with pytest.raises(DeclarationError, match=reason):
        Operations.of(replace(SERVICE, routes=routes))
