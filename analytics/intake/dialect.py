"""How a delimited file is written: its encoding, its delimiter and its columns."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import BinaryIO

from analytics.intake.encodings import detect_encoding
from analytics.intake.errors import IntakeError
from analytics.intake.headers import ROWS_SEARCHED, header_index, header_note, rows_above
from analytics.intake.limits import Limits
from analytics.intake.model import RejectedRow
from analytics.intake.quoted import FIELD_CHARACTERS

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 256 * 1024
SEARCH_BYTES = 512 * 2**20


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written.

    ``header`` is the row number of its column names, ``lines`` how many lines stand before it, ``above``
    the filled rows among them.
    """

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    header: int = 1
    lines: int = 0
    above: tuple[RejectedRow, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


def detect(stream: BinaryIO, limits: Limits, header_row: int | None = None, encoding: str | None = None) -> Dialect:
    """Find out how a delimited file is written, as far as its header row and encoding are not said.

    Raises
    ------
    IntakeError
        When it is empty, binary, has column names only, has too many columns, or no such header row.
    """
    sample = stream.read(SAMPLE_BYTES)
    if not sample.strip(b"\0 \r\n\t"):
        raise IntakeError("The file is empty. Export it again and check that it has rows.")
    telling = sample if not sample.isascii() or b"\0" in sample else _first_accents(stream) or sample
    told = detect_encoding(telling, encoding)
    text = codecs.getincrementaldecoder(told.encoding)(errors="replace").decode(sample).replace("\0", "")
    _refuse_binary(text)
    named, text, header = _named_delimiter(text)
    delimiter = named or _delimiter(text)
    rows, ends = _rows(text, delimiter, ROWS_SEARCHED)
    place = header_index(rows, None if header_row is None else header_row - header + 1)
    above = rows_above(rows, place, header)
    filled = [row for row in rows[place + 1 :] if any(row)]
    if not filled and len(sample) < SAMPLE_BYTES:
        raise IntakeError("The file has column names but no rows. Export it again with its rows.")
    names, aligned = _aligned(rows[place], filled)
    if len(names) > limits.max_columns:
        raise IntakeError(
            f"The file has {len(names):,} columns; at most {limits.max_columns:,} are read. "
            "Remove the ones you do not need."
        )
    columns, renamed = name_columns(names)
    number = header + place
    return Dialect(
        told.encoding,
        delimiter,
        columns,
        (*told.notes, *header_note(above, number), *aligned, *renamed),
        header=number,
        lines=header - 1 + (ends[place - 1] if place else 0),
        above=above,
        choices=told.choices,
    )


def _first_accents(stream: BinaryIO) -> bytes:
    """Return the first part of the file beyond its sample that holds more than plain ASCII."""
    for _ in range(SEARCH_BYTES // 2**20):
        block = stream.read(2**20)
        if not block or not block.isascii():
            return block
    return b""


def _refuse_binary(text: str) -> None:
    start = text[:20_000]
    if start.lstrip("\ufeff \t\r\n")[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise IntakeError(
            "This is not a table but a web page or XML. If it came from a link, sign in there first; "
            "then save the table as CSV, XLSX, Parquet or JSON lines."
        )
    controls = sum(1 for c in start if ord(c) < 32 and c not in "\r\n\t\x0b\x0c")
    if controls > max(8, len(start) * 0.02):
        raise IntakeError("This is not a table but a binary file. Save it as CSV, XLSX, Parquet or JSON lines first.")


def _rows(text: str, delimiter: str, count: int) -> tuple[list[list[str]], list[int]]:
    """Return the first rows and how many lines had been read after each.

    A quotation mark that stays open may make one row as long as the text.
    """
    csv.field_size_limit(FIELD_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    both = [(row, reader.line_num) for row in islice(reader, count)]
    return [row for row, _ in both], [line for _, line in both]


def _named_delimiter(text: str) -> tuple[str | None, str, int]:
    """Take off the line ``sep=;`` that Excel puts before a table: delimiter, the rest, header row."""
    first, _, rest = text.partition("\n")
    mark = first.lstrip("\ufeff").rstrip("\r")
    if len(mark) == 5 and mark.lower().startswith("sep="):
        return mark[4], rest, 2
    return None, text, 1


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first rows most often into the same number of cells."""
    lines = text[: 64 * 1024]

    def score(delimiter: str) -> tuple[float, int]:
        rows, _ = _rows(lines, delimiter, 60)
        cut_short = len(lines) < len(text) and len(rows) < 60
        widths = [len(r) for r in (rows[:-1] if cut_short else rows) if r]
        cells = Tally[int]()
        for width in widths:
            cells[width] += width
        # By cells, not by rows: the one-cell lines of a report's title may outnumber its rows.
        width = max(cells, key=lambda w: (cells[w], -w), default=1)
        return (widths.count(width) / len(widths) if width > 1 else 0.0, width)

    return max(DELIMITERS, key=score)


def _aligned(header: list[str], rows: list[list[str]]) -> tuple[list[str], tuple[str, ...]]:
    """Match the names to rows that are all one cell longer (an unnamed index, or a delimiter at the end)."""
    if not rows:
        return header, ()
    width, count = Tally(map(len, rows)).most_common(1)[0]
    if count < 0.9 * len(rows) or count < 2:
        return header, ()
    if width == len(header) - 1 and not header[-1].strip():
        return header[:-1], ()
    if width == len(header) + 1:
        if not any(row[-1] for row in rows if len(row) == width):
            return [*header, ""], ()
        return ["", *header], ("The first column has no name: the rows have one cell more than the names.",)
    return header, ()


def name_columns(header: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give every column a name of its own; say which were changed."""
    names: list[str] = []
    taken: set[str] = set()
    notes = []
    for position, raw in enumerate(header):
        name = raw.replace("\0", "").strip().lstrip("\ufeff") or f"Unnamed: {position}"
        if name in taken:
            fresh = next(f"{name} ({n})" for n in count(2) if f"{name} ({n})" not in taken)
            notes.append(f"Two columns are called “{name}”; the later one is read as “{fresh}”.")
            name = fresh
        taken.add(name)
        names.append(name)
    return tuple(names), tuple(notes)
