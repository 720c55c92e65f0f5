"""Settings page: who works here, and what this workspace is."""

from __future__ import annotations

from importlib.metadata import version

import pandas as pd
import streamlit as st

from dashboard.components import failure, table
from dashboard.services import people
from dashboard.services.people import ROLES, User
from dashboard.workspace import Workspace, free_bytes
from db import ledger
from db.repositories import jobs, users

MAY = {
    "viewer": "sees everything, changes nothing",
    "editor": "brings in data, makes personas and posts",
    "reviewer": "signs posts that others made",
    "admin": "may do everything, and manages people",
}


def people_section(workspace: Workspace, user: User) -> None:
    """List who may sign in; an admin adds people and gives new passwords."""
    if workspace.settings.mode == "local":
        st.info("You work alone on this machine, so nobody signs in. Team mode has people and roles.")
        return
    with workspace.database.reading() as session:
        found = users.listing(session)
    rows = [{"Name": u.name, "Role": u.role, "May": MAY.get(u.role, "")} for u in found if not u.disabled]
    table(pd.DataFrame(rows), "Who may sign in.")
    if user.role != "admin":
        return
    with st.form("person", clear_on_submit=True):
        name = st.text_input("Name", max_chars=80)
        role = st.selectbox("Role", ROLES, format_func=lambda r: f"{r}: {MAY[r]}")
        password = st.text_input("Password (at least 12 characters)", type="password", max_chars=200)
        if st.form_submit_button("Save this person"):
            with failure():
                people.save_user(workspace, user, name, role, password)
                st.rerun()


def facts_section(workspace: Workspace) -> None:
    """Say what this workspace is, and whether its ledger is whole."""
    settings = workspace.settings
    with workspace.database.reading() as session:
        worker = jobs.worker_alive(session)
    facts = {
        "Version": version("digital-persona"),
        "Folder": str(workspace.folder.resolve()),
        "Database": "SQLite file" if workspace.database.is_sqlite else "PostgreSQL",
        "Mode": "one person on this machine" if settings.mode == "local" else "team",
        "Fewest people in a persona": str(settings.k_min_people),
        "Free disk": f"{free_bytes(workspace) / 2**30:,.1f} GB",
        "Worker": "running" if worker else "not running",
    }
    st.table(pd.Series(facts, name="").to_frame())
    if st.button("Verify the ledger", icon=":material/verified_user:"):
        with workspace.database.reading() as session:
            report = ledger.verify(session, workspace.vault)
        if report.intact:
            st.success(f"All {report.lines:,} lines are as they were written.")
        else:
            st.error(report.problem)
