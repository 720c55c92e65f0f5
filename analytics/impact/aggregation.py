"""Merge rows into whole periods: sums for counts and amounts, pooled rates, means for the rest."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.impact.calendar import Calendar, Days
from analytics.impact.covariance import Array, Mask
from analytics.impact.notes import WAS, Note, counted, info, warning

FEW = 0.2  # of the dates: rows that repeat more than these do so by design


@dataclass(frozen=True)
class Periods:
    """Whole periods: (n,) numbers, values and (for rates) denominators, with notes on what was merged."""

    times: Days
    value: Array
    denominator: Array | None
    notes: list[Note]


def to_periods(rows: pd.DataFrame, calendar: Calendar, kind: str, *, mixed: bool, as_of: date | None) -> Periods:
    """Add up rows by period and drop periods that are not whole.

    Parameters
    ----------
    rows : columns `day` (sorted day numbers), `value` and perhaps `denominator`.
    kind : counts and amounts are added; rates with denominators are pooled; other values are averaged.
    mixed : whether daily and coarser rows mix, so that a lone coarse row stands for its period.
    """
    notes: list[Note] = []
    rows = rows.assign(period=calendar.number(rows["day"].to_numpy()))
    days = rows.groupby("period")["day"].nunique()
    _say_merged(rows, kind, notes)
    grouped = rows.groupby("period")
    adding = kind in ("count", "amount") or "denominator" in rows
    total = grouped["value"].sum() if adding else grouped["value"].mean()
    whole = _whole(rows, days, calendar, adding=adding, mixed=mixed, as_of=as_of, notes=notes)
    total = total[whole]
    below = grouped["denominator"].sum()[whole].to_numpy(float) if "denominator" in rows else None
    value = total.to_numpy(float)
    if below is not None:
        value = value / below
    return Periods(total.index.to_numpy(np.int64), value, below, notes)


def _say_merged(rows: pd.DataFrame, kind: str, notes: list[Note]) -> None:
    repeats = int(rows["day"].duplicated().sum())
    if not repeats:
        return
    how = "averaged" if kind in ("rate", "level") and "denominator" not in rows else "added up"
    said = f"{counted(repeats, 'row', ('repeats', 'repeat'))} a date and {WAS[int(repeats > 1)]} {how}"
    if repeats <= FEW * rows["day"].nunique():
        notes.append(warning("duplicates", f"{said}; if a file holds them twice by mistake, take them out."))
    else:
        notes.append(info("duplicates", f"{said}."))


def _whole(
    rows: pd.DataFrame,
    days: pd.Series,
    calendar: Calendar,
    *,
    adding: bool,
    mixed: bool,
    as_of: date | None,
    notes: list[Note],
) -> Mask:
    """(periods,) mask of whole periods, with a note for the dropped ones."""
    numbers = days.index.to_numpy(np.int64)
    keep = np.ones(len(numbers), dtype=bool)
    aggregated = bool((days > 1).any()) and calendar.frequency != "day"
    if aggregated:
        enough = days.to_numpy() >= _enough(int(days.mode().max()), calendar)
        if mixed:
            enough |= _lone_coarse(rows, days)
        inner = np.ones_like(enough) if not adding else enough
        keep &= inner
        keep[0] &= enough[0]
        keep[-1] &= enough[-1]
    elif calendar.frequency == "day" and "segment" not in rows:
        keep &= _whole_days(rows)
    last_day = calendar.start(numbers + 1) - 1
    if as_of is not None:
        keep &= last_day <= (np.datetime64(as_of, "D") - np.datetime64(0, "D")).astype(np.int64)
    _say_dropped(keep, calendar, notes)
    return keep


def _whole_days(rows: pd.DataFrame) -> Mask:
    """Days with as many rows as usual, where data comes by the hour: a clock change may take one.

    Where the number of rows differs from day to day (a row an order), nothing can be said and every day stays.
    """
    count = rows.groupby("period").size().to_numpy()
    usual = int(np.bincount(count).argmax())
    regular = usual >= 4 and np.mean(np.abs(count - usual) <= 1) >= 0.8
    whole: Mask = count >= (usual - 1 if regular else 0)
    return whole


def _enough(usual: int, calendar: Calendar) -> int:
    """Dates that make a period whole: months differ by up to three days or one week."""
    if calendar.frequency == "week":
        return usual
    return usual - (3 if usual > 20 else int(usual > 3 and calendar.frequency == "month"))


def _lone_coarse(rows: pd.DataFrame, days: pd.Series) -> Mask:
    """Periods whose single row belongs to a stretch of coarse rows: it already stands for the period."""
    day = np.unique(rows["day"].to_numpy())
    gaps = np.diff(day)
    coarse = pd.Series(np.append(gaps, gaps[-1]) >= 7, index=day)
    first = rows.groupby("period")["day"].first()
    lone: Mask = (days.to_numpy() == 1) & coarse.reindex(first.to_numpy()).to_numpy(bool)
    return lone


def _say_dropped(keep: Mask, calendar: Calendar, notes: list[Note]) -> None:
    word = calendar.frequency
    if not keep[-1]:
        notes.append(info("partial_last", f"The last {word} was not over yet and was left out."))
    others = int((~keep[:-1]).sum())
    if others:
        notes.append(info("partial", f"{counted(others, f'other {word}', WAS)} not whole and left out."))
