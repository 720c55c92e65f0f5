"""Imports: rows in, once each; changed rows updated; the whole taken back while nothing rests on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from db import bulk
from db.bulk import MANY_ROWS, drop_indexes, insert_frame, insert_many, known_rows, slices, table_for
from db.errors import StoreError
from db.tables import (
    ConsentEventRow,
    CustomerRow,
    HistoricalPostRow,
    IdentityRow,
    IdentityTokenRow,
    ImportChangeRow,
    ImportProblemRow,
    ImportRow,
    InteractionRow,
    MappingRow,
    MetricPointRow,
    ProductRow,
    ProfileRow,
    ReviewRow,
)
from db.types import now

TABLES: dict[str, type[SQLModel]] = {
    "profiles": ProfileRow,
    "reviews": ReviewRow,
    "products": ProductRow,
    "posts": HistoricalPostRow,
    "metrics": MetricPointRow,
    "interactions": InteractionRow,
}


@dataclass(frozen=True)
class ImportRecord:
    """One import as it stands."""

    id: int
    kind: str
    source: str
    file_name: str
    file_sha256: str
    mapping: dict[str, Any]
    options: dict[str, Any]
    state: str
    rows_read: int
    rows_new: int
    rows_updated: int
    rows_same: int
    rows_rejected: int
    rows_flagged: int
    chunks_done: int
    notes: tuple[str, ...]
    error: str | None
    job_id: str | None
    author: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class ProblemRecord:
    """A rejected or flagged row; the value is still sealed."""

    severity: str
    row_number: int
    column: str
    sealed_value: bytes | None
    reason: str


@dataclass(frozen=True)
class Written:
    """What came of one chunk of rows."""

    new: int
    updated: int
    same: int


def _record(row: ImportRow) -> ImportRecord:
    values = {name: getattr(row, name) for name in ImportRecord.__dataclass_fields__}
    return ImportRecord(**{**values, "notes": tuple(row.notes)})


def start(session: Session, **values: Any) -> int:
    """Record a new import and return its id."""
    row = ImportRow(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def get(session: Session, import_id: int) -> ImportRecord:
    """Return one import.

    Raises
    ------
    StoreError
        When there is no such import.
    """
    row = session.get(ImportRow, import_id)
    if row is None:
        raise StoreError(f"There is no import number {import_id}.")
    return _record(row)


def listing(session: Session, limit: int = 100) -> list[ImportRecord]:
    """Return the newest imports first."""
    query = select(ImportRow).order_by(col(ImportRow.id).desc()).limit(limit)
    return [_record(row) for row in session.exec(query)]


def same_file(session: Session, file_sha256: str, kind: str) -> ImportRecord | None:
    """Return the newest import of exactly this file, if there is one that still stands."""
    query = (
        select(ImportRow)
        .where(ImportRow.file_sha256 == file_sha256, ImportRow.kind == kind, ImportRow.state != "undone")
        .order_by(col(ImportRow.id).desc())
    )
    row = session.exec(query).first()
    return None if row is None else _record(row)


def update(session: Session, import_id: int, **values: Any) -> None:
    """Set columns of an import; ``add_*`` counters are added to what is there."""
    row = session.get_one(ImportRow, import_id)
    for name, value in values.items():
        if name.startswith("add_"):
            name = name.removeprefix("add_")
            value += getattr(row, name)
        setattr(row, name, value)
    session.add(row)


def write_rows(session: Session, kind: str, rows: pd.DataFrame, import_id: int) -> Written:
    """Insert new rows and update changed ones, matched on ``row_key`` and compared by ``row_hash``.

    Parameters
    ----------
    rows : DataFrame
        Columns of the kind's table, without ``id`` and ``import_id``; ``row_key`` is unique in it.
    """
    if rows.empty:
        return Written(0, 0, 0)
    table = table_of(kind)
    holds = _holds(session, table)
    if holds is None and len(rows) >= MANY_ROWS:
        drop_indexes(session, table)
    # Keys are unique within one import, so only the rows of another one can be known.
    known = {} if holds in (None, (import_id, import_id)) else known_rows(session, table, rows["row_key"].tolist())
    if not known:
        insert_many(session, table, rows.assign(import_id=import_id))
        return Written(len(rows), 0, 0)
    is_known = rows["row_key"].isin(known.keys()).to_numpy()
    fresh, seen = rows[~is_known], rows[is_known]
    insert_many(session, table, fresh.assign(import_id=import_id))
    stored = seen["row_key"].map(lambda key: known[key][1])
    changed = seen[stored.to_numpy() != seen["row_hash"].to_numpy()]
    if not changed.empty:
        _replace(session, table, changed, known, import_id)
    return Written(len(fresh), len(changed), len(seen) - len(changed))


def overlap(session: Session, kind: str, rows: pd.DataFrame) -> tuple[int, int]:
    """Return how many rows (columns row_key, row_hash) a kind's table holds, and how many of them unchanged."""
    known = known_rows(session, table_of(kind), rows["row_key"].tolist())
    pairs = zip(rows["row_key"], rows["row_hash"], strict=True)
    return len(known), sum(1 for key, said in pairs if key in known and known[key][1] == said)


