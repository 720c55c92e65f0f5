"""Settings page: who works here, and what this workspace is."""

from __future__ import annotations

from importlib.metadata import version

import pandas as pd
import streamlit as st

from dashboard.components import as_text, failure, table
from dashboard.sections.audits.proof import proof_section
from dashboard.services import people
from dashboard.services.people import MAY_MANAGE, ROLES, User
from dashboard.workspace import Workspace, free_bytes
from db.repositories import leases, users

MAY = {
    "viewer": "sees everything, changes nothing",
    "editor": "brings in data, makes personas and posts",
    "reviewer": "signs posts that others made",
    "admin": "may do everything, and manages people",
}
NEW_PASSWORD, MAX_PASSWORD = f"New password (at least {people.MIN_PASSWORD} characters)", 200


def people_section(workspace: Workspace, user: User) -> None:
    """List who may sign in; everybody changes their own password, an admin adds people and takes access away."""
    if workspace.settings.mode == "local":
        st.info("You work alone on this machine, so nobody signs in. Team mode has people and roles.")
        return
    with workspace.database.reading() as session:
        found = [person for person in users.listing(session) if not person.disabled]
    rows = [{"Name": u.name, "Role": u.role, "May": MAY.get(u.role, "")} for u in found]
    table(pd.DataFrame(rows), "Who may sign in.")
    _own_password(workspace, user)
    if user.role in MAY_MANAGE:
        _person_form(workspace, user)
        _take_access(workspace, user, [person.name for person in found if person.name != user.name])


def _own_password(workspace: Workspace, user: User) -> None:
    st.subheader("Your password", anchor=False)
    with st.form("own password", clear_on_submit=True):
        old = st.text_input("Present password", type="password", max_chars=MAX_PASSWORD)
        new = st.text_input(NEW_PASSWORD, type="password", max_chars=MAX_PASSWORD)
        st.caption("You will be signed out everywhere, and sign in with the new one.")
        if st.form_submit_button("Change my password"):
            with failure():
                people.change_password(workspace, user, old, new)
                st.rerun()


def _person_form(workspace: Workspace, user: User) -> None:
    st.subheader("Add or change a person", anchor=False)
    with st.form("person", clear_on_submit=True):
        name = st.text_input("Name", max_chars=people.MAX_NAME)
        role = st.selectbox("Role", ROLES, format_func=lambda r: f"{r}: {MAY[r]}")
        password = st.text_input(NEW_PASSWORD, type="password", max_chars=MAX_PASSWORD, key="their password")
        st.caption("Whoever is signed in under that name is signed out at once.")
        if st.form_submit_button("Save this person"):
            with failure():
                people.save_user(workspace, user, name, role, password)
                st.toast(f"{as_text(name)} may now sign in as {as_text(role)}.")
                st.rerun()


def _take_access(workspace: Workspace, user: User, names: list[str]) -> None:
    if not names:
        return
    st.subheader("Take access away", anchor=False)
    with st.form("access", clear_on_submit=True):
        name = st.selectbox("Who may no longer sign in", names, index=None, placeholder="Choose a person")
        if st.form_submit_button("Take access away") and name:
            with failure():
                people.disable(workspace, user, name)
                st.toast(f"{as_text(name)} is signed out and may no longer sign in.")
                st.rerun()


def facts_section(workspace: Workspace) -> None:
    """Say what this workspace is, and whether its ledger is whole."""
    settings = workspace.settings
    with workspace.database.reading() as session:
        worker = leases.worker_alive(session)
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
    proof_section(workspace)
