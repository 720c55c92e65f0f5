"""From cells of text to typed rows: what can be kept is kept, what cannot is said row by row."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pandas as pd

from analytics.intake.consent_words import (
    EVERY_PURPOSE,
    GRANT,
    PURPOSE_WORDS,
    UNCLEAR,
    is_of_a_channel,
    is_opt_out,
    strictest,
    to_actions,
    to_leavings,
    to_opt_outs,
)
from analytics.intake.dates import wall_clock
from analytics.intake.fields import FIELDS, Field, Kind
from analytics.intake.keys import ONCE_ONLY, OWN_ID, Keys, base_keys, is_index_name
from analytics.intake.mapping import Mapping
from analytics.intake.model import Chunk, Flag, RejectedRow
from analytics.intake.naming import plain_name
from analytics.intake.numbers import first_of_share, is_too_large, to_number, to_whole
from analytics.intake.options import Options
from analytics.intake.personal import PARTS_OF_ONE, birth_years, joined
from analytics.intake.values import by_unique, to_flag, to_id, to_text, without_nothing

OLDEST_BIRTH_YEAR = 1901
LONGEST_SEGMENT_KIND = 40
REPEATED_ROW = "The row repeats an earlier one in every cell; it was counted once."
REPEATED_ID = (
    "The id occurs earlier in the file. The first row was kept.",
    "The id occurs earlier in the file. The first row was kept; a no in this one counts.",
)
NO_NUMBER = "The row holds no number that can be read, so it was left out."
_OF_CONSENT = ("consent_", "opt_out")
NEITHER = "is neither yes nor no, so it counts as a no until a later yes with a date."


@dataclass(frozen=True)
class Normalised:
    """Rows of a chunk: typed columns, ``row_number``, ``row_key`` and ``attributes`` (JSON text).

    ``repeated`` are the ids and consent columns of profiles that came earlier in the file: the row is not
    kept, but a no in it counts.
    """

    rows: pd.DataFrame
    rejected: tuple[RejectedRow, ...] = ()
    flags: tuple[Flag, ...] = ()
    repeated: pd.DataFrame = field(default_factory=pd.DataFrame)


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
        Made once a file (:meth:`Keys.for_file`) and handed on from chunk to chunk.

    Notes
    -----
    A row is rejected when a required field or everything that makes it worth keeping is missing or
    unreadable, or when its id occurs earlier in the file; any other unreadable cell is left empty
    and flagged. For ``row_key`` see :func:`analytics.intake.keys.base_keys`; where it occurs again
    in the file, its number of occurrence is added.
    """
    which = cast(Kind, kind)
    frame = chunk.frame
    sieve = _Sieve(pd.Series(True, index=frame.index))
    _leave_out_no_rows(frame, keys, sieve)
    typed: dict[str, pd.Series] = {}
    for target in FIELDS[which]:
        columns = [c for c in mapping.columns_of(target.name) if c in frame]
        if target.identity and columns:
            parts = [without_nothing(frame[c]) for c in columns]
            typed[target.name] = joined(parts, one=target.name in PARTS_OF_ONE)
        elif columns and target.type != "opt_out":
            read = [_typed(target, c, frame[c], keys, sieve) for c in columns]
            typed[target.name] = read[0] if len(read) == 1 else strictest(read)
    rows = pd.DataFrame(typed, index=frame.index)
    if which == "profiles" and "birth_date" in rows and "birth_year" not in rows:
        rows["birth_year"] = birth_years(rows["birth_date"])
    _check_kind(which, rows, frame, mapping, sieve)
    sieve.reject(keys.exact_repeats(which, rows, frame), "", pd.Series("", index=rows.index), REPEATED_ROW)
    rows["attributes"] = pd.Series(_attributes(which, frame, mapping), index=rows.index, dtype=object)
    refusals = pd.DataFrame()
    numbered, again = keys.number(base_keys(which, rows, frame), sieve.keep)
    rows["row_key"] = pd.Series(numbered, index=rows.index, dtype=object)
    if which in ONCE_ONLY and OWN_ID[which] in rows:
        own = OWN_ID[which]
        repeated = pd.Series(again, index=rows.index) & rows[own].notna()
        if which == "profiles":
            names = [c for c in map(str, rows) if c == own or c.startswith(_OF_CONSENT)]
            refusals = rows.loc[repeated & sieve.keep, names]
        sieve.reject(repeated, own, rows[own], REPEATED_ID[which == "profiles"])
    if which == "products" and options.currency and "currency" not in rows:
        rows["currency"] = options.currency
    rows.insert(0, "row_number", rows.index)
    rows = rows[sieve.keep]
    if which == "metrics":
        rows = _melted(rows, frame, mapping, keys, sieve)
    rejected = sorted((*chunk.ragged, *sieve.rejected), key=lambda r: r.row)
    return Normalised(rows.reset_index(drop=True), tuple(rejected), (*chunk.flags, *sieve.flags), refusals)


