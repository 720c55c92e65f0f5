"""Bring a file in: look at it, settle the mapping and the consent, then import it as a job."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from analytics.intake import (
    IntakeError,
    Limits,
    Mapping,
    Options,
    column_signature,
    open_table,
    present,
)
from dashboard import jobs
from dashboard.services.data.data_sets import data_set_of
from dashboard.services.data.looking import Preview as Preview
from dashboard.services.data.looking import look as look
from dashboard.services.data.uploads import at_hand, drop_upload
from dashboard.services.data.writing import ChunkWriter
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace, free_bytes
from db import ledger
from db.repositories import consents, imports, undo, workspaces
from db.repositories import files as kept_files
from db.repositories.consents import PURPOSES
from db.repositories.imports import ImportRecord
from db.repositories.jobs import JobRecord
from db.repositories.workspaces import Contents
from db.types import now

CHUNK_ROWS = 100_000
PROBLEMS_SHOWN = 10_000
ConsentHow = Literal["none", "column", "file", "statement"]
PERSONAL_KINDS = ("profiles", "reviews", "interactions")


@dataclass(frozen=True)
class Consent:
    """How the people in a file consented. A statement names its purposes and the legal basis."""

    how: ConsentHow = "none"
    purposes: tuple[str, ...] = ()
    basis: str = ""


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


def begin(workspace: Workspace, order: Order, user: User) -> tuple[int, str]:
    """Record an import and enqueue the job. Return the import's and the job's id.

    Raises
    ------
    IntakeError
        When the mapping lacks a required field or maps two columns to one, a statement of legal
        basis names no purpose or no basis, or the disk is too full.
    """
    import_id = record(workspace, order, user)
    params = {"import_id": import_id, "path": str(order.path.resolve())}
    job_id = jobs.enqueue(workspace, "import", f"Import {order.file_name}", params, user.name)
    with workspace.database.writing() as session:
        imports.update(session, import_id, job_id=job_id)
    return import_id, job_id


def record(workspace: Workspace, order: Order, user: User) -> int:
    """Check an order, record the import and remember its mapping. Return the import's id."""
    require(user, MAY_EDIT, "bring in files")
    order.mapping.check(order.kind)
    present(order.path)
    _check_consent(order)
    if free_bytes(workspace) < 3 * order.path.stat().st_size + 50 * 2**20:
        raise IntakeError("The disk has too little room for this import. Free some space and try again.")
    with workspace.database.writing() as session:
        source = data_set_of(session, workspace, order)
        mapping, options = order.mapping.to_plain(), order.options.to_plain()
        imports.remember_mapping(session, column_signature(order.mapping.columns), order.kind, mapping, options)
        return imports.start(
            session,
            kind=order.kind,
            source=source,
            file_name=order.file_name,
            file_sha256=order.file_sha256,
            mapping=mapping,
            options={**options, "consent": asdict(order.consent)},
            author=user.name,
        )


def _check_consent(order: Order) -> None:
    consent = order.consent
    if consent.how not in get_args(ConsentHow):
        raise IntakeError(f"“{consent.how}” is no way to consent. Use {', '.join(get_args(ConsentHow))}.")
    if consent.how == "statement":
        if not consent.purposes or not consent.basis.strip():
            raise IntakeError("A statement of the legal basis needs the basis in words and at least one purpose.")
        unknown = set(consent.purposes) - set(PURPOSES)
        if unknown:
            raise IntakeError(f"Unknown purpose: {', '.join(sorted(unknown))}. Use {', '.join(PURPOSES)}.")
    if consent.how == "column" and not any(name and name.startswith("consent_") for name in order.mapping.fields()):
        raise IntakeError("No column is mapped to a consent field. Map one, or say the legal basis instead.")


