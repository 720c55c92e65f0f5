"""Triggers beyond the first ones: REPLACE changes none of the tables that only grow, and exports only grow too.

Words in an export's manifest may name somebody who is erased later, so a trigger does not keep those columns: the
ledger does, whose line has their hash, and the erasure's line the new one.

``INSERT OR REPLACE`` removes the row in the way without a DELETE trigger, unless the connection asks for recursive
triggers (SQLite, "The RAISE() function" and PRAGMA recursive_triggers), so an INSERT trigger refuses it on every one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

GROWING = ("ledger", "decision", "export", "export_item")
_SAME_ROW = {
    "ledger": "sequence = NEW.sequence",
    "decision": "id = NEW.id OR (version_id = NEW.version_id AND sequence = NEW.sequence)",
    "export": "id = NEW.id",
    "export_item": "export_id = NEW.export_id AND version_id = NEW.version_id",
}
_CHANGED = {"export": "UPDATE OF id, sha256, author, at"}
_REFUSAL = "the table {table} is append-only"
BODY = "BEGIN RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME; END;"
# pg_trigger.tgtype: before an update or delete of each row; before a truncation.
_ROWS, _TRUNCATION = 1 + 2 + 8 + 16, 2 + 32
_IN_POSTGRES = """
SELECT tgname, tgtype, relname, prosrc, tgqual IS NULL AS always,
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = tgrelid AND attnum = ANY(tgattr::int2[]))
       AS columns
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(tgrelid)
"""


def _sqlite(table: str, action: str) -> str:
    name = f"{table}_no_{'replace' if action == 'INSERT' else action.lower()}"
    when = f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {_SAME_ROW[table]})" if action == "INSERT" else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {_guarded(table, action)} ON {table}{when} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL.format(table=table)}'); END"
    )


def _guarded(table: str, action: str) -> str:
    return action.replace("UPDATE", _CHANGED.get(table, "UPDATE"))


def wanted(dialect: str) -> list[tuple[str, str]]:
    """Return table and name of every guard that a database of this dialect has."""
    if dialect == "sqlite":
        return [(t, f"{t}_no_{a}") for t in GROWING for a in ("update", "delete", "replace")]
    return [(t, f"{t}_{a}") for t in GROWING for a in ("append_only", "no_truncate")]


def missing(connection: Connection) -> list[tuple[str, str]]:
    """Return the guards that are not there, are switched off, or have another body than ours, which refuses."""
    dialect = connection.dialect.name
    if dialect == "sqlite":
        found = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        there = {name for name, made in found.tuples() if _plain(made) in _made()}
    else:
        there = {found.tgname for found in connection.execute(sa.text(_IN_POSTGRES)) if _refuses(found)}
    return [(table, name) for table, name in wanted(dialect) if name not in there]


@cache
def _made() -> frozenset[str]:
    return frozenset(_plain(_sqlite(table, action)) for table in GROWING for action in ("UPDATE", "DELETE", "INSERT"))


def _plain(sql: str) -> str:
    """Return a statement without what a database may write otherwise: blanks, and marks round a name."""
    return " ".join(sql.replace('"', "").split())


def _refuses(found: sa.Row[Any]) -> bool:
    """Say whether a trigger of PostgreSQL sits where ours does, at the same moments, and calls what refuses."""
    table, _, kind = found.tgname.partition("_append_only" if found.tgtype == _ROWS else "_no_truncate")
    columns = _CHANGED.get(table, "").partition(" OF ")[2] if found.tgtype == _ROWS else ""
    asked = sorted(filter(None, columns.split(", ")))
    return (
        (table, kind) == (found.relname, "")
        and found.tgtype in (_ROWS, _TRUNCATION)
        and found.always
        and sorted(found.columns) == asked
        and _plain(found.prosrc) == _plain(BODY)
    )


def statements(connection: Connection) -> list[str]:
    """Return what makes the guards that a database lacks."""
    lacking = missing(connection)
    if connection.dialect.name == "sqlite":
        actions = {"update": "UPDATE", "delete": "DELETE", "replace": "INSERT"}
        return [_sqlite(table, actions[name.rsplit("_", 1)[1]]) for table, name in lacking]
    out = []
    for table, name in lacking:
        what = {"append_only": "UPDATE OR DELETE", "no_truncate": "TRUNCATE"}
        action = _guarded(table, what[name.removeprefix(f"{table}_")])
        each = "STATEMENT" if action == "TRUNCATE" else "ROW"
        out.append(f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_change()")
    return out


def drop_statements(dialect: str) -> list[str]:
    """Return what removes the guards that this module adds to the first ones."""
    first = ("ledger", "decision")
    added = [
        (t, n) for t, n in wanted(dialect) if t not in first or (dialect == "sqlite" and n.endswith("_no_replace"))
    ]
    on = "" if dialect == "sqlite" else " ON {table}"
    return [f"DROP TRIGGER IF EXISTS {name}{on.format(table=table)}" for table, name in added]
