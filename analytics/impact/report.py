"""The way in for pages and the command line: one metric, one or more changes, one report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.impact.calendar import Frequency
from analytics.impact.checks.departure import Departure, departure, drift
from analytics.impact.checks.fit_quality import memory, outliers, overlap, too_coarse
from analytics.impact.checks.leave_one_out import LeaveOneOut, leave_one_out
from analytics.impact.checks.placebo import Placebo, placebo
from analytics.impact.checks.pretrend import curved_pretrend
from analytics.impact.checks.sensitivity import Sensitivity, sensitivity
from analytics.impact.control import Controls, against
from analytics.impact.design import MIN_SIDE, Intervention, check_timing
from analytics.impact.errors import ImpactError
from analytics.impact.events import TURN_OF_YEAR, EventCalendar
from analytics.impact.its import ChartRow, Effect, Fit, estimate, uneven
from analytics.impact.notes import Note
from analytics.impact.power import Plan, detectable, plan
from analytics.impact.series import Kind, MetricSeries, prepare
from analytics.impact.verdict import LOOSER, Bounds, Verdict, judge
from analytics.inference import ALPHA


@dataclass(frozen=True)
class ImpactReport:
    """Everything about one change and one metric.

    Attributes
    ----------
    detectable : smallest effect (%) that this data would find with 80% power.
    notes : what was done and what could be wrong, the warnings among them.
    chart : one row a period. alt_text : the chart in words. difference : the effect on the plain difference to the one
    control, to be shown beside.
    """

    metric: str
    change: Intervention
    frequency: Frequency
    effect: Effect
    verdict: Verdict
    detectable: float
    notes: tuple[Note, ...]
    placebo: Placebo
    leave_one_out: LeaveOneOut
    departure: Departure
    sensitivity: Sensitivity
    chart: tuple[ChartRow, ...]
    alt_text: str
    difference: Effect | None = None

    @property
    def warnings(self) -> tuple[Note, ...]:
        """The notes that say what could be wrong."""
        return tuple(note for note in self.notes if note.level == "warning")

    def chart_frame(self) -> pd.DataFrame:
        """Columns day, observed, counterfactual, low, high, washout, after."""
        return pd.DataFrame([row.__dict__ for row in self.chart])


def analyse(
    frame: pd.DataFrame,
    changes: Intervention | date | Sequence[Intervention],
    *,
    metric: str = "the metric",
    kind: Kind = "rate",
    focus: int = 0,
    control: Controls = None,
    control_kinds: Sequence[Kind] | None = None,
    frequency: Frequency | None = None,
    timezone: str | None = None,
    as_of: date | None = None,
    events: EventCalendar = TURN_OF_YEAR,
) -> ImpactReport:
    """Measure the effect of a change on a metric, with every check.

    Parameters
    ----------
    frame : columns date, value and, for rates, optionally denominator (see `series.prepare`).
    changes : one change (a date will do) or several; the effect of `changes[focus]` is measured, the others held.
    control : one or several series of the same form that the change did not touch, of `control_kinds`.
    as_of : the last day on which data had arrived. events : holidays and events that are held.

    Raises
    ------
    ImpactError
        With a sentence for the reader, where the question cannot be asked of this data.
    """
    steps = _changes(changes)
    series = against(
        frame,
        control,
        change=steps[focus],
        kind=kind,
        control_kinds=control_kinds,
        frequency=frequency,
        timezone=timezone,
        as_of=as_of,
    )
    series = replace(series, events=events)
    return analyse_series(series, steps, metric=metric, focus=focus, as_of=as_of)


def analyse_series(
    series: MetricSeries,
    changes: Sequence[Intervention],
    *,
    metric: str = "the metric",
    focus: int = 0,
    as_of: date | None = None,
) -> ImpactReport:
    """As `analyse`, for a series that is already prepared."""
    check_timing(series.times, series.calendar, changes[focus], as_of)
    fit = estimate(series, changes, focus=focus)
    plain = series.difference and estimate(replace(series.difference, events=series.events), changes, focus=focus)
    y, seen = fit.response, float(fit.response[fit.design.window].mean())
    smallest = detectable(fit.effect, log=series.log, base=seen - fit.effect.estimate)
    fake = placebo(y, fit.design, series.calendar, fit.effect.estimate, fit.effect.p)
    apart = departure(y, fit.design, series.frequency, *fit.reach)
    effect = _fair(series, fit, apart)
    without = leave_one_out(y, fit.design, fit.residuals)
    shapes = sensitivity(series, changes, focus=focus)
    notes = (
        *series.notes,
        *fit.design.notes,
        *memory(fit.effect),
        *too_coarse(smallest),
        *outliers(series, fit),
        *overlap(series, changes, focus),
        curved_pretrend(y, fit.design),
        fake.note,
        without.note,
        apart.note,
        shapes.note,
    )
    bounds = Bounds(*(series.percent(v, seen, fit.effect.estimate) for v in (apart.low, apart.high)))
    verdict = judge(effect, metric, series.frequency, notes, bounds=bounds, flat_before=_flat_before(series, fit))
    text = _alt_text(metric, series, fit, verdict)
    return ImpactReport(
        metric,
        changes[focus],
        series.frequency,
        effect,
        verdict,
        smallest,
        notes,
        fake,
        without,
        apart,
        shapes,
        fit.chart,
        text,
        plain.effect if plain else None,
    )


def _flat_before(series: MetricSeries, fit: Fit) -> bool:
    """Whether the metric never moved before the change."""
    return bool(np.ptp(series.value[fit.design.keep][fit.design.before]) == 0)


def _fair(series: MetricSeries, fit: Fit, apart: Departure) -> Effect:
    """The effect whose average is a fair summary: where it may have grown or faded, one that allows for it."""
    if fit.effect.p >= ALPHA or apart.found or not apart.wavers:
        return fit.effect
    loose = uneven(series, fit, drift(fit.design))
    return loose if abs(loose.percent - fit.effect.percent) > LOOSER else fit.effect


def plan_wait(
    frame: pd.DataFrame,
    *,
    target: float = 10.0,
    kind: Kind = "rate",
    frequency: Frequency | None = None,
    washout_days: int = 0,
    as_of: date | None = None,
    seed: int = 0,
) -> Plan:
    """How long must we wait after a change to see an effect of `target` percent? (See `power.plan`.)"""
    series = prepare(frame, kind=kind, frequency=frequency, as_of=as_of)
    return plan(series, target=target, washout_days=washout_days, seed=seed)


def _changes(changes: Intervention | date | Sequence[Intervention]) -> tuple[Intervention, ...]:
    if isinstance(changes, date):
        return (Intervention(changes),)
    if isinstance(changes, Intervention):
        return (changes,)
    if not changes:
        raise ImpactError("No change was given; enter the date on which something changed.")
    return tuple(changes)


def _alt_text(metric: str, series: MetricSeries, fit: Fit, verdict: Verdict) -> str:
    before, after = fit.effect.n_before, fit.effect.n_after
    side = "" if min(before, after) >= MIN_SIDE else " (too few to judge)"
    return (
        f"{metric} by {series.frequency} from {series.dates[0]} to {series.dates[-1]}: {before} {series.frequency}s "
        f"before and {after} after the change{side}, with what would have been expected without it. {verdict.sentence}"
    )
