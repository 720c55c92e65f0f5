"""Leave one period out at a time: does the answer hang on a single point?"""

from dataclasses import dataclass

import numpy as np

from analytics.impact.covariance import Array
from analytics.impact.design import Design
from analytics.impact.gls import problem, reml_ar1
from analytics.impact.notes import Note, grave, info, warning
from analytics.inference import ALPHA

MOST_POINTS = 120
LOST = 0.10  # a found effect whose p-value passes this without one point hangs on it


@dataclass(frozen=True)
class LeaveOneOut:
    """Estimates without one period each: (k,) period numbers, estimates and p-values (restricted likelihood)."""

    times: Array
    estimates: Array
    p: Array
    note: Note


def leave_one_out(y: Array, design: Design, residuals: Array) -> LeaveOneOut:
    """Refit without each period in turn (without the 120 largest residuals in a longer series).

    A column that is one at a single period and zero elsewhere removes exactly that period from the fit.
    """
    n, p = design.X.shape
    which = np.sort(np.argsort(-np.abs(residuals))[:MOST_POINTS])
    leverage = (np.linalg.qr(design.X)[0] ** 2).sum(axis=1)
    which = which[leverage[which] < 1.0 - 1e-6]  # a point that alone decides a term cannot be left out
    if n - p < 5 or not len(which):
        empty = np.zeros(0)
        return LeaveOneOut(empty, empty, empty, info("leave_one_out", "Too few points to leave any out."))
    dummies = np.eye(n)[which][..., None]
    X = np.concatenate([np.broadcast_to(design.X, (len(which), n, p)), dummies], axis=-1)
    without = reml_ar1(problem(y, X, np.append(design.contrast, 0.0), design.times))
    full = reml_ar1(problem(y, design.X, design.contrast, design.times))
    flips = (without.p < ALPHA) != (full.p[0] < ALPHA)
    lost = bool(full.p[0] < ALPHA and without.p.max() > LOST)
    note = _note(int(flips.sum()), len(which), lost=lost)
    return LeaveOneOut(design.times[which].astype(float), without.estimate, without.p, note)


def _note(flips: int, k: int, *, lost: bool) -> Note:
    if lost:
        return grave("leave_one_out", "Without one single point the effect is gone; it hangs on that point.")
    if flips:
        return warning("leave_one_out", f"Leaving out a single point changes the verdict in {flips} of {k} cases.")
    return info("leave_one_out", f"Leaving out any one of {k} points does not change the verdict.")
