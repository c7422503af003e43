"""OpenAPI 3.1, made from the declared operations and the msgspec types they parse and answer with."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from shared.host.endpoints import Written
from shared.host.operations import Operation, ReadOperation, WriteOperation
from shared.host.policy import Role, from_paper
from shared.host.problems import (
    BUSY,
    FORBIDDEN,
    IDEMPOTENCY_CONFLICT,
    INVALID,
    MALFORMED,
    NOT_FOUND,
    NOT_YET,
    PROBLEM,
    REFUSED,
    STALE,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNSUPPORTED,
    Kind,
    ProblemDocument,
)
from shared.host.service import Download

Document = dict[str, Any]

_REF: Final = "#/components/schemas/{name}"
_NAMED: Final = re.compile(r"\{([a-z_]+)\}")
_READ_PROBLEMS: Final = (MALFORMED, NOT_FOUND, INVALID, NOT_YET)
_SIGNED_IN_PROBLEMS: Final = (UNAUTHENTICATED, FORBIDDEN)
_WRITE_PROBLEMS: Final = (
    MALFORMED,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    REFUSED,
    STALE,
    TOO_LARGE,
    UNSUPPORTED,
    INVALID,
    IDEMPOTENCY_CONFLICT,
    BUSY,
)
_UUID_7: Final = (
    "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$"
)
_AT_LEAST: Final[Document] = {
    "name": "at_least",
    "in": "query",
    "description": "A position from Dvk-Position: wait briefly until the list shows it.",
    "schema": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
}
_LANGUAGE: Final[Document] = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The language of problem documents: vi (default) or en.",
    "schema": {"type": "string", "default": "vi"},
}
_UNLESS_KNOWN: Final[Document] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "An ETag that begins with W/: 304 while the answer is still the same.",
    "schema": {"type": "string"},
}
_ACTING_FOR: Final[Document] = {
    "name": "Dvk-Acting-For",
    "in": "header",
    "description": "The id of the organisation acted for, where it is not the token's own: by delegation, "
    "or an office taken over.",
    "schema": {"type": "string", "format": "uuid"},
}
_PAPER: Final[Document] = {
    "name": "Dvk-Paper",
    "in": "header",
    "description": "The SHA-256 of the scan of a signed paper (POST /papers), where this is entered on behalf of "
    "the body that signed it; left out in the own name.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
_WRITE_HEADERS: Final[tuple[Document, ...]] = (
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A UUID of version 7, one per request; repeating the request with it is safe.",
        "schema": {"type": "string", "pattern": _UUID_7},
    },
    {
        "name": "If-Match",
        "in": "header",
        "description": 'The ETag the decision rests on, like "3"; another revision answers 412.',
        "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    },
    _ACTING_FOR,
    _LANGUAGE,
)


def openapi(service: str, about: str, version: str, operations: Sequence[Operation]) -> Document:
    """The document of one service."""
    schemas, components = _schemas(operations)
    paths: dict[str, Document] = {}
    for operation in operations:
        described = (
            _write(operation, schemas)
            if isinstance(operation, WriteOperation)
            else _read(operation, schemas, components)
        )
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Dân vận khéo: {service}", "version": version, "description": about},
        "servers": [{"url": f"/{service}"}],
        "tags": [{"name": tag} for tag in sorted({operation.tag for operation in operations})],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _schemas(operations: Iterable[Operation]) -> tuple[dict[type, Document], dict[str, Document]]:
    types: list[type] = [ProblemDocument, Written]
    for operation in operations:
        if isinstance(operation, WriteOperation):
            types.append(operation.body)
        else:
            types.append(operation.parameters)
            if operation.answer is not Download:
                types.append(operation.answer)
    distinct = list(dict.fromkeys(types))
    schemas, components = msgspec.json.schema_components(distinct, ref_template=_REF)
    for type_ in distinct:
        examples = getattr(type_, "examples", ())
        if examples and type_.__name__ in components:
            components[type_.__name__]["examples"] = msgspec.to_builtins(list(examples))
    return dict(zip(distinct, schemas, strict=True)), components


def _common(operation: Operation) -> Document:
    described: Document = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
    }
    if operation.description:
        described["description"] = operation.description
    return described


def _write(operation: WriteOperation, schemas: Mapping[type, Document]) -> Document:
    roles = sorted({grant.role.value for grant in operation.grants})
    headers: Document = {
        "ETag": _header("The aggregate's revision, for If-Match."),
        "Dvk-Position": _header("The position to ask lists for, in at_least."),
        "Idempotency-Key": _header("The key, made by the server when none was sent."),
        "Idempotent-Replayed": _header("true when this answers a request made before."),
    }
    if operation.creates:
        headers["Location"] = _header("Where the new thing is.")
    done = {
        "description": "Recorded, durably.",
        "headers": headers,
        "content": {"application/json": {"schema": schemas[Written]}},
    }
    return {
        **_common(operation),
        "parameters": [
            *_path_parameters(operation.path),
            *_WRITE_HEADERS,
            *((_PAPER,) if from_paper(operation.grants) else ()),
        ],
        "requestBody": {
            "required": bool(operation.body.__struct_fields__),
            "content": {"application/json": {"schema": schemas[operation.body]}},
        },
        "responses": {
            ("201" if operation.creates else "200"): done,
            **_problems(_WRITE_PROBLEMS, schemas),
        },
        "security": [{}] if Role.PUBLIC.value in roles else [{"bearer": []}],
        "x-roles": roles,
    }


def _read(
    operation: ReadOperation,
    schemas: Mapping[type, Document],
    components: Mapping[str, Document],
) -> Document:
    answer = {
        "description": "As it stands.",
        "headers": {"ETag": _header("The revision, or a fingerprint of the answer.")},
        "content": _answered(operation, schemas),
    }
    kinds = _READ_PROBLEMS if operation.public else (*_READ_PROBLEMS, *_SIGNED_IN_PROBLEMS)
    if operation.refuses:
        kinds = (*kinds, REFUSED)
    return {
        **_common(operation),
        "parameters": [
            *_path_parameters(operation.path),
            *_query_parameters(schemas[operation.parameters], components),
            _AT_LEAST,
            _UNLESS_KNOWN,
            *(() if operation.public else (_ACTING_FOR,)),
            _LANGUAGE,
        ],
        "responses": {
            "200": answer,
            "304": {"description": "As If-None-Match knows it."},
            **_problems(kinds, schemas),
        },
        "security": [{}, {"bearer": []}] if operation.public else [{"bearer": []}],
        "x-roles": sorted(role.value for role in operation.roles),
    }


def _answered(operation: ReadOperation, schemas: Mapping[type, Document]) -> Document:
    if operation.answer is Download:
        return {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": schemas[operation.answer]}}


def _header(description: str) -> Document:
    return {"description": description, "schema": {"type": "string"}}


def _path_parameters(path: str) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _NAMED.findall(path)
    ]


def _query_parameters(reference: Document, components: Mapping[str, Document]) -> list[Document]:
    schema = components[reference["$ref"].rpartition("/")[2]]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": property_}
        for name, property_ in schema.get("properties", {}).items()
    ]


def _problems(kinds: Iterable[Kind], schemas: Mapping[type, Document]) -> dict[str, Document]:
    by_status: dict[int, list[Kind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        str(status): {
            "description": " / ".join(kind.en for kind in alike),
            "content": {PROBLEM.decode(): {"schema": schemas[ProblemDocument]}},
        }
        for status, alike in sorted(by_status.items())
    }


def docs_page(document: Document) -> bytes:
    """The operations as a plain page that needs no network; openapi.json has everything."""
    rows: list[str] = []
    base = document["servers"][0]["url"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            roles = ", ".join(operation["x-roles"]) or (
                "public" if {} in operation["security"] else "signed in"
            )
            rows.append(
                f"<tr><td><code>{method.upper()}</code></td>"
                f"<td><code>{html.escape(base + path)}</code></td>"
                f"<td>{html.escape(operation['summary'])}</td><td>{html.escape(roles)}</td></tr>"
            )
    title = html.escape(document["info"]["title"])
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        "<style>body{font:16px/1.5 system-ui;margin:2rem;max-width:70rem}"
        "td{padding:.2rem .8rem;vertical-align:top}td:nth-child(2){overflow-wrap:anywhere;min-width:20rem}"
        "td:nth-child(3){min-width:22rem}</style>"
        f"<h1>{title}</h1><p><a href='openapi.json'>openapi.json</a> (OpenAPI 3.1)</p>"
        f"<table>{''.join(rows)}</table></html>"
    ).encode()
