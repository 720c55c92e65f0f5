"""The script that every rerun begins with: look, who, menu, page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analytics.kept import KeptFormError
from dashboard import context, navigation, theme
from dashboard.components import as_text, show_problem

ICON = Path(__file__).with_name("icon.png")

st.set_page_config(page_title="Digital Persona", page_icon=str(ICON), layout="centered")
st.html(theme.CSS)
user = context.current_user()
page = st.navigation(navigation.streamlit_pages(user.role), position="sidebar", expanded=True)
with st.sidebar:
    record = context.look_again().record
    st.caption(f"Workspace **{as_text(record.name)}**" + (" · demo" if record.demo else ""))
    if context.current_workspace().settings.mode == "team":
        st.caption(f"{as_text(user.name)} · {as_text(user.role)}")
        st.html("<form method='post' action='/sign-out'><button class='dp-plain'>Sign out</button></form>")
try:
    page.run()
except KeptFormError as error:  # what a newer version kept says itself how to mend it
    show_problem(error)
