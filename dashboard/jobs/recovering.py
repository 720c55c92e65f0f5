"""Put right what a crash left between the two databases: the workspace's job rows and the job engine's workflows.

The engine gives a workflow to one *executor*; ours is the worker's lease token. It recovers by itself only the
workflows of an executor that comes back under its old id, which a token never does. So every worker looks, at
its start and at intervals, at the jobs that are still open:

- no workflow: whoever asked died before queueing it. It is queued.
- a workflow of an executor without a lease: that worker is lost or has signed off. It is queued again; the
  steps that were recorded are passed over.
- a workflow that ended (however: done, failed, cancelled, given up) while the job's row is open: the last
  write did not get through. The row is settled from what the engine keeps.
- a workflow in a queue that nobody serves any more: it is moved to the queue of its kind.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from dbos import WorkflowStatus

from dashboard.jobs import asking
from dashboard.jobs.kinds import KINDS
from dashboard.jobs.settling import Outcome, settle
from dashboard.workspace import Workspace
from db.repositories import jobs, leases
from db.repositories.jobs import JobRecord
from db.session import in_words

MANY = 500
ENDED = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
QUEUED = frozenset({"ENQUEUED", "DELAYED"})
GIVEN_UP = "It was given up after it had been started too many times."
UNSAID = "It ended without being able to say how, because a database did not answer."


@dataclass
class Recovery:
    """One worker's looks at the open jobs. ``token`` is its lease's; it knows which jobs it runs itself."""

    workspace: Workspace
    token: str
    _idle_before: set[str] = field(default_factory=set)

    def look(self, at_work: Collection[str]) -> None:
        """Put every open job right, given those that this process runs now."""
        with self.workspace.database.reading() as session:
            opened = jobs.listing(session, open_only=True, limit=MANY)
        if not opened:
            return
        found = asking.workflows(self.workspace, [job.id for job in opened])
        with self.workspace.database.reading() as session:
            living = leases.tokens(session)
        idle = set[str]()
        for job in opened:
            workflow = found.get(job.id)
            if workflow is None:
                asking.submit(self.workspace, job)
            elif workflow.status in ENDED:
                settle(self.workspace, job, outcome_of(workflow))
            elif workflow.status in QUEUED:
                if workflow.queue_name != KINDS[job.kind].resource:
                    self._queue_again(job)
            elif workflow.executor_id not in living:
                self._queue_again(job)
            elif workflow.executor_id == self.token and job.id not in at_work:
                # Taken from the queue a moment ago, or its thread died: a second look tells.
                idle.add(job.id)
                if job.id in self._idle_before:
                    self._queue_again(job)
        self._idle_before = idle

    def _queue_again(self, job: JobRecord) -> None:
        """Queue a job anew, unless another worker did so or began it meanwhile: the row's lock says who is first."""
        with self.workspace.database.writing(sign_of_life=True) as session:
            holder = leases.locked(session, job.id)
            workflow = asking.workflows(self.workspace, [job.id])[job.id]
            living = leases.tokens(session) - {self.token}
            queue = KINDS[job.kind].resource
            settled = workflow.status in QUEUED and workflow.queue_name == queue
            if settled or holder in living or (workflow.status == "PENDING" and workflow.executor_id in living):
                return
            with in_words():
                asking.client(self.workspace.settings.jobs_url).resume_workflow(job.id, queue_name=queue)


def outcome_of(workflow: WorkflowStatus) -> Outcome:
    """Return how a workflow ended, as the job engine keeps it."""
    if workflow.status == "SUCCESS" and isinstance(workflow.output, dict):
        return Outcome(**workflow.output)
    if workflow.status == "CANCELLED":
        return Outcome("cancelled")
    return Outcome("failed", error=GIVEN_UP if workflow.status.startswith("MAX") else UNSAID)
