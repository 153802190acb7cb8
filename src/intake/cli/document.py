"""Write the generated parts of docs/: ``python -m intake.cli.document [FOLDER]``.

Settings come from the settings model, the contract from the event models. A test compares what this
writes with what is in the repository, so that neither can change unseen.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from intake import __version__
from intake.casework.back_channel import BackMessage
from intake.connect.connector import installed, load
from intake.contract.event import CONTENT_TYPE, Event, EventKind, event_type
from intake.settings import MODELS, Settings

MEANING = {
    EventKind.ROUTED: "A request goes to its units for the first time.",
    EventKind.REROUTED: "A request goes to other units; former_units names who had it.",
    EventKind.HELD: "A request waits for the routing desk (key desk.held).",
    EventKind.RECORDED: "A request is recorded and not dispatched (key desk.recorded).",
    EventKind.RECALLED: "These units no longer have the request; carries neither text nor contact.",
    EventKind.AMENDED: "The citizen edited, followed up or rated, or an official reply appeared.",
    EventKind.MERGED: "The request joins the case of another one; it keeps its own duty of reply.",
    EventKind.UNMERGED: "The request leaves a case; former_case names it, caseid is the one it is in now.",
    EventKind.ESCALATED: "Its matter was raised again and again: the request goes up a lane.",
    EventKind.URGED: "Its deadline has passed, or the desk asks again; why says which. Clocks run on.",
    EventKind.REWORKED: "The desk sends the unit's answer back, why says what is missing; clocks run on.",
    EventKind.WITHDRAWN: "The citizen took the request back.",
}
PUBLISHED = tuple(EventKind)
"""What this version publishes; a type that is only reserved would be left out."""


def documents() -> dict[str, str]:
    """Give every generated file: path below docs/ → content."""
    found = {
        "settings.md": settings_page(),
        "connector-options.md": options_page(),
        "contract/asyncapi.json": _json(asyncapi()),
    }
    for what in PUBLISHED:
        found[f"contract/request.{what}.v1.schema.json"] = _json(event_schema(what))
    found["contract/back-message.v1.schema.json"] = _json(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **BackMessage.model_json_schema(),
        }
    )
    return found


def event_schema(what: EventKind) -> dict[str, Any]:
    """Give the JSON Schema of one type of event, envelope and data."""
    schema = Event.model_json_schema(mode="serialization")
    schema["properties"]["type"] = {"const": event_type(what)}
    _forgive(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:citizen-intake:schema:request.{what}.v1",
        **schema,
        "title": f"request.{what}.v1",
        "description": MEANING[what],
    }


def _forgive(schema: Any) -> None:
    """Consumers must ignore what they do not know, and nulls are left out of events."""
    if isinstance(schema, dict):
        schema.pop("additionalProperties", None)
        properties = schema.get("properties", {})
        if "required" in schema:
            schema["required"] = [
                name
                for name in schema["required"]
                if not any(part.get("type") == "null" for part in properties[name].get("anyOf", ()))
            ]
        for value in schema.values():
            _forgive(value)
    elif isinstance(schema, list):
        for value in schema:
            _forgive(value)


def asyncapi() -> dict[str, Any]:
    """Give the AsyncAPI 3.0 document of the queue."""
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
                    "what": {"description": "What happened.", "enum": [w.value for w in PUBLISHED]},
                },
                "messages": {w.value: {"$ref": f"#/components/messages/{w}"} for w in PUBLISHED},
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
        "components": {
            "messages": {
                what.value: {
                    "name": event_type(what),
                    "summary": MEANING[what],
                    "contentType": CONTENT_TYPE,
                    "payload": {"$ref": f"./request.{what}.v1.schema.json"},
                }
                for what in PUBLISHED
            }
        },
    }


def settings_page() -> str:
    """Write the page of all settings."""
    lines = [
        "# Settings",
        "",
        "Generated from the settings model (`make docs`). A TOML file (`intake init` writes one with",
        "comments), and the environment, which wins: `INTAKE_STORE__URL` is `url` in `[store]`.",
        "Unknown keys are errors. Relative paths are relative to the settings file.",
    ]
    for name, field in Settings.model_fields.items():
        model = _section(field.annotation)
        if model is not None and not field.exclude:
            title = f"`[[{name}]]`, one per source" if name == "source" else f"`[{name}]`"
            lines += _section_table(title, name, model)
    return "\n".join(lines) + "\n"


def options_page() -> str:
    """Write the page of the shipped connectors' options."""
    lines = [
        "# Options of the shipped connectors",
        "",
        "Generated from their models (`make docs`); they go into `[source.options]`. A text `env:NAME` or",
        "`file:PATH` stands for an environment variable or a file's content.",
    ]
    for name in sorted(installed()):
        made = load(name)
        if made.__module__.startswith("intake_connectors."):
            lines += _section_table(f"`{name}`", name, made.Config)
    return "\n".join(lines) + "\n"


def _section(annotation: Any) -> type[BaseModel] | None:
    for part in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def _section_table(title: str, path: str, model: type[BaseModel]) -> list[str]:
    lines = ["", f"## {title}", "", (model.__doc__ or "").strip(), ""]
    lines += ["| setting | type | default | meaning |", "|---|---|---|---|"]
    schema = model.model_json_schema()["properties"]
    nested: list[str] = []
    for name, field in model.model_fields.items():
        inner = _section(field.annotation)
        if inner is not None:
            several = "dict" in str(field.annotation)
            below = f"{path}.{name}.NAME" if several else f"{path}.{name}"
            nested += _section_table(f"`[{below}]`", below, inner)
            continue
        default = "required" if field.is_required() else f"`{_default(field)}`"
        lines.append(
            f"| `{name}` | {_kind(schema[name])} | {default} | {field.description or ''} |"
        )
    return lines + nested


def _default(field: Any) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Path):
        return str(value).replace(str(MODELS), "(shipped)")
    if isinstance(value, re.Pattern):
        return str(value.pattern).replace("|", "\\|")
    return json.dumps(value, ensure_ascii=False)


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    return "secret" if schema.get("format") == "password" else str(schema.get("type", "table"))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def main(folder: Path) -> None:
    """Write all generated files below ``folder``."""
    for name, content in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
