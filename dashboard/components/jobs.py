"""A long task as the page shows it: how far, cancel, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import context, jobs
from dashboard.components.numbers import percent
from dashboard.components.text import as_text
from dashboard.services.people import MAY_EDIT
from dashboard.workspace import Workspace
from db.repositories import leases
from db.repositories.jobs import JobRecord

OUTCOMES = {"done": st.success, "cancelled": st.info, "failed": st.error}


def job_progress(workspace: Workspace, job_id: str, *, ended: Callable[[JobRecord], None] | None = None) -> JobRecord:
    """Show a job; while it is open, its progress is renewed every second without a page rerun.

    Parameters
    ----------
    ended
        Draws the outcome; without it a sentence is shown.
    """
    record = jobs.status(workspace, job_id)
    if record.is_open:
        _live(workspace, job_id)
    elif ended:
        ended(record)
    else:
        OUTCOMES[record.state](as_text(record.error or record.message or f"{record.title}: {record.state}."))
    return record


@st.fragment(run_every=1.0)
def _live(workspace: Workspace, job_id: str) -> None:
    user = context.current_user()
    record = jobs.status(workspace, job_id)
    if not record.is_open:
        st.rerun()
    how_far = percent(record.share) if record.total else ""
    message = record.message or "Waiting for its turn"
    st.progress(record.share, text=f"**{as_text(record.title)}** {how_far} · {as_text(message)}")
    if not _worker_alive(workspace):
        st.caption("No worker is running yet. Start one: `digital-persona worker`.")
    if record.cancel_requested:
        st.caption("Stopping…")
    elif user.role in MAY_EDIT and st.button("Cancel", key=f"cancel-{job_id}", icon=":material/close:"):
        jobs.cancel(workspace, user, job_id)
        st.rerun(scope="fragment")


def _worker_alive(workspace: Workspace) -> bool:
    with workspace.database.reading() as session:
        return leases.worker_alive(session)
