"""Whether a changed JSON Schema still keeps what was promised to those who built on the released one.

Knows as much of JSON Schema as the contract uses: objects, arrays, ``anyOf``, ``$ref`` into
``$defs``, ``enum``, ``const``, ``type``, ``format`` and ``pattern``. A type of event that is written as
a reference into the document of definitions is put together with it first (:func:`whole`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

Schema = Mapping[str, Any]
Side = Literal["read", "write"]


def breaks(released: Schema, current: Schema, side: Side) -> list[str]:
    """Say what an old partner could no longer rely on; empty when everything still holds.

    ``read``: partners read what we write (events). A field may be added; none may go, change its
    type or become optional, and none may become required, because the feed still holds events from
    before. Enumerations may grow. ``write``: partners write what we read (back-messages). Whatever
    they sent so far must still be taken: no field may go, become required or take fewer values.
    """
    return list(_compare("", released, current, released, current, side))


def whole(schema: Schema, definitions: Schema) -> Schema:
    """Give a type of event as one schema: what it refers to, and what it adds to that."""
    if "$ref" not in schema:
        return schema
    document, _, name = schema["$ref"].partition("#/$defs/")
    assert document == definitions["$id"]
    shared = definitions["$defs"][name]
    own = {key: value for key, value in schema.items() if key not in ("$ref", "$defs")}
    properties = {**shared["properties"], **schema.get("properties", {})}
    return {**shared, **own, "properties": properties, "$defs": definitions["$defs"]}


def _compare(
    path: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema, side: Side
) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    before, after = _types(old, old_root), _types(new, new_root)
    lost = (after - before) if side == "read" else (before - after)
    if lost:
        yield f"{path or 'event'}: type was {_said(before)}, is {_said(after)}"
    for word in ("const", "format", "pattern"):
        was, now = old.get(word), new.get(word)
        if was != now and not (side == "read" and was is None):
            yield f"{path}: {word} was {was!r}, is {now!r}"
    if side == "write" and (fewer := set(old.get("enum", ())) - set(new.get("enum", ()))):
        yield f"{path}: no longer takes {_said(fewer)}"
    yield from _compare_fields(path, old, new, old_root, new_root, side)
    if "items" in old and "items" in new:
        yield from _compare(f"{path}[]", old["items"], new["items"], old_root, new_root, side)
    parts = _objects(old, old_root), _objects(new, new_root)
    for one, other in zip(*parts, strict=False):
        yield from _compare(path, one, other, old_root, new_root, side)


def _compare_fields(
    path: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema, side: Side
) -> Iterator[str]:
    was, now = old.get("properties", {}), new.get("properties", {})
    needed, needs = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(needs - needed):
        yield f"{path}.{name}: is required now"
    if side == "read":
        for name in sorted(needed - needs):
            yield f"{path}.{name}: is no longer required"
    for name, field in was.items():
        if name not in now:
            yield f"{path}.{name}: is gone"
        else:
            yield from _compare(f"{path}.{name}", field, now[name], old_root, new_root, side)


def _resolved(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return dict(root["$defs"][reference.removeprefix("#/$defs/")])


def _types(schema: Schema, root: Schema) -> set[str]:
    """The JSON types that a value may have."""
    schema = _resolved(schema, root)
    if "anyOf" in schema:
        return set().union(*(_types(part, root) for part in schema["anyOf"]))
    if "type" in schema:
        return {schema["type"]}
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    return {"string" if isinstance(value, str) else type(value).__name__ for value in values}


def _objects(schema: Schema, root: Schema) -> list[Schema]:
    """The alternatives of an ``anyOf`` that are more than a null, in their order."""
    parts = [_resolved(part, root) for part in schema.get("anyOf", ())]
    return [part for part in parts if part.get("type") != "null"]


def _said(names: set[str]) -> str:
    return ", ".join(sorted(map(str, names))) or "anything"
