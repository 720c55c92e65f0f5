"""A file's chunks into the tables: each in one transaction with its problems and counts, once."""

from __future__ import annotations

import pandas as pd
from sqlmodel import Session

from analytics.intake import Normalised, RejectedRow, Table
from dashboard.services.data.chunks import ChunkReader
from dashboard.services.data.rows import Prepared
from dashboard.services.identities import redactor
from dashboard.workspace import Workspace
from db.repositories import erasure, imports, products
from db.repositories.imports import ImportRecord, Written
from db.vault import Vault


class ChunkWriter:
    """Writes a file's chunks in order, each once; passes over those that were written before."""

    def __init__(self, workspace: Workspace, record: ImportRecord, table: Table, chunk_rows: int) -> None:
        self._workspace, self._record = workspace, record
        with workspace.database.reading() as session:
            erased = erasure.erased(session)
        self._reader = ChunkReader(
            workspace.vault, record, table, chunk_rows, redactor=redactor(workspace), erased=erased
        )
        self.rows = record.rows_read

    def close(self) -> None:
        """Stop reading ahead."""
        self._reader.close()

    def write(self, number: int) -> bool:
        """Write chunk ``number`` unless it is written; say whether there may be more."""
        chunk = self._reader.take(number)
        if chunk is None:
            return False
        checked, ready, record = chunk.checked, chunk.ready, self._record
        problems = _problems(self._workspace, record.id, number, checked)
        with self._workspace.database.writing() as session:
            if imports.get(session, record.id).chunks_done > number:
                return True
            written = _keep(session, self._workspace.vault, record, ready)
            imports.add_problems(session, problems)
            erasure.keep_out(session, chunk.again)
            imports.update(
                session,
                record.id,
                chunks_done=number + 1,
                add_rows_read=chunk.rows,
                add_rows_new=written.new,
                add_rows_updated=written.updated,
                add_rows_same=written.same,
                add_rows_rejected=len({r.row for r in checked.rejected}),
                add_rows_flagged=len({f.row for f in checked.flags}),
            )
        self.rows += chunk.rows
        return True


def _problems(workspace: Workspace, import_id: int, number: int, checked: Normalised) -> pd.DataFrame:
    """Return what to keep of rejected and flagged rows; the value is sealed, it may be personal."""
    seal = workspace.vault.seal
    rows = [
        (severity, p.row, p.column, seal({"value": p.value}, f"import:{import_id}"), reason)
        for severity, several in (("rejected", checked.rejected), ("flagged", checked.flags))
        for p in several
        for reason in (p.reason if isinstance(p, RejectedRow) else p.note,)
    ]
    columns = ["severity", "row_number", "column", "sealed_value", "reason"]
    return pd.DataFrame(rows, columns=columns).assign(import_id=import_id, chunk=number)


def _with_earlier(session: Session, vault: Vault, identities: pd.DataFrame) -> pd.DataFrame:
    """Add to identities what an earlier file said of the same people and this one does not."""
    earlier = imports.sealed_of(session, identities["customer"].tolist())
    if not earlier:
        return identities
    sealed = [
        vault.seal({**vault.unseal(earlier[who], who), **vault.unseal(new, who)}, who) if who in earlier else new
        for who, new in zip(identities["customer"], identities["sealed"], strict=True)
    ]
    return identities.assign(sealed=sealed)


def _keep(session: Session, vault: Vault, record: ImportRecord, ready: Prepared) -> Written:
    """Write one prepared chunk inside the caller's transaction."""
    if ready.customers:
        imports.add_customers(session, ready.customers, record.id)
    if len(ready.identities):
        identities = _with_earlier(session, vault, ready.identities)
        imports.add_identities(session, identities, record.id)
    if len(ready.tokens):
        imports.add_tokens(session, ready.tokens)
    events = 0
    if len(ready.consents):
        events = imports.add_consent_events(session, ready.consents.assign(import_id=record.id))
    if record.kind == "consents":
        return Written(events, 0, len(ready.consents) - events)
    written = imports.write_rows(session, record.kind, ready.rows, record.id)
    if len(ready.mentioned):
        products.add_known_from_reviews(session, ready.mentioned, record.id)
    if ready.facts:
        products.replace_facts(session, ready.facts)
    return written
