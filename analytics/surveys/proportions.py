"""Shares of people with intervals that hold on small samples, and the net promoter score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analytics.surveys.errors import SurveyError

FEWEST = 10
"""Below this many answers a group is called too small to tell."""


@dataclass(frozen=True)
class Estimate:
    """A number with its interval, the people behind it and how it was found."""

    value: float
    low: float
    high: float
    n: float
    method: str

    @property
    def width(self) -> float:
        """The interval's width."""
        return self.high - self.low


def z_of(level: float) -> float:
    """Return the two-sided normal quantile of a coverage level such as 0.95.

    Raises
    ------
    SurveyError
        The level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise SurveyError(f"An interval's level is a share between 0 and 1, not {level}.")
    return float(stats.norm.ppf(0.5 + level / 2))


def wilson(hits: float, n: float, level: float = 0.95) -> Estimate:
    """Return a share with Wilson's (1927) score interval; ``n`` may be an effective number.

    Raises
    ------
    SurveyError
        ``hits`` is not between 0 and ``n``.
    """
    if not 0 <= hits <= n + 1e-9:
        raise SurveyError(f"A share needs hits between 0 and n, not {hits} of {n}.")
    if n <= 0:
        return Estimate(math.nan, 0.0, 1.0, 0, "Wilson")
    z, p = z_of(level), hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(max(0.0, p * (1 - p) / n + z * z / (4 * n * n)))
    return Estimate(p, min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half)), n, "Wilson")


def newcombe(hits_before: float, n_before: float, hits_after: float, n_after: float, level: float = 0.95) -> Estimate:
    """Return after minus before of two independent shares (Newcombe 1998, method 10)."""
    a, b = wilson(hits_after, n_after, level), wilson(hits_before, n_before, level)
    d = a.value - b.value
    low = d - math.hypot(a.value - a.low, b.high - b.value)
    high = d + math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(d, max(-1.0, low), min(1.0, high), n_before + n_after, "Newcombe")


def paired_difference(gained: int, lost: int, n: int, level: float = 0.95) -> Estimate:
    """Return (gained - lost) / n of one panel with Bonett and Price's (2012) adjusted Wald interval."""
    if n <= 0:
        return Estimate(math.nan, -1.0, 1.0, 0, "Bonett-Price")
    up, down = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = z_of(level) * math.sqrt(max(0.0, up + down - (up - down) ** 2) / (n + 2))
    value = (gained - lost) / n
    low, high = max(-1.0, up - down - half), min(1.0, up - down + half)
    return Estimate(value, min(low, value), max(high, value), n, "Bonett-Price")


def _promoter_parts(scores: np.ndarray, weights: np.ndarray | None) -> tuple[float, float, float]:
    known = ~np.isnan(scores)
    kept = scores[known]
    if kept.size and (kept.min() < 0 or kept.max() > 10):
        raise SurveyError("Net promoter answers go from 0 to 10. Check which column holds them.")
    w = np.ones(kept.size) if weights is None else weights[known]
    if not kept.size or w.sum() <= 0:
        return 0.0, 0.0, 0.0
    n = w.sum() ** 2 / (w**2).sum()
    return float(n), float(w[kept >= 9].sum() / w.sum()), float(w[kept <= 6].sum() / w.sum())


def net_promoter(scores: np.ndarray, weights: np.ndarray | None = None, level: float = 0.95) -> Estimate:
    """Return the net promoter score in points (-100 to 100): share of 9-10 minus share of 0-6.

    The interval is the adjusted Wald one of Rocks (2016): three answers are added, half of them passive.

    Parameters
    ----------
    scores
        Shape (n,), answers from 0 to 10, missing NaN.
    weights
        Shape (n,); n becomes Kish's effective number.

    Raises
    ------
    SurveyError
        A score lies outside 0-10.
    """
    n, promoters, detractors = _promoter_parts(np.asarray(scores, float), weights)
    if n == 0:
        return Estimate(math.nan, -100.0, 100.0, 0, "net promoter score")
    centre, half = _promoter_half(n, promoters, detractors, z_of(level))
    value = 100 * (promoters - detractors)
    low, high = max(-100.0, centre - half), min(100.0, centre + half)
    return Estimate(value, min(low, value), max(high, value), n, "net promoter score, adjusted Wald")


def _promoter_half(n: float, promoters: float, detractors: float, z: float) -> tuple[float, float]:
    p, d = (promoters * n + 0.75) / (n + 3), (detractors * n + 0.75) / (n + 3)
    return 100 * (p - d), 100 * z * math.sqrt((p + d - (p - d) ** 2) / (n + 3))


def net_promoter_change(
    before: np.ndarray,
    after: np.ndarray,
    weights_before: np.ndarray | None = None,
    weights_after: np.ndarray | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the change in net promoter score in points; the two halves add as squares."""
    b = net_promoter(before, weights_before, level)
    a = net_promoter(after, weights_after, level)
    value = a.value - b.value
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    high = value + math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(value, low, high, a.n + b.n, "difference of net promoter scores, adjusted Wald")


def holm(pvalues: Sequence[float]) -> list[float]:
    """Return Holm's (1979) adjusted p-values in the order given; NaN stays NaN and is not counted."""
    p = np.asarray(pvalues, float)
    known = ~np.isnan(p)
    out = np.full(p.size, math.nan)
    if known.any():
        out[known] = multipletests(p[known], method="holm")[1]
    return [float(x) for x in out]
