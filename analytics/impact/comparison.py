"""What other common methods would say of the same data: shown beside ours, never used for the verdict."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from analytics.impact.control import Controls, against
from analytics.impact.covariance import Array, ar_gram
from analytics.impact.design import Design, Intervention
from analytics.impact.events import TURN_OF_YEAR, EventCalendar
from analytics.impact.holding import held_design
from analytics.impact.poisson import poisson_regression
from analytics.impact.regression import Inference, Problem, problem
from analytics.impact.series import Kind, MetricSeries, as_percent
from analytics.inference import UPPER


@dataclass(frozen=True)
class MethodRow:
    """One method's effect (%), 95% interval and p-value, with its known weakness."""

    method: str
    percent: float
    low: float
    high: float
    p: float
    weakness: str


def _inference(estimate: Array, se: Array, df: float, rho: Array) -> Inference:
    reach = stdtrit(df, UPPER) * se
    p = 2.0 * stdtr(df, -np.abs(estimate) / se)
    return Inference(estimate, se, np.full_like(se, df), p, estimate - reach, estimate + reach, rho)


def ols(task: Problem) -> Inference:
    """Ordinary least squares with t(n - p): assumes no memory. Shared designs only."""
    rss = (task.y**2).sum(axis=0)
    se = np.sqrt(rss / task.spare * (task.contrast @ task.contrast))
    return _inference(task.offset, se, task.spare, np.zeros_like(se))


def newey_west(task: Problem, lag: int | None = None) -> Inference:
    """Ordinary least squares with Newey & West (1987) errors, Bartlett weights, n / (n - p) correction.

    lag : by default floor(4 (n / 100) ** (2 / 9)) (Newey & West 1994).
    """
    n = len(task.times)
    most = int(4 * (n / 100) ** (2 / 9)) if lag is None else lag
    scores = task.y * (task.X @ task.contrast)[:, None]
    total = (scores**2).sum(axis=0)
    for k in range(1, most + 1):
        total = total + 2.0 * (1 - k / (most + 1)) * (scores[k:] * scores[:-k]).sum(axis=0)
    se = np.sqrt(np.maximum(total, 1e-300) * n / task.spare)
    return _inference(task.offset, se, task.spare, np.zeros_like(se))


def prais_winsten(task: Problem, rounds: int = 20) -> Inference:
    """Prais & Winsten (1954): memory from the residuals, iterated, then least squares as if it were known."""
    m, p = task.y.shape[1], task.X.shape[1]
    X = np.broadcast_to(task.X, (m, *task.X.shape))
    gram = ar_gram(np.concatenate([X, task.y.T[..., None]], axis=-1), task.times)
    rho = np.zeros(m)
    gamma: Array = np.zeros((m, p))
    for _ in range(rounds):
        e = task.y - task.X @ gamma.T
        rho = np.clip((e[1:] * e[:-1]).sum(axis=0) / (e[:-1] ** 2).sum(axis=0), -0.99, 0.99)
        A = np.asarray(gram.at(rho))
        gamma = np.asarray(np.linalg.solve(A[:, :p, :p], A[:, :p, p:])[..., 0], dtype=np.float64)
    side = np.linalg.solve(A[:, :p, :p], np.broadcast_to(task.contrast, (m, p))[..., None])[..., 0]
    rss = A[:, p, p] - (A[:, :p, p] * gamma).sum(axis=1)
    se = np.sqrt(rss / task.spare * (side @ task.contrast))
    return _inference(task.offset + gamma @ task.contrast, se, task.spare, rho)


def sarimax(y: Array, X: Array, contrast: Array) -> tuple[float, float, float]:
    """Regression with AR(1) errors by full maximum likelihood: estimate, standard error and normal p-value."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX  # slow to load, and only this row needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = SARIMAX(y, exog=X, order=(1, 0, 0)).fit(disp=False, maxiter=100)
    k = X.shape[1]
    estimate = float(contrast @ fit.params[:k])
    se = float(np.sqrt(contrast @ fit.cov_params()[:k, :k] @ contrast))
    return estimate, se, float(2.0 * ndtr(-abs(estimate) / se))


def compare_methods(series: MetricSeries, changes: Sequence[Intervention], *, focus: int = 0) -> tuple[MethodRow, ...]:
    """What other methods say of the same series and design, in percent; about half a second for SARIMAX.

    Raises
    ------
    ImpactError
        Where the change lies outside the data or the points cannot carry the model.
    """
    design = held_design(series, changes, focus=focus)
    y = series.response[design.keep]
    task = problem(y, design.X, design.contrast, design.times)
    base = float(y[design.window].mean() - task.offset[0])
    rows = [
        ("Ordinary least squares", *_first(ols(task)), "ignores memory: too many false alarms"),
        ("Newey-West", *_first(newey_west(task)), "needs long series: too many false alarms on short ones"),
        ("Prais-Winsten", *_first(prais_winsten(task)), "takes the memory as known: too many false alarms"),
    ]
    if not np.any(np.diff(design.times) > 1):  # SARIMAX would take a gap for a single step
        b, se, p = sarimax(y, design.X, design.contrast)
        reach = float(ndtri(UPPER)) * se
        rows.append(("SARIMAX(1,0,0)", b, b - reach, b + reach, p, "large-sample errors on few points"))
    if series.exposure is not None and design.shape.kind == "step":
        rows.append(("Quasi-Poisson", *_poisson(series, design), "counts one by one, but ignores memory"))
    return tuple(
        _row(name, [as_percent(v, log=series.log, base=base) for v in (b, low, high)], p, weakness)
        for name, b, low, high, p, weakness in rows
    )


def other_methods(
    frame: pd.DataFrame,
    changes: Sequence[Intervention],
    *,
    kind: Kind = "rate",
    control: Controls = None,
    control_kinds: Sequence[Kind] | None = None,
    as_of: date | None = None,
    events: EventCalendar = TURN_OF_YEAR,
) -> tuple[MethodRow, ...]:
    """`compare_methods` on a table, as `report.analyse` takes it; the effect of the first change.

    Raises
    ------
    ImpactError
        With a sentence for the reader, where the question cannot be asked of this data.
    """
    series = against(frame, control, change=changes[0], kind=kind, control_kinds=control_kinds, as_of=as_of)
    return compare_methods(replace(series, events=events), changes)


def _poisson(series: MetricSeries, design: Design) -> tuple[float, float, float, float]:
    """Log rate ratio of the step with its Wald interval and p-value, widened by the dispersion."""
    exposure = np.asarray(series.exposure, dtype=float)[design.keep]
    counts = series.value[design.keep] * (exposure if series.kind == "rate" else 1.0)
    row = poisson_regression(counts, exposure, design.X[:, 1:], design.names[1:]).ratio("step")
    b, low, high = (float(np.log(v)) for v in (row.ratio, row.low, row.high))
    return b, low, high, float(2.0 * ndtr(-abs(b) / row.se))


def _first(found: Inference) -> tuple[float, float, float, float]:
    return float(found.estimate[0]), float(found.low[0]), float(found.high[0]), float(found.p[0])


def _row(name: str, values: list[float], p: float, weakness: str) -> MethodRow:
    return MethodRow(name, values[0], values[1], values[2], p, weakness)
