"""Excel workbooks, as the same chunks of text that a CSV gives."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from analytics.intake.cells import SHOWN, make_chunk
from analytics.intake.dialect import name_columns
from analytics.intake.errors import IntakeError
from analytics.intake.headers import ROWS_SEARCHED, header_index, header_note, rows_above
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, Flag, RejectedRow
from analytics.intake.structured import as_text

BLANK_ROWS = 1_000
LAST_ROW = 1_048_576  # of a sheet, as Excel has them
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Sheet:
    """The sheet that is read. ``header`` is the row number of its column names, ``above`` the rows before it."""

    name: str
    header: int
    columns: tuple[str, ...]
    rows: int
    notes: tuple[str, ...]
    above: tuple[RejectedRow, ...] = ()
    from_1904: bool = False


def open_sheet(path: Path, limits: Limits, wanted: str | None = None, header_row: int | None = None) -> Sheet:
    """Find the sheet to read: the one asked for, or the first that holds anything; find its header.

    Raises
    ------
    IntakeError
        When the workbook is damaged, locked, empty, too large, or has no such sheet.
    """
    _refuse_large(path, limits)
    with _Book(path) as book:
        names = book.sheet_names()
        if wanted is not None and wanted not in names:
            raise IntakeError(f"The workbook has no sheet “{wanted}”. It has: {', '.join(names)}.")
        named = None
        for name in names if wanted is None else (wanted,):
            filled = ((n, row) for n, row, _ in islice(book.rows(name), BLANK_ROWS) if _holds(row))
            first = next(filled, None)
            if first is None:
                continue
            if next(filled, None) is None and not book.goes_on(name, first[0]):
                named = named or name
                continue
            sheet = _sheet(name, _first_rows(book, name, first[0]), first[0], header_row, limits)
            several = (f"The workbook has {len(names)} sheets; “{name}” was read.",) if len(names) > 1 else ()
            rows, from_1904 = book.declared_rows(name), book.from_1904
            return replace(sheet, rows=rows, notes=(*several, *sheet.notes), from_1904=from_1904)
    if named is not None:
        raise IntakeError(f"The sheet “{named}” has column names but no rows. Export it again with its rows.")
    raise IntakeError("The workbook is empty. Export it again and check that it has rows.")


def _holds(cells: Row) -> bool:
    return any(cell is not None and cell != "" for cell in cells)


def _refuse_large(path: Path, limits: Limits) -> None:
    """Refuse a workbook by the size it declares, before unpacking any of it."""
    with zipfile.ZipFile(path) as archive:
        declared = sum(member.file_size for member in archive.infolist())
    if declared > limits.max_sheet_bytes:
        raise IntakeError(
            f"The workbook says it holds {declared // 2**20:,} MB; at most "
            f"{limits.max_sheet_bytes // 2**20:,} MB are read. Save the sheet as CSV instead."
        )


def _first_rows(book: _Book, name: str, first: int) -> list[list[str]]:
    """Return a sheet's first rows from row ``first`` on, up to where it is damaged, which reading it will say."""
    rows: list[list[str]] = []
    try:
        for number, row, _ in book.rows(name):
            if number - first >= ROWS_SEARCHED:
                break
            if number >= first:
                rows += [[] for _ in range(number - first - len(rows))]
                rows.append([as_text(cell) or "" for cell in row])
    except IntakeError:
        if not rows:
            raise
    return rows


def _sheet(name: str, rows: list[list[str]], first: int, header_row: int | None, limits: Limits) -> Sheet:
    """Find the header among a sheet's first rows; ``first`` is the number of the first of them."""
    place = header_index(rows, None if header_row is None else header_row - first + 1)
    above = rows_above(rows, place, first)
    columns, notes = _columns(rows[place], limits)
    return Sheet(name, first + place, columns, 0, (*header_note(above, first + place), *notes), above)