def run_import(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Import a file, chunk by chunk; each chunk is kept whole, once, however often the worker dies."""
    import_id, path = int(params["import_id"]), at_hand(workspace, Path(params["path"]))
    with workspace.database.writing() as session:
        record = imports.get(session, import_id)
        if record.state == "done" and not path.exists():
            # Resumed after its very last step, which drops the upload. While the file is there, every step
            # is gone through again in the same order, because the job engine knows steps by their order.
            return _outcome(record)
        if record.state != "done":
            imports.update(session, import_id, state="running")
    said = Options.from_plain(record.options)
    table = open_table(path, Limits(), header_row=said.header_row, encoding=said.encoding)
    if table.choices:
        raise IntakeError("The file's letters do not tell in which encoding it is written. Say it and try again.")
    total = path.stat().st_size
    with closing(ChunkWriter(workspace, record, table, CHUNK_ROWS)) as writer:
        number, more = 0, True
        while more:
            task.progress(min(table.bytes_read, total - 1), total, f"{writer.rows:,} rows read")
            more = task.step(f"chunk {number}", partial(writer.write, number))
            number += 1
    task.step("indexes", lambda: _restore_indexes(workspace, record.kind))
    task.step("finish", lambda: _finish(workspace, record, table.notes))
    with workspace.database.reading() as session:
        done = imports.get(session, import_id)
    task.progress(total, total, f"{done.rows_read:,} rows read")
    drop_upload(workspace, path, import_id)
    return _outcome(done)


def _restore_indexes(workspace: Workspace, kind: str) -> None:
    """Make the indexes that were off, one a transaction, so that nobody waits long to write."""
    more = True
    while more:
        with workspace.database.writing() as session:
            more = imports.restore_index(session, kind)


def _outcome(record: ImportRecord) -> dict[str, Any]:
    names = ("rows_read", "rows_new", "rows_updated", "rows_same", "rows_rejected", "rows_flagged")
    return {"import_id": record.id, **{name: getattr(record, name) for name in names}}


def _finish(workspace: Workspace, record: ImportRecord, notes: tuple[str, ...]) -> bool:
    """Record the consent statement and close the import."""
    consent = Consent(**record.options.get("consent", {}))
    vault = workspace.vault
    with workspace.database.writing() as session:
        if imports.get(session, record.id).state == "done":
            return True
        if consent.how == "statement":
            consents.state_statement(session, record.id, list(consent.purposes), consent.basis, record.author)
        imports.update(session, record.id, state="done", notes=list(notes), finished_at=now())
        done = imports.get(session, record.id)
        entry = {
            "import": record.id,
            "kind": record.kind,
            "file_sha256": record.file_sha256,
            "rows_new": done.rows_new,
            "rows_updated": done.rows_updated,
            "consent": consent.how,
            "purposes": list(consent.purposes),
        }
        ledger.append(session, vault, "import", record.author, entry)
    return True


def tidy_import(workspace: Workspace, job: JobRecord, state: str, error: str | None) -> str:
    """Take back what a cancelled or failed import had written, note why it ended, and say what stays."""
    put_away(workspace, int(job.params["import_id"]), state, error)
    drop_upload(workspace, Path(job.params["path"]), int(job.params["import_id"]))
    with workspace.database.reading() as session:
        record = imports.get(session, int(job.params["import_id"]))
    if record.state == "done":
        return (
            f"The file had been read to its end before: its {record.rows_new + record.rows_updated:,} rows were kept."
        )
    return "No row of the file was kept."


def put_away(workspace: Workspace, import_id: int, state: str, error: str | None) -> None:
    """Take back the rows of an import that did not come to its end."""
    with workspace.database.writing() as session:
        record = imports.get(session, import_id)
        if record.state != "done":
            undo.take_back(session, import_id)
            imports.update(session, import_id, state=state, error=error, finished_at=now())
    _restore_indexes(workspace, record.kind)


def undo_import(workspace: Workspace, user: User, import_id: int) -> int:
    """Take an import back while nothing rests on it. Return how many rows were removed.

    Raises
    ------
    StoreError
        When a persona or a draft rests on it, or it was undone already.
    """
    require(user, MAY_EDIT, "undo imports")
    with workspace.database.writing() as session:
        removed = undo.undo(session, import_id)
        ledger.append(session, workspace.vault, "undo import", user.name, {"import": import_id, "rows": removed})
    kept_files.settle(workspace.database, workspace.files)
    return removed


def listing(workspace: Workspace) -> list[ImportRecord]:
    """Return the imports, the newest first."""
    with workspace.database.reading() as session:
        return imports.listing(session)


@dataclass(frozen=True)
class Usable:
    """Of an import's people rows, how many may be used for what."""

    rows: int
    by_purpose: dict[str, int]


def usable(workspace: Workspace, record: ImportRecord) -> Usable | None:
    """Say how many of an import's rows may be used for each purpose; None where no person is in it."""
    if record.kind not in PERSONAL_KINDS:
        return None
    with workspace.database.reading() as session:
        by_purpose: dict[str, int] = {p: consents.usable_rows(session, record.kind, record.id, p) for p in PURPOSES}
    return Usable(record.rows_new + record.rows_updated, by_purpose)


def problems(workspace: Workspace, import_id: int, limit: int = PROBLEMS_SHOWN) -> pd.DataFrame:
    """Return rejected and flagged rows: row, column, value, what happened and why.

    Raises
    ------
    StoreError
        When there is no such import.
    """
    with workspace.database.reading() as session:
        imports.get(session, import_id)
        kept = imports.problems(session, import_id, limit=limit)
    owner = f"import:{import_id}"
    rows = [
        (
            p.row_number,
            p.column,
            workspace.vault.unseal(p.sealed_value, owner)["value"] if p.sealed_value else "",
            "left out" if p.severity == "rejected" else "kept",
            p.reason,
        )
        for p in kept
    ]
    return pd.DataFrame(rows, columns=["row", "column", "value", "outcome", "reason"])


def contents(workspace: Workspace) -> Contents:
    """Count what the workspace holds."""
    with workspace.database.reading() as session:
        return workspaces.contents(session)
