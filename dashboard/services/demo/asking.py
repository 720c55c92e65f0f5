"""Ask for the demo: an invented shop for an empty workspace."""

from __future__ import annotations

from dashboard import jobs
from dashboard.services.people import User
from dashboard.workspace import Workspace
from db.repositories import imports, workspaces

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
