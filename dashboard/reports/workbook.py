"""A report as a workbook: a sheet a table, figures as charts of the spreadsheet's own, no formula anywhere."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.reports.model import Cell, Figure, Report, Table
from dashboard.spreadsheet import safe_cell

SHEET_NAME = 31
LONGEST_CELL = 32_000
WIDEST = 60
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def to_xlsx(report: Report) -> bytes:
    """Return the report as an XLSX file. No cell of it is a formula."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "Report"
    lines: list[Sequence[Cell]] = [(report.title,), (report.subtitle,)]
    lines += [(report.banner,)] if report.banner else []
    lines += [(f"Made by {report.made_by} on {report.made_at:%Y-%m-%d at %H:%M UTC}.",)]
    for section in report.sections:
        lines += [(), (section.title,), *((sentence,) for sentence in section.sentences)]
    _fill(first, lines, bold={1})
    first.column_dimensions["A"].width = 110
    for section in report.sections:
        for figure in section.figures:
            sheet = _table_sheet(book, figure.title, figure.as_table())
            sheet.add_chart(_bars(sheet, figure), "G3")
        for table in section.tables:
            _table_sheet(book, section.title, table)
    if report.trails:
        rows = tuple((t.title, s.what, s.says) for t in report.trails for s in t.steps)
        _table_sheet(book, "Evidence", Table("From each post back to its evidence", ("Post", "What", "Says"), rows))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _table_sheet(book: Workbook, title: str, table: Table) -> Worksheet:
    sheet: Worksheet = book.create_sheet(_sheet_name(title, book.sheetnames))
    _fill(sheet, [(table.caption,), table.columns, *table.rows], bold={1, 2})
    sheet.freeze_panes = "A3"
    for index, column in enumerate(zip(table.columns, *table.rows, strict=True), start=1):
        longest = max(len(str(cell)) for cell in column if cell is not None)
        sheet.column_dimensions[get_column_letter(index)].width = min(WIDEST, max(10, longest + 2))
    return sheet


def _fill(sheet: Worksheet, rows: Iterable[Sequence[Cell]], bold: set[int]) -> None:
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, _written(value))
            cell.font = Font(bold=number in bold)
            if isinstance(value, str) and number > len(bold):
                cell.alignment = Alignment(wrap_text=True, vertical="top")


def _written(value: Cell) -> Cell:
    """Return a cell that the format can hold and that no spreadsheet runs."""
    if not isinstance(value, str):
        return value
    safe: str = safe_cell(ILLEGAL_CHARACTERS_RE.sub("", value))
    return safe[:LONGEST_CELL]


def _sheet_name(title: str, taken: Iterable[str]) -> str:
    """Return a name that fits a sheet and is not taken: names are compared without case."""
    used = {name.casefold() for name in taken}
    plain = _FORBIDDEN.sub(" ", ILLEGAL_CHARACTERS_RE.sub("", title)).strip() or "Table"
    for number in range(1, len(used) + 2):
        tail = "" if number == 1 else f" {number}"
        name = plain[: SHEET_NAME - len(tail)].strip() + tail
        if name.casefold() not in used:
            return name
    raise AssertionError("One more name than sheets is always free.")


def _bars(sheet: Worksheet, figure: Figure) -> BarChart:
    chart = BarChart()
    chart.type = "bar"
    chart.title = _written(figure.title)
    chart.legend = None
    last = 2 + len(figure.labels)
    chart.add_data(Reference(sheet, min_col=2, min_row=3, max_row=last))
    chart.set_categories(Reference(sheet, min_col=1, min_row=3, max_row=last))
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    return chart
