"""Questions with several choices that stand in one column an option: found, and made plain.

Tools write a tick in many ways: 1 or blank, Y or blank, the option's own words or blank (SurveyMonkey, Typeform,
Qualtrics, Alchemer), TRUE / FALSE, Selected / Not Selected, Yes / No / N/A (LimeSurvey), Qualtrics -99 for an option
that was seen and not chosen. All become ``TICKED``, ``SEEN`` or None (not asked), so that the share of an option is
one of everybody who saw the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.surveys.labels import plain_label

TICKED, SEEN = "\u2611", "\u2610"
"""How a chosen and a not chosen option is kept; an empty cell is an option that nobody showed this person."""

_TICKS = frozenset(
    [
        "1",
        "1.0",
        "true",
        "yes",
        "y",
        "x",
        "checked",
        "selected",
        "ticked",
        "on",
        "✓",
        "✔",
        "☑",
        "ja",
        "j",
        "oui",
        "si",
        "sí",
    ]
)
_UNTICKED = frozenset(
    [
        "0",
        "0.0",
        "false",
        "no",
        "n",
        "unchecked",
        "unticked",
        "not selected",
        "not checked",
        "unselected",
        "off",
        "-",
        "-99",
        "☐",
        "nein",
        "non",
    ]
)
_SPOKEN = frozenset(["yes", "y", "no", "n", "ja", "j", "nein", "oui", "non", "si", "s\u00ed"])
_NOT_ASKED = frozenset(["n/a", "na", "not asked", "not shown", "not displayed"])
_OTHER = re.compile(r"\bothers?\b|specify|please state|comment|_text$|- text$|sonstiges|andere", re.I)
_QUESTION = re.compile(
    r"\?\s*$|^(how|what|which|when|where|why|who|do|does|did|are|is|was|were|have|has|would|will|can)\b", re.I
)
_BRACKETS = re.compile(r"^(?P<stem>.+?)\s*\[(?P<option>[^\[\]]+)\]$")
_DASH = re.compile(r"^(?P<stem>.+?)(?: - | \u2013 |\s*\|\s*)(?:selected choice(?: - | \u2013 ))?(?P<option>.+)$", re.I)
_COLON = re.compile(r"^(?P<stem>[^:]+?)\s*:\s*(?P<option>[^:]+)$")
_COUNTED = re.compile(r"^(?P<stem>.*[A-Za-z]\w*?)(?:[._](?:SQ|r|opt)?|r)(?P<option>\d{1,3})$")


@dataclass(frozen=True)
class TickQuestion:
    """One question over several columns: its options and whether the file marks those not chosen."""

    question: str
    columns: tuple[str, ...]
    options: tuple[str, ...]
    marked: bool


@dataclass(frozen=True)
class _Column:
    """What stands in one column: its tick and its mark for "not chosen" ("" where there is none)."""

    tick: str
    untick: str
    own: bool

    @property
    def style(self) -> tuple[str, str]:
        return ("label" if self.own else self.tick), self.untick


def tick_questions(table: pd.DataFrame, columns: Sequence[str]) -> tuple[TickQuestion, ...]:
    """Find the questions whose options have a column each.

    Parameters
    ----------
    table
        Cells as text or None.
    columns
        The columns that may be questions, in the file's order.
    """
    found: list[TickQuestion] = []
    taken: set[str] = set()
    for stem, members in _by_stem(table, columns).items():
        question = _of_stem(table, stem, members, taken)
        if question is not None:
            found.append(question)
            taken |= set(question.columns)
    found += _runs(table, [c if c not in taken and not _is_part(c, taken) else "" for c in columns])
    place = {c: k for k, c in enumerate(columns)}
    return tuple(sorted(found, key=lambda q: place[q.columns[0]]))


def _is_part(column: str, taken: set[str]) -> bool:
    return column in taken


def _splits(column: str) -> list[tuple[str, str]]:
    """Return the ways to read a column's name as (question, option)."""
    out = []
    for pattern in (_BRACKETS, _DASH, _COLON, _COUNTED):
        found = pattern.match(column.strip())
        if found:
            option = found["option"].strip() if pattern is not _COUNTED else column.strip()
            out.append((found["stem"].strip(" :"), option))
            if pattern is _COLON:
                # Alchemer writes the option before the question.
                out.append((found["option"].strip(), found["stem"].strip()))
    return out


