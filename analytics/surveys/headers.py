"""One header row out of one, two or three, and every cell as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

_BLANK_NAME = re.compile(r"^\s*$|^unnamed[:_ ]|^column[ _]?\d+$|^nan$|^none$", re.I)
_WRITTEN = re.compile(r"^open-ended response$|^qid\w*_text$|\(please specify\)$", re.I)
_SECOND_ROW = re.compile(r"^(?:open-ended )?response$|^\{\"?importid|^other \(please specify\)$", re.I)


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the cells as text or None, with names that are all different, without empty rows."""
    table = frame.copy()
    table.columns = unique([str(c).strip() for c in frame.columns])
    for name in table.columns:
        values = table[name].astype(object).where(table[name].notna(), None)
        cells = [None if v is None else str(v).strip() or None for v in values]
        table[name] = pd.Series(cells, index=table.index, dtype=object)
    return table.dropna(how="all").reset_index(drop=True)


def unique(names: Sequence[str]) -> list[str]:
    """Return the names with a number behind those that come again."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return out


def flatten_headers(table: pd.DataFrame, notes: list[str]) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    """Fold a second (or third) header row into the column names.

    SurveyMonkey leaves the question only over its first column and puts options below; Qualtrics puts
    short names on top, the questions below them and a row of import ids below those.

    Returns
    -------
    tuple
        The table, and column -> what else its header rows call it.
    """
    first = [str(v) if v is not None else "" for v in table.iloc[0]]
    blank = [bool(_BLANK_NAME.match(name)) for name in table.columns]
    known = sum(bool(_SECOND_ROW.match(cell)) for cell in first)
    if len(table) > 1 and any("importid" in str(v).casefold() for v in table.iloc[1]):
        notes.append("The second and third rows were read as part of the header.")
        return _three_rows(table, first)
    # A lone unnamed column is a row counter; a run of them under one question is a second header row.
    if not (known >= 1 or (sum(blank) >= 2 and all(first[i] for i in range(len(first)) if blank[i]))):
        return table, {}
    notes.append("The second row was read as part of the header.")
    names, stem = [], ""
    for name, is_blank, below in zip(table.columns, blank, first, strict=True):
        stem = stem if is_blank else re.sub(r"\.\d+$", "", str(name))
        short = not below or below.casefold() in ("response", "open-ended response")
        names.append(stem if short else f"{stem} [{below}]")
    names = unique(names)
    others: dict[str, tuple[str, ...]] = {
        name: (below,) for name, below in zip(names, first, strict=True) if _WRITTEN.search(below)
    }
    return table.iloc[1:].reset_index(drop=True).set_axis(names, axis=1), others


def written(other_names: dict[str, tuple[str, ...]]) -> frozenset[str]:
    """Return the columns whose header rows say that people wrote the answer themselves."""
    return frozenset(c for c, others in other_names.items() if any(_WRITTEN.search(o) for o in others))


def _three_rows(table: pd.DataFrame, first: list[str]) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    body = table.iloc[2:].reset_index(drop=True)
    names = unique([below or top for top, below in zip(table.columns, first, strict=True)])
    ids = [re.sub(r".*\"importid\"\s*:\s*\"([^\"]*)\".*", r"\1", str(v), flags=re.I) for v in table.iloc[1]]
    others: dict[str, tuple[str, ...]] = {
        name: (str(top), ref) for name, top, ref in zip(names, table.columns, ids, strict=True)
    }
    return body.set_axis(names, axis=1), others
