"""What the model holds beside the effect: trend, week, season, other changes, and the shape of the effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.impact.calendar import PERIODS_A_YEAR, Calendar, Days
from analytics.impact.covariance import Array, Mask
from analytics.impact.errors import ImpactError
from analytics.impact.events import TURN_OF_YEAR, EventCalendar, is_year_end
from analytics.impact.events import columns as event_columns
from analytics.impact.notes import WAS, Note, counted, info, warning
from analytics.impact.shapes import STEP, EffectShape, last_of_burst, place

MIN_SIDE = 8
MIN_BURST = 3  # periods: fewer would be an outlier rather than an effect


@dataclass(frozen=True)
class Intervention:
    """A change made on `day`, settling for `washout_days` that count as neither before nor after.

    `shape` is what its effect is said to look like before anybody measures it.
    """

    day: date
    label: str = "the change"
    washout_days: int = 0
    shape: EffectShape = STEP

    def first_after(self, calendar: Calendar) -> int:
        """Number of the first period that lies wholly after the change and its settling time."""
        ready = np.array([_day_number(self.day + timedelta(days=self.washout_days))])
        number = calendar.number(ready)
        return int(number[0] + (calendar.start(number)[0] < ready[0]))

    def last_before(self, calendar: Calendar) -> int:
        """Number of the last period that lies wholly before the change."""
        return int(calendar.number(np.array([_day_number(self.day)]))[0]) - 1


@dataclass(frozen=True)
class Design:
    """A regression for one effect.

    Attributes
    ----------
    X : (k, p) columns on the kept periods. names : p names. effect : columns that carry the effect.
    contrast : (p,) weights whose sum with the coefficients is the average effect after the change.
    keep : (n,) which periods of the series are used. before, after : (k,) sides of the kept periods.
    window : (k,) the part of `after` over which the effect acts and is averaged: all of it, but for a burst.
    """

    X: Array
    names: tuple[str, ...]
    effect: tuple[int, ...]
    contrast: Array
    times: Days
    keep: Mask
    before: Mask
    after: Mask
    window: Mask
    shape: EffectShape
    notes: tuple[Note, ...]


def _day_number(day: date) -> int:
    return int((np.datetime64(day, "D") - np.datetime64(0, "D")).astype(np.int64))


def check_timing(times: Days, calendar: Calendar, change: Intervention, as_of: date | None = None) -> None:
    """Refuse a change that the data does not straddle.

    Raises
    ------
    ImpactError
        For a change in the future, before the data, after it, or on its first or last period.
    """
    day, word = change.day, calendar.frequency
    first, last = (np.datetime64(int(d), "D") for d in calendar.start(times[[0, -1]]))
    if as_of is not None and day > as_of:
        raise ImpactError(f"{_name(change)} is planned for {day}, which is still to come; use the planner instead.")
    if change.last_before(calendar) < times[0]:
        where = "on the first" if calendar.number(np.array([_day_number(day)]))[0] == times[0] else "before the first"
        raise ImpactError(f"{_name(change)} ({day}) lies {where} {word} of the data ({first}); import earlier data.")
    if change.first_after(calendar) > times[-1]:
        where = "after" if change.last_before(calendar) >= times[-1] else "in, or settles until,"
        raise ImpactError(
            f"{_name(change)} ({day}) lies {where} the last {word} of the data ({last}); wait for data after it."
        )


def _name(change: Intervention) -> str:
    return change.label[:1].upper() + change.label[1:]


def build(
    times: Days,
    calendar: Calendar,
    changes: Sequence[Intervention],
    *,
    focus: int = 0,
    controlled: bool = False,
    events: EventCalendar = TURN_OF_YEAR,
    controls: Array | None = None,
) -> Design:
    """The design of the effect of `changes[focus]`, in the shape stated for it; every other change keeps its own.

    Parameters
    ----------
    times : (n,) period numbers of the series. controlled : a control is taken away already.
    events : holidays and events that are held. controls : (n, c) control series, each with its own coefficient.

    Raises
    ------
    ImpactError
        Where a change lies outside the data, or two changes cannot be told apart.
    """
    keep, notes = _settled(times, calendar, changes)
    when = times[keep]
    change = changes[focus]
    start = change.first_after(calendar)
    after, before = when >= start, when <= change.last_before(calendar)
    if not before.any() or not after.any():
        raise ImpactError(f"No data is left on one side of {change.label} ({change.day}); shorten the settling time.")
    columns: dict[str, Array] = {"level": np.ones(len(when)), "trend": _centred(when)}
    _add_season(columns, when, calendar, notes, controlled=controlled or controls is not None)
    if controls is not None:
        columns |= {f"control {k + 1}": column for k, column in enumerate(controls[keep].T)}
    extra = event_columns(events, when, calendar, np.column_stack(list(columns.values())))
    columns |= extra
    _say_events(extra, notes)
    _add_others(columns, when, calendar, changes, focus)
    held = len(columns)
    placed = place(change.shape, when, start, calendar)
    columns |= placed.columns
    if not placed.window.any():
        raise ImpactError(f"No whole {calendar.frequency} lies within the burst; give a later last day.")
    X = np.column_stack(list(columns.values()))
    contrast = np.concatenate([np.zeros(held), placed.weights])
    effect = tuple(range(held, X.shape[1]))
    return Design(
        X, tuple(columns), effect, contrast, when, keep, before, after, placed.window, change.shape, tuple(notes)
    )


def _centred(when: Days) -> Array:
    return (when - when.mean()) / max(float(np.ptp(when)), 1.0)


def _settled(times: Days, calendar: Calendar, changes: Sequence[Intervention]) -> tuple[Mask, list[Note]]:
    """Leave out the periods in which a change happens or settles."""
    keep, notes = np.ones(len(times), dtype=bool), []
    for change in changes:
        lost = (times > change.last_before(calendar)) & (times < change.first_after(calendar))
        end = last_of_burst(change.shape, calendar)
        keep &= ~lost
        if end is not None:
            keep &= ~((times > end[0]) & (times < end[1]))  # the burst ended within this period
        if lost.any():
            notes.append(
                info(
                    "washout",
                    f"{counted(int(lost.sum()), calendar.frequency)} in which {change.label} happened or settled "
                    f"{WAS[int(lost.sum() > 1)]} left out.",
                )
            )
    return keep, notes


def _add_season(
    columns: dict[str, Array], when: Days, calendar: Calendar, notes: list[Note], *, controlled: bool
) -> None:
    if calendar.frequency == "day" and np.ptp(when) >= 27:
        weekday = (when + 3) % 7  # 1970-01-01 was a Thursday
        for day in np.unique(weekday)[1:]:
            columns[f"weekday {day}"] = (weekday == day) - np.mean(weekday == day)
    if calendar.frequency == "year":
        return  # a year holds the whole season
    years = (np.ptp(when) + 1) / PERIODS_A_YEAR[calendar.frequency]
    if years >= 1.98 and len(when) >= 24:
        for k in (1, 2):
            angle = 2 * np.pi * k * when / PERIODS_A_YEAR[calendar.frequency]
            for name, wave in ((f"season sine {k}", np.sin(angle)), (f"season cosine {k}", np.cos(angle))):
                if np.abs(wave).max() > 1e-6:  # of four quarters, the second sine is always zero
                    columns[name] = wave
    elif not controlled:
        notes.append(
            warning(
                "season",
                "With less than two years of data the season cannot be told from the change; "
                "a control series or last year's data would settle it.",
            )
        )


def _say_events(extra: dict[str, Array], notes: list[Note]) -> None:
    year_end = any(map(is_year_end, extra))
    named = ["the weeks around Christmas"] * year_end + [
        name.removeprefix("event ") for name in extra if name.startswith(("public", "event "))
    ]
    if named:
        notes.append(info("events", f"Held beside the effect: {', '.join(named)}."))


def _add_others(
    columns: dict[str, Array], when: Days, calendar: Calendar, changes: Sequence[Intervention], focus: int
) -> None:
    own = changes[focus].first_after(calendar)
    for i, other in enumerate(changes):
        if i == focus:
            continue
        placed = place(other.shape, when, other.first_after(calendar), calendar)
        mine = place(changes[focus].shape, when, own, calendar)
        if _alike(placed.columns, mine.columns):
            raise ImpactError(
                f"{_name(changes[focus])} and {other.label} fall in the same {calendar.frequency}; "
                "their effects cannot be told apart. Analyse them as one change."
            )
        columns |= {f"{name} {i}": column for name, column in placed.columns.items() if np.ptp(column) > 0}


def _alike(some: dict[str, Array], others: dict[str, Array]) -> bool:
    return any(np.array_equal(a, b) for a in some.values() for b in others.values())
