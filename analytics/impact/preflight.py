"""What a design could show, told before its result is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analytics.impact.covariance import Mask
from analytics.impact.design import MIN_SIDE, Intervention
from analytics.impact.power import plan
from analytics.impact.series import MetricSeries
from analytics.impact.shapes import STEP, EffectShape


@dataclass(frozen=True)
class Preflight:
    """What the design could show, told before its result is looked at.

    Attributes
    ----------
    detectable : smallest effect (%) that would be found with 80% power, or None where no verdict is possible.
    """

    n_before: int
    n_after: int
    unit: str
    detectable: float | None
    sentence: str


def look_ahead(
    series: MetricSeries, changes: Sequence[Intervention], *, washout_days: int = 0, shape: EffectShape = STEP
) -> Preflight:
    """Say how large an effect of the first change this design could show, from the time before it alone.

    Parameters
    ----------
    changes : the one that is measured, then those whose steps are held beside it.
    shape : what the effect is said to look like, as the planner takes it.
    """
    change, settled = changes[0], settled_periods(series, changes)
    before = settled & (series.times <= change.last_before(series.calendar))
    after = int((settled & (series.times >= change.first_after(series.calendar))).sum())
    unit = series.frequency
    design = f"{int(before.sum())} {unit}s before and {after} after the change"
    if min(int(before.sum()), after) < MIN_SIDE:
        text = f"With {design} no verdict is possible; it takes at least {MIN_SIDE} on each side."
        return Preflight(int(before.sum()), after, unit, None, text)
    history = series.only(before)
    told = plan(history, washout_days=washout_days, waits=(after,), shape=shape)
    smallest = told.waits[0].detectable
    text = f"With {design}, an effect of about {smallest:.1f}% or more would be found in 4 of 5 cases."
    if shape.kind == "burst":
        text = f"{text[:-1]}, as an average over the burst."
    if smallest > 25:
        text += " Only a very large effect can be seen; more history or a finer rhythm would help."
    return Preflight(int(before.sum()), after, unit, smallest, text)


def settled_periods(series: MetricSeries, changes: Sequence[Intervention]) -> Mask:
    """Mask the periods in which no change happened or settled; the analysis uses only these."""
    times, calendar = series.times, series.calendar
    settled = times == times
    for change in changes:
        settled &= (times <= change.last_before(calendar)) | (times >= change.first_after(calendar))
    return settled


def too_early(series: MetricSeries, on: date) -> Preflight:
    """Say that a change is still to come."""
    text = f"The change on {on} is still to come. The planner below says how long to wait after it."
    return Preflight(len(series.times), 0, series.frequency, None, text)
