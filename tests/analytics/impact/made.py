"""Made series for the tests, by seeded generators."""

import numpy as np
import pandas as pd

from analytics.impact.power import ar1_noise


def weekly(effect: float, seed: int, *, side: int = 26, rho: float = 0.4, cv: float = 0.05, level: float = 1000.0):
    """A table of dates and values with a planted step after `side` weeks."""
    n = 2 * side
    noise = cv * ar1_noise(np.arange(n), rho, 1, seed)[:, 0]
    after = np.arange(n) >= side
    value = level * np.exp(0.002 * np.arange(n) + noise) * np.where(after, 1 + effect, 1.0)
    return pd.DataFrame({"date": pd.date_range("2024-01-01", periods=n, freq="W-MON"), "value": value})
