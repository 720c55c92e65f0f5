"""Before and after a change: what can be seen, what was found, for everybody and by segment.

The statistics live in ``analytics.impact`` and are loaded at the first question, so that a page that only
lists metrics stays light.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from analytics.asking.changes import (
    MAX_WASHOUT,
    SHAPE_WORDS,
    SHAPES,
    Question,
    Shape,
    check_washout,
    known_shape,
    stated,
)
from analytics.asking.metrics import KIND_WORDS, KINDS, Measurable
from analytics.asking.posts import Kind
from dashboard.services.impact.series import ImpactServiceError, find, measurable, read, segments_of
from dashboard.workspace import Workspace
from db.repositories import effects
from db.repositories.effects import InterventionRecord

if TYPE_CHECKING:
    from analytics.impact.comparison import MethodRow
    from analytics.impact.cost import CostReport, Return
    from analytics.impact.design import Intervention
    from analytics.impact.power import Plan
    from analytics.impact.preflight import Preflight
    from analytics.impact.report import ImpactReport
    from analytics.impact.segments import SegmentReport
    from analytics.impact.series import MetricSeries
    from analytics.impact.shapes import EffectShape

__all__ = [
    "KINDS",
    "KIND_WORDS",
    "MAX_WASHOUT",
    "SHAPES",
    "SHAPE_WORDS",
    "ImpactServiceError",
    "Kind",
    "Measurable",
    "Question",
    "Shape",
    "analyse",
    "by_segment",
    "check_washout",
    "costs",
    "data_digest",
    "data_stamp",
    "earned_back",
    "find",
    "known_shape",
    "measurable",
    "other_methods",
    "plan",
    "preflight",
    "segments_of",
    "stated",
]

MAX_SEGMENTS = 2_000


def _asked(workspace: Workspace, question: Question) -> tuple[Measurable, pd.DataFrame, Kind]:
    check_washout(question.washout_days)
    metric = find(workspace, question.metric)
    if question.segment is not None and question.segment_kind is None:
        raise ImpactServiceError("Name the kind of segment too, such as age group.")
    frame = read(workspace, metric, question.segment_kind, question.segment)
    return metric, frame, question.kind or metric.kind


def _series(workspace: Workspace, question: Question) -> tuple[Measurable, MetricSeries]:
    """The series that is asked about, less its control."""
    from analytics.impact.asked import held_calendar
    from analytics.impact.control import against

    metric, frame, kind = _asked(workspace, question)
    tables, kinds = _controls(workspace, question)
    change = _changes(workspace, question)[0]
    series = against(frame, tables, change=change, kind=kind, control_kinds=kinds, as_of=metric.arrived)
    return metric, replace(series, events=held_calendar(question))


def _check_arrived(metric: Measurable, on: date) -> None:
    """Tell old numbers apart from a change that is still to come."""
    if metric.arrived < on <= date.today():
        raise ImpactServiceError(
            f"The numbers of “{metric.metric}” came in on {metric.arrived}, before the change on {on}. "
            "Bring in newer ones on the Data page."
        )


def data_digest(workspace: Workspace, metric: str, segment_kind: str | None = None) -> str:
    """Return a digest of a metric's numbers, so that an answer is kept only as long as they stay the same."""
    found = find(workspace, metric)
    frame = read(workspace, found, segment_kind)
    return hashlib.sha256(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()).hexdigest()


def data_stamp(workspace: Workspace) -> str:
    """Return what changes whenever something is brought in or taken back; cheaper than a digest."""
    with workspace.database.reading() as session:
        return f"{workspace.folder} {effects.imports_stamp(session)}"


def _changes(workspace: Workspace, question: Question) -> list[Intervention]:
    from analytics.impact.asked import stated_shape
    from analytics.impact.design import Intervention

    first = Intervention(question.on, question.label, question.washout_days, stated_shape(question))
    with workspace.database.reading() as session:
        others = [effects.get_intervention(session, number) for number in question.held]
    return [first, *(Intervention(o.on, o.name, o.washout_days, _noted_shape(o)) for o in others)]


def _noted_shape(change: InterventionRecord) -> EffectShape:
    """The shape that was stated when a change was noted."""
    from analytics.impact.shapes import EffectShape

    return EffectShape(known_shape(change.shape.kind), change.shape.until, change.shape.ramp_days)


def preflight(workspace: Workspace, question: Question) -> Preflight:
    """Say how large an effect this design could show, from the time before the change alone.

    Raises
    ------
    ImpactServiceError, ImpactError
        With a sentence, where the question cannot be asked of this metric.
    """
    from analytics.impact.asked import planned_shape
    from analytics.impact.design import check_timing
    from analytics.impact.preflight import look_ahead, too_early

    metric, series = _series(workspace, question)
    changes = _changes(workspace, question)
    change = changes[0]
    if question.on > date.today():
        return too_early(series, question.on)
    _check_arrived(metric, question.on)
    check_timing(series.times, series.calendar, change, metric.arrived)
    return look_ahead(series, changes, washout_days=question.washout_days, shape=planned_shape(question))


