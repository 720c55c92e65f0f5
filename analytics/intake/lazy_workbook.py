"""openpyxl's reader, without a whole sheet or every shared string being read before the first row.

Import it inside functions only: it loads openpyxl.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import DATA_TAG, DIMENSION_TAG
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_STRING, _PLAIN = f"{{{SHEET_MAIN_NS}}}si", f"{{{SHEET_MAIN_NS}}}t"


class _Strings:
    """A workbook's shared strings, read as far as cells have asked for them: they stand in order of use."""

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        self._known: list[str] = []
        self._rest = self._read(archive, part)

    def __getitem__(self, place: int) -> str:
        while place >= len(self._known):
            try:
                self._known.append(next(self._rest))
            except StopIteration:
                raise IndexError(f"There is no shared string {place}.") from None
        return self._known[place]

    @staticmethod
    def _read(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
        with archive.open(part) as stream:
            for _, node in iterparse(stream):
                if node.tag == _STRING:
                    text = _text(node).replace("x005F_", "")
                    node.clear()
                    yield text


def _text(node: Element) -> str:
    if len(node) == 1 and node[0].tag == _PLAIN:
        return node[0].text or ""
    content: str = Text.from_tree(node).content
    return content


class _Sheet(ReadOnlyWorksheet):
    """A sheet whose size is only what it says before its first row; many programs do not say it."""

    def _get_size(self) -> None:
        with self._get_source() as source:
            for _, node in iterparse(source, events=("start",)):
                if node.tag == DIMENSION_TAG:
                    edges = SheetDimension.from_tree(node).boundaries
                    self._min_column, self._min_row, self._max_column, self._max_row = edges
                    return
                if node.tag == DATA_TAG:
                    return


class _Reader(ExcelReader):
    def read_strings(self) -> None:
        found = self.package.find(SHARED_STRINGS)
        if found is not None:
            self.shared_strings = _Strings(self.archive, found.PartName[1:])

    def read_worksheets(self) -> None:
        for sheet, part in self.parser.find_sheets():
            if part.target in self.valid_files and "chartsheet" not in part.Type:
                opened = _Sheet(self.wb, sheet.name, part.target, self.shared_strings)
                opened.sheet_state = sheet.state
                self.wb._sheets.append(opened)


def open_workbook(handle: BinaryIO) -> Any:
    """Return an open workbook (``openpyxl.Workbook``), its values only; charts are no sheets to read."""
    reader = _Reader(handle, read_only=True, data_only=True)
    reader.read()
    return reader.wb
