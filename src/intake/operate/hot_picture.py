"""Hot matters as a picture: bars of a matter's counts, alone or one matter a row (SVG)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from intake.messages import Renderer
from intake.messages.formats import write_roughly
from intake.operate.hot_matters import HotMatter

PAST, NOW, INK, SOFT = "#9fb4cc", "#9a1b1b", "#1c2530", "#515c69"
_BLOCKS = "▁▂▃▄▅▆▇█"
_ROW, _WIDTH, _LEFT, _TOP = 58, 900, 500, 56
_BAR, _GAP, _HEIGHT = 22, 4, 34


def bars(counts: Sequence[int], *, width: int = 144, height: int = 28) -> str:
    """Draw counts as an SVG element, the last one marked."""
    peak, step = max((*counts, 1)), width / len(counts)
    drawn = "".join(
        _bar(step * n, height, count * (height - 2) / peak, step * 0.8, n == len(counts) - 1)
        for n, count in enumerate(counts)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{", ".join(map(str, counts))}">'
        f"{drawn}</svg>"
    )


def blocks(counts: Sequence[int]) -> str:
    """Draw counts in characters."""
    peak = max((*counts, 1))
    return "".join(_BLOCKS[round(count * (len(_BLOCKS) - 1) / peak)] for count in counts)


def picture(
    matters: Sequence[HotMatter],
    *,
    title: str,
    name: Callable[[HotMatter], tuple[str, str]],
    words: Renderer,
) -> str:
    """Draw all matters, a row each: two lines of words from ``name``, the bars, and the figures."""
    height = _TOP + _ROW * max(1, len(matters)) + 12
    rows = [_row(matter, *name(matter), _TOP + _ROW * n, words) for n, matter in enumerate(matters)]
    if not matters:
        rows = [_text(16, _TOP + 24, "—", 14, SOFT)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
        f"{_text(16, 32, title, 17, INK, bold=True)}{''.join(rows)}</svg>\n"
    )


def _row(matter: HotMatter, first: str, second: str, top: float, words: Renderer) -> str:
    peak, floor = max((*matter.counts, 1)), top + 44
    drawn = [
        f'<line x1="16" y1="{top:g}" x2="{_WIDTH - 16}" y2="{top:g}" stroke="#d3d9e0"/>',
        _text(16, top + 24, _cut(first, 30), 14, INK, bold=True),
        _text(16, top + 44, _cut(second, 42), 11.5, SOFT),
    ]
    for n, count in enumerate(matter.counts):
        x, last = _LEFT + n * (_BAR + _GAP), n == len(matter.counts) - 1
        drawn.append(_bar(x, floor, count * _HEIGHT / peak, _BAR, last))
    right = _LEFT + len(matter.counts) * (_BAR + _GAP) + 10
    drawn.append(_text(right, top + 24, str(matter.now), 18, NOW, bold=True))
    drawn.append(_text(right, top + 44, _compared(matter, words), 11.5, SOFT))
    return "".join(drawn)


def _compared(matter: HotMatter, words: Renderer) -> str:
    if matter.expected is None:
        return words.say("hot.no_past")
    chance = write_roughly(matter.once_in, words.language)
    return words.say("hot.compared", expected=matter.expected, n=chance)


def _bar(x: float, floor: float, height: float, width: float, last: bool) -> str:
    tall = max(height, 1.0)
    return (
        f'<rect x="{x:.1f}" y="{floor - tall:.1f}" width="{width:.1f}" height="{tall:.1f}" '
        f'fill="{NOW if last else PAST}"/>'
    )


def _text(x: float, y: float, words: str, size: float, fill: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}"{weight}>{escape(words)}</text>'


def _cut(words: str, length: int) -> str:
    return words if len(words) <= length else words[: length - 1] + "…"
