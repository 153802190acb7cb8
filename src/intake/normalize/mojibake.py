"""Text that was decoded with the wrong charset: repaired when certain, else marked as garbled.

*Certain* means that the wrong reading turns back into bytes and those are strictly valid in the right
charset, or that the lost bytes are found again in a clean sentence of the same document.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import accumulate, islice, product

from intake.model.clean_text import Span
from intake.normalize.noise import TONED
from intake.normalize.traced import Edit, Traced

# UTF-8 read as Latin-1 or Windows-1252: lead bytes C3-EF followed by continuation bytes. The letters
# are what Windows-1252 shows for 80-9F.
_CP1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_CP1252_AS_LATIN = str.maketrans({mark: chr(mark.encode("cp1252")[0]) for mark in _CP1252})
_LATIN_RUN = re.compile(rf"[\u00c2-\u00ef](?:[\u0080-\u00ff{_CP1252} ]){{1,}}")
_TAIL = f"[\u0080-\u00bf{_CP1252}]"
# Where a byte was lost on the way, as 81 and 8D often are, the rest is still certain: two characters
# in a row with a byte that GB 2312 does not use, or three.
_LATIN_PIECE = re.compile(rf"(?:[\u00e3-\u00e9]{_TAIL}{_TAIL}|\u00ef[\u00bc-\u00bd]{_TAIL}){{2,}}")
_NOT_GB = re.compile(f"[\u0080-\u009f{_CP1252}]")
_CERTAIN = 9
_LATIN_REST = re.compile(
    rf"(?:[\u00e2-\u00ef]{_TAIL}{{1,2}}){{2,}}|[\u00e2-\u00ef]{_TAIL}{{2}}"
    rf"|[\u00e2-\u00ef](?<=[\u4e00-\u9fff，。].){_TAIL}{{0,2}}(?=[\u4e00-\u9fff，。])"
)
_MISREAD_TWICE = re.compile(rf"(?:[\u00c2\u00c3][\u0080-\u00bf{_CP1252}]){{3,}}")
_UTF8_AS_LATIN = re.compile(rf"[\u00e3-\u00ef][\u0080-\u00bf{_CP1252}]{{2}}")
# GB 2312 read as Latin-1: pairs of B0-F7 or punctuation A1-A3, then A1-FE.
_GB_AS_LATIN = re.compile(
    "[\u00b0-\u00f7\u00a1-\u00a3][\u00a1-\u00fe](?:[\u00b0-\u00f7\u00a1-\u00a3][\u00a1-\u00fe]){2,}"
)
# UTF-8 read as GBK: a lead byte and the first continuation byte of an ideograph make one rare character.
_LEADS, _CONTINUATIONS = range(0xE4, 0xEA), range(0x80, 0xA1)
_RARE = b"".join(bytes(pair) for pair in product(_LEADS, _CONTINUATIONS)).decode("gbk")
_UTF8_AS_GB = re.compile(f"[{_RARE}]")
_CJK = re.compile("[\u4e00-\u9fff]")
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
# %E8%B7%AF and =E8=B7=AF, but not within an address.
_HEXADECIMAL = re.compile(
    "(?<![0-9A-Za-z/?&=_.%-])(?:(?:%[Ee][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){2})+"
    "|(?:=E[0-9A-F](?:=[89AB][0-9A-F]){2})+)"
)
SIGNS = f"\u00a1-\u00f7{_RARE}\ufffd\ue000-\uf8ff锟烫屯锘"
"""Character set: a text with none of these is neither misread nor garbled, but for cuts and codes."""
# Every match of the three patterns holds one of these characters.
_MISREAD = re.compile(f"[\u00a1-\u00f7{_RARE}]")
_GB_RUN = re.compile("[^\x00-\x7f]{2,}")
_LOST = re.compile("[\ufffd?]*\ufffd[\ufffd?]*")
_UTF8_BYTES = re.compile(b"[\xe3-\xef][\x80-\xbf]{2}")
# The garbled pattern has no first letter to skip to; nearly every text has none of these.
_BETWEEN = re.compile("[^\u4e00-\u9fffA-Za-z0-9，。；：！？、\\s]{0,4}")
_SUSPECT = re.compile(
    "[\ufffd\ue000-\uf8ff锟烫屯锘](?:(?<![锟烫屯锘])|(?<=锟)斤拷|烫{3}|屯{3}|(?<=锘)縗)"
)
_GARBLED = re.compile(
    "(?:锟斤拷|[\ufffd\ue000-\uf8ff])+(?:[?？]?(?:锟斤拷|[\ufffd\ue000-\uf8ff]))*"
    "|(?:烫){4,}|(?:屯){4,}|(?:锘縗){1,}"
)


def has_codes(text: str) -> bool:
    """Return whether there may be characters written as codes, which look like plain text."""
    return "\\u" in text or "%E" in text or "%e" in text or "=E" in text


def repair_charset(text: Traced) -> None:
    """Undo a wrong decoding of the whole text or of a stretch of it, where the bytes prove it."""
    if has_codes(text.text):
        text.sub(_ESCAPED, _unescaped)
        text.sub(_HEXADECIMAL, _from_hexadecimal)
    if not _MISREAD.search(text.text):
        return
    for run in (_MISREAD_TWICE, _LATIN_RUN):
        if run.search(text.text):
            _read_again(text, run, _latin_bytes, "utf-8")
    if _LATIN_PIECE.search(text.text):
        _read_again(text, _LATIN_PIECE, _latin_piece_bytes, "utf-8")
    if _GB_AS_LATIN.search(text.text):
        _read_again(text, _GB_AS_LATIN, _gb_as_latin_bytes, "gb2312")
    if _UTF8_AS_GB.search(text.text):
        _read_again(text, _GB_RUN, _gb_bytes, "utf-8")
        text.sub(_GB_RUN, _read_in_part)


def _read_again(
    text: Traced, run: re.Pattern[str], encode: Callable[[str], bytes | None], charset: str
) -> None:
    """Read stretches again where their bytes are valid in the right charset."""
    stretches: list[tuple[re.Match[str], str]] = []
    parts: list[str] = []
    done = 0
    for found in run.finditer(text.text):
        content = encode(found[0])
        if content is None:
            continue
        try:
            reread = content.decode(charset)
        except UnicodeDecodeError:  # not provable, so not repaired
            continue
        if _CJK.search(reread) or _UTF8_AS_LATIN.search(reread):
            stretches.append((found, reread))
            parts += (text.text[done : found.start()], reread)
            done = found.end()
    if stretches:
        text.rewrite(
            "".join(parts) + text.text[done:],
            # Which character was made of which is asked for seldom, and costs most.
            lambda: [edit for s in stretches for edit in _aligned(s[0], encode, s[1], charset)],
        )


def _aligned(
    found: re.Match[str], encode: Callable[[str], bytes | None], reread: str, charset: str
) -> Iterator[Edit]:
    """Yield the edits: which characters were made of which; a shared byte joins two pairs."""
    ends = list(accumulate(len(encode(character) or b"?") for character in found[0]))
    at, start, new, bytes_read = 0, 0, "", 0
    for character in reread:
        new += character
        bytes_read += len(character.encode(charset))
        at = bisect_left(ends, bytes_read)
        if at < len(ends) and ends[at] == bytes_read:
            yield found.start() + start, found.start() + at + 1, new
            start, new = at + 1, ""
    if new:
        yield found.start() + start, found.end(), new


def _unescaped(found: re.Match[str]) -> str:
    # \\u8def\\u706f: a program wrote the text as JSON and another did not read it so.
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), found[0])
    return text if _CJK.search(text) else found[0]


def _read_in_part(run: re.Match[str]) -> str:
    """Read plain UTF-8 that lost bytes on the way; what cannot be read becomes replacement marks."""
    if not _UTF8_AS_GB.search(run[0]) or not _is_utf8_as_gb(run[0]):
        return run[0]
    content = _gb_bytes(run[0].replace("\ufffd", "?")) or b""
    return _LOST.sub("\ufffd", content.decode("utf-8", "replace"))


def _is_utf8_as_gb(run: str) -> bool:
    """Return whether a stretch is plainly UTF-8 read as GBK, though a byte of it was lost."""
    content = _gb_bytes(run.replace("\ufffd", "")) or b""
    return 9 <= 3 * len(_UTF8_BYTES.findall(content)) >= 0.8 * len(content)


def _from_hexadecimal(found: re.Match[str]) -> str:
    try:
        text = bytes.fromhex(re.sub("[%=]", "", found[0])).decode()
    except UnicodeDecodeError:  # not provable, so not repaired
        return found[0]
    return text if _CJK.search(text) else found[0]


def _gb_as_latin_bytes(run: str) -> bytes | None:
    # A row of ×××××× is a masked number; words take more than three different letters. And what is left
    # of UTF-8 is no GB.
    words = len(set(run)) > 3 and not _LATIN_REST.fullmatch(run)
    return _latin_bytes(run) if words or len(run) == 1 else None


def _latin_piece_bytes(run: str) -> bytes | None:
    certain = _NOT_GB.search(run) or len(run) >= _CERTAIN or len(run) == 1
    return _latin_bytes(run) if certain else None


def _latin_bytes(run: str) -> bytes | None:
    # Real text mixes the C1 controls of Latin-1 with Windows-1252's marks.
    return run.translate(_CP1252_AS_LATIN).encode("latin-1")


def _gb_bytes(run: str) -> bytes | None:
    try:
        return run.encode("gb18030")
    except UnicodeEncodeError:  # a character that no GB decoder can have produced
        return None


# A page cut inside "。" (GB18030 A1 A3): the lone first byte became "?", and all up to the next single
# byte was read shifted by one, pairs that mean nothing dropped. "。”" then shows as "?!" and a
# character whose lead byte is the second byte of "”".
_CUT_AT_TAG = re.compile(r"[?？][!！][?？]/(?:p|div|span|strong|td|li)>", re.IGNORECASE)
_MAY_BE_CUT = re.compile("[?？][!！]")
# Emphasis looks the same (怎么还不修?!本来…), so a cut needs a sign that nobody types: a symbol of
# the GBK tables or a small letter in between ideographs.
_CUT = re.compile(
    "[?？][!！](?:[\u4e00-\u9fff]{1,4}[≌∈∷∮∽≯≮∝]|[\u4e00-\u9fff]{1,4}[a-z](?=[\u4e00-\u9fff]))"
)
# A machine put the pinyin in brackets and the bracket was lost with half a character: 日?qǐng)?bào)社.
_HALF_GLOSS = re.compile(
    rf"(?:[?？][a-zü]{{0,3}}[{TONED}][a-z]{{0,3}} ?[)）])(?:[\u4e00-\u9fff\ue000-\uf8ff]{{0,6}}"
    rf"[?？][a-zü]{{0,3}}[{TONED}][a-z]{{0,3}} ?[)）])*"
)
_MARKS = "。”"
_SHIFTED_LEAD = _MARKS.encode("gbk")[-1]
_REACH = 24  # characters; a shift ends at the next single byte, seldom later
# Bounds for pages that are nothing but damage: these stay marked instead.
_MOST_CUTS, _MOST_TRIES = 20, 100


def repair_shift(text: Traced) -> None:
    """Restore sentences read one byte late, from the same words elsewhere in the document.

    The dropped bytes are lost; but a name that was cut here is usually whole in another sentence.
    A repair is made when that sentence, read one byte late, is exactly the text seen here.
    """
    if not has_cut(text.text):
        return
    text.sub(_CUT_AT_TAG, "。”\n")
    cuts = list(_CUT.finditer(text.text))
    if len(cuts) > _MOST_CUTS:
        return
    edits: list[Edit] = []
    for cut in cuts:
        if edits and cut.start() < edits[-1][1]:
            continue
        mended = _mended(text.text, cut.start() + 1)
        if mended is not None:
            words, length = mended
            edits.append((cut.start(), cut.start() + 1 + length, _MARKS + words))
    text.edit(edits)


def has_cut(text: str) -> bool:
    """Return whether a page can have been cut here; emphasis looks the same at first."""
    return _MAY_BE_CUT.search(text) is not None


def _mended(text: str, start: int) -> tuple[str, int] | None:
    """Find the words that, read one byte late, look like the text from ``start``, and their length there."""
    seen = text[start : start + _REACH].replace("!", "！")
    first = seen[1].encode("gbk", "ignore")
    if len(first) != 2 or first[0] != _SHIFTED_LEAD:
        return None
    for place in islice(_beginning_with(first[1]).finditer(text), _MOST_TRIES):
        mended = _same_words(text[place.start() : place.start() + _REACH], seen)
        if mended is not None:
            return mended
    return None


@cache
def _beginning_with(lead: int) -> re.Pattern[str]:
    """Match the ideographs whose first GBK byte is ``lead``."""
    row = b"".join(bytes((lead, trail)) for trail in range(0x40, 0xFF) if trail != 0x7F)
    return re.compile(f"[{re.escape(row.decode('gbk', 'ignore'))}]")


def _same_words(source: str, seen: str) -> tuple[str, int] | None:
    """Return the shortest beginning of ``source`` that reads like ``seen`` when read one byte late, and
    how many characters of ``seen`` it explains; None when there is none.
    """
    content = bytearray(_MARKS.encode("gbk")[1:])
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
    """Read bytes in pairs without meaningless ones; return also whether the end is the end of a pair."""
    read: list[str] = []
    at = 0
    while at < len(content):
        if content[at] < 0x80:
            read.append(chr(content[at]))
            at += 1
            continue
        if at + 1 == len(content):
            return "".join(read), False
        read.append(content[at : at + 2].decode("gbk", "ignore"))
        at += 2
    return "".join(read), True


def garbled(text: str) -> tuple[Span, ...]:
    """Return the stretches that could not be repaired, in order."""
    found = [*_GARBLED.finditer(text)] if _SUSPECT.search(text) else []
    if "?" in text or "？" in text:
        found += _HALF_GLOSS.finditer(text)
        found += _CUT.finditer(text)
    if _MISREAD.search(text):
        found += _LATIN_REST.finditer(text)
    if _UTF8_AS_GB.search(text):
        found += (run for run in _GB_RUN.finditer(text) if _is_utf8_as_gb(run[0]))
    return tuple(
        Span(start=start, end=end, text=text[start:end])
        for start, end in _joined(text, (match.span() for match in found))
    )


def _joined(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order; those that overlap, or have a few odd letters in between, as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and (start <= joined[-1][1] or _BETWEEN.fullmatch(text, joined[-1][1], start)):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
