"""What is asked about a change: a metric, a day, and the shape that the effect is said to have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, get_args

from analytics.asking.errors import AskingError
from analytics.asking.posts import Kind

Shape = Literal["step", "slope", "burst", "ramp"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
SHAPE_WORDS: dict[Shape, str] = {
    "step": "A lasting step",
    "slope": "A step that then grows or fades evenly",
    "burst": "A burst that ends",
    "ramp": "An even rise to a lasting level",
}
MAX_WASHOUT = 366


@dataclass(frozen=True)
class Question:
    """What is asked: one metric, one change.

    Attributes
    ----------
    washout_days : days after the change that count as neither before nor after.
    kind : what kind of number the metric is; guessed when None.
    segment_kind, segment : ask of one group only.
    held : other changes (by number) whose steps are held while this one is measured.
    controls : metrics that the change did not touch, each measured beside with a coefficient of its own.
    shape : what the effect is said to look like, before it is measured. until : last day of a burst.
    ramp_days : days that a ramp takes to its full height.
    country : whose public holidays are held (an ISO code), or None. events : the user's own, one a line, as
        `parse_events` reads them. year_end : whether the weeks around Christmas are held.
    """

    metric: str
    on: date
    washout_days: int = 0
    label: str = "the change"
    kind: Kind | None = None
    segment_kind: str | None = None
    segment: str | None = None
    held: tuple[int, ...] = ()
    controls: tuple[str, ...] = ()
    shape: Shape = "step"
    until: date | None = None
    ramp_days: int | None = None
    country: str | None = None
    events: tuple[str, ...] = ()
    year_end: bool = True


def stated(question: Question, shape: str, until: datetime | None, ramp_days: int | None) -> Question:
    """Return the question with the shape that was stated for its effect.

    Raises
    ------
    AskingError
        When there is no such shape.
    """
    return replace(question, shape=known_shape(shape), until=until.date() if until else None, ramp_days=ramp_days)


def known_shape(name: str) -> Shape:
    """Return the shape of this name.

    Raises
    ------
    AskingError
        When there is no such shape.
    """
    found = next((known for known in SHAPES if known == name), None)
    if found is None:
        raise AskingError(f"“{name}” is no shape of an effect. Use {', '.join(SHAPES)}.")
    return found


def check_washout(days: int) -> None:
    """Refuse a settling time that is negative or longer than a year."""
    if not 0 <= days <= MAX_WASHOUT:
        raise AskingError(f"The settling time is {days} days; it can be 0 to {MAX_WASHOUT}.")


def parse_event(line: str) -> tuple[str, tuple[tuple[date, date], ...]]:
    """Read ``Sale = 2024-05-02, 2024-11-25..2024-12-02``: a name, and each day or span on which it happened.

    Raises
    ------
    AskingError
        When there is no name, a day is none, or a span ends before it begins. Nothing is guessed.
    """
    name, mark, days = line.partition("=")
    if not (mark and name.strip() and days.strip()):
        raise AskingError(f"“{line}” is no event. Write: Sale = 2024-05-02, 2024-11-25..2024-12-02")
    return name.strip(), tuple(_span(part.strip(), line) for part in days.split(","))


def _span(text: str, line: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        span = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError as error:
        raise AskingError(f"“{text}” in “{line}” is no day. Write days such as 2024-05-02.") from error
    if span[1] < span[0]:
        raise AskingError(f"“{text}” in “{line}” ends before it begins.")
    return span
