"""Sketches estimate overlap; postings answer the same however they were filled."""

from __future__ import annotations

import random
from math import log2

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.relate.fingerprint import SKETCH_SIZE, exact_key, resemblance, sketches, term_key
from intake.relate.index import Postings, add_run, after, pack, rows_of, search


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
    history: list[list[int]],
    batch: list[list[int]],
    kept: list[list[int]],
    at_least: int,
    limit: int,
) -> list[list[int]]:
    """Say the same in plain words, with no end to the budget."""
    answers = []
    rows = [*history]
    for keys, own_keys in zip(batch, kept, strict=True):
        having = {key: [n for n, has in enumerate(rows, 1) if key in has] for key in keys}
        total = len(rows) + 1
        bits = {key: max(1.0, log2(total / max(1, len(having[key])))) for key in keys}
        told: dict[int, list[float]] = {}
        for key in keys:
            for row in having[key]:
                told.setdefault(row, []).append(bits[key])
        most = max(map(sum, told.values()), default=0.0)
        needed = min(at_least, max(len(keys), 1))
        chance = log2(total) + 1 if needed > 1 else 0.0
        ranked = sorted(
            (-round(sum(own), 2), -row, len(own))
            for row, own in told.items()
            if len(own) >= needed and sum(own) >= max(chance, most / 2) - 0.001
        )
        best: list[int] = []
        for _, row, shared in ranked:
            if len(best) < (1 if shared == needed > 1 else limit):
                best.append(-row)
        answers.append(best)
        rows.append(own_keys)
    return answers


keysets = st.lists(st.integers(0, 12), max_size=5, unique=True)
loads = st.lists(st.integers(1, 20), max_size=10)


@settings(max_examples=200, deadline=None)
@given(st.lists(keysets, max_size=60), st.lists(keysets, min_size=1, max_size=6), loads,
       st.integers(1, 3), st.integers(1, 8), st.data())  # fmt: skip
def test_search_agrees_with_a_plain_count(
    history: list[list[int]],
    batch: list[list[int]],
    loads: list[int],
    at_least: int,
    limit: int,
    data: st.DataObject,
) -> None:
    runs, start = list[Postings](), 0
    for size in [*loads, len(history)]:
        add_run(runs, packed(history[start : start + size], start + 1))
        start = min(start + size, len(history))
    kept = [data.draw(keysets) for _ in batch]
    given_batch = {"kept": kept, "history": len(history), "at_least": at_least, "limit": limit}
    first = len(history) + 1
    assert search(reversed(runs), batch, first, budget=10_000, **given_batch) == brute(
        history, batch, kept, at_least, limit
    )
    budget = data.draw(st.integers(0, 12))
    for own in search(reversed(runs), batch, first, budget=budget, **given_batch):
        assert len(own) <= min(limit, 2 * budget)


def packed(load: list[list[int]], first: int) -> Postings:
    keys = np.array([key for keys in load for key in keys], dtype=np.uint64)
    rows = np.array([row for row, own in enumerate(load, first) for _ in own], dtype=np.uint64)
    return pack(keys, rows)


def found_in(
    runs: list[Postings], keys: list[int], history: int, *, budget: int, at_least: int, limit: int
) -> list[int]:
    """Search for one message that is kept under the keys it asks for."""
    [found] = search(
        runs, [keys], history + 1, kept=[keys], history=history,
        budget=budget, at_least=at_least, limit=limit,
    )  # fmt: skip
    return found


def test_of_rows_that_share_no_more_than_they_must_one_is_enough() -> None:
    runs = [packed([[1, 2, 10 + row] for row in range(5)] + [[1, 2, 3, 30]], 1)]
    runs += [packed([[40 + row] for row in range(200)], 7)]
    assert found_in(runs, [1, 2, 3, 4], 206, budget=90, at_least=2, limit=4) == [6]
    assert found_in(runs, [1, 2, 4], 206, budget=90, at_least=2, limit=4) == [6]


def test_a_message_is_kept_under_other_keys_than_it_asks_for() -> None:
    asked, kept = [[1], [2], [9]], [[2], [3], [1]]
    assert search([], asked, 1, kept=kept, history=0, budget=9, at_least=1, limit=4) == [
        [], [1], [],
    ]  # fmt: skip


def test_a_common_key_leaves_room_for_a_rare_one() -> None:
    """What every message says must not push out the one message that says the same."""
    history = [[1, 2, 3]] + [[1]] * 500
    runs = [packed(history, 1)]
    found = found_in(runs, [1, 2, 3], 501, budget=50, at_least=2, limit=1)
    assert found == [1]


def test_rows_after_one_are_kept_sorted() -> None:
    run = packed([[5, 7], [5], [7]], 1)
    assert rows_of(after(run, 1)).tolist() == [2, 3]
    assert after(run, 3).tolist() == []


def test_keys_that_differ_in_the_upper_half_only_are_taken_for_one() -> None:
    one, other = 7, 7 | 1 << 40
    assert found_in([packed([[one]], 1)], [other], 1, budget=9, at_least=1, limit=5) == [1]


def test_what_everybody_says_is_no_reason_to_compare() -> None:
    """Of a thousand messages that share two polite phrases, none says the same as a new one."""
    history = [[1, 2, 100 + row] for row in range(1000)] + [[1, 2, 7, 8]]
    runs = [packed(history, 1)]
    found = found_in(runs, [1, 2, 7, 8], 1001, budget=9_000, at_least=2, limit=9)
    assert found == [1001]
    assert found_in(runs, [1, 2, 9], 1001, budget=9_000, at_least=2, limit=9) == []


def test_a_campaign_that_most_people_send_is_still_found() -> None:
    letter = list(range(16))
    runs = [packed([letter] * 900, 1)]
    found = found_in(runs, letter, 900, budget=400, at_least=2, limit=4)
    assert len(found) == 4
