"""``user``, ``key`` and ``replay``: what an operator does by hand."""

from __future__ import annotations

import re

import pytest
from cli_runner import Intake

PASSWORD = "correct horse battery"
ROWS = "编号,标题,群众诉求\nA1,停水,东昌府区停水三天没有人管\nA2,路灯,路灯不亮,多出来的\n"


@pytest.fixture
def ready(intake: Intake) -> Intake:
    """With a settings file."""
    assert intake("init").code == 0
    return intake


def test_a_user_from_first_day_to_last(ready: Intake) -> None:
    added = ready("user", "add", "lin", "--password", PASSWORD, "--role", "desk", "--role", "lead")
    assert added.code == 0, added.all
    assert ready("user", "list").out.split() == ["lin", "desk,", "lead", "active"]
    assert ready("user", "password", "lin", "--password", PASSWORD + "!").code == 0
    link = ready("user", "link", "lin")
    assert re.fullmatch(r"http://127\.0\.0\.1:8060/link/[\w-]{30,}\n", link.out)
    assert ready("user", "link", "lin").out != link.out
    assert ready("user", "disable", "lin").code == 0
    assert "disabled" in ready("user", "list").out
    assert ready("user", "link", "lin").code == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("add", "lin", "--password", "short"), "fewer than 10"),
        (("add", "lin", "--password", PASSWORD, "--role", "king"), "Unknown role king"),
        (("password", "nobody", "--password", PASSWORD), "no user nobody"),
        (("disable", "nobody"), "no user nobody"),
        (("link", "nobody"), "no active user nobody"),
    ],
)
def test_what_is_refused_is_said(ready: Intake, command: tuple[str, ...], said: str) -> None:
    answer = ready("user", *command)
    assert answer.code == 1
    assert said in answer.err
    assert ready("user", "list").out == ""


def test_a_name_is_given_once(ready: Intake) -> None:
    ready("user", "add", "lin", "--password", PASSWORD)
    again = ready("user", "add", "lin", "--password", PASSWORD)
    assert again.code == 1
    assert "already a user lin" in again.err


def test_a_password_may_come_from_the_prompt(ready: Intake) -> None:
    typed = ready.ended("user", "add", "lin", stdin=f"{PASSWORD}\n{PASSWORD}\n".encode())
    assert typed.code == 0, typed.all
    assert PASSWORD not in typed.out
    assert ready.ended("user", "add", "kim", stdin=b"").code == 1


def test_a_key_is_made_once_and_only_for_its_owner(ready: Intake) -> None:
    made = ready("key", "new")
    path = ready.folder / "var" / "identity.key"
    assert made.code == 0
    assert path.stat().st_mode & 0o077 == 0
    key = path.read_text().strip()
    assert key not in made.all
    again = ready("key", "new")
    assert again.code == 1
    assert path.read_text().strip() == key
    assert key not in ready("doctor").all


def test_replay_lists_then_puts_back_what_was_asked_for(ready: Intake) -> None:
    ready.write("one.csv", ROWS)
    ready.write("two.csv", ROWS)
    for source in ("one", "two"):
        assert ready("import", f"{source}.csv", "--source", source).code == 0
    listed = ready("replay", "--dry-run").out.splitlines()
    assert [line.split()[1] for line in listed] == ["two", "one"]
    assert all("A2" in line and "[parse]" in line for line in listed)
    assert ready("replay", "--dry-run", "--source", "one").out.splitlines() == listed[1:]
    assert ready("replay", "--dry-run", "--stage", "attach").out == ""

    number = listed[0].split()[0]
    assert ready("replay", "--dry-run", "--item", number).out.splitlines() == listed[:1]
    assert ready("replay", "--item", number).out.startswith("1 items")
    assert ready("replay", "--item", number).out.startswith("0 items")
    assert ready("replay", "--dry-run").out.splitlines() == listed[1:]
    assert ready("replay", "--source", "one").out.startswith("1 items")
    assert ready("replay", "--dry-run").out == ""

    assert ready("process", "--once").code == 0
    back = ready("replay", "--dry-run").out.splitlines()
    assert [line.split()[:3] for line in back] == [line.split()[:3] for line in listed]


def test_errors_are_in_the_language_of_the_locale(
    ready: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_LANG", "zh_CN.UTF-8")
    chinese = ready("case", "show", "no-such")
    monkeypatch.setenv("INTAKE_LANG", "en")
    english = ready("case", "show", "no-such")
    assert "没有编号为no-such的并案或诉求。" in chinese.err
    assert "There is no case and no request no-such." in english.err
