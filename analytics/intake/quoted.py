"""Read a delimited file record by record, so that a broken quotation mark costs one row and not the rest."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FIELD_CHARACTERS = 2**24
LINES_IN_A_ROW = 2_000


@dataclass(frozen=True)
class Record:
    """One record: its cells, or None and the line whose quotation mark never closes."""

    number: int
    cells: list[str] | None
    line: str = ""


class _Lines(Iterator[str]):
    """Lines that can be put back; remembers those of the present record."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source, self._back = iter(lines), deque[str]()
        self.taken: list[str] = []

    def __next__(self) -> str:
        if len(self.taken) >= LINES_IN_A_ROW:
            raise csv.Error("a quotation mark stays open")
        line = self._back.popleft() if self._back else next(self._source)
        self.taken.append(line)
        return line

    def put_back_all_but_first(self) -> None:
        self._back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Yield every record with its number (the first is 1; a blank line counts, a multi-line record is one).

    A record that runs over lines must be quoted by the book. Where it is not, its first line is
    yielded without cells and reading goes on at the next line.
    """
    csv.field_size_limit(FIELD_CHARACTERS)
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    number = 0
    while True:
        source.taken.clear()
        number += 1
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if not source.taken:
                return
            cells = None if len(source.taken) > 1 else _forgiving(source.taken[0], delimiter)
            source.put_back_all_but_first()
            # A reader that was stopped inside a quotation remembers it: begin a fresh one.
            reader = csv.reader(source, delimiter=delimiter, strict=True)
        yield Record(number, cells, "" if cells is not None else source.taken[0])


def _forgiving(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line with a stray quotation mark; None where the mark swallows the line's end."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return None
    return None if cells and cells[-1].endswith(("\n", "\r")) else cells