def _leave_out_no_rows(frame: pd.DataFrame, keys: Keys, sieve: _Sieve) -> None:
    """Reject what is no row (a total, a remark, a second header), before its cells are read for anything."""
    for row, reason in keys.no_rows.of_chunk(frame).items():
        shown = next((cell for cell in frame.loc[row] if isinstance(cell, str)), "")
        sieve.rejected.append(RejectedRow(row, "", _short(shown), reason))
        sieve.keep[row] = False
    for row in frame.index.intersection(list(keys.no_rows.flagged)):
        sieve.flags.append(Flag(int(row), "", "", keys.no_rows.flagged[int(row)]))


def _typed(target: Field, column: str, cells: pd.Series, keys: Keys, sieve: _Sieve) -> pd.Series:
    """Return one column in its field's type; unreadable cells are rejected or flagged."""
    if target.type in ("text", "list"):
        values = to_text(cells)
        if target.longest is not None:
            values = _shortened(target, target.longest, column, values, sieve)
    elif target.type == "id":
        values = to_id(cells)
    elif target.type == "consent":
        values = to_actions(cells)
        sieve.flag(values == UNCLEAR, column, cells, f"{target.label} {NEITHER}")
    else:
        values = _read(target, column, cells, keys)
        _answer_unread(target, column, values, cells, sieve)
        if target.low is not None or target.high is not None:
            values = _in_range(target, column, values, cells, sieve)
    if target.required:
        sieve.reject(values.isna(), column, cells, f"{target.label} is missing.")
    return values


def _shortened(target: Field, longest: int, column: str, values: pd.Series, sieve: _Sieve) -> pd.Series:
    long = values.str.len().gt(longest).fillna(False).astype(bool)
    if long.any():
        note = f"{target.label} is longer than {longest} characters; its beginning was kept."
        sieve.flag(long, column, values, note)
        values = values.mask(long, values.str[:longest])
    return values


def _answer_unread(target: Field, column: str, values: pd.Series, cells: pd.Series, sieve: _Sieve) -> None:
    """Reject or flag the cells that say something which could not be read."""
    unread = values.isna() & cells.notna()
    if unread.any():
        unread = without_nothing(cells.where(unread, None)).notna()
    if not unread.any():
        return
    if target.type in ("number", "integer"):
        large = unread & cells.map(lambda cell: cell is not None and is_too_large(cell)).astype(bool)
        sieve.flag(large, column, cells, f"{target.label} is too large to be kept, so it was left empty.")
        unread &= ~large | target.required
    words = {"date": "is no date between 1900 and 2100", "flag": "is neither yes nor no"}
    problem = f"{target.label} {words.get(target.type, 'is no number')}"
    if target.required:
        sieve.reject(unread, column, cells, f"{problem}.")
    else:
        sieve.flag(unread, column, cells, f"{problem}, so it was left empty.")


