"""Does the effect keep to the shape that was stated for it? Where it does not, there is no verdict on its size.

Each way to depart is one more column beside the stated shape, tested by restricted likelihood: the less careful of the
two inferences, because here the careful error is to overlook a departure. The ways look at the same data, so their
p-values are joined by the Cauchy combination test, which holds under dependence (Liu & Xie 2020, JASA 115, eq. 1).
Under a stated step an even growth leaves the step at zero while the trend takes it up, and a burst reads as a lasting
step (its first week decides where the errors remember their past), so the size of a step is only told where these
columns add nothing. What the average could be with each column in the model bounds what may be ruled out.
"""

from dataclasses import dataclass

import numpy as np

from analytics.impact.calendar import Frequency
from analytics.impact.covariance import Array
from analytics.impact.design import MIN_BURST, Design
from analytics.impact.gls import dual, problem, reml_ar1
from analytics.impact.notes import Note, grave, info
from analytics.inference import ALPHA

SHORT: dict[Frequency, int] = {"day": 28, "week": 4, "month": 3, "quarter": 3, "year": 3}
GREW = "it grew or faded"
MIN_SPARE = 5
WAVERS = 0.3  # below it a found effect may have grown or faded, and its average has to allow for that


@dataclass(frozen=True)
class Departure:
    """Ways in which the effect could leave the stated shape.

    Attributes
    ----------
    ways : what each way is, in words. p : (k,) p-values. joint : the p-value of any departure at all.
    low, high : the average effect with its reach on the model's scale, over the stated shape and every loosened one.
    """

    ways: tuple[str, ...]
    p: Array
    joint: float
    low: float
    high: float
    note: Note

    @property
    def wavers(self) -> bool:
        """Whether growth or fading is likely enough to spoil the average, though it is not shown."""
        return any(way == GREW and p < WAVERS for way, p in zip(self.ways, self.p, strict=True))

    @property
    def found(self) -> bool:
        """Whether the effect left the stated shape."""
        return self.note.level == "warning"


def departure(y: Array, design: Design, frequency: Frequency, low: float, high: float) -> Departure:
    """Test every way to depart that these dates can show.

    Parameters
    ----------
    y : (k,) response on the kept periods. low, high : the stated shape's interval on the model's scale.
    """
    ways = [(word, column) for word, column in _ways(design, frequency) if _new(column, design.X)]
    n, p = design.X.shape
    if not ways or n - p - 1 < MIN_SPARE or np.ptp(y[design.before]) == 0:
        text = "There are too few points to test whether the effect keeps to its stated shape."
        return Departure((), np.zeros(0), 1.0, low, high, info("departure", text))
    X = np.stack([np.column_stack([design.X, column]) for _, column in ways])
    own = reml_ar1(problem(y, X, np.eye(p + 1)[-1], design.times))
    average = [np.append(design.contrast, column[design.window].mean()) for _, column in ways]
    loose = dual(problem(y, X, np.array(average), design.times))
    joint = cauchy(own.p)
    words = tuple(word for word, _ in ways)
    lowest, highest = min(low, float(loose.low.min())), max(high, float(loose.high.max()))
    return Departure(words, own.p, joint, lowest, highest, _note(design, words, own.p, joint))


def _new(column: Array, X: Array) -> bool:
    left = column - X @ np.linalg.lstsq(X, column, rcond=None)[0]
    return bool(np.linalg.norm(left) > 0.05 * np.linalg.norm(column)) if column.any() else False


def drift(design: Design) -> Array:
    """(k,) an even growth over the window about its middle, zero elsewhere."""
    window = design.window.astype(float)
    return np.asarray(window * (np.cumsum(window) - 1.0 - (window.sum() - 1.0) / 2.0))


def _ways(design: Design, frequency: Frequency) -> list[tuple[str, Array]]:
    """Columns beside the stated shape, each zero before the change."""
    window, size = design.window.astype(float), int(design.window.sum())
    place = np.cumsum(window) - 1.0  # 0, 1, ... within the window
    found: list[tuple[str, Array]] = []
    if size >= 2 * MIN_BURST and design.shape.kind != "slope":
        found.append((GREW, drift(design)))
    for first in sorted({SHORT[frequency], size // 3, size // 2}):
        if MIN_BURST <= first <= size - MIN_BURST:
            found.append((f"its first {first} {frequency}s were apart from the rest", window * (place < first)))
    if design.shape.kind == "slope" and size >= 2 * MIN_BURST:
        middle = (size - 1) / 2.0
        found.append(("it did not grow or fade evenly", window * ((place - middle) / middle) ** 2))
    beyond = (design.after & ~design.window).astype(float)
    if beyond.sum() >= MIN_BURST:
        found.append(("it did not end with its last day", beyond))
    return found


def cauchy(p: Array) -> float:
    """Joint p-value of (k,) dependent p-values: the mean of their Cauchy scores (Liu & Xie 2020)."""
    scores = np.tan((0.5 - np.clip(p, 1e-15, 1 - 1e-15)) * np.pi)
    return float(0.5 - np.arctan(scores.mean()) / np.pi)


def _note(design: Design, ways: tuple[str, ...], p: Array, joint: float) -> Note:
    said = "< 0.001" if joint < 0.001 else f"= {joint:.3f}"
    if joint < ALPHA:
        way = ways[int(np.argmin(p))]
        return grave("departure", f"What was seen is not {design.shape.words}: {way} (p {said}).")
    return info("departure", f"Nothing speaks against {design.shape.words} (p {said}).")
