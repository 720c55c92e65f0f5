"""Workbooks, Parquet and JSON lines, as the same chunks of text that a CSV gives."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.intake.delimited import clip, name_columns
from analytics.intake.errors import IntakeError
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, RejectedRow


def as_text(value: Any) -> str | None:
    """Return a cell as the text that a CSV of the same table would hold."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time(0) and value.tzinfo is None:
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value).replace("\0", "") or None


def check_workbook(path: Path, limits: Limits) -> None:
    """Refuse a workbook that says it is far larger inside than outside, before unpacking any of it.

    Raises
    ------
    IntakeError
        With the size it declares.
    """
    with zipfile.ZipFile(path) as archive:
        declared = sum(member.file_size for member in archive.infolist())
    if declared > limits.max_sheet_bytes:
        raise IntakeError(
            f"The workbook says it holds {declared // 2**20:,} MB; at most "
            f"{limits.max_sheet_bytes // 2**20:,} MB are read. Save the sheet as CSV instead."
        )


def workbook_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the first sheet that holds any."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets many kinds of error through on a damaged file
        raise IntakeError("The workbook is damaged or locked. Save it again as XLSX or CSV.") from error
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = (row for row in sheet.iter_rows(values_only=True))
            first = next(rows, None)
            if first and any(cell is not None for cell in first):
                yield first
                yield from rows
                return
    finally:
        book.close()


def workbook_header(path: Path, limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the column names of a workbook and notes about them."""
    check_workbook(path, limits)
    first = next(workbook_rows(path), None)
    if first is None:
        raise IntakeError("The workbook is empty. Export it again and check that it has rows.")
    cells = [as_text(cell) or "" for cell in first]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > limits.max_columns:
        raise IntakeError(f"The sheet has {len(cells):,} columns; at most {limits.max_columns:,} are read.")
    return name_columns(cells)


def workbook_chunks(path: Path, columns: tuple[str, ...], rows: int, limits: Limits) -> Iterator[Chunk]:
    """Yield the rows of a workbook as text."""
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    for number, row in enumerate(workbook_rows(path), start=1):
        if number == 1:
            continue
        cells = [as_text(cell) for cell in row[: len(columns)]]
        if all(cell is None for cell in cells):
            continue
        kept.append(cells + [None] * (len(columns) - len(cells)))
        numbers.append(number)
        if len(kept) == rows:
            yield _chunk(kept, columns, numbers, limits)
            kept, numbers = [], []
    if kept:
        yield _chunk(kept, columns, numbers, limits)


def _chunk(kept: list[list[str | None]], columns: tuple[str, ...], numbers: list[int], limits: Limits) -> Chunk:
    frame = pd.DataFrame(kept, columns=list(columns), index=pd.Index(numbers), dtype=object)
    return Chunk(clip(frame, limits))


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file.

    Raises
    ------
    IntakeError
        When it is damaged.
    """
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise IntakeError("The Parquet file is damaged. Export it again.") from error


def parquet_chunks(path: Path, rows: int, limits: Limits) -> Iterator[Chunk]:
    """Yield the rows of a Parquet file as text. Row numbers count from 2, as in a CSV of it."""
    number = 2
    for batch in open_parquet(path).iter_batches(batch_size=rows):
        frame = pd.DataFrame(
            {name: [as_text(v) for v in batch.column(i).to_pylist()] for i, name in enumerate(batch.schema.names)},
            dtype=object,
        )
        frame.index = pd.RangeIndex(number, number + len(frame))
        number += len(frame)
        yield Chunk(clip(frame, limits))


def json_columns(stream: BinaryIO, limits: Limits, lines: int = 2_000) -> tuple[str, ...]:
    """Return every key in the first lines of a JSON lines file, in order of appearance.

    Raises
    ------
    IntakeError
        When no line is a JSON object, or there are too many keys.
    """
    names: dict[str, None] = {}
    for _, line in zip(range(lines), stream, strict=False):
        record = _object(line)
        if record is not None:
            names.update(dict.fromkeys(str(key) for key in record))
    if not names:
        raise IntakeError("No line of the file is a JSON object. Write one object a line, or save it as CSV.")
    if len(names) > limits.max_columns:
        raise IntakeError(f"The file has {len(names):,} keys; at most {limits.max_columns:,} are read.")
    return tuple(names)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def json_chunks(stream: BinaryIO, columns: tuple[str, ...], rows: int, limits: Limits) -> Iterator[Chunk]:
    """Yield the objects of a JSON lines file as text; lines that are none are reported."""
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        record = _object(line)
        if record is None:
            text = line[:200].decode("utf-8", "replace").strip()
            rejected.append(RejectedRow(number, "", text, "The line is no JSON object."))
            continue
        kept.append([as_text(record.get(name)) for name in columns])
        numbers.append(number)
        if len(kept) == rows:
            yield Chunk(_chunk(kept, columns, numbers, limits).frame, tuple(rejected))
            kept, numbers, rejected = [], [], []
    if kept or rejected:
        yield Chunk(_chunk(kept, columns, numbers, limits).frame, tuple(rejected))
