"""From text to identifiers and yes/no, a whole column at a time. Cells are ``str`` or None."""

from __future__ import annotations

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


def to_flag(values: pd.Series) -> pd.Series:
    """Return nullable booleans; what is neither yes nor no becomes NA."""
    text = values.str.strip().str.lower().str.replace(r"\.0$", "", regex=True)
    flags = pd.Series(pd.NA, index=values.index, dtype="boolean")
    flags[text.isin(TRUE)] = True
    flags[text.isin(FALSE)] = False
    return flags
