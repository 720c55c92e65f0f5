"""How each closed question of a survey was answered: full distributions with their intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.services.surveys.waves import load
from dashboard.workspace import Workspace

if TYPE_CHECKING:
    from analytics.surveys.summaries import ItemSummary


def describe(workspace: Workspace, survey_id: int, wave: str | None = None) -> tuple[ItemSummary, ...]:
    """Describe every closed question that enough people answered: its full distribution with Wilson intervals.

    Of a question that fewer people answered than the workspace's floor only this is said.
    """
    from analytics.surveys.summaries import of_enough, people_of, published, summary

    survey = load(workspace, survey_id)
    if survey.shape == "shares":
        return tuple(published(t) for t in survey.tables)
    if wave is not None:
        column = survey.column("wave")
        rows = survey.frame if column is None else survey.frame[column.astype(str) == wave]
        survey = replace(survey, frame=rows.reset_index(drop=True))
    k = workspace.settings.k_min_people
    closed = [item for item in survey.items if item.kind != "open"]
    return tuple(of_enough(summary(survey.frame, item), people_of(survey, item), k) for item in closed)
