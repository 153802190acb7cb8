"""Write the generated parts of docs/: ``python -m intake.cli.document [FOLDER]``.

Settings come from the settings model, the contract from ``intake.contract.schemas``. A test compares
what this writes with what is in the repository, so that neither can change unseen.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from intake.casework.back_channel import BackMessage
from intake.connect.connector import installed, load
from intake.contract import schemas
from intake.settings import MODELS, Settings

BACK_MESSAGE = "back-message.v1"


def documents() -> dict[str, str]:
    """Return every generated file: path below docs/ → content."""
    contract = {
        **schemas.documents(),
        f"{BACK_MESSAGE}{schemas.SUFFIX}": schemas.message_schema(BACK_MESSAGE, BackMessage),
    }
    return {
        "settings.md": settings_page(),
        "connector-options.md": options_page(),
        "contract/types.md": schemas.types_page(),
        **{f"contract/{name}": _json(schema) for name, schema in contract.items()},
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
