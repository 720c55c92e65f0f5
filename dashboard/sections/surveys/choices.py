"""Surveys page: how two waves are compared: same people or others, weights, what is held equal."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.page_cache import kept
from dashboard.services.surveys import waves
from dashboard.services.surveys.waves import Choices
from dashboard.workspace import Workspace
from db.repositories.surveys import SurveyRecord

PEOPLE: dict[str, bool | None] = {
    "Tell from their ids": None,
    "The same people, asked twice": True,
    "Different people": False,
}
AGES = {
    "Even out when it shifted": "auto",
    "Always even out": "always",
    "Leave as it is": "never",
}


def comparison_choices(workspace: Workspace, record: SurveyRecord) -> Choices:
    """Draw the choices; what is not touched is left to the data."""
    with st.expander("Change how the waves are compared"):
        people = st.radio("Who answered", list(PEOPLE), key=f"people-{record.id}")
        ages = st.radio("The mix of ages, and weights in the file", list(AGES), key=f"ages-{record.id}")
        groups = kept(workspace, ("groupings", record.id), lambda: waves.groupings(workspace, record.id))
        margins = _margins(record, groups) if groups else {}
        covariates = st.multiselect(
            "Hold equal in a model beside the test",
            list(groups),
            key=f"covariates-{record.id}",
            help="An ordinal model says whether answers changed between people who are alike in these.",
        )
    return Choices(PEOPLE[people], AGES[ages], margins, tuple(covariates))


def _margins(record: SurveyRecord, groups: dict[str, tuple[str, ...]]) -> dict[str, dict[str, float]]:
    """Let people state known shares of groups, such as those of all followers."""
    chosen = st.multiselect(
        "Weight to shares that you know",
        list(groups),
        key=f"margins-{record.id}",
        help="For example the ages of all your followers. Both waves are then weighted to these shares.",
    )
    margins = {}
    for name in chosen:
        rows = pd.DataFrame(
            {"Group": groups[name], "Share (%)": [round(100 / len(groups[name]), 1)] * len(groups[name])}
        )
        edited = st.data_editor(
            rows,
            hide_index=True,
            disabled=["Group"],
            column_config={"Share (%)": st.column_config.NumberColumn(min_value=0, max_value=100, required=True)},
            key=f"margin-{record.id}-{name}",
            alt=f"The known share of each group of {name}",
        )
        margins[name] = {str(g): float(s) for g, s in zip(edited["Group"], edited["Share (%)"], strict=True)}
    return margins
