"""The shape of an effect, stated before anything is measured: a step, a slope, a burst that ends, or a ramp.

Sources: Bernal, Cummins & Gasparrini 2017, Int. J. Epidemiology 46(1), figure 2 (level, slope and temporary changes,
which have to be chosen before the look); Box & Tiao 1975 (steps and pulses as intervention terms).
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.asking.changes import SHAPES, Shape
from analytics.impact.calendar import Calendar, Days
from analytics.impact.covariance import Array, Mask
from analytics.impact.errors import ImpactError

WORDS: dict[Shape, str] = {
    "step": "a lasting step",
    "slope": "a step that then grows or fades evenly",
    "burst": "a burst that ends",
    "ramp": "an even rise to a lasting level",
}


@dataclass(frozen=True)
class EffectShape:
    """The shape that the effect of a change is said to have.

    Attributes
    ----------
    kind : "step", "slope" (a step, and a slope from there on), "burst" or "ramp".
    until : last day of a burst. ramp_days : days that a ramp takes from the change to its full height.
    """

    kind: Shape = "step"
    until: date | None = None
    ramp_days: int | None = None

    def __post_init__(self) -> None:
        """Refuse a burst without an end, a ramp without a length, and either where the shape has none."""
        if self.kind not in SHAPES:
            raise ImpactError(f"“{self.kind}” is no shape of an effect. Use {', '.join(SHAPES)}.")
        if (self.kind == "burst") != (self.until is not None):
            raise ImpactError("A burst needs its last day, and only a burst has one; give both or neither.")
        if (self.kind == "ramp") != (self.ramp_days is not None):
            raise ImpactError("A ramp needs the days that it takes, and only a ramp has them; give both or neither.")
        if self.ramp_days is not None and self.ramp_days < 1:
            raise ImpactError("A ramp takes at least 1 day; for an effect that is there at once use a step.")

    @property
    def words(self) -> str:
        """The shape in plain words."""
        return WORDS[self.kind]


STEP = EffectShape()


@dataclass(frozen=True)
class Placed:
    """A shape placed on dates.

    Attributes
    ----------
    columns : names with (n,) columns. weights : one a column; their sum with the coefficients is the average effect.
    window : (n,) the periods over which it acts and is averaged.
    """

    columns: dict[str, Array]
    weights: Array
    window: Mask


def last_of_burst(shape: EffectShape, calendar: Calendar) -> tuple[int, int] | None:
    """Numbers of the last period wholly within a burst and of the first wholly after it; None for other shapes."""
    if shape.until is None:
        return None
    beyond = np.array([(np.datetime64(shape.until + timedelta(days=1), "D") - np.datetime64(0, "D")).astype(np.int64)])
    number = calendar.number(beyond)
    first = int(number[0] + (calendar.start(number)[0] < beyond[0]))
    return int(number[0]) - 1, first


def ramp_periods(shape: EffectShape, calendar: Calendar) -> float:
    """Length of a ramp in periods, at least one."""
    days = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}[calendar.frequency]
    return max(float(shape.ramp_days or 0) / days, 1.0)


def place(shape: EffectShape, when: Days, start: int, calendar: Calendar, length: int | None = None) -> Placed:
    """The columns of a shape that begins in period `start`.

    Parameters
    ----------
    when : (n,) period numbers. length : periods of a burst that is tried at another date than its own.
    """
    since = (when - start).astype(float)
    window = since >= 0
    if shape.kind == "burst":
        end = last_of_burst(shape, calendar)
        window = window & (since < length if length is not None else when <= (end[0] if end else when[-1]))
        return Placed({"burst": window.astype(float)}, np.ones(1), window)
    if shape.kind == "ramp":
        # The middle of each period: a ramp of one period is half up in its first.
        column = np.clip((since + 0.5) / ramp_periods(shape, calendar), 0.0, 1.0) * window
        return Placed({"ramp": column}, np.array([_mean(column, window)]), window)
    step = window.astype(float)
    if shape.kind == "step":
        return Placed({"step": step}, np.ones(1), window)
    slope = step * since
    return Placed({"step": step, "slope": slope}, np.array([1.0, _mean(slope, window)]), window)


def _mean(column: Array, window: Mask) -> float:
    return float(column[window].mean()) if window.any() else 0.0
