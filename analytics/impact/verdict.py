"""One plain sentence: effect found, no evidence, or cannot tell; what could be wrong; what to do next."""

from dataclasses import dataclass
from typing import Literal

from analytics.impact.design import MIN_SIDE
from analytics.impact.its import Effect
from analytics.impact.notes import Note, percent, plain, with_interval
from analytics.inference import ALPHA, CANNOT_TELL, CannotTell

Answer = Literal["effect found", "no evidence"] | CannotTell
GRAVE = frozenset({"rho", "placebo", "pretrend", "sensitivity", "leave_one_out"})
BLIND = 25.0  # an interval that reaches further than this says nothing useful


@dataclass(frozen=True)
class Verdict:
    """The answer, the sentence that says it, what could be wrong, and the next step."""

    answer: Answer
    sentence: str
    could_be_wrong: tuple[str, ...]
    next_step: str


def judge(effect: Effect, metric: str, unit: str, notes: tuple[Note, ...], *, flat_before: bool = False) -> Verdict:
    """Turn an effect into a verdict.

    Parameters
    ----------
    metric : name of the metric, such as "Click-through rate". unit : "day", "week", "month", "quarter" or "year".
    flat_before : the metric never moved before the change.
    """
    grave = any(note.level == "warning" and note.code in GRAVE for note in notes)
    doubts = tuple(note.text for note in notes if note.level == "warning")
    number = with_interval(effect.percent, effect.low, effect.high)
    if flat_before:
        text = f"Cannot tell: {metric} never moved before the change, so its usual scatter is unknown."
        return Verdict(CANNOT_TELL, text, doubts, "Collect a period in which the metric varies.")
    if min(effect.n_before, effect.n_after) < MIN_SIDE:
        return _too_short(effect, metric, unit, doubts)
    if effect.p < ALPHA:
        word = "rose" if effect.percent > 0 else "fell"
        tail = "but read the doubts first" if grave else "beyond its usual ups and downs"
        text = f"Effect found: {metric} {word} by {_size(effect)} after the change, {tail}."
        step = "Check the doubts below before acting on it." if doubts else "Keep the change and keep measuring."
        return Verdict("effect found", text, doubts, step)
    if max(abs(effect.low), abs(effect.high)) > BLIND:
        text = f"Cannot tell: the change in {metric} is {number}, and an interval this wide says little."
        step = "Wait for more data, use a finer rhythm, or add a control series."
        return Verdict(CANNOT_TELL, text, doubts, step)
    text = (
        f"No evidence of an effect on {metric}: {number}. A rise above {percent(max(effect.high, 0.0))} or a fall "
        f"below {percent(min(effect.low, 0.0))} can be ruled out."
    )
    step = "Treat the change as neutral for this metric unless costs differ."
    if grave:
        step = "Check the doubts below before calling the change neutral."
    return Verdict("no evidence", text, doubts, step)


def _size(effect: Effect) -> str:
    if effect.percent > 0:
        return with_interval(effect.percent, effect.low, effect.high)
    return with_interval(-effect.percent, -effect.high, -effect.low)


def _too_short(effect: Effect, metric: str, unit: str, doubts: tuple[str, ...]) -> Verdict:
    short, side = min((effect.n_before, "before"), (effect.n_after, "after"))
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
