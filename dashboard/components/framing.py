"""How every page begins, and what it says when there is nothing to show."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import context
from dashboard.components.text import as_text
from dashboard.navigation import page_info
from dashboard.sentences import is_foreseen, sentence
from dashboard.services.people import User
from dashboard.workspace import Workspace

DEMO = "<strong>Demo workspace.</strong> Every customer, review, product and number here is invented."


def begin(name: str) -> tuple[Workspace, User]:
    """Draw a page's title, purpose and demo note; stop when it is locked. Return workspace and user."""
    info, user = page_info(name), context.current_user()
    if context.current_workspace_record().demo:
        st.html(f'<div class="dp-demo" role="note">{DEMO}</div>')
    st.title(as_text(info.title), anchor=False)
    st.html(f'<p class="dp-purpose">{html.escape(info.purpose)}</p>')
    reason = info.locked(context.current_contents())
    if reason:
        locked(reason)
        st.stop()
    return context.current_workspace(), user


def empty_state(title: str, text: str, *, link: str | None = None, link_label: str = "") -> None:
    """Say that there is nothing yet and give the one next step."""
    st.html(f'<div class="dp-empty"><h3>{html.escape(title)}</h3><p>{html.escape(text)}</p></div>')
    if link:
        st.page_link(page_info(link).path, label=as_text(link_label), icon=":material/arrow_forward:")


def locked(reason: str) -> None:
    """Say what unlocks a page."""
    empty_state("Not yet", reason, link="data" if "Data page" in reason else "studio", link_label="Go there")


def show_problem(error: ValueError | OSError) -> None:
    """Show what went wrong in the sentence that the error carries."""
    st.error(as_text(sentence(error)), icon=":material/error:")


@contextmanager
def failure() -> Iterator[None]:
    """Show a foreseen error inside the block as its sentence; anything else goes on to the error page."""
    try:
        yield
    except (ValueError, OSError) as error:
        if not is_foreseen(error):
            raise
        show_problem(error)
