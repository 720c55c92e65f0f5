"""Which column holds which field: suggested with a confidence, settled by the marketer, remembered."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast, get_args

import numpy as np
import pandas as pd

from analytics.intake.errors import IntakeError
from analytics.intake.exports import Export, plain, recognise
from analytics.intake.fields import FIELDS, KINDS, Field, Kind, field_of
from analytics.intake.naming import EXACT, SHORTENED, name_score, plain_name
from analytics.intake.numbers import to_number
from analytics.intake.shapes import PERHAPS, UNLIKE, Fits

SURE = 0.7  # below this nothing is mapped: the column stays an attribute, and the field is asked
SURE_KIND = 0.6  # below this a kind is asked
KNOWN = 0.98
MORE = 0.9
NEAR = 0.005
APART = 0.03
_LAST = re.compile(r"last|first|latest|previous|recent|letzt|derni|[uú]ltim|prim", re.IGNORECASE)
_MARKS: dict[Kind, tuple[tuple[str, ...], ...]] = {
    # What makes a table of this kind, as sets of fields that it has; a longer set weighs more.
    "profiles": (
        *(
            ("customer_id", other)
            for other in (
                "birth_year",
                "age",
                "income",
                "gender",
                "education",
                "marital_status",
                "country",
                "joined_on",
            )
        ),
        ("customer_id", "email"),
        ("email",),
    ),
    "reviews": (("rating", "text"), ("text", "product_id"), ("rating", "product_id", "customer_id")),
    "products": (("name", "price"), ("product_id", "name", "price"), ("product_id", "materials")),
    "posts": (
        ("impressions", "clicks"),
        ("likes", "comments"),
        ("likes", "shares"),
        ("text", "impressions"),
        ("text", "likes"),
        ("text", "shares", "posted_at"),
        ("reach", "likes"),
        ("impressions", "reach"),
        ("campaign", "spend"),
        ("text", "posted_at", "post_id"),
        ("text", "posted_at", "channel"),
    ),
    "metrics": (("date", "metric", "value"), ("date", "value")),
    "consents": (("customer_id", "purpose", "action"),),
    "interactions": (("customer_id", "product_id", "kind"),),
}
# What tells one post from the next; numbers by day, channel or query are no posts.
_NAMES_A_POST = frozenset(["post_id", "text", "title", "link", "campaign"])
# What is said of a person or of their order, never of a product on sale.
_OF_PEOPLE = frozenset(["email", "phone", "first_name", "last_name", "postcode", "birth_date", "order_number"])


@dataclass(frozen=True)
class KindGuess:
    """A kind that a table may be of, and how sure that is (0 to 1)."""

    kind: Kind
    confidence: float


@dataclass(frozen=True)
class ColumnMap:
    """One column and the field it holds; None means that it is kept as an attribute.

    ``maybe`` is the field that it may hold, where that is not sure enough to be mapped.
    """

    column: str
    field: str | None
    confidence: float = 1.0
    skip: bool = False
    maybe: str | None = None


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
        """Return the column that holds a field; the first, where several do."""
        return next(iter(self.columns_of(name)), None)

    def columns_of(self, name: str) -> tuple[str, ...]:
        """Return every column that holds a field, in the file's order."""
        return tuple(e.column for e in self.entries if e.field == name and not e.skip)

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
            if count > 1 and not known[name].many:
                both = self.columns_of(name)
                raise IntakeError(
                    f"The columns {' and '.join(f'“{c}”' for c in both)} are both mapped to "
                    f"{known[name].label}. Choose one of them."
                )
        missing = {f.name: f.label for f in known.values() if f.required and f.name not in self.fields()}
        if missing:
            raise IntakeError(
                f"No column is mapped to {' or '.join(missing.values())}, which a table of {kind} needs."
                + "".join(f" It may be “{e.column}”; map it by hand if so." for e in self.entries if e.maybe in missing)
            )
        if kind == "reviews" and not {"text", "rating"} & set(self.fields()):
            raise IntakeError("No column is mapped to Text or Rating. A review needs at least one of them.")

        wide = any(not e.field and not e.skip for e in self.entries)
        if kind == "metrics" and "value" not in self.fields() and not wide:
            raise IntakeError("No column holds numbers. Map one to Value, or keep one column for each metric.")

    def to_plain(self) -> dict[str, Any]:
        """Return the mapping as plain data."""
        return {"entries": [[e.column, e.field, e.confidence, e.skip, e.maybe] for e in self.entries]}

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Mapping:
        """Return the mapping that :meth:`to_plain` gave."""
        return cls(tuple(ColumnMap(*entry) for entry in data["entries"]))


