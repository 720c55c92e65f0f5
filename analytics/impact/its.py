"""Interrupted time series: the effect of one change on one series, with both inferences inside."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from analytics.impact.covariance import Array, ar1, whiten
from analytics.impact.design import Design, Intervention
from analytics.impact.gls import DualInference, dual, problem
from analytics.impact.holding import held_design
from analytics.impact.notes import IS, Note, counted, warning
from analytics.impact.robust import bounded, lone_zeros
from analytics.impact.series import MetricSeries
from analytics.impact.shapes import Shape
from analytics.inference import UPPER

METHOD = (
    "{shape} with a common trend; generalised least squares for errors that remember the past: the larger p-value and "
    "the wider reach of restricted likelihood (AR(1), Satterthwaite) and of an average over error models."
)


@dataclass(frozen=True)
class Effect:
    """The average effect over the time that the stated shape acts, in percent, with its 95% interval.

    Attributes
    ----------
    percent, low, high : effect in percent of what would have been (on the log scale the geometric mean over the
        periods of the shape). p : two-sided p-value.
    n_before : periods used before the change. n_after : periods over which the shape acts, and is averaged.
    df : Satterthwaite degrees of freedom. rho : autocorrelation between neighbouring periods.
    width_ratio : hull over Satterthwaite width.
    absolute : mean change per period, cumulative : total change, in the metric's units, with intervals.
    estimate, se, half_width : on the model's scale (log or plain).
    mean_before, mean_after : plain averages of the metric on each side, for description only.
    stated : where the average allows for growth or fading beside the stated shape (`uneven`), the effect (%) that this
        shape alone would give; its p-value stays that of the stated shape.
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
    method: str
    stated: float | None = None


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
    """A fitted design.

    Attributes
    ----------
    chart : counterfactual with its band for every period. residuals : (k,) whitened residuals.
    response : (k,) what was fitted. reach : the effect's interval on the model's scale.
    """

    effect: Effect
    design: Design
    response: Array
    reach: tuple[float, float]
    chart: tuple[ChartRow, ...]
    residuals: Array


def estimate(
    series: MetricSeries,
    changes: Sequence[Intervention],
    *,
    focus: int = 0,
) -> Fit:
    """Estimate the effect of one change in the shape stated for it.

    Raises
    ------
    ImpactError
        Where the change lies outside the data or the points cannot carry the model.
    """
    design = held_design(series, changes, focus=focus)
    lone = lone_zeros(series, design)
    y = bounded(series.response[design.keep], design.X, lone)
    if lone.any():
        design = replace(design, notes=(*design.notes, _say_lone(int(lone.sum()), series.frequency)))
    both = dual(problem(y, design.X, design.contrast, design.times))
    beta, spread, residuals = coefficients(y, design.X, design.times, float(both.reml.rho[0]))
    effect = _effect(series, design, both, y, beta)
    reach = float(stdtrit(effect.df, UPPER))
    band = (float(both.low[0]), float(both.high[0]))
    return Fit(effect, design, y, band, _chart(series, design, beta, spread * reach**2), residuals)


def uneven(series: MetricSeries, fit: Fit, drift: Array) -> Effect:
    """The average effect where it may have grown or faded along `drift` (k,) beside its stated shape.

    Whether there is an effect stays the question of the stated shape; how large it was on average no longer hangs on
    that shape.
    """
    design = fit.design
    design = replace(
        design,
        X=np.column_stack([design.X, drift]),
        names=(*design.names, "drift"),
        effect=(*design.effect, design.X.shape[1]),
        contrast=np.append(design.contrast, drift[design.window].mean()),
    )
    both = dual(problem(fit.response, design.X, design.contrast, design.times))
    beta, *_ = coefficients(fit.response, design.X, design.times, float(both.reml.rho[0]))
    loose = _effect(series, design, both, fit.response, beta)
    method = f"{loose.method} The average allows for growth or fading."
    return replace(loose, p=fit.effect.p, method=method, stated=fit.effect.percent)


def _say_lone(number: int, word: str) -> Note:
    return warning("lone_zeros", f"{counted(number, f'lone {word}', IS)} zero; their pull on the answer was bounded.")


def coefficients(y: Array, X: Array, times: npt.ArrayLike, rho: float) -> tuple[Array, Array, Array]:
    """GLS coefficients (p,), their covariance (p, p) and standardised whitened residuals (n,) at a given rho."""
    Z, _ = whiten(np.column_stack([X, y]), np.asarray(times), ar1(rho))
    Xw, yw = Z[0, :, :-1], Z[0, :, -1]
    beta, *_ = np.linalg.lstsq(Xw, yw, rcond=None)
    residuals = yw - Xw @ beta
    variance = float(residuals @ residuals) / (len(yw) - X.shape[1])
    spread: Array = variance * np.linalg.pinv(Xw.T @ Xw)
    return np.asarray(beta), spread, residuals / np.sqrt(max(variance, 1e-300))


def _effect(series: MetricSeries, design: Design, both: DualInference, y: Array, beta: Array) -> Effect:
    values = np.array([both.estimate[0], both.low[0], both.high[0]])
    observed = series.value[design.keep][design.window]
    seen = float(y[design.window].mean())
    percents = [series.percent(float(v), seen, float(values[0])) for v in values]
    total = _total(series, design, values, y, beta)
    mean = total / len(observed)
    return Effect(
        shape=design.shape.kind,
        percent=percents[0],
        low=percents[1],
        high=percents[2],
        p=float(both.p[0]),
        n_before=int(design.before.sum()),
        n_after=int(design.window.sum()),
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
        method=METHOD.format(shape=design.shape.words[:1].upper() + design.shape.words[1:]),
    )


def _total(series: MetricSeries, design: Design, values: Array, y: Array, beta: Array) -> Array:
    """(3,) total effect over the window with its interval, in the metric's units.

    A shape of one column gives its total as a monotone function of the average, so the interval carries over. With
    two columns (a slope) the interval is that of the total's own linear combination (delta method).
    """
    if not series.log:
        return values * int(design.window.sum())
    columns, ratio = design.X[design.window][:, list(design.effect)], design.contrast[list(design.effect)]
    whole = series.value[design.keep][design.window]
    if len(ratio) == 1:
        paths = np.outer(columns[:, 0] / ratio[0], values)
        return np.asarray((whole[:, None] * -np.expm1(-paths)).sum(axis=0))
    path = columns @ beta[list(design.effect)]
    expected = whole * np.exp(-path)
    gradient = np.zeros_like(design.contrast)
    gradient[list(design.effect)] = expected @ columns
    own = dual(problem(y, design.X, gradient, design.times))
    middle = float((whole - expected).sum())
    return middle + np.array([0.0, float(own.low[0] - own.estimate[0]), float(own.high[0] - own.estimate[0])])


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
