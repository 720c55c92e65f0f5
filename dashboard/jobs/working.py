"""The worker process: it holds a lease, takes jobs from the queues and does them, step by durable step.

When it has to stop, the work at hand is interrupted at its next report and left to the next worker. A step
that does not report in time is left as it is: it can no longer write, because the lease is given back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dbos import DBOS

from dashboard.jobs.asking import APPLICATION_VERSION, WORKFLOW, status
from dashboard.jobs.kinds import BRINGING_DATA_IN, KINDS, function
from dashboard.jobs.lease import Lease
from dashboard.jobs.recovering import Recovery
from dashboard.jobs.settling import Outcome, said, settle
from dashboard.services.tasks import JobCancelledError, JobFailedError, JobInterrupted
from dashboard.workspace import Workspace
from db.errors import StoreError, UnansweredError
from db.repositories import jobs, leases
from db.repositories.jobs import JobRecord
from db.session import in_words

PROGRESS_SECONDS = 0.4
POLL_SECONDS = 0.4
RECOVER_SECONDS = 5.0
SIGN_OFF_SECONDS = 5.0
MOST_LOST = 5
LOST = (
    "This worker was silent for too long, so its lease was taken away and others go on with its jobs. Start it again."
)
ANOTHER = "Another worker is at work in this workspace already. On SQLite there can be one; use PostgreSQL for more."
log = logging.getLogger(__name__)


class DurableTask:
    """A job's steps and progress, kept by DBOS and the job row, as long as the lease and its worker last."""

    def __init__(self, lease: Lease, job_id: str, stopping: threading.Event) -> None:
        self._lease, self.id, self._stopping, self._told = lease, job_id, stopping, 0.0
        self.workspace = lease.fenced(job_id)

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        self._go_on()
        self._lease.check(self.id)
        return DBOS.run_step({"name": name}, lambda: self._done(work))

    def _done(self, work: Callable[[], Any]) -> Any:
        """Do a step's work; what the engine records of its failure holds nobody's data."""
        try:
            with in_words():
                return work()
        except JobCancelledError:
            raise
        except Exception as error:
            raise JobFailedError(said(error, self.id)) from None

    def progress(self, done: int, total: int, message: str) -> None:
        self._go_on()
        if time.monotonic() - self._told < PROGRESS_SECONDS and done < total:
            return
        self._told = time.monotonic()
        with self.workspace.database.writing(sign_of_life=True) as session:
            record = jobs.update(session, self.id, done=done, total=total, message=message)
        if record.cancel_requested:
            raise JobCancelledError(self.id)

    def _go_on(self) -> None:
        """Leave the job to the next worker when this one stops."""
        if self._stopping.is_set():
            raise JobInterrupted(self.id)


class Worker:
    """One worker at work. ``stopping`` is set when it has to stop, by others or because its lease is lost."""

    def __init__(self, workspace: Workspace, lease: Lease, stopping: threading.Event) -> None:
        self.workspace, self.lease, self.stopping = workspace, lease, stopping
        self.lost = False
        self._at_work: set[str] = set()
        self._changed = threading.Condition()

    def run(self, job_id: str) -> dict[str, Any]:
        """Do one job from start to end, inside a DBOS workflow, and return how it ended."""
        with self._counted(job_id):
            job = self._claimed(job_id)
            if not job.is_open:
                return {}
            task = DurableTask(self.lease, job_id, self.stopping)
            outcome = self._outcome(task, job)
            try:
                settle(task.workspace, job, outcome)
            except UnansweredError as error:
                log.warning("job %s has ended, and its row is written later: %s", job_id, error)
            return outcome.to_plain()

    @contextmanager
    def _counted(self, job_id: str) -> Iterator[None]:
        with self._changed:
            self._at_work.add(job_id)
        try:
            yield
        finally:
            with self._changed:
                self._at_work.discard(job_id)
                self._changed.notify_all()

    def _claimed(self, job_id: str) -> JobRecord:
        if self.stopping.is_set():
            raise JobInterrupted(job_id)
        try:
            job = self.lease.claim(job_id)
        except StoreError as error:  # nothing is begun yet: a later look takes it up again
            raise JobInterrupted(job_id) from error
        if job is None:
            raise JobInterrupted(job_id)
        return job

    def _outcome(self, task: DurableTask, job: JobRecord) -> Outcome:
        try:
            if job.lost >= MOST_LOST:
                return Outcome("failed", error=f"{job.lost} workers ended without a word while they did this.")
            self._wait_for_data(job)
            with in_words():
                result = function(KINDS[job.kind].run)(task.workspace, task, job.params)
            return Outcome("done", result=result or {})
        except JobCancelledError:
            return Outcome("cancelled")
        except Exception as error:
            return Outcome("failed", error=said(error, job.id))

    def _wait_for_data(self, job: JobRecord) -> None:
        """Wait for the files that were to be brought in before this was asked for.

        Of those in the job's own queue only one that runs counts, because one that waits would wait for this place.
        """
        own = KINDS[job.kind].resource
        while True:
            with self.workspace.database.reading() as session:
                before = jobs.asked_before(session, job, BRINGING_DATA_IN)
                cancelled = jobs.get(session, job.id).cancel_requested
            if cancelled:
                raise JobCancelledError(job.id)
            if not [other for other in before if other.worker or KINDS[other.kind].resource != own]:
                return
            if self.stopping.wait(POLL_SECONDS):
                raise JobInterrupted(job.id)

    def keep_lease(self) -> None:
        """Renew the lease until the worker stops, and take away those of others that are lost."""
        while not self.stopping.wait(self.lease.renew_seconds):
            try:
                if not self.lease.renew() and not self.stopping.is_set():
                    log.warning("this worker was silent for too long, and others went on with its jobs; it stops")
                    self.lost = True
                    self.stopping.set()
                self.lease.bury_lost()
            except StoreError as error:
                log.warning("the lease could not be renewed: %s", error)

    def recover(self) -> None:
        """Look at the open jobs, at once and at intervals."""
        recovery = Recovery(self.workspace, self.lease.token)
        while not self.stopping.is_set():
            try:
                with self._changed:
                    at_work = frozenset(self._at_work)
                recovery.look(at_work)
            except StoreError as error:
                log.warning("the open jobs could not be looked at: %s", error)
            self.stopping.wait(RECOVER_SECONDS)

    def stop(self) -> None:
        """Interrupt the work, wait a while for it to come to rest, and leave it to the next worker."""
        self.stopping.set()
        with self._changed:
            self._changed.wait_for(lambda: not self._at_work, self.workspace.settings.stop_seconds)
        # A step in the midst of a long write may hold SQLite's lock; then the lease runs out by itself.
        leaving = threading.Thread(target=self._sign_off, daemon=True)
        leaving.start()
        leaving.join(SIGN_OFF_SECONDS)

    def _sign_off(self) -> None:
        try:
            self.lease.give_back()
        except StoreError as error:
            log.warning("the lease runs out by itself: %s", error)


