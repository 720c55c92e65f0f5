"""Settings: brand voice, people, this workspace."""

import streamlit as st

from dashboard.components import begin
from dashboard.sections.people_and_workspace import facts_section, people_section
from dashboard.sections.studio.brand_form import brand_form

VIEWS = ("Brand voice", "People", "Workspace")

workspace, user = begin("settings")
view = st.segmented_control(
    "View",
    VIEWS,
    default=VIEWS[0],
    required=True,
    key="view",
    bind="query-params",
    label_visibility="collapsed",
)
if view == VIEWS[1]:
    people_section(workspace, user)
elif view == VIEWS[2]:
    facts_section(workspace)
else:
    brand_form(workspace, user)
