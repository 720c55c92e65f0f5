"""The same question with other shapes of the effect: a table to read, while `departure` tests the stated shape."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from analytics.impact.calendar import Calendar, Frequency
from analytics.impact.design import Intervention
from analytics.impact.errors import ImpactError
from analytics.impact.its import Effect, estimate
from analytics.impact.notes import Note, info
from analytics.impact.series import MetricSeries
from analytics.impact.shapes import EffectShape, Shape

BURST: dict[Frequency, int] = {"day": 28, "week": 4, "month": 3, "quarter": 3, "year": 3}
RAMP_DAYS: dict[Frequency, int] = {"day": 56, "week": 56, "month": 61, "quarter": 183, "year": 731}


@dataclass(frozen=True)
class Sensitivity:
    """Effects under other shapes, in the order tried; each average is over the time that its shape acts."""

    effects: tuple[Effect, ...]
    note: Note


def sensitivity(
    series: MetricSeries,
    changes: Sequence[Intervention],
    *,
    focus: int = 0,
) -> Sensitivity:
    """Fit the shapes that were not stated; a shape that these dates cannot carry is left out."""
    own, found = changes[focus], []
    for shape in _others(own, series.calendar):
        asked = [*changes]
        asked[focus] = replace(own, shape=shape)
        try:
            found.append(estimate(series, asked, focus=focus).effect)
        except ImpactError:
            continue
    text = "Shapes that were not stated, for reading only: a shape chosen after the look proves less than it says."
    return Sensitivity(tuple(found), info("sensitivity", text))


def _others(change: Intervention, calendar: Calendar) -> list[EffectShape]:
    first = change.first_after(calendar)
    last = calendar.start(np.array([first + BURST[calendar.frequency]])).astype("datetime64[D]")[0].item()
    every: dict[Shape, EffectShape] = {
        "step": EffectShape(),
        "slope": EffectShape("slope"),
        "burst": EffectShape("burst", until=last - timedelta(days=1)),
        "ramp": EffectShape("ramp", ramp_days=RAMP_DAYS[calendar.frequency]),
    }
    return [shape for kind, shape in every.items() if kind != change.shape.kind]
