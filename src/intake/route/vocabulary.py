"""The model's tokens as arrays: which rows of its input matrix a text reads, without a string per pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.intp]

# What fastText adds to every line.
_END = "</s>"
# Hanzi of a word lie below this (see text_features), so two bytes each are enough.
_POINTS = 0xA000


class Vocabulary:
    """Finds the rows of a text's tokens, numbered from 1; tokens that the model does not know have none.

    :meth:`rows` of words gives the same rows, in another order, as :meth:`rows_of` gives for the
    tokens that ``text_features.features`` makes of these words.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        """Number ``tokens`` as they come, most frequent first."""
        self._row = {token: row for row, token in enumerate(tokens, start=1)}
        self._end = np.array([self._row.get(_END, 0)])
        hanzi = [token for token in tokens if not token.isascii()]
        # 0 is any character that stands in no token. Frequent ones have low numbers, so that their
        # pairs share a corner of the square, near each other in memory.
        characters = dict.fromkeys("".join(hanzi))
        self._number = np.zeros(_POINTS, dtype=np.intp)
        self._number[[*map(ord, characters)]] = range(1, len(characters) + 1)
        # Both hold rows, and 0 for what is no token.
        size, dtype = len(characters) + 1, np.min_scalar_type(len(tokens))
        self._single = np.zeros(size, dtype=dtype)
        self._pair = np.zeros((size, size), dtype=dtype)
        for token in hanzi:
            numbers = self._number[[*map(ord, token)]]
            if len(token) == 1:
                self._single[numbers] = self._row[token]
            elif len(token) == 2:
                self._pair[numbers[0], numbers[1]] = self._row[token]

    def rows(self, words: Sequence[str]) -> Rows:
        """Give the rows of hanzi, pairs of neighbouring hanzi and latin words, and of the end."""
        points = np.frombuffer("\n".join(words).encode("utf-16-le"), dtype=np.uint16)
        numbers = self._number[points]
        hanzi = self._single[numbers], self._pair[numbers[:-1], numbers[1:]]
        latin = [self._row.get(word.lower(), 0) for word in words if word.isascii()]
        rows = np.concatenate((*hanzi, self._end, np.array(latin, dtype=np.intp)))
        return rows[rows > 0]

    def rows_of(self, line: str) -> Rows:
        """Give the rows of the tokens that a line of ``text_features.features`` names, and of the end."""
        known = [self._row.get(token, 0) for token in line.split()]
        rows = np.array([*known, *self._end], dtype=np.intp)
        return rows[rows > 0]
