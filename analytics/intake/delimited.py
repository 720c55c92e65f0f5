"""CSV, TSV and their kin as chunks of text; ragged rows are reported one by one.

The fast way is Arrow's parser. Where it trips, or where a quotation mark seems to have swallowed
rows, the file is read again from there record by record.
"""

from __future__ import annotations

import codecs
import io
from bisect import insort
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from analytics.intake.cells import SHOWN, make_chunk
from analytics.intake.dialect import Dialect
from analytics.intake.encodings import ODD
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, RejectedRow
from analytics.intake.quoted import FIELD_CHARACTERS, records

BLOCK_BYTES = 16 * 2**20


class _Tangled(Exception):  # noqa: N818  (never leaves this module: it says "go the careful way")
    """A quotation mark seems to have swallowed rows."""


class _Utf8(io.RawIOBase):
    """Any encoding in, clean UTF-8 out: odd bytes become U+FFFD, NULs go."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._plain = encoding in ("utf-8", "cp1252", "cp1250", "cp1251")
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._rest = memoryview(b"")
        self.odd = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        while not self._rest:
            block = self._stream.read(1 << 20)
            self._rest = memoryview(self._clean(block))
            if not block:
                break
        wanted = len(buffer)  # type: ignore[arg-type]
        part, self._rest = self._rest[:wanted], self._rest[wanted:]
        buffer[: len(part)] = part  # type: ignore[index]
        return len(part)

    def _clean(self, block: bytes) -> bytes:
        between = self._plain and not self._decoder.getstate()[0]
        if between and block.isascii() and b"\0" not in block:
            return block
        text = self._decoder.decode(block, final=not block).replace("\0", "")
        self.odd = self.odd or ODD in text
        return text.encode("utf-8", "replace")


class _Numbers:
    """Row numbers of the kept rows: those of the ragged rows between them are left out."""

    def __init__(self, first: int) -> None:
        self.last, self._ragged = first - 1, list[tuple[int, RejectedRow]]()

    def add_ragged(self, row: RejectedRow) -> None:
        insort(self._ragged, (row.row, row), key=lambda pair: pair[0])

    def take(self, count: int) -> tuple[np.ndarray, tuple[RejectedRow, ...]]:
        """Return the next numbers and the ragged rows up to the last of them."""
        span = np.arange(self.last + 1, self.last + 1 + count + len(self._ragged))
        gone = np.array([number for number, _ in self._ragged], dtype="int64")
        kept = np.setdiff1d(span, gone, assume_unique=True)[:count]
        if count:
            self.last = int(kept[-1])
        return kept, self.passed()

    def passed(self, upto: int | None = None) -> tuple[RejectedRow, ...]:
        """Return, once, the ragged rows up to a row number (the last one given out, by default)."""
        end = self.last if upto is None else upto
        done = tuple(row for number, row in self._ragged if number <= end)
        del self._ragged[: len(done)]
        return done

    def rest(self) -> tuple[RejectedRow, ...]:
        """Return the ragged rows after the last kept row."""
        return self.passed(self._ragged[-1][0]) if self._ragged else ()


def chunks(reopen: Callable[[], BinaryIO], dialect: Dialect, rows: int, limits: Limits) -> Iterator[Chunk]:
    """Yield the rows of a delimited file as text.

    A row's number is that of its record, as a spreadsheet shows it: the header, blank lines and
    ragged rows count, a record that runs over several lines counts once.
    """
    if dialect.above:
        yield make_chunk({name: [] for name in dialect.columns}, [], limits, dialect.above)
    numbers = _Numbers(dialect.header + 1)
    try:
        yield from _fast(reopen(), dialect, rows, limits, numbers)
    except (pa.ArrowInvalid, _Tangled):
        yield from _careful(reopen(), dialect, rows, limits, after=numbers.last)


def _fast(stream: BinaryIO, dialect: Dialect, rows: int, limits: Limits, numbers: _Numbers) -> Iterator[Chunk]:
    source = _Utf8(stream, dialect.encoding)
    tangled: list[int] = []

    def note(row: pacsv.InvalidRow) -> str:
        if row.number is None or "\n" in (row.text or ""):
            tangled.append(row.number or 0)
            return "error"
        numbers.add_ragged(_ragged(row.number, row.actual_columns, dialect, row.text or ""))
        return "skip"

    for batch in _batches(source, dialect, note):
        if tangled or _swallowed(batch, dialect):
            raise _Tangled
        sound = not source.odd and _longest(batch) <= limits.max_cell
        for start in range(0, batch.num_rows, rows):
            part = batch.slice(start, rows)
            index, ragged = numbers.take(part.num_rows)
            cells = {n: part.column(i).to_numpy(zero_copy_only=False) for i, n in enumerate(dialect.columns)}
            yield make_chunk(cells, index, limits, ragged, checked=sound)
    if left := numbers.rest():
        yield make_chunk({name: [] for name in dialect.columns}, [], limits, left)


def _batches(source: _Utf8, dialect: Dialect, note: Callable[[pacsv.InvalidRow], str]) -> Iterator[pa.RecordBatch]:
    """Yield batches of strings; an empty cell is null, a blank line a row of nulls."""
    reader = pacsv.open_csv(
        io.BufferedReader(source, 1 << 20),
        read_options=pacsv.ReadOptions(
            use_threads=False,
            block_size=BLOCK_BYTES,
            column_names=[str(i) for i in range(len(dialect.columns))],
            skip_rows=dialect.lines,
            skip_rows_after_names=1,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=dialect.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=note,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types={str(i): pa.string() for i in range(len(dialect.columns))},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=True,
        ),
    )
    yield from reader


def _longest(batch: pa.RecordBatch) -> int:
    """Return the length (bytes) of the longest cell."""
    return max((pc.max(pc.binary_length(column)).as_py() or 0 for column in batch.columns), default=0)


def _swallowed(batch: pa.RecordBatch, dialect: Dialect) -> bool:
    """Say whether some multi-line cell may hold rows that a stray quotation mark swallowed."""
    for column in batch.columns:
        several = column.filter(pc.fill_null(pc.match_substring(column, "\n"), False))
        for cell in several.to_pylist():
            inner = cell.split("\n")[1:]
            full = any(line.count(dialect.delimiter) >= len(dialect.columns) - 1 for line in inner)
            if full or cell.count('"') % 2:
                return True
    return False


def _ragged(number: int, actual: int, dialect: Dialect, text: str) -> RejectedRow:
    width = len(dialect.columns)
    many = "more" if actual > width else "fewer"
    return RejectedRow(
        number,
        "",
        text[:SHOWN],
        f"The row has {actual} {'cell' if actual == 1 else 'cells'}, {many} than the {width} columns. "
        "Put quotes around cells that hold the delimiter or a line break.",
    )


def _unclosed(number: int, line: str) -> RejectedRow:
    reason = 'A quotation mark (") opens in this row and does not close. Close it, or double it inside text.'
    if len(line) > FIELD_CHARACTERS:
        reason = f"A cell has more than {FIELD_CHARACTERS:,} characters. Shorten it."
    return RejectedRow(number, "", line.rstrip("\r\n")[:SHOWN], reason)


def _careful(stream: BinaryIO, dialect: Dialect, rows: int, limits: Limits, after: int) -> Iterator[Chunk]:
    """Yield the rows whose number is above ``after``, record by record."""
    clean = cast(BinaryIO, io.BufferedReader(_Utf8(stream, dialect.encoding), 1 << 20))
    lines = io.TextIOWrapper(clean, encoding="utf-8", newline="")
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for record in records(lines, dialect.delimiter):
        if record.number <= max(after, dialect.header):
            continue
        if record.cells is None:
            rejected.append(_unclosed(record.number, record.line))
        elif len(record.cells) == len(dialect.columns):
            kept.append([cell or None for cell in record.cells])
            numbers.append(record.number)
        elif record.cells:
            shown = dialect.delimiter.join(record.cells)
            rejected.append(_ragged(record.number, len(record.cells), dialect, shown))
        if len(kept) >= rows or len(rejected) >= rows:
            yield _chunk(kept, numbers, rejected, dialect, limits)
            kept, numbers, rejected = [], [], []
    if kept or rejected:
        yield _chunk(kept, numbers, rejected, dialect, limits)


def _chunk(
    kept: list[list[str | None]], numbers: list[int], rejected: list[RejectedRow], dialect: Dialect, limits: Limits
) -> Chunk:
    columns = list(zip(*kept, strict=True)) or [()] * len(dialect.columns)
    return make_chunk(dict(zip(dialect.columns, columns, strict=True)), numbers, limits, tuple(rejected))
