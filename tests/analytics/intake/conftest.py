"""Files made on the spot, and one way to read them to the end."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from analytics.intake import (
    Flag,
    Keys,
    Mapping,
    Options,
    RejectedRow,
    Table,
    detect_kind,
    normalise,
    open_table,
    suggest_mapping,
)


@dataclass(frozen=True)
class Taken:
    """What became of a whole file."""

    kind: str
    mapping: Mapping
    rows: pd.DataFrame
    rejected: tuple[RejectedRow, ...]
    flags: tuple[Flag, ...]


def take(table: Table, kind: str | None = None, options: Options = Options(), rows: int = 20_000) -> Taken:
    sample = table.sample(200)
    chosen = kind or detect_kind(table.columns, sample)[0].kind
    mapping = suggest_mapping(chosen, table.columns, sample)
    mapping.check(chosen)
    keys = Keys.for_file(table, chosen, mapping, options)
    parts = [normalise(chosen, chunk, mapping, options, keys) for chunk in table.chunks(rows)]
    return Taken(
        chosen,
        mapping,
        pd.concat([p.rows for p in parts], ignore_index=True),
        tuple(r for p in parts for r in p.rejected),
        tuple(f for p in parts for f in p.flags),
    )


def cells(table: Table, rows: int = 20_000) -> pd.DataFrame:
    return pd.concat([chunk.frame for chunk in table.chunks(rows)])


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(content: bytes | str, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def opened(written: Callable[..., Path]) -> Callable[..., Table]:
    return lambda content, name="table.csv": open_table(written(content, name))


@pytest.fixture(scope="session")
def real() -> Path:
    folder = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not folder:
        pytest.skip("DIGITAL_PERSONA_REAL_DATA names no folder of real data")
    return Path(folder)
