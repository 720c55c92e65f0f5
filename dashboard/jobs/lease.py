"""The lease of one worker process: taken, renewed while it lives, given back, and asked before every write.

A worker is known by a token made anew at each start, never by a name that two machines may share. Its row in
the workspace's database says until when the lease holds. Who finds a lease run out takes it away for good and
frees the jobs of that worker in the same transaction; from then on every write of the lost worker is refused
(`fencing`, after Kleppmann, "How to do distributed locking", 2016), so that nothing is done twice even where
the lost worker was only asleep.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from dashboard.services.tasks import JobInterrupted
from dashboard.workspace import Workspace
from db.repositories import leases
from db.repositories.jobs import JobRecord

RENEWALS = 6  # in the time of one lease, so that a few may fail


class Lease:
    """A worker's right to run jobs of a workspace. ``clock`` tells the time as the database has it."""

    def __init__(self, workspace: Workspace, clock: Callable[[Session], datetime] = leases.moment) -> None:
        self.token = uuid.uuid4().hex
        self._workspace, self._clock = workspace, clock
        self._length = timedelta(seconds=workspace.settings.lease_seconds)

    @property
    def renew_seconds(self) -> float:
        """How often it has to be renewed, in seconds."""
        return self._length.total_seconds() / RENEWALS

    def take(self) -> bool:
        """Sign on. Return False when another worker holds the workspace's one lease (on SQLite one works)."""
        database = self._workspace.database
        with database.writing(sign_of_life=True) as session:
            at = self._clock(session)
            return leases.sign_on(session, self.token, at, at + self._length, alone=database.one_worker)

    def renew(self) -> bool:
        """Hold it for longer. Return False when it was taken away."""
        with self._workspace.database.writing(sign_of_life=True) as session:
            return leases.renew(session, self.token, self._clock(session) + self._length)

    def bury_lost(self) -> list[str]:
        """Take away the leases of workers that are silent for too long, and free their jobs."""
        with self._workspace.database.writing(sign_of_life=True) as session:
            return leases.bury(session, self.token, self._clock(session))

    def give_back(self) -> None:
        """Sign off; the jobs at hand wait for the next worker."""
        with self._workspace.database.writing(sign_of_life=True) as session:
            leases.sign_off(session, self.token)

    def claim(self, job_id: str) -> JobRecord | None:
        """Take a job. Return it, open or ended, or None when it is not this worker's to do."""
        with self._workspace.database.writing(sign_of_life=True) as session:
            return leases.claim(session, self.token, job_id)

    def check(self, job_id: str) -> None:
        """Look whether the job is still this worker's.

        Raises
        ------
        JobInterrupted
            When it is not.
        """
        with self._workspace.database.reading() as session:
            self._fence(session, job_id)

    def fenced(self, job_id: str) -> Workspace:
        """Return the workspace as the work of a job sees it: once the job is another worker's, no write is kept."""
        database = replace(self._workspace.database, fence=partial(self._fence, job_id=job_id))
        return replace(self._workspace, database=database)

    def _fence(self, session: Session, job_id: str) -> None:
        if leases.holder(session, job_id) != self.token:
            raise JobInterrupted(job_id)
