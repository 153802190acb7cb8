"""Draw the house: ``python -m tests.architecture.drawing`` writes docs/architecture.svg and the page's tables.

The rows are the layers of pyproject's import contract, the arrows are the imports that grimp finds. An
arrow that others imply (A → B → C implies A → C) is left out, and so are arrows to ``errors`` and below.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from html import escape
from itertools import chain, pairwise

import grimp

from .source_tree import ROOT, modules, pyproject

Arrow = tuple[str, str]
PICTURE = ROOT / "docs" / "architecture.svg"
PAGE = ROOT / "docs" / "architecture.md"
CONNECTORS = "intake_connectors"
STATIONS = ("pull", "normalize", "understand", "relate", "decide", "queue")
"""Rooms that an item passes, in this order; they are drawn darker."""

_WIDTH, _ROW, _BOX, _EDGE = 1060, 84, 34, 12
_STYLE = """
text { font: 14px sans-serif; text-anchor: middle; fill: #1d2433 }
rect { fill: #f4f6fa; stroke: #8793a8 }
rect.station { fill: #d5e3f7; stroke: #3d6aa8 }
path { fill: none; stroke: #8793a8; stroke-width: 1.2; marker-end: url(#head) }
"""


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    """Return the rooms by layer, top first; the connectors stand beside what puts rooms together."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    found = [tuple(re.split(r"\s*[|:]\s*", layer)) for layer in layers]
    return tuple(row + (CONNECTORS,) * ("bootstrap" in row) for row in found)


@cache
def arrows() -> frozenset[Arrow]:
    """Return which room imports which."""
    graph = grimp.build_graph("intake", CONNECTORS, "intake_models", cache_dir=None)
    between = {
        (_room(importer), _room(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    known = {room for row in rows() for room in row}
    return frozenset((a, b) for a, b in between if a != b and {a, b} <= known)


def _room(module: str) -> str:
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == "intake" else first


def upward() -> list[Arrow]:
    """Return the arrows that do not lead to a lower row; there are none while the contract holds."""
    level = {room: n for n, row in enumerate(rows()) for room in row}
    return sorted((a, b) for a, b in arrows() if level[a] >= level[b] and CONNECTORS not in (a, b))


def _drawn() -> list[Arrow]:
    follows: dict[str, set[str]] = defaultdict(set)
    for a, b in arrows():
        follows[a].add(b)

    def reached(room: str) -> set[str]:
        return follows[room].union(*map(reached, follows[room]))

    floor = next(n for n, row in enumerate(rows()) if "errors" in row)
    used_by_all = set(chain(*rows()[floor:]))

    return sorted(
        (a, b)
        for a, b in arrows()
        if b not in used_by_all and not any(b in reached(other) for other in follows[a] - {b})
    )


def _placed() -> tuple[dict[str, tuple[float, float]], list[list[str]]]:
    """Return where each room stands, and the stops of each arrow, its passages through rows included.

    A passage is a point named ``from>to@row``. Each row is ordered by where its neighbours above stand.
    """
    level = {room: n for n, row in enumerate(rows()) for room in row}
    ordered = [list(row) for row in rows()]
    lines = []
    for a, b in _drawn():
        passages = [f"{a}>{b}@{n}" for n in range(level[a] + 1, level[b])]
        for n, passage in enumerate(passages, level[a] + 1):
            ordered[n].append(passage)
        lines.append([a, *passages, b])
    above, below = defaultdict(list), defaultdict(list)
    for line in lines:
        for upper, lower in pairwise(line):
            above[lower].append(upper)
            below[upper].append(lower)
    at: dict[str, tuple[float, float]] = {}
    for _ in range(8):
        for neighbours, order in ((above, range(len(ordered))), (below, range(len(ordered))[::-1])):
            for n in order:
                _spread(ordered[n], n, neighbours, at)
    return at, lines


def _spread(
    row: list[str], n: int, neighbours: dict[str, list[str]], at: dict[str, tuple[float, float]]
) -> None:
    """Order a row by the mean place of its neighbours and spread it over the width."""

    def wanted(stop: str) -> float:
        places = [at[other][0] for other in neighbours[stop] if other in at]
        return sum(places) / len(places) if places else at.get(stop, (_WIDTH / 2, 0))[0]

    row.sort(key=lambda stop: (wanted(stop), stop))
    widths = [_width(stop) for stop in row]
    gap = (_WIDTH - sum(widths)) / (len(row) + 1)
    x = gap
    for stop, width in zip(row, widths, strict=True):
        at[stop] = (round(x + width / 2, 1), n * _ROW + _ROW / 2)
        x += width + gap


def _width(stop: str) -> float:
    return _EDGE if "@" in stop else 8.0 * len(stop) + 24


def picture() -> str:
    """Return the drawing as SVG."""
    at, lines = _placed()
    height = len(rows()) * _ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        "<title>The rooms of intake in their layers; arrows show what imports what</title>",
        f"<style>{_STYLE}</style>",
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#8793a8;stroke:none;marker-end:none"/></marker>',
        f'<rect width="{_WIDTH}" height="{height}" style="fill:#fff;stroke:none"/>',
        *(_path([at[stop] for stop in line]) for line in lines),
    ]
    for room in (room for row in rows() for room in row):
        (x, y), width = at[room], _width(room)
        kind = ' class="station"' if room in STATIONS else ""
        parts.append(
            f'<rect{kind} x="{x - width / 2:g}" y="{y - _BOX / 2:g}" width="{width:g}" height="{_BOX}" '
            f'rx="5"><title>{escape(purpose(room))}</title></rect>'
            f'<text x="{x:g}" y="{y + 5:g}">{room}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _path(stops: list[tuple[float, float]]) -> str:
    (x, y), *rest = stops
    steps = [f"M{x:g} {y + _BOX / 2:g}"]
    for n, (to_x, to_y) in enumerate(rest):
        end = to_y - _BOX / 2
        start = y + _BOX / 2
        half = (start + end) / 2
        steps.append(f"C{x:g} {half:g} {to_x:g} {half:g} {to_x:g} {end:g}")
        if n < len(rest) - 1:
            steps.append(f"V{to_y + _BOX / 2:g}")
        x, y = to_x, to_y
    return f'<path d="{"".join(steps)}"/>'


def purpose(room: str) -> str:
    """Return the first sentence of a room's docstring."""
    name = room if room == CONNECTORS else f"intake.{room}"
    (module,) = (module for module in modules() if module.name == name)
    first = (ast.get_docstring(module.tree) or "").partition("\n\n")[0].replace("\n", " ")
    return re.split(r"(?<=\.)\s", first)[0]


def table() -> str:
    """Return the table of rooms, and what the drawing adds up to, as Markdown."""
    direct: dict[str, set[str]] = defaultdict(set)
    for a, b in arrows():
        direct[a].add(b)
    lines = ["| room | what it is for | imports |", "|---|---|---|"]
    for row in rows():
        for room in row:
            lines.append(f"| `{room}` | {purpose(room)} | {', '.join(sorted(direct[room]))} |")
    rooms = sum(map(len, rows()))
    total = f"{rooms} rooms in {len(rows())} rows, {len(arrows())} arrows, {len(upward())} of them upwards."
    return "\n".join([*lines, "", total])


def page(text: str) -> str:
    """Return the page with its generated part made anew."""
    generated = re.compile(r"(?<=<!-- rooms: make docs -->\n).*(?=<!-- rooms end -->)", re.DOTALL)
    made, n = generated.subn(lambda _: f"{table()}\n", text)
    assert n == 1, "the page has lost the marks of its generated part"
    return made


def main() -> None:
    """Write the drawing and the page."""
    PICTURE.write_text(picture(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
