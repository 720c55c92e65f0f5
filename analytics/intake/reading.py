"""How a file writes its numbers and dates: told from all cells of a column, asked where they do not tell."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from analytics.intake.consent_words import UNCLEAR, speaks_of_consent, to_actions
from analytics.intake.dates import DateMarks, count_orders, day_order, to_moment
from analytics.intake.day_numbers import (
    Shape,
    ShapeMarks,
    column_shape,
    count_shapes,
    is_fiscal,
    may_need_column,
    read_shaped,
)
from analytics.intake.errors import IntakeError
from analytics.intake.fields import FIELDS, Field, Kind
from analytics.intake.mapping import Mapping
from analytics.intake.model import Table
from analytics.intake.naming import plain_name
from analytics.intake.numbers import Mark, Marks, count_marks, decimal_mark, is_open, parse_number
from analytics.intake.options import Options
from analytics.intake.values import without_nothing

LONGEST_VALUE, TIMED_CELLS = 40, 32_000
_COUNTS = "impressions reach clicks likes comments shares saves follows engagements video_views"
_COUNTED = frozenset(_COUNTS.split())
# The field that says when a row happened, of the kinds that can do without one.
_WHEN = {"posts": "posted_at", "reviews": "reviewed_at", "interactions": "at", "consents": "at"}
_NAMED_DATE = re.compile(
    r"dat(e|um|a)\b|\b(time|day|created|published|posted|sent|zeitpunkt|fecha|tag|jour)\b", re.IGNORECASE
)
_DATE_LIKE = re.compile(r"\d\D{1,3}\d|\d{4}|[^\W\d]{3,}\.? \d")


@dataclass(frozen=True)
class Question:
    """Something about a column that only a person can say: the two readings of one of its cells."""

    column: str
    about: Literal["decimal", "order", "encoding", "consent"]
    text: str
    answers: tuple[tuple[str, str], ...]


def unread_consents(kind: str, mapping: Mapping, sample: pd.DataFrame) -> tuple[Question, ...]:
    """Return a question for every column that says yes or no to something of which the file does not say what."""
    if kind == "consents":
        return _unread_moments(mapping, sample)
    if kind != "profiles":
        return ()
    fields = ", ".join(f.name for f in FIELDS["profiles"] if f.type == "consent")
    asked = []
    for e in mapping.entries:
        left_open = not e.field and not e.skip and e.confidence < 1 and speaks_of_consent(plain_name(e.column))
        if left_open and e.column in sample and (to_actions(sample[e.column]).dropna() != UNCLEAR).mean() > 0.5:
            text = (
                f"“{e.column}” says who agreed, but not to which purpose. Map it to one of {fields}, or leave it out "
                f'(on the command line: --map "{e.column}=consent_personalisation" or --map "{e.column}=-")'
            )
            asked.append(Question(e.column, "consent", f"{text}.", ()))
    return tuple(asked)


def _unread_moments(mapping: Mapping, sample: pd.DataFrame) -> tuple[Question, ...]:
    """Ask of every other column of dates whether it says when a consent was given, or until when it holds."""
    open_ = [e.column for e in mapping.entries if not e.field and not e.skip and e.confidence < 1]
    return tuple(
        Question(
            column,
            "consent",
            f"“{column}” holds dates. Map it to at (when it was said) or to expires_at (until when it holds), or leave "
            f'it out (on the command line: --map "{column}=expires_at" or --map "{column}=-").',
            (),
        )
        for column in open_
        if column in sample and _hold_dates(sample[column])
    )


def undated(kind: str, mapping: Mapping, sample: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence where no column says when the rows happened, and names those that may."""
    target = _WHEN.get(kind)
    if target is None or target in mapping.fields() or sample.dropna(how="all").empty:
        return ()
    rest = [e.column for e in mapping.entries if not e.field and not e.skip and e.column in sample]
    dates = [c for c in rest if _hold_dates(sample[c])]
    named = [c for c in rest if c not in dates and _NAMED_DATE.search(c) and sample[c].notna().any()]
    said = f"No column is mapped to {target}, so no row will have a date, and nothing can be told over time."
    for columns, what in ((dates, "may say when"), (named, "may say when, but cannot be read as dates")):
        if columns:
            shown = ", ".join(f"“{c}”" for c in columns[:4])
            said += f" {shown} {what} (on the command line: --map “{columns[0]}={target}”)."
    return (said,)


def _hold_dates(cells: pd.Series) -> bool:
    given = without_nothing(cells).dropna()
    given = given[given.str.contains(_DATE_LIKE)]
    enough = len(given) and len(given) >= 0.5 * cells.notna().sum()
    return bool(enough and to_moment(given, day_first=True).notna().mean() > 0.5)


@dataclass(frozen=True)
class Evidence:
    """What the cells of each column show. ``whole`` says whether all rows were looked at."""

    marks: Lookup[str, Marks] = field(default_factory=dict)
    dates: Lookup[str, DateMarks] = field(default_factory=dict)
    shapes: Lookup[str, ShapeMarks] = field(default_factory=dict)
    whole: bool = True


