"""Audits, one person: what is held of somebody, and erasing it on request."""

from __future__ import annotations

import streamlit as st

from dashboard.components import as_text, count, empty_state, failure
from dashboard.services.audits import erasure
from dashboard.services.audits.erasure import Receipt, held_words, receipt_words
from dashboard.services.people import MAY_MANAGE, User
from dashboard.workspace import Workspace
from db.repositories.erasure import Held


def erasing_section(workspace: Workspace, user: User) -> None:
    """Look one person up; after a second thought, erase them everywhere."""
    if user.role not in MAY_MANAGE:
        empty_state("Only for admins", "Ask an admin to look up or erase a person.")
        return
    st.write("When somebody asks what you hold of them, or asks to be erased.")
    with st.form("find-person", border=False):
        who = st.text_input(
            "Customer id, or exact e-mail, name or phone", help="It is looked up once and kept nowhere.", key="whom"
        )
        asked = st.form_submit_button("Look up", icon=":material/person_search:")
    if receipt := st.session_state.pop("erased", None):
        _show(receipt)
    if not asked and not who:
        return
    found: list[Held] = []
    with failure():
        found = erasure.find(workspace, user, who)
        if not found:
            empty_state("Nobody goes by that", "Nothing is held under that id, e-mail, name or phone.")
    if len(found) > 1:
        st.warning(f"{count(len(found), 'person', 'people')} go by that. Look them up by the customer's id instead.")
    elif found:
        _offer(workspace, user, found[0], who)


def _offer(workspace: Workspace, user: User, held: Held, who: str) -> None:
    st.write(as_text(held_words(held)))
    if held.personas:
        st.caption("Personas keep their counts, which name nobody, and are marked as stale: build them again.")
    sure = st.checkbox("Erase all of it. It cannot be taken back.", key=f"sure-{held.pseudonym}")
    if st.button("Erase this person", type="primary", disabled=not sure, icon=":material/person_remove:"):
        with failure():
            st.session_state["erased"] = erasure.erase(workspace, user, held.pseudonym, who)
            del st.session_state["whom"]
            st.rerun()


def _show(receipt: Receipt) -> None:
    st.success(as_text(receipt_words(receipt)), icon=":material/check_circle:")
