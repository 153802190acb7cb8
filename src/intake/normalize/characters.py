"""One spelling for each character: what looks the same to a reader becomes the same to a program."""

from __future__ import annotations

import re
import unicodedata

from intake.normalize.traced import Traced

# Full-width marks are how Chinese is written: NFKC would turn ！ into ! and … into three dots.
_KEPT_MARKS = ("，", "？", "！", "：", "（", "）", "；", "…", "～", "％")
# Invisible or meant for machines: controls, soft hyphen, zero width, direction and variation marks,
# byte order mark, interlinear annotation, tags.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e01ef]+"
)
_SURROGATE = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# What NFKC is right about here: full-width letters and digits (not marks), half-width kana, compatibility
# ideographs, Kangxi radicals (⾃ for 自), mathematical letters (𝟏𝟑𝟖).
_FOLDED = re.compile(
    "[\u2f00-\u2fd5\uf900-\ufaff\ufb00-\ufb06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff65-\uff9f"
    "\uff02-\uff05\uff07\uff0a\uff0b\uff0d-\uff0f\uff1d\uff20\uff3b-\uff40\uff5b\uff5d"
    "\U0001d400-\U0001d7ff\U0001f100-\U0001f10a\U0002f800-\U0002fa1d](?:[\uff9e\uff9f])?"
)
# CJK Radicals Supplement, which NFKC leaves: converters of PDF and scans put them for the ideograph.
_RADICALS = str.maketrans(
    "⺁⺃⺅⺈⺉⺋⺌⺍⺎⺐⺗⺛⺝⺟⺠⺢⺥⺧⺨⺩⺪⺬⺭⺮⺯⺰⺱⺳⺶⺷⺸⺹⺺⺼⺾⻂⻃⻄⻅⻆⻈⻉⻋⻍⻎⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂乚亻刀刂㔾小小兀尢心旡月母民水爪牛犭王疋示礻竹糸纟罒罒羊羊羊耂肀月艹衤覀西见角讠贝车辶辶钅長镸长门阝雨青韦页风飞食饣饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
_RADICAL = re.compile("[\u2e80-\u2ef3]")
_BLANK = "\t\x0b\x0c\xa0\u1680\u2000-\u200a\u202f\u205f\u3000 "
_LINE = "\n\r\x85\u2028\u2029"
# Blanks and line ends but for a single common blank or line end between words, which stays as it is.
_UNTIDY = re.compile(f"[{_BLANK}{_LINE}](?:(?<![ \n])|(?=[{_BLANK}{_LINE}]))")
_BLANKS = re.compile(f"[{_BLANK}](?:[{_BLANK}]+|(?<! ))")
_LINE_ENDS = re.compile(f" ?[{_LINE}][{_LINE} ]*")
_GAP = re.compile(f"[{_BLANK}{_LINE}]+")
# What nearly all texts are written with, and nothing else: these characters are never folded or lost.
_MARKS = f"{_BLANK}\n\r!-~，。、；：？！“”‘’（）《》【】〔〕〈〉「」『』…—～·①②③④⑤⑥⑦⑧⑨⑩℃㎡"
_ORDINARY = re.compile(f"[{_MARKS}\u4e00-\u9fff]*")
_LINE_END = re.compile(f"[{_LINE}]")
# How spreadsheets write a control character, and careless exports leave it: 路灯不亮_x000D_.
_OFFICE_SIGN = "_x00"
_OFFICE = re.compile("_x00[01][0-9A-Fa-f]_")


def tidy(text: Traced) -> None:
    """Fold characters to one spelling and blanks and empty lines to one; Chinese marks stay as they are."""
    if has_office_escape(text.text):
        text.sub(_OFFICE, "\n")
    if not is_ordinary(text.text):
        text.rewrite(_SURROGATE.sub("\ufffd", text.text))
        text.sub(_INVISIBLE, "")
        if not _is_plain(text.text):
            _fold(text)
    if _UNTIDY.search(text.text):
        text.sub(_GAP, lambda gap: "\n" if _LINE_END.search(gap[0]) else " ")
    text.strip()


def tidied(text: str) -> str:
    """Return an ordinary text as :func:`tidy` leaves it, without the way back."""
    if _UNTIDY.search(text):
        text = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", text))
    return text.strip()


def has_office_escape(text: str) -> bool:
    """Return whether the text holds a control character in the way spreadsheets write it."""
    return _OFFICE_SIGN in text and _OFFICE.search(text) is not None


def ordinary_but(excluded: str) -> re.Pattern[str]:
    """Return a pattern for ordinary texts with none of the characters of a character set."""
    ascii_marks, ideographs = range(0x21, 0x7F), range(0x4E00, 0xA000)
    candidates = f"{''.join(map(chr, ascii_marks))} {''.join(map(chr, ideographs))}"
    # As ranges, which compile in a tenth of the time. Each part is a range, as "!-~" and the ideographs
    # are apart from each other by the blank between them.
    kept = re.split(f"[ {excluded}]+", candidates)
    ranges = "".join(f"{re.escape(run[0])}-{re.escape(run[-1])}" for run in kept if run)
    return re.compile(f"[{_MARKS.replace('!-~', '')}{ranges}]*")


def is_ordinary(text: str) -> bool:
    """Return whether the text is written with nothing but ASCII, ideographs and the usual marks."""
    return _ORDINARY.fullmatch(text) is not None


def _is_plain(text: str) -> bool:
    """Return whether nothing is to be folded; the C check is forty times faster than folding is."""
    rest = text
    for mark in _KEPT_MARKS:
        rest = rest.replace(mark, "")
    return unicodedata.is_normalized("NFKC", rest) and _RADICAL.search(rest) is None


def _fold(text: Traced) -> None:
    text.sub(_FOLDED, lambda found: unicodedata.normalize("NFKC", found[0]))
    text.rewrite(_RADICAL.sub(lambda found: found[0].translate(_RADICALS), text.text))
    text.rewrite(unicodedata.normalize("NFC", text.text))
