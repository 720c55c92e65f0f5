"""Sealed identities, read back for matching only."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, col

from db.bulk import table_for
from db.tables import ErasedNameRow, IdentityRow, ImportRow


def erased_names(session: Session) -> dict[str, str]:
    """Return the keyed tokens of everything that erased people were known by, and of what kind each is."""
    return {row[0]: row[1] for row in session.connection().execute(sa.select(table_for(ErasedNameRow)))}


def identity_stamp(session: Session) -> tuple[int, int, int]:
    """Return numbers that change whenever identities are added, replaced, removed or erased."""
    count, gone = (
        sa.select(sa.func.count()).select_from(row).scalar_subquery() for row in (IdentityRow, ErasedNameRow)
    )
    last = sa.select(sa.func.coalesce(sa.func.sum(col(ImportRow.chunks_done)), 0)).scalar_subquery()
    found = session.connection().execute(sa.select(count, last, gone)).one()
    return int(found[0]), int(found[1]), int(found[2])


def sealed_identities(session: Session) -> Iterator[tuple[str, bytes]]:
    """Yield (pseudonym, sealed identity) of everybody."""
    table = table_for(IdentityRow)
    rows = session.connection().execution_options(yield_per=5000).execute(sa.select(table.c.customer, table.c.sealed))
    for row in rows:
        yield row[0], row[1]
