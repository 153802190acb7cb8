"""``intake learn``: what corrections ask of the catalogue, from the desk to the clerk who closes it."""

from __future__ import annotations

import contextlib
import re

import sqlalchemy as sa
from cli_runner import Intake

from intake.bootstrap import Application
from intake.settings import load
from intake.store import requests
from intake.store.tables import request

ROWS = "工单编号,群众诉求,来电时间\n1,冠县清泉街道夜市摊贩占道经营挡住人行道,2026-03-02 08:30:00\n"


def corrected(intake: Intake) -> str:
    """A request whose unit was wrong, reassigned at the desk; gives its id."""
    assert intake("init").code == 0
    said = intake("import", intake.write("rows.csv", ROWS), "--source", "march", "--home", "3715")
    assert said.code == 0, said.all
    with (
        contextlib.chdir(intake.folder),
        Application(load(intake.folder / "intake.toml")) as app,
    ):
        with app.store.read() as connection:
            (one,) = connection.scalars(sa.select(request.c.id))
            stored = requests.get(connection, one)
        app.desk().reassign(
            one, version=stored.version, actor="li", why="此类归市场监管", lead="U371525-SJ"
        )
    return str(one)


def test_a_wrong_row_is_listed_with_its_evidence_until_it_is_closed(intake: Intake) -> None:
    one = corrected(intake)
    listed = intake("learn", "proposals")
    assert listed.code == 0, listed.all
    assert "kind:SJ@county" in listed.out
    assert one in listed.out
    number = re.match(r"(\d+):", listed.out)
    assert number
    assert "1 open proposals" in intake("learn", "status").out
    closed = intake("learn", "close", number[1], "--dismissed", "--why", "只此一件")
    assert closed.code == 0, closed.all
    assert "No correction asks" in intake("learn", "proposals").out
    again = intake("learn", "close", number[1], "--dismissed")
    assert again.code != 0
    assert "intake learn proposals" in again.err


def test_with_too_few_decisions_nothing_is_trained_and_the_reason_is_told(intake: Intake) -> None:
    corrected(intake)
    said = intake("learn", "run")
    assert said.code != 0
    assert "Nothing was trained" in said.err
    assert not list(intake.folder.glob("bundles/*"))
    assert "There is nothing to roll back" in intake("learn", "rollback").err
