"""Parquet and JSON lines, as the same chunks of text that a CSV gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.intake.cells import SHOWN, make_chunk
from analytics.intake.encodings import ODD
from analytics.intake.errors import IntakeError
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, Flag, RejectedRow
from analytics.intake.numbers import is_open

if TYPE_CHECKING:
    import pyarrow.parquet as pq

LINE_BYTES = 64 * 2**20
LINES_FOR_KEYS = 20_000
CHUNK_BYTES = 64 * 2**20
MOST_TEXT = 512 * 2**20
_HALVES = re.compile("[\ud800-\udfff]")


def as_text(value: Any) -> str | None:
    """Return a cell as the text that a CSV of the same table would hold."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return _number_text(value)
    if isinstance(value, datetime) and value.time() == time(0) and value.tzinfo is None:
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | dict | tuple):
        return _storable(json.dumps(value, ensure_ascii=False, default=str)).replace("\\u0000", "")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return _storable(text).replace("\0", "") or None


def _number_text(value: float | Decimal) -> str:
    """Return a stored number so that it can be read in one way only: 1.035 gets a zero, lest it be 1,035."""
    text = str(value)
    if abs(float(value)) < 1e15 and value == int(value):
        return str(int(value))
    return f"{text}0" if is_open(text) else text


def _storable(text: str) -> str:
    """Return the text with half characters, which JSON and Excel can spell and UTF-8 cannot, shown as odd ones."""
    return text if text.isascii() else _HALVES.sub(ODD, text)


def open_parquet(path: Path, limits: Limits) -> pq.ParquetFile:
    """Open a Parquet file.

    Raises
    ------
    IntakeError
        When it is damaged, or says that it holds more than the limits allow.
    """
    import pyarrow.parquet as pq  # 4 MiB that a process without Parquet files does not need

    try:
        # A text that stands once in a column's dictionary may stand for millions of cells: keep it so.
        texts = [field.name for field in pq.read_schema(path) if _is_text(field.type)]
        file = pq.ParquetFile(path, read_dictionary=texts)
    except (pa.ArrowException, OSError) as error:
        raise IntakeError("The Parquet file is damaged. Export it again.") from error
    meta = file.metadata
    declared = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if declared > limits.max_uncompressed:
        raise IntakeError(
            f"The Parquet file says it holds {declared // 2**20:,} MB, more than the "
            f"{limits.max_uncompressed // 2**20:,} MB that are read. Split the file."
        )
    return file


def parquet_chunks(path: Path, columns: tuple[str, ...], rows: int, limits: Limits) -> Iterator[Chunk]:
    """Yield the rows of a Parquet file as text. Row numbers count from 2, as in a CSV of it."""
    number = 2
    try:
        for batch in open_parquet(path, limits).iter_batches(batch_size=rows):
            cells = {name: _texts(batch.column(i)) for i, name in enumerate(columns)}
            yield make_chunk(cells, range(number, number + batch.num_rows), limits)
            number += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise IntakeError(f"The Parquet file is damaged after row {number - 1:,}. Export it again.") from error


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _texts(column: pa.Array) -> np.ndarray | list[str | None]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _from_dictionary(column)
    if pa.types.is_integer(kind):
        return pc.cast(column, pa.string()).to_numpy(zero_copy_only=False)
    if pa.types.is_string(kind):
        column = pc.cast(column, pa.binary())  # some writers put other encodings into strings
    try:
        return [as_text(value) for value in column.to_pylist()]
    except (OverflowError, ValueError):
        # A moment beyond the years 1 to 9999: Arrow can write it, Python cannot hold it.
        return [as_text(value) for value in pc.cast(column, pa.string()).to_pylist()]


def _from_dictionary(column: pa.DictionaryArray) -> np.ndarray:
    """Return the cells, each text once in memory.

    Raises
    ------
    IntakeError
        When a small file stands for far more text than can be kept.
    """
    texts = np.array([*_texts(column.dictionary), None], dtype=object)
    places = pc.fill_null(column.indices, len(texts) - 1).to_numpy(zero_copy_only=False)
    sizes = np.array([len(text or "") for text in texts])
    if (grown := int(sizes[places].sum())) > MOST_TEXT:
        raise IntakeError(
            f"A column of the Parquet file grows to {grown // 2**20:,} MB in {len(places):,} rows. "
            "Shorten its cells, or leave the column out."
        )
    return texts[places]


def json_columns(stream: BinaryIO, limits: Limits) -> tuple[str, ...]:
    """Return every key in the first lines of a JSON lines file, in order of appearance.

    Raises
    ------
    IntakeError
        When no line is a JSON object, or there are too many keys.
    """
    names: dict[str, None] = {}
    for line in islice(_lines(stream), LINES_FOR_KEYS):
        record = _object(line)
        if record is not None:
            names.update(dict.fromkeys(record))
    if not names:
        raise IntakeError("No line of the file is a JSON object. Write one object a line, or save it as CSV.")
    if len(names) > limits.max_columns:
        raise IntakeError(f"The file has {len(names):,} keys; at most {limits.max_columns:,} are read.")
    return tuple(names)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(LINE_BYTES):
        if len(line) == LINE_BYTES:
            raise IntakeError(f"A line is longer than {LINE_BYTES // 2**20} MB. Write one JSON object a line.")
        yield line


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    return {_storable(name): cell for name, cell in record.items()} if isinstance(record, dict) else None


def json_chunks(stream: BinaryIO, columns: tuple[str, ...], rows: int, limits: Limits) -> Iterator[Chunk]:
    """Yield the objects of a JSON lines file as text; the row number is the line's.

    Lines that are no object are rejected; keys that came too late to become a column are flagged.
    """
    known = frozenset(columns)
    kept: list[tuple[int, dict[str, Any]]] = []
    rejected: list[RejectedRow] = []
    flags: list[Flag] = []
    held = 0
    for number, line in enumerate(_lines(stream), start=1):
        if not line.strip():
            continue
        held += len(line)
        record = _object(line)
        if record is None:
            text = line[:SHOWN].decode("utf-8", "replace").strip()
            rejected.append(RejectedRow(number, "", text, "The line is no JSON object."))
        elif not any(cell is not None and cell != "" for cell in record.values()):
            rejected.append(RejectedRow(number, "", "", "The object holds nothing."))
        else:
            kept.append((number, record))
            flags += [_late(number, name, record[name]) for name in record if name not in known]
        if len(kept) >= rows or len(rejected) >= rows or held >= CHUNK_BYTES:
            yield _json_chunk(kept, columns, rejected, flags, limits)
            kept, rejected, flags, held = [], [], [], 0
    if kept or rejected:
        yield _json_chunk(kept, columns, rejected, flags, limits)


def _late(number: int, name: str, value: Any) -> Flag:
    note = f"This key does not occur in the first {LINES_FOR_KEYS:,} lines, so its value was left out."
    return Flag(number, name, (as_text(value) or "")[:SHOWN], note)


def _json_chunk(
    kept: list[tuple[int, dict[str, Any]]],
    columns: tuple[str, ...],
    rejected: list[RejectedRow],
    flags: list[Flag],
    limits: Limits,
) -> Chunk:
    cells = {name: [as_text(record.get(name)) for _, record in kept] for name in columns}
    return make_chunk(cells, [number for number, _ in kept], limits, tuple(rejected), tuple(flags))
