"""``intake train`` and ``intake evaluate``: on any labels, and what they say of files that do not work."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import Intake, Said

LABELS = {
    "供水": ("停水", "水压低", "自来水发黄", "水管爆裂"),
    "工资": ("欠薪", "讨薪", "工资没发", "工钱拿不到"),
}
PLACES = ("楼下", "村口", "单位", "工地", "小区", "街边", "东门", "院里")


def table(folder: Path, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
    rows = [f"{p}{w},{label}" for label, words in LABELS.items() for w in words for p in PLACES]
    file = folder / name
    file.write_text("\n".join(["内容,分类", *rows]) + "\n", encoding=encoding)
    return file


def train(intake: Intake, data: Path, *more: str | Path) -> Said:
    return intake(
        "train", "--data", data, "--text", "内容", "--label", "分类", "--engine", "linear", *more
    )  # fmt: skip


@pytest.fixture
def bundle(intake: Intake, tmp_path: Path) -> Path:
    done = train(intake, table(tmp_path, encoding="gb18030"), "--out", tmp_path / "my-bundle")
    assert done.code == 0, done.err
    assert done.out.startswith("my-bundle@")
    assert "cross-validation" in done.err
    return tmp_path / "my-bundle"


def test_train_then_evaluate_then_try(intake: Intake, bundle: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    done = intake(
        "evaluate", "--model", bundle, "--data", table(tmp_path), "--report", report, "--json"
    )
    figures = json.loads(done.out)
    assert figures["accuracy"] == 1.0
    assert figures["texts"] == 64
    assert set(figures["by_class"]) == set(LABELS)
    assert set(figures["coverage"]) == {"95", "97", "99"}
    assert "| macro-F1 | 1.0000 |" in (report / "report.md").read_text(encoding="utf-8")
    assert (report / "confusion.svg").read_text(encoding="utf-8").startswith("<svg")
    said = intake("try", "classify", "--model", bundle, stdin='{"text": "家里停水三天"}'.encode())
    found = json.loads(said.out)
    assert found["top"][0]["category"] == "供水"
    assert any("水" in word for word in found["evidence"])


def test_a_dev_file_and_fasttext(intake: Intake, tmp_path: Path) -> None:
    done = intake(
        "train", "--data", table(tmp_path), "--dev", table(tmp_path, "dev.csv"), "--text", "内容",
        "--label", "分类", "--engine", "fasttext", "--models", "1", "--out", tmp_path / "b",
    )  # fmt: skip
    assert done.code == 0, done.err
    manifest = json.loads((tmp_path / "b" / "bundle.json").read_text(encoding="utf-8"))
    assert manifest["data"]["dev"] == "dev.csv"
    assert [part["kind"] for part in manifest["engines"]] == ["fasttext"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "rows.csv is empty"),
        ("内容,分类\n停水,供水\n没水,供水\n", "all 2 are of 供水"),
        ("正文,分类\n停水,供水\n", "no column 内容; it has 正文, 分类"),
        ("内容,分类\n,供水\n", "no row with text and label"),
    ],
    ids=["empty", "one-label", "column", "no-rows"],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    intake: Intake, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(content, encoding="utf-8")
    done = train(intake, file, "--out", tmp_path / "out")
    assert done.code == 1
    assert said in done.err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_other_things_is_not_written_into(intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("mine")
    done = train(intake, table(tmp_path), "--out", tmp_path / "home")
    assert done.code == 1
    assert "holds files that are no bundle" in done.err
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["letter.txt"]


def test_labels_that_the_bundle_does_not_know(intake: Intake, bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "strange.csv"
    file.write_text("内容,分类\n停水,水务\n", encoding="utf-8")
    done = intake("evaluate", "--model", bundle, "--data", file)
    assert done.code == 1
    assert "knows none of the file's labels (水务" in done.err


def test_without_scikit_learn_it_says_what_to_install(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    done = train(intake, table(tmp_path), "--out", tmp_path / "b")
    assert done.code == 1
    assert "Install citizen-intake[train]" in done.err


@pytest.mark.parametrize(
    ("engine", "missing"), [("linear", "scikit-learn"), ("fasttext", "fastText")]
)
def test_an_engine_that_is_asked_for_and_not_installed_is_named(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn" if engine == "linear" else "fasttext", None)
    done = train(intake, table(tmp_path), "--engine", engine, "--out", tmp_path / "b")
    assert done.code == 1
    assert f"The {engine} engine is fitted with {missing}" in done.err
    assert "Install citizen-intake[train]" in done.err
    assert not (tmp_path / "b").exists()


def test_the_best_is_of_the_engines_that_are_installed(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fasttext", None)
    done = train(intake, table(tmp_path), "--engine", "best", "--out", tmp_path / "b")
    assert done.code == 0, done.err
    assert "The fasttext engine is left out" in done.err
    manifest = json.loads((tmp_path / "b" / "bundle.json").read_text(encoding="utf-8"))
    assert [part["kind"] for part in manifest["engines"]] == ["linear"]
    monkeypatch.setitem(sys.modules, "sklearn", None)
    done = train(intake, table(tmp_path), "--engine", "best", "--out", tmp_path / "c")
    assert done.code == 1
    assert "Install citizen-intake[train]" in done.err


def test_deciding_needs_nothing_of_the_extra(tmp_path: Path) -> None:
    """In a process of its own, where neither package can be imported: the shipped bundle answers."""
    program = (
        "import sys; sys.modules['fasttext'] = sys.modules['sklearn'] = None; "
        "from intake.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "try", "route"],
        input='{"text": "小区停水三天了", "home_area": "371525"}',
        capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["category"]
