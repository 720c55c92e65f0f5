"""Uploads: files that wait in the file store, as they came, until their import took them in."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from analytics.intake import IntakeError
from dashboard.services import files
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.workspace import Workspace
from db.errors import FileTooLargeError, StoreError
from db.files import is_address
from db.repositories import files as kept_files
from db.repositories import jobs
from db.repositories.files import FileRecord

FOLDER = "uploads"  # copies of uploads that lie elsewhere, for readers that need a path


def keep_upload(workspace: Workspace, user: User, stream: BinaryIO, limit_bytes: int) -> tuple[Path, str]:
    """Keep an upload. Return its path on this machine and its SHA-256, which is also the path's last part.

    The file's own name is not kept with it: people give files the names of people.

    Raises
    ------
    NotAllowedError
        When the user's role may not bring in files.
    IntakeError
        When it is larger than the limit or the disk has no room for it.
    """
    require(user, MAY_EDIT, "bring in files")
    files.forget_old(workspace)
    try:
        stored = workspace.files.put(stream, limit_bytes)
        with workspace.database.writing(sign_of_life=True) as session:
            kept_files.add(session, workspace.files, stored, "upload", "", user.name)
        return workspace.files.local(stored.digest, workspace.subfolder(FOLDER)), stored.digest
    except FileTooLargeError as error:
        raise IntakeError(
            f"The file is larger than {limit_bytes // 2**20} MB. Split it, or raise DIGITAL_PERSONA_MAX_UPLOAD_MB."
        ) from error
    except StoreError as error:
        raise IntakeError(f"The file could not be saved. {error}") from error


def at_hand(workspace: Workspace, path: Path) -> Path:
    """Return where a file to import lies on this machine, which may be another than took the upload.

    An upload is checked against its address. Any other path is the marketer's own and returned as it is.

    Raises
    ------
    StoreError
        When the upload is damaged, missing, or out of reach.
    """
    if not _of(workspace, path):
        return path
    return workspace.files.local(path.name, workspace.subfolder(FOLDER))


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file (hex)."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def drop_upload(workspace: Workspace, path: Path, import_id: int | None = None) -> None:
    """Keep an upload no longer, unless another task than this import's waits for it.

    A file outside the workspace is the marketer's own and stays.
    """
    with workspace.database.reading() as session:
        open_jobs = jobs.listing(session, open_only=True, limit=500)
    others = [job.params for job in open_jobs if job.params.get("import_id") != import_id]
    if path.name in files.awaited(others):
        return
    if found := _of(workspace, path):
        files.drop(workspace, [record.id for record in found])
    if path.is_relative_to((workspace.folder / FOLDER).resolve()):
        path.unlink(missing_ok=True)


def _of(workspace: Workspace, path: Path) -> list[FileRecord]:
    """Return why an upload is kept: once for each time it was brought; nothing for any other file."""
    if not is_address(path.name):
        return []
    with workspace.database.reading() as session:
        return kept_files.listing(session, "upload", path.name)
