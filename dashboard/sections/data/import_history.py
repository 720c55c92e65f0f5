"""Data page: what was brought in, what was left out and why, and taking it back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.components import as_text, count, empty_state, failure, job_progress, table, when
from dashboard.sections.data.consent_form import USES
from dashboard.sections.data.import_form import WHAT
from dashboard.services.data import imports
from dashboard.services.people import User
from dashboard.workspace import Workspace
from db.repositories.imports import ImportRecord
from db.repositories.jobs import JobRecord

STATES = {"done": "Done", "running": "Running", "waiting": "Waiting", "undone": "Undone"}


def latest_import(workspace: Workspace) -> None:
    """Show the import that this person started last: its progress, then what came of it."""
    job_id = st.session_state.get("import_job")
    if job_id:
        job_progress(workspace, job_id, ended=lambda job: _outcome(workspace, job))


def _outcome(workspace: Workspace, job: JobRecord) -> None:
    if job.state != "done":
        show = st.info if job.state == "cancelled" else st.error
        show(job.error or job.message or "The import ended early.")
        return
    record = next(r for r in imports.listing(workspace) if r.id == job.result["import_id"])
    st.success(f"**{as_text(record.file_name)}** is in. {as_text(sentence(record))}", icon=":material/check_circle:")
    _usable(workspace, record)


def sentence(record: ImportRecord) -> str:
    """Say in one sentence what an import brought."""
    parts = [f"{count(record.rows_new, 'row')} new"]
    for number, words in (
        (record.rows_updated, "updated"),
        (record.rows_same, "unchanged"),
        (record.rows_flagged, "kept with a remark"),
        (record.rows_rejected, "left out"),
    ):
        parts += [f"{number:,} {words}"] if number else []
    return ", ".join(parts) + "."


def _usable(workspace: Workspace, record: ImportRecord) -> None:
    usable = imports.usable(workspace, record)
    if usable is None or not usable.rows:
        return
    lines = [f"- {USES[p]}: **{n:,}** of {count(usable.rows, 'row')}" for p, n in usable.by_purpose.items()]
    st.markdown("May be used for:\n" + "\n".join(lines))
    if not any(usable.by_purpose.values()):
        st.warning("None of these rows may be used yet: no consent and no legal basis is on record for them.")


def import_history(workspace: Workspace, user: User) -> None:
    """List the imports and show one of them in full."""
    records = imports.listing(workspace)
    if not records:
        empty_state("Nothing was brought in yet", "Choose a file under “New file”.")
        return
    rows = [
        {
            "No.": r.id,
            "File": r.file_name,
            "Holds": WHAT.get(r.kind, r.kind),
            "State": STATES.get(r.state, r.state.capitalize()),
            "New": r.rows_new,
            "Updated": r.rows_updated,
            "Left out": r.rows_rejected,
            "When": when(r.created_at),
        }
        for r in records
    ]
    table(
        pd.DataFrame(rows),
        "The newest first.",
        file_name="imports.csv",
        rows=8,
    )
    by_id = {r.id: r for r in records}
    chosen = st.selectbox(
        "Look at one import",
        list(by_id),
        format_func=lambda i: f"{i} · {by_id[i].file_name} · {when(by_id[i].created_at)}",
        key="import",
        bind="query-params",
    )
    if chosen in by_id:
        _details(workspace, user, by_id[chosen])


def _details(workspace: Workspace, user: User, record: ImportRecord) -> None:
    st.markdown(f"**{as_text(record.file_name)}**: {as_text(sentence(record))} Brought in by {as_text(record.author)}.")
    if record.error:
        st.error(as_text(record.error))
    for note in record.notes:
        st.caption(f"ⓘ {as_text(note)}")
    if record.state == "done":
        _usable(workspace, record)
    if record.rows_rejected or record.rows_flagged:
        frame = imports.problems(workspace, record.id)
        table(
            frame,
            f"{count(len(frame), 'remark')}: rows left out or kept, by row number in the file.",
            file_name=f"import-{record.id}-problems.csv",
        )
    if record.state == "done":
        _undo(workspace, user, record)


def _undo(workspace: Workspace, user: User, record: ImportRecord) -> None:
    with st.popover("Take this import back", icon=":material/undo:"):
        st.write("Its rows are removed. This works until something was built on them.")
        if st.button("Yes, take it back", key=f"undo-{record.id}"):
            with failure():
                removed = imports.undo_import(workspace, user, record.id)
                st.toast(f"Import {record.id:d} was taken back: {count(removed, 'row')} removed.")
                st.rerun()