def plan(workspace: Workspace, question: Question, target: float = 10.0) -> Plan:
    """Say how long one must wait after a change to see an effect of ``target`` percent.

    The numbers before the change are the history; all of them when the change is still to come.

    Raises
    ------
    ImpactServiceError, ImpactError
        With a sentence, where there is too little history.
    """
    from analytics.impact.asked import planned_shape
    from analytics.impact.power import plan as planned

    _, series = _series(workspace, question)
    change = _changes(workspace, question)[0]
    before = series.times <= change.last_before(series.calendar)
    history = series.only(before) if before.any() else series
    return planned(history, target=target, washout_days=question.washout_days, shape=planned_shape(question))


def analyse(workspace: Workspace, question: Question) -> ImpactReport:
    """Measure the effect of a change on a metric, with every check.

    Raises
    ------
    ImpactServiceError, ImpactError
        With a sentence, where the question cannot be asked of this metric.
    """
    from analytics.impact.asked import held_calendar
    from analytics.impact.report import analyse as measure

    metric, frame, kind = _asked(workspace, question)
    _check_arrived(metric, question.on)
    tables, kinds = _controls(workspace, question)
    name = f"{question.metric} of {question.segment}" if question.segment else question.metric
    changes = _changes(workspace, question)
    events = held_calendar(question)
    return measure(
        frame,
        changes,
        metric=name,
        kind=kind,
        control=tables,
        control_kinds=kinds,
        as_of=metric.arrived,
        events=events,
    )


def _controls(workspace: Workspace, question: Question) -> tuple[list[pd.DataFrame], list[Kind]]:
    """The control series with the kind of each."""
    found = [find(workspace, name) for name in question.controls]
    return [read(workspace, metric) for metric in found], [metric.kind for metric in found]


def other_methods(workspace: Workspace, question: Question) -> tuple[MethodRow, ...]:
    """Say what other common methods would say of the same data; never used for the verdict.

    Raises
    ------
    ImpactServiceError, ImpactError
        With a sentence, where the question cannot be asked of this metric.
    """
    from analytics.impact.asked import held_calendar
    from analytics.impact.comparison import other_methods as compared

    metric, frame, kind = _asked(workspace, question)
    tables, kinds = _controls(workspace, question)
    changes = _changes(workspace, question)
    events = held_calendar(question)
    return compared(frame, changes, kind=kind, control=tables, control_kinds=kinds, as_of=metric.arrived, events=events)


def costs(workspace: Workspace, question: Question, engagements: str | None = None) -> CostReport:
    """Measure the change in expenses (the question's metric) and, with engagements, in the cost of each.

    Raises
    ------
    ImpactServiceError, ImpactError
        With a sentence, where a metric is unknown or the two share no time.
    """
    from analytics.impact.cost import analyse_costs

    metric, frame, _ = _asked(workspace, question)
    _check_arrived(metric, question.on)
    below = find(workspace, engagements) if engagements else None
    counts = read(workspace, below) if below else None
    as_of = min(metric.arrived, below.arrived) if below else metric.arrived
    return analyse_costs(frame, _changes(workspace, question), engagements=counts, as_of=as_of)


def by_segment(
    workspace: Workspace, question: Question, segment_kind: str, metrics: tuple[str, ...] = ()
) -> SegmentReport:
    """Compare the effect between segments, corrected over every metric and segment that is looked at.

    Parameters
    ----------
    metrics
        Look at these together; only the question's own metric when empty.

    Raises
    ------
    ImpactServiceError, ImpactError
        With a sentence, where a metric is not split so, or has too many segments.
    """
    from analytics.impact.segments import analyse_segments, together

    check_washout(question.washout_days)
    found = [find(workspace, name) for name in metrics or (question.metric,)]
    for metric in found:
        number = dict(metric.segments).get(segment_kind, 0)
        if number > MAX_SEGMENTS:
            raise ImpactServiceError(
                f"“{metric.metric}” has {number:,} segments by {segment_kind}; with more than {MAX_SEGMENTS:,} nothing "
                "could be told apart. Put them into larger groups and bring the numbers in again."
            )
        _check_arrived(metric, question.on)
    parts = {metric.metric: read(workspace, metric, segment_kind) for metric in found}
    kinds: dict[str, Kind] = {m.metric: m.kind for m in found}
    if question.kind:
        kinds[question.metric] = question.kind
    change = _changes(workspace, question)[0]
    return analyse_segments(together(parts), change, kinds=kinds, as_of=min(m.arrived for m in found))


def earned_back(report: ImpactReport, spent: float, margin: float) -> Return:
    """Return what a change earned for what it cost, from its total effect on an amount of money.

    Raises
    ------
    ImpactError
        When nothing was spent, the margin is not between 0 and 1, or the effect on income cannot be told.
    """
    from analytics.impact.cost import return_on_investment

    return return_on_investment(report, spent, margin=margin)
