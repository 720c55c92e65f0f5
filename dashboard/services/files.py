"""Kept files: what there is, whether each is as it was, and what is kept no longer."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.services.people import MAY_MANAGE, User, require
from dashboard.workspace import Workspace
from db.errors import FileDamagedError, FileMissingError, StoreError
from db.repositories import files as kept_files
from db.repositories import jobs
from db.repositories.files import KEPT_FOR, FileRecord
from db.types import now

log = logging.getLogger("digital_persona")


@dataclass(frozen=True)
class Looked:
    """What became of looking at every file: how many are whole, and a sentence for each other one."""

    place: str
    whole: int
    problems: tuple[str, ...]


def awaited(params: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the last part of each path that the tasks with these parameters are to read."""
    return {Path(str(each["path"])).name for each in params if each.get("path")}


def forget_old(workspace: Workspace) -> None:
    """Keep no longer what had its time: uploads nobody imported, reports, exports that were fetched long ago.

    An upload stays as long as a task waits for it, however old it is.
    """
    folder, moment = workspace.folder / "uploads", now()
    with workspace.database.reading() as session:
        waiting = awaited(job.params for job in jobs.listing(session, open_only=True, limit=500))
        old = [
            record.id
            for record in kept_files.listing(session)
            if record.kind in KEPT_FOR and moment - record.created_at > KEPT_FOR[record.kind]
            if record.kind != "upload" or record.digest not in waiting
        ]
    drop(workspace, old)
    for copy in folder.iterdir() if folder.is_dir() else ():
        age = moment.timestamp() - copy.stat().st_mtime
        if age > KEPT_FOR["upload"].total_seconds() and copy.name not in waiting:
            copy.unlink(missing_ok=True)


def drop(workspace: Workspace, file_ids: list[int]) -> None:
    """Keep files no longer, and remove what no other row names."""
    if file_ids:
        with workspace.database.writing(sign_of_life=True) as session:
            kept_files.drop(session, file_ids)
    kept_files.settle(workspace.database, workspace.files)


def drop_material(workspace: Workspace) -> None:
    """Drop whatever may hold people's data as it came or as it was shown: uploads that wait, reports.

    What a task waits for stays.
    """
    with workspace.database.reading() as session:
        waiting = awaited(job.params for job in jobs.listing(session, open_only=True, limit=500))
        found = [*kept_files.listing(session, "upload"), *kept_files.listing(session, "report")]
    drop(workspace, [record.id for record in found if record.digest not in waiting])
    folder = workspace.folder / "uploads"
    for copy in folder.iterdir() if folder.is_dir() else ():
        if copy.name not in waiting:
            copy.unlink(missing_ok=True)


def tidy(workspace: Workspace) -> None:
    """Do at a start what a crash may have left undone. A store that is out of reach stops nothing else."""
    try:
        forget_old(workspace)
        workspace.files.clear_staging()
        if not workspace.settings.files_url:
            # Elsewhere the copy of a database would take its original's newer files for nobody's.
            kept_files.sweep(workspace.database, workspace.files)
    except StoreError as error:
        log.warning("files were not tidied up: %s", error)


def listing(workspace: Workspace) -> list[FileRecord]:
    """Return the kept files, the newest first."""
    with workspace.database.reading() as session:
        return kept_files.listing(session)


def check(workspace: Workspace) -> Looked:
    """Read every file that the database names, pictures included, and check it against its address."""
    with workspace.database.reading() as session:
        named = sorted(kept_files.named(session))
    problems = []
    for digest in named:
        try:
            workspace.files.check(digest)
        except (FileDamagedError, FileMissingError) as error:
            problems.append(str(error))
    return Looked(workspace.files.place, len(named) - len(problems), tuple(problems))


def sweep(workspace: Workspace, user: User) -> int:
    """Remove what lies in the store and no row names; return how many files went.

    Raises
    ------
    NotAllowedError
        When the user is no admin.
    """
    require(user, MAY_MANAGE, "remove files")
    forget_old(workspace)
    return kept_files.sweep(workspace.database, workspace.files)


def keep_model(workspace: Workspace, user: User, path: Path) -> FileRecord:
    """Keep a model's weights (one file: GGUF, safetensors, ONNX) for every machine of this workspace.

    Raises
    ------
    NotAllowedError
        When the user is no admin.
    StoreError
        When there is no room for it.
    """
    require(user, MAY_MANAGE, "keep models")
    with path.open("rb") as stream:
        stored = workspace.files.put(stream)
    with workspace.database.writing() as session:
        file_id = kept_files.add(session, workspace.files, stored, "model", path.name, user.name)
        return kept_files.get(session, file_id)


def model_path(workspace: Workspace, digest: str) -> Path:
    """Return where a model's weights lie on this machine, checked against their digest.

    Raises
    ------
    StoreError
        When no such model is kept, or it is damaged, missing or out of reach.
    """
    with workspace.database.reading() as session:
        if not kept_files.listing(session, "model", digest):
            raise StoreError(f"No model {digest[:16]}… is kept here. Keep it first: digital-persona files keep FILE.")
    return workspace.files.local(digest, workspace.subfolder("models"))


def remove(workspace: Workspace, user: User, file_id: int) -> None:
    """Keep a file no longer.

    Raises
    ------
    NotAllowedError
        When the user is no admin.
    StoreError
        When there is none of this number.
    """
    require(user, MAY_MANAGE, "remove files")
    with workspace.database.reading() as session:
        kept_files.get(session, file_id)
    drop(workspace, [file_id])
