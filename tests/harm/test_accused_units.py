"""No unit of the tables gets, or hears of, a request that accuses it: every unit, however it is accused.

The phrasings stand in TSV files beside this one; to measure with others, put them there.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from catalogue_world import TODAY, dossier, gazetteer, shipped

from intake.catalogue import ANY, Unit
from intake.catalogue.unit_names import UnitNames
from intake.model.decision import Decision, HoldReason, Outcome
from intake.model.submission import MatterType
from intake.understand.accused import accused_in

HERE = Path(__file__).parent
RECOGNISED = 0.99
MISTAKEN = 0.02
DECIDED = 5
"""Phrasings a unit that are decided, too; all are read. Every phrasing is decided for some units."""


@cache
def phrasings(name: str) -> tuple[str, ...]:
    with (HERE / f"{name}_phrasings.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(row["text"] for row in csv.DictReader(file, delimiter="\t"))


@cache
def names() -> UnitNames:
    return UnitNames.of(shipped().catalogue, gazetteer())


@cache
def units() -> tuple[Unit, ...]:
    return tuple(u for u in shipped().catalogue.units.values() if u.valid_on(TODAY))


@cache
def category_of(kind: str) -> str:
    """A category whose rules make a unit of this kind the handler; any where none does."""
    return next(
        (
            rule.category
            for rule in shipped().catalogue.rules
            if rule.category != ANY
            and len(rule.category) == 4
            and not rule.condition
            and rule.handler.name == kind
        ),
        "0302",
    )


def decided(unit: Unit, text: str, matter_type: MatterType | None = None) -> Decision:
    router = shipped()
    known = dossier(
        router, text, category=category_of(unit.kind), area=unit.area, home=unit.area[:4],
        matter_type=matter_type,
    )  # fmt: skip
    return router.decide(known, version=1, at=known.received_at)


def recipients(decision: Decision) -> tuple[str | None, ...]:
    return (decision.lead, *decision.co, *decision.informed, *decision.via)


def misses(texts: tuple[str, ...], *, accused: bool) -> Counter[str]:
    """How often each phrasing is read wrongly, over all units."""
    wrong: Counter[str] = Counter()
    for unit in units():
        for text in texts:
            found = accused_in([text.format(unit=unit.name)], names(), unit.area, TODAY)
            wrong[text] += (unit.id in found) != accused
    return wrong


def test_there_are_phrasings_enough() -> None:
    assert len(phrasings("accusing")) >= 20
    assert len(phrasings("neutral")) >= 10
    assert len(units()) > 2_700


def test_every_unit_is_recognised_as_accused_however_it_is_said() -> None:
    wrong = misses(phrasings("accusing"), accused=True)
    assert {text: n for text, n in wrong.items() if n > (1 - RECOGNISED) * len(units())} == {}


def test_what_accuses_nobody_is_not_taken_for_an_accusation() -> None:
    wrong = misses(phrasings("neutral"), accused=False)
    assert {text: n for text, n in wrong.items() if n > MISTAKEN * len(units())} == {}


def test_no_accused_unit_has_any_part_in_the_decision() -> None:
    texts, reached = phrasings("accusing"), []
    for number, unit in enumerate(units()):
        for step in range(DECIDED):
            text = texts[(number + step * 7) % len(texts)].format(unit=unit.name)
            if unit.id in recipients(decided(unit, text)):
                reached.append(text)
    assert reached == []


def test_a_report_against_a_unit_reaches_it_in_no_way_either() -> None:
    text = "举报{unit}领导弄虚作假"
    reached = [
        unit.name
        for unit in units()
        if unit.id in recipients(decided(unit, text.format(unit=unit.name), MatterType.REPORT))
    ]
    assert reached == []


def test_a_unit_that_is_only_asked_still_leads() -> None:
    """The same test sees units lead when nobody accuses them, so it can fail."""
    asked = [decided(unit, f"请{unit.name}尽快派人来看一看").lead == unit.id for unit in units()]
    assert sum(asked) > 1_500


def test_the_federation_that_does_nothing_is_not_sent_the_complaint_about_itself() -> None:
    router, text = shipped(), "冠县残疾人联合会不作为,残疾证迟迟不发"
    known = dossier(router, text, category="1304", area="371525", home="3715")
    decision = router.decide(known, version=1, at=known.received_at)
    assert "U371525-CL" not in recipients(decision)
    assert decision.lead is not None


@pytest.mark.parametrize(
    ("text", "area", "barred", "lead"),
    [
        # A level that is named is the level accused; who is under the accused does not judge it.
        ("聊城市城管局不作为,占道摆摊没人管", "371525", "U3715-CG", "U3715-ZF"),
        ("市城管局推诿扯皮", "371525", "U3715-CG", "U3715-ZF"),
        ("县城管局推诿扯皮", "371525", "U371525-CG", "U3715-CG"),
        ("城管局推诿扯皮", "371525", "U371525-CG", "U3715-CG"),
        ("城管的人态度恶劣", "371525", "U371525-CG", "U3715-CG"),
        # A station lies below its bureau, which may look into it.
        ("派出所不作为,门口夜市占道", "371525", "", "U371525-CG"),
    ],
)
def test_the_level_that_is_named_is_the_level_accused(
    text: str, area: str, barred: str, lead: str
) -> None:
    router = shipped()
    known = dossier(router, text, category="0302", area=area, home=area[:4])
    decision = router.decide(known, version=1, at=known.received_at)
    assert decision.lead == lead
    assert barred not in recipients(decision)


@pytest.mark.parametrize(
    "office",
    ["组织部的人", "纪委", "法院", "信访局", "医院工作人员", "学校", "村委会", "居委会", "12345",
     "网信办", "审计局", "管委会", "村支书"],
)  # fmt: skip
@pytest.mark.parametrize("blame", ["推诿扯皮", "敷衍了事,打官腔", "收红包才办事"])
def test_an_office_without_a_unit_is_heard_and_the_request_waits(office: str, blame: str) -> None:
    """Or it has a unit (组织部, 纪委, 12345), which then has no part in it."""
    router = shipped()
    known = dossier(router, f"{office}{blame}", category="0302", area="371525", home="3715")
    assert known.understanding.accusations
    decision = router.decide(known, version=1, at=known.received_at)
    assert not {"U371525-ZZ", "U371525-JW", "U3715-HOT"} & set(recipients(decision))
    if office not in ("组织部的人", "纪委", "12345"):
        assert decision.outcome is Outcome.HOLD
        assert decision.hold in (HoldReason.ACCUSATION, HoldReason.LEGAL_ROUTE)