def _read(target: Field, column: str, cells: pd.Series, keys: Keys) -> pd.Series:
    if target.type == "date":
        # A metric speaks of a day where it was counted, whatever day it was then in Greenwich.
        cells = wall_clock(cells) if target.name == "date" else cells
        return keys.reading.moments(column, cells)
    if target.type == "flag":
        return to_flag(cells)
    comma = keys.reading.decimal_comma(column, cells)
    if target.type == "integer":
        return to_whole(cells, decimal_comma=comma)
    if target.name == "rating":
        cells = first_of_share(cells)
    return to_number(cells, decimal_comma=comma)


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
        _add_opt_outs(rows, frame, mapping, sieve)
    elif kind == "reviews":
        said = [rows[c].notna() for c in ("text", "title", "rating") if c in rows]
        empty = ~np.logical_or.reduce(said) if said else np.ones(len(rows), bool)
        nothing = pd.Series(empty, index=rows.index)
        sieve.reject(nothing, "", pd.Series("", index=rows.index), "The review has neither a text nor a rating.")
    elif kind == "products" and "url" in rows:
        column = cast(str, mapping.column_of("url"))
        odd = rows["url"].notna() & ~rows["url"].str.match(r"https?://\S+$", case=False).fillna(False).astype(bool)
        sieve.flag(odd, column, frame[column], "The link is no web address (https://…), so it was left empty.")
        rows["url"] = rows["url"].mask(odd, None)
    elif kind == "consents":
        _check_consents(rows, frame, mapping, sieve)
    elif kind == "metrics" and "value" in rows:
        column = cast(str, mapping.column_of("value"))
        sieve.reject(rows["value"].isna(), column, frame[column], "The value is missing or is no number.")
        if "metric" in rows:
            column = cast(str, mapping.column_of("metric"))
            sieve.reject(rows["metric"].isna(), column, frame[column], "The metric's name is missing.")
    elif kind == "posts":
        given = rows.drop(columns=["post_id"], errors="ignore").notna().any(axis=1)
        sieve.reject(~given, "", pd.Series("", index=rows.index), "The row is empty.")


def _check_profiles(rows: pd.DataFrame, frame: pd.DataFrame, mapping: Mapping, sieve: _Sieve) -> None:
    if "birth_year" in rows:
        column = cast(str, mapping.column_of("birth_year") or mapping.column_of("birth_date"))
        early = (rows["birth_year"] < OLDEST_BIRTH_YEAR).fillna(False).astype(bool)
        sieve.flag(early, column, frame[column], f"Born before {OLDEST_BIRTH_YEAR}? Kept; please check.")
    if "income" in rows:
        column = cast(str, mapping.column_of("income"))
        sieve.flag(rows["income"].isna(), column, frame[column], "Income is missing. Kept without it.")


def _add_opt_outs(rows: pd.DataFrame, frame: pd.DataFrame, mapping: Mapping, sieve: _Sieve) -> None:
    """Read every column that says who opted out, by its name or by its words, mapped or not: a no is a no."""
    entries = [e for e in mapping.entries if e.column in frame and not e.skip and e.field in (None, "opt_out")]
    columns = [e.column for e in entries if e.field or is_opt_out(plain_name(e.column))]
    rest = [e.column for e in entries if e.column not in columns and not is_of_a_channel(plain_name(e.column))]
    read = {column: to_opt_outs(frame[column]) for column in columns}
    for column, (said, _) in read.items():
        sieve.flag(said == UNCLEAR, column, frame[column], f"{column} {NEITHER}")
    left = [said for column in rest if (said := to_leavings(frame[column])).notna().any()]
    actions = [*(said for said, _ in read.values()), *left]
    if not actions:
        return
    rows["opt_out"] = strictest(actions)
    since = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns, UTC]")
    undated = pd.Series(False, index=rows.index)
    for said, when in read.values():
        undated |= said.notna() & when.isna()
        since = pd.concat([since, when], axis=1).max(axis=1)
    rows["opt_out_at"] = since.mask(undated)


