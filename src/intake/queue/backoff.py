"""The waits between tries at a broker."""

from __future__ import annotations

import random

START = 0.5
MOST = 30.0


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row; jittered, so that relays part."""
    most = min(MOST, START * 2.0 ** min(failures - 1, 16))
    jitter: float = random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
    return round(most * jitter, 2)
