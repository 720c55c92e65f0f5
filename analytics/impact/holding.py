"""Is there a Christmas in these numbers at all? Its weeks are held where it stands out, and where it was seen twice.

The columns of the turn of the year in effect leave out the weeks of a Christmas that was seen once: of 26 weeks before
a change seven may go, and a good part of the power with them. They are therefore tested first, by the F-test of
generalised least squares, at a level far above 5%: what is missed so is too small, against the scatter, to move the
answer, while what could move it is held (measured in `benchmarks/impact_christmas.py`). Two are always held: their
height hangs on one a side, as the effect does, and a test of both on the same few numbers would call 9% of 12 + 12
months without any effect found (measured in `benchmarks/impact_validity.py`).

Sources: the F-test of linear restrictions under a known error law, Greene 2018, Econometric Analysis, section 9.4; the
liberal level for a pretest of what is only held, Bancroft & Han 1977, International Statistical Review 45.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import fdtrc

from analytics.impact.calendar import PERIODS_A_YEAR, Calendar, Days
from analytics.impact.covariance import Array, ar1, whiten
from analytics.impact.design import Design, Intervention, build
from analytics.impact.events import is_year_end
from analytics.impact.gls import problem, reml_ar1
from analytics.impact.notes import info
from analytics.impact.robust import bounded, lone_zeros
from analytics.impact.series import MetricSeries

LEVEL = 0.2  # of the test: liberal, so that a peak is missed only where it is too small to matter


def held_design(series: MetricSeries, changes: Sequence[Intervention], *, focus: int = 0) -> Design:
    """The design of an effect, with the weeks around Christmas where these stand out.

    Raises
    ------
    ImpactError
        Where a change lies outside the data, or two changes cannot be told apart.
    """
    events = series.events
    full = build(series.times, series.calendar, changes, focus=focus, events=events, controls=series.controls)
    y = bounded(series.response[full.keep], full.X, lone_zeros(series, full))
    if not any(map(is_year_end, full.names)) or is_held(y, full.X, full.names, full.times, series.calendar):
        return full
    events = replace(events, year_end=False)
    bare = build(series.times, series.calendar, changes, focus=focus, events=events, controls=series.controls)
    text = "The weeks around Christmas do not stand out from the others, so they are not held."
    return replace(bare, notes=(*bare.notes, info("events", text)))


def is_held(y: Array, X: Array, names: Sequence[str], times: Days, calendar: Calendar) -> bool:
    """Whether the turn of the year is held: seen twice, or adding something to the others for any response.

    Parameters
    ----------
    y : (k,) or (k, m) responses; of several the smallest p-value times m is judged (Bonferroni).
    X : (k, p) independent columns called `names`, on the periods `times`.
    """
    if seen_twice(X, names, times, calendar):
        return True
    p = year_end_p(y.reshape(len(X), -1), X, names, times)
    return bool(p.min() * len(p) < LEVEL)


def seen_twice(X: Array, names: Sequence[str], times: Days, calendar: Calendar) -> bool:
    """Whether the columns of the turn of the year speak of two; at an end of the series some may see one more."""
    half = PERIODS_A_YEAR[calendar.frequency] / 2
    columns = [X[:, i] for i, name in enumerate(names) if is_year_end(name)]
    return min((int((np.diff(times[column != 0]) > half).sum()) for column in columns), default=0) == 1


def year_end_p(Y: Array, X: Array, names: Sequence[str], times: Days) -> Array:
    """(m,) p-values that the columns of the turn of the year are all zero: 1 without any, 0 where none can be had.

    Parameters
    ----------
    Y : (k, m) responses. X : (k, p) independent columns called `names`, on the periods `times`.
    """
    columns = [i for i, name in enumerate(names) if is_year_end(name)]
    if not columns or len(X) - X.shape[1] < 2:
        return np.full(Y.shape[1], 0.0 if columns else 1.0)
    rho = reml_ar1(problem(Y, X, np.eye(X.shape[1])[0], times)).rho
    return np.array([restricted(Y[:, i], X, times, columns, float(own)) for i, own in enumerate(rho)])


def restricted(y: Array, X: Array, times: Days, columns: list[int], rho: float) -> float:
    """P-value of the F-test that the coefficients of `columns` are all zero, at the memory of the full model."""
    Z, _ = whiten(np.column_stack([X, y]), times.astype(float), ar1(rho))
    full, bare = (_left(Z[0, :, -1], np.delete(Z[0], gone, axis=1)) for gone in ([-1], [*columns, -1]))
    spare, q = len(X) - X.shape[1], len(columns)
    return float(fdtrc(q, spare, (bare - full) / q / max(full / spare, 1e-300)))


def _left(y: Array, X: Array) -> float:
    """Residual sum of squares."""
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    return float(residual @ residual)
