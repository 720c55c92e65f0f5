"""Home: what is here, the one next step, what runs, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import streamlit as st

from dashboard.components import as_text, count, job_progress, when
from dashboard.navigation import page_info
from dashboard.page_cache import kept
from dashboard.workspace import Workspace
from db import ledger
from db.ledger import LedgerLine
from db.repositories import jobs
from db.repositories.jobs import JobRecord
from db.repositories.workspaces import Contents

SHOWN_JOBS = 6
SOUGHT_JOBS = 50
SHOWN_LINES = 8
READ_LINES = 40


@dataclass(frozen=True)
class Step:
    """The one thing to do next."""

    title: str
    why: str
    page: str


def next_step(contents: Contents) -> Step:
    """Return the next step of the way from data to a measured effect."""
    if not (contents.profiles or contents.reviews or contents.products):
        return Step("Bring in your first file", "Customer profiles, reviews or products.", "data")
    if not contents.products:
        return Step("Bring in products", "Posts are made of product facts.", "data")
    if not contents.personas and (contents.profiles or contents.reviews):
        return Step("Build personas", "Find the groups among the customers who consented.", "personas")
    if not contents.campaigns:
        return Step("Write a brief", "Choose products, personas and channels; drafts follow.", "studio")
    if not contents.exports:
        return Step("Review the drafts", "Nothing leaves before a human signed it.", "review")
    if not contents.effects:
        return Step("Measure the effect", "Compare the numbers before and after.", "impact")
    return Step("Put the results in a report", "One document with the numbers and their evidence.", "reports")


def _jobs(workspace: Workspace) -> list[JobRecord]:
    """Return the newest jobs: how they stand is sure, how far an open one has come is not."""

    def read() -> list[JobRecord]:
        with workspace.database.reading() as session:
            return jobs.listing(session, limit=SOUGHT_JOBS)

    return kept(workspace, "newest jobs", read)


def _lines(workspace: Workspace) -> list[LedgerLine]:
    with workspace.database.reading() as session:
        return ledger.lines(session, limit=READ_LINES)


def show_next_step(workspace: Workspace, contents: Contents) -> None:
    """Draw the next step as the page's one call to action, unless the demo is still being filled."""
    if any(job.kind == "demo" and job.is_open for job in _jobs(workspace)):
        st.info("The demo is being filled: in less than a minute every page has something to show.")
        return
    step = next_step(contents)
    with st.container(border=True):
        st.markdown(f"#### Next: {as_text(step.title)}")
        st.write(as_text(step.why))
        page = page_info(step.page)
        st.page_link(page.path, label=f"Go to {as_text(page.title)}", icon=":material/arrow_forward:")


def show_contents(contents: Contents) -> None:
    """Draw the counts of what the workspace holds."""
    shown = (
        ("Profiles", contents.profiles),
        ("Reviews", contents.reviews),
        ("Products", contents.products),
        ("Past posts", contents.posts),
        ("Personas", contents.personas),
        ("Drafts", contents.drafts),
        ("Exports", contents.exports),
        ("Effects", contents.effects),
    )
    with st.container(horizontal=True, gap="small"):
        for name, number in shown:
            if number:
                st.metric(as_text(name), f"{number:,}", width=150)


def show_jobs(workspace: Workspace) -> None:
    """Draw the long tasks: those that run with their progress, then the last ones."""
    found = _jobs(workspace)
    running = [job for job in found if job.is_open]
    if running:
        st.subheader("Running now", anchor=False)
    for job in running:
        job_progress(workspace, job.id)
    ended = [job for job in found if not job.is_open][:SHOWN_JOBS]
    if ended:
        st.subheader("Last tasks", anchor=False)
    for job in ended:
        st.markdown(f"{_mark(job)} {as_text(job.title)}: {as_text(job.state)}, {when(job.updated_at)}")
        if job.error:
            st.caption(as_text(job.error))


def _mark(job: JobRecord) -> str:
    return {"done": ":material/check_circle:", "failed": ":material/error:"}.get(job.state, ":material/cancel:")


def show_activity(workspace: Workspace) -> None:
    """Draw the newest lines of the ledger, the same thing done many times in a row as one."""
    lines = kept(workspace, "newest lines", lambda: _lines(workspace))
    if not lines:
        return
    st.subheader("From the ledger", anchor=False)
    alike = [list(group) for _, group in groupby(lines, key=line_words)]
    for group in alike[:SHOWN_LINES]:
        times = f" ({len(group)} times)" if len(group) > 1 else ""
        st.markdown(f"{as_text(line_words(group[0]))}{times} · {when(datetime.fromisoformat(group[0].at))}")


def line_words(line: LedgerLine) -> str:
    """Return a ledger line as a sentence."""
    payload = line.payload
    if line.kind == "import":
        return f"{line.actor} brought in {count(payload.get('rows_new', 0), 'new row')} of {payload.get('kind')}"
    if line.kind == "undo import":
        return f"{line.actor} took import {payload.get('import')} back"
    return f"{line.kind.capitalize()} by {line.actor}"
