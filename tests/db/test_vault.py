"""The keyed values: what they are is written out here, for a changed pseudonym would part people from their data."""

import hashlib
import hmac

import pytest

from db.errors import WrongKeyError
from db.vault import Vault

KEY = bytes(range(32))


def derived(use):
    """Write HKDF-SHA256 out (RFC 5869): no salt, one block."""
    extracted = hmac.new(bytes(32), KEY, hashlib.sha256).digest()
    return hmac.new(extracted, f"digital-persona/{use}/1".encode() + b"\x01", hashlib.sha256).digest()


def mac(use, text):
    return hashlib.blake2b(text.encode(), key=derived(use), digest_size=16).hexdigest()


@pytest.mark.parametrize("who", ["C1", "c1", "Ünï", ""])
def test_a_pseudonym_is_the_keyed_hash_of_the_id_alone_and_among_others(vault, who):
    assert vault.pseudonym(who) == mac("pseudonym", who)
    assert vault.pseudonyms(["other", who, "more"]) == [mac("pseudonym", w) for w in ("other", who, "more")]


def test_a_token_tells_neither_case_nor_spacing_nor_written_form(vault):
    assert vault.token("  Ada \t QUILL ") == vault.token("ada quill") == mac("token", "ada quill")
    assert vault.token("\ufb01ona") == vault.token("FIONA") == mac("token", "fiona")
    assert vault.token("adaquill") != vault.token("ada quill")
    assert vault.token("ada") != vault.pseudonym("ada")


def test_each_use_has_a_key_of_its_own(vault):
    assert vault.key_check == derived("check").hex()
    assert vault.row_hash_key == derived("row-hash").hex()[:16]
    assert vault.sign("1:x") == hmac.new(derived("ledger"), b"1:x", hashlib.sha256).hexdigest()


def test_a_mark_is_keyed_by_its_use_and_taken_of_any_text(vault):
    for use, text, said in (("session", "é", b"\xc3\xa9"), ("account", "a\ud800", b"a?")):
        assert vault.mark(use, text) == hmac.new(derived(f"mark/{use}"), said, hashlib.sha256).hexdigest()


def test_an_envelope_opens_for_its_owner_and_key_only(vault):
    sealed = vault.seal({"name": "Ada Quill"}, "owner")
    assert vault.unseal(sealed, "owner") == {"name": "Ada Quill"}
    assert b"Ada" not in sealed
    assert vault.seal({"name": "Ada Quill"}, "owner") != sealed
    for other, owner in ((vault, "another"), (Vault(bytes(32)), "owner")):
        with pytest.raises(WrongKeyError):
            other.unseal(sealed, owner)
    with pytest.raises(WrongKeyError):
        vault.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "owner")
