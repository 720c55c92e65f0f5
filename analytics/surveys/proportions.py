"""Differences in a panel, and the net promoter score, with intervals that hold on small samples."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analytics.inference import LEVEL, Estimate, difference, z_of
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Item

FEWEST = 10
"""The privacy floor where none is given: a wave in which fewer people answered is neither shown nor judged."""


def too_few(item: Item, people: Sequence[int], k: int) -> str:
    """Return the sentence for a question that fewer than k people answered in a wave; empty where enough did."""
    if min(people) >= k:
        return ""
    return f'"{item.question}" has {people[0]} answers before and {people[1]} after: too few to tell.'


def paired_difference(gained: int, lost: int, n: int, level: float = LEVEL) -> Estimate:
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


def net_promoter(scores: np.ndarray, weights: np.ndarray | None = None, level: float = LEVEL) -> Estimate:
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
    level: float = LEVEL,
) -> Estimate:
    """Return the change in net promoter score in points; the two halves add as squares."""
    b = net_promoter(before, weights_before, level)
    a = net_promoter(after, weights_after, level)
    return difference(b, a, "difference of net promoter scores, adjusted Wald")
