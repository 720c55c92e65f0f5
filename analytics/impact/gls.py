"""Generalised least squares for many short series at once: two inferences, and the more careful of both.

(a) `reml_ar1`: AR(1) errors, rho by profile restricted likelihood (Patterson & Thompson 1971; Harville 1977,
    eq. 2.6), Satterthwaite degrees of freedom from the restricted information (Giesbrecht & Burns 1985).
(b) `averaged`: the exact t posterior of the effect at each (rho, share of white noise) of a grid, averaged
    with restricted-likelihood weights under a flat prior (Zellner & Tiao 1964 for AR(1) errors).
`dual` takes the larger p-value and the hull of both intervals. There is no pretest for autocorrelation.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from analytics.impact.covariance import ArGram, Array, ar_gram, whiten
from analytics.impact.errors import ImpactError

RHO_LOW, RHO_HIGH = -0.9, 0.99
GRID_RHO = np.array([-0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.94, 0.98])
GRID_WHITE = np.array([0.0, 0.25, 0.5, 0.75])
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0
_CHUNK_CELLS = 6_000_000  # whitened numbers held at once: 48 MB


@dataclass(frozen=True)
class Inference:
    """One contrast of a batch of m fits: every array has shape (m,), on the scale of the fitted values."""

    estimate: Array
    se: Array
    df: Array
    p: Array
    low: Array
    high: Array
    rho: Array


@dataclass(frozen=True)
class DualInference:
    """The larger p-value and the hull of the intervals of two inferences, with both inside."""

    reml: Inference
    averaged: Inference
    p: Array
    low: Array
    high: Array

    @property
    def estimate(self) -> Array:
        """(m,) the restricted-likelihood estimate."""
        return self.reml.estimate

    @property
    def width_ratio(self) -> Array:
        """(m,) width of the hull over the width of the Satterthwaite interval."""
        return (self.high - self.low) / np.maximum(self.reml.high - self.reml.low, 1e-300)


@dataclass(frozen=True)
class Problem:
    """A batch of regressions on the same dates, made well conditioned.

    Attributes
    ----------
    y : (n, m) residuals of ordinary least squares (taken out first, to keep digits).
    X : (n, p) orthonormal columns, or (m, n, p) where every fit has its own design.
    contrast : (p,) or (m, p) the wanted linear combination in the orthonormal basis.
    offset : (m,) the ordinary least-squares value of the contrast.
    """

    y: Array
    X: Array
    contrast: Array
    offset: Array
    times: Array

    @property
    def spare(self) -> int:
        """Residual degrees of freedom, n - p."""
        return int(self.X.shape[-2] - self.X.shape[-1])


def problem(y: Array, X: Array, contrast: Array, times: npt.ArrayLike) -> Problem:
    """Check and orthogonalise a batch of regressions.

    Parameters
    ----------
    y : (n,) or (n, m) responses. X : (n, p) shared design, or (m, n, p) with one response.
    contrast : (p,) weights of the coefficients that make the effect (or (m, p)).
    times : (n,) whole periods since any origin, strictly increasing; gaps are allowed.

    Raises
    ------
    ImpactError
        With too few points for the columns, columns that cannot be told apart, or unordered dates.
    """
    when = np.asarray(times, dtype=float)
    Y = np.asarray(y, dtype=float).reshape(len(when), -1)
    n, p = X.shape[-2:]
    if n - p < 2:
        raise ImpactError(f"{n} points cannot carry a model with {p} terms; add data or ask for a simpler model.")
    if np.any(np.diff(when) <= 0):
        raise ImpactError("The dates must be in order, each once; sort them and merge duplicates first.")
    Q, R = np.linalg.qr(X)
    diagonal = np.abs(np.diagonal(R, axis1=-2, axis2=-1))
    if np.any(diagonal < 1e-9 * diagonal.max(axis=-1, keepdims=True)):
        raise ImpactError("Two parts of the model cannot be told apart on these dates; use a simpler model.")
    if X.ndim == 3:
        Y = np.broadcast_to(Y, (n, len(X))) if Y.shape[1] == 1 else Y
        weights = np.linalg.solve(np.swapaxes(R, -1, -2), np.broadcast_to(contrast, (len(X), p))[..., None])[..., 0]
        gamma = np.einsum("mnp,nm->mp", Q, Y)
        residual = Y - np.einsum("mnp,mp->nm", Q, gamma)
        return Problem(residual, Q, weights, np.einsum("mp,mp->m", gamma, weights), when)
    weights = np.linalg.solve(R.T, contrast)
    gamma = Q.T @ Y
    return Problem(Y - Q @ gamma, Q, weights, weights @ gamma, when)


@dataclass(frozen=True)
class _Profile:
    """The restricted likelihood of m fits as a function of each fit's rho."""

    gram: ArGram
    contrast: Array
    spare: int

    def factor(self, rho: Array) -> tuple[Array, Array]:
        """Cholesky factor of [X y]' V^-1 [X y], and log|V|. Its last diagonal entry squared is the RSS."""
        return np.linalg.cholesky(self.gram.at(rho)), self.gram.log_det(rho)

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
    reach = stdtrit(df, 0.975) * se
    return Inference(estimate, se, df, p, estimate - reach, estimate + reach, rho)


