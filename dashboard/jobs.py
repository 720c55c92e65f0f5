"""Long work on DBOS: pages and the command line ask, a worker process runs and resumes.

A page never loads the engine's models: it writes a job row and enqueues. The worker holds a lock in
the workspace, so that at most one runs there; the command line becomes the worker when none is alive.
"""

from __future__ import annotations

import fcntl
import importlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from dbos import DBOS, DBOSClient, EnqueueOptions

from dashboard.sentences import is_foreseen, sentence
from dashboard.services.people import MAY_EDIT, User, require
from dashboard.services.tasks import JobCancelledError
from dashboard.workspace import Workspace
from db.repositories import jobs
from db.repositories.jobs import JobRecord
from db.session import in_words

QUEUE = "jobs"
APPLICATION_VERSION = "1"
WORKFLOW = "run_job"
HEARTBEAT_SECONDS = 5.0
PROGRESS_SECONDS = 0.4
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobKind:
    """Where the work of a kind is done: ``module:function(workspace, task, params) -> dict``."""

    run: str
    tidy: str | None = None


KINDS: dict[str, JobKind] = {
    "import": JobKind("dashboard.services.data.imports:run_import", "dashboard.services.data.imports:tidy_import"),
    "personas": JobKind(
        "dashboard.services.personas.building:run_build", "dashboard.services.personas.building:tidy_build"
    ),
    "persona": JobKind("dashboard.services.personas.by_hand:run"),
    "campaign": JobKind("dashboard.services.studio.campaigns:run_campaign"),
    "themes": JobKind("dashboard.services.surveys.open_answers:run_suggest"),
    "coding": JobKind("dashboard.services.surveys.theme_shares:run_coding"),
    "demo": JobKind("dashboard.services.demo.filling:run_filling"),
}


