"""The append-only, hash-chained ledger: consents, decisions, exports, erasures.

Each line's hash is an HMAC-SHA256 under the workspace key over its number, moment, kind, actor, payload (canonical
JSON) and the hash of the line before, so that nobody without the key writes a line that fits. Lines of older versions
carry a plain SHA-256; they come before the first keyed one, which seals them. Triggers refuse update, delete and
replace. The head's signature exposes lines cut off at the end, and heads that were noted elsewhere (``db/heads.py``)
expose a database that was put back. The construction is that of Schneier & Kelsey (1999).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from db.errors import StoreError
from db.heads import NEW_HEAD, Head
from db.tables import LedgerHeadRow, LedgerRow
from db.types import now
from db.vault import Vault

GENESIS = "0" * 64


@dataclass(frozen=True)
class LedgerLine:
    """One line as it is read back."""

    sequence: int
    at: str
    kind: str
    actor: str
    payload: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class LedgerReport:
    """What verification found: ``problem`` is empty when all is as it was written; ``others`` is what else is not."""

    lines: int
    head: str
    problem: str = ""
    others: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        return not self.problem


def canonical(payload: dict[str, Any]) -> str:
    """Return JSON with sorted keys and no spaces: one text for one value."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def _as_written(sequence: int, at: str, kind: str, actor: str, payload: str, previous: str) -> str:
    return json.dumps([sequence, at, kind, actor, payload, previous], ensure_ascii=False)


def append(session: Session, vault: Vault, kind: str, actor: str, payload: dict[str, Any]) -> int:
    """Add a line inside the caller's transaction and return its number.

    The payload must hold no personal data: ids, pseudonyms, hashes and counts only.

    Raises
    ------
    StoreError
        When lines exist but the signed head is gone or was not signed with this key: the ledger was tampered with,
        and a line that we add would vouch for those before it.
    """
    head = session.exec(select(LedgerHeadRow).with_for_update()).one_or_none()
    if head is None:
        if session.exec(select(LedgerRow.sequence).limit(1)).first() is not None:
            raise StoreError("The ledger's signed head is missing. Run `digital-persona ledger verify`.")
        head = LedgerHeadRow(id=1, sequence=0, hash=GENESIS, signature="")
    elif not fits(Head(head.sequence, head.hash, head.signature), vault):
        raise StoreError("The ledger's head was not signed with this key. Run `digital-persona ledger verify`.")
    text = canonical(payload)
    sequence, at = head.sequence + 1, now().isoformat()
    digest = vault.sign(_as_written(sequence, at, kind, actor, text, head.hash))
    session.add(
        LedgerRow(
            sequence=sequence,
            at=at,
            kind=kind,
            actor=actor,
            payload=text,
            previous_hash=head.hash,
            hash=digest,
        )
    )
    head.sequence, head.hash, head.signature = sequence, digest, vault.sign(f"{sequence}:{digest}")
    session.add(head)
    session.flush()
    session.info[NEW_HEAD] = Head(sequence, digest, head.signature)
    return sequence


def verify(session: Session, vault: Vault, noted: Iterable[tuple[str, Head]] = ()) -> LedgerReport:
    """Walk the whole chain and compare its end with the signed head, and its lines with heads noted elsewhere.

    Parameters
    ----------
    noted : iterable of (str, Head)
        Heads that were noted outside the database, each with where, as people are told.
    """
    return walk(session, vault, noted=noted)


def walk(
    session: Session,
    vault: Vault,
    seen: Callable[[LedgerLine], None] | None = None,
    noted: Iterable[tuple[str, Head]] = (),
) -> LedgerReport:
    """Verify as :func:`verify` does, and hand over each line that is as it was written."""
    heads = list(noted)
    wanted, met = {head.sequence for _, head in heads}, {0: GENESIS}
    previous, count, keyed = GENESIS, 0, False
    for row in session.exec(select(LedgerRow).order_by(col(LedgerRow.sequence)).execution_options(yield_per=1000)):
        count += 1
        if row.sequence != count:
            return LedgerReport(count, previous, f"Line {count} is missing.")
        written = _as_written(row.sequence, row.at, row.kind, row.actor, row.payload, previous)
        sealed = hmac.compare_digest(row.hash, vault.sign(written))
        older = not keyed and row.hash == hashlib.sha256(written.encode()).hexdigest()
        if row.previous_hash != previous or not (sealed or older):
            return LedgerReport(count, previous, f"Line {row.sequence} is not as it was written.")
        keyed, previous = keyed or sealed, row.hash
        if count in wanted:
            met[count] = row.hash
        if seen is not None:
            seen(_line(row))
    head = session.exec(select(LedgerHeadRow)).one_or_none()
    problem = _wrong_head(head, vault, count, previous) or _put_back(heads, vault, count, met)
    return LedgerReport(count, previous, problem)


def _wrong_head(head: LedgerHeadRow | None, vault: Vault, count: int, last: str) -> str:
    if head is None:
        return "The signed head is missing." if count else ""
    if not fits(Head(head.sequence, head.hash, head.signature), vault):
        return "The signed head was not signed with this workspace's key."
    if (head.sequence, head.hash) != (count, last):
        return f"The ledger ends at line {count}, but {head.sequence} were written."
    return ""


def _put_back(heads: list[tuple[str, Head]], vault: Vault, count: int, met: dict[int, str]) -> str:
    """Say that a head noted elsewhere has no line of this ledger: it was emptied, cut or put back to an older state."""
    for where, head in heads:
        if not fits(head, vault):
            return f"{where} was not signed with this workspace's key."
        if head.sequence > count:
            return f"The ledger has {count} lines, but {where} knows of {head.sequence}: it was emptied or put back."
        if met.get(head.sequence) != head.hash:
            return (
                f"Line {head.sequence} is not the one that {where} knows of: an older state was put back and went on."
            )
    return ""


def beginning(vault: Vault) -> Head:
    """Return the head of a ledger without a line."""
    return Head(0, GENESIS, vault.sign(f"0:{GENESIS}"))


def fits(head: Head, vault: Vault) -> bool:
    """Say whether a head was signed with this workspace's key."""
    return hmac.compare_digest(head.signature, vault.sign(f"{head.sequence}:{head.hash}"))


def present_head(session: Session) -> Head | None:
    """Return the signed head as it is kept now, unchecked."""
    row = session.exec(select(LedgerHeadRow)).one_or_none()
    return None if row is None else Head(row.sequence, row.hash, row.signature)


def is_keyed(session: Session, vault: Vault) -> bool:
    """Say whether the newest line was written under the key: by a version that notes its heads elsewhere."""
    row = session.exec(select(LedgerRow).order_by(col(LedgerRow.sequence).desc()).limit(1)).first()
    if row is None:
        return False
    written = _as_written(row.sequence, row.at, row.kind, row.actor, row.payload, row.previous_hash)
    return hmac.compare_digest(row.hash, vault.sign(written))


def _line(row: LedgerRow) -> LedgerLine:
    return LedgerLine(row.sequence, row.at, row.kind, row.actor, json.loads(row.payload), row.hash)


def lines(session: Session, kind: str | None = None, limit: int = 200) -> list[LedgerLine]:
    """Return the newest lines first."""
    query = select(LedgerRow).order_by(col(LedgerRow.sequence).desc()).limit(limit)
    if kind:
        query = query.where(LedgerRow.kind == kind)
    return [_line(row) for row in session.exec(query)]
