"""Ask for long work: record it, queue it, see how it stands, cancel it. Nothing is run here.

The job engine is DBOS; this side has its client only, which writes to the engine's own database.
"""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSClient, EnqueueOptions, WorkflowStatus
from sqlalchemy.engine import make_url

from dashboard.jobs.kinds import KINDS
from dashboard.jobs.settling import Outcome, settle
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.workspace import Workspace
from db.closed import private_file
from db.errors import StoreError
from db.repositories import jobs
from db.repositories.jobs import JobRecord
from db.session import in_words

APPLICATION_VERSION = "1"
WORKFLOW = "run_job"
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)


def create_job_store(url: str) -> None:
    """Make or migrate the job engine's own database."""
    engine = logging.getLogger("dbos")
    engine.setLevel(logging.WARNING)
    engine.handlers[:] = [logging.NullHandler()]  # with a handler of its own it would print tracebacks by itself
    engine.propagate = True
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        private_file(Path(parsed.database))
    with in_words():
        DBOS.migrate(url)


@cache
def client(url: str) -> DBOSClient:
    """Return this process's way to the job engine's database."""
    return DBOSClient(system_database_url=url, retry_connection_errors=False)


def enqueue(workspace: Workspace, kind: str, title: str, params: dict[str, Any], author: str) -> str:
    """Ask for a job and return its id at once.

    Raises
    ------
    KeyError
        When there is no such kind of job.
    StoreError
        When it could not be queued. It is then on record as failed, and is never done.
    """
    KINDS[kind]
    job_id = f"{kind}-{uuid.uuid4().hex[:12]}"
    with workspace.database.writing() as session:
        jobs.add(session, job_id, kind, title, params, author)
    job = status(workspace, job_id)
    try:
        submit(workspace, job)
    except StoreError as error:
        settle(workspace, job, Outcome("failed", error=str(error)))
        raise
    return job_id


def submit(workspace: Workspace, job: JobRecord) -> None:
    """Put a job into the queue of its resource, in the order in which jobs were asked for. Twice is harmless."""
    options: EnqueueOptions = {
        "queue_name": KINDS[job.kind].resource,
        "workflow_name": WORKFLOW,
        "workflow_id": job.id,
        "app_version": APPLICATION_VERSION,
        "priority": max(1, int((job.created_at - FIRST_DAY).total_seconds())),
    }
    with in_words():
        client(workspace.settings.jobs_url).enqueue(options, job.id)


def workflows(workspace: Workspace, job_ids: list[str]) -> dict[str, WorkflowStatus]:
    """Return what the job engine knows of some jobs, by their ids."""
    with in_words():
        found = client(workspace.settings.jobs_url).list_workflows(workflow_ids=job_ids, load_input=False)
    return {workflow.workflow_id: workflow for workflow in found}


def status(workspace: Workspace, job_id: str) -> JobRecord:
    """Return a job as it stands."""
    with workspace.database.reading() as session:
        return jobs.get(session, job_id)


def cancel(workspace: Workspace, user: User, job_id: str) -> JobRecord:
    """Ask a job to stop. One that waits is off the queue at once; one that runs stops at its next report.

    Raises
    ------
    NotAllowedError
        When the person's role may not change things.
    """
    require(user, MAY_EDIT, "stop tasks")
    with workspace.database.writing() as session:
        job = jobs.get(session, job_id)
        if not job.is_open:
            return job
        job = jobs.update(session, job_id, cancel_requested=True, message="Stopping…")
    if job.worker is None:
        # A worker that takes it at this very moment finds the flag, and what follows finds the job ended.
        with in_words():
            client(workspace.settings.jobs_url).cancel_workflow(job_id)
        settle(workspace, job, Outcome("cancelled"))
    return status(workspace, job_id)
