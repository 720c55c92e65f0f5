"""Review: a human decides about every post; approved ones can leave."""

import streamlit as st

from dashboard.components import begin
from dashboard.sections.review.deciding import export_section, review_section

VIEWS = ("Queue", "Export")

workspace, user = begin("review")
view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
)
if view == VIEWS[1]:
    export_section(workspace, user)
else:
    review_section(workspace, user)
