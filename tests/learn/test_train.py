"""Fitting on a tiny set: it learns, repeats itself, and says what is wrong."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake.errors import ConfigurationError
from intake.learn.build import build_bundle
from intake.learn.evaluate import evaluate, worse_categories
from intake.learn.example import Example, cut, fold_of
from intake.learn.fit import TrainingSettings, fit
from intake.learn.fit_fasttext import FastTextSettings
from intake.learn.fit_linear import LinearSettings
from intake.learn.tune import tune
from intake.understand.classify import BundleClassifier, load_bundle
from intake.understand.classify.features import Reading
from intake.understand.classify.manifest import Kind

SMALL = TrainingSettings(
    fasttext=FastTextSettings(models=2, dimension=8, least_count=1, epochs=40, support=1),
    linear=LinearSettings(least_texts=1),
)
WATER = ("停水", "水压低", "自来水发黄", "水管爆裂", "水费贵", "水表坏", "水厂停水", "水质差")
PAY = ("拖欠工资", "讨薪", "工资没发", "欠薪", "克扣工资", "工钱拿不到", "农民工工资", "发工资")
PLACES = ("楼下", "村口", "单位", "工地", "小区", "街边")


def examples() -> list[Example]:
    return [
        Example(code=code, text=f"{place}{phrase}{number}")
        for code, phrases in (("0401", WATER), ("1201", PAY))
        for number, place in enumerate(PLACES)
        for phrase in phrases
    ]


def build(
    out: Path, learned: list[Example], settings: TrainingSettings = SMALL, **more: Any
) -> BundleClassifier:
    return build_bundle(
        out,
        learned,
        judged={"written": 1.0},
        name="tiny",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        settings=settings,
        data={},
        folds=2,
        **more,
    )


def only(kind: Kind) -> TrainingSettings:
    return SMALL.model_copy(update={"engines": (kind,)})


@pytest.mark.parametrize("settings", [SMALL, only("fasttext"), only("linear")], ids=str)
def test_learns_repeats_and_survives_loading(tmp_path: Path, settings: TrainingSettings) -> None:
    made = [build(tmp_path / name, examples(), settings) for name in ("one", "two")]
    assert made[0].version == made[1].version
    loaded = load_bundle(tmp_path / "one")
    assert loaded.classify("", "家里停水").top[0].category == "0401"
    assert loaded.classify("", "老板欠薪").top[0].category == "1201"
    assert {part.kind for part in loaded.manifest.engines} <= set(settings.engines)
    held_out = loaded.manifest.metrics["held_out"]
    assert held_out["texts"] == len(examples())
    assert held_out["accuracy"] > 0.9
    assert set(loaded.manifest.metrics["alone"]) == set(settings.engines)


def test_a_new_bundle_leaves_nothing_of_the_old_one(tmp_path: Path) -> None:
    build(tmp_path, examples(), only("linear"))
    build(tmp_path, examples(), only("fasttext"))
    assert {file.name for file in tmp_path.iterdir()} == {"bundle.json", "fasttext.npz"}


def test_labels_may_be_anything(tmp_path: Path) -> None:
    names = {"0401": "供水 与 水务", "1201": "工资|欠薪"}
    named = [example.model_copy(update={"code": names[example.code]}) for example in examples()]
    bundle = build(tmp_path, named)
    found = bundle.classify("", "家里停水")
    assert found.top[0].category == "供水 与 水务"
    assert bundle.manifest.parents == ()
    assert bundle.explain("", "家里停水", "供水 与 水务")


def test_a_dev_set_calibrates_and_is_not_learned_from(tmp_path: Path) -> None:
    # Learned from, these would teach that 锅炉 is 0401.
    dev = [Example(code="0401", text=f"锅炉{place}", origin="dev") for place in PLACES * 5]
    asked = [example.model_copy(update={"origin": "dev"}) for example in examples()]
    with_dev = build(tmp_path / "dev", examples(), dev=[*asked, *dev])
    assert with_dev.manifest.metrics["held_out"]["texts"] == len(asked) + len(dev)
    assert not with_dev.explain("", "锅炉", "0401")


def test_a_dev_set_with_other_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="dev file"):
        build(tmp_path, examples(), dev=[Example(code="供水", text="停水", origin="dev")])
    assert not (tmp_path / "bundle.json").exists()


@pytest.mark.parametrize("kind", ["fasttext", "linear"])
def test_another_seed_is_another_model(tmp_path: Path, kind: Kind) -> None:
    digests = set()
    corpus = cut(examples(), SMALL.reading)
    for seed in (1, 2):
        settings = SMALL.model_copy(update={"seed": seed})
        folder = tmp_path / str(seed)
        folder.mkdir()
        fitted = fit(kind, corpus, ("0401", "1201"), folder, settings)
        digests.add(hashlib.sha256(fitted.file.read_bytes()).hexdigest())
    assert len(digests) == 2


@pytest.mark.parametrize("few", [[], [Example(code="0401", text="停水")]])
def test_one_category_is_nothing_to_learn(tmp_path: Path, few: list[Example]) -> None:
    with pytest.raises(ConfigurationError, match="at least two categories"):
        build(tmp_path, few)


def test_a_fit_that_runs_away_is_an_error_and_leaves_no_bundle(tmp_path: Path) -> None:
    wild = SMALL.fasttext.model_copy(update={"rate": 1e30, "spread": 1e30})
    settings = only("fasttext").model_copy(update={"fasttext": wild})
    with pytest.raises(ConfigurationError, match=r"Training failed .*(finite|NaN)"):
        build(tmp_path, examples(), settings)
    assert not list(tmp_path.iterdir())


def test_a_crash_of_fasttext_is_an_error_that_names_the_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies = tmp_path / "python"
    dies.write_text("#!/bin/sh\nkill -SEGV $$\n")
    dies.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dies))
    with pytest.raises(ConfigurationError, match=r"crashed while training .SIGSEGV"):
        build(tmp_path / "bundle", examples(), only("fasttext"))


def test_without_scikit_learn_the_linear_engine_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ConfigurationError, match=r"citizen-intake\[train\]"):
        build(tmp_path, examples(), only("linear"))
    assert build(tmp_path, examples(), only("fasttext")).classify("", "停水").top


def test_tuning_keeps_what_helps_and_stops_in_time() -> None:
    # The same characters in another order: only runs of two tell them apart.
    told_by_order = [
        Example(code=code, text=f"{place}{number}{phrase}")
        for code, phrase in (("a", "停水"), ("b", "水停"))
        for place in PLACES
        for number in range(20)
    ]
    blind = only("linear").model_copy(update={"reading": Reading(longest=1, words=False)})
    ticks = iter(range(1000))
    found = tune(told_by_order, blind, 30, clock=lambda: next(ticks))
    assert found.reading.longest > 1 or found.reading.words
    assert found.engines == ("linear",)
    news: list[str] = []
    assert tune(told_by_order, blind, 0, tell=news.append) == blind
    assert news[-1].endswith("budget is used up")


def test_equal_beginnings_share_a_fold() -> None:
    start = "楼下自来水管爆裂三天物业不修自来水公司推诿"
    folds = {fold_of(Example(code="0401", text=f"{start}{end}"), 5) for end in ("甲", "乙", "丙")}
    assert len(folds) == 1
    assert {fold_of(example, 5) for example in examples()} == set(range(5))


def test_promotion_compares_category_by_category(tmp_path: Path) -> None:
    swap = {"0401": "1201", "1201": "0401"}
    swapped = [example.model_copy(update={"code": swap[example.code]}) for example in examples()]
    scores = [
        evaluate(build(tmp_path / name, learned, only("linear")), examples())
        for name, learned in (("right", examples()), ("wrong", swapped))
    ]
    assert scores[0].leaf > 0.9 > 0.1 > scores[1].leaf
    assert worse_categories(*scores) == ["0401", "1201"]
    assert worse_categories(scores[1], scores[0]) == []
