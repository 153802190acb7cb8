"""``init``, ``doctor``, ``migrate`` and what is said about settings that cannot work."""

from __future__ import annotations

import json
import re

import pytest
from cli_runner import Intake, Said

SECRETS = {
    "store": '[store]\nurl = "postgresql+psycopg://someone:hush-hush-7@127.0.0.1:1/intake"\n',
    "queue": '[queue]\nurl = "amqp://someone:hush-hush-7@127.0.0.1:1//"\nconfirm_timeout = 0.2\n',
    "scheme": '[queue]\nurl = "redis://someone:hush-hush-7@127.0.0.1:1//"\n',
    "url": '[store]\nurl = "hush-hush-7"\n',
    "option": '[[source]]\nname = "a"\nconnector = "hotline"\n'
    '[source.options]\nbase_url = "https://a.example"\ntoken = "hush-hush-7"\nextra = "hush-hush-7"\n',
    "system": '[desk.systems.ticket]\ntoken = "hush-hush-7"\nunits = 7\n',
}


def test_init_writes_settings_that_doctor_accepts(intake: Intake) -> None:
    made = intake("init")
    assert made.code == 0
    assert "intake doctor" in made.out
    examined = intake("doctor", "--json")
    assert examined.code == 0, examined.all
    found = {check["what"]: check for check in json.loads(examined.out)}
    assert found["store"]["level"] == found["queue"]["level"] == "ok"
    assert found["sources"]["level"] == "warning"
    assert "[[source]]" in found["sources"]["do"]
    table = intake("doctor")
    assert table.code == 0
    assert "Add a [[source]] table" in table.out


def test_init_never_overwrites(intake: Intake) -> None:
    path = intake.write("intake.toml", "# mine\n")
    again = intake("init")
    assert again.code == 1
    assert "left as it is" in again.err
    assert path.read_text() == "# mine\n"
    assert intake("init", "other.toml").code == 0


@pytest.mark.parametrize("command", ["run", "doctor", "migrate", "pull", "replay"])
def test_without_settings_it_is_said_how_to_get_some(intake: Intake, command: str) -> None:
    said = intake(command)
    assert said.code == 1
    assert "intake init" in said.err
    assert "intake run --demo" in said.err
    assert list(intake.folder.iterdir()) == []


def test_a_settings_file_that_is_not_there_is_named(intake: Intake) -> None:
    said = intake("doctor", "--config", "absent.toml")
    assert said.code == 1
    assert "absent.toml" in said.err


def test_settings_without_a_source_cannot_run(intake: Intake) -> None:
    intake("init")
    said = intake("run", "--once")
    assert said.code == 1
    assert "[[source]]" in said.err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[store]\nulr = "x"\n', "store.ulr"),
        ('[[source]]\nname = "a"\nconnector = "hotline"\nintervall = 5\n', "source.0.intervall"),
        ("[desk]\nport = 700000\n", "desk.port"),
        ('directory = "/"\n', "directory"),
        ("[store\n", "line 1"),
    ],
)
def test_a_wrong_setting_is_named(intake: Intake, text: str, named: str) -> None:
    intake.write("intake.toml", text)
    said = intake("doctor")
    assert said.code == 1
    assert named in said.err
    _in_sentences(said)


def test_two_sources_of_one_name_are_refused(intake: Intake) -> None:
    intake.write("intake.toml", '[[source]]\nname = "a"\nconnector = "folder"\n' * 2)
    said = intake("doctor")
    assert said.code == 1
    assert "two sources are named a" in said.err


def test_the_environment_wins_over_the_file(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake("init")
    monkeypatch.setenv("INTAKE_STORE__URL", "sqlite:///elsewhere.db")
    assert intake("migrate").code == 0
    assert (intake.folder / "elsewhere.db").exists()
    assert not (intake.folder / "var" / "intake.db").exists()


@pytest.mark.parametrize("where", sorted(SECRETS))
@pytest.mark.parametrize("style", ["--json", "table"])
def test_secrets_are_never_printed(intake: Intake, where: str, style: str) -> None:
    intake.write("intake.toml", SECRETS[where])
    said = intake("doctor", *([style] if style == "--json" else []))
    assert said.code == 1, said.all
    assert "hush-hush-7" not in said.all
    assert "someone" not in said.all
    _in_sentences(said)


def test_doctor_names_the_queue_that_is_down_and_goes_on(intake: Intake) -> None:
    intake.write("intake.toml", SECRETS["queue"])
    said = intake("doctor", "--json")
    found = {check["what"]: check for check in json.loads(said.out)}
    assert said.code == 1
    assert found["queue"]["level"] == "error"
    assert "broker" in found["queue"]["do"]
    assert found["store"]["level"] == "ok"


def test_doctor_names_the_store_that_is_down_and_goes_on(intake: Intake) -> None:
    intake.write("intake.toml", SECRETS["store"])
    said = intake("doctor", "--json")
    found = {check["what"]: check for check in json.loads(said.out)}
    assert said.code == 1
    assert found["store"]["level"] == "error"
    assert "database" in found["store"]["do"]
    assert found["queue"]["level"] == "ok"


def test_migrate_makes_the_tables_and_may_be_repeated(intake: Intake) -> None:
    intake("init")
    for _ in range(2):
        said = intake("migrate")
        assert said.code == 0
        assert "up to date" in said.out
    assert (intake.folder / "var" / "intake.db").stat().st_size > 0


def test_version_and_help_answer_as_a_program(intake: Intake) -> None:
    said = intake.ended("--version")
    assert said.code == 0
    assert re.fullmatch(r"citizen-intake \d+\.\d+\.\d+\n", said.out)
    assert intake("--help").code == 0
    unknown = intake("rum")
    assert unknown.code == 2


def _in_sentences(said: Said) -> None:
    assert "Traceback" not in said.all
    assert "pydantic" not in said.all
