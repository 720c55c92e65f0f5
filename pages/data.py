"""Data: bring files in, see what came of them, keep products and their facts."""

import streamlit as st

from dashboard.components import begin
from dashboard.sections.import_form import import_form
from dashboard.sections.import_history import import_history, latest_import
from dashboard.sections.products import products_section

VIEWS = ("Bring in a file", "What was brought in", "Products")

workspace, user = begin("data")
latest_import(workspace)
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
    import_history(workspace, user)
elif view == VIEWS[2]:
    products_section(workspace, user)
else:
    import_form(workspace, user)
