"""Cells of text as they end in a chunk: cut to the limit, emptied where empty, remarked on where odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.intake.encodings import ODD
from analytics.intake.limits import Limits
from analytics.intake.model import Chunk, Flag, RejectedRow

SHOWN = 200


def make_chunk(
    columns: Mapping[str, Sequence[Any] | np.ndarray],
    numbers: Sequence[int] | np.ndarray,
    limits: Limits,
    ragged: tuple[RejectedRow, ...] = (),
    flags: tuple[Flag, ...] = (),
    *,
    checked: bool = False,
) -> Chunk:
    """Return a chunk of the columns' cells, leaving out rows without a single cell.

    Parameters
    ----------
    columns : mapping
        One sequence of ``str`` or None a column.
    checked : bool
        Whether the caller knows that no cell is too long or holds an unreadable character.
    """
    index = pd.Index(np.asarray(numbers, dtype="int64"))
    data = {name: _objects(cells) for name, cells in columns.items()}
    said = list(flags)
    if not checked:
        for name, cells in data.items():
            said += _flag_odd(name, cells, index)
            said += _cut_long(name, cells, index, limits)
    frame = pd.DataFrame(data, index=index, columns=list(columns), dtype=object)
    first = frame[frame.columns[0]].isna() if len(frame.columns) else None
    if first is not None and first.any():
        frame = frame[~(first & frame.isna().all(axis=1))]
    return Chunk(frame, ragged, tuple(said))


def _objects(cells: Sequence[Any] | np.ndarray) -> np.ndarray:
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    return values


def _flag_odd(name: str, cells: np.ndarray, index: pd.Index) -> list[Flag]:
    note = f"A character could not be read; it is shown as {ODD}."
    return [
        Flag(int(index[i]), name, cell[:SHOWN], note)
        for i, cell in enumerate(cells)
        if cell is not None and ODD in cell
    ]


def _cut_long(name: str, cells: np.ndarray, index: pd.Index, limits: Limits) -> list[Flag]:
    """Cut the cells that are longer than the limit, in place."""
    flags = []
    for i, cell in enumerate(cells):
        if cell is not None and len(cell) > limits.max_cell:
            note = f"The cell has {len(cell):,} characters; the first {limits.max_cell:,} were kept."
            flags.append(Flag(int(index[i]), name, cell[:SHOWN], note))
            cells[i] = cell[: limits.max_cell]
    return flags