def _check_consents(rows: pd.DataFrame, frame: pd.DataFrame, mapping: Mapping, sieve: _Sieve) -> None:
    """Put actions and purposes into our words. A no is kept wherever it can be; a yes only if all of it is read."""
    if "action" not in rows or "purpose" not in rows:
        return
    column, purpose_column = cast(str, mapping.column_of("action")), cast(str, mapping.column_of("purpose"))
    rows["action"] = to_actions(rows["action"])
    sieve.flag(rows["action"] == UNCLEAR, column, frame[column], f"Action {NEITHER}")
    grants = rows["action"] == GRANT
    known = rows["purpose"].str.strip().str.lower().map(PURPOSE_WORDS)
    unknown, cells = known.isna() & rows["purpose"].notna(), frame[purpose_column]
    options = ", ".join(dict.fromkeys(PURPOSE_WORDS.values()))
    sieve.reject(unknown & grants, purpose_column, cells, f"Purpose must be one of: {options}.")
    sieve.flag(
        unknown & ~grants, purpose_column, cells, f"Purpose is none of {options}: the no counts for all of them."
    )
    rows["purpose"] = known.mask(unknown, EVERY_PURPOSE)
    for name, what in (("at", "date"), ("expires_at", "expiry")):
        dates = mapping.column_of(name)
        if name not in rows or dates is None:
            continue
        empty = without_nothing(frame[dates]).isna()
        bad = rows[name].isna() & ~empty & grants
        sieve.reject(bad, dates, frame[dates], f"The {what} of this yes cannot be read, so the yes does not count.")
        if name == "at":
            note = "This yes has no date: it counts only where the person has said nothing else."
            sieve.flag(empty & grants, dates, frame[dates], note)


def _attributes(kind: Kind, frame: pd.DataFrame, mapping: Mapping) -> list[str]:
    """Return every column that is mapped to no field, as one JSON text a row; who opted out is no attribute."""
    extra = [e.column for e in mapping.entries if not e.field and not e.skip and e.column in frame]
    extra = [c for c in extra if not is_index_name(c) and not (kind == "profiles" and is_opt_out(plain_name(c)))]
    if not extra:
        return ["{}"] * len(frame)
    quote = json.JSONEncoder(ensure_ascii=False).encode
    columns = [_members(quote(name), frame[name], quote) for name in extra]
    return ["{" + ", ".join(filter(None, cells)) + "}" for cells in zip(*columns, strict=True)]


def _members(name: str, cells: pd.Series, quote: Callable[[str], str]) -> np.ndarray:
    """Return ``"name": "cell"`` for every cell, None for the empty ones."""
    return by_unique(cells.where(cells.notna(), None), lambda cell: f"{name}: {quote(cell)}")


def _melted(rows: pd.DataFrame, frame: pd.DataFrame, mapping: Mapping, keys: Keys, sieve: _Sieve) -> pd.DataFrame:
    """Turn a wide table of metrics (a date and one column a metric) into one row a value."""
    if "segment" in rows and "segment_kind" not in rows:
        rows = rows.assign(segment_kind=str(mapping.column_of("segment"))[:LONGEST_SEGMENT_KIND])
    if "value" in rows:
        return rows if "metric" in rows else rows.assign(metric=keys.title or mapping.column_of("value"))
    wide = [e.column for e in mapping.entries if not e.field and not e.skip and not is_index_name(e.column)]
    shared = [c for c in ("row_number", "date", "segment_kind", "segment") if c in rows]
    parts, unread = [], dict[str, pd.Series]()
    for column in wide:
        cells = frame.loc[rows["row_number"], column]
        values = to_number(cells, decimal_comma=keys.reading.decimal_comma(column, cells))
        unread[column] = without_nothing(cells.where(values.isna(), None)).notna()
        part = rows[[*shared, "row_key"]].assign(metric=column, value=values, attributes="{}")
        part["row_key"] = part["row_key"] + f"\x1f{column}"
        parts.append(part.dropna(subset=["value"]))
    told = pd.Series(frame.index.isin([n for part in parts for n in part["row_number"]]), index=frame.index)
    sieve.reject(~told, "", pd.Series("", index=frame.index), NO_NUMBER)
    for column, odd in unread.items():
        odd = odd.reindex(frame.index, fill_value=False)
        sieve.flag(odd, column, frame[column], f"{column} is no number, so it was left out.")
    return pd.concat(parts) if parts else rows.assign(metric=None, value=np.nan).iloc[:0]
