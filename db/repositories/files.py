"""Which files are kept and why; what no row names any more leaves the store.

References are the rows themselves: a file stays as long as a picture or a kept file names its digest, so
there is no counter that could drift. Rows go first, in the transaction of whoever removes them, and leave
their digests on a list (kind ``released``); ``settle`` then removes the bytes. A crash in between leaves the
list, which the next ``settle`` goes through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.bulk import slices
from db.errors import FileMissingError, StoreError
from db.files import FileStore, Stored
from db.session import Database
from db.tables import FileRow, MediaRow
from db.types import now

Kind = Literal["upload", "export", "report", "model", "altered"]
RELEASED = "released"
KEPT_FOR: dict[Kind, timedelta] = {
    "upload": timedelta(days=1),
    "report": timedelta(days=1),
    "export": timedelta(days=30),
}
# A file is put before the row that names it is kept; younger ones may still be waiting for theirs.
UNNAMED_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class FileRecord:
    """A kept file: why it is kept, its address, its size in bytes, its name and whose it is."""

    id: int
    kind: Kind
    digest: str
    size: int
    name: str
    author: str
    created_at: datetime


def _record(row: FileRow) -> FileRecord:
    return FileRecord(**{name: getattr(row, name) for name in FileRecord.__dataclass_fields__})


def add(session: Session, files: FileStore, stored: Stored, kind: Kind, name: str, author: str = "") -> int:
    """Keep a file that was put into the store. Return its number.

    Raises
    ------
    FileMissingError
        When it was removed since it was put there.
    """
    row = FileRow(kind=kind, digest=stored.digest, size=stored.size, name=name[:300], author=author)
    session.add(row)
    session.flush()
    hold(session, files, stored.digest)
    return int(row.id or 0)


def hold(session: Session, files: FileStore, digest: str) -> None:
    """Make sure that a file which a row of this transaction names is there, and stays.

    Call it after the row was flushed: no ``settle`` runs beside a transaction that has written a row.

    Raises
    ------
    FileMissingError
        When it was removed since it was put there.
    """
    if not files.holds(digest):
        raise FileMissingError("The file was removed by somebody else a moment ago, so nothing was kept. Try again.")


def get(session: Session, file_id: int) -> FileRecord:
    """Return one kept file.

    Raises
    ------
    StoreError
        When there is none of this number, or it is kept no longer.
    """
    row = session.get(FileRow, file_id)
    if row is None or row.kind == RELEASED:
        raise StoreError(f"There is no file number {file_id}, or it is kept no longer.")
    return _record(row)


def listing(session: Session, kind: Kind | None = None, digest: str | None = None) -> list[FileRecord]:
    """Return kept files, the newest first."""
    query = select(FileRow).where(FileRow.kind != RELEASED).order_by(col(FileRow.id).desc())
    if kind is not None:
        query = query.where(FileRow.kind == kind)
    if digest is not None:
        query = query.where(FileRow.digest == digest)
    return [_record(row) for row in session.exec(query)]


def drop(session: Session, file_ids: Iterable[int]) -> None:
    """Keep files no longer; their bytes go at the next ``settle`` unless another row names them."""
    for part in slices(list(file_ids)):
        session.connection().execute(sa.update(FileRow).where(col(FileRow.id).in_(part)).values(kind=RELEASED))


def release(session: Session, digests: Iterable[str]) -> None:
    """Put digests whose rows go in this transaction on the list of what is to be removed."""
    session.add_all(FileRow(kind=RELEASED, digest=digest) for digest in dict.fromkeys(digests))
    session.flush()


def named(session: Session) -> set[str]:
    """Return the digest of every file that a row names: these stay, and have to be there."""
    kept = session.exec(select(FileRow.digest).where(FileRow.kind != RELEASED))
    return {*kept, *session.exec(select(MediaRow.digest))}


def settle(database: Database, files: FileStore) -> int:
    """Remove the released files that no row names any more; return how many went."""
    with database.reading() as session:
        waiting = session.exec(select(FileRow.id).where(FileRow.kind == RELEASED).limit(1)).first()
    if waiting is None:
        return 0
    with database.writing(sign_of_life=True) as session:
        _keep_others_waiting(session)
        listed = list(session.exec(select(FileRow.id, FileRow.digest).where(FileRow.kind == RELEASED)))
        gone = {digest for _, digest in listed} - named(session)
        for digest in gone:
            files.remove(digest)
        for part in slices([row_id for row_id, _ in listed]):
            session.connection().execute(sa.delete(FileRow).where(col(FileRow.id).in_(part)))
    return len(gone)


def sweep(database: Database, files: FileStore) -> int:
    """Remove what lies in the store without a row that names it: put there by somebody who was stopped.

    Not for a place that the copy of a database shares with its original: each would take the other's newer
    files for nobody's.
    """
    before = now() - UNNAMED_FOR
    with database.reading() as session:
        kept = named(session)
    unnamed = [f.digest for f in files.listing() if f.digest not in kept and f.put_at < before]
    if unnamed:
        with database.writing(sign_of_life=True) as session:
            release(session, unnamed)
    return settle(database, files)


def _keep_others_waiting(session: Session) -> None:
    """Let nobody name a file while it is decided which ones are named. SQLite has one writer anyway."""
    if session.connection().dialect.name == "postgresql":
        # First statement of its transaction: a snapshot taken before the lock would miss the last writer's rows.
        session.connection().execute(sa.text("LOCK TABLE media, kept_file IN SHARE ROW EXCLUSIVE MODE"))
