"""Interrupted time series: the effect of one change on one series, with both inferences inside."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from analytics.impact.covariance import Array, whiten
from analytics.impact.design import Design, Intervention, Shape, build
from analytics.impact.gls import DualInference, dual, problem
from analytics.impact.series import MetricSeries, as_percent
from analytics.inference import UPPER

METHOD = (
    "Step with a common trend; generalised least squares for errors that remember the past: the larger p-value and "
    "the wider reach of restricted likelihood (AR(1), Satterthwaite) and of an average over error models."
)


@dataclass(frozen=True)
class Effect:
    """The average effect after a change, in percent, with its 95% interval.

    Attributes
    ----------
    percent, low, high : effect in percent of what would have been. p : two-sided p-value.
    n_before, n_after : periods used on each side. df : Satterthwaite degrees of freedom.
    rho : autocorrelation between neighbouring periods. width_ratio : hull over Satterthwaite width.
    absolute : mean change per period, cumulative : total change, in the metric's units, with intervals.
    estimate, se, half_width : on the model's scale (log or plain).
    mean_before, mean_after : plain averages of the metric on each side, for description only.
    """

    shape: Shape
    percent: float
    low: float
    high: float
    p: float
    n_before: int
    n_after: int
    df: float
    rho: float
    width_ratio: float
    absolute: tuple[float, float, float]
    cumulative: tuple[float, float, float]
    estimate: float
    se: float
    half_width: float
    mean_before: float
    mean_after: float
    method: str = METHOD


@dataclass(frozen=True)
class ChartRow:
    """One period of the chart: what was seen, what would have been, its 95% band, and whether it was left out."""

    day: np.datetime64
    observed: float
    counterfactual: float
    low: float
    high: float
    washout: bool
    after: bool


@dataclass(frozen=True)
class Fit:
    """A fitted design: effect, (n,) counterfactual with band for every period, (k,) whitened residuals."""

    effect: Effect
    design: Design
    chart: tuple[ChartRow, ...]
    residuals: Array


def estimate(
    series: MetricSeries,
    changes: Sequence[Intervention],
    *,
    focus: int = 0,
    shape: Shape = "step",
    controlled: bool = False,
) -> Fit:
    """Estimate the effect of one change.

    Raises
    ------
    ImpactError
        Where the change lies outside the data or the points cannot carry the model.
    """
    design = build(series.times, series.calendar, changes, focus=focus, shape=shape, controlled=controlled)
    y = series.response[design.keep]
    both = dual(problem(y, design.X, design.contrast, design.times))
    beta, spread, residuals = coefficients(y, design.X, design.times, float(both.reml.rho[0]))
    effect = _effect(series, design, both, beta)
    reach = float(stdtrit(effect.df, UPPER))
    return Fit(effect, design, _chart(series, design, beta, spread * reach**2), residuals)


def coefficients(y: Array, X: Array, times: npt.ArrayLike, rho: float) -> tuple[Array, Array, Array]:
    """GLS coefficients (p,), their covariance (p, p) and standardised whitened residuals (n,) at a given rho."""
    Z, _ = whiten(np.column_stack([X, y]), np.asarray(times), np.array([rho]), np.zeros(1))
    Xw, yw = Z[0, :, :-1], Z[0, :, -1]
    beta, *_ = np.linalg.lstsq(Xw, yw, rcond=None)
    residuals = yw - Xw @ beta
    variance = float(residuals @ residuals) / (len(yw) - X.shape[1])
    spread: Array = variance * np.linalg.pinv(Xw.T @ Xw)
    return np.asarray(beta), spread, residuals / np.sqrt(max(variance, 1e-300))


def _effect(series: MetricSeries, design: Design, both: DualInference, beta: Array) -> Effect:
    values = np.array([both.estimate[0], both.low[0], both.high[0]])
    observed = series.value[design.keep][design.after]
    base = float(series.response[design.keep][design.after].mean() - values[0])
    if series.log:
        total = (observed.sum() + series.correction * len(observed)) * -np.expm1(-values)
    else:
        total = values * len(observed)
    percents = [as_percent(float(v), log=series.log, base=base) for v in values]
    mean = total / len(observed)
    return Effect(
        shape=design.shape,
        percent=percents[0],
        low=percents[1],
        high=percents[2],
        p=float(both.p[0]),
        n_before=int(design.before.sum()),
        n_after=int(design.after.sum()),
        df=float(both.reml.df[0]),
        rho=float(both.reml.rho[0]),
        width_ratio=float(both.width_ratio[0]),
        absolute=(float(mean[0]), float(mean[1]), float(mean[2])),
        cumulative=(float(total[0]), float(total[1]), float(total[2])),
        estimate=float(values[0]),
        se=float(both.reml.se[0]),
        half_width=float(values[2] - values[1]) / 2.0,
        mean_before=float(series.value[design.keep][design.before].mean()),
        mean_after=float(observed.mean()),
    )


def _chart(series: MetricSeries, design: Design, beta: Array, reach: Array) -> tuple[ChartRow, ...]:
    """Counterfactual for every kept period; a period left out shows the line between its neighbours."""
    still = design.X.copy()
    still[:, list(design.effect)] = 0.0
    middle = still @ beta
    half = np.sqrt(np.einsum("np,pq,nq->n", still, reach, still))
    lines = [np.interp(series.times, design.times, line) for line in (middle, middle - half, middle + half)]
    fitted, low, high = (series.back(line) for line in lines)
    start = design.times[design.after][0]
    return tuple(
        ChartRow(*row)
        for row in zip(
            series.dates,
            series.value.tolist(),
            fitted.tolist(),
            low.tolist(),
            high.tolist(),
            (~design.keep).tolist(),
            (series.times >= start).tolist(),
            strict=True,
        )
    )
