"""How a job stands, for pages that show what it makes."""

from __future__ import annotations

from dashboard.workspace import Workspace
from db.errors import StoreError
from db.repositories import jobs
from db.repositories.jobs import JobRecord


def of(workspace: Workspace, job_id: str | None) -> JobRecord | None:
    """Return a job, or None when there is none."""
    if job_id is None:
        return None
    with workspace.database.reading() as session:
        try:
            return jobs.get(session, job_id)
        except StoreError:
            return None
