"""Cross-products of series and designs under serially correlated errors, from the true dates.

Error models that are exact for gaps in the dates (a missing week is a longer step, never a made-up value):

* AR(1): corr(e_i, e_j) = rho ** |t_i - t_j|. The inverse is tridiagonal, so everything that generalised
  least squares needs is a short sum over the distinct gaps (Prais & Winsten 1954; for gaps, Jones 1980).
* AR(1) plus white noise, or plus a second AR(1) that drifts slowly. Whitened by the Kalman filter of both states
  (Harvey 1989, section 3.4), for a whole grid of models at once.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ArGram:
    """Cross-products of the columns of Z, from which Z' R(rho)^-1 Z follows for any rho.

    Attributes
    ----------
    first : (..., c, c) cross-product of the first row.
    gaps : (d,) distinct gaps between neighbours, in periods.
    counts : (d,) how often each gap occurs.
    now, before, cross : (d, ..., c, c) sums of z_i z_i', z_{i-1} z_{i-1}' and z_i z_{i-1}' + its transpose.
    """

    first: Array
    gaps: Array
    counts: Array
    now: Array
    before: Array
    cross: Array

    def at(self, rho: Array) -> Array:
        """Z' R(rho)^-1 Z, with `rho` of the batch's shape (or broadcastable to it)."""
        total = np.broadcast_to(self.first, np.broadcast_shapes(self.first.shape, (*rho.shape, 1, 1))).copy()
        for k, gap in enumerate(self.gaps):
            phi = (rho**gap)[..., None, None]
            total += (self.now[k] - phi * self.cross[k] + phi**2 * self.before[k]) / (1.0 - phi**2)
        return total

    def log_det(self, rho: Array) -> Array:
        """Log |R(rho)|, of the shape of `rho`."""
        out = np.zeros_like(rho)
        for gap, count in zip(self.gaps, self.counts, strict=True):
            out += count * np.log1p(-(rho ** (2.0 * gap)))
        return out


def ar_gram(Z: Array, times: Array) -> ArGram:
    """Collect the cross-products of Z for the AR(1) model.

    Parameters
    ----------
    Z : (..., n, c) columns, one row a date.
    times : (n,) whole periods, strictly increasing.
    """
    steps = np.diff(times)
    gaps, which = np.unique(steps, return_inverse=True)
    here, prior = Z[..., 1:, :], Z[..., :-1, :]
    now, before, cross = [], [], []
    for k in range(len(gaps)):
        a, b = here[..., which == k, :], prior[..., which == k, :]
        at, bt = np.swapaxes(a, -1, -2), np.swapaxes(b, -1, -2)
        now.append(at @ a)
        before.append(bt @ b)
        mixed = at @ b
        cross.append(mixed + np.swapaxes(mixed, -1, -2))
    first = Z[..., 0, :, None] * Z[..., 0, None, :]
    counts = np.bincount(which, minlength=len(gaps)).astype(float)
    return ArGram(first, gaps.astype(float), counts, np.array(now), np.array(before), np.array(cross))


@dataclass(frozen=True)
class ErrorLaw:
    """Error models to be tried, each of unit variance: V = a R(rho) + drift R(slow) + white I, a = 1 - drift - white.

    Attributes
    ----------
    rho : (g,) autocorrelation of the fast state. white : (g,) share of white noise in the variance.
    drift : (g,) share of a slow state. slow : (g,) autocorrelation of that.
    """

    rho: Array
    white: Array
    drift: Array
    slow: Array


def ar1(rho: float) -> ErrorLaw:
    """One AR(1) law and nothing beside."""
    return ErrorLaw(np.array([rho]), np.zeros(1), np.zeros(1), np.zeros(1))


def whiten(Z: Array, times: Array, law: ErrorLaw) -> tuple[Array, Array]:
    """Whiten the columns of Z under every error model, by the Kalman filter of a fast and a slow state.

    Parameters
    ----------
    Z : (n, c) columns. times : (n,) whole periods, increasing.

    Returns
    -------
    (g, n, c) whitened columns, and (g,) log-determinants of V.
    """
    n, c = Z.shape
    models, steps = len(law.rho), np.diff(times, append=times[-1] + 1)
    out, log_det = np.empty((models, n, c)), np.zeros(models)
    fast, slow = np.zeros((models, c)), np.zeros((models, c))
    alone = 1.0 - law.drift - law.white
    own, shared, other = alone, np.zeros(models), law.drift  # the covariance of both states
    for i in range(n):
        surprise = Z[i] - fast - slow
        pull, drag = own + shared, shared + other
        total = pull + drag + law.white
        out[:, i] = surprise / np.sqrt(total)[:, None]
        log_det += np.log(total)
        phi, psi = law.rho ** steps[i], law.slow ** steps[i]
        fast = phi[:, None] * (fast + (pull / total)[:, None] * surprise)
        slow = psi[:, None] * (slow + (drag / total)[:, None] * surprise)
        own = phi**2 * (own - pull**2 / total) + alone * (1.0 - phi**2)
        shared = phi * psi * (shared - pull * drag / total)
        other = psi**2 * (other - drag**2 / total) + law.drift * (1.0 - psi**2)
    return out, log_det