def _holds(session: Session, table: sa.Table) -> tuple[int, int] | None:
    """Return the lowest and the highest import whose rows a table holds; None where it is empty."""
    ends = [sa.select(end(table.c.import_id)).scalar_subquery() for end in (sa.func.min, sa.func.max)]
    lowest, highest = session.connection().execute(sa.select(*ends)).one()
    return None if lowest is None else (lowest, highest)


def restore_index(session: Session, kind: str) -> bool:
    """Make one of the indexes that the first rows of a big import took off; say whether one was lacking."""
    return kind in TABLES and bulk.restore_index(session, table_of(kind))


def _replace(
    session: Session, table: sa.Table, rows: pd.DataFrame, known: dict[str, tuple[int, int]], import_id: int
) -> None:
    """Overwrite rows, after noting what they were."""
    ids = {known[key][0]: position for position, key in enumerate(rows["row_key"])}
    for part in slices(list(ids)):
        before = session.connection().execute(table.select().where(table.c.id.in_(part))).mappings()
        session.add_all(
            ImportChangeRow(import_id=import_id, table_name=table.name, row_id=row["id"], before=_plain(dict(row)))
            for row in before.all()
        )
    session.flush()
    records = rows.astype(object).where(rows.notna(), None).to_dict("records")
    for row_id, position in ids.items():
        values = {str(name): _scalar(table, str(name), value) for name, value in records[position].items()}
        session.connection().execute(table.update().where(table.c.id == row_id).values(values))


def _scalar(table: sa.Table, name: str, value: Any) -> Any:
    """Turn a frame's value into what the column takes: JSON text is opened, moments are made plain."""
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, sa.JSON):
        return json.loads(value)
    if isinstance(value, pd.Timestamp):
        moment = value.to_pydatetime()
        return moment.date() if isinstance(kind, sa.Date) else moment
    if isinstance(kind, sa.Integer):
        return int(value)
    if isinstance(kind, sa.Boolean):
        return bool(value)
    return value


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime | date) else v for k, v in row.items()}


def table_of(kind: str) -> sa.Table:
    """Return the table that keeps rows of a kind."""
    return table_for(TABLES[kind])


def add_customers(session: Session, pseudonyms: list[str], import_id: int) -> None:
    """Add customers that are not known yet."""
    frame = pd.DataFrame({"pseudonym": sorted(set(pseudonyms))}, dtype=object).assign(import_id=import_id)
    insert_frame(session, table_for(CustomerRow), frame, skip_known=True)


def add_identities(session: Session, identities: pd.DataFrame, import_id: int) -> None:
    """Keep sealed identities (columns customer, sealed).

    An identity replaces the customer's older one, whose values it holds too (:func:`sealed_of`).
    """
    for part in slices(identities["customer"].tolist()):
        session.connection().execute(sa.delete(IdentityRow).where(col(IdentityRow.customer).in_(part)))
    insert_frame(session, table_for(IdentityRow), identities.assign(import_id=import_id))


def add_tokens(session: Session, tokens: pd.DataFrame) -> None:
    """Keep search tokens of people (columns token, customer) that are not known yet."""
    insert_frame(session, table_for(IdentityTokenRow), tokens, skip_known=True)


def sealed_of(session: Session, customers: list[str]) -> dict[str, bytes]:
    """Return the sealed identities that are kept of some customers."""
    kept: dict[str, bytes] = {}
    for part in slices(customers):
        query = sa.select(col(IdentityRow.customer), col(IdentityRow.sealed)).where(col(IdentityRow.customer).in_(part))
        kept.update((row[0], row[1]) for row in session.connection().execute(query))
    return kept


def add_consent_events(session: Session, events: pd.DataFrame) -> int:
    """Append consent events that are not known yet (by row_key) and return how many were new."""
    table = table_for(ConsentEventRow)
    count = sa.select(sa.func.count()).select_from(table)
    before = session.connection().execute(count).scalar_one()
    insert_frame(session, table, events.assign(recorded_at=pd.Timestamp(now())), skip_known=True)
    return int(session.connection().execute(count).scalar_one() - before)


def add_problems(session: Session, problems: pd.DataFrame) -> None:
    """Keep rejected and flagged rows (columns of ``import_problem`` without id)."""
    insert_frame(session, table_for(ImportProblemRow), problems)


def problems(session: Session, import_id: int, severity: str | None = None, limit: int = 1000) -> list[ProblemRecord]:
    """Return the problems of an import in file order."""
    query = select(ImportProblemRow).where(ImportProblemRow.import_id == import_id)
    if severity:
        query = query.where(ImportProblemRow.severity == severity)
    query = query.order_by(col(ImportProblemRow.row_number), col(ImportProblemRow.id)).limit(limit)
    return [ProblemRecord(r.severity, r.row_number, r.column, r.sealed_value, r.reason) for r in session.exec(query)]


def remember_mapping(
    session: Session, signature: str, kind: str, mapping: dict[str, Any], options: dict[str, Any]
) -> None:
    """Keep the mapping for the next file with the same columns."""
    session.merge(MappingRow(signature=signature, kind=kind, mapping=mapping, options=options))


def remembered_mapping(session: Session, signature: str, kind: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the (mapping, options) of an earlier file with the same columns."""
    row = session.get(MappingRow, (signature, kind))
    return None if row is None else (row.mapping, row.options)
