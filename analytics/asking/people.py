"""People chosen by what they have in common: conditions on their attributes, and what those can be."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.asking.errors import AskingError

MAX_LEVELS = 30


@dataclass(frozen=True)
class Condition:
    """What people have in common: one of some levels, or a number from ``low`` to ``high`` (both count)."""

    attribute: str
    levels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def sentence(self) -> str:
        """Return it in words."""
        if self.levels:
            return f"{self.attribute} is {' or '.join(self.levels)}"
        if self.low is not None and self.high is not None:
            return f"{self.attribute} from {self.low:g} to {self.high:g}"
        return (
            f"{self.attribute} at least {self.low:g}"
            if self.low is not None
            else f"{self.attribute} at most {self.high:g}"
        )


@dataclass(frozen=True)
class Attribute:
    """What people can be chosen by: levels that enough people share, or the range where 98% of them lie."""

    name: str
    levels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


def attribute_of(name: str, values: pd.Series, k: int) -> Attribute | None:
    """Return what ``k`` people or more can be chosen by in a column, None where there is nothing."""
    if len(values) < k:
        return None
    if pd.api.types.is_numeric_dtype(values.dtype):
        low, high = (float(v) for v in values.quantile([0.01, 0.99]))
        return Attribute(name, low=round(low, 1), high=round(high, 1)) if low < high else None
    counts = values.value_counts()
    levels = tuple(sorted(str(level) for level, number in counts.items() if number >= k))
    return Attribute(name, levels) if 2 <= len(levels) <= MAX_LEVELS else None


def as_number_or_text(values: pd.Series) -> pd.Series:
    """Return a column as numbers where all that is given is a number, else as text; nothing stays nothing."""
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.notna().sum() == values.notna().sum():
        return numbers.astype(float)
    return values.where(values.isna(), values.astype(str))


def meets(people: pd.DataFrame, condition: Condition) -> pd.Series:
    """Say of each person whether they meet a condition.

    Raises
    ------
    AskingError
        When nobody has such an attribute, or it is no number and a range was asked for.
    """
    if condition.attribute not in people:
        known = ", ".join(map(str, people.columns))
        raise AskingError(f"The people of this build have no “{condition.attribute}”. Choose by: {known}.")
    values = people[condition.attribute]
    if condition.levels:
        return values.astype(str).isin(condition.levels)
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise AskingError(f"“{condition.attribute}” is no number. Say which of its values to take.")
    low = -float("inf") if condition.low is None else condition.low
    high = float("inf") if condition.high is None else condition.high
    return values.between(low, high)
