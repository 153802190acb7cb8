"""``intake case``: show, merge, split, apart, undo, history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake.bootstrap import Application
from intake.cli.startup import acting, application
from intake.errors import Refused
from intake.model.zone import CHINA
from intake.store import case_changes, requests
from intake.store.case_changes import CaseChange
from intake.store.case_facts import case_facts
from intake.store.engine import Connection

SHOWN = 200


def show(which: str, config: Path | None, as_json: bool) -> None:
    """``intake case show``."""
    with application(config) as app, app.store.read() as connection:
        found = _described(connection, which)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    merged = f", also {', '.join(found['former_ids'])}" if found["former_ids"] else ""
    typer.echo(
        f"case {found['case']} (version {found['version']}{merged}): {found['requests']} requests of "
        f"{found['people']} people, one of them {found['repeats']} times"
    )
    _table(
        ("request", "how it relates"),
        [
            [
                f"{m['id']}\n{_local(datetime.fromisoformat(m['received_at']))}\n"
                + " · ".join(filter(None, (m["channel"], m["state"], m["lane"]))),
                "\n".join(
                    f"{r['kind']} of {r['of'][:8]}: {'; '.join(r['why'])}" for r in m["relations"]
                ),
            ]
            for m in found["members"]
        ],
        wide=1,
    )
    if found["requests"] > len(found["members"]):
        typer.echo(f"… the first {len(found['members'])} are listed")


def merge(
    cases: list[str],
    into: str,
    why: str,
    config: Path | None,
    seen: list[str] | None,
    actor: str | None,
    as_json: bool,
) -> None:
    """``intake case merge``."""
    with application(config) as app:
        done = app.cases().merge(
            cases, into, actor=acting(actor), why=why, versions=_versions(seen)
        )
        _say(done, as_json, f"{done.moved} requests are in case {_now(app, into)} now")


def split(
    request: list[str],
    why: str,
    config: Path | None,
    seen: list[str] | None,
    actor: str | None,
    as_json: bool,
) -> None:
    """``intake case split``."""
    with application(config) as app:
        done, new = app.cases().split(
            request, actor=acting(actor), why=why, versions=_versions(seen)
        )
        _say(done, as_json, f"{done.moved} requests are in the new case {new}", case=new)


def apart(
    request: str, other: str, why: str, config: Path | None, actor: str | None, as_json: bool
) -> None:
    """``intake case apart``."""
    with application(config) as app:
        done = app.cases().keep_apart(request, other, actor=acting(actor), why=why)
        _say(done, as_json, "they are kept apart")


def undo(change: int, why: str, config: Path | None, actor: str | None, as_json: bool) -> None:
    """``intake case undo``."""
    with application(config) as app:
        done = app.cases().undo(change, actor=acting(actor), why=why)
        _say(done, as_json, f"{done.moved} requests are back, change {change} is undone")


def history(which: str | None, config: Path | None, limit: int, as_json: bool) -> None:
    """``intake case history``."""
    with application(config) as app, app.store.read() as connection:
        case = case_changes.resolve(connection, which) if which else None
        found = case_changes.history(connection, case, limit)
    if as_json:
        typer.echo(json.dumps([_as_json(change) for change in found], ensure_ascii=False))
        return
    if not found:
        typer.echo("Nobody has changed a case yet.")
        return
    _table(
        ("change", "what and why", "cases"),
        [
            [
                str(c.id),
                f"{_what(c)}, {c.moved} requests\n{_local(c.changed_at)}, {c.changed_by}\n{c.why}",
                "\n".join(c.cases),
            ]
            for c in found
        ],
        wide=1,
    )


def _described(connection: Connection, which: str) -> dict[str, Any]:
    case = case_changes.resolve(connection, which)
    facts = case_facts(connection, [case], ())[case]
    members = requests.in_case(connection, case, SHOWN)
    ids = [member.request.id for member in members]
    decisions = requests.current_decisions(connection, ids)
    return {
        "case": case,
        "version": case_changes.version(connection, case),
        "former_ids": case_changes.former_ids(connection, case),
        "requests": len(case_changes.member_ids(connection, case)),
        "people": facts.people,
        "repeats": facts.repeats,
        "members": [
            {
                "id": member.request.id,
                "received_at": member.request.received_at.isoformat(),
                "channel": member.request.channel,
                "state": member.state.value,
                "lane": decisions[one].lane.value if one in decisions else None,
                "relations": [
                    relation.model_dump(mode="json")
                    for relation in requests.relations(connection, one)
                ],
            }
            for one, member in zip(ids, members, strict=True)
        ],
    }


def _versions(seen: Sequence[str] | None) -> dict[str, int]:
    found = {}
    for given in seen or ():
        case, _, number = given.partition("=")
        if not number.isdigit():
            raise Refused(
                f"--seen {given} is not CASE=VERSION.", hint="intake case show says both."
            )
        found[case] = int(number)
    return found


def _now(app: Application, which: str) -> str:
    with app.store.read() as connection:
        return case_changes.resolve(connection, which)


def _say(change: CaseChange, as_json: bool, words: str, **more: str) -> None:
    if as_json:
        typer.echo(json.dumps({**_as_json(change), **more}, ensure_ascii=False))
    else:
        typer.echo(f"change {change.id}: {words}. To undo: intake case undo {change.id} --why …")


def _as_json(change: CaseChange) -> dict[str, Any]:
    return {
        "change": change.id,
        "kind": change.kind.value,
        "at": change.changed_at.isoformat(),
        "by": change.changed_by,
        "why": change.why,
        "cases": list(change.cases),
        "requests": change.moved,
        "undoes": change.undoes,
        "undone_by": change.undone_by,
    }


def _what(change: CaseChange) -> str:
    if change.undoes is not None:
        return f"undo of {change.undoes}"
    undone = f" (undone by {change.undone_by})" if change.undone_by is not None else ""
    return f"{change.kind.value}{undone}"


def _local(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], wide: int) -> None:
    """Print a table in which column ``wide`` takes what is left; ids stay whole, to be copied."""
    table = Table(show_lines=True, expand=True)
    for number, column in enumerate(columns):
        table.add_column(
            column, overflow="fold", no_wrap=number != wide, ratio=1 if number == wide else None
        )
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