def gather(table: Table, columns: Iterable[str] | None = None, seconds: float | None = None) -> Evidence:
    """Look at the cells of some columns (all, by default), until the time is up: then a few rows at a time."""
    wanted = tuple(c for c in table.columns if columns is None or c in set(columns))
    marks, dates = dict.fromkeys(wanted, Marks()), dict.fromkeys(wanted, DateMarks())
    shapes = dict.fromkeys(wanted, ShapeMarks())
    end = time.monotonic() + seconds if seconds is not None else None
    for chunk in table.chunks(20_000 if end is None else max(20, TIMED_CELLS // (len(wanted) or 1))):
        for column in wanted:
            short = [c for c in chunk.frame[column].unique() if c is not None and len(c) <= LONGEST_VALUE]
            marks[column] += count_marks(short)
            dates[column] += count_orders(short)
            shapes[column] += count_shapes(without_nothing(pd.Series(short, dtype=object)).dropna())
        if end is not None and time.monotonic() > end:
            return Evidence(marks, dates, shapes, whole=False)
    return Evidence(marks, dates, shapes)


def number_columns(kind: Kind, mapping: Mapping) -> dict[str, Field | None]:
    """Return the columns that are read as numbers, each with its field (None in a wide table of metrics)."""
    found: dict[str, Field | None] = {}
    for target in FIELDS[kind]:
        column = mapping.column_of(target.name) if target.type in ("number", "integer") else None
        if column is not None:
            found[column] = target
    if kind == "metrics" and "value" not in mapping.fields():
        found.update((e.column, None) for e in mapping.entries if not e.field and not e.skip)
    return found


def date_columns(kind: Kind, mapping: Mapping) -> tuple[str, ...]:
    """Return the columns that are read as dates."""
    found = (mapping.column_of(f.name) for f in FIELDS[kind] if f.type == "date")
    return tuple(column for column in found if column is not None)


def column_mark(
    column: str, target: Field | None, evidence: Evidence, others: Iterable[str], delimiter: str | None
) -> Mark | None:
    """Return the decimal mark of a column with open cells, None where it must be asked."""
    own = evidence.marks[column]
    used: Mark = "." if own.open_point else ","
    if target is not None and not (own.open_point and own.open_comma) and not (own.point or own.comma):
        if target.high is not None and target.high < 1000:
            return used  # thousands would be out of its bounds
        if target.low is not None and target.low >= 1000:
            return "," if used == "." else "."
    whole = target is not None and (target.type == "integer" or target.name in _COUNTED)
    rest = sum((evidence.marks[c] for c in others if c != column), Marks())
    return decimal_mark(own, rest, delimiter, whole=whole)


def questions(
    evidence: Evidence, kind: Kind, mapping: Mapping, options: Options, delimiter: str | None
) -> tuple[Question, ...]:
    """Return what has to be asked before the file can be read."""
    numbers = {c: f for c, f in number_columns(kind, mapping).items() if c in evidence.marks}
    asked = [
        _decimal_question(column, evidence.marks[column].example)
        for column, target in numbers.items()
        if evidence.marks[column].open
        and options.comma_in(column) is None
        and column_mark(column, target, evidence, numbers, delimiter) is None
    ]
    days = [c for c in date_columns(kind, mapping) if c in evidence.dates]
    if options.day_first is None:
        asked += [
            _order_question(column, evidence.dates[column].example)
            for column in days
            if evidence.dates[column].either and _order(column, evidence, days, numbers) is None
        ]
    return tuple(asked)


def remarks(evidence: Evidence, kind: Kind, mapping: Mapping, *, from_1904: bool = False) -> tuple[str, ...]:
    """Return what to know about date columns whose cells are dates only by the company they keep."""
    said = []
    for column in (c for c in date_columns(kind, mapping) if c in evidence.shapes):
        shape, problem = column_shape(evidence.shapes[column], column)
        if problem:
            said.append(f"Column “{column}”: {problem} It is not read.")
        elif shape is not None:
            example = min(evidence.shapes[column].cells)
            day = read_shaped(example, shape, from_1904=from_1904)
            start = " as a spreadsheet's number of a day" if shape == "days" else ""
            said += [f"Column “{column}”: “{example}” is read{start}: {day:%Y-%m-%d}."] if day else []
    return tuple(said)


def _order(column: str, evidence: Evidence, days: Iterable[str], numbers: Iterable[str]) -> bool | None:
    rest = sum((evidence.dates[c] for c in days if c != column), DateMarks())
    marks = sum((evidence.marks[c] for c in numbers), Marks())
    return day_order(evidence.dates[column], rest, decimal_comma=bool(marks.comma and not marks.point))


def _decimal_question(column: str, example: str) -> Question:
    point, comma = (parse_number(example, decimal_comma=c) for c in (False, True))
    text = (
        f"Column “{column}”: “{example}” is {point:,.10g} with a decimal point and {comma:,.10g} with a decimal comma, "
        f"and the file does not tell which. Say it (on the command line: --decimal “{column}=point” or "
        f"“{column}=comma”)."
    )
    answers = (("point", f"A point: {example} is {point:,.10g}"), ("comma", f"A comma: {example} is {comma:,.10g}"))
    return Question(column, "decimal", text, answers)


def encoding_question(choices: tuple[tuple[str, str], ...]) -> Question:
    """Ask in which encoding a file is written, by what its first letters beyond ASCII are in each."""
    shown = "; ".join(f"{name}: “{piece}”" for name, piece in choices)
    text = (
        "The file is not UTF-8, and its letters do not tell in which encoding it is written. Say the one that is right "
        f"(on the command line: --encoding NAME). {shown}."
    )
    return Question("", "encoding", text, tuple((name, f"{name}: {piece}") for name, piece in choices))


def _order_question(column: str, example: str) -> Question:
    text = (
        f"Column “{column}”: in “{example}” the day or the month may come first, and the file does not tell which. "
        "Say it (on the command line: --day-first or --month-first)."
    )
    return Question(column, "order", text, (("day", "The day comes first"), ("month", "The month comes first")))


class Reading:
    """How one file's columns are read, settled when the first cell that hangs on it comes by."""

    def __init__(self, table: Table, kind: Kind, mapping: Mapping, options: Options) -> None:
        self._table, self._kind, self._mapping, self._options = table, kind, mapping, options
        self._from_1904 = table.from_1904 if options.from_1904 is None else options.from_1904
        self._evidence: Evidence | None = None
        self._comma: dict[str, bool] = {}
        self._order: dict[str, bool] = {}
        self._shape: dict[str, Shape | None] = {}
        self._dated: set[str] = set()

    def decimal_comma(self, column: str, cells: pd.Series) -> bool:
        """Return whether a comma is the decimal mark of a column.

        Raises
        ------
        IntakeError
            When one of the cells hangs on it and the whole file does not tell.
        """
        said = self._options.comma_in(column)
        if said is not None:
            return said
        if column not in self._comma:
            if not any(is_open(c) for c in cells.unique() if c is not None and len(c) <= LONGEST_VALUE):
                return False
            numbers = number_columns(self._kind, self._mapping)
            found = self._gathered()
            mark = column_mark(column, numbers.get(column), found, numbers, self._table.delimiter)
            if mark is None:
                raise IntakeError(_decimal_question(column, found.marks[column].example).text)
            self._comma[column] = mark == ","
        return self._comma[column]

    def day_first(self, column: str, cells: pd.Series) -> bool:
        """Return whether the day comes first in a column's dates.

        Raises
        ------
        IntakeError
            When one of the cells hangs on it and the whole file does not tell.
        """
        if self._options.day_first is not None:
            return self._options.day_first
        if column not in self._order:
            seen = count_orders(c for c in cells.unique() if c is not None)
            if not seen.either:
                return True
            found, days = self._gathered(), date_columns(self._kind, self._mapping)
            order = _order(column, found, days, number_columns(self._kind, self._mapping))
            if order is None:
                raise IntakeError(_order_question(column, found.dates[column].example).text)
            self._order[column] = order
        return self._order[column]

    def moments(self, column: str, cells: pd.Series) -> pd.Series:
        """Return a chunk's dates of a column (UTC); an unreadable one is NaT.

        Raises
        ------
        IntakeError
            When the order of day and month has to be asked, or no date of the whole column can be read.
        """
        read = self._read_dates(column, cells)
        if column not in self._dated:
            if read.isna().all() and without_nothing(cells).notna().any():
                self._refuse_lost(column)
            elif read.notna().any():
                self._dated.add(column)
        return read

    def _read_dates(self, column: str, cells: pd.Series) -> pd.Series:
        order, shape = self.day_first(column, cells), self._column_shape(column, cells)
        return to_moment(cells, day_first=order, shape=shape, from_1904=self._from_1904)

    def _column_shape(self, column: str, cells: pd.Series) -> Shape | None:
        if column not in self._shape:
            if not any(may_need_column(c.strip()) for c in cells.unique() if c is not None):
                return None
            self._shape[column] = column_shape(self._gathered().shapes[column], column)[0]
        return self._shape[column]

    def _refuse_lost(self, column: str) -> None:
        """Refuse the file when none of a date column's cells can be read; dates in later rows save it."""
        given, row, fiscal = 0, 0, False
        for chunk in self._table.chunks():
            cells = without_nothing(chunk.frame[column]).dropna()
            if len(cells) and self._read_dates(column, cells).notna().any():
                self._dated.add(column)
                return
            given, row = given + len(cells), row or int(next(iter(cells.index), 0))
            fiscal = fiscal or bool(cells.map(is_fiscal).any())
        why = column_shape(self._gathered().shapes[column], column)[1] if column in self._shape else ""
        if fiscal:
            why = "A fiscal year does not say when it begins."
        raise IntakeError(
            f"Column “{column}” is to hold dates, but none of its {given:,} filled cells can be read as one (the first "
            f"is in row {row:,}). {why}{' ' if why else ''}Write them like 2024-05-29, or map the column to no date."
        )

    def _gathered(self) -> Evidence:
        if self._evidence is None:
            columns = (*number_columns(self._kind, self._mapping), *date_columns(self._kind, self._mapping))
            self._evidence = gather(self._table, columns)
        return self._evidence
