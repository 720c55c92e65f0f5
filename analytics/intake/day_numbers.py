"""Dates that only a whole column gives away: spreadsheet days, decimal years, 202405, Jan-24.

Such a cell alone could be anything, so a column is read so only when all of its cells fit, and refused with
the reason when they fit two ways. Spreadsheets count days from 1899-12-30, or from 1904-01-01 (ECMA-376, part 1,
18.17.4.1); R's ``time()`` writes months as twelfths of a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from analytics.intake.written_dates import MONTHS, plain_words

Shape = Literal["days", "decimal year", "year.month", "months", "weeks", "short months", "season"]
DAYS, DAYS_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)
FIRST_DAY, LAST_DAY = 30_000, 73_050  # 1982 to 2099; smaller numbers may be days since 1970
KEPT_CELLS = 20_000
_DAYS = re.compile(r"[3-7]\d{4}(?:[.,]\d+)?")
_DECIMAL_YEAR = re.compile(r"((?:19|20)\d{2})[.,](\d+)")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})")
_SHORT_MONTH = re.compile(r"([^\W\d_]{3,9})\.?[ -](\d{2})")
_SEASON = re.compile(r"((?:19|20)\d{2})[-/](\d{2})")
_FISCAL = re.compile(r"(?:fy|gj|fiscal year|exercice)\s*'?\d{2,4}.*|.*\bfy\s*'?\d{2,4}", re.IGNORECASE)
_PATTERNS = (_DAYS, _DECIMAL_YEAR, _COMPACT, _SHORT_MONTH)
_MONTH_COLUMN = re.compile(r"month|monat|mois|\bmes\b|mese|mês|maand", re.IGNORECASE)
_WEEK_COLUMN = re.compile(r"week|woche|semaine|semana|settimana|\bkw\b", re.IGNORECASE)


@dataclass(frozen=True)
class ShapeMarks:
    """The different cells of a column that need it whole, a sample of the others, and whether there are more."""

    cells: frozenset[str] = frozenset()
    seasons: frozenset[str] = frozenset()
    other: str = ""

    def __add__(self, more: ShapeMarks) -> ShapeMarks:
        cells = self.cells if len(self.cells) > KEPT_CELLS else self.cells | more.cells
        seasons = self.seasons if len(self.seasons) > KEPT_CELLS else self.seasons | more.seasons
        return ShapeMarks(cells, seasons, self.other or more.other)


def needs_column(cell: str, shape: Shape | None = None) -> bool:
    """Say whether a cell is a date only by the company it keeps; 2011-12 is one where no season is about."""
    if any(p.fullmatch(cell) is not None for p in _PATTERNS):
        return True
    return shape == "season" and _SEASON.fullmatch(cell) is not None


def may_need_column(cell: str) -> bool:
    """Say whether a cell may be a date only by the company it keeps, whatever the column is."""
    return needs_column(cell, "season")


def count_shapes(cells: Iterable[str]) -> ShapeMarks:
    """Sort a column's cells by whether they need the whole column to be read."""
    special, seasons, other = set(), set(), ""
    for raw in cells:
        cell = raw.strip()
        if _SEASON.fullmatch(cell):
            seasons.add(cell)
        elif any(p.fullmatch(cell) for p in _PATTERNS):
            special.add(cell)
        else:
            other = other or cell
    return ShapeMarks(frozenset(special), frozenset(seasons), other)


def column_shape(marks: ShapeMarks, column: str) -> tuple[Shape | None, str]:
    """Return how such cells of a column are read; where they are not, the reason in a sentence.

    Parameters
    ----------
    column : str
        The column's name: "month" and "week" in it count as said.
    """
    cells = marks.cells
    if not cells:
        following = all((int(c[2:4]) + 1) % 100 == int(c[5:]) for c in marks.seasons)
        if len(marks.seasons) > 1 and following and not marks.other:
            return "season", f"“{min(marks.seasons)}” may be a month or a season of two years."
        return None, ""
    if marks.other or marks.seasons:
        among = marks.other or min(marks.seasons)
        return None, f"“{min(cells)}” stands among dates such as “{among}”; alone it can be read in several ways."
    if all(map(_DAYS.fullmatch, cells)):
        inside = all(FIRST_DAY <= _float(c) <= LAST_DAY for c in cells)
        return ("days", "") if inside else (None, "Numbers of days before 1982 or after 2099 are not read.")
    if all(map(_DECIMAL_YEAR.fullmatch, cells)):
        return _year_shape(cells, column)
    if all(map(_COMPACT.fullmatch, cells)):
        return _compact_shape(cells, column)
    if all(map(_SHORT_MONTH.fullmatch, cells)):
        return _short_shape(cells)
    return None, f"The column mixes several ways of writing dates, such as “{min(cells)}” and “{max(cells)}”."