def _known(kind: str) -> Kind:
    if kind not in get_args(Kind):
        raise IntakeError(f"There is no kind of table called “{kind}”. Use one of: {', '.join(KINDS)}.")
    return cast(Kind, kind)


def column_signature(columns: Sequence[str]) -> str:
    """Return a digest that is the same for files with the same columns."""
    return hashlib.sha256("\x1f".join(columns).encode()).hexdigest()


def detect_kind(columns: Sequence[str], sample: pd.DataFrame, fits: Fits | None = None) -> list[KindGuess]:
    """Return the kinds that a table may be of, the likeliest first; a known export's kind is all but sure."""
    known, fits = recognise(columns), fits or Fits(sample)
    guesses = []
    mappings = {kind: suggest_mapping(kind, columns, sample, fits) for kind in KINDS}
    reached = set(mappings["profiles"].fields()) & {"email", "phone"}
    found = {column: fits.role(column) for column in columns}
    elsewhere = _is_of_something_else(found, sample, mappings["profiles"].column_of("customer_id"))
    for kind, mapping in mappings.items():
        sure = set(mapping.fields())
        marks = max((len(m) for m in _MARKS[kind] if set(m) <= sure), default=0)
        needed = all(f.name in sure for f in FIELDS[kind] if f.required)
        share = len(sure) / max(1, len(columns))
        if kind == "metrics" and "date" in sure and _all_numbers(columns, sample, mapping):
            marks = max(marks, 3)
        if kind == "posts" and (reached or not sure & _NAMES_A_POST):
            marks = 0  # a post has no e-mail and no phone, whatever else its columns are called
        if kind == "products" and _OF_PEOPLE & set(found.values()):
            marks = 0  # a line of an order says what was bought and by whom
        score = (0.5 + 0.12 * marks + 0.2 * share) if marks and needed else 0.2 * share
        if kind == "profiles" and elsewhere:
            score = min(score, SURE_KIND - 0.01)  # whoever bought twice comes twice
        if known is not None:
            score = KNOWN if kind == known.kind else min(score, 0.2)
        guesses.append(KindGuess(kind, round(min(score, 0.99), 2)))
    guesses.sort(key=lambda g: -g.confidence)
    if guesses[0].confidence - guesses[1].confidence < APART:
        guesses[0] = replace(guesses[0], confidence=min(guesses[0].confidence, SURE_KIND - 0.01))
        guesses[1] = replace(guesses[1], confidence=min(guesses[1].confidence, SURE_KIND - 0.01))
    return guesses


def _all_numbers(columns: Sequence[str], sample: pd.DataFrame, mapping: Mapping) -> bool:
    """Say whether every column beside the date is a number: a wide table of metrics."""
    rest = [c for c in columns if c != mapping.column_of("date") and c in sample]
    return bool(rest) and len(rest) <= 60 and all(_number_share(sample[c]) > 0.8 for c in rest)


def _number_share(values: pd.Series) -> float:
    given = values.dropna()
    return float(to_number(given, decimal_comma=False).notna().mean()) if len(given) else 0.0


def _is_of_something_else(roles: dict[str, str | None], sample: pd.DataFrame, customers: str | None) -> bool:
    """Say whether rows have a number of their own that is no customer's: an order's, a payment's, a ticket's.

    A customer's "Last order id" is none.
    """
    numbered = [c for c, role in roles.items() if role == "order_number" and not _LAST.search(c)]
    numbered += [c for c in roles if plain_name(c) == "id" and customers not in (None, c)]
    return any(bool(sample[c].notna().mean() > 0.9) for c in numbered if c in sample)


def suggest_mapping(kind: str, columns: Sequence[str], sample: pd.DataFrame, fits: Fits | None = None) -> Mapping:
    """Suggest which column holds which field: by the registry of known exports, by names, by values.

    Parameters
    ----------
    sample : DataFrame
        The first rows, as text; used to doubt a name whose values do not fit.
    fits : Fits, optional
        What was told of that sample before.

    Raises
    ------
    IntakeError
        When there is no such kind of table.

    Notes
    -----
    Names and values give every pair of column and field a confidence; all pairs are then settled at
    once, each field and each column at most once, so that the sum of confidences is highest (Kuhn 1955,
    as ``scipy.optimize.linear_sum_assignment``). A pair below ``SURE``, or one that another column
    claims as well, is not mapped.
    """
    # The web process loads this module with the Data page and does without SciPy until a file is looked at.
    from scipy.optimize import linear_sum_assignment

    known, fits = recognise(columns), fits or Fits(sample)
    scores = _scores(_known(kind), columns, fits, known if known is not None and known.kind == kind else None)
    sure = np.where(scores >= SURE, scores, 0.0)
    rows, fields = linear_sum_assignment(sure, maximize=True)
    taken = dict(zip(rows.tolist(), fields.tolist(), strict=True))
    entries = [_entry(_known(kind), name, i, taken.get(i), scores) for i, name in enumerate(columns)]
    return with_personal(kind, _without_test_ids(Mapping(tuple(entries)), sample), sample, fits)


