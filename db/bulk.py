"""Rows in bulk: DataFrames straight into tables, without an object a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Boolean, Column, Date, Float, Integer, Table, inspect
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from db.types import UtcDateTime

LOOKUP_SLICE = 10_000
MANY_ROWS = 10_000
STATEMENT_VALUES = 6_000


def table_for(model: type[SQLModel]) -> Table:
    """Return the table behind a SQLModel class."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def insert_frame(session: Session, table: Table, frame: pd.DataFrame, *, skip_known: bool = False) -> None:
    """Insert every row of a frame whose columns are columns of the table.

    JSON columns are given as text already. With ``skip_known`` rows whose key exists are left out.
    """
    if frame.empty:
        return
    names = ", ".join(f'"{name}"' for name in frame.columns)
    rows = zip(*(_values(frame[name], table.c[name]) for name in frame.columns), strict=True)
    connection = session.connection()
    driver = connection.dialect.loaded_dbapi
    write = _insert if connection.dialect.name == "sqlite" else _copy
    try:
        # Past SQLAlchemy, which would hold all rows at once; errors stay its own.
        write(connection.connection.cursor(), table.name, names, rows, skip_known)
    except driver.Error as error:
        raise DBAPIError.instance(
            table.name, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _insert(cursor: Any, table: str, names: str, rows: Iterator[tuple[Any, ...]], skip_known: bool) -> None:
    """Insert many rows a statement: SQLite runs it without Python's lock, so other threads work meanwhile."""
    width = names.count(", ") + 1
    marks, known = f"({', '.join('?' * width)})", " ON CONFLICT DO NOTHING" if skip_known else ""
    while part := list(islice(rows, STATEMENT_VALUES // width)):
        values = ", ".join([marks] * len(part))
        cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES {values}{known}', list(chain.from_iterable(part)))


def _copy(cursor: Any, table: str, names: str, rows: Iterator[tuple[Any, ...]], skip_known: bool) -> None:
    """Use COPY, which knows no conflicts: where rows may be known, they go by way of a temporary table."""
    target = "incoming" if skip_known else table
    if skip_known:
        cursor.execute(f'CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {names} FROM "{table}" WITH NO DATA')
    with cursor.copy(f'COPY "{target}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
    if skip_known:
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM incoming ON CONFLICT DO NOTHING')
        cursor.execute("DROP TABLE incoming")


def known_rows(session: Session, table: Table, keys: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return ``{row_key: (id, row_hash)}`` for the keys that the table holds already."""
    found: dict[str, tuple[int, int]] = {}
    for part in slices(keys):
        query = (
            table.select()
            .with_only_columns(table.c.row_key, table.c.id, table.c.row_hash)
            .where(table.c.row_key.in_(part))
        )
        for key, row_id, row_hash in session.connection().execute(query):
            found[key] = (row_id, row_hash)
    return found


def insert_many(session: Session, table: Table, frame: pd.DataFrame) -> None:
    """Insert rows that have a ``row_key``; many of them in its order.

    Keys are random, so in file order every row would touch another page of the key's index.
    """
    if len(frame) >= MANY_ROWS:
        frame = frame.iloc[np.argsort(frame["row_key"].to_numpy().astype("S80"))]
    insert_frame(session, table, frame)


def drop_indexes(session: Session, table: Table) -> None:
    """Take a table's indexes off, so that very many rows go in fast; keys stay unique.

    The index of imports stays: rows come in its order, and it tells whose rows a table holds.
    """
    for index in table.indexes:
        if index.columns.keys() != ["import_id"]:
            index.drop(session.connection(), checkfirst=True)


def restore_index(session: Session, table: Table) -> bool:
    """Make one index that a table lacks; say whether there was one."""
    held = {index["name"] for index in inspect(session.connection()).get_indexes(table.name)}
    lacking = next((index for index in table.indexes if index.name not in held), None)
    if lacking is not None:
        lacking.create(session.connection())
    return lacking is not None


def slices(values: Sequence[Any], size: int = LOOKUP_SLICE) -> Iterator[Sequence[Any]]:
    """Cut a list into pieces that fit one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _values(column: pd.Series, target: Column[Any]) -> Iterable[Any]:
    """Return plain Python values, missing ones as None, moments as the database writes them."""
    kind = target.type
    if isinstance(kind, UtcDateTime) or str(column.dtype).startswith("datetime64"):
        return _moments(pd.to_datetime(column, utc=True), day_only=isinstance(kind, Date))
    if column.dtype == object and not target.nullable:
        return column.tolist()
    missing = column.isna().to_numpy()
    if isinstance(kind, Boolean):
        values = column.astype("boolean").astype(object).to_numpy()
    elif isinstance(kind, Integer):
        if pd.api.types.is_integer_dtype(column.dtype) and not missing.any():
            return column.to_numpy().tolist()
        values = column.astype("Int64").astype(object).to_numpy()
    elif isinstance(kind, Float):
        values = column.astype("float64").astype(object).to_numpy()
    else:
        values = column.to_numpy(dtype=object)
    if missing.any():
        values = values.copy()
        values[missing] = None
    return values.tolist()


def _moments(column: pd.Series, *, day_only: bool) -> list[str | None]:
    """Write moments as ``YYYY-MM-DD HH:MM:SS.ffffff`` in UTC, the way SQLAlchemy compares them."""
    codes, plain = np.unique(column.dt.tz_localize(None).to_numpy(dtype="datetime64[us]"), return_inverse=True)[::-1]
    texts = np.datetime_as_string(plain, unit="D" if day_only else "us")
    if not day_only:
        width = texts.dtype.itemsize // 4
        texts = np.ascontiguousarray(texts)
        texts.view("U1").reshape(len(texts), width)[:, 10] = " "
    values = texts.astype(object)
    values[np.isnat(plain)] = None
    return values[codes].tolist()
