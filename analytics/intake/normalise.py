"""From cells of text to typed rows: what can be kept is kept, what cannot is said row by row."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import numpy as np
import pandas as pd

from analytics.intake.fields import FIELDS, Field, Kind
from analytics.intake.mapping import Mapping
from analytics.intake.model import Chunk, Flag, RejectedRow
from analytics.intake.values import day_comes_first, to_flag, to_moment, to_number, without_nothing

OLDEST_BIRTH_YEAR = 1901
PURPOSE_WORDS = {
    "profiling": "profiling",
    "profile": "profiling",
    "personas": "profiling",
    "personalisation": "personalisation",
    "personalization": "personalisation",
    "marketing": "personalisation",
    "analytics": "analytics",
    "analysis": "analytics",
    "measurement": "analytics",
    "survey": "survey",
    "surveys": "survey",
    "research": "survey",
}
ACTION_WORDS = {
    **dict.fromkeys(
        ("grant", "granted", "yes", "true", "1", "opt-in", "optin", "given", "consented", "accept"), "grant"
    ),
    **dict.fromkeys(
        ("withdraw", "withdrawn", "no", "false", "0", "opt-out", "optout", "revoked", "refused"), "withdraw"
    ),
    **dict.fromkeys(("object", "objected", "objection"), "object"),
}


@dataclass(frozen=True)
class Options:
    """How to read what a file leaves open. None means: find out from the column."""

    day_first: bool | None = None
    decimal_comma: bool = False
    currency: str | None = None

    def to_plain(self) -> dict[str, Any]:
        """Return the options as plain data."""
        return asdict(self)

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Options:
        """Return the options that :meth:`to_plain` gave; other keys are ignored."""
        return cls(**{k: v for k, v in data.items() if k in cls.__dataclass_fields__})


@dataclass
class Keys:
    """What has to be known across the chunks of one file: keys seen, and how its dates are written."""

    seen: Counter[str] = field(default_factory=Counter)
    day_first: dict[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Normalised:
    """Rows of a chunk: typed columns, ``row_number``, ``row_key`` and ``attributes`` (JSON text)."""

    rows: pd.DataFrame
    rejected: tuple[RejectedRow, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass
class _Sieve:
    """Which rows are still in, and what is said of the others."""

    keep: pd.Series
    rejected: list[RejectedRow] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def reject(self, bad: pd.Series, column: str, cells: pd.Series, reason: str) -> None:
        bad = bad & self.keep
        self.rejected += [
            RejectedRow(int(cast(int, row)), column, _short(cells[row]), reason) for row in bad[bad].index
        ]
        self.keep = self.keep & ~bad

    def flag(self, odd: pd.Series, column: str, cells: pd.Series, note: str) -> None:
        odd = odd & self.keep
        self.flags += [Flag(int(cast(int, row)), column, _short(cells[row]), note) for row in odd[odd].index]


def _short(value: object) -> str:
    return "" if value is None or value is pd.NA else str(value)[:200]


def normalise(kind: str, chunk: Chunk, mapping: Mapping, options: Options, keys: Keys) -> Normalised:
    """Type a chunk's cells and give every row its key.

    Parameters
    ----------
    keys : Keys
        Made once a file and handed on from chunk to chunk.

    Notes
    -----
    A row is rejected when a required field or everything that makes it worth keeping is missing or
    unreadable; any other unreadable cell is left empty and flagged. ``row_key`` is the row's own id;
    else its customer, product and moment; else the file's index column; else its content. Where
    that occurs again in the file, its number of occurrence is added.
    """
    which = cast(Kind, kind)
    frame = chunk.frame
    sieve = _Sieve(pd.Series(True, index=frame.index))
    typed: dict[str, pd.Series] = {}
    for target in FIELDS[which]:
        column = mapping.column_of(target.name)
        if column is not None and column in frame:
            typed[target.name] = _typed(target, column, frame[column], options, keys, sieve)
    rows = pd.DataFrame(typed, index=frame.index)
    _check_kind(which, rows, frame, mapping, sieve)
    rows["attributes"] = _attributes(frame, mapping)
    rows["row_key"] = _row_keys(which, rows, frame, keys, sieve)
    if which == "products" and options.currency and "currency" not in rows:
        rows["currency"] = options.currency
    rows.insert(0, "row_number", rows.index)
    rows = rows[sieve.keep]
    if which == "metrics":
        rows = _melted(rows, frame, mapping, options)
    rejected = sorted((*chunk.ragged, *sieve.rejected), key=lambda r: r.row)
    return Normalised(rows.reset_index(drop=True), tuple(rejected), tuple(sieve.flags))


def _typed(target: Field, column: str, cells: pd.Series, options: Options, keys: Keys, sieve: _Sieve) -> pd.Series:
    """Return one column in its field's type; unreadable cells are rejected or flagged."""
    if target.type in ("text", "list") and not target.identity:
        text = cells.str.strip()
        values = text.where(cells.notna() & ~text.isin(("", "NaN", "nan")), None)
    else:
        given = without_nothing(cells)
        values = _read(target, column, given, options, keys)
        unread = values.isna() & given.notna()
        if unread.any():
            words = {"date": "is no date between 1900 and 2100", "flag": "is neither yes nor no"}
            problem = f"{target.label} {words.get(target.type, 'is no number')}"
            if target.required:
                sieve.reject(unread, column, cells, f"{problem}.")
            else:
                sieve.flag(unread, column, cells, f"{problem}, so it was left empty.")
        if target.low is not None or target.high is not None:
            values = _in_range(target, column, values, cells, sieve)
    if target.required:
        sieve.reject(values.isna(), column, cells, f"{target.label} is missing.")
    return values


