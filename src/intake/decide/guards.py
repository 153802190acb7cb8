"""Guards: whom a request must never be sent to (DESIGN §6.4).

Never back to the unit that handed it in; never to the unit complained about, but to its superior; a
department's matter is not pushed down to a township. Whether a unit is complained *about* or merely
named is read from what stands near its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from intake.catalogue import Catalogue, RuleFinding, Unit
from intake.catalogue.taxonomy import Taxonomy
from intake.decide.dossier import Dossier, Draft
from intake.model.clean_text import Span
from intake.model.decision import HoldReason
from intake.model.zone import CHINA

# Generic words for units, as citizens say them, and the kind of unit each means at which level.
GENERIC: tuple[tuple[str, str, int], ...] = (
    (
        "镇政府|乡政府|镇里|乡里|镇上领导|乡镇府|街道办事处|街道办|办事处|镇人民政府|乡人民政府",
        "ZF",
        9,
    ),
    ("县政府|区政府|县里领导", "ZF", 6),
    ("城管局|城管队|城管|综合执法局|行政执法局|执法局", "CG", 6),
    ("派出所|公安局|公安分局", "GA", 6),
    ("交警大队|交警队|交警", "JJ", 6),
    ("住建局|住房和城乡建设局|房管局", "ZJ", 6),
    ("自然资源局|自然资源和规划局|国土所|国土局|规划局", "ZG", 6),
    ("环保局|生态环境局|生态环境分局", "HB", 6),
    ("交通局|交通运输局", "JT", 6),
    ("水利局", "SL", 6),
    ("农业农村局|农业局", "NY", 6),
    ("教育局|教体局|教育和体育局", "JY", 6),
    ("卫健局|卫健委|卫生局|卫生健康局", "WJ", 6),
    ("医保局|医疗保障局", "YB", 6),
    ("人社局|劳动局|劳动监察大队|人力资源和社会保障局", "RS", 6),
    ("民政局", "MZ", 6),
    ("退役军人事务局|退役军人局", "TJ", 6),
    ("市监局|市场监管局|工商局|市场监督管理局|食药监", "SJ", 6),
    ("税务局|办税服务厅|办税大厅|税务大厅", "SWJ", 6),
    ("消防大队|消防队|消防救援大队", "XF", 6),
    ("供电公司|电力公司|供电所|电业局", "GD", 6),
    ("自来水公司|供水公司|水务集团|水务公司", "GS", 6),
    ("燃气公司|天然气公司", "RQ", 6),
    ("热力公司|供热公司", "GR", 6),
    ("公交公司", "GJC", 6),
    ("行政审批局|政务服务中心|政务大厅|办事大厅", "XP", 6),
    ("邮政公司|邮政局", "YZ", 6),
    ("应急管理局|应急局", "YJ", 6),
    ("司法局|司法所", "SF", 6),
    ("林业局", "LY", 6),
    ("文旅局|文化和旅游局", "WL", 6),
    ("公积金中心|住房公积金管理中心", "GJ", 4),
)
# Supply and its shortfall are the matter itself, not an accusation, when said of a utility.
UTILITIES = frozenset({"GD", "GS", "RQ", "GR", "GJC", "TX", "YZ"})

_NAMES = "|".join(names for names, _, _ in GENERIC)
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
_ACCUSED = re.compile(
    rf"(?P<unit>{_NAMES})(?P<gap>[^。！？!?；;\n]{{0,14}}?)"
    rf"(?:(?P<conduct>{_CONDUCT})|(?P<wrong>{_WRONG}))"
)
_AGAINST = re.compile(
    rf"(?:举报|投诉|控告|状告|反映)[^，。,\n]{{0,12}}?(?P<unit>{_NAMES})(?!处理|解决|协调|查处|管管)"
)
# The citizen says outright who must not handle or learn of it; that needs no word of blame.
_NOT_TO = re.compile(
    rf"(?:不要|别|请勿|勿|不能)再?(?:[^。！？!?；;\n]{{0,6}}?)(?:转|发|批|派|交|让|给|由|告诉|通知)[^。！？!?；;\n]{{0,8}}?"
    rf"(?P<unit>{_NAMES})"
)
_UNIT = re.compile(_NAMES)
_NEGATION = re.compile("不要|别|勿|不能")
_ASKED = re.compile(r"希望|请求|请|望|要求|建议|联系|协调|督促|责成|恳请|求")


@dataclass(frozen=True, slots=True)
class Accused:
    """A unit that a text complains about, and the words that say so."""

    unit: Unit
    span: Span


def guard(draft: Draft, dossier: Dossier, catalogue: Catalogue, taxonomy: Taxonomy) -> None:
    """Take whoever must not handle the request out of the draft, saying so each time."""
    on = dossier.received_at.astimezone(CHINA).date()
    submitter = catalogue.named(dossier.submitter_unit or "", dossier.home_area or "")
    accused = (
        accused_units(dossier.understanding.text, draft.area or "", catalogue, on)
        if dossier.understanding.accusation
        else ()
    )
    bad = {item.unit.id: item for item in accused}
    draft.barred = frozenset({*bad, *((submitter.id,) if submitter else ())})
    while draft.lead is not None and draft.lead.id in draft.barred:
        barred, above = draft.lead, superior(draft.lead, catalogue, on)
        instead = f"改由上级{above.name}" if above else "上级单位不明"
        if barred.id in bad:
            said = bad[barred.id].span.text
            text = f"来件反映{barred.name}(“{said}”),被反映单位不能承办,{instead}"
            draft.say("guard", "accused", text)
            draft.informed = (*draft.informed, barred)
        else:
            draft.say("guard", "submitter", f"{barred.name}是提交单位,不能转回,{instead}")
        draft.lead = above
        if above is None and barred.id in bad:
            draft.wait(HoldReason.SUPERIOR_UNKNOWN, "被反映单位的上级不在单位表中,请人工指定")
        elif above is None:
            draft.wait(HoldReason.NO_RULE, "提交单位没有可用的上级单位,请人工指定")
    draft.co = without((u for u in draft.co if u is not draft.lead), draft.barred)
    draft.via = without(draft.via, draft.barred)
    _not_pushed_down(draft, catalogue, taxonomy, on)


def has_department(units: Iterable[Unit]) -> bool:
    """Say whether a department above the townships is among the units."""
    return any(unit.level != "town" and unit.kind != "ZF" for unit in units)


def _not_pushed_down(draft: Draft, catalogue: Catalogue, taxonomy: Taxonomy, on: date) -> None:
    """Put the department that the less specific rules name above the township."""
    lead, category = draft.lead, taxonomy.get(draft.category or "")
    if lead is None or lead.level != "town" or category is None:
        return
    if category.townships_too or has_department(draft.co):
        return
    department = _department(draft.finding, draft, catalogue, on)
    if department is None:
        draft.wait(HoldReason.NO_RULE, f"部门事项不能下派{lead.name},请人工指定主管部门")
        return
    draft.lead, draft.co = department, (lead, *(u for u in draft.co if u is not department))
    draft.say("guard", "township", f"部门事项不下派乡镇:由{department.name}主办,{lead.name}协办")


def _department(
    finding: RuleFinding | None, draft: Draft, catalogue: Catalogue, on: date
) -> Unit | None:
    for rule in finding.losers if finding else ():
        unit, _, _ = catalogue.resolve(rule.handler, draft.area or "", on)
        if unit is not None and unit.id not in draft.barred and has_department((unit,)):
            return unit
    return None


def accused_units(text: str, area: str, catalogue: Catalogue, on: date) -> tuple[Accused, ...]:
    """Find the units complained about, each once; the unit of a generic word is the one at ``area``."""
    found: dict[str, Accused] = {}
    for match in _mentions(text):
        kind, depth = _kind(match["unit"])
        if len(area) < min(depth, 6):
            continue
        unit = next(
            (
                unit
                for length in (depth, 6, 4)
                if length <= len(area)
                and (unit := catalogue.unit_of_kind(kind, area[:length], on)) is not None
                # 镇政府 without a known town is not the county's government.
                and not (kind == "ZF" and length != depth)
            ),
            None,
        )
        if unit is not None and (unit.kind not in UTILITIES or match.re is _NOT_TO):
            span = Span(start=match.start(), end=match.end(), text=match.group())
            found.setdefault(unit.id, Accused(unit, span))
    return tuple(found.values())


def mentions_accusation(text: str) -> Span | None:
    """Give the first stretch that accuses some unit, even one that cannot be named."""
    match = next(iter(_mentions(text)), None)
    return Span(start=match.start(), end=match.end(), text=match.group()) if match else None


def superior(unit: Unit, catalogue: Catalogue, on: date) -> Unit | None:
    """Give the unit above: its parent in the table, if that one exists on the day."""
    parent = catalogue.units.get(unit.parent or "")
    return parent if parent is not None and parent.valid_on(on) else None


def without(units: Iterable[Unit], barred: frozenset[str]) -> tuple[Unit, ...]:
    """Leave out barred units."""
    return tuple(unit for unit in units if unit.id not in barred)


def _mentions(text: str) -> Iterable[re.Match[str]]:
    if not _UNIT.search(text):
        return
    for match in _ACCUSED.finditer(text):
        before = text[max(0, match.start() - 6) : match.start()]
        # "请城管局处理乱收费" asks the unit to act; it does not complain about it.
        if _ASKED.search(before) or _ASKED.search(match["gap"]):
            continue
        if match["conduct"] or not _OTHERS.search(match["gap"]):
            yield match
    yield from _AGAINST.finditer(text)
    if _NEGATION.search(text):
        yield from _NOT_TO.finditer(text)


def _kind(name: str) -> tuple[str, int]:
    for names, kind, depth in GENERIC:
        if name in names.split("|"):
            return kind, depth
    raise KeyError(name)
