"""Uploads: files that wait inside the workspace, as they came, until their import took them in."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from analytics.intake import IntakeError
from dashboard.workspace import Workspace
from db.repositories import jobs
from db.types import now

ABANDONED_AFTER = 24 * 60 * 60.0


def keep_upload(workspace: Workspace, stream: BinaryIO, limit_bytes: int) -> tuple[Path, str]:
    """Save an upload inside the workspace while its hash is taken. Return its path and SHA-256.

    Raises
    ------
    IntakeError
        When it is larger than the limit or the disk has no room for it.
    """
    folder = workspace.subfolder("uploads")
    _forget_abandoned(workspace, folder)
    digest, size, partial = hashlib.sha256(), 0, folder / f"partial-{now().timestamp():.6f}"
    try:
        with partial.open("wb") as out:
            while block := stream.read(1 << 20):
                size += len(block)
                if size > limit_bytes:
                    raise IntakeError(
                        f"The file is larger than {limit_bytes // 2**20} MB. Split it, or raise "
                        "DIGITAL_PERSONA_MAX_UPLOAD_MB."
                    )
                digest.update(block)
                out.write(block)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise IntakeError(f"The file could not be saved: {error.strerror}. Nothing was kept.") from error
    except IntakeError:
        partial.unlink(missing_ok=True)
        raise
    path = folder / digest.hexdigest()
    partial.replace(path)
    return path, digest.hexdigest()


def _forget_abandoned(workspace: Workspace, folder: Path) -> None:
    """Delete uploads that nobody imported within a day: they hold people's data as it came."""
    with workspace.database.reading() as session:
        waiting = {job.params.get("path") for job in jobs.listing(session, open_only=True, limit=500)}
    for upload in folder.iterdir():
        old = now().timestamp() - upload.stat().st_mtime > ABANDONED_AFTER
        if old and str(upload.resolve()) not in waiting:
            upload.unlink(missing_ok=True)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file (hex)."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def drop_upload(workspace: Workspace, path: Path) -> None:
    """Delete the uploaded copy; a file outside the workspace is the marketer's own and stays."""
    if path.is_relative_to((workspace.folder / "uploads").resolve()):
        path.unlink(missing_ok=True)
