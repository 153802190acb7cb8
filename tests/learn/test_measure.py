"""The figures of a report, on answers counted by hand; the picture and the page that show them."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from intake.learn.confusion import draw_confusion
from intake.learn.example import Example
from intake.learn.measure import Measurement, measure
from intake.learn.report import write_report
from intake.understand.classify import Thresholds

LABELS = ("0101", "0102", "0201")
ALSO = {3: "0102"}


def measured() -> Measurement:
    truth = ["0101", "0101", "0102", "0201", "9999"]
    given = np.array(
        [[0.9, 0.1, 0], [0.2, 0.7, 0.1], [0.3, 0.6, 0.1], [0.1, 0.5, 0.4], [0.8, 0.1, 0.1]]
    )
    examples = [Example(code=c, text="x", also=ALSO.get(i)) for i, c in enumerate(truth)]
    limits = Thresholds(auto=0.7, parent=0.5, several=0.5, per_category={"0102": 0.65})
    return measure(examples, LABELS, ("01", "01", "02"), given, limits, {"97": 0.85, "99": 1.0})


def test_shares() -> None:
    found = measured()
    assert found.texts == 5
    assert found.accuracy == pytest.approx(2 / 5)
    assert found.accuracy_or_second == pytest.approx(3 / 5)
    assert found.top3 == pytest.approx(4 / 5)
    assert found.first_level == pytest.approx(3 / 5)


def test_classes_and_macro_f1() -> None:
    found = measured()
    first = found.by_class["0101"]
    assert (first.texts, first.given) == (2, 2)
    assert (first.precision, first.recall, first.f1) == (0.5, 0.5, 0.5)
    second = found.by_class["0102"]
    assert (second.texts, second.given, second.recall) == (1, 3, 1.0)
    assert second.f1 == pytest.approx(0.5)
    assert found.macro_f1 == pytest.approx((0.5 + 0.5 + 0 + 0) / 4)
    assert found.confusion["0201"] == {"0102": 1}


def test_coverage() -> None:
    found = measured()
    # 0.9 right, 0.7 wrong, 0.8 an unknown label
    assert (found.own.coverage, found.own.precision) == (0.6, pytest.approx(1 / 3, abs=1e-4))
    assert (found.coverage["97"].coverage, found.coverage["97"].precision) == (0.2, 1.0)
    assert (found.coverage["99"].coverage, found.coverage["99"].precision) == (0.0, None)


def test_the_report_holds_the_figures() -> None:
    page = write_report(measured(), "tiny@0", "rows.csv", "confusion.svg")
    assert "| accuracy | 0.4000 |" in page
    assert "| 97 % precision | 0.8500 | 0.2000 | 1.0000 |" in page
    assert "| 99 % precision | 1.0000 | 0.0000 | – |" in page
    assert "| 0101 | 0102 | 1 |" in page
    assert "![confusion](confusion.svg)" in page


@pytest.mark.parametrize("many", [3, 60])
def test_the_picture_is_svg_whatever_the_labels(many: int) -> None:
    names = [f"<{i}> & 类" for i in range(many)]
    picture = draw_confusion({name: {name: 2, names[0]: 1} for name in names[1:]}, "A & B")
    root = ElementTree.fromstring(picture)
    told = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert f"{names[1]} → {names[0]}: 1 of 3" in told
    assert len(told) == 2 * (many - 1)
