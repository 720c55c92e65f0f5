"""Data: bring files in, see what came of them, keep products and their facts."""

import streamlit as st

from dashboard.components import begin
from dashboard.sections.data.import_form import import_form
from dashboard.sections.data.import_history import import_history, latest_import
from dashboard.sections.data.products import products_section

VIEWS = ("New file", "Imports", "Products")

workspace, user = begin("data")
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
    latest_import(workspace)
    import_form(workspace, user)
