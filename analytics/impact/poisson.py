"""Poisson regression of counts with an offset: the published form of interrupted time series for rates of events.

Source: Bernal, Cummins & Gasparrini 2017, Int. J. Epidemiology 46(1), 348-355.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.impact.covariance import Array
from analytics.impact.errors import ImpactError


@dataclass(frozen=True)
class RateRatio:
    """exp(coefficient) with its Wald 95% interval and standard error of the coefficient."""

    name: str
    ratio: float
    low: float
    high: float
    se: float


@dataclass(frozen=True)
class PoissonFit:
    """Rate ratios of every column, and Pearson's dispersion (1 where the counts are Poisson)."""

    ratios: tuple[RateRatio, ...]
    dispersion: float

    def ratio(self, name: str) -> RateRatio:
        """The rate ratio of one column."""
        return next(row for row in self.ratios if row.name == name)


def harmonics(position: Array, period: float, pairs: int = 2) -> Array:
    """(n, 2 * pairs) sines and cosines of a season of `period` steps."""
    angles = 2.0 * np.pi * np.outer(position, np.arange(1, pairs + 1)) / period
    return np.column_stack([f(angles[:, k]) for k in range(pairs) for f in (np.sin, np.cos)])


def poisson_regression(
    counts: Array, exposure: Array, X: Array, names: Sequence[str], *, quasi: bool = True
) -> PoissonFit:
    """Fit log E[count] = log exposure + intercept + X b.

    Parameters
    ----------
    counts, exposure : (n,) events and people (or impressions) they could come from.
    X : (n, p) columns without intercept, called `names`.
    quasi : widen the intervals by the dispersion (quasi-Poisson); otherwise trust the Poisson variance.

    Raises
    ------
    ImpactError
        For negative counts or an exposure that is not above zero.
    """
    if np.any(counts < 0) or np.any(exposure <= 0):
        raise ImpactError("Counts must not be negative and every exposure must be above zero; check both columns.")
    import statsmodels.api as sm  # slow to load, and only this question needs it

    model = sm.GLM(counts, sm.add_constant(X), family=sm.families.Poisson(), offset=np.log(exposure))
    fit = model.fit(scale="X2" if quasi else 1.0)
    bounds = fit.conf_int()
    ratios, low, high = (np.exp(v) for v in (fit.params, bounds[:, 0], bounds[:, 1]))
    rows = tuple(
        RateRatio(name, float(ratios[i]), float(low[i]), float(high[i]), float(fit.bse[i]))
        for i, name in enumerate(("intercept", *names))
    )
    return PoissonFit(rows, float(fit.pearson_chi2 / fit.df_resid))
