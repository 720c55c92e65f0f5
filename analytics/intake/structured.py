"""Parquet files and the text of stored cells, as the same chunks that a CSV gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.intake.cells import make_chunk
from analytics.intake.encodings import ODD
from analytics.intake.errors import IntakeError
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk
from analytics.intake.numbers import is_open

if TYPE_CHECKING:
    import pyarrow.parquet as pq

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
        return storable(json.dumps(value, ensure_ascii=False, default=str)).replace("\\u0000", "")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return storable(text).replace("\0", "") or None


def _number_text(value: float | Decimal) -> str:
    """Return a stored number so that it can be read in one way only: 1.035 gets a zero, lest it be 1,035."""
    text = str(value)
    if abs(float(value)) < 1e15 and value == int(value):
        return str(int(value))
    return f"{text}0" if is_open(text) else text


def storable(text: str) -> str:
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
