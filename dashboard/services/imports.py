"""Bring a file in: look at it, settle the mapping and the consent, then import it as a job."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pandas as pd

from analytics.intake import (
    Chunk,
    IntakeError,
    Keys,
    KindGuess,
    Limits,
    Mapping,
    Options,
    column_signature,
    detect_kind,
    normalise,
    open_table,
    suggest_mapping,
)
from dashboard import jobs
from dashboard.services.import_rows import prepare
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace, free_bytes
from db import ledger
from db.bulk import insert_frame
from db.repositories import consents, imports, products, undo
from db.repositories.consents import PURPOSES
from db.repositories.imports import ImportRecord
from db.types import now
from engine.redaction import Redactor

CHUNK_ROWS = 20_000
LOSSY_PROBLEMS = 100_000
ConsentHow = Literal["none", "column", "file", "statement"]
PERSONAL_KINDS = ("profiles", "reviews", "interactions")


@dataclass(frozen=True)
class Consent:
    """How the people in a file consented. A statement names its purposes and the legal basis."""

    how: ConsentHow = "none"
    purposes: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True)
class Preview:
    """What a file looks like before anything is kept of it."""

    path: Path
    file_name: str
    file_sha256: str
    columns: tuple[str, ...]
    sample: pd.DataFrame
    notes: tuple[str, ...]
    kinds: tuple[KindGuess, ...]
    mapping: Mapping
    remembered: bool
    seen_before: ImportRecord | None = None


@dataclass(frozen=True)
class Order:
    """A file to bring in, as the marketer settled it."""

    path: Path
    file_name: str
    file_sha256: str
    kind: str
    mapping: Mapping
    consent: Consent = Consent()
    options: Options = field(default_factory=Options)
    source: str | None = None


def keep_upload(workspace: Workspace, stream: BinaryIO, limit_bytes: int) -> tuple[Path, str]:
    """Save an upload inside the workspace while its hash is taken. Return its path and SHA-256.

    Raises
    ------
    IntakeError
        When it is larger than the limit or the disk has no room for it.
    """
    folder = workspace.subfolder("uploads")
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


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file (hex)."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def look(workspace: Workspace, path: Path, file_name: str, kind: str | None = None) -> Preview:
    """Read the head of a file, guess its kind and suggest a mapping; keep nothing.

    Raises
    ------
    IntakeError
        When it cannot be read, with the reason and the remedy.
    """
    table = open_table(path, Limits(), name=file_name)
    sample = table.sample(200)
    kinds = tuple(detect_kind(table.columns, sample))
    chosen = kind or kinds[0].kind
    digest = file_digest(path)
    with workspace.database.reading() as session:
        kept = imports.remembered_mapping(session, column_signature(table.columns), chosen)
        seen = imports.same_file(session, digest, chosen)
    mapping = Mapping.from_plain(kept[0]) if kept else suggest_mapping(chosen, table.columns, sample)
    return Preview(
        path=path,
        file_name=file_name,
        file_sha256=digest,
        columns=table.columns,
        sample=sample,
        notes=table.notes,
        kinds=kinds,
        mapping=mapping,
        remembered=kept is not None,
        seen_before=seen,
    )


def begin(workspace: Workspace, order: Order, author: str) -> tuple[int, str]:
    """Record an import, remember its mapping and enqueue the job. Return the import's and the job's id.

    Raises
    ------
    IntakeError
        When the mapping lacks a required field or maps two columns to one, or a statement of
        legal basis names no purpose or no basis.
    """
    order.mapping.check(order.kind)
    _check_consent(order)
    if free_bytes(workspace) < 3 * order.path.stat().st_size + 50 * 2**20:
        raise IntakeError("The disk has too little room for this import. Free some space and try again.")
    with workspace.database.writing() as session:
        seen = imports.same_file(session, order.file_sha256, order.kind)
        source = order.source or (seen.source if seen else Path(order.file_name).name.split(".")[0])
        import_id = imports.start(
            session,
            kind=order.kind,
            source=source,
            file_name=order.file_name,
            file_sha256=order.file_sha256,
            mapping=order.mapping.to_plain(),
            options={**order.options.to_plain(), "consent": asdict(order.consent)},
            author=author,
        )
        imports.remember_mapping(
            session,
            column_signature(order.mapping.columns),
            order.kind,
            order.mapping.to_plain(),
            order.options.to_plain(),
        )
    title = f"Import {order.file_name}"
    job_id = jobs.enqueue(
        workspace, "import", title, {"import_id": import_id, "path": str(order.path.resolve())}, author
    )
    with workspace.database.writing() as session:
        imports.update(session, import_id, job_id=job_id)
    return import_id, job_id


def _check_consent(order: Order) -> None:
    consent = order.consent
    if consent.how == "statement":
        if not consent.purposes or not consent.basis.strip():
            raise IntakeError(
                "A statement of the legal basis needs the basis in words and at least one purpose."
            )
        unknown = set(consent.purposes) - set(PURPOSES)
        if unknown:
            raise IntakeError(f"Unknown purpose: {', '.join(sorted(unknown))}. Use {', '.join(PURPOSES)}.")
    if consent.how == "column" and not any(
        name and name.startswith("consent_") for name in order.mapping.fields()
    ):
        raise IntakeError("No column is mapped to a consent field. Map one, or say the legal basis instead.")


def run_import(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Import a file, chunk by chunk; each chunk is kept whole, once, however often the worker dies."""
    import_id, path = int(params["import_id"]), Path(params["path"])
    with workspace.database.writing() as session:
        record = imports.get(session, import_id)
        imports.update(session, import_id, state="running")
    table = open_table(path, Limits(), name=record.file_name)
    total = path.stat().st_size
    steps = _Chunks(workspace, record, table.chunks(CHUNK_ROWS))
    number, more = 0, True
    while more:
        task.progress(min(table.bytes_read, total - 1), total, f"{steps.rows:,} rows read")
        more = task.step(f"chunk {number}", lambda n=number: steps.write(n))
        number += 1
    task.step("finish", lambda: _finish(workspace, record, table.notes))
    with workspace.database.reading() as session:
        done = imports.get(session, import_id)
    task.progress(total, total, f"{done.rows_read:,} rows read")
    _drop_upload(workspace, path)
    names = ("rows_read", "rows_new", "rows_updated", "rows_same", "rows_rejected", "rows_flagged")
    return {"import_id": import_id, **{name: getattr(done, name) for name in names}}


