"""Fitting on a tiny set: it learns, repeats itself, and says what is wrong."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.errors import ConfigurationError
from intake.learn.bundle import build_bundle
from intake.learn.evaluate import evaluate, worse_categories
from intake.learn.example import Example, fold_of, training_lines
from intake.learn.train import TrainingSettings, train
from intake.route.classify import load_bundle

SMALL = TrainingSettings(dimension=8, least_count=1, epochs=40, support=1)
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


def test_learns_repeats_and_survives_loading(tmp_path: Path) -> None:
    made = [
        build_bundle(
            tmp_path / name,
            examples(),
            judged={"written": 1.0},
            name="tiny",
            created=datetime(2026, 1, 1, tzinfo=UTC),
            settings=SMALL,
            data={},
            folds=2,
        )
        for name in ("one", "two")
    ]
    assert made[0].version == made[1].version
    loaded = load_bundle(tmp_path / "one")
    assert loaded.classify("", "家里停水").top[0].category == "0401"
    assert loaded.classify("", "老板欠薪").top[0].category == "1201"
    held_out = loaded.manifest.metrics["held_out"]
    assert held_out["texts"] == len(examples())
    assert held_out["leaf"] > 0.9
    assert set(loaded.manifest.metrics) == {"model_bytes", "held_out", "held_out_written"}


def test_another_seed_is_another_model(tmp_path: Path) -> None:
    digests = set()
    for seed in (1, 2):
        file = tmp_path / f"{seed}.bin"
        train(examples(), file, SMALL.model_copy(update={"seed": seed}))
        digests.add(hashlib.sha256(file.read_bytes()).hexdigest())
    assert len(digests) == 2


def test_one_category_is_nothing_to_learn(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="at least two categories"):
        train([Example(code="0401", text="停水")], tmp_path / "model.bin", SMALL)


def test_a_fit_that_runs_away_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    wild = SMALL.model_copy(update={"rate": 1e30, "spread": 1e30})
    with pytest.raises(ConfigurationError, match=r"Training failed .*(finite|NaN)"):
        train(examples(), tmp_path / "model.bin", wild)
    assert not (tmp_path / "model.bin").exists()


def test_rare_leaves_are_repeated_and_order_is_fixed() -> None:
    few = [Example(code="0401", text="停水"), *[Example(code="1201", text="欠薪")] * 4]
    lines = training_lines(few, support=4)
    assert sum("0401" in line for line in lines) == 2
    assert sum("1201" in line for line in lines) == 4
    assert lines == training_lines(few, support=4)
    assert training_lines([Example(code="0401", text="！！")], support=4) == []


def test_equal_beginnings_share_a_fold() -> None:
    start = "楼下自来水管爆裂三天物业不修自来水公司推诿"
    folds = {fold_of(Example(code="0401", text=f"{start}{end}"), 5) for end in ("甲", "乙", "丙")}
    assert len(folds) == 1
    assert {fold_of(example, 5) for example in examples()} == set(range(5))


def test_promotion_compares_category_by_category(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    swap = {"0401": "1201", "1201": "0401"}
    swapped = [example.model_copy(update={"code": swap[example.code]}) for example in examples()]
    scores = []
    for out, learned in ((right, examples()), (wrong, swapped)):
        bundle = build_bundle(
            out,
            learned,
            judged={"written": 1.0},
            name="tiny",
            created=datetime(2026, 1, 1, tzinfo=UTC),
            settings=SMALL,
            data={},
            folds=2,
        )
        scores.append(evaluate(bundle, examples()))
    assert scores[0].leaf > 0.9 > 0.1 > scores[1].leaf
    assert worse_categories(*scores) == ["0401", "1201"]
    assert worse_categories(scores[1], scores[0]) == []
