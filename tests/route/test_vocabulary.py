"""The tokens of serving, looked up in arrays, are those of training, written on a line."""

from __future__ import annotations

import numpy as np
import pytest

from intake.route.text_features import features, words
from intake.route.vocabulary import Vocabulary

TOKENS = ("</s>", "路", "灯", "停水", "水", "路灯", "灯坏", "wifi", "停", "電")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", ""),
        ("", "路灯的灯，坏"),
        ("停水", "路灯停水，WIFI 也停水"),
        ("WiFi", "小区没有wifi，路\n灯坏"),
        ("", "坏坏坏"),
        ("", "路🙂灯\ud800停\x00水\u33ff電"),
    ],
    ids=["empty", "grammar", "latin", "title", "unknown", "odd"],
)
@pytest.mark.parametrize("tokens", [TOKENS, TOKENS[1:]], ids=["with-end", "without"])
def test_words_read_the_rows_of_their_features(
    tokens: tuple[str, ...], title: str, text: str
) -> None:
    vocabulary = Vocabulary(tokens)
    expected = [
        tokens.index(token) + 1
        for token in (*features(title, text).split(), "</s>")
        if token in tokens
    ]
    assert sorted(vocabulary.rows_of(features(title, text))) == sorted(expected)
    assert sorted(vocabulary.rows(words(title, text))) == sorted(expected)


def test_more_tokens_than_two_bytes_count() -> None:
    many = [chr(0x4E00 + n // 300) + chr(0x4E00 + n % 300) for n in range(70_000)]
    vocabulary = Vocabulary(many)
    assert np.array_equal(vocabulary.rows([many[-1]]), [len(many)])
