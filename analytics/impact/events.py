"""Holidays and events of the calendar: what comes back with the date, and no two harmonics can hold.

A Christmas peak is too narrow for a smooth season; left in the errors it reads as a step at the change. The weeks from
late November to early January therefore get columns of their own wherever there are enough points and they stand out
(`holding`): where they occur twice their usual height is learned, where they occur once they are in effect left out.
Public holidays come from the package `holidays`; other dates (a sale, a fair, an outage) from the user.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.impact.calendar import Calendar, Days
from analytics.impact.covariance import Array
from analytics.impact.errors import ImpactError
from analytics.impact.regression import independent

KNOTS = (-35, -28, -21, -14, -7, 0, 7, 14)  # days from Christmas: tents of two weeks around each, one after another
SPARE = 16  # residual degrees of freedom that must stay when the turn of the year gets its columns


@dataclass(frozen=True)
class Event:
    """Something on known dates: (first day, last day) of each time that it happened."""

    name: str
    spans: tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class EventCalendar:
    """What is held beside the effect.

    Attributes
    ----------
    country : ISO code whose public holidays are held, or None. events : the user's own.
    year_end : whether the weeks around Christmas and the New Year are held.
    """

    country: str | None = None
    events: tuple[Event, ...] = ()
    year_end: bool = True


TURN_OF_YEAR = EventCalendar()


def columns(asked: EventCalendar, when: Days, calendar: Calendar, held: Array) -> dict[str, Array]:
    """Columns of holidays and events that add something to those that are held already.

    Parameters
    ----------
    when : (n,) period numbers. held : (n, p) columns of the model so far.

    Raises
    ------
    ImpactError
        For a country without a known calendar.
    """
    found: dict[str, Array] = {}
    if asked.year_end and calendar.frequency != "year":
        found |= _turn_of_year(when, calendar)
    if len(when) - held.shape[1] - len(found) < SPARE:
        found = {}
    if asked.country is not None:
        found["public holidays"] = _share(_public(asked.country, when, calendar), when, calendar)
    for event in asked.events:
        spans = [np.arange(_number(first), _number(last) + 1) for first, last in event.spans]
        found[f"event {event.name}"] = _share(np.concatenate(spans), when, calendar)
    moving = {name: column for name, column in found.items() if np.ptp(column) > 0}
    if not moving:
        return {}
    X = np.column_stack([held, *moving.values()])
    kept = set(independent(X).tolist())
    return {name: column for i, (name, column) in enumerate(moving.items(), held.shape[1]) if i in kept}


def is_year_end(name: str) -> bool:
    """Whether a column of this name holds a part of the turn of the year."""
    return name.startswith("Christmas") or name in ("December", "feast days")


def _number(day: date) -> int:
    return int((np.datetime64(day, "D") - np.datetime64(0, "D")).astype(np.int64))


def _periods(when: Days, calendar: Calendar) -> Iterator[Days]:
    """The days of each period."""
    for first, beyond in zip(calendar.start(when), calendar.start(when + 1), strict=True):
        yield np.arange(first, beyond)


def _share(days: Days, when: Days, calendar: Calendar) -> Array:
    """(n,) part of each period's days that are among `days`."""
    return np.array([np.isin(own, days).mean() for own in _periods(when, calendar)])


def _turn_of_year(when: Days, calendar: Calendar) -> dict[str, Array]:
    if calendar.frequency in ("month", "quarter"):
        return {"December": np.array([float(np.any(_month(own) == 12)) for own in _periods(when, calendar)])}
    out = {f"Christmas {knot:+d} days": np.zeros(len(when)) for knot in KNOTS}
    feast = np.zeros(len(when))
    for i, own in enumerate(_periods(when, calendar)):
        apart = _from_christmas(own)
        for knot, column in zip(KNOTS, out.values(), strict=True):
            column[i] = np.maximum(1.0 - np.abs(apart - knot) / 7.0, 0.0).mean()
        feast[i] = float(np.isin(apart, (-1, 0, 1, 6, 7)).mean())
    return out | ({"feast days": feast} if calendar.frequency == "day" else {})


def _month(days: Days) -> Days:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months % 12 + 1, dtype=np.int64)


def _from_christmas(days: Days) -> Days:
    """Days from the nearest 25 December."""
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    apart = [
        days - (((years + k) * 12 + 11).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 24)
        for k in (-1, 0)
    ]
    return np.where(np.abs(apart[0]) < np.abs(apart[1]), apart[0], apart[1])


def _public(country: str, when: Days, calendar: Calendar) -> Days:
    """Day numbers of public holidays, but for the turn of the year."""
    import holidays  # loads its countries one by one, and only this question needs them

    edges = calendar.start(np.array([when[0], when[-1] + 1])).astype("datetime64[D]")
    first, last = (day.year for day in edges.tolist())
    try:
        known = holidays.country_holidays(country.upper(), years=range(first, last + 1))
    except NotImplementedError as error:
        raise ImpactError(f"There is no calendar for “{country}”. Use a code such as DE, FR, GB or US.") from error
    return np.array([_number(day) for day in known if (day.month, day.day) not in ((12, 25), (12, 26), (1, 1))])
