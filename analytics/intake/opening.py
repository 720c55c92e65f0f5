"""Open any table a marketer may bring: the format is told from the bytes, not from the name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analytics.intake import delimited, structured
from analytics.intake.errors import IntakeError
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, Table
from analytics.intake.sources import ZIP, Counter, head, is_workbook, open_bytes

PARQUET = b"PAR1"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def open_table(path: Path, limits: Limits = Limits()) -> Table:
    """Open a CSV, TSV, XLSX, Parquet or JSON lines file, plain or in gzip or zip.

    Raises
    ------
    IntakeError
        When it is empty, binary, damaged, locked or too large, with what to do about it.
    """
    if path.stat().st_size == 0:
        raise IntakeError("The file is empty. Export it again and check that it has rows.")
    start = head(path)
    if start.startswith(OLD_EXCEL):
        raise IntakeError("This is an old Excel file (.xls). Save it as XLSX or CSV and upload that.")
    if start.startswith(PARQUET):
        return _parquet(path, limits)
    if start.startswith(ZIP) and is_workbook(path):
        return _workbook(path, limits)
    counter = Counter()
    with open_bytes(path, limits, counter) as stream:
        first = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if first.startswith(b"{"):
        return _json_lines(path, limits, counter)
    if first.startswith(b"["):
        raise IntakeError("This is one JSON list. Write one object a line (JSON lines), or save it as CSV.")
    return _delimited(path, limits, counter)


def _parquet(path: Path, limits: Limits) -> Table:
    schema = structured.open_parquet(path).schema_arrow
    if len(schema.names) > limits.max_columns:
        raise IntakeError(f"The file has {len(schema.names):,} columns; at most {limits.max_columns:,} are read.")
    counter = Counter()
    total, size = max(1, structured.open_parquet(path).metadata.num_rows), path.stat().st_size

    def read(rows: int) -> Iterator[Chunk]:
        done = 0
        for chunk in structured.parquet_chunks(path, rows, limits):
            done += len(chunk.frame)
            counter.read = int(size * done / total)
            yield chunk

    return Table("parquet", tuple(schema.names), (), read, lambda: counter.read)


def _workbook(path: Path, limits: Limits) -> Table:
    columns, notes = structured.workbook_header(path, limits)
    return Table(
        "xlsx",
        columns,
        notes,
        lambda rows: structured.workbook_chunks(path, columns, rows, limits),
        lambda: 0,
    )


def _json_lines(path: Path, limits: Limits, counter: Counter) -> Table:
    with open_bytes(path, limits, counter) as stream:
        columns = structured.json_columns(stream, limits)

    def read(rows: int) -> Iterator[Chunk]:
        with open_bytes(path, limits, counter) as stream:
            yield from structured.json_chunks(stream, columns, rows, limits)

    return Table("jsonl", columns, (), read, lambda: counter.read, encoding="utf-8")


def _delimited(path: Path, limits: Limits, counter: Counter) -> Table:
    with open_bytes(path, limits, counter) as stream:
        dialect = delimited.detect(stream, limits)
    return Table(
        "csv",
        dialect.columns,
        dialect.notes,
        lambda rows: delimited.chunks(lambda: open_bytes(path, limits, counter), dialect, rows, limits),
        lambda: counter.read,
        encoding=dialect.encoding,
        delimiter=dialect.delimiter,
    )
