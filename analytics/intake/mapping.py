"""Which column holds which field: suggested with a confidence, settled by the marketer, remembered."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast, get_args

import pandas as pd

from analytics.intake.errors import IntakeError
from analytics.intake.fields import FIELDS, KINDS, Field, Kind, field_of

EXACT, CONTAINED = 0.95, 0.6
_MARKS: dict[Kind, tuple[tuple[str, ...], ...]] = {
    # What makes a table of this kind, as sets of fields that it has; a longer set weighs more.
    "profiles": (
        ("customer_id", "birth_year"),
        ("customer_id", "income"),
        ("customer_id", "gender"),
        ("email",),
    ),
    "reviews": (("rating", "text"), ("text", "product_id"), ("rating", "product_id", "customer_id")),
    "products": (("name", "price"), ("product_id", "name", "price"), ("product_id", "materials")),
    "posts": (
        ("impressions", "clicks"),
        ("likes", "comments"),
        ("text", "impressions"),
        ("reach", "likes"),
        ("impressions", "reach"),
    ),
    "metrics": (("date", "metric", "value"),),
    "consents": (("customer_id", "purpose", "action"),),
    "interactions": (("customer_id", "product_id", "kind"),),
}


@dataclass(frozen=True)
class KindGuess:
    """A kind that a table may be of, and how sure that is (0 to 1)."""

    kind: Kind
    confidence: float


@dataclass(frozen=True)
class ColumnMap:
    """One column and the field it holds; None means that it is kept as an attribute."""

    column: str
    field: str | None
    confidence: float = 1.0
    skip: bool = False


@dataclass(frozen=True)
class Mapping:
    """What every column of a file holds."""

    entries: tuple[ColumnMap, ...] = field(default=())

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(entry.column for entry in self.entries)

    def fields(self) -> tuple[str, ...]:
        """Return the fields that some column holds."""
        return tuple(entry.field for entry in self.entries if entry.field and not entry.skip)

    def column_of(self, name: str) -> str | None:
        """Return the column that holds a field."""
        return next((e.column for e in self.entries if e.field == name and not e.skip), None)

    def set(self, column: str, name: str | None, *, skip: bool = False) -> Mapping:
        """Return the mapping with one column settled by hand."""
        if column not in self.columns:
            raise IntakeError(f"The file has no column “{column}”. It has: {', '.join(self.columns)}.")
        settled = ColumnMap(column, name, 1.0, skip)
        return replace(self, entries=tuple(settled if e.column == column else e for e in self.entries))

    def check(self, kind: str) -> None:
        """Make sure that the mapping can be used.

        Raises
        ------
        IntakeError
            When two columns hold one field, a field is unknown, or a required one is missing.
        """
        known = {f.name: f for f in FIELDS[_known(kind)]}
        for name, count in Counter(self.fields()).items():
            if name not in known:
                raise IntakeError(f"A table of {kind} has no field “{name}”. It has: {', '.join(known)}.")
            if count > 1:
                both = [e.column for e in self.entries if e.field == name and not e.skip]
                raise IntakeError(
                    f"The columns {' and '.join(f'“{c}”' for c in both)} are both mapped to "
                    f"{known[name].label}. Choose one of them."
                )
        missing = [f.label for f in known.values() if f.required and f.name not in self.fields()]
        if missing:
            raise IntakeError(f"No column is mapped to {' or '.join(missing)}, which a table of {kind} needs.")
        if kind == "reviews" and not {"text", "rating"} & set(self.fields()):
            raise IntakeError("No column is mapped to Text or Rating. A review needs at least one of them.")

        wide = any(not e.field and not e.skip for e in self.entries)
        if kind == "metrics" and "value" not in self.fields() and not wide:
            raise IntakeError("No column holds numbers. Map one to Value, or keep one column for each metric.")

    def to_plain(self) -> dict[str, Any]:
        """Return the mapping as plain data."""
        return {"entries": [[e.column, e.field, e.confidence, e.skip] for e in self.entries]}

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Mapping:
        """Return the mapping that :meth:`to_plain` gave."""
        return cls(tuple(ColumnMap(*entry) for entry in data["entries"]))


def _known(kind: str) -> Kind:
    if kind not in get_args(Kind):
        raise IntakeError(f"There is no kind of table called “{kind}”. Use one of: {', '.join(KINDS)}.")
    return cast(Kind, kind)


def plain_name(column: str) -> str:
    """Return a column's name in lower case with nothing but letters and digits."""
    return re.sub(r"[^a-z0-9]", "", column.lower())


