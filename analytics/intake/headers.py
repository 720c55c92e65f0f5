"""Which row of a table names its columns: reports put titles, date ranges and remarks above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from analytics.intake.errors import IntakeError
from analytics.intake.model import RejectedRow

ROWS_SEARCHED = 200
SHOWN = 200
ABOVE = "The row stands above the column names, as a report's title or remark, so it was left out."
_VALUE = re.compile(r"[\s(+\-−$€£¥]*\d[\d\s.,:/%'’TZ+\-−)]*[%€$]?|\S+@\S+\.\S+|https?://\S+")


def header_index(rows: Sequence[Sequence[str]], wanted: int | None = None) -> int:
    """Return which row names the columns, counted from 0.

    It is the first row that is not much narrower than most rows below it. A row counts as far as
    its last filled cell, so commas that only pad a title do not make it wide.

    Parameters
    ----------
    rows : sequence of rows
        The first rows of the table, blank ones included.
    wanted : int, optional
        The header's row as a person named it, counted from 1.

    Raises
    ------
    IntakeError
        When the named row is not there or is blank.
    """
    widths = [_width(row) for row in rows]
    if wanted is not None:
        if not 1 <= wanted <= len(rows) or not widths[wanted - 1]:
            raise IntakeError(
                f"Row {wanted} cannot hold the column names: it is blank or beyond the first {len(rows)} rows. "
                "Name the row as a spreadsheet shows it, counted from 1."
            )
        return wanted - 1
    first = next((i for i, width in enumerate(widths) if width), 0)
    usual = _usual(widths)
    if usual < 2 or not _is_title(rows[first], usual):
        return first
    found = next((i for i in range(first, len(rows)) if not _is_title(rows[i], usual)), first)
    return found if _names(rows[found]) else first


def rows_above(rows: Sequence[Sequence[str]], header: int, first: int = 1) -> tuple[RejectedRow, ...]:
    """Return the filled rows above the header as rows left out; ``first`` is the first row's number."""
    return tuple(
        RejectedRow(number, "", " | ".join(cell.strip() for cell in row if cell.strip())[:SHOWN], ABOVE)
        for number, row in enumerate(rows[:header], start=first)
        if _width(row)
    )


def title_above(above: Sequence[RejectedRow]) -> str | None:
    """Return a report's title: the last row of one cell above the header, unless it is a comment."""
    lone = [row.value for row in above if " | " not in row.value and not row.value.startswith("#")]
    return lone[-1] if lone else None


def header_note(above: Sequence[RejectedRow], number: int) -> tuple[str, ...]:
    """Return the sentence that says where the header was found, where that is not the first filled row."""
    if not above:
        return ()
    those = "1 row above it was" if len(above) == 1 else f"{len(above)} rows above it were"
    return (f"Row {number} was read as the column names; {those} left out. Name another row if that is wrong.",)


def _width(row: Sequence[str]) -> int:
    """Return how far a row reaches: the place of its last filled cell."""
    return next((i for i in range(len(row), 0, -1) if row[i - 1].strip()), 0)


def _usual(widths: Sequence[int]) -> int:
    """Return the width that covers most cells, so that eight short remarks do not outweigh two wide rows."""
    cells = Counter[int]()
    for width in widths:
        cells[width] += width
    return max(cells, key=lambda width: (cells[width], width), default=0)


def _is_title(row: Sequence[str], usual: int) -> bool:
    """Say whether a row is blank, or far narrower than the table: one or two cells, or under half its width."""
    filled = sum(1 for cell in row if cell.strip())
    width = _width(row)
    if width >= usual - 1 and filled >= max(2, min(4, usual // 2)):
        return False
    if usual == 2:
        return filled < 2
    return filled <= 2 or width <= usual // 2


def _names(row: Sequence[str]) -> bool:
    """Say whether a row's cells read as names rather than as numbers, dates or addresses."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return sum(1 for cell in filled if _VALUE.fullmatch(cell)) <= len(filled) // 4
