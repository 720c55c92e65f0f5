"""How a job ends: what it left behind is tidied, and its row says in words what was kept."""

from __future__ import annotations

import logging
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from dashboard.jobs.kinds import KINDS, function
from dashboard.sentences import is_foreseen, sentence
from dashboard.workspace import Workspace
from db.errors import UnansweredError
from db.repositories import jobs
from db.repositories.jobs import JobRecord

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How a job's work ended: done with a result, cancelled, or failed with the reason."""

    state: str
    error: str | None = None
    result: dict[str, Any] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """Return it as the job engine keeps it."""
        return asdict(self)


def settle(workspace: Workspace, job: JobRecord, outcome: Outcome) -> None:
    """Tidy what a job left behind and write how it ended. A job that has ended already stays as it is.

    Raises
    ------
    UnansweredError
        When the database does not answer. Nothing is said to have been kept then; it is tried again later.
    """
    values: dict[str, Any] = {"error": outcome.error, "result": outcome.result}
    if outcome.state != "done":
        kept = _tidied(workspace, job, outcome)
        if outcome.state == "cancelled":
            values["message"] = f"Cancelled. {kept}"
        else:
            values["error"] = f"{outcome.error} {kept}"
    with workspace.database.writing() as session:
        jobs.end(session, job.id, outcome.state, **values)


def _tidied(workspace: Workspace, job: JobRecord, outcome: Outcome) -> str:
    """Return what was kept, after putting away what was half-done."""
    try:
        return str(function(KINDS[job.kind].tidy)(workspace, job, outcome.state, outcome.error))
    except UnansweredError:
        raise
    except Exception as error:
        return f"What it left behind could not be looked at: {said(error, job.id)}"


def said(error: Exception, job_id: str) -> str:
    """Return what went wrong in a job, in words that hold nobody's data."""
    if is_foreseen(error):
        return sentence(error)
    reference = uuid.uuid4().hex[:8]
    log.exception("job %s failed, reference %s", job_id, reference)
    return (
        f"Something went wrong that we did not foresee (reference {reference}). "
        "Try again; the log has the details under that reference."
    )