def column_signature(columns: Sequence[str]) -> str:
    """Return a digest that is the same for files with the same columns."""
    return hashlib.sha256("\x1f".join(columns).encode()).hexdigest()


def detect_kind(columns: Sequence[str], sample: pd.DataFrame) -> list[KindGuess]:
    """Return the kinds that a table may be of, the likeliest first."""
    guesses = []
    for kind in KINDS:
        mapping = suggest_mapping(kind, columns, sample)
        sure = {e.field for e in mapping.entries if e.field and e.confidence >= CONTAINED}
        marks = max((len(m) for m in _MARKS[kind] if set(m) <= sure), default=0)
        needed = all(f.name in sure for f in FIELDS[kind] if f.required)
        share = len(sure) / max(1, len(columns))
        if kind == "metrics" and "date" in sure and not marks and _all_numbers(columns, sample, mapping):
            marks = 1
        score = (0.5 + 0.12 * marks + 0.2 * share) if marks and needed else 0.2 * share
        guesses.append(KindGuess(kind, round(min(score, 0.99), 2)))
    if max(g.confidence for g in guesses) < 0.3 and _all_rows_differ(columns, sample):
        guesses = [replace(g, confidence=0.35) if g.kind == "profiles" else g for g in guesses]
    return sorted(guesses, key=lambda g: -g.confidence)


def _all_numbers(columns: Sequence[str], sample: pd.DataFrame, mapping: Mapping) -> bool:
    """Say whether every column beside the date is a number: a wide table of metrics."""
    rest = [c for c in columns if c != mapping.column_of("date") and c in sample]
    return bool(rest) and len(rest) <= 60 and all(_number_share(sample[c]) > 0.8 for c in rest)


def _number_share(values: pd.Series) -> float:
    given = values.dropna()
    return float(pd.to_numeric(given, errors="coerce").notna().mean()) if len(given) else 0.0


def _all_rows_differ(columns: Sequence[str], sample: pd.DataFrame) -> bool:
    return bool(columns) and columns[0] in sample and sample[columns[0]].is_unique


def suggest_mapping(kind: str, columns: Sequence[str], sample: pd.DataFrame) -> Mapping:
    """Suggest which column holds which field, by names first and by values where names say nothing.

    Parameters
    ----------
    sample : DataFrame
        The first rows, as text; used to doubt a name whose values do not fit.

    Raises
    ------
    IntakeError
        When there is no such kind of table.
    """
    fields = FIELDS[_known(kind)]
    scored = sorted(
        (
            (score, -position, -rank, column, target.name)
            for position, column in enumerate(columns)
            for rank, target in enumerate(fields)
            if (score := _score(column, target, sample)) > 0
        ),
        reverse=True,
    )
    taken: dict[str, tuple[str, float]] = {}
    for score, _, _, column, name in scored:
        if column not in taken and name not in {n for n, _ in taken.values()}:
            taken[column] = (name, round(score, 2))
    return Mapping(tuple(ColumnMap(c, *taken.get(c, (None, 0.0))) for c in columns))


def _score(column: str, target: Field, sample: pd.DataFrame) -> float:
    name = plain_name(column)
    if not name:
        return 0.0
    score = 0.0
    if name in target.names or name == plain_name(target.name):
        score = EXACT - 0.01 * (target.names.index(name) if name in target.names else 0)
    elif any(len(n) >= 6 and n in name for n in target.names):
        score = CONTAINED
    if score and column in sample:
        score *= _fit(sample[column].dropna().head(200), target)
    return score


def _fit(values: pd.Series, target: Field) -> float:
    """Return how well the values fit the field's type: 1 fits, 0 does not."""
    if values.empty or target.type in ("text", "id", "list"):
        return 1.0
    if target.type in ("number", "integer"):
        numbers = values.str.replace(r"[^\d.,\-]", "", regex=True).str.len() > 0
        return 1.0 if numbers.mean() > 0.5 and values.str.contains(r"\d", regex=True).mean() > 0.5 else 0.3
    if target.type == "date":
        return 1.0 if values.str.contains(r"\d", regex=True).mean() > 0.5 else 0.2
    return 1.0 if values.str.lower().isin(_FLAG_WORDS).mean() > 0.5 else 0.3


_FLAG_WORDS = {
    "0",
    "1",
    "yes",
    "no",
    "true",
    "false",
    "y",
    "n",
    "t",
    "f",
    "opt-in",
    "opt-out",
    "granted",
    "denied",
}


def label_of(kind: str, name: str) -> str:
    """Return a field's label."""
    return field_of(cast(Kind, kind), name).label
