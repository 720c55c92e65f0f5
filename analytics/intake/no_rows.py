"""Rows that are no rows: units and descriptions under the header, repeated headers, totals, footers.

Each is left out with its number and the reason. What looks like a total and cannot be shown to be one
is kept and flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pandas as pd

from analytics.intake.dates import to_moment
from analytics.intake.fields import FIELDS, Kind
from analytics.intake.mapping import Mapping
from analytics.intake.model import Table
from analytics.intake.numbers import to_number
from analytics.intake.reading import Reading
from analytics.intake.values import without_nothing

REPEATED = "The row repeats the column names, so it was left out."
DESCRIPTION = "The row describes the columns (units, questions or labels) and holds no values, so it was left out."
FOOTER = "The row is a remark below the table, so it was left out."
TOTAL = "The row is a total of other rows, so it was left out: it would count them twice."
PERHAPS_TOTAL = "Unlike the other rows, this one names nothing. If it is a total, take it out of the file."
HEAD_ROWS = 5
MOST_TOTALS = 0.05
WITHIN = 0.01
# What can be added up; a reach or a rate cannot, so a total need not agree in it.
ADDITIVE = frozenset(
    (
        *("impressions", "clicks", "likes", "comments", "shares", "saves", "follows", "engagements"),
        *("video_views", "spend", "conversions", "revenue"),
    )
)
_TOTAL_WORDS = re.compile(
    r"(grand|sub|report|overall|account|campaign)?[\s\-]*(totals?|summe|gesamt(summe)?|insgesamt|totale|somme|итого"
    r"|合計|总计)\b[\s:\-–—].*|(grand|sub)?[\s\-]*(totals?|sum|summary|summe|gesamt(summe|ergebnis)?|insgesamt|totale"
    r"|somme|итого|合計|总计)[\s:]*",
    re.I,
)
_FOOTER_WORDS = re.compile(
    r"(total|report|generated|exported|downloaded|created|printed|retrieved|source|note|notes|data as of|last updated"
    r"|as of|copyright|©|disclaimer|filters? applied|applied filters|page \d+ of|end of (report|file)|erstellt|quelle"
    r"|stand|exporté|généré|generado)\b.*|[*#†\-_=]{2,}.*|\*.*",
    re.I | re.S,
)
_UNIT = re.compile(
    r"[\[(]?([A-Z]{3}|[%$€£¥#]|n|count|number|integer|float|percent|units?|date|datetime|(yyyy|dd|mm)[-/. ].*)[\])]?"
)
_IMPORT_ID = re.compile(r'\{\s*"ImportId"')


@dataclass
class NoRows:
    """Row numbers known, from one reading of the file, to be no rows (with the reason) or perhaps none."""

    left_out: dict[int, str] = field(default_factory=dict)
    flagged: dict[int, str] = field(default_factory=dict)

    def of_chunk(self, frame: pd.DataFrame) -> dict[int, str]:
        """Return the rows of a chunk that are to be left out, each with its reason."""
        found = {row: self.left_out[row] for row in frame.index.intersection(list(self.left_out)).tolist()}
        found |= dict.fromkeys(_repeated_headers(frame), REPEATED)
        return found | dict.fromkeys(_footers(frame), FOOTER)


def find_no_rows(table: Table, kind: Kind, mapping: Mapping, reading: Reading) -> NoRows:
    """Look through a file for rows that are no rows.

    Only tables whose numbers are added up (posts and metrics) are read to their end, to see which row
    is the sum of others; of the rest the first rows are enough.
    """
    found = NoRows()
    sums = _Sums(kind, mapping, reading)
    for place, chunk in enumerate(table.chunks()):
        if place == 0:
            found.left_out |= dict.fromkeys(_descriptions(chunk.frame, kind, mapping), DESCRIPTION)
        if not sums.wanted:
            break
        sums.add(chunk.frame.drop(index=list(found.left_out), errors="ignore"))
    sums.judge(found)
    return found


def _repeated_headers(frame: pd.DataFrame) -> Iterator[int]:
    """Yield rows whose cells are the column names, as where files were put one below another."""
    named = [c for c in frame.columns if not c.startswith("Unnamed: ")]
    if len(named) < 2:
        return
    for row, cells in frame.loc[frame[named[0]] == named[0], named].iterrows():
        if all(isinstance(cell, str) and cell.strip() == name for name, cell in cells.items()):
            yield int(row)  # type: ignore[call-overload]


def _footers(frame: pd.DataFrame) -> Iterator[int]:
    """Yield rows of at least three columns whose only filled cell, the first, reads as a remark."""
    if len(frame.columns) < 3:
        return
    lone = frame[frame[frame.columns[-1]].isna() & frame[frame.columns[0]].notna()]
    lone = lone[lone[lone.columns[1:]].isna().all(axis=1)]
    for row, cell in lone[frame.columns[0]].items():
        if _FOOTER_WORDS.fullmatch(cell.strip()):
            yield int(row)  # type: ignore[call-overload]


def _descriptions(frame: pd.DataFrame, kind: Kind, mapping: Mapping) -> Iterator[int]:
    """Yield the first rows that hold words where all later rows hold numbers or dates."""
    head, body = frame.iloc[:HEAD_ROWS], frame.iloc[: 40 * HEAD_ROWS]
    typed = _typed_columns(body.iloc[2:], kind, mapping)
    for row, cells in head.iterrows():
        if any(isinstance(cell, str) and _IMPORT_ID.match(cell) for cell in cells):
            yield from (int(r) for r in head.index if r <= row)  # the questions stand above Qualtrics' import ids
            return
    for row in head.index:
        cells = head.loc[row, list(typed)]
        filled = [c for c in typed if isinstance(cells[c], str)]
        words = [cells[c].strip() for c in filled if not _is_value(cells[c], typed[c])]
        if not words or len(words) < len(filled) or not (len(words) > 1 or _UNIT.fullmatch(words[0])):
            return  # one odd word may be one odd value
        yield int(row)


def _typed_columns(body: pd.DataFrame, kind: Kind, mapping: Mapping) -> dict[str, str]:
    """Return the columns nearly all of whose cells are numbers or dates, with which of the two."""
    types = {mapping.column_of(f.name): f.type for f in FIELDS[kind] if f.type in ("number", "integer", "date")}
    found = {}
    for column in body.columns if len(body) else ():
        given = without_nothing(body[column]).dropna()
        wanted = "date" if types.get(column) == "date" else "number"
        if len(given) >= 1 and _are_values(given, wanted).mean() >= 0.9:
            found[column] = wanted
    return found


def _are_values(cells: pd.Series, wanted: str) -> pd.Series:
    read = to_moment(cells, day_first=None) if wanted == "date" else to_number(cells, decimal_comma=False)
    return read.notna()


def _is_value(cell: str, wanted: str) -> bool:
    return bool(_are_values(pd.Series([cell], dtype=object), wanted).iloc[0])


def _mostly_values(cells: pd.Series) -> bool:
    """Say whether a column holds numbers or dates rather than words."""
    given = cells.dropna().head(500)
    numbers, dates = to_number(given, decimal_comma=False), to_moment(given, day_first=None)
    return bool((numbers.notna() | dates.notna()).mean() >= 0.5)


class _Sums:
    """Sums of a file's counts, and the rows that may be such sums."""

    def __init__(self, kind: Kind, mapping: Mapping, reading: Reading) -> None:
        self._reading = reading
        by_field = {name: mapping.column_of(name) for name in mapping.fields()}
        self._typed = {c for name, c in by_field.items() if name in ADDITIVE and c} if kind == "posts" else set()
        self._kind, self._dates = kind, [by_field[n] for n in ("posted_at", "date") if by_field.get(n)]
        self._mapped = {c: n for n, c in by_field.items() if c}
        self.wanted = kind in ("posts", "metrics") and not (kind == "metrics" and "value" in by_field)
        self._rows, self._filled = 0, pd.Series(dtype=float)
        self._parts: list[pd.DataFrame] = []

    def add(self, frame: pd.DataFrame) -> None:
        """Take in a chunk: keep what may matter for a total."""
        self._rows += len(frame)
        self._filled = self._filled.add(frame.notna().sum(), fill_value=0)
        self._parts.append(frame)

    def judge(self, found: NoRows) -> None:
        """Say which rows are totals: named so, or naming nothing and equal to the sum of the others."""
        if not self.wanted or self._rows < 3:
            return
        frame = pd.concat(self._parts)
        marks = {c: self._reading.decimal_comma(c, frame[c]) for c in self._number_columns(frame)}
        numbers = {c: to_number(frame[c], decimal_comma=comma) for c, comma in marks.items()}
        if not numbers:
            return
        values = pd.DataFrame(numbers, index=frame.index)
        named = self._named_totals(frame, values)
        nameless = self._nameless(frame, values, named)
        for row in nameless:
            others = values.drop(index=[*named, *(r for r in nameless if r != row)]).drop(index=row)
            if _equal_sums(cast(pd.Series, values.loc[row]), others):
                found.left_out[row] = TOTAL
            else:
                found.flagged[row] = PERHAPS_TOTAL
        for row in named:
            found.left_out[row] = TOTAL

    def _number_columns(self, frame: pd.DataFrame) -> list[str]:
        if self._kind == "posts":
            return [c for c in frame.columns if c in self._typed]
        rest = [c for c in frame.columns if c not in self._mapped]
        return [c for c in rest if to_number(frame[c], decimal_comma=False).notna().mean() > 0.5]

    def _naming(self, frame: pd.DataFrame, values: pd.DataFrame) -> list[str]:
        """Return the columns of words that name what a row is about: filled in nearly every row."""
        words = [c for c in frame.columns if c not in values and c not in self._dates]
        told = [c for c in words if without_nothing(frame[c].str.strip(" -–—")).notna().mean() >= 0.6]
        return [c for c in told if not _mostly_values(frame[c])]

    def _named_totals(self, frame: pd.DataFrame, values: pd.DataFrame) -> list[int]:
        """Return rows with the word "total" in a short cell, and no date or no second name beside it."""
        words = [c for c in frame.columns if c not in values and self._mapped.get(c) != "text"]
        said = np.zeros(len(frame), dtype=bool)
        for column in words:
            said |= frame[column].str.strip().str.fullmatch(_TOTAL_WORDS).fillna(False).to_numpy(dtype=bool)
        rows = []
        for row in frame.index[said]:
            others = values.drop(index=frame.index[said])
            dated = any(
                _is_value(str(frame.at[row, c]), "date") for c in self._dates if isinstance(frame.at[row, c], str)
            )
            if (self._dates and not dated) or _equal_sums(cast(pd.Series, values.loc[row]), others):
                rows.append(int(row))
        return rows

    def _nameless(self, frame: pd.DataFrame, values: pd.DataFrame, named: list[int]) -> list[int]:
        """Return the few rows that name nothing, where nearly all others do."""
        naming = self._naming(frame, values)
        if naming:
            told = [without_nothing(frame[c].str.strip(" -–—")).isna().to_numpy() for c in naming]
            empty = np.logical_and.reduce(told)
        elif self._dates:
            empty = np.logical_and.reduce([without_nothing(frame[c]).isna().to_numpy() for c in self._dates])
        else:
            return []
        rows = [int(row) for row in frame.index[empty] if row not in named and values.loc[row].notna().any()]
        return rows if 0 < len(rows) <= max(1, MOST_TOTALS * len(frame)) else []


def _equal_sums(row: pd.Series, others: pd.DataFrame) -> bool:
    """Say whether a row's numbers are the sums of the others': most of them, and at least one that is not 0."""
    sums = others.sum()
    told = [c for c in row.index if pd.notna(row[c]) and (row[c] or sums[c])]
    if not told or len(others) < 2:
        return False
    near = [c for c in told if abs(row[c] - sums[c]) <= WITHIN * max(abs(row[c]), abs(sums[c]))]
    return len(near) > len(told) / 2
