"""Bytes to text, and text to time: what every connector needs and normalize builds on."""

from __future__ import annotations

import codecs
import re
from functools import cache
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

# The longest mark first: UTF-16-LE's is the beginning of UTF-32-LE's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Senders declare gb2312 and send characters that only gb18030 has ('镕'); it reads all its forerunners.
_GB = frozenset({"gb2312", "gbk", "gb18030"})
_SEVEN_BIT = frozenset({"hz", "iso2022_jp", "iso2022_kr", "utf-7"})
# Said by servers that were never configured; every byte string is valid in them, so no evidence.
_MEANS_NOTHING = frozenset({"ascii", "iso8859-1", "cp1252", "iso8859-15"})
_IN_DOCUMENT = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,20})"
    rb"|^<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,20})",
    re.IGNORECASE,
)
_SAMPLE = 4000
_FOREIGN = bytes(range(0x80, 0x100))
_UTF8_IDEOGRAPH = re.compile(b"[\xe3-\xef][\x80-\xbf]{2}")
_BY_LINE = "utf-8 and gb18030 by line"


def decode_text(content: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return bytes as text and notes for people; it never fails: unreadable bytes become U+FFFD.

    ``declared`` is the charset that the source names in an HTTP or MIME header. It counts only as far as the
    bytes agree. A byte order mark wins. Then comes whichever of the declared charset, UTF-8 and
    GB18030 reads all bytes; of several, the more plausible Chinese. Last comes the reading with least
    damage. The text comes without its mark; the notes are empty when everything was as declared.
    """
    for mark, charset in _MARKS:
        if content.startswith(mark):
            return _lossy(content[len(mark) :], charset)
    named = _charset(declared) or _charset_in_document(content)
    if content.isascii() and b"\x00" not in content:
        # Only the declaration distinguishes ASCII from the seven-bit charsets of old mail (hz, iso2022).
        return _lossy(content, named if named in _SEVEN_BIT else "ascii")
    readings = [
        (charset, text)
        for charset in _worth_trying(named, content)
        if (text := _strict(content, charset)) is not None
    ]
    if "utf-8" not in dict(readings):
        if is_mostly_utf8(content):
            return _lossy(content, "utf-8")
        readings += _by_line(content)
    if not readings:
        return _least_damage(content, named)
    charset, text = max(readings, key=_evidence)
    if charset != _BY_LINE and named in (None, charset):
        return text, ()
    return text, (f"declared {named or 'nothing'}, read as {charset}",)


def is_mostly_utf8(content: bytes) -> bool:
    """Return whether Chinese text is UTF-8 but for a few broken characters."""
    foreign = len(content) - len(content.translate(None, _FOREIGN))
    written = 3 * len(_UTF8_IDEOGRAPH.findall(content))
    return written >= 9 and written >= 0.9 * foreign


def _charset(name: str | None) -> str | None:
    if not name:
        return None
    try:
        canonical = codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError):  # an unknown charset is ignored; the bytes are still read
        return None
    if canonical in _GB:
        return "gb18030"
    return None if canonical in _MEANS_NOTHING else canonical


def _charset_in_document(content: bytes) -> str | None:
    found = _IN_DOCUMENT.search(content[:2048])
    return _charset((found[1] or found[2]).decode("ascii", "ignore")) if found else None


def _worth_trying(named: str | None, content: bytes) -> list[str]:
    """Return charsets, the most trusted first; ``max`` keeps the first of equally plausible ones."""
    order = [named, "utf-8", "gb18030"] if named else ["utf-8", "gb18030"]
    if b"\x00" in content[:_SAMPLE] and len(content) % 2 == 0:
        order = ["utf-16-le", "utf-16-be", *order]
    return list(dict.fromkeys(charset for charset in order if charset))


def _strict(content: bytes, charset: str) -> str | None:
    try:
        return content.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None


def _by_line(content: bytes) -> list[tuple[str, str]]:
    """Read a text that was put together of pieces in UTF-8 and in GB18030; no reading when it was not."""
    lines = content.split(b"\n")
    in_utf8 = [_strict(line, "utf-8") for line in lines]
    if not any(text is not None and not text.isascii() for text in in_utf8):
        return []
    texts = [
        _strict(line, "gb18030") if text is None else text
        for line, text in zip(lines, in_utf8, strict=True)
    ]
    return [(_BY_LINE, "\n".join(t for t in texts if t is not None))] if None not in texts else []


def _lossy(content: bytes, charset: str) -> tuple[str, tuple[str, ...]]:
    text = content.decode(charset, "replace")
    lost = text.count("\ufffd")
    return text, (f"{lost} characters undecodable as {charset}",) if lost else ()


def _least_damage(content: bytes, named: str | None) -> tuple[str, tuple[str, ...]]:
    candidates = [_lossy(content, charset) for charset in _worth_trying(named, content)]
    return max(candidates, key=lambda candidate: _plausibility(candidate[0]))


@cache
def _common() -> frozenset[str]:
    """Return the characters of ordinary Chinese: GB 2312 level one, ASCII, CJK punctuation."""
    rows = [bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)]
    level_one = b"".join(rows).decode("gb2312", "ignore")
    ascii_text = "".join(map(chr, range(0x20, 0x7F)))
    return frozenset(
        level_one + ascii_text + "\t\r\n\u3000、。·…—～‘’“”《》「」『』【】（），！？：；％"
    )


def _evidence(reading: tuple[str, str]) -> float:
    charset, text = reading
    if charset != "utf-8":
        return _plausibility(text)
    # A few bytes may be valid UTF-8 by chance, a dozen never are, however rare the characters.
    ideographs = sum("\u2e80" <= character <= "\uffef" for character in text[:_SAMPLE])
    return _plausibility(text) + (1.0 if ideographs > 3 else 0.3)


def _plausibility(text: str) -> float:
    """Return the share of the text, 0 to 1, that is written with common characters."""
    sample = text[:_SAMPLE]
    if not sample:
        return 1.0
    common = _common()
    wrong = sum(character not in common for character in sample) + 4 * sample.count("\ufffd")
    return 1.0 - wrong / len(sample)
