"""Sketches estimate overlap; postings answer the same however they were filled."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.dedupe.fingerprint import SKETCH_SIZE, exact_key, resemblance, sketches, term_key
from intake.dedupe.index import Postings, add_run, after, pack, rows_of, search


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


def brute(
    history: list[list[int]], batch: list[list[int]], budget: int, at_least: int, limit: int
) -> list[list[int]]:
    """Say the same in plain words: rarest keys first, newest rows first, then count."""
    answers = []
    rows = [*history]
    for keys in batch:
        having = {key: [n for n, has in enumerate(rows, 1) if key in has] for key in keys}
        left, shared = budget, dict[int, int]()
        for key in sorted(keys, key=lambda k: len(having[k])):
            for row in having[key][::-1][: max(left, 0)]:
                shared[row] = shared.get(row, 0) + 1
            left -= len(having[key])
        most = max(shared.values(), default=0)
        needed = max(min(at_least, max(len(keys), 1)), (most + 1) // 2)
        ranked = sorted((-n, -row) for row, n in shared.items() if n >= needed)
        answers.append([-row for _, row in ranked[:limit]])
        rows.append(keys)
    return answers


keysets = st.lists(st.integers(0, 12), max_size=5, unique=True)


@settings(max_examples=150, deadline=None)
@given(
    history=st.lists(keysets, max_size=60),
    batch=st.lists(keysets, min_size=1, max_size=6),
    budget=st.integers(10_000, 10_001) | st.integers(0, 12),
    at_least=st.integers(1, 3),
    limit=st.integers(1, 8),
    loads=st.lists(st.integers(1, 20), max_size=10),
)
def test_search_agrees_with_a_plain_count(
    history: list[list[int]],
    batch: list[list[int]],
    budget: int,
    at_least: int,
    limit: int,
    loads: list[int],
) -> None:
    runs, start = list[Postings](), 0
    for size in [*loads, len(history)]:
        add_run(runs, packed(history[start : start + size], start + 1))
        start = min(start + size, len(history))
    found = search(
        reversed(runs), batch, len(history) + 1, budget=budget, at_least=at_least, limit=limit
    )
    wanted = brute(history, batch, budget, at_least, limit)
    if budget > 12:
        assert found == wanted
    else:  # keys that are equally rare may share what is left of a budget either way
        assert all(len(own) <= limit for own in found)
        assert all(bool(own) <= bool(budget) for own in found)


def packed(load: list[list[int]], first: int) -> Postings:
    keys = np.array([key for keys in load for key in keys], dtype=np.uint64)
    rows = np.array([row for row, own in enumerate(load, first) for _ in own], dtype=np.uint64)
    return pack(keys, rows)


def test_a_common_key_leaves_room_for_a_rare_one() -> None:
    """What every message says must not push out the one message that says the same."""
    history = [[1, 2, 3]] + [[1]] * 500
    assert search([packed(history, 1)], [[1, 2, 3]], 502, budget=50, at_least=1, limit=1) == [[1]]


def test_rows_after_one_are_kept_sorted() -> None:
    run = packed([[5, 7], [5], [7]], 1)
    assert rows_of(after(run, 1)).tolist() == [2, 3]
    assert after(run, 3).tolist() == []


def test_keys_that_differ_in_the_upper_half_only_are_taken_for_one() -> None:
    one, other = 7, 7 | 1 << 40
    assert search([packed([[one]], 1)], [[other]], 2, budget=9, at_least=1, limit=5) == [[1]]