def _float(cell: str) -> float:
    return float(cell.replace(",", "."))


def _year_shape(cells: frozenset[str], column: str) -> tuple[Shape | None, str]:
    found = [(m[1], m[2]) for c in cells if (m := _DECIMAL_YEAR.fullmatch(c))]
    monthly = all(len(rest) == 2 and 1 <= int(rest) <= 12 for _, rest in found)
    if not monthly:
        return "decimal year", ""
    if _MONTH_COLUMN.search(column) or (len({y for y, _ in found}) > 1 and len({r for _, r in found}) > 2):
        return "year.month", ""
    return None, f"“{min(cells)}” may be a year with a month or a year with a fraction."


def _compact_shape(cells: frozenset[str], column: str) -> tuple[Shape | None, str]:
    found = [(m[1], int(m[2])) for c in cells if (m := _COMPACT.fullmatch(c))]
    top, low = max(n for _, n in found), min(n for _, n in found)
    if low < 1 or top > 53:
        return None, f"“{min(cells)}” and its like are neither months nor weeks."
    if top > 12:
        return "weeks", ""
    if _WEEK_COLUMN.search(column) and not _MONTH_COLUMN.search(column):
        return "weeks", ""
    if _MONTH_COLUMN.search(column) or (len({y for y, _ in found}) > 1 and top == 12 and low == 1):
        return "months", ""
    return None, f"“{min(cells)}” may be a month or a week of its year. Call the column month or week."


def _short_shape(cells: frozenset[str]) -> tuple[Shape | None, str]:
    found = [(plain_words(m[1]), m[2]) for c in cells if (m := _SHORT_MONTH.fullmatch(c))]
    if any(word not in MONTHS for word, _ in found):
        return None, ""
    months, numbers = {word for word, _ in found}, {number for _, number in found}
    if len(months) > 2 and len(numbers) <= max(1, len(found) // 3):
        return "short months", ""
    return None, f"“{min(cells)}” may be a month with its year or a day without one."


def read_shaped(cell: str, shape: Shape, *, from_1904: bool = False) -> datetime | None:
    """Return the moment (UTC) of one cell of a column of that shape."""
    try:
        return _read(cell.strip(), shape, DAYS_1904 if from_1904 else DAYS)
    except (ValueError, OverflowError):  # no such month or week
        return None


def _read(cell: str, shape: Shape, first_day: datetime) -> datetime | None:
    if shape == "season":
        return None
    if shape == "days":
        # Spreadsheets keep seconds as a fraction of a day, to fifteen digits.
        return first_day + timedelta(seconds=round(_float(cell) * 86_400)) if _DAYS.fullmatch(cell) else None
    if shape == "short months":
        word, number = _parts(_SHORT_MONTH, cell)
        return datetime(
            2000 + int(number) - (100 if int(number) >= 69 else 0), MONTHS[plain_words(word)], 1, tzinfo=UTC
        )
    if shape == "decimal year":
        year, rest = _parts(_DECIMAL_YEAR, cell)
        return _within_year(int(year), rest)
    year, rest = _parts(_DECIMAL_YEAR if shape == "year.month" else _COMPACT, cell)
    if shape == "weeks":
        return datetime.fromisocalendar(int(year), int(rest), 1).replace(tzinfo=UTC)
    return datetime(int(year), int(rest), 1, tzinfo=UTC)


def _parts(pattern: re.Pattern[str], cell: str) -> tuple[str, str]:
    found = pattern.fullmatch(cell)
    if found is None:
        raise ValueError("The cell is not written as the others are.")
    return found[1], found[2]


def _within_year(year: int, rest: str) -> datetime:
    """Return the day of a decimal year: a month's first where the fraction is a twelfth, as far as it is written."""
    part = float(f"0.{rest}")
    month = round(part * 12)
    if month < 12 and abs(part - month / 12) <= 0.5001 * 10 ** -len(rest):
        return datetime(year, month + 1, 1, tzinfo=UTC)
    first, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    return first + timedelta(days=int(part * (end - first).days + 1e-6))


def is_fiscal(cell: str) -> bool:
    """Say whether a cell names a fiscal year, which does not say when it begins."""
    return _FISCAL.fullmatch(cell.strip()) is not None
