"""Accusations: which units a text complains about, read from what stands near their common names.

A unit may be complained *about* or merely named, or asked to act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from intake.catalogue import DEPTH, Catalogue, Unit
from intake.catalogue.kinds import CommonName, Kinds
from intake.model.clean_text import Span

# What only an office can be blamed for: that it does nothing, or how it behaves.
_CONDUCT = (
    "不作为|无作为|慢作为|乱作为|懒政|推诿|推脱|推卸|推给|推来推去|踢皮球|互相推|扯皮|态度|不耐烦|敷衍|应付|糊弄|忽悠|不管(?!用)|没人管|"
    "没有人管|无人管|管不了|不闻不问|不理|没人理|置之不理|置若罔闻|视而不见|不解决|不处理|不受理|不予受理|不答复|不回复|没有答复|没有回复|"
    "未答复|未回复|没有下文|没下文|无下文|没有结果|没有消息|没消息|没有动静|没动静|没有进展|没进展|毫无进展|白跑|跑了[^，。]{1,3}趟|拒绝|拒收|拒不|刁难|吃拿卡要|包庇|袒护|偏袒|失职|渎职|滥用|利用职|不公|虚假答复|"
    "一拖再拖|拖着|迟迟|不给|没给|未给|不发|没发|未发|不批|不兑现|没兑现|形同虚设|摆设|老好人|保护伞|"
    "乱收费|乱罚款|暴力执法|强拆|索要|收黑钱|受贿|贪污|截留|扣留|私自|不让进门|吞了"
)
# What anybody may have done: blame of the office only where nobody else stands between.
_WRONG = (
    "拖欠|欠着|克扣|欺骗|骗|打人|骂人|强迫|强制|威胁|恐吓|报复|侮辱|侵占|挪用|挪着|违规|违法|勾结|串通|"
    "弄虚作假|造假"
)
_OTHERS = re.compile(
    "查处|调查|处理|处罚|整治|治理|取缔|拆除|制止|打击|检查|监管|监督|举报|投诉|反映|报案|受理|通报|"
    "[，,]|企业|公司|老板|商|对|把|将|他|她|其"
)
_NEGATION = re.compile("不要|别|勿|不能")
_ASKED = re.compile(r"希望|请求|请|望|要求|建议|联系|协调|督促|责成|恳请|求")


@dataclass(frozen=True, slots=True)
class Accused:
    """A unit that a text complains about, and the words that say so."""

    unit: Unit
    span: Span


class AccusationReader:
    """Reads accusations by the common names of a catalogue's kinds; immutable."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        # The longest first: 城管局 is not 城管 with something after it.
        names = "|".join(map(re.escape, sorted(kinds.names, key=len, reverse=True))) or "(?!)"
        unit = rf"(?P<unit>{names})"
        self._unit = re.compile(names)
        self._accused = re.compile(
            rf"{unit}(?P<gap>[^。！？!?；;\n]{{0,14}}?)(?:(?P<conduct>{_CONDUCT})|(?P<wrong>{_WRONG}))"
        )
        self._against = re.compile(
            rf"(?:举报|投诉|控告|状告|反映)[^，。,\n]{{0,12}}?{unit}(?!处理|解决|协调|查处|管管)"
        )
        # The citizen says outright who must not handle or learn of it; that needs no word of blame.
        self._not_to = re.compile(
            rf"(?:不要|别|请勿|勿|不能)再?(?:[^。！？!?；;\n]{{0,6}}?)(?:转|发|批|派|交|让|给|由|告诉|通知)"
            rf"[^。！？!?；;\n]{{0,8}}?{unit}"
        )

    def first(self, text: str) -> Span | None:
        """Find the first stretch that accuses some unit, even one that cannot be named."""
        match = next(self._mentions(text), None)
        return _span(match) if match else None

    def units(self, text: str, area: str, catalogue: Catalogue, on: date) -> tuple[Accused, ...]:
        """Find the units complained about, each once; a common name means the unit at ``area``."""
        found: dict[str, Accused] = {}
        for match in self._mentions(text):
            unit = self._meant(self._kinds.names[match["unit"]], area, catalogue, on)
            # Supply and its shortfall are the matter itself, not an accusation, when said of a utility.
            if unit is not None and (
                not self._kinds.is_utility(unit.kind) or match.re is self._not_to
            ):
                found.setdefault(unit.id, Accused(unit, _span(match)))
        return tuple(found.values())

    def _meant(self, named: CommonName, area: str, catalogue: Catalogue, on: date) -> Unit | None:
        """Find the unit that a common name means at a place, or the one above it."""
        depth = DEPTH[named.level]
        if len(area) < min(depth, DEPTH["county"]):
            return None
        for length in (depth, DEPTH["county"], DEPTH["city"]):
            # 镇政府 without a known town is not the county's government.
            if length > len(area) or (length != depth and self._kinds.is_government(named.kind)):
                continue
            if (unit := catalogue.unit_of_kind(named.kind, area[:length], on)) is not None:
                return unit
        return None

    def _mentions(self, text: str) -> Iterator[re.Match[str]]:
        if not self._unit.search(text):
            return
        for match in self._accused.finditer(text):
            before = text[max(0, match.start() - 6) : match.start()]
            # "请城管局处理乱收费" asks the unit to act; it does not complain about it.
            if _ASKED.search(before) or _ASKED.search(match["gap"]):
                continue
            if match["conduct"] or not _OTHERS.search(match["gap"]):
                yield match
        yield from self._against.finditer(text)
        if _NEGATION.search(text):
            yield from self._not_to.finditer(text)


def _span(match: re.Match[str]) -> Span:
    return Span(start=match.start(), end=match.end(), text=match.group())