def _grid() -> tuple[Array, Array, Array]:
    """Pairs of rho and white-noise share with their log prior, which is flat over the values of rho.

    At or below zero white noise adds nothing that rho does not say already, so such a value stands once,
    with the weight that a positive value spreads over its shares.
    """
    pairs = [(r, w) for r in GRID_RHO for w in GRID_WHITE if r > 0 or w == 0]
    prior = [0.0 if r > 0 else np.log(len(GRID_WHITE)) for r, _ in pairs]
    return np.array([r for r, _ in pairs]), np.array([w for _, w in pairs]), np.array(prior)


def _grid_fits(task: Problem) -> tuple[Array, Array, Array]:
    """(g, m) estimates, standard errors and restricted log-likelihoods over the grid."""
    rho, white, _ = _grid()
    n, p = task.X.shape[-2:]
    m, own = task.y.shape[1], task.X.ndim == 3
    columns = max(1, _CHUNK_CELLS // (len(rho) * n))
    width = max(1, columns // p if own else columns - p)
    parts = []
    for start in range(0, m, width):
        block = slice(start, min(start + width, m))
        y = task.y[:, block]
        X = np.moveaxis(task.X[block], 0, 1).reshape(n, -1) if own else task.X
        Z, log_det = whiten(np.hstack([X, y]), task.times, rho, white)
        parts.append(_own(Z, log_det, task, block) if own else _shared(Z, log_det, task))
    estimate, se, likelihood = (np.concatenate(pieces, axis=1) for pieces in zip(*parts, strict=True))
    return task.offset + estimate, se, likelihood


def _shared(Z: Array, log_det: Array, task: Problem) -> tuple[Array, Array, Array]:
    p = task.X.shape[-1]
    X, y = Z[..., :p], Z[..., p:]
    Xt = np.swapaxes(X, -1, -2)
    inverse, b = np.linalg.inv(Xt @ X), Xt @ y
    gamma = inverse @ b
    rss = np.maximum(np.einsum("gnm,gnm->gm", y, y) - np.einsum("gpm,gpm->gm", b, gamma), 1e-300)
    unit = np.einsum("p,gpq,q->g", task.contrast, inverse, task.contrast)
    likelihood = -0.5 * ((log_det - np.linalg.slogdet(inverse)[1])[:, None] + task.spare * np.log(rss))
    return np.einsum("p,gpm->gm", task.contrast, gamma), np.sqrt(rss / task.spare * unit[:, None]), likelihood


def _own(Z: Array, log_det: Array, task: Problem, block: slice) -> tuple[Array, Array, Array]:
    p = task.X.shape[-1]
    k = Z.shape[-1] // (p + 1)
    X = np.moveaxis(Z[..., : k * p].reshape(*Z.shape[:2], k, p), 2, 1)
    y = np.swapaxes(Z[..., k * p :], -1, -2)
    Xt = np.swapaxes(X, -1, -2)
    inverse, b = np.linalg.inv(Xt @ X), (Xt @ y[..., None])[..., 0]
    gamma = (inverse @ b[..., None])[..., 0]
    rss = np.maximum((y * y).sum(-1) - (b * gamma).sum(-1), 1e-300)
    contrast = np.broadcast_to(task.contrast, (task.y.shape[1], p))[block]
    unit = np.einsum("kp,gkpq,kq->gk", contrast, inverse, contrast)
    likelihood = -0.5 * (log_det[:, None] - np.linalg.slogdet(inverse)[1] + task.spare * np.log(rss))
    return np.einsum("kp,gkp->gk", contrast, gamma), np.sqrt(rss / task.spare * unit), likelihood


def averaged(task: Problem) -> Inference:
    """GLS averaged over the grid of (rho, white-noise share): the exact mixture of t posteriors (95%)."""
    estimate, se, likelihood = _grid_fits(task)
    rho, _, prior = _grid()
    likelihood = likelihood + prior[:, None]
    weight = np.exp(likelihood - likelihood.max(axis=0))
    weight /= weight.sum(axis=0)
    q = float(task.spare)
    mean = (weight * estimate).sum(axis=0)
    spread = np.sqrt((weight * (se**2 + (estimate - mean) ** 2)).sum(axis=0))
    below = (weight * stdtr(q, -estimate / se)).sum(axis=0)
    p = 2.0 * np.minimum(below, 1.0 - below)
    low, high = (_mixture_quantile(level, weight, estimate, se, q, mean, spread) for level in (0.025, 0.975))
    return Inference(mean, spread, np.full_like(mean, q), p, low, high, rho @ weight)


def _mixture_quantile(
    level: float, weight: Array, estimate: Array, se: Array, q: float, mean: Array, spread: Array
) -> Array:
    """Quantile of a mixture of t distributions, by bisection on the few grid points that carry weight."""
    order = np.argsort(-weight, axis=0)[: min(24, len(weight))]
    w, b, s = (np.take_along_axis(a, order, axis=0) for a in (weight, estimate, se))
    w = w / w.sum(axis=0)
    reach = stdtrit(q, 0.9999) * spread * 3.0
    low, high = mean - reach, mean + reach
    for _ in range(34):
        middle = 0.5 * (low + high)
        under = (w * stdtr(q, (middle - b) / s)).sum(axis=0) < level
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return 0.5 * (low + high)


def dual(task: Problem) -> DualInference:
    """Both inferences on every fit of the batch; the larger p-value and the hull of the intervals."""
    parts = [_dual_block(block) for block in _blocks(task)]
    if len(parts) == 1:
        return parts[0]
    return DualInference(
        _join([part.reml for part in parts]),
        _join([part.averaged for part in parts]),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("p", "low", "high")),
    )


def _dual_block(task: Problem) -> DualInference:
    a, b = reml_ar1(task), averaged(task)
    return DualInference(a, b, np.maximum(a.p, b.p), np.minimum(a.low, b.low), np.maximum(a.high, b.high))


def _blocks(task: Problem) -> list[Problem]:
    """Split a batch so that memory stays flat however many series there are."""
    n, p = task.X.shape[-2:]
    width = max(1, _CHUNK_CELLS // (n * (p + 1)))
    m = task.y.shape[1]
    if m <= width:
        return [task]
    out = []
    for start in range(0, m, width):
        block = slice(start, start + width)
        own = task.X.ndim == 3
        out.append(
            Problem(
                task.y[:, block],
                task.X[block] if own else task.X,
                task.contrast[block] if own else task.contrast,
                task.offset[block],
                task.times,
            )
        )
    return out


def _join(parts: list[Inference]) -> Inference:
    names = ("estimate", "se", "df", "p", "low", "high", "rho")
    return Inference(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
