"""Text that was decoded with the wrong charset: repaired when certain, else marked as garbled.

*Certain* means that the wrong reading turns back into bytes and those are strictly valid in the right
charset, or that the lost bytes are found again in a clean sentence of the same document.
"""

from __future__ import annotations

import re

from intake.request import Span

# UTF-8 read as Latin-1 or Windows-1252: lead bytes C3-EF followed by continuation bytes. The letters
# are what Windows-1252 shows for 80-9F.
_CP1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_LATIN_RUN = re.compile(rf"[\u00c2-\u00ef](?:[\u0080-\u00ff{_CP1252} ]){{1,}}")
_UTF8_AS_LATIN = re.compile(rf"[\u00e3-\u00ef][\u0080-\u00bf{_CP1252}]{{2}}")
# GB 2312 read as Latin-1: pairs of B0-F7 or punctuation A1-A3, then A1-FE.
_GB_AS_LATIN = re.compile("(?:[\u00b0-\u00f7\u00a1-\u00a3][\u00a1-\u00fe]){3,}")
# UTF-8 read as GBK: what the three bytes of frequent characters and marks turn into.
_UTF8_AS_GB = re.compile("[锛銆鈥鐨鏄涓浠鍙鍦鏈璇鏂闂涔鎴甯瀹鍏浣鎮灏鎶鍥缁杩绗濂]")
_GB_RUN = re.compile("[\u3400-\u9fff\ue000-\uf8ff\u20ac\u3000-\u30ff\uff00-\uffef]{2,}")
_GARBLED = re.compile(
    "(?:锟斤拷|[\ufffd\ue000-\uf8ff])+(?:[?？]?(?:锟斤拷|[\ufffd\ue000-\uf8ff]))*"
    "|(?:烫){4,}|(?:屯){4,}|(?:锘縗){1,}"
)


def repair_charset(text: str) -> str:
    """Undo a wrong decoding of the whole text or of a stretch of it, where the bytes prove it."""
    if _UTF8_AS_LATIN.search(text):
        text = _LATIN_RUN.sub(lambda run: _reread(run[0], _latin_bytes(run[0]), "utf-8"), text)
    if _GB_AS_LATIN.search(text):
        text = _GB_AS_LATIN.sub(lambda run: _reread(run[0], _latin_bytes(run[0]), "gb2312"), text)
    if len(_UTF8_AS_GB.findall(text)) > 1:
        text = _GB_RUN.sub(lambda run: _reread(run[0], _gb_bytes(run[0]), "utf-8"), text)
    return text


def _latin_bytes(run: str) -> bytes | None:
    # Each character by itself: real text mixes the C1 controls of Latin-1 with Windows-1252's marks.
    content = bytearray()
    for character in run:
        if ord(character) < 0x100:
            content.append(ord(character))
        else:
            content += character.encode("cp1252")
    return bytes(content)


def _gb_bytes(run: str) -> bytes | None:
    try:
        return run.encode("gb18030")
    except UnicodeEncodeError:  # a character that no GB decoder can have produced
        return None


def _reread(run: str, content: bytes | None, charset: str) -> str:
    if content is None:
        return run
    try:
        text = content.decode(charset)
    except UnicodeDecodeError:  # not provable, so not repaired
        return run
    return text if any("\u4e00" <= character <= "\u9fff" for character in text) else run


# A page cut in the middle of "。" (GB18030 A1 A3): the lone first byte became "?", and everything up to
# the next single byte was read shifted by one, pairs that mean nothing dropped. What the second
# half of the mark and a closing or opening quotation mark turn into:
_CUTS = ("。”", "！”", "？”", "：“", "，“", "；“", "。“", "。")
_CUT_AT_TAG = re.compile(r"[?？][!！][?？]/(?:p|div|span|strong|td|li)>", re.IGNORECASE)
_CUT = re.compile(r"[?？](?=[!！\u3000 俊骸唬弧\u4e00-\u9fff])")
_WIDE = str.maketrans("!", "！")
_REACH = 40  # characters; a shift ends at the next ASCII byte, seldom later
_MOST_CUTS = 50  # a document with more is not to be repaired from its own sentences
_UNREPAIRED = re.compile(
    "[?？][!！](?:[\u4e00-\u9fff]{1,4}[≌∈∷∮∽≯≮∝]|[保-\u9fff](?:[\u4e00-\u9fff]{0,3}[a-z])(?=[\u4e00-\u9fff]))"
)


def repair_shift(text: str) -> str:
    """Restore sentences read one byte late, from the same words elsewhere in the document.

    The dropped bytes are gone; but a name that was cut here usually stands whole in another sentence.
    A repair is made when reading that sentence one byte late gives exactly what is seen here.
    """
    if "?" not in text and "？" not in text:
        return text
    text = _CUT_AT_TAG.sub("。”\n", text)
    if not _UNREPAIRED.search(text):
        return text
    for _ in range(_MOST_CUTS):
        repaired = _repair_one(text)
        if repaired is None:
            break
        text = repaired
    return text


def _repair_one(text: str) -> str | None:
    for cut in _UNREPAIRED.finditer(text):
        seen = text[cut.start() + 1 : cut.start() + 1 + _REACH].translate(_WIDE)
        lead = _gb_bytes(seen[1])
        if lead is None or len(lead) != 2 or lead[0] != 0xB1:
            continue
        for at, character in enumerate(text):
            content = _gb_bytes(character)
            if content is None or len(content) != 2 or content[0] != lead[1]:
                continue
            mended = _same_words(text[at : at + _REACH], seen)
            if mended is not None:
                words, length = mended
                return text[: cut.start()] + "。”" + words + text[cut.start() + 1 + length :]
    return None


def _same_words(source: str, seen: str) -> tuple[str, int] | None:
    """Give the shortest beginning of ``source`` that reads like ``seen`` when read one byte late, and
    how many characters of ``seen`` it explains; None when there is none.
    """
    content = bytearray("。”".encode("gb18030")[1:])
    for length, character in enumerate(source, start=1):
        code = _gb_bytes(character)
        if code is None or len(code) > 2:
            return None
        content += code
        late, aligned = _read_late(bytes(content))
        if not seen.startswith(late):
            return None
        if aligned and len(late) > 2:
            return source[:length], len(late)
    return None


def _read_late(content: bytes) -> tuple[str, bool]:
    """Read bytes in pairs, dropping pairs that mean nothing; say whether the end is a pair's end."""
    read: list[str] = []
    at = 0
    while at < len(content):
        if content[at] < 0x80:
            read.append(chr(content[at]))
            at += 1
            continue
        if at + 1 == len(content):
            return "".join(read), False
        try:
            read.append(content[at : at + 2].decode("gbk"))
        except UnicodeDecodeError:  # undefined: dropped by whatever read it, as it is here
            pass
        at += 2
    return "".join(read), True


def garbled(text: str) -> tuple[Span, ...]:
    """Give the stretches that could not be repaired, in order."""
    found = [*_GARBLED.finditer(text)]
    if "?" in text or "？" in text:
        found += _UNREPAIRED.finditer(text)
    spans = sorted({(match.start(), match.end()) for match in found})
    return tuple(Span(start=start, end=end, text=text[start:end]) for start, end in spans)
