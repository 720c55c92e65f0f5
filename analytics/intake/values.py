"""From text to numbers, dates and yes/no, a whole column at a time. Cells are ``str`` or None."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

NOTHING = ("", "nan", "null", "none", "na", "n/a", "#n/a", "nil", "-", "?", "undefined", "nat")
_NOTHING_WRITTEN = frozenset(f(word) for word in NOTHING for f in (str.lower, str.upper, str.title, str.capitalize)) | {
    "NaN",
    "NaT",
}
TRUE = {"1", "true", "yes", "y", "t", "granted", "grant", "opt-in", "optin", "consented", "x", "on"}
FALSE = {"0", "false", "no", "n", "f", "denied", "withdrawn", "opt-out", "optout", "off", "refused"}
_CURRENCY = r"(?:[A-Za-z]{1,3}\.?\s+|[A-Z]{0,2}[$€£¥₹₽₩₺₫฿₴₦₪¢]\s*)?"
_NUMBER = re.compile(
    rf"(?P<minus>\()?{_CURRENCY}(?P<sign>[+\-−]?)\s*{_CURRENCY}"
    r"(?P<digits>\d[\d.,'’\s]*|[.,]\d+)(?P<power>[eE][+\-]?\d{1,3})?\)?(?:[^\w.,][^\d]*|[A-Za-z%]{1,12}\.?)?"
)
_THOUSANDS = {
    ",": re.compile(r"[1-9]\d{0,2}(,\d{3})+|[1-9]\d?(,\d{2})+,\d{3}"),
    ".": re.compile(r"[1-9]\d{0,2}(\.\d{3})+"),
}
_SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|out of|of|von|sur|de|su)\s*\d+\b.*", re.IGNORECASE | re.DOTALL)


def without_nothing(values: pd.Series) -> pd.Series:
    """Return the column stripped, with every way of writing "nothing" made None."""
    cells = [None if c is None or (t := c.strip()) in _NOTHING_WRITTEN else t for c in values.tolist()]
    return pd.Series(cells, index=values.index, dtype=object)


def to_text(values: pd.Series) -> pd.Series:
    """Return the column stripped; only an empty cell and "NaN" are nothing (a title may be "None")."""
    cells = [None if c is None or (t := c.strip()) in ("", "NaN", "nan") else t for c in values.tolist()]
    return pd.Series(cells, index=values.index, dtype=object)


def to_id(values: pd.Series) -> pd.Series:
    """Return identifiers; a whole number that was stored as a float (``123.0``) loses its ending."""
    cells = without_nothing(values).tolist()
    for i, cell in enumerate(cells):
        if cell is not None and cell[-2:] == ".0" and cell[:-2].isdigit():
            cells[i] = cell[:-2]
    return pd.Series(cells, index=values.index, dtype=object)


def by_unique(values: pd.Series, read: Callable[[str], Any]) -> np.ndarray:
    """Apply ``read`` to each different cell once; None stays None."""
    codes, unique = pd.factorize(values.to_numpy(dtype=object))
    results = np.empty(len(unique) + 1, dtype=object)
    for i, cell in enumerate(unique):
        results[i] = read(cell)
    return results[codes]


def to_number(values: pd.Series, *, decimal_comma: bool) -> pd.Series:
    """Return floats; what is no number becomes NaN.

    Currency signs, units and thousands marks go. A mark that can only be a decimal one is read so
    whatever the option says ("4,5", "1.234,56"); the option settles the rest ("1,234" or "1.234").
    """
    codes, unique = pd.factorize(values.to_numpy(dtype=object))
    plain = np.append(pd.to_numeric(pd.Series(unique, dtype=object), errors="coerce").to_numpy("float64"), np.nan)
    for i, cell in enumerate(unique):
        if np.isnan(plain[i]) or (decimal_comma and "." in cell):
            plain[i] = parse_number(cell, decimal_comma=decimal_comma)
    plain[np.isinf(plain)] = np.nan
    return pd.Series(plain[codes], index=values.index)


def parse_number(cell: str, *, decimal_comma: bool) -> float:
    """Return one cell's number, or NaN."""
    found = _NUMBER.fullmatch(cell.strip())
    if found is None:
        return float("nan")
    digits = re.sub(r"['’\s]", "", found["digits"])
    try:
        size = float(_with_point(digits, decimal_comma=decimal_comma) + (found["power"] or ""))
    except ValueError:
        return float("nan")
    return -size if found["minus"] or found["sign"] in ("-", "−") else size


def _with_point(digits: str, *, decimal_comma: bool) -> str:
    """Return the digits with at most one point, the decimal one."""
    if "," in digits and "." in digits:
        last, other = (",", ".") if digits.rfind(",") > digits.rfind(".") else (".", ",")
        return digits.replace(other, "").replace(last, ".")
    mark = "," if "," in digits else "."
    grouped = _THOUSANDS[mark].fullmatch(digits) is not None
    decimal = "," if decimal_comma else "."
    if grouped and (mark != decimal or digits.count(mark) > 1):
        return digits.replace(mark, "")
    return digits.replace(mark, ".")


def first_of_share(values: pd.Series) -> pd.Series:
    """Return "4" for "4/5" and "4 out of 5 stars"; other cells unchanged."""
    read = by_unique(values, lambda cell: cell if (share := _SHARE.fullmatch(cell.strip())) is None else share[1])
    return pd.Series(read, index=values.index, dtype=object)


def to_whole(values: pd.Series, *, decimal_comma: bool) -> pd.Series:
    """Return nullable integers; what is no number, or too large for one, becomes NA."""
    numbers = to_number(values, decimal_comma=decimal_comma).round()
    return numbers.where(numbers.abs() < 2**53).astype("Int64")


def to_flag(values: pd.Series) -> pd.Series:
    """Return nullable booleans; what is neither yes nor no becomes NA."""
    text = values.str.strip().str.lower().str.replace(r"\.0$", "", regex=True)
    flags = pd.Series(pd.NA, index=values.index, dtype="boolean")
    flags[text.isin(TRUE)] = True
    flags[text.isin(FALSE)] = False
    return flags
