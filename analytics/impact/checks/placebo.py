"""Placebo in time: pretend that the change came earlier, when nothing happened, and count the "effects"."""

from dataclasses import dataclass

import numpy as np

from analytics.impact.calendar import Calendar
from analytics.impact.covariance import Array
from analytics.impact.design import MIN_SIDE, Design
from analytics.impact.gls import dual, problem
from analytics.impact.notes import Note, grave, info, warning
from analytics.impact.regression import independent
from analytics.impact.shapes import place
from analytics.inference import ALPHA

MOST_DATES = 60
ALARM = 0.10
GRAVE = 0.25  # of the earlier dates with an effect: the interval is too narrow for this series


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


def placebo(y: Array, design: Design, calendar: Calendar, actual: float, p: float) -> Placebo:
    """Run the same model and shape before the change at every admissible date (at most 60, evenly spread).

    Parameters
    ----------
    y : (k,) response on the kept periods of `design`. actual, p : the real estimate
        and its p-value.
    """
    X, when = design.X[design.before], design.times[design.before]
    held = [i for i in range(X.shape[1]) if i not in design.effect and np.ptp(X[:, i]) > 0]
    base = np.column_stack([np.ones(len(X)), X[:, held]])
    base = base[:, independent(base)]
    splits = np.arange(MIN_SIDE, len(when) - MIN_SIDE + 1)
    if len(splits) < 3 or len(when) - base.shape[1] - 1 < 6 or np.ptp(y[design.before]) == 0:
        empty = np.zeros(0)
        text = "There is too little time before the change to try pretended dates."
        return Placebo(empty, empty, empty, None, None, info("placebo", text))
    if len(splits) > MOST_DATES:
        splits = np.unique(np.linspace(splits[0], splits[-1], MOST_DATES).astype(int))
    length = int(design.window.sum())
    tried = [place(design.shape, when, int(when[k]), calendar, length) for k in splits]
    effects = np.stack([np.column_stack(list(one.columns.values())) for one in tried])
    width = base.shape[1] + effects.shape[-1]
    new = np.array([len(independent(np.column_stack([base, one]))) == width for one in effects])
    if not new.any():  # something else changed on every date that could be tried
        empty = np.zeros(0)
        return Placebo(empty, empty, empty, None, None, info("placebo", "No earlier date could be tried."))
    splits, effects = splits[new], effects[new]
    each = np.concatenate([np.broadcast_to(base, (len(splits), *base.shape)), effects], axis=-1)
    contrast = np.array(
        [[*np.zeros(base.shape[1]), *one.weights] for one, kept in zip(tried, new, strict=True) if kept]
    )
    both = dual(problem(y[design.before], each, contrast, when))
    share, extreme = float((both.p < ALPHA).mean()), float((np.abs(both.estimate) >= abs(actual)).mean())
    surer = float((both.p <= p).mean())
    note = _note(share, surer, len(splits), found=p < ALPHA)
    return Placebo(when[splits].astype(float), both.estimate, both.p, share, extreme, note)


def _note(share: float, surer: float, k: int, *, found: bool) -> Note:
    """In-time placebos rank the real answer (Abadie, Diamond & Hainmueller 2015): it has to stand out among them."""
    if found and surer > ALARM:
        return grave(
            "placebo",
            f"At {round(surer * k)} of {k} earlier dates, when nothing was changed, the same method finds something "
            "at least as sure; the series moves by itself.",
        )
    found_there = round(share * k)
    if not found and share > GRAVE:
        return grave(
            "placebo",
            f"At {found_there} of {k} earlier dates, when nothing was changed, the same method finds an effect; the "
            "series moves by itself.",
        )
    if share > ALARM:
        return warning(
            "placebo",
            f"At {found_there} of {k} earlier dates, when nothing was changed, the same method also finds an effect; "
            "the series moves by itself.",
        )
    return info(
        "placebo", f"At {found_there} of {k} earlier dates, when nothing was changed, the method finds an effect."
    )
