"""The workspace key's work: pseudonyms, sealed identities, search tokens and signatures.

Sub-keys are derived with HKDF-SHA256 (RFC 5869), one a use, so that no two uses share a key.
Envelopes are AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, bound to their owner.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.errors import WrongKeyError

NONCE_BYTES = 12
WRONG_KEY = (
    "The workspace key does not open this workspace. Put back the key file that was made with it, "
    "or set DIGITAL_PERSONA_WORKSPACE_KEY to the same value as before."
)


@dataclass(frozen=True)
class Vault:
    """Everything that needs the workspace key (32 random bytes)."""

    key: bytes

    def _derive(self, use: str) -> bytes:
        return HKDF(hashes.SHA256(), 32, None, f"digital-persona/{use}/1".encode()).derive(self.key)

    @cached_property
    def _pseudonym_key(self) -> bytes:
        return self._derive("pseudonym")

    @cached_property
    def _token_key(self) -> bytes:
        return self._derive("token")

    @cached_property
    def _ledger_key(self) -> bytes:
        return self._derive("ledger")

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._derive("identity"))

    @property
    def key_check(self) -> str:
        """A value that only this key gives, kept in the database to recognise a wrong key."""
        return self._derive("check").hex()

    @property
    def row_hash_key(self) -> str:
        """Sixteen characters that key the row hashes, so that they tell nothing to an outsider."""
        return self._derive("row-hash").hex()[:16]

    def pseudonym(self, customer_id: str) -> str:
        """Return the 128-bit keyed pseudonym of a customer id (hex): BLAKE2b as a MAC (RFC 7693)."""
        return hashlib.blake2b(customer_id.encode(), key=self._pseudonym_key, digest_size=16).hexdigest()

    def pseudonyms(self, ids: Iterable[str]) -> list[str]:
        """Return the pseudonym of every id, as :meth:`pseudonym` does one."""
        start = hashlib.blake2b(key=self._pseudonym_key, digest_size=16)
        made = []
        for one in ids:
            # A copy of the keyed start: half of the work of a short MAC is taking in the key.
            mac = start.copy()
            mac.update(one.encode())
            made.append(mac.hexdigest())
        return made

    def token(self, value: str) -> str:
        """Return the search token of a name or e-mail, insensitive to case and spacing."""
        plain = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
        return hashlib.blake2b(plain.encode(), key=self._token_key, digest_size=16).hexdigest()

    def mark(self, use: str, text: str) -> str:
        """Return the HMAC-SHA256 (hex) of a text under a key that has this one use.

        Under the ledger's key, whoever types a line of the ledger as their words would be given its signature.
        """
        return hmac.new(self._derive(f"mark/{use}"), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def sign(self, text: str) -> str:
        """Return the HMAC-SHA256 of a text that we composed, under the ledger's key (hex); never of typed words."""
        return hmac.new(self._ledger_key, text.encode(), hashlib.sha256).hexdigest()

    def seal(self, values: dict[str, str], owner: str) -> bytes:
        """Encrypt values so that only this workspace opens them, and only for this owner."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, json.dumps(values).encode(), owner.encode())

    def unseal(self, sealed: bytes, owner: str) -> dict[str, str]:
        """Open an envelope.

        Raises
        ------
        WrongKeyError
            When the key or the owner is another one, or the bytes were altered.
        """
        try:
            raw = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode())
        except InvalidTag as error:
            raise WrongKeyError(WRONG_KEY) from error
        values: dict[str, str] = json.loads(raw)
        return values
