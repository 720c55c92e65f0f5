"""One plain sentence: effect found, no evidence, or cannot tell; what could be wrong; what to do next."""

from dataclasses import dataclass
from typing import Literal

from analytics.impact.design import MIN_BURST, MIN_SIDE
from analytics.impact.its import Effect
from analytics.impact.notes import Note, percent, plain, with_interval
from analytics.impact.shapes import WORDS
from analytics.inference import ALPHA, CANNOT_TELL, CannotTell

Answer = Literal["effect found", "no evidence"] | CannotTell
ORDER = ("departure", "rho", "placebo", "pretrend", "leave_one_out")  # of several grave doubts the first is named
LOOSER = 1.0  # points by which another shape has to widen the interval to be worth a sentence
BLIND = 25.0  # an interval that reaches further than this says nothing useful


@dataclass(frozen=True)
class Bounds:
    """What the average effect (%) could be when the stated shape is loosened: only what lies beyond is ruled out."""

    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """The answer, the sentence that says it, what could be wrong, and the next step."""

    answer: Answer
    sentence: str
    could_be_wrong: tuple[str, ...]
    next_step: str


def judge(
    effect: Effect, metric: str, unit: str, notes: tuple[Note, ...], *, bounds: Bounds, flat_before: bool = False
) -> Verdict:
    """Turn an effect into a verdict. A grave doubt, or a departure from the stated shape, leaves none.

    Parameters
    ----------
    metric : name of the metric, such as "Click-through rate". unit : "day", "week", "month", "quarter" or "year".
    bounds : the average effect over the stated shape and every loosened one.
    flat_before : the metric never moved before the change.
    """
    doubts = tuple(note.text for note in notes if note.level == "warning")
    if flat_before:
        text = f"Cannot tell: {metric} never moved before the change, so its usual scatter is unknown."
        return Verdict(CANNOT_TELL, text, doubts, "Collect a period in which the metric varies.")
    if effect.n_before < MIN_SIDE or effect.n_after < (MIN_BURST if effect.shape == "burst" else MIN_SIDE):
        return _too_short(effect, metric, unit, doubts)
    grave = _gravest(notes)
    if grave is not None:
        return _doubted(effect, metric, grave, doubts)
    if effect.p < ALPHA and effect.stated is not None:
        return _uneven(effect, metric, doubts)
    if effect.p < ALPHA:
        word = "rose" if effect.percent > 0 else "fell"
        text = f"Effect found: {metric} {word} by {_size(effect)} {_when(effect)}, beyond its usual ups and downs."
        if effect.shape != "burst" and (bounds.low < effect.low - LOOSER or bounds.high > effect.high + LOOSER):
            text += (
                f" This reads it as {WORDS[effect.shape]}; if it grew or faded, its average could lie anywhere from "
                f"{percent(bounds.low)} to {percent(bounds.high)}."
            )
        step = "Check the doubts below before acting on it." if doubts else "Keep the change and keep measuring."
        return Verdict("effect found", text, doubts, step)
    return _nothing(effect, metric, bounds, doubts)


def _gravest(notes: tuple[Note, ...]) -> Note | None:
    heavy = [note for note in notes if note.grave]
    return min(heavy, key=lambda note: ORDER.index(note.code) if note.code in ORDER else -1, default=None)


def _when(effect: Effect) -> str:
    """Over which time the number is an average."""
    return {
        "step": "after the change",
        "slope": "on average after the change",
        "burst": "during the burst",
        "ramp": "on average after the change",
    }[effect.shape]


def _uneven(effect: Effect, metric: str, doubts: tuple[str, ...]) -> Verdict:
    """There is an effect, but the size that its stated shape gives would not be a fair summary of all its time."""
    stated = effect.stated or 0.0
    word = "rose" if stated > 0 else "fell"
    when = f"on average {_when(effect).removeprefix('on average ')}"
    size = f" by {_size(effect)} {when}" if stated * effect.percent > 0 else ""
    text = (
        f"Effect found: {metric} {word}{size}, beyond its usual ups and downs. It may have grown or faded since; the "
        "interval allows for that, so read the size with care."
    )
    return Verdict("effect found", text, doubts, "Keep measuring: more time shows whether the effect lasts.")


def _doubted(effect: Effect, metric: str, grave: Note, doubts: tuple[str, ...]) -> Verdict:
    if grave.code == "departure":
        text = f"Cannot tell by how much: {grave.text} No size is told, and nothing can be excluded, for {metric}."
        step = (
            "If you had reason to expect another shape (a slope, a burst with its last day, a ramp), state it and "
            "measure again; otherwise wait until the effect has settled."
        )
        return Verdict(CANNOT_TELL, text, doubts, step)
    seen = f"{metric} looks changed by {with_interval(effect.percent, effect.low, effect.high)}"
    if effect.p >= ALPHA:
        seen = f"{metric} shows no clear change"
    text = f"Cannot tell: {seen}, but this cannot be trusted. {grave.text}"
    return Verdict(CANNOT_TELL, text, doubts, "Use a control series, more history or a finer rhythm.")


def _nothing(effect: Effect, metric: str, bounds: Bounds, doubts: tuple[str, ...]) -> Verdict:
    number = with_interval(effect.percent, effect.low, effect.high)
    if max(abs(effect.low), abs(effect.high)) > BLIND:
        text = f"Cannot tell: the change in {metric} is {number}, and an interval this wide says little."
        step = "Wait for more data, use a finer rhythm, or add a control series."
        return Verdict(CANNOT_TELL, text, doubts, step)
    text = (
        f"No evidence of an effect on {metric}: {number} {_when(effect)}, read as {WORDS[effect.shape]}. An average "
        f"rise above {percent(max(bounds.high, 0.0))} or an average fall below {percent(min(bounds.low, 0.0))} can be "
        "ruled out."
    )
    return Verdict("no evidence", text, doubts, "Treat the change as neutral for this metric unless costs differ.")


def _size(effect: Effect) -> str:
    if effect.percent > 0:
        return with_interval(effect.percent, effect.low, effect.high)
    return with_interval(-effect.percent, -effect.high, -effect.low)


def _too_short(effect: Effect, metric: str, unit: str, doubts: tuple[str, ...]) -> Verdict:
    short, side = min((effect.n_before, "before"), (effect.n_after, "after"))
    if effect.shape == "burst" and effect.n_before >= MIN_SIDE:
        text = (
            f"Cannot tell: the burst holds {effect.n_after} whole {unit}s, and a verdict on {metric} needs at least "
            f"{MIN_BURST}."
        )
        return Verdict(CANNOT_TELL, text, doubts, "Use a finer rhythm, such as days.")
    text = (
        f"Cannot tell: there are {effect.n_before} {unit}s before and {effect.n_after} after the change, and a verdict "
        f"on {metric} needs at least {MIN_SIDE} on each side. It averaged {plain(effect.mean_before)} before and "
        f"{plain(effect.mean_after)} after, which proves nothing."
    )
    finer = (
        "Use weekly or daily figures if you have them"
        if unit in ("month", "quarter", "year")
        else "Import earlier data"
    )
    step = f"{finer}, or wait for {MIN_SIDE - short} more {unit}s." if side == "after" else f"{finer}."
    return Verdict(CANNOT_TELL, text, doubts, step)
