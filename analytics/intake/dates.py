"""Dates in whatever form a file has them, and whether the day or the month comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from analytics.intake.day_numbers import Shape, needs_column, read_shaped
from analytics.intake.written_dates import read_written, without_weekday

EARLIEST, LATEST = pd.Timestamp("1900-01-01", tz="UTC"), pd.Timestamp("2100-01-01", tz="UTC")
_ISO = re.compile(r"\d{4}-\d{1,2}(-\d{1,2}.*)?", re.DOTALL)
_NUMERIC = re.compile(
    r"(?P<a>\d{1,2})(?:(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)| (?P<day>\d{1,2}), )"
    r"(?P<year>\d{4}|\d{2})(?:[ T,]+(?P<time>\S.*))?"
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:([AaPp])\.?[Mm]\.?)?Z?")
_ZONE = re.compile(r"(?<=:\d{2})(\.\d+)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$")
_UNIX = re.compile(r"(\d{9,13}|\d{16}|\d{19})(\.0+)?")
# 2024052914 is an hour of a day to a report and a second of 2034 to a clock.
_HOUR_OF_DAY = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d)?")


@dataclass(frozen=True)
class DateMarks:
    """How many cells of a column can only have the day first, only the month first, or either way.

    ``dotted`` of the last are written with points (04.09.2012), as nobody writes who puts the month first.
    """

    day: int = 0
    month: int = 0
    either: int = 0
    dotted: int = 0
    example: str = ""

    def __add__(self, other: DateMarks) -> DateMarks:
        return DateMarks(
            self.day + other.day,
            self.month + other.month,
            self.either + other.either,
            self.dotted + other.dotted,
            self.example or other.example,
        )


def count_orders(cells: Iterable[str]) -> DateMarks:
    """Count what a column's cells tell of the order of day and month."""
    tally, dotted, example = {"day": 0, "month": 0, "either": 0, "": 0}, 0, ""
    for cell in cells:
        order = _order(cell)
        tally[order] += 1
        if order == "either":
            dotted += "." in cell[:3]
            example = example or cell.strip()
    return DateMarks(tally["day"], tally["month"], tally["either"], dotted, example)


def day_order(own: DateMarks, others: DateMarks, *, decimal_comma: bool) -> bool | None:
    """Return whether the day comes first in a column, or None where it has to be asked.

    Parameters
    ----------
    own, others : DateMarks
        Of the column, and of the other date columns of the file.
    decimal_comma : bool
        Whether the file's numbers have decimal commas: no locale that has them puts the month first (CLDR 45).
    """
    if own.day or own.month:
        return None if own.day and own.month else bool(own.day)
    if own.dotted == own.either:
        return True
    if bool(others.day) != bool(others.month):
        return bool(others.day)
    return True if decimal_comma else None


def _order(cell: str) -> str:
    found = _NUMERIC.fullmatch(without_weekday(cell.strip()))
    if found is None or found["mark"] is None:
        return ""
    first, second = int(found["a"]), int(found["b"])
    if first > 12 or second > 12:
        return "" if first > 12 and second > 12 else ("day" if first > 12 else "month")
    return "" if first == second else "either"


def wall_clock(values: pd.Series) -> pd.Series:
    """Leave off the zone of moments, so that midnight in any zone stays on its own day."""
    cells = [_ZONE.sub("", cell.strip()) if isinstance(cell, str) else None for cell in values]
    return pd.Series(cells, index=values.index, dtype=object)