def _without_test_ids(mapping: Mapping, sample: pd.DataFrame) -> Mapping:
    """Ask for the post's id where one id stands beside several texts or titles: it is a test's or a campaign's."""
    own = mapping.column_of("post_id")
    words = [c for name in ("text", "title") for c in mapping.columns_of(name) if c in sample]
    if own is None or own not in sample or not words:
        return mapping
    again = sample[sample[own].notna() & sample[own].duplicated(keep=False)]
    if again.empty or again.groupby(own)[words].nunique().gt(1).any(axis=1).mean() <= 0.5:
        return mapping
    asked = ColumnMap(own, None, 0.0, maybe="post_id")
    return replace(mapping, entries=tuple(asked if e.column == own else e for e in mapping.entries))


def with_personal(kind: str, mapping: Mapping, sample: pd.DataFrame, fits: Fits | None = None) -> Mapping:
    """Return the mapping in which every column that says who somebody is has its field, unless set by hand.

    What a person settled (its confidence is 1) stays; so an older mapping, kept when such columns were
    attributes, is read with today's care.
    """
    known, fits = {f.name for f in FIELDS[_known(kind)] if f.identity}, fits or Fits(sample)
    entries = []
    for e in mapping.entries:
        role = None
        if not e.field and not e.skip and e.confidence < 1 and known:
            role = fits.role(e.column)
            role = role if role in known else _consent_of(_known(kind), e.column, fits)
        entries.append(ColumnMap(e.column, role, MORE) if role else e)
    return replace(mapping, entries=tuple(entries))


def _consent_of(kind: Kind, column: str, fits: Fits) -> str | None:
    """Return the consent field that another column of the file holds already: of two, the stricter counts."""
    by_name = {f: name_score(column, f, kind) for f in FIELDS[kind] if f.type == "consent"}
    # Values only take away from what the name says, and looking at them is dear in a file of many columns.
    scores = {f.name: score * fits.of(column, f, kind) for f, score in by_name.items() if score >= SURE}
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best is not None and scores[best] >= SURE else None


def _entry(kind: Kind, column: str, row: int, place: int | None, scores: np.ndarray) -> ColumnMap:
    """Return what one column holds, given the field that it was assigned."""
    names = [f.name for f in FIELDS[kind]]
    if place is not None and scores[row, place] >= SURE:
        best = float(scores[row, place])
        rivals = np.delete(scores[:, place], row)
        if best > SHORTENED or FIELDS[kind][place].many or not (rivals > best - NEAR).any():
            return ColumnMap(column, names[place], round(best, 2))
        return ColumnMap(column, None, 0.0, maybe=names[place])
    likeliest = int(scores[row].argmax())
    best = scores[:, likeliest].max()
    held = best > SHORTENED or best >= SURE > scores[row, likeliest]
    return ColumnMap(
        column, None, 0.0, maybe=names[likeliest] if scores[row, likeliest] > UNLIKE and not held else None
    )


def _scores(kind: Kind, columns: Sequence[str], fits: Fits, export: Export | None) -> np.ndarray:
    """Return the confidence of every pair of column and field, as an array of columns by fields."""
    scores = np.zeros((len(columns), len(FIELDS[kind])))
    for i, column in enumerate(columns):
        for j, target in enumerate(FIELDS[kind]):
            if export is not None and plain(column) in export.columns:
                score = KNOWN if export.columns[plain(column)] == target.name else 0.0
            else:
                score = name_score(column, target, kind)
                if export is not None and score < EXACT - 0.05 and not target.name.startswith("consent_"):
                    score = 0.0  # a known tool's other columns: only by a name that leaves no doubt
            if score:
                score *= max(fits.of(column, target, kind), _least(column, target))
            scores[i, j] = score - 1e-5 * i if score else 0.0
    return scores


def _least(column: str, target: Field) -> float:
    """Return the least that values may take off: a field called by our own name is meant, odd as they are.

    An id, an e-mail or a name is not: a wrong one merges people.
    """
    own = target.type != "id" and not target.identity and plain_name(column) == plain_name(target.name)
    return PERHAPS if own else 0.0


def label_of(kind: str, name: str) -> str:
    """Return a field's label."""
    return field_of(cast(Kind, kind), name).label
