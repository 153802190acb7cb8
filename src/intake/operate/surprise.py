"""The improbability of a count, given its own past."""

from __future__ import annotations

from math import exp, lgamma, log, log1p, log10


def surprise(now: int, past: int, share: float) -> float:
    """Return −log10 of the chance that at least ``now`` of all ``now + past`` fall into a stretch that
    is ``share`` of the whole time.

    That is the exact test for two Poisson rates: if the matter is as frequent as before, each of its
    requests falls into the stretch with probability ``share``. It needs no assumed rate, so a
    matter without a past is not a special case; without any history (``share`` 1) the result is 0.
    """
    total = now + past
    if now <= 0 or share >= 1:
        return 0.0
    terms = [
        _log_choose(total, hits) + hits * log(share) + (total - hits) * log1p(-share)
        for hits in range(now, total + 1)
    ]
    peak = max(terms)
    tail = peak + log(sum(exp(term - peak) for term in terms))
    return max(0.0, -tail / log(10))


def once_in(score: float) -> int:
    """Return one in how many a surprise is, in round figures."""
    return int(10 ** min(round(score), 15)) if score > log10(2) else 1


def _log_choose(total: int, hits: int) -> float:
    return lgamma(total + 1) - lgamma(hits + 1) - lgamma(total - hits + 1)
