"""Lone zeros: a few periods without a value among many with one must not hide every effect.

Huber's pseudo-values: a lone zero is moved to where a bounded influence ends, 2.5 robust standard deviations below its
fit, and the fit is repeated. A series that falls to zero, or is often zero, is left as it is: there zeros are the news.

Source: Huber & Ronchetti 2009, Robust Statistics, section 7.6 (least squares on pseudo-values).
"""

import numpy as np

from analytics.impact.covariance import Array, Mask
from analytics.impact.design import Design
from analytics.impact.series import MetricSeries

BOUND = 2.5
MOST = 0.10  # part of the periods that may be lone zeros
LONGEST = 2  # periods in a row that still stand alone
ROUNDS = 8


def lone_zeros(series: MetricSeries, design: Design) -> Mask:
    """(k,) kept periods that are zero and stand alone; none where zeros are common or come in long runs."""
    zero = series.value[design.keep] == 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], zero.astype(int), [0]])))
    runs = edges[1::2] - edges[::2]
    alone = not series.log and len(runs) > 0 and zero.mean() <= MOST and runs.max() <= LONGEST
    return zero if alone else np.zeros(len(zero), dtype=bool)


def bounded(y: Array, X: Array, lone: Mask) -> Array:
    """(k,) responses with the influence of the lone zeros bounded; the others stay as they are."""
    z = y.copy()
    for _ in range(ROUNDS if lone.any() else 0):
        fitted = X @ np.linalg.lstsq(X, z, rcond=None)[0]
        left = y - fitted
        scale = 1.4826 * float(np.median(np.abs(left[~lone] - np.median(left[~lone]))))
        z[lone] = np.maximum(y[lone], fitted[lone] - BOUND * scale)
    return z
