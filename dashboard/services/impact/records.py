"""Changes that were noted and effects that were kept as they were shown."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from analytics.kept import EFFECT_SETTINGS, asked_with
from dashboard.services import people
from dashboard.services.impact import effects as impact
from dashboard.services.impact.effects import ImpactServiceError, Question, stated
from dashboard.services.people import User
from dashboard.workspace import Workspace
from db.repositories import effects
from db.repositories.effects import EffectRecord, InterventionRecord, StatedShape

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
    expected = _shape(on, shape, until, ramp_days)
    with workspace.database.writing() as session:
        return effects.add_intervention(
            session, name.strip()[:200], on, washout_days, note.strip(), user.name, expected
        )


def _shape(on: date, kind: str, until: date | None, ramp_days: int | None) -> StatedShape:
    """The shape of a change that is noted, refused where it is none.

    Raises
    ------
    AskingError, ImpactError
        For an unknown shape, a burst without its end or one that ends before the change, a ramp without its length.
    """
    from analytics.impact.asked import stated_shape

    end = datetime.combine(until, time()) if until else None
    question = stated(Question("", on), kind, end, ramp_days)
    stated_shape(question)
    return StatedShape(question.shape, until, ramp_days)


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
    digest = impact.data_digest(workspace, question.metric, question.segment_kind)
    settings = EFFECT_SETTINGS.write(asked_with(question, digest))
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
    """List the kept analyses, newest first; ``EFFECT`` reads their results, ``EFFECT_SETTINGS`` their settings."""
    with workspace.database.reading() as session:
        return effects.effects(session)
