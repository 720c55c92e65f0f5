"""Jobs as people see them: asked for, how far, how ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.errors import StoreError
from db.tables import JobRow
from db.types import now

OPEN_STATES = ("waiting", "running")
LONGEST_TITLE, LONGEST_MESSAGE = 200, 300


@dataclass(frozen=True)
class JobRecord:
    """One job as it stands. ``state`` is waiting, running, done, cancelled or failed.

    ``worker`` is the token of the process that runs it now, ``lost`` how many died while they did.
    """

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
    worker: str | None
    lost: int
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
    session.add(JobRow(id=job_id, kind=kind, title=title[:LONGEST_TITLE], params=params, author=author))


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
    row.message, row.updated_at = row.message[:LONGEST_MESSAGE], now()
    session.add(row)
    session.flush()
    return _record(row)


def end(session: Session, job_id: str, state: str, **values: Any) -> bool:
    """Settle an open job for good. Return False when it had ended already, which is then left as it is."""
    still_open = sa.update(JobRow).where(col(JobRow.id) == job_id, col(JobRow.state).in_(OPEN_STATES))
    if "message" in values:
        values["message"] = values["message"][:LONGEST_MESSAGE]
    values |= {"state": state, "updated_at": now()}
    return session.connection().execute(still_open.values(**values)).rowcount == 1


def asked_before(session: Session, job: JobRecord, kinds: tuple[str, ...]) -> list[JobRecord]:
    """Return the open jobs of some kinds that were asked for before a job."""
    return [
        other
        for other in listing(session, open_only=True, limit=500)
        if other.kind in kinds and (other.created_at, other.id) < (job.created_at, job.id)
    ]
