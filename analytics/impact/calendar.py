"""Days, weeks, months, quarters and years: which of them a set of dates keeps to, and the number of each period."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.impact.errors import ImpactError

Frequency = Literal["day", "week", "month", "quarter", "year"]
Days = npt.NDArray[np.int64]
ORDER: tuple[Frequency, ...] = ("day", "week", "month", "quarter", "year")
PERIODS_A_YEAR: dict[Frequency, float] = {"day": 365.25, "week": 365.25 / 7, "month": 12.0, "quarter": 4.0, "year": 1.0}
_MONTHS: dict[Frequency, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Calendar:
    """Numbers the periods of one frequency.

    Attributes
    ----------
    frequency : "day", "week", "month", "quarter" or "year".
    anchor : day number (days since 1970-01-01) on which weeks begin; unused otherwise.
    """

    frequency: Frequency
    anchor: int = 4  # 1970-01-05, a Monday

    def number(self, days: Days) -> Days:
        """(n,) period numbers of day numbers (days since 1970-01-01)."""
        if self.frequency == "day":
            return days
        if self.frequency == "week":
            return (days - self.anchor) // 7
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return np.asarray(months // _MONTHS[self.frequency], dtype=np.int64)

    def start(self, numbers: Days) -> Days:
        """(n,) first day of each period, as day numbers."""
        if self.frequency == "day":
            return numbers
        if self.frequency == "week":
            return numbers * 7 + self.anchor
        days = (numbers * _MONTHS[self.frequency]).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        return np.asarray(days, dtype=np.int64)


def day_numbers(dates: pd.Series, timezone: str | None = None) -> tuple[Days, bool]:
    """Turn a column of dates or moments into local day numbers.

    Parameters
    ----------
    dates : dates, datetimes or text. Moments with a zone are read as the day it was in `timezone`
        (by default their own zone, or UTC where the rows disagree), so that a clock change moves no row.

    Returns
    -------
    (n,) days since 1970-01-01, and whether zones were turned into dates.

    Raises
    ------
    ImpactError
        Where a date is missing or cannot be read.
    """
    try:
        parsed = pd.to_datetime(dates, errors="raise")
        if parsed.dtype == object:
            raise ValueError("rows of several zones")
    except (ValueError, TypeError):
        parsed = pd.to_datetime(dates, errors="coerce", utc=True, format="mixed")
    if parsed.isna().any():
        row = int(np.flatnonzero(parsed.isna().to_numpy())[0])
        raise ImpactError(f"Row {row + 1} has no readable date ({dates.iloc[row]!r}); write dates like 2025-03-31.")
    zoned = parsed.dt.tz is not None
    if zoned:
        parsed = (parsed.dt.tz_convert(timezone) if timezone else parsed).dt.tz_localize(None)
    days = parsed.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.asarray(days, dtype=np.int64), zoned


def _has_run(flags: npt.NDArray[np.bool_], length: int = 3) -> bool:
    return len(flags) >= length and bool(np.convolve(flags, np.ones(length), "valid").max() >= length)


def infer(days: Days) -> tuple[Calendar, bool]:
    """The finest frequency that all the dates keep to, and whether the dates mix several.

    Parameters
    ----------
    days : sorted distinct day numbers.

    Raises
    ------
    ImpactError
        With fewer than two dates, or dates further apart than a year on the whole.
    """
    if len(days) < 2:
        raise ImpactError("There is only one date in this series; a before and an after need many.")
    gaps = np.diff(days)
    middle = float(np.median(gaps))
    monthly = _has_run((gaps >= 28) & (gaps <= 31))
    weekly, daily = _has_run(gaps == 7), _has_run(gaps <= 3)
    if monthly and (weekly or daily) and not np.all(gaps % 7 == 0):
        return Calendar("month"), True
    if weekly and daily:
        return Calendar("week"), True
    if np.all(gaps % 7 == 0) and middle == 7:
        return Calendar("week", int(days[0] % 7)), False
    if middle <= 3:
        return Calendar("day"), False
    if middle <= 14:
        return Calendar("week"), bool(np.any(gaps % 7 != 0))
    if middle <= 31:
        return Calendar("month"), bool(gaps.min() < 27)
    if middle <= 92:
        return Calendar("quarter"), bool(gaps.min() < 89)
    if middle <= 366:
        return Calendar("year"), bool(gaps.min() < 365)
    raise ImpactError(
        f"The dates are about {middle:.0f} days apart; a before/after analysis needs at least one value a year."
    )