def _columns(cells: list[str], limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = list(cells)
    while not names[-1]:
        names.pop()
    if len(names) > limits.max_columns:
        raise IntakeError(f"The sheet has {len(names):,} columns; at most {limits.max_columns:,} are read.")
    return name_columns(names)


class _Book:
    """An open workbook, whatever goes wrong inside it said in one sentence."""

    def __init__(self, path: Path) -> None:
        # Opened here, because openpyxl refuses a path that does not end in .xlsx, as an upload's does not.
        self._handle = path.open("rb")
        from analytics.intake.lazy_workbook import open_workbook  # 6 MiB that a process without workbooks does not need

        try:
            self._book = open_workbook(self._handle)
        except Exception as error:  # openpyxl lets many kinds of error through on a damaged file
            self._handle.close()
            raise IntakeError("The workbook is damaged or locked. Save it again as XLSX or CSV.") from error

    def __enter__(self) -> _Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self._handle.close()

    def sheet_names(self) -> tuple[str, ...]:
        return tuple(sheet.title for sheet in self._book.worksheets)

    @property
    def from_1904(self) -> bool:
        return bool(self._book.epoch.year == 1904)

    def declared_rows(self, name: str) -> int:
        return int(self._book[name].max_row or 0)

    def goes_on(self, name: str, row: int) -> bool:
        """Say whether anything stands below a row."""
        return any(number > row and _holds(cells) for number, cells, _ in self.rows(name))

    def rows(self, name: str) -> Iterator[tuple[int, Row, str]]:
        """Yield each stored row's number, its cells, and the number that the file gives it where that is not so.

        A sheet names its rows itself. Numbers that go back, or beyond the last row that there can be, are
        counted on instead: no row is passed over, and none is made up between far apart ones.
        """
        number = 0
        parsed = self._parsed(name)
        while True:
            try:
                said, cells = next(parsed)
            except StopIteration:
                return
            except Exception as error:  # XML, zip and value errors of a damaged sheet
                raise IntakeError(
                    f"The sheet “{name}” is damaged after row {number:,}. Save it again as XLSX or CSV."
                ) from error
            sound = number < said <= LAST_ROW
            number = said if sound else number + 1
            yield number, cells, "" if sound else str(said)[:20]

    def _parsed(self, name: str) -> Iterator[tuple[int, Row]]:
        # openpyxl's own iterator makes up every row that is missing before a large number.
        from openpyxl.worksheet._reader import WorkSheetParser

        book, sheet = self._book, self._book[name]
        with sheet._get_source() as source:
            parser = WorkSheetParser(
                source,
                sheet._shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for said, cells in parser.parse():
                values: list[Any] = [None] * max((cell["column"] for cell in cells), default=0)
                for cell in cells:
                    values[cell["column"] - 1] = cell["value"]
                yield said, tuple(values)


def sheet_chunks(path: Path, sheet: Sheet, rows: int, limits: Limits, at_row: Callable[[int], None]) -> Iterator[Chunk]:
    """Yield the rows of a sheet as text; rows with cells beyond the named columns are rejected."""
    width = len(sheet.columns)
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = list(sheet.above)
    flags: list[Flag] = []
    odd = False
    with _Book(path) as book:
        for number, row, said in book.rows(sheet.name):
            cells = [as_text(cell) for cell in row]
            if said and not odd and any(cells) and number > sheet.header:
                odd = True
                flags.append(Flag(number, "", said, f"The sheet calls this row {said}; rows are counted as they come."))
            if number <= sheet.header or not any(cells):
                continue
            if any(cells[width:]):
                rejected.append(_wide(number, cells, width))
            else:
                kept.append([*cells[:width], *[None] * (width - len(cells))])
                numbers.append(number)
            if len(kept) >= rows or len(rejected) >= rows:
                at_row(number)
                yield _chunk(kept, numbers, rejected, flags, sheet, limits)
                kept, numbers, rejected, flags = [], [], [], []
    if kept or rejected:
        yield _chunk(kept, numbers, rejected, flags, sheet, limits)


def _wide(number: int, cells: list[str | None], width: int) -> RejectedRow:
    shown = ", ".join(cell for cell in cells[width:] if cell)[:SHOWN]
    return RejectedRow(number, "", shown, f"The row has cells beyond the {width} named columns. Name those columns.")


def _chunk(
    kept: list[list[str | None]],
    numbers: list[int],
    rejected: list[RejectedRow],
    flags: list[Flag],
    sheet: Sheet,
    limits: Limits,
) -> Chunk:
    columns = list(zip(*kept, strict=True)) or [()] * len(sheet.columns)
    cells = dict(zip(sheet.columns, columns, strict=True))
    return make_chunk(cells, numbers, limits, tuple(rejected), tuple(flags))
