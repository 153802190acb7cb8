"""The confusion picture: an SVG heat map, a row for each truth, a column for each answer."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_CELL = 34
_SMALL_CELL = 13
_MANY = 25
_FONT = "font-family='Noto Sans CJK SC, Microsoft YaHei, sans-serif'"


def draw_confusion(confusion: Mapping[str, Mapping[str, int]], title: str) -> str:
    """Draw ``confusion`` (truth → given → texts); the darker, the larger the share of its row.

    Right answers are blue, wrong ones red. With more than 25 labels only counts in the tooltips remain.
    """
    labels = sorted({*confusion, *(given for row in confusion.values() for given in row)})
    many = len(labels) > _MANY
    cell = _SMALL_CELL if many else _CELL
    size = 9 if many else 12
    margin = 30 + max((_width(label) for label in labels), default=0) * size // 2
    top = margin + 30
    side = cell * len(labels)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{margin + side + 20}' height='{top + side + 30}'"
        f" {_FONT} font-size='{size}'>",
        "<rect width='100%' height='100%' fill='white'/>",
        f"<text x='10' y='20' font-size='14' font-weight='bold'>{escape(title)}</text>",
        f"<text x='{margin + side / 2}' y='{top + side + 20}' text-anchor='middle'>given</text>",
        f"<text transform='translate(14 {top + side / 2}) rotate(-90)' text-anchor='middle'>truth</text>",
    ]
    for index, label in enumerate(labels):
        middle = index * cell + cell / 2
        parts.append(
            f"<text x='{margin - 5}' y='{top + middle + size / 3}' text-anchor='end'>{escape(label)}</text>"
            f"<text transform='translate({margin + middle + size / 3} {top - 5}) rotate(-90)'>{escape(label)}</text>"
        )
    for row, truth in enumerate(labels):
        counts = confusion.get(truth, {})
        texts = sum(counts.values())
        for column, given in enumerate(labels):
            if count := counts.get(given, 0):
                parts.append(
                    _cell(
                        margin + column * cell, top + row * cell, cell, count, texts, truth, given
                    )
                )
    parts.append(
        f"<rect x='{margin}' y='{top}' width='{side}' height='{side}' fill='none' stroke='#999'/></svg>"
    )
    return "\n".join(parts) + "\n"


def _cell(x: int, y: int, cell: int, count: int, texts: int, truth: str, given: str) -> str:
    share = count / texts
    red, green, blue = (31, 90, 166) if truth == given else (192, 57, 43)
    strength = 0.12 + 0.88 * share
    shade = ",".join(str(round(255 - (255 - part) * strength)) for part in (red, green, blue))
    number = ""
    if cell == _CELL:
        ink = "white" if strength > 0.55 else "#222"
        number = f"<text x='{x + cell / 2}' y='{y + cell / 2 + 4}' text-anchor='middle' fill='{ink}'>{count}</text>"
    told = escape(f"{truth} → {given}: {count} of {texts}")
    return (
        f"<g><title>{told}</title><rect x='{x}' y='{y}' width='{cell}' height='{cell}'"
        f" fill='rgb({shade})'/>{number}</g>"
    )


def _width(label: str) -> int:
    """Half-width columns a label takes."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in label)
