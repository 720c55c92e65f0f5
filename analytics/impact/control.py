"""Control series: what happened, at the same time, where nothing was changed.

A control enters the regression with a coefficient of its own, so that one which shares part of the movement takes away
that part and no more: subtracting it whole would add its own noise. Several controls are first joined to one synthetic
control whose weights are fixed on the time before the change, so that the effect cannot leak into them.

Sources: Brodersen, Gallusser, Koehler, Remy & Scott 2015 (controls as regressors, Annals of Applied Statistics 9);
Abadie, Diamond & Hainmueller 2010 (weights from before the change); Hoerl & Kennard 1970 (ridge); Golub, Heath & Wahba
1979 (the ridge's strength by generalised cross-validation).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce

import numpy as np
import pandas as pd

from analytics.impact.calendar import Frequency
from analytics.impact.covariance import Array, Mask
from analytics.impact.design import MIN_SIDE, Intervention
from analytics.impact.errors import ImpactError
from analytics.impact.notes import info
from analytics.impact.series import Kind, MetricSeries, prepare

Controls = pd.DataFrame | Sequence[pd.DataFrame] | None
STRENGTHS = np.geomspace(1e-3, 1e3, 25)


def against(
    frame: pd.DataFrame,
    control: Controls,
    *,
    change: Intervention,
    kind: Kind = "rate",
    control_kinds: Sequence[Kind] | None = None,
    frequency: Frequency | None = None,
    timezone: str | None = None,
    as_of: date | None = None,
) -> MetricSeries:
    """Prepare a metric and, where there are some, put its controls beside it.

    Parameters
    ----------
    control : one table or several, each as `series.prepare` takes it. change : weights are fixed before it.
    kind, control_kinds : of the metric and of each control (the metric's where not given).

    Raises
    ------
    ImpactError
        Where a series cannot be prepared, is the metric itself, or shares too few dates with it.
    """
    series = prepare(frame, kind=kind, frequency=frequency, timezone=timezone, as_of=as_of)
    tables = [] if control is None else [control] if isinstance(control, pd.DataFrame) else list(control)
    if not tables:
        return series
    kinds = control_kinds or [kind] * len(tables)
    others = [
        prepare(table, kind=own, frequency=series.frequency, timezone=timezone, as_of=as_of)
        for table, own in zip(tables, kinds, strict=True)
    ]
    return beside(series, others, change)


def beside(series: MetricSeries, controls: Sequence[MetricSeries], change: Intervention) -> MetricSeries:
    """The series on the dates that all share, with one control column of its own coefficient.

    Raises
    ------
    ImpactError
        Where a control has another rhythm, shares too few dates, never moves, or is the metric itself.
    """
    if any(series.calendar != other.calendar for other in controls):
        raise ImpactError("The control series has another rhythm of dates; bring both to the same weeks or months.")
    times = reduce(np.intersect1d, [other.times for other in controls], series.times)
    shared = series.only(np.isin(series.times, times))
    before = times <= change.last_before(series.calendar)
    if before.sum() < MIN_SIDE or len(times) < before.sum() + 1:
        raise ImpactError(
            f"The control series share {int(before.sum())} {series.frequency}s before the change and "
            f"{int((~before).sum())} from it on; it takes at least {MIN_SIDE} before and some after."
        )
    columns = np.column_stack([_scaled(other.response[np.isin(other.times, times)], before) for other in controls])
    if any(_same(shared.response, column) for column in columns.T):
        raise ImpactError("The control series is the metric itself; choose a series that the change did not touch.")
    column = columns if len(controls) == 1 else synthetic(shared.response, columns, before)
    how = "a control series" if len(controls) == 1 else f"{len(controls)} control series, weighted before the change,"
    said = info(
        "control", f"Measured beside {how} on {len(times)} shared {series.frequency}s, with a coefficient of its own."
    )
    plain = difference(shared, controls[0]) if len(controls) == 1 and shared.log == controls[0].log else None
    return replace(shared, controls=column, notes=(*series.notes, said), exposure=None, difference=plain)


def _scaled(column: Array, before: Mask) -> Array:
    """Mean zero and unit spread before the change: ridge treats all controls alike."""
    spread = float(column[before].std())
    if np.ptp(column[before]) == 0:
        raise ImpactError("A control series never moves before the change; choose another.")
    return np.asarray((column - column[before].mean()) / spread)


def _same(response: Array, column: Array) -> bool:
    mine = response - response.mean()
    theirs = column - column.mean()
    return bool(abs(mine @ theirs) > (1 - 1e-12) * np.linalg.norm(mine) * np.linalg.norm(theirs))


def synthetic(response: Array, columns: Array, before: Mask) -> Array:
    """(n, 1) weighted sum of the control columns, the weights by ridge on the time before the change alone.

    Parameters
    ----------
    response : (n,) of the metric. columns : (n, c) scaled controls. before : (n,) the time before the change.
    """
    X, y = columns[before], response[before] - response[before].mean()
    U, d, Vt = np.linalg.svd(X, full_matrices=False)
    projected, n = U.T @ y, len(y)
    scores = []
    for strength in STRENGTHS:
        kept = d**2 / (d**2 + strength * n)
        left = y - U @ (kept * projected)
        scores.append(float(left @ left) / max(n - float(kept.sum()) - 1.0, 1e-9) ** 2)
    strength = STRENGTHS[int(np.argmin(scores))]
    weights = Vt.T @ (d / (d**2 + strength * n) * projected)
    return _scaled(columns @ weights, before)[:, None]


def difference(series: MetricSeries, control: MetricSeries) -> MetricSeries:
    """The series less its control, as if both moved one to one: shown beside the regression, never in its place."""
    at = np.isin(control.times, series.times)
    base = control.response[at]
    response = series.response - (base - base.mean())
    moved = replace(series, response=response, exposure=None)
    return replace(moved, value=moved.back(response))
