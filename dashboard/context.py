"""Whose workspace a page shows and who looks at it."""

from __future__ import annotations

import streamlit as st

from dashboard.services.people import LOCAL_USER, User
from dashboard.sessions import COOKIE, signed_in
from dashboard.settings import get_settings
from dashboard.workspace import Workspace, open_workspace
from db.repositories import workspaces
from db.repositories.workspaces import Contents, WorkspaceRecord

_opened: list[Workspace] = []


def use(workspace: Workspace) -> None:
    """Settle the workspace of this process."""
    _opened[:] = [workspace]


def current_workspace() -> Workspace:
    """Return the workspace of this process, opened at first use."""
    if not _opened:
        use(open_workspace(get_settings()))
    return _opened[0]


def current_user() -> User:
    """Return who is at work: the one local user, or whoever signed in.

    The page stops here when the session has run out.
    """
    workspace = current_workspace()
    if workspace.settings.mode == "local":
        return LOCAL_USER
    user = signed_in(workspace, st.context.cookies.get(COOKIE))
    if user is None:
        st.warning("Your session has ended. [Sign in again](/sign-in).", icon=":material/lock:")
        st.stop()
    return user


def current_workspace_record() -> WorkspaceRecord:
    """Return the workspace's name and whether everything in it is invented."""
    with current_workspace().database.reading() as session:
        return workspaces.get(session)


def current_contents() -> Contents:
    """Count what the workspace holds."""
    with current_workspace().database.reading() as session:
        return workspaces.contents(session)