def _function(path: str) -> Callable[..., Any]:
    module, name = path.split(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def create_job_store(url: str) -> None:
    """Make or migrate the job engine's own database."""
    engine = logging.getLogger("dbos")
    engine.setLevel(logging.WARNING)
    engine.handlers[:] = [logging.NullHandler()]  # with a handler of its own it would print tracebacks by itself
    engine.propagate = True
    with in_words():
        DBOS.migrate(url)


@cache
def _client(url: str) -> DBOSClient:
    return DBOSClient(system_database_url=url, retry_connection_errors=False)


def enqueue(workspace: Workspace, kind: str, title: str, params: dict[str, Any], author: str) -> str:
    """Ask for a job and return its id at once.

    Raises
    ------
    KeyError
        When there is no such kind of job.
    """
    KINDS[kind]
    job_id = f"{kind}-{uuid.uuid4().hex[:12]}"
    with workspace.database.writing() as session:
        jobs.add(session, job_id, kind, title, params, author)
    _submit(workspace, job_id)
    return job_id


def _submit(workspace: Workspace, job_id: str) -> None:
    options: EnqueueOptions = {
        "queue_name": QUEUE,
        "workflow_name": WORKFLOW,
        "workflow_id": job_id,
        "app_version": APPLICATION_VERSION,
    }
    with in_words():
        _client(workspace.settings.jobs_url).enqueue(options, job_id)


def status(workspace: Workspace, job_id: str) -> JobRecord:
    """Return a job as it stands."""
    with workspace.database.reading() as session:
        return jobs.get(session, job_id)


def cancel(workspace: Workspace, user: User, job_id: str) -> JobRecord:
    """Ask a job to stop. It stops at its next progress report; one that waits stops at once.

    Raises
    ------
    NotAllowedError
        When the person's role may not change things.
    """
    require(user, MAY_EDIT, "stop tasks")
    with workspace.database.writing() as session:
        record = jobs.get(session, job_id)
        if not record.is_open:
            return record
        return jobs.update(session, job_id, cancel_requested=True, message="Stopping…")


class DurableTask:
    """A job's steps and progress, kept by DBOS and the job row."""

    def __init__(self, workspace: Workspace, job_id: str) -> None:
        self._workspace, self.id, self._told = workspace, job_id, 0.0

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        return DBOS.run_step({"name": name}, work)

    def progress(self, done: int, total: int, message: str) -> None:
        if time.monotonic() - self._told < PROGRESS_SECONDS and done < total:
            return
        self._told = time.monotonic()
        with self._workspace.database.writing(sign_of_life=True) as session:
            record = jobs.update(session, self.id, done=done, total=total, message=message)
        if record.cancel_requested:
            raise JobCancelledError(self.id)


def run_job(workspace: Workspace, job_id: str) -> str:
    """Do one job from start to end, inside a DBOS workflow, and return its last state."""
    with workspace.database.writing() as session:
        job = jobs.get(session, job_id)
        if not job.is_open:
            return job.state
        jobs.update(session, job_id, state="running")
    kind, task = KINDS[job.kind], DurableTask(workspace, job_id)
    outcome: dict[str, Any] = {}
    try:
        if job.cancel_requested:
            raise JobCancelledError(job_id)
        with in_words():
            outcome = {"state": "done", "result": _function(kind.run)(workspace, task, job.params) or {}}
    except JobCancelledError:
        outcome = {"state": "cancelled", "message": "Cancelled. Nothing of it was kept."}
    except Exception as error:
        outcome = {"state": "failed", "error": _said(error, job_id)}
    if outcome["state"] != "done" and kind.tidy:
        _function(kind.tidy)(workspace, job.params, outcome["state"], outcome.get("error"))
    with workspace.database.writing() as session:
        jobs.update(session, job_id, **outcome)
    return str(outcome["state"])


def _said(error: Exception, job_id: str) -> str:
    """Return why a job failed, in words that hold nobody's data."""
    if is_foreseen(error):
        return sentence(error)
    reference = uuid.uuid4().hex[:8]
    log.exception("job %s failed, reference %s", job_id, reference)
    return (
        f"Something went wrong that we did not foresee (reference {reference}). Nothing half-done was kept. "
        "Try again; the log has the details under that reference."
    )


@contextmanager
def worker_lock(workspace: Workspace) -> Iterator[bool]:
    """Yield whether this process is now the workspace's only worker."""
    with (workspace.folder / "worker.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def working(workspace: Workspace) -> Iterator[None]:
    """Run jobs in this process while the block lasts."""
    name = workspace.settings.worker_name
    DBOS(
        config={
            "name": "digital-persona",
            "system_database_url": workspace.settings.jobs_url,
            "application_version": APPLICATION_VERSION,
            "executor_id": name,
            "log_level": "ERROR",
        }
    )
    DBOS.workflow(name=WORKFLOW)(lambda job_id: run_job(workspace, job_id))
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=0.3)
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=(workspace, name, stop), daemon=True)
    heart.start()
    _resubmit_lost(workspace)
    try:
        yield
    finally:
        stop.set()
        heart.join()
        with workspace.database.writing() as session:
            jobs.silence(session, name)
        DBOS.destroy(workflow_completion_timeout_sec=0)


def _beat(workspace: Workspace, name: str, stop: threading.Event) -> None:
    while True:
        with workspace.database.writing(sign_of_life=True) as session:
            jobs.beat(session, name)
        if stop.wait(HEARTBEAT_SECONDS):
            return


def _resubmit_lost(workspace: Workspace) -> None:
    """Enqueue jobs whose row was written just before a crash, and settle what the engine gave up on."""
    with workspace.database.reading() as session:
        waiting = jobs.listing(session, open_only=True, limit=500)
    for job in waiting:
        _submit(workspace, job.id)


def work_forever(workspace: Workspace, stop: threading.Event) -> bool:
    """Be the worker until told to stop. Return False when another one is at work already."""
    with worker_lock(workspace) as mine:
        if not mine:
            return False
        with working(workspace):
            stop.wait()
    return True


def wait(workspace: Workspace, job_id: str, told: Callable[[JobRecord], None]) -> JobRecord:
    """Wait for a job, being the worker meanwhile if there is none, and report its progress."""
    with worker_lock(workspace) as mine:
        if mine:
            with working(workspace):
                return _watch(workspace, job_id, told)
    return _watch(workspace, job_id, told)


def _watch(workspace: Workspace, job_id: str, told: Callable[[JobRecord], None]) -> JobRecord:
    while True:
        record = status(workspace, job_id)
        told(record)
        if not record.is_open:
            return record
        time.sleep(0.2)
