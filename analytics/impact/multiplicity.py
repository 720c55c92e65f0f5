"""Corrections for many tests at once."""

import numpy as np

from analytics.impact.covariance import Array


def holm(p: Array) -> Array:
    """Holm's step-down adjusted p-values (Holm 1979): the chance of any false claim is held.

    p : (m,); NaN stays NaN and does not count among the tests.
    """
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    if len(known):
        order = known[np.argsort(p[known], kind="stable")]
        scaled = p[order] * (len(order) - np.arange(len(order)))
        out[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return out


def benjamini_hochberg(p: Array) -> Array:
    """Step-up adjusted p-values (Benjamini & Hochberg 1995): the share of false claims is held."""
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    if len(known):
        order = known[np.argsort(-p[known], kind="stable")]
        scaled = p[order] * len(order) / np.arange(len(order), 0, -1)
        out[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return out