def _read(target: Field, column: str, given: pd.Series, options: Options, keys: Keys) -> pd.Series:
    if target.type == "date":
        if column not in keys.day_first:
            keys.day_first[column] = day_comes_first(given) if options.day_first is None else options.day_first
        return to_moment(given, day_first=keys.day_first[column])
    if target.type == "flag":
        return to_flag(given)
    if target.type == "number":
        return to_number(given, decimal_comma=options.decimal_comma)
    if target.type == "integer":
        numbers = to_number(given, decimal_comma=options.decimal_comma)
        return numbers.round().astype("Int64")
    if target.type == "id":
        return given.str.replace(r"^(\d+)\.0$", r"\1", regex=True)
    return given


def _in_range(target: Field, column: str, values: pd.Series, cells: pd.Series, sieve: _Sieve) -> pd.Series:
    low = -np.inf if target.low is None else target.low
    high = np.inf if target.high is None else target.high
    outside = values.notna() & ~values.between(low, high).fillna(True).astype(bool)
    if outside.any():
        bounds = f"between {low:g} and {high:g}" if np.isfinite(high) else f"at least {low:g}"
        sieve.flag(outside, column, cells, f"{target.label} should be {bounds}, so it was left empty.")
        values = values.mask(outside)
    return values


def _check_kind(kind: Kind, rows: pd.DataFrame, frame: pd.DataFrame, mapping: Mapping, sieve: _Sieve) -> None:
    """Apply what only one kind of table knows."""
    if kind == "profiles":
        _check_profiles(rows, frame, mapping, sieve)
    elif kind == "reviews":
        said = [rows[c].notna() for c in ("text", "title", "rating") if c in rows]
        empty = ~np.logical_or.reduce(said) if said else np.ones(len(rows), bool)
        nothing = pd.Series(empty, index=rows.index)
        sieve.reject(nothing, "", pd.Series("", index=rows.index), "The review has neither a text nor a rating.")
    elif kind == "consents":
        _check_words(rows, frame, mapping, sieve, "purpose", PURPOSE_WORDS)
        _check_words(rows, frame, mapping, sieve, "action", ACTION_WORDS)
    elif kind == "posts":
        given = rows.drop(columns=["post_id"], errors="ignore").notna().any(axis=1)
        sieve.reject(~given, "", pd.Series("", index=rows.index), "The row is empty.")


def _check_profiles(rows: pd.DataFrame, frame: pd.DataFrame, mapping: Mapping, sieve: _Sieve) -> None:
    if "birth_year" in rows:
        column = cast(str, mapping.column_of("birth_year"))
        early = (rows["birth_year"] < OLDEST_BIRTH_YEAR).fillna(False).astype(bool)
        sieve.flag(early, column, frame[column], f"Born before {OLDEST_BIRTH_YEAR}? Kept; please check.")
    if "income" in rows:
        column = cast(str, mapping.column_of("income"))
        sieve.flag(rows["income"].isna(), column, frame[column], "Income is missing. Kept without it.")


def _check_words(
    rows: pd.DataFrame, frame: pd.DataFrame, mapping: Mapping, sieve: _Sieve, name: str, words: dict[str, str]
) -> None:
    column = mapping.column_of(name)
    if column is None:
        return
    known = rows[name].str.strip().str.lower().map(words)
    options = ", ".join(dict.fromkeys(words.values()))
    sieve.reject(
        known.isna() & rows[name].notna(),
        column,
        frame[column],
        f"{name.capitalize()} must be one of: {options}.",
    )
    rows[name] = known


