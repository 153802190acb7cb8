"""``intake catalogue explain``: who handles a matter, and why nobody else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.text import Text

from intake.catalogue import Catalogue, Query, Rule, RuleFinding
from intake.cli.catalogue.sources import Workshop, area_code, category_code, day
from intake.connect.channels import declared_channel
from intake.errors import ConfigurationError, NotFound
from intake.messages import EN
from intake.model.decision import Decision
from intake.model.submission import MatterType
from intake.model.zone import CHINA
from intake.store import requests

Word = TypeVar("Word", bound=StrEnum)
RESPECTS = ("priority", "area", "scope", "category", "condition", "matter type")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the catalogue it is put to, and the decision it comes from."""

    query: Query
    what: str | None
    decision: Decision | None = None


def explain(
    config: Path | None,
    area: str | None,
    category: str | None,
    date: str | None,
    matter_type: str | None,
    tag: list[str] | None,
    channel: str | None,
    request: str | None,
    version: str | None,
    as_json: bool,
) -> None:
    """``intake catalogue explain``."""
    with Workshop(config) as shop:
        if request is not None:
            question = _of_request(shop, request, version)
        elif area is not None and category is not None:
            query = Query(
                area_code(shop.gazetteer(), area),
                category_code(shop.taxonomy(), category),
                _one_of(MatterType, matter_type, "--type"),
                frozenset(f"tag={name}" for name in tag or ()),
                day(date, shop.today),
                channel and declared_channel(channel),
            )
            question = Question(query, version)
        else:
            raise ConfigurationError(
                "Nothing to explain.", hint="Give --area and --category, or --request."
            )
        answer = _answer(shop, question)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _print(answer)


def _one_of(words: type[Word], given: str | None, option: str) -> Word | None:
    """Return the word that was typed; with another one the command is not understood."""
    if given is None:
        return None
    if given not in list(words):
        raise typer.BadParameter(f"{given!r} is not one of {', '.join(words)}.", param_hint=option)
    return words(given)


def _of_request(shop: Workshop, request: str, version: str | None) -> Question:
    with shop.store.read() as connection:
        stored = requests.get(connection, request).request
        decision = requests.current_decisions(connection, [request]).get(request)
    if decision is None or decision.category is None or decision.area is None:
        raise NotFound(
            f"Request {request} was not looked up in a catalogue: no category or place.",
            hint="Its page at the desk shows every reason.",
        )
    query = Query(
        decision.area,
        decision.category,
        decision.matter_type,
        frozenset(f"tag={name}" for name in decision.tags),
        stored.received_at.astimezone(CHINA).date(),
        stored.channel,
    )
    return Question(query, version or decision.versions.catalogue, decision)


def _answer(shop: Workshop, question: Question) -> dict[str, Any]:
    query, decision = question.query, question.decision
    answer = _looked_up(Catalogue(shop.tables(question.what, query.on)), query)
    answer["area"] = shop.gazetteer().full_name(query.area)
    answer["category"] = f"{query.category} {shop.taxonomy().name(query.category)}"
    if decision is not None:
        answer["decided"] = {
            "at": decision.decided_at.isoformat(),
            "by": decision.decided_by,
            "lead": decision.lead,
            "reasons": [reason.text for reason in decision.reasons],
        }
    return answer


def _looked_up(catalogue: Catalogue, query: Query) -> dict[str, Any]:
    found, applying = catalogue.look_up(query), catalogue.applying(query)
    lines = {rule.id: line for line, rule in catalogue.tables.rules}
    won = applying[0] if applying else None
    answer: dict[str, Any] = {
        "version": catalogue.version,
        "on": str(query.on),
        "area_code": query.area,
        "rule": _told(won, lines) if won else None,
        "lead": None,
        "co": [],
        "via": [],
        "rejected": None,
        "missing": "no rule applies" if found is None else found.why_missing(EN),
        "raised": bool(found and found.raised),
        "losers": [
            {
                **_told(rule, lines),
                "why": _why_lost(won, rule),
                "would_be": _means(catalogue, rule, query),
            }
            for rule in applying[1:]
            if won is not None
        ],
        "not_applying": [
            {**_told(rule, lines), "why": why} for rule, why in catalogue.passed_over(query)
        ],
    }
    if found is not None:
        answer |= {
            "lead": _unit(found.lead) if found.lead else None,
            "co": [_unit(unit) for unit in found.co],
            "via": [_unit(unit) for unit in found.via],
            "rejected": found.rejected,
        }
    return answer


def _unit(unit: Any) -> str:
    return f"{unit.name} {unit.id}"


def _told(rule: Rule, lines: dict[str, int]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "line": lines[rule.id],
        "handler": str(rule.handler),
        "basis": rule.basis,
        "note": rule.note,
    }


def _why_lost(won: Rule | None, lost: Rule) -> str:
    if won is None:
        return ""
    for name, ours, theirs in zip(RESPECTS, won.specificity, lost.specificity, strict=True):
        if ours != theirs:
            return (
                f"{won.id} has the more specific {name}"
                if name != "priority"
                else (f"{won.id} has the higher priority ({ours} against {theirs})")
            )
    return f"equal; the order of ids puts {won.id} first"


def _means(catalogue: Catalogue, rule: Rule, query: Query) -> str:
    if rule.handler.form == "reject":
        return str(rule.handler)
    unit, missing, _ = catalogue.resolve(rule.handler, query.area, query.on)
    return _unit(unit) if unit else RuleFinding(rule, None, missing=missing).why_missing(EN)


def _print(answer: dict[str, Any]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(
        Text(
            f"{answer['area']} ({answer['area_code']}), {answer['category']}, on {answer['on']}",
            "bold",
        )
    )
    console.print(Text(answer["version"], "dim"))
    if decided := answer.get("decided"):
        console.print(f"decided  {decided['at']} by {decided['by']}: {decided['lead'] or 'nobody'}")
        for reason in decided["reasons"]:
            console.print(Text(f"         {reason}", "dim"))
    rule = answer["rule"]
    if rule is None:
        console.print(Text("no rule applies: the request would be held for the desk", "red"))
    else:
        who = answer["lead"] or (
            f"nobody: {answer['rejected']}"
            if answer["rejected"]
            else f"nobody: {answer['missing']}"
        )
        raised = " (the next higher unit stands in)" if answer["raised"] else ""
        console.print(
            Text.assemble(
                ("wins     ", "green"), f"{rule['id']} line {rule['line']}: {who}{raised}"
            )
        )
        for name in ("co", "via"):
            if answer[name]:
                console.print(f"{name:8} {', '.join(answer[name])}")
        if said := "; ".join(text for text in (rule["note"], rule["basis"]) if text):
            console.print(Text(f"         {said}", "dim"))
    for loser in answer["losers"]:
        console.print(
            f"loses    {loser['id']} line {loser['line']}: {loser['would_be']}; {loser['why']}"
        )
    for other in answer["not_applying"]:
        console.print(
            Text(
                f"not      {other['id']} line {other['line']}: {other['handler']}; {other['why']}",
                "dim",
            )
        )
