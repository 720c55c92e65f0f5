"""The append-only, hash-chained ledger: consents, decisions, exports, erasures.

Each line's hash covers its number, moment, kind, actor, payload (canonical JSON) and the hash of
the line before (SHA-256). Triggers refuse update and delete. The head's signature, under the
workspace key, exposes lines cut off at the end. The construction is that of Schneier & Kelsey (1999).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from db.errors import StoreError
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
    """What verification found: ``problem`` is empty when every line is as it was written."""

    lines: int
    head: str
    problem: str = ""

    @property
    def intact(self) -> bool:
        return not self.problem


def canonical(payload: dict[str, Any]) -> str:
    """Return JSON with sorted keys and no spaces: one text for one value."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def _line_hash(sequence: int, at: str, kind: str, actor: str, payload: str, previous: str) -> str:
    raw = json.dumps([sequence, at, kind, actor, payload, previous], ensure_ascii=False)
    return hashlib.sha256(raw.encode()).hexdigest()


def append(session: Session, vault: Vault, kind: str, actor: str, payload: dict[str, Any]) -> int:
    """Add a line inside the caller's transaction and return its number.

    The payload must hold no personal data: ids, pseudonyms, hashes and counts only.

    Raises
    ------
    StoreError
        When lines exist but the signed head is gone: the ledger was tampered with.
    """
    head = session.exec(select(LedgerHeadRow).with_for_update()).one_or_none()
    if head is None:
        if session.exec(select(LedgerRow.sequence).limit(1)).first() is not None:
            raise StoreError("The ledger's signed head is missing. Run `digital-persona ledger verify`.")
        head = LedgerHeadRow(id=1, sequence=0, hash=GENESIS, signature="")
    text = canonical(payload)
    sequence, at = head.sequence + 1, now().isoformat()
    digest = _line_hash(sequence, at, kind, actor, text, head.hash)
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
    return sequence


def verify(session: Session, vault: Vault) -> LedgerReport:
    """Walk the whole chain and compare its end with the signed head."""
    previous, count = GENESIS, 0
    for row in session.exec(select(LedgerRow).order_by(col(LedgerRow.sequence)).execution_options(yield_per=1000)):
        count += 1
        if row.sequence != count:
            return LedgerReport(count, previous, f"Line {count} is missing.")
        expected = _line_hash(row.sequence, row.at, row.kind, row.actor, row.payload, previous)
        if row.previous_hash != previous or row.hash != expected:
            return LedgerReport(count, previous, f"Line {row.sequence} is not as it was written.")
        previous = row.hash
    head = session.exec(select(LedgerHeadRow)).one_or_none()
    if head is None:
        return LedgerReport(count, previous, "The signed head is missing." if count else "")
    if not hmac.compare_digest(head.signature, vault.sign(f"{head.sequence}:{head.hash}")):
        return LedgerReport(count, previous, "The signed head was not signed with this workspace's key.")
    if (head.sequence, head.hash) != (count, previous):
        return LedgerReport(count, previous, f"The ledger ends at line {count}, but {head.sequence} were written.")
    return LedgerReport(count, previous)


def lines(session: Session, kind: str | None = None, limit: int = 200) -> list[LedgerLine]:
    """Return the newest lines first."""
    query = select(LedgerRow).order_by(col(LedgerRow.sequence).desc()).limit(limit)
    if kind:
        query = query.where(LedgerRow.kind == kind)
    return [LedgerLine(r.sequence, r.at, r.kind, r.actor, json.loads(r.payload), r.hash) for r in session.exec(query)]
