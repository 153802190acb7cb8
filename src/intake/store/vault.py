"""Identity (身份信息): encrypted field by field, found by a blind index, never in clear at rest.

AES-256-GCM with a fresh nonce per field; the request id and the field's name are authenticated with
it, so that a ciphertext cannot be moved to another row. Equal phones have equal HMACs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.errors import ConfigurationError
from intake.model.submission import Contact

FIELDS = ("name", "phone", "email", "id_card", "address")


def read_key(path: Path, *, create: bool) -> tuple[bytes, bool]:
    """Return (key, whether it was made now) of a key file; ``create`` makes a missing file.

    Raises ``ConfigurationError`` for a missing or broken file, and where none can be made.
    """
    if not path.exists():
        if not create:
            raise ConfigurationError(
                f"There is no identity key at {path}.",
                hint="Put the deployment's key there, or make one: intake key new",
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"The identity key {path} cannot be made: {error.strerror}.",
                hint="Set identity.key_file to a place that may be written, or to the key.",
            ) from error
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(base64.b64encode(AESGCM.generate_key(256)).decode() + "\n")
        return read_key(path, create=False)[0], True
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except (ValueError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path} does not hold a base64 key.", hint="Restore the right file from backup."
        ) from error
    if len(key) != 32:
        raise ConfigurationError(
            f"{path} holds a key of {len(key)} bytes; 32 are needed.",
            hint="Restore the right file from backup.",
        )
    return key, False


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted contact as stored: field name → base64 of nonce and ciphertext."""

    key_id: str
    fields: dict[str, str]
    phone_key: str | None


class Vault:
    """Seals and opens contacts with one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(hmac.digest(key, b"identity fields", "sha256"))
        self._index = hmac.digest(key, b"blind index", "sha256")
        self._blind = lru_cache(maxsize=4_096)(self._hashed)  # asked three times for a request
        self.key_id = hashlib.sha256(b"key id" + key).hexdigest()[:12]

    def seal(self, request_id: str, contact: Contact) -> Sealed:
        """Encrypt what is known of a citizen for one request."""
        values = {field: getattr(contact, field) for field in FIELDS}
        values["other"] = "\n".join(contact.other)
        values["virtual_phone"] = "yes" if contact.virtual_phone else ""
        fields = {}
        for field, value in values.items():
            if value:
                nonce = os.urandom(12)
                sealed = self._cipher.encrypt(nonce, value.encode(), _bound(request_id, field))
                fields[field] = base64.b64encode(nonce + sealed).decode()
        return Sealed(self.key_id, fields, self.blind(contact.phone))

    def open(self, request_id: str, key_id: str, fields: dict[str, str]) -> Contact:
        """Decrypt; ``ConfigurationError`` if this is not the key it was sealed with."""
        if key_id != self.key_id:
            raise ConfigurationError(
                f"The identity of request {request_id} was sealed with key {key_id}, "
                f"the configured key is {self.key_id}.",
                hint="Configure identity.key_file with that key.",
            )
        values: dict[str, str] = {}
        for field, sealed in fields.items():
            data = base64.b64decode(sealed)
            try:
                plain = self._cipher.decrypt(data[:12], data[12:], _bound(request_id, field))
            except InvalidTag as error:
                raise ConfigurationError(
                    f"Field {field} of the identity of request {request_id} was tampered with.",
                    hint="Restore that row from backup.",
                ) from error
            values[field] = plain.decode()
        other = values.pop("other", "")
        virtual = values.pop("virtual_phone", "") == "yes"
        return Contact(
            **values, other=tuple(other.split("\n")) if other else (), virtual_phone=virtual
        )

    def reference(self, request_id: str) -> str:
        """Return the reference under which an authorised system redeems a request's identity."""
        return "idr_" + hmac.digest(self._index, b"ref" + request_id.encode(), "sha256").hex()[:32]

    def blind(self, value: str | None) -> str | None:
        """Return the blind index of a phone or other handle: equal for equal digits, else nothing."""
        return self._blind(value) if value else None

    def _hashed(self, value: str) -> str | None:
        folded = value.lower()
        if not folded.isalnum():
            folded = "".join(filter(str.isalnum, folded))
        return hmac.digest(self._index, folded.encode(), "sha256").hex()[:32] if folded else None


def masked(contact: Contact) -> str:
    """Write a contact so that a handler can recognise it but not use it: 倪** 138****0001."""
    parts = []
    if contact.name:
        parts.append(contact.name[0] + "**")
    if contact.phone:
        digits = contact.phone
        shown = f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else "****" + digits[-2:]
        parts.append(("虚拟号 " if contact.virtual_phone else "") + shown)
    elif contact.email:
        parts.append(contact.email[0] + "***@" + contact.email.rpartition("@")[2])
    return " ".join(parts)


def _bound(request_id: str, field: str) -> bytes:
    return f"{request_id}\x1f{field}".encode()
