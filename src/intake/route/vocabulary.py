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
    """Finds the rows of a text's tokens; tokens that the model does not know have none.

    :meth:`rows` of words gives the same rows, in another order, as :meth:`rows_of` gives for the
    tokens that ``text_features.features`` makes of these words.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        """Number ``tokens`` as they come: the place of each is its row."""
        self._row = {token: row for row, token in enumerate(tokens)}
        self._end = [self._row[_END]] if _END in self._row else []
        hanzi = [token for token in tokens if not token.isascii()]
        # Characters are numbered from 1; 0 is one that stands in no token and so makes no pair. The
        # most frequent tokens come first: their pairs share a corner of the square, near in memory.
        characters = list(dict.fromkeys("".join(hanzi)))
        self._number = np.zeros(_POINTS, dtype=np.intp)
        self._number[[ord(character) for character in characters]] = range(1, len(characters) + 1)
        self._single = np.array([-1, *(self._row.get(one, -1) for one in characters)])
        self._absent = len(tokens)
        size = len(characters) + 1
        self._pair = np.zeros((size, size), dtype=np.min_scalar_type(len(tokens)))
        for token in hanzi:
            if len(token) == 2:
                first, second = map(ord, token)
                self._pair[self._number[first], self._number[second]] = self._row[token] + 1

    def rows(self, words: Sequence[str]) -> Rows:
        """Give the rows of hanzi, pairs of neighbouring hanzi and latin words, and of the end."""
        points = np.frombuffer("\n".join(words).encode("utf-16-le"), dtype=np.uint16)
        numbers = self._number[points]
        pairs = self._pair[numbers[:-1], numbers[1:]]
        latin = [self._row.get(word.lower(), -1) for word in words if word.isascii()]
        rows = np.concatenate((self._single[numbers], pairs, [*latin, *self._end]))
        return rows[rows >= 0].astype(np.intp, copy=False)

    def rows_of(self, line: str) -> Rows:
        """Give the rows of the tokens that a line of ``text_features.features`` names, and of the end."""
        known = (self._row[token] for token in line.split() if token in self._row)
        return np.array([*known, *self._end], dtype=np.intp)
