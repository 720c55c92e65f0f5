"""Jobs as people see them: asked for, how far, how ended; and whether a worker is alive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from db.errors import StoreError
from db.tables import JobRow, WorkerRow
from db.types import now

OPEN_STATES = ("waiting", "running")
WORKER_SILENT_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class JobRecord:
    """One job as it stands. ``state`` is waiting, running, done, cancelled or failed."""

    id: str
    kind: str
    title: str
    params: dict[str, Any]
    author: str
    done: int
    total: int
    message: str
    state: str
    cancel_requested: bool
    error: str | None
    result: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


def _record(row: JobRow) -> JobRecord:
    return JobRecord(**{name: getattr(row, name) for name in JobRecord.__dataclass_fields__})


def add(session: Session, job_id: str, kind: str, title: str, params: dict[str, Any], author: str) -> None:
    """Record a job that was asked for."""
    session.add(JobRow(id=job_id, kind=kind, title=title, params=params, author=author))


def get(session: Session, job_id: str) -> JobRecord:
    """Return one job.

    Raises
    ------
    StoreError
        When there is no such job.
    """
    row = session.get(JobRow, job_id)
    if row is None:
        raise StoreError(f"There is no job {job_id}.")
    return _record(row)


def listing(session: Session, *, open_only: bool = False, limit: int = 50) -> list[JobRecord]:
    """Return the newest jobs first."""
    query = select(JobRow).order_by(col(JobRow.created_at).desc()).limit(limit)
    if open_only:
        query = query.where(col(JobRow.state).in_(OPEN_STATES))
    return [_record(row) for row in session.exec(query)]


def update(session: Session, job_id: str, **values: Any) -> JobRecord:
    """Set columns of a job and return it."""
    row = session.get_one(JobRow, job_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = now()
    session.add(row)
    session.flush()
    return _record(row)


def beat(session: Session, worker: str) -> None:
    """Note that a worker is alive."""
    session.merge(WorkerRow(name=worker, seen_at=now()))


def silence(session: Session, worker: str) -> None:
    """Note that a worker has gone."""
    row = session.get(WorkerRow, worker)
    if row is not None:
        session.delete(row)


def worker_alive(session: Session) -> bool:
    """Say whether any worker was heard of lately."""
    seen = select(WorkerRow).where(col(WorkerRow.seen_at) > now() - WORKER_SILENT_AFTER)
    return session.exec(seen).first() is not None
