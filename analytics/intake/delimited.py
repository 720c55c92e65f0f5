"""CSV, TSV and their kin: encoding and delimiter found, ragged rows reported one by one.

The fast way is Arrow's parser; where a file trips it, the rest is read again with Python's ``csv``.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
from charset_normalizer import from_bytes

from analytics.intake.errors import IntakeError
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, RejectedRow

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 256 * 1024
BLOCK_BYTES = 8 * 2**20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ODD = "�"


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    notes: tuple[str, ...]


class _Utf8(io.RawIOBase):
    """Any encoding in, clean UTF-8 out: odd bytes become U+FFFD, NULs go."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder(encoding)(errors="replace").decode
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        wanted = len(buffer)  # type: ignore[arg-type]
        while not self._rest:
            block = self._stream.read(1 << 20)
            text = self._decode(block, final=not block)
            self._rest = text.replace("\0", "").encode("utf-8", "replace")
            if not block:
                break
        part, self._rest = self._rest[:wanted], self._rest[wanted:]
        buffer[: len(part)] = part  # type: ignore[index]
        return len(part)


def detect(stream: BinaryIO, limits: Limits) -> Dialect:
    """Find out how a delimited file is written.

    Raises
    ------
    IntakeError
        When it is empty, binary, or has too many columns.
    """
    sample = stream.read(SAMPLE_BYTES)
    if not sample.strip(b"\0 \r\n\t"):
        raise IntakeError("The file is empty. Export it again and check that it has rows.")
    encoding, notes = _encoding(sample)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample).replace("\0", "")
    controls = sum(1 for c in text[:20_000] if ord(c) < 32 and c not in "\r\n\t\x0b\x0c")
    if controls > len(text[:20_000]) * 0.02:
        raise IntakeError("This is not a table but a binary file. Save it as CSV, XLSX, Parquet or JSON lines first.")
    delimiter = _delimiter(text)
    header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    if len(header) > limits.max_columns:
        raise IntakeError(
            f"The file has {len(header):,} columns; at most {limits.max_columns:,} are read. "
            "Remove the ones you do not need."
        )
    columns, more = name_columns(header)
    return Dialect(encoding, delimiter, columns, (*notes, *more))


def _encoding(sample: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name, () if name == "utf-8-sig" else ("Read as UTF-16.",)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        return "utf-8", ()
    except UnicodeDecodeError:
        pass
    if sample[1:200:2].count(0) > 40 or sample[0:200:2].count(0) > 40:
        name = "utf-16-le" if sample[1:200:2].count(0) > 40 else "utf-16-be"
        return name, ("Read as UTF-16.",)
    if _mostly_utf8(sample):
        return "utf-8", ("A few bytes are not UTF-8; each is shown as �.",)
    best = from_bytes(sample[:64_000], cp_isolation=["cp1252", "cp1250", "cp1251", "latin_1"]).best()
    name = best.encoding if best else "cp1252"
    return name, (f"Read as {name.replace('cp', 'Windows-').replace('_', '-')}.",)


def _mostly_utf8(sample: bytes) -> bool:
    """Say whether valid multi-byte characters far outnumber the broken ones."""
    text = sample.decode("utf-8", "replace")
    good = sum(1 for c in text if ord(c) > 127 and c != _ODD)
    return good > 4 * text.count(_ODD)


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first rows most often into the same number of cells."""
    lines = text[: 64 * 1024]

    def score(delimiter: str) -> tuple[float, int]:
        rows = [
            r for _, r in zip(range(60), csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter), strict=False)
        ]
        widths = Tally(len(r) for r in rows[: max(1, len(rows) - 1)] if r)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        return (count / max(1, sum(widths.values())) if width > 1 else 0.0, width)

    return max(DELIMITERS, key=score)


def name_columns(header: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give every column a name of its own; say which were changed."""
    names: list[str] = []
    notes = []
    for position, raw in enumerate(header):
        name = raw.strip().lstrip("﻿") or f"Unnamed: {position}"
        if name in names:
            fresh = next(f"{name} ({n})" for n in range(2, 10_000) if f"{name} ({n})" not in names)
            notes.append(f"Two columns are called “{name}”; the later one is read as “{fresh}”.")
            name = fresh
        names.append(name)
    return tuple(names), tuple(notes)


def chunks(reopen: Callable[[], BinaryIO], dialect: Dialect, rows: int, limits: Limits) -> Iterator[Chunk]:
    """Yield the rows of a delimited file as text."""
    done = 0
    try:
        for chunk in _fast(reopen(), dialect, rows, limits):
            yield chunk
            done += len(chunk.frame) + len(chunk.ragged)
    except pa.ArrowInvalid:
        yield from _careful(reopen(), dialect, rows, limits, skip=done)


def _fast(stream: BinaryIO, dialect: Dialect, rows: int, limits: Limits) -> Iterator[Chunk]:
    width, ragged = len(dialect.columns), []

    def note(row: pacsv.InvalidRow) -> str:
        number = row.number if row.number is not None else 0
        ragged.append((number, row.actual_columns, row.text or ""))
        return "skip"

    reader = pacsv.open_csv(
        io.BufferedReader(_Utf8(stream, dialect.encoding), 1 << 20),
        read_options=pacsv.ReadOptions(
            use_threads=False,
            block_size=BLOCK_BYTES,
            column_names=list(dialect.columns),
            skip_rows_after_names=1,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=dialect.delimiter, newlines_in_values=True, invalid_row_handler=note
        ),
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.string() for name in dialect.columns},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=True,
        ),
    )
    number = 2
    for batch in reader:
        frame = cast(pd.DataFrame, batch.to_pandas(strings_to_categorical=False))
        bad = sorted(ragged)
        ragged.clear()
        numbers, number = _numbers(len(frame), number, [n for n, _, _ in bad])
        frame.index = pd.Index(numbers)
        rejected = tuple(_ragged(n, actual, width, text) for n, actual, text in bad)
        yield from _cut(frame, rejected, rows, limits)


