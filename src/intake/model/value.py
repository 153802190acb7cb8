"""The base of all values: immutable, and unknown fields are an error.

Times are aware and in UTC. Area codes are trimmed GB/T 2260-style prefixes (province 2, city 4, county 6,
town 9, village 12 digits), never zero-padded.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

AreaCode = Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$")]


class Value(BaseModel):
    """Base of every value type: immutable, and strict about what it is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")
