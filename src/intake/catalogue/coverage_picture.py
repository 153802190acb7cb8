"""Coverage as a picture: counties down, categories across, one cell each, as SVG.

Colour is not the only sign: what is not handled by the unit meant also bears a mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from intake.catalogue.coverage import STATUSES, Coverage, Status

CELL, ROW, GAP, LEFT, TOP, HEAD, RIGHT = 13, 16, 6, 236, 204, 26, 110
COLOUR: dict[Status, str] = {
    "town": "#cfe8d5", "county": "#8fc9a8", "city": "#4d9a8d", "province": "#2b6676",
    "raised": "#f2b84b", "rejected": "#c9c9cf", "gap": "#c62f2f",
}  # fmt: skip
MARK: dict[Status, str] = {"raised": "↑", "rejected": "–", "gap": "!"}
WORDS: dict[Status, str] = {
    "town": "乡镇(街道)承办", "county": "县级单位承办", "city": "市级单位承办",
    "province": "省级单位承办", "raised": "本级没有，由上级承办", "rejected": "不派(告知途径)",
    "gap": "缺口:无人承办",
}  # fmt: skip
STYLE = (
    "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;"
    "fill:#222;font-size:11px}.t{font-size:18px;font-weight:600}.s{fill:#555;font-size:12px}"
    ".f{font-size:12px}.n{font-size:8px;fill:#666;text-anchor:middle}.c{font-size:13px;"
    "font-weight:600}.m{font-size:10px;text-anchor:middle}.gap-m{fill:#fff;font-weight:700}"
    + "".join(f".{status}{{fill:{colour}}}" for status, colour in COLOUR.items())
)


def svg(found: Coverage) -> str:
    """Return the coverage as one SVG file without references to others."""
    columns = _columns(found)
    width = LEFT + max(columns.values(), default=0) + CELL + RIGHT
    cities = [(city, list(rows)) for city, rows in groupby(found.areas, key=lambda a: a[2])]
    height = TOP + len(cities) * HEAD + len(found.areas) * ROW + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="派单目录覆盖图">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        '<text class="t" x="16" y="30">派单目录覆盖图</text>',
        f'<text class="s" x="16" y="50">{escape(found.version)} · {found.on} · '
        f"{len(found.areas)}个县(市、区)×{len(found.categories)}类事项</text>",
        *_legend(found),
        *_heads(found, columns),
    ]
    y = TOP
    for city, rows in cities:
        parts.append(f'<text class="c" x="16" y="{y + 18}">{escape(city)}</text>')
        y += HEAD
        for code, name, _ in rows:
            parts += _row(found, columns, code, name, y)
            y += ROW
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _columns(found: Coverage) -> dict[str, int]:
    """Return each category's distance from the first column, with a gap between fields."""
    columns, x, field = {}, 0, ""
    for leaf in found.categories:
        if field and leaf.code[:2] != field:
            x += GAP
        field = leaf.code[:2]
        columns[leaf.code] = x
        x += CELL
    return columns


def _legend(found: Coverage) -> Iterator[str]:
    counts, total, x = found.counts(), len(found.cells) or 1, 16
    for status in STATUSES:
        n = counts[status]
        share = f"{n / total:.1%}" if n else "0"
        yield f'<rect class="{status}" x="{x}" y="64" width="14" height="14" rx="2"/>'
        if status in MARK:
            yield f'<text class="m {status}-m" x="{x + 7}" y="75">{MARK[status]}</text>'
        yield f'<text x="{x + 20}" y="75">{WORDS[status]} {n} ({share})</text>'
        x += 44 + 11 * len(WORDS[status]) + 7 * len(f"{n} ({share})")


def _heads(found: Coverage, columns: dict[str, int]) -> Iterator[str]:
    for field, leaves in groupby(found.categories, key=lambda leaf: leaf.code[:2]):
        x = LEFT + columns[next(leaves).code]
        yield (
            f'<text class="f" transform="translate({x + 9},{TOP - 14}) rotate(-38)">'
            f"{field} {escape(found.fields[field])}</text>"
        )
    for leaf in found.categories:
        x = LEFT + columns[leaf.code] + CELL // 2
        yield (
            f'<text class="n" x="{x}" y="{TOP + 2}">{leaf.code[2:]}'
            f"<title>{leaf.code} {escape(leaf.name)}</title></text>"
        )


def _row(found: Coverage, columns: dict[str, int], code: str, name: str, y: int) -> Iterator[str]:
    yield f'<text x="{LEFT - 10}" y="{y + 12}" text-anchor="end">{escape(name)} {code}</text>'
    for leaf in found.categories:
        cell, x = found.cells[code, leaf.code], LEFT + columns[leaf.code]
        title = escape(f"{name} {leaf.code} {leaf.name}:{cell.said} {cell.rule}".rstrip())
        yield (
            f'<rect class="{cell.status}" x="{x}" y="{y}" width="{CELL - 1}" height="{ROW - 2}">'
            f"<title>{title}</title></rect>"
        )
        if cell.status in MARK:
            middle = f'x="{x + CELL // 2}" y="{y + 11}" pointer-events="none"'
            yield f'<text class="m {cell.status}-m" {middle}>{MARK[cell.status]}</text>'
