"""A control series: what happened, at the same time, where nothing was changed."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.impact.calendar import Frequency
from analytics.impact.errors import ImpactError
from analytics.impact.notes import info
from analytics.impact.series import Kind, MetricSeries, prepare


def against(
    frame: pd.DataFrame,
    control: pd.DataFrame | None,
    *,
    kind: Kind = "rate",
    frequency: Frequency | None = None,
    timezone: str | None = None,
    as_of: date | None = None,
) -> MetricSeries:
    """Prepare a metric and, where there is one, take its control away (see `series.prepare`)."""
    series = prepare(frame, kind=kind, frequency=frequency, timezone=timezone, as_of=as_of)
    if control is None:
        return series
    other = prepare(control, kind=kind, frequency=series.frequency, timezone=timezone, as_of=as_of)
    return difference(series, other)


def difference(series: MetricSeries, control: MetricSeries) -> MetricSeries:
    """The series relative to its control, on the dates that both have.

    The response is the difference of the two responses: on the log scale, the ratio to the control, brought
    back to the size of the series by the control's mean, so that effects stay in percent of the series.

    Raises
    ------
    ImpactError
        Where the two differ in frequency or scale, or share too few dates.
    """
    if series.frequency != control.frequency or series.calendar != control.calendar:
        raise ImpactError("The control series has another rhythm of dates; bring both to the same weeks or months.")
    if series.log != control.log:
        raise ImpactError("The control series has zeros or negative values where the metric has none; choose another.")
    times, mine, theirs = np.intersect1d(series.times, control.times, return_indices=True)
    if len(times) < 4:
        raise ImpactError(f"The control series shares only {len(times)} dates with the metric; choose another.")
    base = control.response[theirs]
    response = series.response[mine] - (base - base.mean())
    if np.ptp(response) < 1e-12:
        raise ImpactError("The control series is the metric itself; choose a series that the change did not touch.")
    moved = replace(series, times=times, response=response, value=series.value[mine], exposure=None)
    note = info("control", f"Measured against a control series on {len(times)} shared {series.frequency}s.")
    return replace(moved, value=moved.back(response), notes=(*series.notes, note))
