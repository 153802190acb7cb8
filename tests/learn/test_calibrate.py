"""The arithmetic of temperature and thresholds, on numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from intake.learn.calibrate import (
    best_mixture,
    best_temperature,
    choose_thresholds,
    expected_calibration_error,
    log_softmax,
    lowest_threshold,
    sum_to_parents,
)
from intake.understand.classify.protocol import Probabilities, Scores


def softmax(scores: Scores, temperature: float) -> Probabilities:
    return np.asarray(np.exp(log_softmax(scores, temperature)))


def test_softmax_sums_to_one_and_flattens_with_heat() -> None:
    scores = np.array([[0.0, 1.0, 3.0], [-1000.0, 0.0, 1000.0]])
    cool, hot = softmax(scores, 1.0), softmax(scores, 10.0)
    assert cool.sum(axis=1) == pytest.approx([1, 1])
    assert cool[0, 2] == pytest.approx(np.exp(3) / (1 + np.e + np.exp(3)))
    assert hot[0].max() < cool[0].max()


def test_temperature_cools_the_timid_and_heats_the_boastful() -> None:
    truth = np.array([0] * 90 + [1] * 10)
    weights = np.ones(100)
    for logit in (0.5, np.log(9), 8.0):
        scores = np.tile([logit, 0.0], (100, 1))
        given = softmax(scores, best_temperature(scores, truth, weights))[0, 0]
        assert given == pytest.approx(0.9, abs=0.03)


def test_temperature_listens_to_weights() -> None:
    scores = np.tile([2.0, 0.0], (100, 1))
    truth = np.array([0] * 50 + [1] * 50)
    trusting = best_temperature(scores, truth, np.array([10.0] * 50 + [1.0] * 50))
    assert trusting < best_temperature(scores, truth, np.ones(100))


def test_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    confidence = np.linspace(1.0, 0.01, 100)
    right = np.arange(100) < 45  # the 45 most confident are right, the rest wrong
    assert lowest_threshold(confidence, right, np.ones(100), 0.9) == pytest.approx(0.51)


def test_equal_confidences_pass_together() -> None:
    confidence, right = np.full(100, 0.7), np.arange(100) < 50
    assert lowest_threshold(confidence, right, np.ones(100), 0.9) == 1.0


def test_too_few_texts_give_no_threshold() -> None:
    confidence = np.linspace(1.0, 0.9, 19)
    assert lowest_threshold(confidence, np.ones(19, dtype=bool), np.ones(19), 0.9) == 1.0


def test_only_a_leaf_with_enough_texts_gets_its_own_threshold() -> None:
    sure = np.array([[0.9, 0.05, 0.05], [0.05, 0.9, 0.05]])
    fair = np.array([[0.6, 0.2, 0.2], [0.2, 0.6, 0.2]])
    # 0101: right when sure, wrong when only fairly so; 0102: right throughout; 0201: never best.
    rows = [sure[0]] * 30 + [fair[0]] * 20 + [sure[1]] * 200 + [fair[1]] * 100
    truth = np.array([0] * 30 + [2] * 20 + [1] * 300)
    found = choose_thresholds(
        ("0101", "0102", "0201"), ("01", "01", "02"), np.array(rows), truth, np.ones(len(rows)), 0.9
    )
    assert found.auto == pytest.approx(0.6)
    assert found.per_category == {"0101": 0.9}


def test_parents_sum_their_leaves() -> None:
    parents, sums = sum_to_parents(("01", "01", "02"), np.array([[0.2, 0.3, 0.5]]))
    assert parents == ["01", "02"]
    assert sums[0] == pytest.approx([0.5, 0.5])


def test_calibration_error_weighs_texts() -> None:
    confidence, right = np.array([0.8, 0.8, 1.0]), np.array([True, False, True])
    assert expected_calibration_error(confidence, right, np.ones(3)) == pytest.approx(0.2)
    assert expected_calibration_error(confidence, right, np.array([1.0, 0.0, 1.0])) == (
        pytest.approx(0.1)
    )


def test_a_second_label_so_high_is_in_a_fifth_of_the_texts() -> None:
    second = np.linspace(0.0, 0.5, 1001)[:-1]
    probabilities = np.stack([1 - second, second], axis=1)
    found = choose_thresholds(
        ("a", "b"), (), probabilities, np.zeros(1000, int), np.ones(1000), 0.9
    )
    assert np.mean(second >= found.several) == pytest.approx(0.2, abs=0.002)


def _seen(truth: np.ndarray, strength: float, seed: int) -> Scores:
    """Scores that point at the truth, with noise of their own."""
    noise = np.random.default_rng(seed).normal(size=(len(truth), 3))
    noise[np.arange(len(truth)), truth] += strength
    return np.asarray(noise)


def test_two_that_err_apart_are_mixed_and_one_that_knows_nothing_is_not() -> None:
    truth = np.arange(900) % 3
    good, other = _seen(truth, 1.5, 1), _seen(truth, 1.5, 2)
    mixed = best_mixture({"fasttext": good, "linear": other}, truth, np.ones(900))
    assert set(mixed.weights) == {"fasttext", "linear"}
    right = mixed.probabilities({"fasttext": good, "linear": other}).argmax(axis=1) == truth
    assert right.mean() > max((good.argmax(1) == truth).mean(), (other.argmax(1) == truth).mean())
    noise = _seen(truth, 0.0, 3)
    alone = best_mixture({"fasttext": noise, "linear": other}, truth, np.ones(900))
    assert alone.weights.get("linear", 0.0) >= 0.8
