"""Whose workspace a page shows and who looks at it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.page_cache import kept, look
from dashboard.services.people import LOCAL_USER, User
from dashboard.sessions import COOKIE, signed_in
from dashboard.settings import get_settings
from dashboard.workspace import Workspace, open_workspace
from db.repositories import workspaces
from db.repositories.workspaces import Contents, WorkspaceRecord

FACTS = "workspace_facts"
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
        st.warning("Your session has ended.", icon=":material/lock:")
        st.html("<a href='/sign-in'>Sign in again</a>")  # in this tab; a link in Markdown opens another
        st.stop()
    return user


@dataclass(frozen=True)
class Facts:
    """What every page needs to know of the workspace."""

    record: WorkspaceRecord
    contents: Contents


def look_again() -> Facts:
    """Read the workspace's name and counts, once a rerun, for everything that the rerun draws."""
    workspace = current_workspace()
    look(workspace)
    found = kept(workspace, FACTS, lambda: _read_facts(workspace))
    st.session_state[FACTS] = found
    return found


def _read_facts(workspace: Workspace) -> Facts:
    with workspace.database.reading() as session:
        return Facts(workspaces.get(session), workspaces.contents(session))


def _facts() -> Facts:
    found = st.session_state.get(FACTS)
    return found if isinstance(found, Facts) else look_again()


def current_workspace_record() -> WorkspaceRecord:
    """Return the workspace's name and whether everything in it is invented."""
    return _facts().record


def current_contents() -> Contents:
    """Count what the workspace holds, as of the beginning of this rerun."""
    return _facts().contents
