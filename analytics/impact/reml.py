"""AR(1) regression by profile restricted likelihood with Satterthwaite degrees of freedom.

Sources: restricted likelihood, Patterson & Thompson 1971 and Harville 1977 (eq. 2.6); degrees of freedom from the
restricted information, Giesbrecht & Burns 1985.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from analytics.impact.covariance import ArGram, Array, ar_gram
from analytics.impact.regression import Inference, Problem
from analytics.inference import UPPER

RHO_LOW, RHO_HIGH = -0.9, 0.99
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True)
class _Profile:
    """The restricted likelihood of m fits as a function of each fit's rho."""

    gram: ArGram
    contrast: Array
    spare: int

    def factor(self, rho: Array) -> tuple[Array, Array]:
        """Cholesky factor of [X y]' V^-1 [X y], and log|V|. Its last diagonal entry squared is the RSS."""
        lower = np.asarray(np.linalg.cholesky(self.gram.at(rho)), dtype=np.float64)
        return lower, self.gram.log_det(rho)

    def value(self, rho: Array) -> Array:
        """(m,) restricted log-likelihood with the variance profiled out (Harville 1977)."""
        lower, log_det = self.factor(rho)
        logs = np.log(np.diagonal(lower, axis1=-2, axis2=-1))
        return -0.5 * (log_det + 2.0 * logs[..., :-1].sum(-1)) - self.spare * logs[..., -1]

    def solution(self, rho: Array) -> tuple[Array, Array, Array]:
        """(m,) contrast, its variance for unit error variance, and the residual sum of squares."""
        lower, _ = self.factor(rho)
        corner, last = lower[..., :-1, :-1], lower[..., -1, :-1]
        half = np.linalg.solve(corner, np.broadcast_to(self.contrast, last.shape)[..., None])[..., 0]
        return (half * last).sum(-1), (half * half).sum(-1), lower[..., -1, -1] ** 2


def _profiles(task: Problem) -> _Profile:
    m, n = task.y.shape[1], len(task.times)
    X = np.broadcast_to(task.X, (m, n, task.X.shape[-1]))
    Z = np.concatenate([X, task.y.T[..., None]], axis=-1)
    return _Profile(ar_gram(Z, task.times), task.contrast, task.spare)


def _best_rho(profile: _Profile, m: int) -> Array:
    """Maximise the restricted likelihood: a coarse grid, then golden-section search, in atanh(rho)."""
    grid = np.linspace(np.arctanh(RHO_LOW), np.arctanh(RHO_HIGH), 33)
    values = np.array([profile.value(np.full(m, np.tanh(z))) for z in grid])
    at = values.argmax(axis=0)
    low, high = grid[np.maximum(at - 1, 0)], grid[np.minimum(at + 1, len(grid) - 1)]
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    f_left, f_right = profile.value(np.tanh(left)), profile.value(np.tanh(right))
    for _ in range(28):
        keep_left = f_left > f_right
        high, low = np.where(keep_left, right, high), np.where(keep_left, low, left)
        new = np.where(keep_left, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
        f_new = profile.value(np.tanh(new))
        left, right = np.where(keep_left, new, right), np.where(keep_left, left, new)
        f_left, f_right = np.where(keep_left, f_new, f_right), np.where(keep_left, f_left, f_new)
    return np.tanh(0.5 * (low + high))


def _satterthwaite(profile: _Profile, rho: Array) -> Array:
    """Degrees of freedom 2 f^2 / (g' A g) of f = sigma^2 c(rho), by central differences in atanh(rho).

    A is the inverse of the observed restricted information of (log sigma^2, atanh rho). Where the
    likelihood has no curvature (a boundary), the degrees of freedom fall to 1, the most careful value.
    """
    step = 1e-3
    z = np.clip(np.arctanh(rho), np.arctanh(RHO_LOW) + step, np.arctanh(RHO_HIGH) - step)
    at = [profile.solution(np.tanh(z + k * step)) for k in (-1, 0, 1)]
    value = [profile.value(np.tanh(z + k * step)) for k in (-1, 0, 1)]
    slope_unit = (np.log(at[2][1]) - np.log(at[0][1])) / (2 * step)
    slope_rss = (np.log(at[2][2]) - np.log(at[0][2])) / (2 * step)
    # Restricted information: [q/2, -q s/2; -q s/2, I_zz]; profiling out sigma leaves the profile's curvature.
    q = float(profile.spare)
    curvature = np.maximum(-(value[2] - 2 * value[1] + value[0]) / step**2, 1e-12)
    # Var(log f) = Var(log sigma^2 | z) + (d log f along the profile)^2 / curvature.
    along = slope_rss + slope_unit
    variance = 2.0 / q + along**2 / curvature
    return np.clip(2.0 / variance, 1.0, q)


def reml_ar1(task: Problem) -> Inference:
    """AR(1) by restricted maximum likelihood with Satterthwaite t intervals (95%).

    Source: Harville 1977 (restricted likelihood); Giesbrecht & Burns 1985 (degrees of freedom).
    """
    profile = _profiles(task)
    rho = _best_rho(profile, task.y.shape[1])
    shift, unit, rss = profile.solution(rho)
    se = np.sqrt(rss / task.spare * unit)
    df = _satterthwaite(profile, rho)
    estimate = task.offset + shift
    p = 2.0 * stdtr(df, -np.abs(estimate) / se)
    reach = stdtrit(df, UPPER) * se
    return Inference(estimate, se, df, p, estimate - reach, estimate + reach, rho)
