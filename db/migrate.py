"""Bring a workspace's database to this version's schema, once, under a lock."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from db.closed import private_file
from db.errors import NewerDatabaseError, StoreError
from db.files import FileStore
from db.session import Database, in_words

ADVISORY_LOCK = 7_340_211


def migrate(database: Database, files: FileStore | None = None) -> None:
    """Run the migrations that are missing. Two processes at once are safe.

    Parameters
    ----------
    files : FileStore, optional
        Where pictures that an older version kept in the database move to; a database without any needs none.

    Raises
    ------
    NewerDatabaseError
        When the database was made by a newer version.
    StoreError
        When the database is locked, damaged or out of reach, or the disk is full.
    """
    with in_words(), _lock(database), database.engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        config.attributes["files"] = files
        known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
        current = set(MigrationContext.configure(connection).get_current_heads())
        if current - known:
            raise NewerDatabaseError(
                "This workspace was made by a newer version of Digital Persona. "
                "Install that version again, or open another workspace."
            )
        connection.rollback()
        command.upgrade(config, "head")
        connection.commit()


@contextmanager
def _lock(database: Database) -> Iterator[None]:
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        return
    name = database.engine.url.database
    if not name or name == ":memory:":
        raise StoreError("A workspace needs a database file. Set DIGITAL_PERSONA_DATABASE_URL to a path.")
    with private_file(Path(f"{name}.lock")).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
