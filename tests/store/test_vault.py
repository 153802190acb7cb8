"""Identities: sealed field by field, bound to their request, found by a blind index."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.errors import ConfigurationError
from intake.model.submission import Contact
from intake.store.vault import Vault, masked, read_key

WHO = Contact(name="倪某某", phone="13800001234", email="ni@example.org", other=("吉A00000",))


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    vault = Vault(b"k" * 32)
    sealed = vault.seal("r1", WHO)
    assert vault.open("r1", sealed.key_id, sealed.fields) == WHO
    assert "13800001234" not in str(sealed)
    assert sealed.fields != vault.seal("r1", WHO).fields


def test_a_ciphertext_cannot_be_moved_to_another_request() -> None:
    vault = Vault(b"k" * 32)
    sealed = vault.seal("r1", WHO)
    with pytest.raises(ConfigurationError, match="tampered"):
        vault.open("r2", sealed.key_id, sealed.fields)


def test_another_key_is_named() -> None:
    sealed = Vault(b"k" * 32).seal("r1", WHO)
    with pytest.raises(ConfigurationError, match="key_file"):
        Vault(b"j" * 32).open("r1", sealed.key_id, sealed.fields)


def test_the_blind_index_tells_equal_numbers_only() -> None:
    vault = Vault(b"k" * 32)
    assert vault.blind("138-0000-1234") == vault.blind("13800001234")
    assert vault.blind("13800001234") != vault.blind("13800001235")
    assert vault.blind("13800001234") != Vault(b"j" * 32).blind("13800001234")
    assert vault.blind(None) is None
    assert vault.blind("--") is None


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (WHO, "倪** 138****1234"),
        (Contact(), ""),
        (Contact(email="ni@example.org"), "n***@example.org"),
        (Contact(phone="17000001234", virtual_phone=True), "虚拟号 170****1234"),
        (Contact(phone="8123456"), "****56"),
    ],
)
def test_a_masked_contact_cannot_be_used(contact: Contact, shown: str) -> None:
    assert masked(contact) == shown


def test_the_key_file_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "identity.key"
    key, made = read_key(path, create=True)
    assert made
    assert path.stat().st_mode & 0o077 == 0
    assert read_key(path, create=True) == (key, False)


@pytest.mark.parametrize("content", ["", "not base64!", "aGVsbG8="])
def test_a_broken_key_file_is_an_error_with_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "identity.key"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match="Restore the right file"):
        read_key(path, create=False)
