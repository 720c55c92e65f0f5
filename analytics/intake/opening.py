"""Open any table a marketer may bring: the format is told from the bytes, not from the name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from analytics.intake import delimited, dialect, json_records, structured, workbook
from analytics.intake.errors import IntakeError
from analytics.intake.headers import title_above
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, Table
from analytics.intake.sources import GZIP, ZIP, Counter, head, is_workbook, open_bytes, passed_over

PARQUET = b"PAR1"
PACKED_TWICE = "The file is packed twice. Unpack it once and upload what is inside."
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Wanted:
    """What a person said of a file: its sheet, the row of its column names, its encoding."""

    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None


def open_table(
    path: Path,
    limits: Limits = Limits(),
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
) -> Table:
    """Open a CSV, TSV, XLSX, Parquet or JSON file (one object a line, or one list), plain or in gzip or zip.

    Parameters
    ----------
    sheet : str, optional
        The sheet of a workbook to read; by default the first that holds anything.
    header_row : int, optional
        The row of the column names, counted from 1; by default it is found. Parquet and JSON lines have none.
    encoding : str, optional
        The encoding of a delimited file; by default it is found, or the table's ``choices`` name what it may be.

    Raises
    ------
    IntakeError
        When it is empty, binary, damaged, locked or too large, with what to do about it.
    """
    return _open(path, limits, Wanted(sheet, header_row, encoding))


def _open(path: Path, limits: Limits, wanted: Wanted) -> Table:
    if not path.is_file():
        raise IntakeError(f"There is no file “{path.name}”.")
    start = head(path)
    if not start:
        raise IntakeError("The file is empty. Export it again and check that it has rows.")
    if start.startswith(OLD_EXCEL):
        raise IntakeError("This is an old or locked Excel file. Save it as XLSX without a password, or as CSV.")
    if start.startswith(PARQUET):
        return _parquet(path, limits)
    if start.startswith(ZIP) and is_workbook(path):
        return _workbook(path, limits, wanted)
    counter = Counter()
    with open_bytes(path, limits, counter) as stream:
        first = stream.read(64)
    packed = start.startswith((GZIP, *ZIP))
    if packed and first.startswith(GZIP):
        raise IntakeError(PACKED_TWICE)
    beside = passed_over(path) if start.startswith(ZIP) else ()
    table = _inside(path, limits, wanted, counter, first, packed=packed)
    return replace(table, notes=(*beside, *table.notes)) if beside else table


def _inside(path: Path, limits: Limits, wanted: Wanted, counter: Counter, first: bytes, *, packed: bool) -> Table:
    """Open what begins with these bytes, unpacked where it is packed."""
    if packed and first.startswith((PARQUET, *ZIP)):
        return _unpacked(path, limits, wanted)
    first = first.lstrip(b"\xef\xbb\xbf \t\r\n")
    if first.startswith((b"{", b"[")):
        return _json(path, limits, counter, listed=first.startswith(b"["))
    return _delimited(path, limits, counter, wanted)


def _unpacked(path: Path, limits: Limits, wanted: Wanted) -> Table:
    """Open a workbook or Parquet file inside a gzip or zip; the unpacked copy goes with the table."""
    copy = NamedTemporaryFile(prefix="digital-persona-", suffix=".table")  # noqa: SIM115  (lives as long as the table)
    with open_bytes(path, replace(limits, max_uncompressed=limits.max_sheet_bytes), Counter()) as stream:
        shutil.copyfileobj(stream, copy)
    copy.flush()
    inner = Path(copy.name)
    if head(inner).startswith(ZIP) and not is_workbook(inner):
        raise IntakeError(PACKED_TWICE)
    table = _open(inner, limits, wanted)
    size, stored = inner.stat().st_size, path.stat().st_size

    def progress() -> int:
        return table.progress() * stored // size if copy else 0

    return replace(table, progress=progress)


def _parquet(path: Path, limits: Limits) -> Table:
    file = structured.open_parquet(path, limits)
    names = file.schema_arrow.names
    if len(names) > limits.max_columns:
        raise IntakeError(f"The file has {len(names):,} columns; at most {limits.max_columns:,} are read.")
    columns, notes = dialect.name_columns(names)
    if not file.metadata.num_rows:
        raise IntakeError("The Parquet file has no rows. Export it again with its rows.")
    counter = Counter()
    total, size = file.metadata.num_rows, path.stat().st_size

    def read(rows: int) -> Iterator[Chunk]:
        done = 0
        for chunk in structured.parquet_chunks(path, columns, rows, limits):
            done += len(chunk.frame)
            counter.read = int(size * done / total)
            yield chunk

    return Table("parquet", columns, notes, read, lambda: counter.read)


def _workbook(path: Path, limits: Limits, wanted: Wanted) -> Table:
    sheet = workbook.open_sheet(path, limits, wanted.sheet, wanted.header_row)
    counter, size = Counter(), path.stat().st_size

    def at_row(number: int) -> None:
        counter.read = int(size * min(1.0, number / max(1, sheet.rows)))

    return Table(
        "xlsx",
        sheet.columns,
        sheet.notes,
        lambda rows: workbook.sheet_chunks(path, sheet, rows, limits, at_row),
        lambda: counter.read,
        from_1904=sheet.from_1904,
        title=title_above(sheet.above),
    )


def _json(path: Path, limits: Limits, counter: Counter, *, listed: bool) -> Table:
    with open_bytes(path, limits, counter) as stream:
        columns = json_records.json_columns(stream, limits, listed=listed)

    def read(rows: int) -> Iterator[Chunk]:
        with open_bytes(path, limits, counter) as stream:
            yield from json_records.json_chunks(stream, columns, rows, limits, listed=listed)

    return Table("jsonl", columns, (), read, lambda: counter.read, encoding="utf-8")


def _delimited(path: Path, limits: Limits, counter: Counter, wanted: Wanted) -> Table:
    with open_bytes(path, limits, counter) as stream:
        found = dialect.detect(stream, limits, wanted.header_row, wanted.encoding)
    return Table(
        "csv",
        found.columns,
        found.notes,
        lambda rows: delimited.chunks(lambda: open_bytes(path, limits, counter), found, rows, limits),
        lambda: counter.read,
        encoding=found.encoding,
        delimiter=found.delimiter,
        choices=found.choices,
        title=title_above(found.above),
    )


def present(path: Path) -> Path:
    """Return the path of a file that is there.

    Raises
    ------
    IntakeError
        When it is not: an upload is kept for a day, and not beyond an erasure.
    """
    if not path.is_file():
        raise IntakeError("The file is no longer here. Choose it again.")
    return path
