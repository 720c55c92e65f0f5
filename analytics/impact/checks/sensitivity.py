"""The same question with other shapes of the effect, and whether they agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.impact.design import Intervention, Shape
from analytics.impact.errors import ImpactError
from analytics.impact.its import Effect, estimate
from analytics.impact.notes import Note, info, warning
from analytics.impact.series import MetricSeries
from analytics.inference import ALPHA

WORDS: dict[Shape, str] = {
    "step": "a lasting step",
    "level_slope": "a step that then grows or fades",
    "pulse": "a short burst",
    "ramp": "a slow start",
}


@dataclass(frozen=True)
class Sensitivity:
    """Effects under other shapes, in the order tried, with a note that says whether they agree."""

    effects: tuple[Effect, ...]
    note: Note


def sensitivity(
    series: MetricSeries,
    changes: Sequence[Intervention],
    primary: Effect,
    *,
    focus: int = 0,
    controlled: bool = False,
) -> Sensitivity:
    """Fit level and slope, pulse and ramp; flag where the average effect contradicts the primary one."""
    found, apart = [], []
    for shape in ("level_slope", "pulse", "ramp"):
        try:
            effect = estimate(series, changes, focus=focus, shape=shape, controlled=controlled).effect
        except ImpactError:
            continue
        found.append(effect)
        if shape != "pulse" and _contradicts(primary, effect):
            apart.append(WORDS[shape])
    if apart:
        text = f"Read as {' or '.join(apart)}, the answer differs; do not lean on the exact size."
        return Sensitivity(tuple(found), warning("sensitivity", text))
    return Sensitivity(tuple(found), info("sensitivity", "Other shapes of the effect tell the same story."))


def _contradicts(primary: Effect, other: Effect) -> bool:
    if not other.low <= primary.percent <= other.high:
        return True
    return primary.p < ALPHA and other.percent * primary.percent < 0
