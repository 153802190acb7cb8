"""The published schemas: one document of definitions, and a few lines for each type of event.

A consumer loads all documents of docs/contract into its validator by their ``$id`` and needs no network.
Within ``v1`` fields and values may be added, so the schemas forbid neither.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from intake import __version__
from intake.contract.event import CONTENT_TYPE, Event, EventKind, event_type

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINITIONS = "definitions.v1"
SUFFIX = ".schema.json"


def documents() -> dict[str, Schema]:
    """Return every document of the events' contract, by the name of its file."""
    return {
        "asyncapi.json": asyncapi(),
        DEFINITIONS + SUFFIX: definitions(),
        **{f"request.{kind}.v1{SUFFIX}": event_schema(kind) for kind in EventKind},
    }


def types_page() -> str:
    """Return the page of all types of events, in the order in which a consumer meets them."""
    lines = [
        "# Types of events",
        "",
        "Generated from the program (`make docs`). What a consumer may rely on: [events.md](../events.md).",
        "",
        "| what | tells | goes to |",
        "|---|---|---|",
        *(f"| `{kind}` | {kind.meaning} | {kind.goes_to} |" for kind in EventKind),
    ]
    return "\n".join(lines) + "\n"


def definitions() -> Schema:
    """Return what all types of events share: the envelope, the request, the decision."""
    schema = Event.model_json_schema(mode="serialization")
    shared = schema.pop("$defs")
    _forgive([schema, shared])
    return {
        "$schema": DIALECT,
        "$id": urn(DEFINITIONS),
        "title": DEFINITIONS,
        "description": "What the events of all types are made of.",
        "$defs": {"Event": schema, **shared},
    }


def event_schema(kind: EventKind) -> Schema:
    """Return the JSON Schema of one type of event; ``dataschema`` in an event points into it."""
    name = f"request.{kind}.v1"
    return {
        "$schema": DIALECT,
        "$id": urn(name),
        "title": name,
        "description": kind.meaning,
        "$ref": f"{urn(DEFINITIONS)}#/$defs/Event",
        "properties": {"type": {"const": event_type(kind)}},
        "$defs": {"RequestEvent": {"$ref": f"{urn(DEFINITIONS)}#/$defs/RequestEvent"}},
    }


def message_schema(name: str, model: type[BaseModel]) -> Schema:
    """Return the JSON Schema of a message that other systems send us; what we do not know is refused."""
    schema = model.model_json_schema()
    schema["description"] = _plain(schema["description"])
    return {"$schema": DIALECT, "$id": urn(name), **schema}


def asyncapi() -> Schema:
    """Return the AsyncAPI 3.0 document of the queue; its tools follow paths, not ids."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "citizen-intake",
            "version": __version__,
            "description": "Decisions on citizens' requests as CloudEvents 1.0, structured mode.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            "requests": {
                "address": "{unit}.{what}",
                "description": "Topic exchange intake.requests; queue intake.unit.<unit> per unit.",
                "parameters": {
                    "unit": {"description": "Unit id of the catalogue, or desk."},
                    "what": {
                        "description": "What happened.",
                        "enum": [kind.value for kind in EventKind],
                    },
                },
                "messages": {
                    kind.value: {"$ref": f"#/components/messages/{kind}"} for kind in EventKind
                },
                "bindings": {
                    "amqp": {
                        "is": "routingKey",
                        "exchange": {"name": "intake.requests", "type": "topic"},
                    }
                },
            }
        },
        "operations": {
            "receive": {"action": "receive", "channel": {"$ref": "#/channels/requests"}}
        },
        "components": {"messages": {kind.value: _message(kind) for kind in EventKind}},
    }


def _message(kind: EventKind) -> Schema:
    event = f"./{DEFINITIONS}{SUFFIX}#/$defs/Event"
    return {
        "name": event_type(kind),
        "summary": kind.meaning,
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [{"$ref": event}, {"properties": {"type": {"const": event_type(kind)}}}]
        },
    }


def urn(name: str) -> str:
    """Return the ``$id`` of a document of the contract."""
    return f"urn:citizen-intake:schema:{name}"


def _plain(text: str) -> str:
    """Write a docstring as a sentence for people who do not read our source."""
    return " ".join(text.replace("``", "").split())


def _forgive(schema: Any) -> None:
    """Let a schema take what later versions may add: fields, values; nulls are left out of events."""
    if isinstance(schema, list):
        for part in schema:
            _forgive(part)
        return
    if not isinstance(schema, dict):
        return
    if schema.get("additionalProperties") is False:
        del schema["additionalProperties"]
    if isinstance(about := schema.get("description"), str):
        schema["description"] = _plain(about)
    if "required" in schema:
        properties = schema["properties"]
        schema["required"] = [
            name
            for name in schema["required"]
            if not any(part.get("type") == "null" for part in properties[name].get("anyOf", ()))
        ]
    if "enum" in schema:
        schema["anyOf"] = [{"enum": schema.pop("enum")}, {"type": schema.pop("type")}]
        return
    for value in schema.values():
        _forgive(value)
