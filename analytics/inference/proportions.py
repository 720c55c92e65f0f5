"""Shares of people and their differences, with intervals that hold on small samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.inference.errors import InferenceError
from analytics.inference.level import LEVEL, z_of


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


def wilson(hits: float, n: float, level: float = LEVEL) -> Estimate:
    """Return a share with Wilson's (1927) score interval.

    Parameters
    ----------
    hits, n
        People, or an effective number of them. Of nobody (n of 0) the share is NaN, somewhere in [0, 1].

    Raises
    ------
    InferenceError
        When ``hits`` is not between 0 and ``n``.
    """
    if not (math.isfinite(n) and 0 <= hits <= n + 1e-9):
        raise InferenceError(f"A share needs hits between 0 and n, not {hits} of {n}.")
    if n <= 0:
        return Estimate(math.nan, 0.0, 1.0, 0, "Wilson")
    z, p = z_of(level), min(1.0, hits / n)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At 0 of n and n of n the bounds are 0 and 1; rounding would put them beside.
    return Estimate(p, min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half)), n, "Wilson")


def newcombe(hits_before: float, n_before: float, hits_after: float, n_after: float, level: float = LEVEL) -> Estimate:
    """Return after minus before of two independent shares with Newcombe's (1998) interval, his method 10.

    Where one side holds nobody the difference is NaN, somewhere in [-1, 1].

    Raises
    ------
    InferenceError
        As ``wilson``.
    """
    found = difference(wilson(hits_before, n_before, level), wilson(hits_after, n_after, level), "Newcombe")
    if math.isnan(found.value):
        return Estimate(math.nan, -1.0, 1.0, found.n, found.method)
    return Estimate(found.value, max(-1.0, found.low), min(1.0, found.high), found.n, found.method)


def difference(before: Estimate, after: Estimate, method: str) -> Estimate:
    """Return after minus before of two independent estimates, joining their intervals (MOVER; Zou and Donner 2008).

    Newcombe's method 10 is this over two of Wilson's intervals.
    """
    d = after.value - before.value
    low = d - math.hypot(after.value - after.low, before.high - before.value)
    high = d + math.hypot(after.high - after.value, before.value - before.low)
    return Estimate(d, low, high, before.n + after.n, method)
