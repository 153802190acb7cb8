"""A message before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

Language = Literal["zh-CN", "en"]
ZH: Language = "zh-CN"
EN: Language = "en"
LANGUAGES: tuple[Language, ...] = (ZH, EN)

Param = str | int | float | tuple[str, ...]
Params = Mapping[str, Param]


class Message(NamedTuple):
    """The id of a sentence in the catalogue, and what fills its gaps; never personal data.

    Parameters are codes (of units, categories, states), names, numbers, and days and times in ISO
    8601. A tuple is a list of names.
    """

    code: str
    params: Params = MappingProxyType({})