def _by_stem(table: pd.DataFrame, columns: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for column in columns:
        for stem, option in _splits(column):
            groups.setdefault(stem, []).append((column, option))
    return dict(sorted(groups.items(), key=lambda g: -len(g[1])))


def _of_stem(
    table: pd.DataFrame, stem: str, members: Sequence[tuple[str, str]], taken: set[str]
) -> TickQuestion | None:
    free = [(c, o) for c, o in members if c not in taken]
    if len(free) < 2:
        return None
    read = {c: _read(table[c], o, in_group=True) for c, o in free}
    ticks = [(c, o) for c, o in free if read[c] is not None]
    empty = [c for c, _ in free if table[c].isna().all()]
    strange = [
        c for c, o in free if read[c] is None and c not in empty and not _OTHER.search(o) and not _OTHER.search(c)
    ]
    kinds = [r for c, _ in ticks if (r := read[c]) is not None]
    if len(ticks) + len(empty) < 2 or not ticks or strange:
        return None
    foreign = [r.tick for r in kinds if not r.own and r.tick and r.tick not in _TICKS]
    # One answer in every row of a grid is a grid that all answered alike, not a set of ticks.
    if foreign and (len(set(foreign)) < len(foreign) or len(kinds) < 2):
        return None
    kept = [(c, o) for c, o in free if read[c] is not None or c in empty]
    columns, named = tuple(c for c, _ in kept), any(o == c.strip() for c, o in kept)
    options = tuple(_spoken(table[c], c) if named else o for c, o in kept)
    return TickQuestion(_clean(stem), columns, options, any(r.untick for r in kinds))


def _spoken(values: pd.Series, column: str) -> str:
    """Return the words in the cells of a column whose name is only a number."""
    seen = [v for v in values.dropna().unique() if plain_label(v) not in _TICKS | _UNTICKED | _NOT_ASKED]
    return str(seen[0]) if len(seen) == 1 else column


def _clean(stem: str) -> str:
    text = re.sub(r"\s*(?: - | \u2013 )selected choice$", "", stem, flags=re.I).strip(" :")
    return text.rstrip("? ") + ("?" if text.endswith("?") else "")


def _read(values: pd.Series, option: str, *, in_group: bool = False) -> _Column | None:
    seen = {plain_label(v) or str(v).strip().casefold() for v in values.dropna().unique()} - _NOT_ASKED
    unticks = seen & _UNTICKED
    ticks = seen - unticks
    if not seen or len(unticks) > 1 or len(ticks) > 1:
        return None
    tick, untick = next(iter(ticks), ""), next(iter(unticks), "")
    own = bool(tick) and tick == plain_label(option)
    if tick and not own and tick not in _TICKS and (untick or not in_group or values.notna().all()):
        return None
    return _Column(tick, untick, own)


def _runs(table: pd.DataFrame, columns: Sequence[str]) -> list[TickQuestion]:
    """Find ticks in neighbouring columns whose names share no question (Typeform, tables made by hand)."""
    runs: list[list[str]] = []
    style: tuple[str, str] | None = None
    for column in columns:
        read = _read(table[column], column) if column else None
        fits = read is not None and bool(read.tick) and _stands_alone(read, column)
        if not fits or read is None:
            style = None
        elif style == read.style:
            runs[-1].append(column)
        else:
            runs.append([column])
            style = read.style
        if column and _OTHER.search(column):
            style = None
    return [q for run in runs if (q := _of_run(table, run)) is not None]


def _stands_alone(read: _Column, column: str) -> bool:
    """Tell a tick from the answer to a question of its own: "Do you own a car?" Yes / No is no option."""
    if read.own or not read.untick:
        return True
    return not ({read.tick, read.untick} & _SPOKEN) and not _QUESTION.search(column) and len(column.split()) <= 6


def _of_run(table: pd.DataFrame, run: Sequence[str]) -> TickQuestion | None:
    reads = [r for c in run if (r := _read(table[c], c)) is not None]
    marked = any(r.untick for r in reads)
    if len(run) == 1 and (marked or table[run[0]].notna().all()):
        return None
    if all(table[c].notna().all() and not r.untick for c, r in zip(run, reads, strict=True)):
        return None
    name = run[0] if len(run) == 1 else " / ".join(run[:4]) + (f" and {len(run) - 4} more" if len(run) > 4 else "")
    return TickQuestion(name, tuple(run), tuple(run), marked)


def made_plain(table: pd.DataFrame, question: TickQuestion, saw: pd.Series) -> pd.DataFrame:
    """Return the question's columns as ``TICKED``, ``SEEN`` or None; ``saw`` says who was shown it."""
    out = {}
    for column in question.columns:
        plain = table[column].map(
            lambda v: None if v is None or v != v else plain_label(v) or str(v).strip().casefold()
        )
        ticked = plain.notna() & ~plain.isin(_UNTICKED | _NOT_ASKED)
        marks = pd.Series(SEEN, index=table.index, dtype=object).where(saw | ticked, None)
        out[column] = marks.mask(ticked, TICKED)
    return pd.DataFrame(out)


def any_mark(table: pd.DataFrame, columns: Sequence[str], *, ticked: bool = False) -> pd.Series:
    """Return the rows with any mark in these columns ("N/A" is none); with ``ticked``, with a tick."""
    out = pd.Series(False, index=table.index)
    none = _NOT_ASKED | (_UNTICKED if ticked else frozenset())
    for column in columns:
        plain = table[column].map(lambda v: "" if v is None or v != v else plain_label(v) or str(v).strip().casefold())
        out |= (plain != "") & ~plain.isin(none)
    return out
