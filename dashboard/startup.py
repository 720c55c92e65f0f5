"""What has to be true before anybody looks at a page: database ready, job store ready, demo asked for."""

from __future__ import annotations

import gc
import importlib
import logging

from dashboard import jobs
from dashboard.services import files, people
from dashboard.services.audits.proof import standing
from dashboard.services.demo import asking
from dashboard.settings import Settings
from dashboard.workspace import Workspace, open_workspace
from db.repositories import jobs as job_records

WARM = ("pandas", "plotly.graph_objects", "dashboard.navigation", "dashboard.components")
log = logging.getLogger("digital_persona")


def prepare(settings: Settings) -> Workspace:
    """Open the workspace, migrate it under a lock, make the job store and ask for the demo if it is empty."""
    workspace = open_workspace(settings)
    jobs.create_job_store(settings.jobs_url)
    files.tidy(workspace)
    sign_accounts(workspace)
    ask_for_demo(workspace)
    return workspace


def sign_accounts(workspace: Workspace) -> None:
    """Have the accounts of an older version signed, where the ledger can be believed when it says that none are yet."""
    if workspace.settings.mode != "team":
        return
    if problem := standing(workspace, []).problem:
        log.warning("accounts were not signed, because the ledger is not intact: %s", problem)
        return
    people.sign_accounts(workspace, people.LOCAL_USER)


def ask_for_demo(workspace: Workspace) -> str | None:
    """Enqueue the invented demo for a workspace that never held anything. Return the job's id."""
    if not workspace.settings.demo or workspace.settings.mode == "team":
        return None
    with workspace.database.reading() as session:
        asked = bool(job_records.listing(session, limit=1))
    return None if asked or not asking.is_empty(workspace) else asking.begin(workspace)


def warm_up() -> None:
    """Import what every page needs, then take it out of the collector's rounds.

    A full collection after each rerun costs more than most reruns themselves.
    """
    for name in WARM:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
