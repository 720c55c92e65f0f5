"""What reading a file gives: a table, its chunks, and the rows that could not be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not taken. ``row`` is its number as a spreadsheet shows it (the header is row 1)."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Flag:
    """A row that was taken, with something a person should know about it."""

    row: int
    column: str
    value: str
    note: str


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file: text in every cell, missing ones None; the index is the row number."""

    frame: pd.DataFrame
    ragged: tuple[RejectedRow, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Table:
    """An opened file. Its chunks are read from the start at every call; ``title`` stands above the header.

    ``from_1904`` says that it counts days from 1904, as workbooks of old Macs do. ``choices`` are
    the encodings that it may have, each with a piece of the text in it, where nothing tells which.
    """

    format: str
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    read: Callable[[int], Iterator[Chunk]]
    progress: Callable[[], int]
    encoding: str | None = None
    delimiter: str | None = None
    from_1904: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    title: str | None = None

    @property
    def bytes_read(self) -> int:
        """How far into the file (as stored, in bytes) the newest reading has come."""
        return self.progress()

    def chunks(self, rows: int = 20_000) -> Iterator[Chunk]:
        """Yield the rows in file order, at most ``rows`` at a time."""
        return self.read(rows)

    def sample(self, rows: int = 50) -> pd.DataFrame:
        """Return the first rows."""
        parts: list[pd.DataFrame] = []
        for chunk in self.read(rows):
            parts.append(chunk.frame)
            if sum(map(len, parts)) >= rows:
                break
        return pd.concat(parts).head(rows) if parts else pd.DataFrame(columns=list(self.columns), dtype=object)
