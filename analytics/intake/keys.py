"""What tells a row from every other: its own id, else what it is about, else where or what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.intake.exports import recognise
from analytics.intake.fields import Kind
from analytics.intake.mapping import Mapping
from analytics.intake.model import Table
from analytics.intake.no_rows import NoRows, find_no_rows
from analytics.intake.options import Options
from analytics.intake.reading import Reading

OWN_ID = {"reviews": "review_id", "posts": "post_id", "profiles": "customer_id", "products": "product_id"}
ONCE_ONLY = ("reviews", "profiles", "products")


@dataclass(frozen=True)
class _Natural:
    """What a row is about: the columns of its key, those that must be filled, and how many must be there."""

    columns: tuple[str, ...]
    filled: tuple[str, ...]
    enough: int


_NATURAL: dict[str, _Natural] = {
    "reviews": _Natural(("customer_id", "product_id", "reviewed_at"), ("customer_id", "product_id"), 3),
    "interactions": _Natural(("customer_id", "product_id", "kind", "at"), ("customer_id", "kind"), 3),
    "consents": _Natural(
        ("customer_id", "purpose", "action", "at", "expires_at"), ("customer_id", "purpose", "action"), 3
    ),
    "metrics": _Natural(("date", "metric", "segment_kind", "segment"), ("date",), 1),
}


@dataclass
class Keys:
    """What has to be known across the chunks of one file: keys seen, how its cells are read, which rows are none.

    ``title`` names the metric where the report's title does. Keys are known by their hash, which keeps a
    million of them within 100 MB.
    """

    reading: Reading
    seen: set[int] = field(default_factory=set)
    repeats: dict[int, int] = field(default_factory=dict)
    no_rows: NoRows = field(default_factory=NoRows)
    title: str | None = None
    contents: set[int] = field(default_factory=set)

    @classmethod
    def for_file(cls, table: Table, kind: Kind, mapping: Mapping, options: Options = Options()) -> Keys:
        """Return the keys of a file of which nothing has been read but what tells its rows from its remarks."""
        reading = Reading(table, kind, mapping, options)
        export = recognise(table.columns)
        title = table.title if export is not None and export.name_in_title else None
        return cls(reading, no_rows=find_no_rows(table, kind, mapping, reading), title=title)

    def exact_repeats(self, kind: Kind, rows: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
        """Say which rows repeat an earlier one in every cell, and so are the same thing exported twice.

        Only rows that say what they are about: a post with its id or moment, a metric, an interaction
        with its time of day. Two equal reviews without ids may be two people's.
        """
        sure = _tells_itself(kind, rows)
        if not sure.any():
            return sure
        hashes = pd.util.hash_pandas_object(frame.fillna("").astype(str), index=False)
        seen = hashes.duplicated() | hashes.isin(self.contents)
        self.contents |= set(hashes[sure].tolist())
        return seen & sure

    def number(self, base: list[str], kept: pd.Series) -> tuple[list[str], np.ndarray]:
        """Return the keys with ``#2``, ``#3``... on those seen before, and which those are.

        Rows that are not kept do not count.
        """
        final, again = list(base), np.zeros(len(base), dtype=bool)
        places = np.flatnonzero(kept.to_numpy()).tolist()
        marks = [hash(base[i]) for i in places]
        fresh = set(marks)
        if len(fresh) < len(marks) or not self.seen.isdisjoint(fresh):
            fresh = self._number_repeats(places, marks, final, again)
        self.seen |= fresh
        return final, again

    def _number_repeats(self, places: list[int], marks: list[int], final: list[str], again: np.ndarray) -> set[int]:
        fresh: set[int] = set()
        for i, mark in zip(places, marks, strict=True):
            if mark not in self.seen and mark not in fresh:
                fresh.add(mark)
                continue
            again[i] = True
            self.repeats[mark] = self.repeats.get(mark, 1) + 1
            final[i] = f"{final[i]}#{self.repeats[mark]}"
        return fresh


def _tells_itself(kind: Kind, rows: pd.DataFrame) -> pd.Series:
    none = pd.Series(False, index=rows.index)
    if kind == "metrics":
        return ~none
    if kind == "posts":
        return none | (rows[[c for c in ("post_id", "posted_at") if c in rows]].notna().any(axis=1))
    if kind == "interactions" and "at" in rows:
        return rows["at"].notna() & (rows["at"].dt.normalize() != rows["at"])
    return none


def is_index_name(column: str) -> bool:
    """Say whether a column is the row index that a data frame's export adds."""
    return column.startswith("Unnamed: ") or column.lower() in ("index", "row", "rownum", "row_number")


def base_keys(kind: Kind, rows: pd.DataFrame, frame: pd.DataFrame) -> list[str]:
    """Return each row's key before repeats are told apart, by the first of these that the row has.

    Its own id; what it is about (customer, product and moment of a review); the file's index column;
    its content.
    """
    keys: list[str | None] = [None] * len(rows)
    own, natural = OWN_ID.get(kind), _NATURAL.get(kind)
    if own and own in rows:
        keys = [None if value is None else f"id:{value}" for value in rows[own].tolist()]
    if natural is not None and None in keys:
        present = [c for c in natural.columns if c in rows]
        if len(present) >= natural.enough and set(natural.filled) <= set(present):
            filled = rows[list(natural.filled)].notna().all(axis=1).tolist()
            keys = _complete(keys, _joined(rows, present), filled)
    index = next((c for c in frame.columns if is_index_name(c)), None)
    if index is not None and None in keys:
        cells = frame[index]
        keys = _complete(keys, (f"row:{cell}" for cell in cells.tolist()), cells.notna().tolist())
    if None in keys:
        texts = _joined(frame, list(frame.columns))
        return [_digest(text) if key is None else key for key, text in zip(keys, texts, strict=True)]
    return [key for key in keys if key is not None]


def _complete(keys: list[str | None], others: Iterator[str], usable: list[bool]) -> list[str | None]:
    return [
        other if key is None and usable_here else key
        for key, other, usable_here in zip(keys, others, usable, strict=True)
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _joined(frame: pd.DataFrame, columns: list[str]) -> Iterator[str]:
    cells = [_texts(frame[c]) for c in columns]
    return map("\x1f".join, zip(*cells, strict=True))


def _texts(values: pd.Series) -> list[str]:
    if str(values.dtype).startswith("datetime64"):
        return [str(v) for v in values.astype("int64").tolist()]
    return ["\x00" if v is None or v is pd.NA else str(v) for v in values.tolist()]
