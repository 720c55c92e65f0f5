"""Ask for the demo: an invented shop for an empty workspace."""

from __future__ import annotations

from typing import Any

from dashboard import jobs
from dashboard.services.people import User
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories import imports, workspaces
from db.repositories.jobs import JobRecord

DEMO_USER = User("Demo", "admin")


class DemoError(ValueError):
    """The demo goes into an empty workspace only."""


def is_empty(workspace: Workspace) -> bool:
    """Say whether nothing was ever brought in."""
    with workspace.database.reading() as session:
        return workspaces.contents(session).imports == 0 and not imports.listing(session)


def begin(workspace: Workspace, seed: int = 7) -> str:
    """Enqueue the demo and return the job's id.

    Raises
    ------
    DemoError
        When the workspace holds something already.
    """
    if not is_empty(workspace):
        raise DemoError("The demo is invented data, so it only goes into an empty workspace. Open another folder.")
    with workspace.database.writing() as session:
        workspaces.mark(session, demo=True)
    return jobs.enqueue(workspace, "demo", "Fill the demo workspace", {"seed": seed}, DEMO_USER.name)


def run_demo(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Bring in the demo's files and survey, build personas and make a campaign."""
    # Only the worker fills; at the top this would cost every web process the importers and the creator.
    from dashboard.services.demo_filling import run_filling

    return run_filling(workspace, task, params)


def tidy_demo(workspace: Workspace, job: JobRecord, state: str, error: str | None) -> str:
    """Put away what of the demo was half-done, and say what is there."""
    from dashboard.services.demo_filling import tidy_filling

    return tidy_filling(workspace, state, error)
