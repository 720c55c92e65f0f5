"""A batch of regressions on the same dates, and what is inferred of one contrast of each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.impact.covariance import Array
from analytics.impact.errors import ImpactError

CHUNK_CELLS = 6_000_000  # numbers held at once in one step: 48 MB


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


def independent(X: Array) -> npt.NDArray[np.int64]:
    """Numbers of the columns of X (n, p) that those before them do not already hold, in order."""
    kept: list[int] = []
    basis = np.zeros((len(X), 0))
    for i, column in enumerate(X.T):
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)
        size = float(np.linalg.norm(left))
        if size > 1e-6 * max(float(np.linalg.norm(column)), 1e-300):
            kept.append(i)
            basis = np.column_stack([basis, left / size])
    return np.array(kept, dtype=np.int64)
