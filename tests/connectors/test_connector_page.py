"""docs/connectors.md: its examples, as printed, run, keep the contract and satisfy a strict type checker."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from intake.connect.connector import installed, load

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "connectors.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.S)
PRINTED = ("my_package", "my_channel", "test_my_package")
"""The modules that the page prints, in its order; each imports all that it uses."""


def _printed() -> dict[str, types.ModuleType]:
    found = {}
    for name, block in zip(PRINTED, BLOCKS, strict=True):
        found[name] = sys.modules[name] = types.ModuleType(name)
        exec(compile(block, f"docs/connectors.md, {name}", "exec"), found[name].__dict__)
    return found


MODULES = _printed()
TestLetters = MODULES["test_my_package"].TestLetters


def test_the_channel_of_the_page_is_declared() -> None:
    channel = MODULES["my_channel"].WechatConnector.channel
    assert (channel, channel.zh) == ("wechat_mini", "微信小程序")


THREE_LINES = """
from intake.connect import Channel, Connector, ConnectorType, SourceConfig, SourceContext
from my_package import LettersConfig, LettersConnector
from intake.testing import ConnectorContract, ConsumerSuite

class Mine(LettersConnector):
    channel = Channel("wechat_mini", zh="微信小程序", en="WeChat mini program")

def connect(context: SourceContext) -> Connector:
    return Mine(LettersConfig(base_url="https://letters.example"), context)

kind: ConnectorType = Mine
"""


def test_a_strangers_connector_satisfies_a_strict_type_checker(tmp_path: Path) -> None:
    """Without our settings of the checker; what is installed brings its types (py.typed)."""
    for name, block in zip(PRINTED, BLOCKS, strict=True):
        (tmp_path / f"{name}.py").write_text(block, encoding="utf-8")
    (tmp_path / "three_lines.py").write_text(THREE_LINES, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(
        "from intake.connect import ConnectorType\nkind: ConnectorType = int\n", encoding="utf-8"
    )
    files = [f"{name}.py" for name in (*PRINTED, "three_lines", "wrong")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", *files],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(told) == 1, done.stdout + done.stderr
    assert told[0].startswith("wrong.py:2: error: Incompatible types in assignment")


@pytest.mark.parametrize("name", sorted(installed()))
def test_every_option_says_what_it_is(name: str) -> None:
    fields = load(name).Config.model_fields
    assert [option for option, field in fields.items() if not field.description] == []
