"""The connection to a workspace's database: one schema, on SQLite or PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError
from sqlmodel import Session, select

from db import changes
from db.changes import ChangesSeen
from db.closed import close_file, private_file
from db.errors import ConflictError, StoreError, UnansweredError
from db.heads import NEW_HEAD, HeadFile
from db.tables import LedgerRow

BUSY_TIMEOUT_MS = 30_000
# Random inserts into the indexes of a large table need their pages at hand; the default is 2 MB.
CACHE_KIB = 96 * 1024
# A process that only looks things up leaves the rest to the system, which shares it between processes.
SMALL_CACHE_KIB = 8 * 1024
CHECKPOINT_PAGES = 8_000
# PostgreSQL's advisory lock of a workspace's database: writers share it, who must be alone has it alone.
WRITERS_LOCK = 7_340_212


@dataclass(frozen=True)
class Database:
    """A workspace's database. Reads see one snapshot; writes are all or nothing.

    ``fence`` is asked inside every write, last of all; what it raises keeps the write from being kept. ``heads``
    notes the ledger's head outside the database once a write that added lines is kept.
    """

    engine: Engine
    seen: ChangesSeen = field(default_factory=ChangesSeen, compare=False)
    fence: Callable[[Session], None] | None = field(default=None, compare=False)
    heads: HeadFile | None = field(default=None, compare=False)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def one_worker(self) -> bool:
        """Whether one worker at a time may work: SQLite has one writer anyway."""
        return self.is_sqlite

    def spare_memory(self) -> None:
        """Keep little of the file in this process's memory, from now on: it looks things up, and imports nothing."""
        if self.is_sqlite:
            event.listen(self.engine, "connect", _shrink_cache)
            self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for reading, which sees one moment. Nothing that is done in it is kept.

        SQLite's read transactions see one moment anyway; PostgreSQL's do at REPEATABLE READ.

        Raises
        ------
        StoreError
            When the database does not answer, is damaged, or is asked for a number beyond its range.
        """
        engine = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        with in_words(), Session(engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, *, sign_of_life: bool = False, alone: bool = False) -> Iterator[Session]:
        """Yield a session whose work is kept as a whole, or not at all.

        On SQLite the write lock is taken before the first statement, so that what was read stays true. On PostgreSQL
        writers share a lock. Who writes ``alone`` has either lock from the start: until the end nobody else changes
        anything, so what is read inside, by any session, is one and stays true. Unless it is a mere ``sign_of_life``
        (a heartbeat, a task's progress), which waits for nobody on PostgreSQL, the work counts as a change of the data.

        Raises
        ------
        ConflictError
            When a row that has to be the only one of its kind exists already.
        StoreError
            When the disk is full or the database stays locked.
        """
        engine = self.engine.execution_options(sqlite_begin="IMMEDIATE")
        try:
            with in_words(), Session(engine, expire_on_commit=False) as session:
                if self.is_sqlite and alone:
                    session.connection()  # begins now, not at the first statement: others' reads belong under the lock
                elif not (self.is_sqlite or sign_of_life):
                    kind = "" if alone else "_shared"
                    session.connection().execute(text(f"SELECT pg_advisory_xact_lock{kind}({WRITERS_LOCK})"))
                yield session
                session.flush()
                if self.fence:
                    self.fence(session)
                number = 0 if sign_of_life else changes.count_one(session)
                session.commit()
            self.seen.note(number)
            if self.heads and (head := session.info.get(NEW_HEAD)):
                self.heads.advance(head, self._line_hash)
        except IntegrityError as error:
            raise ConflictError("Somebody else saved the same thing a moment before. Reload and look at it.") from error

    def _line_hash(self, sequence: int) -> str | None:
        with self.reading() as session:
            return session.exec(select(LedgerRow.hash).where(LedgerRow.sequence == sequence)).one_or_none()


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what a database says inside the block into a sentence.

    Raises
    ------
    UnansweredError
        When the disk is full, or the database is locked, damaged or out of reach.
    StoreError
        When a value is beyond its range.
    """
    try:
        yield
    except (OperationalError, sqlite3.DatabaseError) as error:
        raise UnansweredError(_plain(error)) from error
    except (DataError, OverflowError) as error:
        raise StoreError("A number or text is larger than the database can hold, so nothing was saved.") from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # one of its kinds: a mistake of ours, for the log
            raise
        raise UnansweredError(_plain(error)) from error


def open_database(url: str) -> Database:
    """Open the database at a URL such as ``sqlite:////path`` or ``postgresql+psycopg://…``."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            _close_database(Path(parsed.database))
        engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    return Database(engine)


def _close_database(path: Path) -> None:
    """Have the database's file readable by its owner only; SQLite gives the files beside it the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        return  # opening it will say that it is no file
    with suppress(OSError):  # the same
        private_file(path)
    for beside in (path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm")):
        if beside.exists():
            close_file(beside)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        "recursive_triggers=ON",  # else REPLACE removes rows past the triggers that refuse to
        "temp_store=MEMORY",
        f"cache_size=-{CACHE_KIB}",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _shrink_cache(connection: Any, _record: Any) -> None:
    connection.execute(f"PRAGMA cache_size=-{SMALL_CACHE_KIB}")


def _begin_sqlite(connection: Any) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "")
    connection.exec_driver_sql(f"BEGIN {mode}".strip())


def _plain(error: DatabaseError | sqlite3.DatabaseError) -> str:
    text = str(error.orig if isinstance(error, DatabaseError) else error).lower()
    if "full" in text or "no space" in text or "disk i/o" in text:
        return "The disk is full, so nothing was saved. Free some space and try again."
    if "locked" in text:
        return "The database is busy with another task, so nothing was saved. Try again in a minute."
    if "readonly" in text or "read-only" in text:
        return "The database cannot be written to. Check the permissions of the workspace folder."
    if "not a database" in text or "malformed" in text:
        return "The database file is damaged or no database. Put back a backup of it, or open another workspace."
    if "unable to open" in text:
        return "The database file cannot be opened. Check the path and the permissions of the workspace folder."
    if "connect" in text or "could not translate host" in text:
        return "The database server cannot be reached. Check that it runs, and DIGITAL_PERSONA_DATABASE_URL."
    return "The database did not answer as expected, so nothing was saved. Try again; else see the log."
