"""Percentile intervals from samples drawn again (Efron 1979; Efron and Tibshirani 1993, section 13.3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.inference.level import LEVEL

NOWHERE = (math.nan, math.nan)


def bootstrap_interval(
    statistic: Callable[[NDArray[np.int64]], float],
    n: int,
    *,
    draws: int,
    seed: int,
    level: float = LEVEL,
    unknown: tuple[float, float] = NOWHERE,
) -> tuple[float, float]:
    """Return the percentile interval of a statistic over rows drawn with replacement.

    Parameters
    ----------
    statistic
        Takes the numbers of the rows drawn, shape (n,), and returns the statistic, NaN where it does not exist.
    n
        Rows to draw from, and to draw: people, or whatever hangs together.
    draws, seed
        Samples drawn, and their seed.
    unknown
        The interval where the statistic exists in no sample.
    """
    rng = np.random.default_rng(seed)
    found = [statistic(rng.integers(0, n, n)) for _ in range(draws)]
    return percentile_interval(found, level, unknown=unknown)


def percentile_interval(
    found: Sequence[float], level: float = LEVEL, *, unknown: tuple[float, float] = NOWHERE
) -> tuple[float, float]:
    """Return the interval that leaves out equal tails of values found by drawing again; NaN is left out."""
    known = np.asarray(found, dtype=float)
    known = known[~np.isnan(known)]
    if not known.size:
        return unknown
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)
