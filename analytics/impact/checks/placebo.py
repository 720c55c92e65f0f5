"""Placebo in time: pretend that the change came earlier, when nothing happened, and count the "effects"."""

from dataclasses import dataclass

import numpy as np

from analytics.impact.covariance import Array
from analytics.impact.design import MIN_SIDE, Design
from analytics.impact.gls import dual, problem
from analytics.impact.notes import Note, info, warning
from analytics.inference import ALPHA

MOST_DATES = 60
ALARM = 0.10


@dataclass(frozen=True)
class Placebo:
    """Effects "found" at dates before the change.

    Attributes
    ----------
    days : (k,) period numbers of the pretended change. estimates, p : (k,) on the model's scale.
    share : part of the dates with p < 0.05 (0.05 is expected), or None where no date was admissible.
    extreme : part of the dates with an estimate at least as large as the real one, or None.
    """

    days: Array
    estimates: Array
    p: Array
    share: float | None
    extreme: float | None
    note: Note


def placebo(y: Array, design: Design, actual: float) -> Placebo:
    """Run the same model on the time before the change at every admissible date (at most 60, evenly spread).

    Parameters
    ----------
    y : (k,) response on the kept periods of `design`. actual : the real estimate.
    """
    X, when = design.X[design.before], design.times[design.before]
    held = [i for i in range(X.shape[1]) if i not in design.effect and np.ptp(X[:, i]) > 0]
    base = np.column_stack([np.ones(len(X)), X[:, held]])
    splits = np.arange(MIN_SIDE, len(when) - MIN_SIDE + 1)
    if len(splits) < 3 or len(when) - base.shape[1] - 1 < 6 or np.ptp(y[design.before]) == 0:
        empty = np.zeros(0)
        text = "There is too little time before the change to try pretended dates."
        return Placebo(empty, empty, empty, None, None, info("placebo", text))
    if len(splits) > MOST_DATES:
        splits = np.unique(np.linspace(splits[0], splits[-1], MOST_DATES).astype(int))
    steps = (np.arange(len(when))[None, :] >= splits[:, None]).astype(float)
    new = np.linalg.norm(steps - (steps @ np.linalg.pinv(base).T) @ base.T, axis=1) > 1e-6
    splits, steps = splits[new], steps[new]  # a date on which something else changed cannot be tried
    each = np.concatenate([np.broadcast_to(base, (len(splits), *base.shape)), steps[..., None]], axis=-1)
    contrast = np.eye(each.shape[-1])[-1]
    both = dual(problem(y[design.before], each, contrast, when))
    share, extreme = float((both.p < ALPHA).mean()), float((np.abs(both.estimate) >= abs(actual)).mean())
    return Placebo(when[splits].astype(float), both.estimate, both.p, share, extreme, _note(share, len(splits)))


def _note(share: float, k: int) -> Note:
    found = round(share * k)
    if share > ALARM:
        return warning(
            "placebo",
            f"At {found} of {k} earlier dates, when nothing was changed, the same method also finds an effect; "
            "the series moves by itself.",
        )
    return info("placebo", f"At {found} of {k} earlier dates, when nothing was changed, the method finds an effect.")
