"""GLS averaged over a grid of error models: AR(1) with white noise or a slow drift, flat prior, exact t posteriors.

Source: Zellner & Tiao 1964 for the posterior under AR(1) errors; the marginal likelihood of (rho, share) under a flat
prior for the coefficients is the restricted likelihood (Harville 1974).
"""

import numpy as np
from scipy.special import gammaln, stdtr, stdtrit

from analytics.impact.covariance import Array, ErrorLaw, whiten
from analytics.impact.regression import CHUNK_CELLS, Inference, Problem
from analytics.inference import UPPER

# Denser towards 1, where the answer hangs on rho most: flat over these values is close to the reference prior
# 1 / sqrt(1 - rho^2) of an AR(1) (Berger & Yang 1994).
GRID_RHO = np.concatenate(
    [
        -0.05 * np.arange(12, 0, -1),
        [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.84, 0.88, 0.91, 0.94, 0.96, 0.98, 0.99],
    ]
)
GRID_WHITE = np.array([0.0, 0.25, 0.5, 0.75])


# A slow swing below the fast memory: without it a year of real page views moved at every other pretended date.
GRID_FAST, GRID_DRIFT, GRID_SLOW = (0.2, 0.4, 0.6, 0.8), (0.2, 0.4, 0.6), (0.95, 0.98)
DRIFTS = 0.25  # prior weight of all models that drift, against one of all others


def _grid() -> tuple[ErrorLaw, Array]:
    """Error models with their log prior, which is flat over the values of rho.

    At or below zero white noise adds nothing that rho does not say already, so such a value stands once,
    with the weight that a positive value spreads over its shares.
    """
    still = [(r, w, 0.0, 0.0) for r in GRID_RHO for w in GRID_WHITE if r > 0 or w == 0]
    prior = np.array([0.0 if r > 0 else np.log(len(GRID_WHITE)) for r, *_ in still])
    moving = [(r, 0.0, d, s) for r in GRID_FAST for d in GRID_DRIFT for s in GRID_SLOW]
    drifting = np.log(DRIFTS * np.exp(prior).sum() / len(moving))
    law = ErrorLaw(*np.array(still + moving).T)
    return law, np.append(prior, np.full(len(moving), drifting))


def _grid_fits(task: Problem) -> tuple[Array, Array, Array]:
    """(g, m) estimates, standard errors and restricted log-likelihoods over the grid."""
    law, _ = _grid()
    n, p = task.X.shape[-2:]
    m, own = task.y.shape[1], task.X.ndim == 3
    columns = max(1, CHUNK_CELLS // (len(law.rho) * n))
    width = max(1, columns // p if own else columns - p)
    parts = []
    for start in range(0, m, width):
        block = slice(start, min(start + width, m))
        y = task.y[:, block]
        X = np.moveaxis(task.X[block], 0, 1).reshape(n, -1) if own else task.X
        Z, log_det = whiten(np.hstack([X, y]), task.times, law)
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
    """GLS averaged over the grid of error models: the exact mixture of t posteriors (95%)."""
    estimate, se, likelihood = _grid_fits(task)
    law, prior = _grid()
    likelihood = likelihood + prior[:, None]
    weight = np.exp(likelihood - likelihood.max(axis=0))
    weight /= weight.sum(axis=0)
    q = float(task.spare)
    mean = (weight * estimate).sum(axis=0)
    spread = np.sqrt((weight * (se**2 + (estimate - mean) ** 2)).sum(axis=0))
    below = (weight * stdtr(q, -estimate / se)).sum(axis=0)
    p = 2.0 * np.minimum(below, 1.0 - below)
    low, high = (_mixture_quantile(level, weight, estimate, se, q, mean, spread) for level in (1 - UPPER, UPPER))
    return Inference(mean, spread, np.full_like(mean, q), p, low, high, law.rho @ weight)


def _mixture_quantile(
    level: float, weight: Array, estimate: Array, se: Array, q: float, mean: Array, spread: Array
) -> Array:
    """Quantile of a mixture of t distributions: Newton's method, kept inside a shrinking bracket.

    Every grid point takes part: leaving out light ones would make the interval shorter than the p-value says.
    """
    reach = stdtrit(q, 0.9999) * spread * 3.0
    low, high = mean - reach, mean + reach
    at = mean + stdtrit(q, level) * spread
    peak = np.exp(gammaln((q + 1) / 2) - gammaln(q / 2)) / np.sqrt(q * np.pi)
    for _ in range(14):
        z = (at - estimate) / se
        miss = (weight * stdtr(q, z)).sum(axis=0) - level
        slope = (weight * peak * (1.0 + z * z / q) ** (-(q + 1) / 2) / se).sum(axis=0)
        low, high = np.where(miss < 0, at, low), np.where(miss < 0, high, at)
        step = at - miss / np.maximum(slope, 1e-300)
        at = np.where((step >= low) & (step <= high), step, 0.5 * (low + high))
        if np.all(np.abs(miss) < 1e-10):
            break
    return at
