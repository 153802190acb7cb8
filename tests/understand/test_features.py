"""What the model sees of a text: runs, words and numbers that depend on characters alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import rjieba
from hypothesis import given
from hypothesis import strategies as st

from intake.understand.classify.cutting import bags_of_runs
from intake.understand.classify.features import BITS, Reading, grams, read
from intake.understand.classify.place_masking import mask_places
from intake.understand.classify.protocol import bag_of

PLAIN = Reading(head=0)
TEXTS = st.text(alphabet="路灯坏了停水三天。，a1\n 的", max_size=60)


def stretches(text: str, reading: Reading) -> list[str]:
    found = grams("", text, reading)
    return [found.text(i) for i in range(len(found.numbers))]


def test_runs_words_and_pairs_of_words() -> None:
    seen = "路灯坏停水"
    words = rjieba.cut(seen)
    runs = [*seen, *(a + b for a, b in pairwise(seen))]
    assert stretches(seen, PLAIN) == [*runs, *words, *(a + b for a, b in pairwise(words))]
    assert stretches(seen, Reading(head=0, words=False)) == runs
    assert stretches(seen, Reading(head=0, words=False, longest=1)) == list(seen)


def test_grammar_and_marks_are_left_out() -> None:
    assert read("", "您，路灯的灯 坏了！", PLAIN) == ("路灯灯坏", 0, ())


def counted(title: str, text: str, reading: Reading) -> dict[str, float]:
    """How often each single character counts."""
    single = reading.model_copy(update={"longest": 1, "words": False})
    found = grams(title, text, single)
    bag = bag_of(found)
    count = dict(zip(bag.numbers.tolist(), bag.counts.tolist(), strict=True))
    return {found.text(i): count[n] for i, n in enumerate(found.numbers.tolist())}


def test_title_counts_twice_unless_repeated() -> None:
    assert counted("停水", "三天", Reading()) == {"停": 2, "水": 2, "\n": 1, "三": 1, "天": 1}
    assert counted("停水", "停水三天", Reading()) == {"停": 2, "水": 2, "三": 1, "天": 1}


def test_without_a_title_the_beginning_counts_twice() -> None:
    assert counted("", "停水三天", Reading(head=2)) == {"停": 2, "水": 2, "三": 1, "天": 1}


def test_only_so_much_is_read() -> None:
    assert read("", "水" * 500, Reading(head=0, max_chars=40)) == ("水" * 40, 0, ())


def test_counted_matters_are_marked() -> None:
    found = grams("", "一、水管爆裂；二、拖欠工资", PLAIN)
    assert (found.read, found.matters) == ("水管爆裂拖欠工资", (0, 0, 4, 4, 8))


def test_kind_of_place_stays() -> None:
    assert mask_places("云岭镇政府门口的修路工程") == "镇政府门口的修路工程"


@given(TEXTS)
def test_equal_stretches_of_a_kind_have_equal_numbers(text: str) -> None:
    found = grams("", text, Reading(words=False, head=0))
    by_text: dict[str, set[int]] = {}
    for index, number in enumerate(found.numbers.tolist()):
        by_text.setdefault(found.text(index), set()).add(number)
    assert all(len(numbers) == 1 for numbers in by_text.values())
    assert len({n for numbers in by_text.values() for n in numbers}) == len(by_text)


@given(TEXTS, TEXTS)
def test_a_number_depends_on_the_stretch_alone(one: str, other: str) -> None:
    reading = Reading(words=False, head=0)
    first, second = grams("", one, reading), grams("", other, reading)
    known = {first.text(i): n for i, n in enumerate(first.numbers.tolist())}
    for index, number in enumerate(second.numbers.tolist()):
        assert known.get(second.text(index), number) == number


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_can_be_read(text: str, title: str) -> None:
    found = grams(title, text, Reading(mask_places=True))
    assert len(found.numbers) == len(found.starts) == len(found.lengths)
    assert not len(found.numbers) or int(found.numbers.max()) < 1 << BITS
    assert all(found.text(i) for i in range(len(found.numbers)))


@given(TEXTS)
def test_a_bag_counts_each_gram(text: str) -> None:
    found = grams("", text, Reading())
    bag = bag_of(found)
    twice = found.numbers[found.starts < found.head]
    both = np.concatenate((found.numbers, twice))
    numbers, counts = np.unique(both, return_counts=True)
    assert bag.numbers.tolist() == numbers.tolist()
    assert bag.counts.tolist() == counts.tolist()


@pytest.mark.parametrize("text", ["", " ", "的了", "。。。", "\x00\x07", "12345"])
def test_nothing_to_read(text: str) -> None:
    assert len(grams("", text, Reading()).numbers) == 0


readings = st.builds(
    Reading, longest=st.integers(1, 4), words=st.just(False), head=st.integers(0, 9)
)
texts = st.lists(
    st.tuples(st.text("路灯的不亮,1 \n", max_size=6), st.text("路灯的不亮一、二；1 ", max_size=30)),
    min_size=1,
    max_size=12,
)


@given(texts, readings)
def test_many_texts_are_counted_as_each_alone(
    texts: list[tuple[str, str]], reading: Reading
) -> None:
    together = bags_of_runs([read(*text, reading) for text in texts], reading.longest)
    for text, bag in zip(texts, together, strict=True):
        alone = bag_of(grams(*text, reading))
        assert bag.numbers.tolist() == alone.numbers.tolist()
        assert bag.counts.tolist() == alone.counts.tolist()
