"""Cross-products of series and designs under serially correlated errors, from the true dates.

Two error models, both exact for gaps in the dates (a missing week is a longer step, never a made-up value):

* AR(1): corr(e_i, e_j) = rho ** |t_i - t_j|. The inverse is tridiagonal, so everything that generalised
  least squares needs is a short sum over the distinct gaps (Prais & Winsten 1954; for gaps, Jones 1980).
* AR(1) plus white noise: V = (1 - w) R(rho) + w I. Whitened by the Kalman filter of the local state
  (Harvey 1989, section 3.4), for a whole grid of (rho, w) at once.
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


def whiten(Z: Array, times: Array, rho: Array, white: Array) -> tuple[Array, Array]:
    """Whiten the columns of Z under AR(1) plus white noise, for every pair of a grid.

    Parameters
    ----------
    Z : (n, c) columns. times : (n,) whole periods, increasing.
    rho, white : (g,) autocorrelation of the state and share of white noise in the variance.

    Returns
    -------
    (g, n, c) whitened columns, and (g,) log-determinants of V.
    """
    n, c = Z.shape
    out = np.empty((len(rho), n, c))
    log_det = np.zeros(len(rho))
    mean = np.zeros((len(rho), c))
    variance = 1.0 - white
    steps = np.diff(times, append=times[-1] + 1)
    for i in range(n):
        surprise = Z[i] - mean
        total = variance + white
        out[:, i] = surprise / np.sqrt(total)[:, None]
        log_det += np.log(total)
        gain = variance / total
        phi = rho ** steps[i]
        mean = phi[:, None] * (mean + gain[:, None] * surprise)
        variance = phi**2 * variance * (1.0 - gain) + (1.0 - white) * (1.0 - phi**2)
    return out, log_det
