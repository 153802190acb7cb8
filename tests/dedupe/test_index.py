"""Sketches estimate overlap; postings answer the same however they were filled."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.dedupe.fingerprint import SKETCH_SIZE, exact_key, resemblance, sketches, term_key
from intake.dedupe.index import Postings, most_shared


def grams(text: str) -> set[str]:
    return {text[i : i + 4] for i in range(len(text) - 3)}


@given(st.lists(st.text(max_size=120), max_size=8))
def test_sketch_of_a_text_does_not_depend_on_its_batch(texts: list[str]) -> None:
    texts = [text.replace("\n", "") for text in texts]
    together = sketches(texts)
    alone = [sketches([text])[0] for text in texts]
    for text, one, other in zip(texts, together, alone, strict=True):
        assert one.tolist() == other.tolist() == sorted(set(one.tolist()))
        assert len(one) == min(SKETCH_SIZE, len(grams(text)) or int(bool(text)))


def test_sketch_is_a_stored_format() -> None:
    """Stored sketches must stay comparable: if this fails, the table has to be filled anew."""
    [sketch] = sketches(["城南小学门前的路灯不亮"])
    assert sketch[:2].tolist() == [766933140716929499, 2960757830495810442]
    assert exact_key("路灯").hex() == "33bf998714cca50eefff0d65aa8ae9ed"
    assert term_key("person", "ab") == 2721259686910756233


def test_resemblance_estimates_the_share_of_common_grams() -> None:
    rng = random.Random(1)
    letters = [chr(point) for point in range(0x4E00, 0x4E00 + 800)]
    off = 0.0
    for _ in range(60):
        common = "".join(rng.choices(letters, k=150))
        one = common + "".join(rng.choices(letters, k=100))
        other = common + "".join(rng.choices(letters, k=100))
        a, b = sketches([one, other])
        truth = len(grams(one) & grams(other)) / len(grams(one) | grams(other))
        off += resemblance(frozenset(a.tolist()), frozenset(b.tolist())) - truth
    assert abs(off / 60) < 0.05


def brute(history: list[list[int]], keys: list[int], cap: int) -> dict[int, int]:
    shared: dict[int, int] = {}
    for key in keys:
        for row in [row for row, has in enumerate(history, 1) if key in has][-cap:]:
            shared[row] = shared.get(row, 0) + 1
    return shared


@settings(max_examples=60, deadline=None)
@given(
    history=st.lists(st.lists(st.integers(0, 12), max_size=5, unique=True), max_size=60),
    asked=st.lists(st.integers(0, 12), max_size=6, unique=True),
    cap=st.integers(1, 8),
    loads=st.lists(st.integers(1, 20), max_size=10),
)
def test_postings_agree_with_a_plain_search(
    history: list[list[int]], asked: list[int], cap: int, loads: list[int]
) -> None:
    postings, start = Postings(), 0
    for size in [*loads, len(history)]:
        add(postings, dict(enumerate(history[start : start + size], start + 1)))
        start += size
    found = postings.rows(asked, cap)
    rows, counts = np.unique(found, return_counts=True)
    assert dict(zip(rows.tolist(), counts.tolist(), strict=True)) == brute(history, asked, cap)


def add(postings: Postings, load: dict[int, list[int]]) -> None:
    postings.add(
        np.array([key for keys in load.values() for key in keys], dtype=np.uint64),
        np.array([row for row, keys in load.items() for _ in keys], dtype=np.uint32),
    )


def test_recent_postings_come_first_under_the_cap() -> None:
    postings = Postings()
    add(postings, {1: [7], 2: [7], 3: [7]})
    assert sorted(postings.rows([7], 2, {7: [4]}).tolist()) == [3, 4]


def test_most_shared_prefers_many_then_new_and_drops_the_far_behind() -> None:
    rows = np.array([1, 1, 1, 1, 2, 2, 3, 3, 4], dtype=np.uint32)
    assert most_shared(rows, 1, 8) == [1, 3, 2]
    assert most_shared(rows, 3, 8) == [1]
    assert most_shared(rows[:0], 1, 8) == []