def _attributes(frame: pd.DataFrame, mapping: Mapping) -> list[str]:
    """Return every column that is mapped to no field, as one JSON text a row."""
    extra = [e.column for e in mapping.entries if not e.field and not e.skip and e.column in frame]
    extra = [c for c in extra if not is_index_name(c)]
    if not extra:
        return ["{}"] * len(frame)
    dumps = json.JSONEncoder(ensure_ascii=False).encode
    columns = [frame[c].tolist() for c in extra]
    return [
        dumps({name: value for name, value in zip(extra, cells, strict=True) if value is not None})
        for cells in zip(*columns, strict=True)
    ]


def is_index_name(column: str) -> bool:
    """Say whether a column is the row index that a data frame's export adds."""
    return column.startswith("Unnamed: ") or column.lower() in ("index", "row", "rownum", "row_number")


_OWN_ID = {"reviews": "review_id", "posts": "post_id", "profiles": "customer_id", "products": "product_id"}
_NATURAL: dict[str, tuple[str, ...]] = {
    "reviews": ("customer_id", "product_id", "reviewed_at"),
    "interactions": ("customer_id", "product_id", "kind", "at"),
    "consents": ("customer_id", "purpose", "action", "at"),
    "metrics": ("date", "metric", "segment_kind", "segment"),
}


def _row_keys(kind: Kind, rows: pd.DataFrame, frame: pd.DataFrame, keys: Keys, sieve: _Sieve) -> list[str]:
    base = _base_keys(kind, rows, frame)
    final, again = [], []
    for key, kept in zip(base, sieve.keep, strict=True):
        count = keys.seen[key] if kept else 0
        if kept:
            keys.seen[key] += 1
        again.append(count > 0)
        final.append(key if count == 0 else f"{key}#{count + 1}")
    own = _OWN_ID.get(kind)
    if own in ("customer_id", "product_id", "review_id") and own in rows:
        repeated = pd.Series(again, index=rows.index)
        sieve.reject(repeated, own, rows[own], "The id occurs earlier in the file. The first row was kept.")
    return final


def _base_keys(kind: Kind, rows: pd.DataFrame, frame: pd.DataFrame) -> list[str]:
    """Return each row's key before repeats are told apart."""
    own = _OWN_ID.get(kind)
    if own and own in rows and rows[own].notna().any():
        return [f"id:{value}" if isinstance(value, str) else f"row:{row}" for row, value in rows[own].items()]
    natural = [c for c in _NATURAL.get(kind, ()) if c in rows]
    enough = {"reviews": 3, "interactions": 3, "consents": 3, "metrics": 1}.get(kind, 99)
    if len(natural) >= enough:
        return list(_joined(rows, natural))
    index = next((c for c in frame.columns if is_index_name(c)), None)
    if index is not None and frame[index].notna().all():
        return [f"row:{value}" for value in frame[index]]
    return [
        hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32] for text in _joined(frame, list(frame.columns))
    ]


def _joined(frame: pd.DataFrame, columns: list[str]) -> Iterator[str]:
    cells = [_texts(frame[c]) for c in columns]
    return map("\x1f".join, zip(*cells, strict=True))


def _texts(values: pd.Series) -> list[str]:
    if str(values.dtype).startswith("datetime64"):
        return [str(v) for v in values.astype("int64").tolist()]
    return ["\x00" if v is None or v is pd.NA else str(v) for v in values.tolist()]


def _melted(rows: pd.DataFrame, frame: pd.DataFrame, mapping: Mapping, options: Options) -> pd.DataFrame:
    """Turn a wide table of metrics (a date and one column a metric) into one row a value."""
    if {"metric", "value"} <= set(rows.columns):
        return rows.dropna(subset=["metric", "value"])
    wide = [e.column for e in mapping.entries if not e.field and not e.skip and not is_index_name(e.column)]
    shared = [c for c in ("row_number", "date", "segment_kind", "segment") if c in rows]
    parts = []
    for column in wide:
        values = to_number(without_nothing(frame.loc[rows.index, column]), decimal_comma=options.decimal_comma)
        part = rows[[*shared, "row_key"]].assign(metric=column, value=values, attributes="{}")
        part["row_key"] = part["row_key"] + f"\x1f{column}"
        parts.append(part.dropna(subset=["value"]))
    return pd.concat(parts) if parts else rows.assign(metric=None, value=np.nan).iloc[:0]
