"""Surveys: what people said before and after, in ticks and in their own words."""

import streamlit as st

from dashboard.components import begin
from dashboard.sections.surveys.open_answers import open_section
from dashboard.sections.surveys.results import basis_section, choose_survey, planner_section, results_section
from dashboard.sections.surveys.survey_form import survey_form

VIEWS = ("Results", "Open answers", "New survey", "Planner")

workspace, user = begin("surveys")
if st.session_state.get("open_survey"):
    st.session_state["view"] = VIEWS[0]
view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
)
if view == VIEWS[2]:
    survey_form(workspace, user)
elif view == VIEWS[3]:
    planner_section()
else:
    record = choose_survey(workspace)
    if record is not None and basis_section(workspace, user, record):
        if view == VIEWS[0]:
            results_section(workspace, record)
        else:
            open_section(workspace, user, record)