def _numbers(count: int, start: int, skipped: list[int]) -> tuple[list[int], int]:
    """Number the kept rows of a batch, leaving out the ragged ones between them."""
    if not skipped:
        return list(range(start, start + count)), start + count
    gone, number = set(skipped), start
    numbers: list[int] = []
    while len(numbers) < count:
        if number not in gone:
            numbers.append(number)
        number += 1
    while number in gone:
        number += 1
    return numbers, number


def _cut(frame: pd.DataFrame, rejected: tuple[RejectedRow, ...], rows: int, limits: Limits) -> Iterator[Chunk]:
    """Cut a batch to chunks of the wanted size; the ragged rows go with the first."""
    if frame.empty:
        if rejected:
            yield Chunk(frame, rejected)
        return
    for start in range(0, len(frame), rows):
        yield Chunk(clip(frame.iloc[start : start + rows], limits), rejected if start == 0 else ())


def clip(frame: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Cut cells that are longer than the limit."""
    frame = frame.astype(object).where(frame.notna(), None)
    for name in frame.columns:
        longest = frame[name].str.len().max()
        if longest and longest > limits.max_cell:
            frame[name] = frame[name].str.slice(0, limits.max_cell)
    return frame


def _ragged(number: int, actual: int, width: int, text: str) -> RejectedRow:
    many = "more" if actual > width else "fewer"
    return RejectedRow(
        number,
        "",
        text[:200],
        f"The row has {actual} cells, {many} than the {width} columns. "
        "Put quotes around cells that hold the delimiter or a line break.",
    )


def _careful(stream: BinaryIO, dialect: Dialect, rows: int, limits: Limits, skip: int) -> Iterator[Chunk]:
    text = io.TextIOWrapper(
        cast(BinaryIO, io.BufferedReader(_Utf8(stream, dialect.encoding))), encoding="utf-8", newline=""
    )
    csv.field_size_limit(2**27)
    reader = csv.reader(text, delimiter=dialect.delimiter)
    next(reader, None)
    width, number, seen = len(dialect.columns), 1, 0
    kept: list[list[str]] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for row in reader:
        number += 1
        if not row:
            continue
        seen += 1
        if seen <= skip:
            continue
        if len(row) == width:
            kept.append(row)
            numbers.append(number)
        else:
            rejected.append(_ragged(number, len(row), width, dialect.delimiter.join(row)))
        if len(kept) >= rows:
            yield _chunk(kept, numbers, rejected, dialect, limits)
            kept, numbers, rejected = [], [], []
    if kept or rejected:
        yield _chunk(kept, numbers, rejected, dialect, limits)


def _chunk(
    kept: list[list[str]], numbers: list[int], rejected: list[RejectedRow], dialect: Dialect, limits: Limits
) -> Chunk:
    frame = pd.DataFrame(kept, columns=list(dialect.columns), index=pd.Index(numbers), dtype=object)
    return Chunk(clip(frame.where(frame != "", None), limits), tuple(rejected))
