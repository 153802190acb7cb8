"""Several matters in one message: told by the units that its counted parts would go to."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from intake.decision import CategoryScore, Classification
from intake.route.catalogue import Catalogue, Finding, Query
from intake.route.classify import Classifier, load_bundle
from intake.route.parts import OtherMatter, other_matters, read_parts
from intake.settings import MODELS


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load_bundle(MODELS / "classifier")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(MODELS / "catalogue")


def find(catalogue: Catalogue, category: str) -> Finding | None:
    return catalogue.look_up(Query("371525", category, None, frozenset(), date(2026, 3, 2)))


def part(**scores: float) -> Classification:
    top = tuple(CategoryScore(category=c[1:], confidence=p) for c, p in scores.items())
    return Classification(category=top[0].category, confidence=top[0].confidence, top=top)


def others(catalogue: Catalogue, *parts: Classification, of: str) -> tuple[OtherMatter, ...]:
    main = find(catalogue, of)
    assert main is not None
    return other_matters(parts, of, main.lead, partial(find, catalogue))


def parts_of(classifier: Classifier, text: str) -> tuple[Classification, ...]:
    return read_parts(classifier, [text], [classifier.classify("", text)])[0]


def test_a_text_that_counts_nothing_is_not_read_again(classifier: Classifier) -> None:
    assert parts_of(classifier, "我们小区的路灯坏了半个月，晚上看不见路，请派人来修。") == ()


def test_counted_parts_are_read_alone(classifier: Classifier) -> None:
    parts = parts_of(classifier, "一、小区路灯坏了半个月没人修；二、公司拖欠我们工资三个月。")
    assert [part.category for part in parts] == ["0104", "1201"]


def test_a_part_of_another_unit_is_another_matter(catalogue: Catalogue) -> None:
    (other,) = others(catalogue, part(c0302=0.9), part(c1405=0.8), of="0302")
    assert (other.category, other.unit.kind) == ("1405", "SJ")


def test_categories_of_one_unit_add_up(catalogue: Catalogue) -> None:
    assert others(catalogue, part(c0302=0.9), part(c1405=0.4, c1403=0.35), of="0302")
    assert not others(catalogue, part(c0302=0.9), part(c1405=0.4, c1001=0.35), of="0302")


def test_what_one_unit_handles_is_one_matter(catalogue: Catalogue) -> None:
    assert not others(catalogue, part(c1403=0.9), part(c1405=0.9), of="1403")


@pytest.mark.parametrize("aside", ["c2001", "c1802", "c1805"])
def test_words_about_the_request_are_no_matter(catalogue: Catalogue, aside: str) -> None:
    assert not others(catalogue, part(c0302=0.9), part(**{aside: 0.99}), of="0302")
