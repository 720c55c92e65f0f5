"""How each closed question of a survey was answered: full distributions with their intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.services.surveys.waves import load
from dashboard.workspace import Workspace

if TYPE_CHECKING:
    from analytics.surveys.summaries import ItemSummary


def describe(workspace: Workspace, survey_id: int, wave: str | None = None) -> tuple[ItemSummary, ...]:
    """Describe every closed question: its full distribution with Wilson intervals."""
    from analytics.surveys.summaries import published, summary

    survey = load(workspace, survey_id)
    if survey.shape == "shares":
        return tuple(published(t) for t in survey.tables)
    if wave is not None:
        column = survey.column("wave")
        rows = survey.frame if column is None else survey.frame[column.astype(str) == wave]
        survey = replace(survey, frame=rows.reset_index(drop=True))
    return tuple(summary(survey.frame, item) for item in survey.items if item.kind != "open")