def to_moment(
    values: pd.Series, *, day_first: bool | None, shape: Shape | None = None, from_1904: bool = False
) -> pd.Series:
    """Return UTC timestamps (microseconds); what is no date, or falls outside 1900 to 2100, becomes NaT.

    Each cell is read by the form that it has, so one column may hold several. ``None`` reads the
    day first where both are possible. ``shape`` says how cells are read that need the whole column
    (:mod:`analytics.intake.day_numbers`); without it they are no dates.
    """
    codes, unique = pd.factorize(values.to_numpy(dtype=object))
    cells = pd.Series([without_weekday(cell.strip()) for cell in unique], dtype=object)
    apart = pd.Series([needs_column(cell, shape) for cell in cells], dtype=bool)
    found = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us, UTC]")
    found = _fill(found, _read_unique(cells[~apart], day_first=day_first is not False))
    if shape is not None:
        read = [read_shaped(cell, shape, from_1904=from_1904) for cell in cells[apart]]
        found = _fill(found, pd.to_datetime(pd.Series(read, index=cells.index[apart], dtype=object), utc=True))
    found = found.where((found >= EARLIEST) & (found < LATEST))
    # A missing cell has code -1: it takes the NaT put at the end.
    padded = pd.concat([found, pd.Series([pd.NaT], dtype=found.dtype)], ignore_index=True)
    return pd.Series(padded.array.take(codes), index=values.index)


def _read_unique(cells: pd.Series, *, day_first: bool) -> pd.Series:
    found = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us, UTC]")
    iso = cells[np.fromiter((_ISO.fullmatch(c) is not None for c in cells), dtype=bool, count=len(cells))]
    if len(iso):
        found = _fill(found, pd.to_datetime(iso, format="ISO8601", errors="coerce", utc=True))
    left = cells[found.isna()]
    if left.empty:
        return found
    numeric = pd.Series([_numeric(c, day_first=day_first) for c in left], index=left.index, dtype=object)
    found = _fill(found, pd.to_datetime(numeric.dropna(), utc=True))
    left = cells[found.isna()]
    seconds = pd.Series([_seconds(c) for c in left], index=left.index, dtype="float64").dropna()
    found = _fill(found, pd.to_datetime(seconds, unit="s", errors="coerce", utc=True))
    left = cells[found.isna()]
    written = pd.Series([read_written(c) for c in left], index=left.index, dtype=object)
    return _fill(found, pd.to_datetime(written.dropna(), utc=True, errors="coerce"))


def _fill(found: pd.Series, read: pd.Series) -> pd.Series:
    read = read.dropna()
    if len(read):
        found[read.index] = read.dt.as_unit("us")
    return found


def _numeric(cell: str, *, day_first: bool) -> datetime | None:
    """Read 04-09-2012, 4/9/12, 04.09.2012 and "02 28, 2014" (month first), each with or without a time."""
    date = _NUMERIC.fullmatch(cell)
    if date is None:
        return None
    time = _TIME.fullmatch(date["time"].strip()) if date["time"] else None
    if date["time"] and time is None:
        return None
    first, second = int(date["a"]), int(date["b"] or date["day"])
    swap = date["mark"] is None or (not day_first and first <= 12) or second > 12
    day, month = (second, first) if swap else (first, second)
    year = int(date["year"])
    year += 0 if len(date["year"]) == 4 else (2000 if year < 69 else 1900)
    try:
        return datetime(year, month, day, *_clock(time), tzinfo=UTC)
    except ValueError:
        return None


def _clock(time: re.Match[str] | None) -> tuple[int, int, int]:
    if time is None:
        return 0, 0, 0
    hour = int(time[1])
    if time[4]:
        if not 1 <= hour <= 12:
            raise ValueError("There is no such hour on a twelve-hour clock.")
        hour = hour % 12 + (12 if time[4] in "Pp" else 0)
    return hour, int(time[2]), int(time[3] or 0)


def _seconds(cell: str) -> float:
    """Read seconds, or thousandths, millionths and billionths of them, since 1970."""
    if _UNIX.fullmatch(cell) is None or _HOUR_OF_DAY.fullmatch(cell) is not None:
        return float("nan")
    number = float(cell)
    return next(number / size for size in (1, 1e3, 1e6, 1e9) if number / size < 1e11)
