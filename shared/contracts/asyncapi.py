"""The events as an AsyncAPI 3 document, made from the contracts that the code itself decodes with."""

import inspect
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from shared.contracts.event import TYPE_PREFIX, Catalogue, Event

EXCHANGE: Final = "dvk.events"
_REF: Final = "#/components/schemas/{name}"

Document = dict[str, Any]

_HEADERS: Final[Document] = {
    "type": "object",
    "description": "CloudEvents 1.0 attributes in binary mode, as headers cloudEvents_<attribute>.",
    "required": [
        "cloudEvents_specversion",
        "cloudEvents_id",
        "cloudEvents_type",
        "cloudEvents_source",
        "cloudEvents_subject",
        "cloudEvents_time",
        "cloudEvents_sequence",
        "cloudEvents_predecessor",
        "cloudEvents_revision",
    ],
    "properties": {
        "cloudEvents_specversion": {"const": "1.0"},
        "cloudEvents_id": {"type": "string", "format": "uuid"},
        "cloudEvents_type": {"type": "string"},
        "cloudEvents_source": {"type": "string"},
        "cloudEvents_subject": {"type": "string", "description": "the stream"},
        "cloudEvents_time": {"type": "string", "format": "date-time"},
        "cloudEvents_sequence": {
            "type": "string",
            "pattern": "^[0-9]{20}$",
            "description": "the position in the log",
        },
        "cloudEvents_predecessor": {
            "type": "string",
            "pattern": "^[0-9]{20}$",
            "description": "the position of the event before it from the same source; when it is "
            "not the last you handled, read what is missing from the log",
        },
        "cloudEvents_revision": {"type": "string", "pattern": "^[0-9]{20}$"},
        "cloudEvents_traceparent": {"type": "string"},
    },
}


def asyncapi(catalogues: Sequence[Catalogue], version: str) -> Document:
    """The document: a channel per service, a message per event type written today."""
    structs = [struct for catalogue in catalogues for struct in catalogue.current.values()]
    _, schemas = msgspec.json.schema_components(structs, ref_template=_REF)
    channels: Document = {}
    operations: Document = {}
    messages: Document = {}
    for catalogue in catalogues:
        names = {}
        for name, struct in catalogue.current.items():
            stored = f"{TYPE_PREFIX}.{catalogue.service}.{name}"
            messages[stored] = _message(stored, struct)
            names[name.replace(".", "_")] = {"$ref": f"#/components/messages/{stored}"}
        channels[catalogue.service] = {
            "address": f"{catalogue.service}.{{event}}",
            "description": f"Every event of {catalogue.service}, in order; bind {catalogue.service}.#",
            "parameters": {"event": {"description": "<EventType>.v<N>"}},
            "messages": names,
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": EXCHANGE, "type": "topic", "durable": True},
                }
            },
        }
        operations[f"publish_{catalogue.service}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{catalogue.service}"},
            "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True}},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Dân vận khéo: events", "version": version},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }


def _message(stored: str, struct: type[Event]) -> Document:
    return {
        "name": stored,
        "title": struct.__name__,
        "description": inspect.cleandoc(struct.__doc__ or ""),
        "headers": _HEADERS,
        "payload": {"$ref": _REF.format(name=struct.__name__)},
    }
