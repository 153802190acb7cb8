"""Stable ids: the same input has the same id on every machine, for ever."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

REQUEST_NAMESPACE = uuid.UUID("6f1d2c8e-0b0f-5f5e-9a39-2f1a6c1b7d10")


CASE_NAMESPACE = uuid.UUID("b0a1c7d4-53c0-5d0c-8a27-6c7b1f0e4a55")


def request_id(source: str, external_id: str) -> str:
    """Return the one id a request has for ever: UUIDv5 of source and external id (I1)."""
    return name_uuid(REQUEST_NAMESPACE, f"{source}\x1f{external_id}")


def case_id(first_request: str) -> str:
    """Return the stable id of the case that ``first_request`` opened."""
    return name_uuid(CASE_NAMESPACE, first_request)


def name_uuid(namespace: uuid.UUID, name: str) -> str:
    """Return ``str(uuid.uuid5(namespace, name))`` in a third of its time; a message needs three."""
    hashed = bytearray(
        hashlib.sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    )
    hashed[6] = hashed[6] & 0x0F | 0x50  # version 5
    hashed[8] = hashed[8] & 0x3F | 0x80  # variant of RFC 9562
    written = hashed.hex()
    return f"{written[:8]}-{written[8:12]}-{written[12:16]}-{written[16:20]}-{written[20:32]}"


def split_case_id(first_request: str, version: int, at: datetime) -> str:
    """Return the stable id of the case that ``first_request`` opens when it is taken out of another."""
    return str(uuid.uuid5(CASE_NAMESPACE, f"{first_request}\x1f{version}\x1f{at.isoformat()}"))


def digest(content: bytes) -> str:
    """Return the hexadecimal SHA-256 of content; it distinguishes a redelivery from a revision."""
    return hashlib.sha256(content).hexdigest()
