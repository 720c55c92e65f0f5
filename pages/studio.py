"""Studio: from a brief to checked drafts."""

import streamlit as st

from dashboard.components import begin
from dashboard.page_cache import kept
from dashboard.sections.studio.briefing import brief_form, drafts_section
from dashboard.services.studio import campaigns

VIEWS = ("Drafts", "New campaign")

workspace, user = begin("studio")
found = kept(workspace, "campaigns", lambda: campaigns.listing(workspace))
if st.session_state.get("open_campaign"):
    st.session_state["view"] = VIEWS[0]
view = st.segmented_control(
    "View",
    VIEWS,
    default=VIEWS[0] if found else VIEWS[1],
    required=True,
    key="view",
    bind="query-params",
    label_visibility="collapsed",
)
if view == VIEWS[0] and found:
    drafts_section(workspace, user, found)
else:
    brief_form(workspace, user)