class _Chunks:
    """The file's chunks, normalised and written in order; reads past those that were written before."""

    def __init__(self, workspace: Workspace, record: ImportRecord, chunks: Iterator[Chunk]) -> None:
        self._workspace, self._record, self._chunks = workspace, record, chunks
        self._mapping = Mapping.from_plain(record.mapping)
        self._options = Options.from_plain(record.options)
        self._keys = Keys()
        self._redactor = Redactor(())
        self._position = 0
        self.rows = record.rows_read

    def write(self, number: int) -> bool:
        """Write chunk ``number`` unless it is written; say whether there may be more."""
        while True:
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            checked = normalise(self._record.kind, chunk, self._mapping, self._options, self._keys)
            position, self._position = self._position, self._position + 1
            if position == number:
                break
        ready = prepare(
            self._record.kind,
            checked.rows,
            self._workspace.vault,
            source=self._record.source,
            file_sha256=self._record.file_sha256,
            redactor=self._redactor,
        )
        problems = _problems(self._workspace, self._record.id, number, chunk, checked)
        with self._workspace.database.writing() as session:
            if imports.get(session, self._record.id).chunks_done > number:
                return True
            written = _keep(session, self._record, ready)
            rejected = int((problems["severity"] == "rejected").sum()) if len(problems) else 0
            imports.add_problems(session, problems)
            imports.update(
                session,
                self._record.id,
                chunks_done=number + 1,
                add_rows_read=len(chunk.frame) + len(chunk.ragged),
                add_rows_new=written.new,
                add_rows_updated=written.updated,
                add_rows_same=written.same,
                add_rows_rejected=len(chunk.frame) + len(chunk.ragged) - len(checked.rows),
                add_rows_flagged=len(problems) - rejected,
            )
        self.rows += len(chunk.frame)
        return True
