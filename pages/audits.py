"""Audits: who agreed to what, what was done, what the checks found, and who is reached."""

import streamlit as st

from dashboard.components import begin
from dashboard.sections.audits.erasing import erasing_section
from dashboard.sections.audits.findings import checks_section, consent_section, ledger_section, reach_section

VIEWS = ("Consent", "Ledger", "Checks", "Who is reached", "One person")

workspace, user = begin("audits")
view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
)
if view == VIEWS[1]:
    ledger_section(workspace)
elif view == VIEWS[2]:
    checks_section(workspace)
elif view == VIEWS[3]:
    reach_section(workspace)
elif view == VIEWS[4]:
    erasing_section(workspace, user)
else:
    consent_section(workspace)
