"""Changes that were noted and effects that were kept as they were shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dashboard.services import people
from dashboard.services.impact import effects as impact
from dashboard.services.impact.effects import ImpactServiceError, Question
from dashboard.services.impact.question import check_shape
from dashboard.services.people import User
from dashboard.workspace import Workspace
from db.repositories import effects
from db.repositories.effects import EffectRecord, InterventionRecord

if TYPE_CHECKING:
    from analytics.impact.report import ImpactReport


def interventions(workspace: Workspace) -> list[InterventionRecord]:
    """List the changes that were kept, newest first."""
    with workspace.database.reading() as session:
        return effects.interventions(session)


def add_intervention(
    workspace: Workspace,
    user: User,
    name: str,
    on: date,
    washout_days: int = 0,
    note: str = "",
    *,
    shape: str = "step",
    until: date | None = None,
    ramp_days: int | None = None,
) -> int:
    """Keep a change, with what its effect is expected to look like, and return its number.

    Raises
    ------
    NotAllowedError
        When the role may not change anything.
    ImpactServiceError
        When it has no name, an impossible settling time, or a shape that is none.
    """
    people.require(user, people.MAY_EDIT, "keep a change")
    if not name.strip():
        raise ImpactServiceError("Give the change a name, such as “New way of making posts”.")
    impact.check_washout(washout_days)
    expected = check_shape(on, shape, until, ramp_days)
    with workspace.database.writing() as session:
        return effects.add_intervention(
            session, name.strip()[:200], on, washout_days, note.strip(), user.name, expected
        )


def save(workspace: Workspace, user: User, question: Question, report: ImpactReport, name: str = "") -> int:
    """Keep an analysis as it was shown, with its change, and return its number.

    A change of the same name on the same day is used again.

    Raises
    ------
    NotAllowedError
        When the role may not change anything.
    """
    from analytics.impact.plain import report_plain

    people.require(user, people.MAY_EDIT, "keep an effect")
    title = name.strip() or question.label
    known = next((i for i in interventions(workspace) if (i.on, i.name) == (question.on, title)), None)
    number = known.id if known else _noted(workspace, user, title, question)
    settings = {
        "on": question.on.isoformat(),
        "washout_days": question.washout_days,
        "kind": question.kind,
        "held": list(question.held),
        "controls": list(question.controls),
        "shape": question.shape,
        "until": question.until.isoformat() if question.until else None,
        "ramp_days": question.ramp_days,
        "country": question.country,
        "events": list(question.events),
        "year_end": question.year_end,
        "data_sha256": impact.data_digest(workspace, question.metric, question.segment_kind),
    }
    segment = (question.segment_kind, question.segment)
    with workspace.database.writing() as session:
        return effects.save_effect(session, number, question.metric, segment, settings, report_plain(report), user.name)


def _noted(workspace: Workspace, user: User, title: str, question: Question) -> int:
    """Keep the change of a question that nobody had noted."""
    return add_intervention(
        workspace,
        user,
        title,
        question.on,
        question.washout_days,
        shape=question.shape,
        until=question.until,
        ramp_days=question.ramp_days,
    )


def saved(workspace: Workspace) -> list[EffectRecord]:
    """List the kept analyses, newest first; ``EFFECT`` reads their results."""
    with workspace.database.reading() as session:
        return effects.effects(session)
