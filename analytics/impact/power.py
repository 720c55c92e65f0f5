"""How large an effect must be to be found: for a fit at hand, for a design not yet run, and how long to wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from analytics.impact.calendar import Calendar, Days
from analytics.impact.covariance import Array, ar1, whiten
from analytics.impact.design import MIN_SIDE, Intervention, build
from analytics.impact.errors import ImpactError
from analytics.impact.events import is_year_end
from analytics.impact.gls import dual, problem, reml_ar1
from analytics.impact.holding import is_held
from analytics.impact.its import Effect
from analytics.impact.notes import percent
from analytics.impact.regression import independent
from analytics.impact.series import MetricSeries, as_percent
from analytics.impact.shapes import STEP, EffectShape

POWER = 0.8
EPOCH = date(2000, 1, 1)  # a burst to be planned begins here: only its length counts
_WAITS = (8, 10, 12, 16, 20, 26, 39, 52, 78, 104)
_WAITS_DAILY = (8, 14, 21, 28, 42, 56, 84, 112, 182, 364)
_WAITS_SLOW = (8, 10, 12, 16, 20)
_SIMULATIONS = 100


def detectable(effect: Effect, *, log: bool, base: float) -> float:
    """Smallest effect (%) that a fit like this finds with 80% power: half the hull plus t(0.8) standard errors.

    Parameters
    ----------
    base : mean counterfactual after the change, used where the model's scale is plain.
    """
    reach = effect.half_width + float(stdtrit(effect.df, POWER)) * effect.se
    return as_percent(reach, log=log, base=base)


@dataclass(frozen=True)
class Wait:
    """What a wait of `periods` after the change would let one see: the smallest effect in percent."""

    periods: int
    detectable: float


@dataclass(frozen=True)
class Plan:
    """A design judged before it is run.

    Attributes
    ----------
    target : effect (%) that one wants to see. n_before : periods at hand. rho, noise : their memory and their
        scatter about the trend in percent. waits : what each wait would show. needed : shortest of them that
        shows the target with 80% power, or None.
    """

    target: float
    n_before: int
    rho: float
    noise: float
    frequency: str
    waits: tuple[Wait, ...]
    needed: int | None
    sentence: str


def plan(
    series: MetricSeries,
    *,
    target: float = 10.0,
    washout_days: int = 0,
    waits: Sequence[int] | None = None,
    shape: EffectShape = STEP,
    seed: int = 0,
) -> Plan:
    """Minimum detectable effect in a stated shape, by the time waited after a change made right after the data ends.

    The history's trend, week, memory and scatter are fitted by restricted likelihood; each wait is then simulated
    100 times from them without an effect and read by the same dual inference that the real analysis uses.

    Raises
    ------
    ImpactError
        With fewer than 8 periods of history or a target that is not above zero.
    """
    if target <= 0:
        raise ImpactError("The effect to look for must be above zero percent.")
    if len(series.times) < MIN_SIDE:
        raise ImpactError(
            f"Only {len(series.times)} {series.frequency}s of history; planning needs at least {MIN_SIDE}."
        )
    noise, rho, series = _history(series)
    chosen = waits or {"day": _WAITS_DAILY, "quarter": _WAITS_SLOW, "year": _WAITS_SLOW}.get(series.frequency, _WAITS)
    base = float(np.mean(series.response))
    found = []
    for wait in chosen:
        reach = _simulated_reach(series, wait, washout_days, shape, rho, seed) * noise
        found.append(Wait(int(wait), as_percent(reach, log=series.log, base=base)))
    needed = next((w.periods for w in found if w.detectable <= target), None)
    scatter = as_percent(noise, log=series.log, base=base)
    sentence = _sentence(target, series.frequency, found, needed)
    return Plan(target, len(series.times), rho, scatter, series.frequency, tuple(found), needed, sentence)


def _history(series: MetricSeries) -> tuple[float, float, MetricSeries]:
    """Scatter and memory of the history about its trend and season, and the series that holds only what it showed."""
    later = int(series.times[-1]) + MIN_SIDE
    far = Intervention(series.calendar.start(np.array([later])).astype("datetime64[D]")[0].item())
    times = np.append(series.times, np.arange(later, later + 2))
    design = build(times, series.calendar, [far], events=series.events)
    X = design.X[: len(series.times), : design.effect[0]]
    if series.controls is not None:
        X = np.column_stack([X, series.controls])
    kept = independent(X)
    X, names = X[:, kept], [design.names[i] if i < design.effect[0] else "control" for i in kept]
    year_end = [is_year_end(name) for name in names]
    if any(year_end) and not is_held(series.response, X, names, series.times, series.calendar):
        X = X[:, ~np.array(year_end)]
        series = replace(series, events=replace(series.events, year_end=False))
    task = problem(series.response, X, np.eye(X.shape[1])[1], series.times)
    rho = float(reml_ar1(task).rho[0])
    # Residuals of least squares would be too small: the trend swallows part of a slow swing.
    Z, _ = whiten(np.column_stack([X, series.response]), task.times, ar1(rho))
    left = Z[0, :, -1] - Z[0, :, :-1] @ np.linalg.lstsq(Z[0, :, :-1], Z[0, :, -1], rcond=None)[0]
    return float(np.sqrt(left @ left / task.spare)), rho, series


def _simulated_reach(
    series: MetricSeries, wait: int, washout_days: int, shape: EffectShape, rho: float, seed: int
) -> float:
    """Effect, in units of the noise, that 80% of simulated analyses would find after a wait."""
    times, change = _future(series.calendar, series.times, wait, washout_days)
    if shape.until is not None:  # a burst is tried with its own length, from the day that the data ends
        shape = replace(shape, until=shape.until - EPOCH + change.day)
    design = build(times, series.calendar, [replace(change, shape=shape)], events=series.events)
    noise = ar1_noise(design.times, rho, _SIMULATIONS, seed)
    both = dual(problem(noise, design.X, design.contrast, design.times))
    half = float(np.mean(both.high - both.low)) / 2.0
    df = float(np.median(both.reml.df))
    return half + float(stdtrit(df, POWER)) * float(np.std(both.estimate))


def _future(calendar: Calendar, times: Days, wait: int, washout_days: int) -> tuple[Days, Intervention]:
    start = calendar.start(np.array([times[-1] + 1])).astype("datetime64[D]")[0].item()
    change = Intervention(start, washout_days=washout_days)
    first = change.first_after(calendar)
    return np.append(times, np.arange(times[-1] + 1, first + wait)), change


def ar1_noise(times: npt.ArrayLike, rho: float, m: int, seed: int) -> Array:
    """(n, m) AR(1) noise of unit variance at whole periods, by a seeded generator."""
    when = np.asarray(times, dtype=np.int64) - int(np.asarray(times)[0])
    raw = np.random.default_rng(seed).standard_normal((int(when[-1]) + 1, m))
    raw[1:] *= np.sqrt(1.0 - rho**2)
    for i in range(1, len(raw)):
        raw[i] += rho * raw[i - 1]
    return raw[when]


def _sentence(target: float, word: str, waits: Sequence[Wait], needed: int | None) -> str:
    if needed is None:
        best = min(waits, key=lambda w: w.detectable)
        return (
            f"Even {best.periods} {word}s after the change, only an effect of {percent(best.detectable)} or more could "
            f"be seen; {percent(target)} is out of reach with this history. More history or a control would help."
        )
    return (
        f"Wait {needed} {word}s after the change to have a fair chance (80%) of seeing an effect of {percent(target)}."
    )
