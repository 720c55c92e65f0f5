"""Leases: which worker processes live, and which of them may write for a job.

A worker holds one lease under a token that no other process ever has, and renews it while it lives. A job row
names the token of the worker that runs it. Both are changed here only, and always the worker's row before the
job's, so that two processes never wait for each other.

All moments are the database's own, so that machines whose clocks differ agree on who is dead.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.repositories.jobs import OPEN_STATES, JobRecord, get
from db.tables import JobRow, WorkerRow
from db.types import now

LOST_SAYS = "Its worker was lost; the next one goes on with it."
HANDED_BACK_SAYS = "Its worker stopped; the next one goes on with it."


def moment(session: Session) -> datetime:
    """Return the database's time: on a server its own, on a file this machine's, once the write lock is had."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return now()
    told: datetime = connection.execute(sa.select(sa.func.now())).scalar_one()
    return told.astimezone(UTC)


def sign_on(session: Session, token: str, at: datetime, until: datetime, *, alone: bool) -> bool:
    """Take a lease. Return False when the worker has to be alone and another one holds a lease."""
    bury(session, token, at)
    if alone and session.exec(select(WorkerRow)).first() is not None:
        return False
    session.add(WorkerRow(token=token, until=until))
    session.flush()
    return True


def renew(session: Session, token: str, until: datetime) -> bool:
    """Hold a lease for longer. Return False when it was taken away, after which it never comes back."""
    renewed = sa.update(WorkerRow).where(col(WorkerRow.token) == token).values(until=until)
    return session.connection().execute(renewed).rowcount == 1


def sign_off(session: Session, token: str) -> None:
    """Give a lease back, and with it the jobs that the worker ran, for the next one to go on with."""
    session.connection().execute(sa.delete(WorkerRow).where(col(WorkerRow.token) == token))
    _free(session, [token], HANDED_BACK_SAYS, lost=0)


def bury(session: Session, token: str, at: datetime) -> list[str]:
    """Take away the leases of others that ran out before a moment, and free their jobs; return their tokens."""
    ran_out = col(WorkerRow.until) < at, col(WorkerRow.token) != token
    dead = sa.delete(WorkerRow).where(*ran_out).returning(col(WorkerRow.token))
    tokens = [str(token) for token in session.connection().execute(dead).scalars()]
    _free(session, tokens, LOST_SAYS, lost=1)
    return tokens


def _free(session: Session, tokens: list[str], message: str, *, lost: int) -> None:
    if tokens:
        held = sa.update(JobRow).where(col(JobRow.worker).in_(tokens), col(JobRow.state).in_(OPEN_STATES))
        values = {"worker": None, "state": "waiting", "message": message, "lost": col(JobRow.lost) + lost}
        session.connection().execute(held.values(**values))


def tokens(session: Session) -> set[str]:
    """Return the tokens of the workers that hold a lease."""
    return set(session.exec(select(WorkerRow.token)))


def last_until(session: Session) -> datetime | None:
    """Return until when the longest of all leases holds; None where nobody holds one."""
    return session.exec(select(sa.func.max(col(WorkerRow.until)))).one()


def worker_alive(session: Session) -> bool:
    """Say whether any worker holds a lease now."""
    living = select(WorkerRow).where(col(WorkerRow.until) >= moment(session))
    return session.exec(living).first() is not None


def claim(session: Session, token: str, job_id: str) -> JobRecord | None:
    """Take a job as the one worker that may write for it. Return it, or None when that is not to be.

    It is not to be when the worker's lease was taken away, or another worker has the job.
    """
    lease = sa.select(col(WorkerRow.token)).where(col(WorkerRow.token) == token)
    if session.connection().execute(lease.with_for_update(read=True)).first() is None:
        return None
    free = sa.or_(col(JobRow.worker).is_(None), col(JobRow.worker) == token)
    taken = sa.update(JobRow).where(col(JobRow.id) == job_id, col(JobRow.state).in_(OPEN_STATES), free)
    session.connection().execute(taken.values(worker=token, state="running", updated_at=now()))
    job = get(session, job_id)
    return job if job.worker == token or not job.is_open else None


def holder(session: Session, job_id: str) -> str | None:
    """Return the token of the worker that may write for a job, which cannot change while the transaction lasts."""
    row = sa.select(col(JobRow.worker)).where(col(JobRow.id) == job_id)
    found: str | None = session.connection().execute(row.with_for_update(read=True)).scalar()
    return found


def locked(session: Session, job_id: str) -> str | None:
    """Return the token of a job's worker, and keep everybody else from changing the job until the transaction ends."""
    row = sa.select(col(JobRow.worker)).where(col(JobRow.id) == job_id)
    found: str | None = session.connection().execute(row.with_for_update()).scalar()
    return found
