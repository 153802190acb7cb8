"""The sentences in which a decision explains itself to a person."""

from __future__ import annotations

from collections.abc import Iterable

from intake.areas.gazetteer import Gazetteer
from intake.catalogue import RuleFinding
from intake.catalogue.taxonomy import Taxonomy
from intake.decide.deadlines import Clocks
from intake.decide.dossier import Dossier, Draft

LEVEL_NAMES = {"town": "乡镇(街道)", "county": "县(市、区)", "city": "市"}
REJECTED = {
    "emergency": "紧急事项,立即转110/119/120/122",
    "legal_route": "告知法定途径",
    "no_service": "当地没有这项服务,解释答复",
}
SPECIFIC = ("优先级", "地区层级", "适用范围", "类别层级", "条件", "诉求类型")


WORTH_SAYING = 0.01


def name_category(draft: Draft, dossier: Dossier, taxonomy: Taxonomy) -> None:
    """Say what the matter is about, how sure that is, and what else it might be."""
    found = dossier.understanding.classification
    if found.category is None:
        draft.say("classify", "nothing", "没有可供分类的文字")
        return
    others = "、".join(
        f"{taxonomy.name(score.category)}{score.confidence:.0%}"
        for score in found.top
        if score.category != found.category and score.confidence >= WORTH_SAYING
    )
    draft.say(
        "classify",
        found.category,
        f"归类为{found.category}{taxonomy.name(found.category)}(把握{found.confidence:.0%})"
        + (f",其次{others}" if others else ""),
    )


def name_place(draft: Draft, dossier: Dossier, gazetteer: Gazetteer) -> None:
    """Say where the matter is, and which words say so."""
    found = dossier.understanding.location
    words = "、".join(dict.fromkeys(span.text for span in found.evidence))
    name = gazetteer.full_name(found.area) if found.area else "不明"
    source = f"依据文中“{words}”" if words else "文中没有地名,取自表单或来源属地"
    draft.say("locate", found.area or "none", f"地点:{name},{source}(把握{found.confidence:.0%})")
    if found.candidates:
        names = "、".join(candidate.name for candidate in found.candidates[:3])
        draft.say("locate", "ask", f"更具体的地点存疑,可能是{names},请向来件人核实")


def explain_rule(draft: Draft, finding: RuleFinding) -> None:
    """Say which rule won, whom it means here, and why the runner-up lost."""
    rule = finding.rule
    lost = "".join(
        f";{loser.id}次之({why_lost(rule.specificity, loser.specificity)})"
        for loser in finding.losers[:1]
    )
    basis = f"规则{rule.id}({rule.note or rule.basis})"
    if finding.rejected:
        draft.say("catalogue", "rejected", f"{basis}:{REJECTED.get(finding.rejected, '不予受理')}")
    elif finding.lead is None:
        draft.say("catalogue", "missing", f"{basis}:{finding.missing}")
    else:
        co = f",协办{'、'.join(u.name for u in finding.co)}" if finding.co else ""
        raised = ",本级没有该类单位,由上一级承办" if finding.raised else ""
        draft.say("catalogue", rule.id, f"{basis}:{finding.lead.name}主办{co}{raised}{lost}")
    if finding.via:
        names = "、".join(unit.name for unit in finding.via)
        draft.say("catalogue", "via", f"经{names}传办,该单位不是承办单位")


def explain_clocks(draft: Draft, clocks: Clocks) -> None:
    """Say which deadlines count, and what of them is assumed or may still move."""
    draft.say("lane", clocks.profile.profile, clocks.said)
    if clocks.deadlines.provisional:
        draft.say("lane", "provisional", "节假日安排尚未公布,期限为暂定")


def why_lost(won: Iterable[int], lost: Iterable[int]) -> str:
    """Name the first point of specificity in which a rule fell behind."""
    for name, ours, theirs in zip(SPECIFIC, won, lost, strict=True):
        if ours != theirs:
            return f"{name}较低"
    return "同级,按编号"