@contextmanager
def working(workspace: Workspace, stopping: threading.Event) -> Iterator[Worker | None]:
    """Be a worker while the block lasts. Yield None when the workspace's one worker is another process."""
    lease = Lease(workspace)
    if not lease.take():
        yield None
        return
    worker = Worker(workspace, lease, stopping)
    settings = workspace.settings
    places = {"light": settings.light_jobs, "model": settings.model_jobs, "render": settings.render_jobs}
    places = {queue: number for queue, number in places.items() if number}
    DBOS(
        config={
            "name": "digital-persona",
            "system_database_url": settings.jobs_url,
            "application_version": APPLICATION_VERSION,
            "executor_id": lease.token,
            "log_level": "ERROR",
        }
    )
    DBOS.workflow(name=WORKFLOW)(lambda job_id: worker.run(job_id))
    DBOS.listen_queues(list(places))
    DBOS.launch()
    for queue, number in places.items():
        DBOS.register_queue(
            queue, worker_concurrency=number, polling_interval_sec=POLL_SECONDS, on_conflict="always_update"
        )
    threads = [threading.Thread(target=work, daemon=True) for work in (worker.keep_lease, worker.recover)]
    for thread in threads:
        thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        DBOS.destroy(workflow_completion_timeout_sec=0)


def work_forever(workspace: Workspace, stop: threading.Event) -> str | None:
    """Be a worker until told to stop. Return why it ended before that, in a sentence."""
    first_seen = None
    while not stop.is_set():
        with working(workspace, stop) as worker:
            if worker:
                stop.wait()
                return LOST if worker.lost else None
        with workspace.database.reading() as session:
            until = leases.last_until(session)
        if first_seen and until and until > first_seen:
            return ANOTHER
        first_seen = first_seen or until
        stop.wait(POLL_SECONDS)
    return None


def wait(workspace: Workspace, job_id: str, told: Callable[[JobRecord], None]) -> JobRecord:
    """Wait for a job and report its progress, being a worker meanwhile whenever none lives."""
    while (record := _watch(workspace, job_id, told, lambda: not _anybody_works(workspace))).is_open:
        stopping = threading.Event()
        with working(workspace, stopping) as worker:
            if worker:
                record = _watch(workspace, job_id, told, stopping.is_set)
        if not record.is_open:
            break
    return record


def _watch(
    workspace: Workspace, job_id: str, told: Callable[[JobRecord], None], until: Callable[[], bool]
) -> JobRecord:
    while True:
        record = status(workspace, job_id)
        told(record)
        if not record.is_open or until():
            return record
        time.sleep(0.2)


def _anybody_works(workspace: Workspace) -> bool:
    with workspace.database.reading() as session:
        return leases.worker_alive(session)
