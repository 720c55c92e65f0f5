"""Triggers beyond the first ones: REPLACE changes none of the tables that only grow, and exports only grow too.

Words in an export's manifest may name somebody who is erased later, so a trigger does not keep those columns: the
ledger does, whose line has their hash, and the erasure's line the new one.

``INSERT OR REPLACE`` removes the row in the way without a DELETE trigger, unless the connection asks for recursive
triggers (SQLite, "The RAISE() function" and PRAGMA recursive_triggers), so an INSERT trigger refuses it on every one.
"""

from __future__ import annotations

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
    """Return the guards that are not there, or are switched off."""
    if connection.dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    there = set(connection.execute(sa.text(names)).scalars())
    return [(table, name) for table, name in wanted(connection.dialect.name) if name not in there]


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
