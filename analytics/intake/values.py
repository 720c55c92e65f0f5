"""From text to numbers, dates and yes/no, a whole column at a time."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

NOTHING = {"", "nan", "null", "none", "na", "n/a", "#n/a", "nil", "-", "?", "undefined", "nat"}
TRUE = {"1", "true", "yes", "y", "t", "granted", "grant", "opt-in", "optin", "consented", "x", "on"}
FALSE = {"0", "false", "no", "n", "f", "denied", "withdrawn", "opt-out", "optout", "off", "refused"}
EARLIEST, LATEST = pd.Timestamp("1900-01-01", tz="UTC"), pd.Timestamp("2100-01-01", tz="UTC")
_ISO = ("ISO8601",)
_DAY_FIRST = (
    "%d-%m-%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%y",
    "%d/%m/%y",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
)
_MONTH_FIRST = (
    "%m-%d-%Y",
    "%m/%d/%Y",
    "%m.%d.%Y",
    "%m-%d-%y",
    "%m/%d/%y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
)
_WORDS = (
    "%m %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d",
    "%b %Y",
    "%B %Y",
    "%Y-%m",
)
_TWO_NUMBERS = re.compile(r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}\b")


def without_nothing(values: pd.Series) -> pd.Series:
    """Return the column with every way of writing "nothing" made None."""
    text = values.str.strip()
    return text.where(~text.str.lower().isin(NOTHING) & values.notna(), None)


def to_number(values: pd.Series, *, decimal_comma: bool) -> pd.Series:
    """Return floats; what is no number becomes NaN. Currency signs, units and thousands marks go."""
    plain = pd.to_numeric(values, errors="coerce")
    left = plain.isna() & values.notna()
    if not left.any():
        return plain.astype("float64").replace([np.inf, -np.inf], np.nan)
    text = values[left].str.replace(r"[\s'’%]|[^\d.,\-+eE()]", "", regex=True)
    text = text.str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    if decimal_comma:
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    else:
        text = text.str.replace(",", "", regex=False)
    has_digit = values[left].str.contains(r"^[^A-Za-z]*\d", regex=True)
    plain = plain.astype("float64")
    plain[left] = pd.to_numeric(text.where(has_digit), errors="coerce")
    return plain.replace([np.inf, -np.inf], np.nan)


def to_flag(values: pd.Series) -> pd.Series:
    """Return nullable booleans; what is neither yes nor no becomes NA."""
    text = values.str.strip().str.lower().str.replace(r"\.0$", "", regex=True)
    flags = pd.Series(pd.NA, index=values.index, dtype="boolean")
    flags[text.isin(TRUE)] = True
    flags[text.isin(FALSE)] = False
    return flags


def day_comes_first(values: pd.Series) -> bool | None:
    """Say whether dates like 04-09-2012 have the day first; None when no date tells."""
    parts = values.dropna().str.extract(_TWO_NUMBERS).dropna().astype(int)
    first, second = bool((parts[0] > 12).any()), bool((parts[1] > 12).any())
    if first == second:
        return None
    return first


def to_moment(values: pd.Series, *, day_first: bool | None) -> pd.Series:
    """Return UTC timestamps; what is no date, or falls outside 1900 to 2100, becomes NaT.

    Each cell is read by the first format that fits it, so one column may hold several.
    """
    found = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us, UTC]")
    orders = (_MONTH_FIRST, _DAY_FIRST) if day_first is False else (_DAY_FIRST, _MONTH_FIRST)
    for form in (*_ISO, *_WORDS, *orders[0], *orders[1]):
        left = values[found.isna() & values.notna()]
        if left.empty:
            break
        if form == "ISO8601":
            left = left[left.str.contains("-", regex=False)]
        read = pd.to_datetime(left, format=form, errors="coerce", utc=True)
        read = read.dropna().dt.as_unit("us")
        found[read.index] = read
    left = values[found.isna() & values.notna()]
    if not left.empty:
        found = _unix(found, left)
    return found.where((found >= EARLIEST) & (found < LATEST))


def _unix(found: pd.Series, left: pd.Series) -> pd.Series:
    """Fill in seconds or milliseconds since 1970."""
    numbers = pd.to_numeric(left.where(left.str.fullmatch(r"\d{9,13}(\.0+)?")), errors="coerce").dropna()
    seconds = numbers.where(numbers < 1e11, numbers / 1000)
    read = pd.to_datetime(seconds, unit="s", errors="coerce", utc=True).dt.as_unit("us")
    found[read.index] = read
    return found
