"""Several choices in one cell: which mark separates them, and which comma belongs to an option.

Google Forms joins with ", ", Microsoft Forms with ";", Qualtrics with "," and no space. An option may hold a comma
itself ("Books, films and music"): then its parts never come apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

MOST_LABELS = 30
"""More distinct answers than this are no list of choices."""

NAMED = "named options"
"""In place of a mark: the options were named by a person and are looked for as they are."""

TIGHT = ","
"""A comma without a space after it separates; one with a space is part of an option."""

_MARKS = (";", "|", "\n", TIGHT, ", ")
_DECIMAL = re.compile(r"-?\d+,\d+")
FEWEST_TOGETHER = 3


def parts_of(cell: str, separator: str, options: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the choices in one cell.

    With ``options``, an option that holds the mark stays whole: the longest that fits is taken first.
    """
    if not separator:
        return (cell.strip(),)
    if separator == NAMED:
        return _named(cell, options)
    holding = [o for o in options if _split(o, separator) != [o]]
    return _named(cell, options) if holding else tuple(_split(cell, separator))


def _split(cell: str, mark: str) -> list[str]:
    if mark == TIGHT:
        pieces = re.split(r",(?!\s)", cell)
    elif mark == ", ":
        pieces = _outside_brackets(cell)
    else:
        pieces = cell.split(mark)
    return [p.strip() for p in pieces if p.strip()]


def _outside_brackets(cell: str) -> list[str]:
    return re.split(r", (?![^()]*\))", cell)


def _named(cell: str, options: Sequence[str]) -> tuple[str, ...]:
    """Take named options out of a cell, the longest first; what is left over is one more part."""
    rest, found = cell, []
    for option in sorted(options, key=len, reverse=True):
        pattern = rf"(?:^|(?<=[,;|\n])\s*){re.escape(option)}(?=\s*(?:[,;|\n]|$))"
        if re.search(pattern, rest):
            rest = re.sub(pattern, "\0", rest, count=1)
            found.append((cell.find(option), option))
    left = [p.strip(" ,;|\n") for p in rest.split("\0")]
    return tuple(o for _, o in sorted(found)) + tuple(p for p in left if p)


def separator_of(told: Sequence[str], distinct: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Find the mark that separates several choices in one cell, and the choices.

    A mark counts only where the parts come back: fewer parts than whole answers, each used three times
    on average. That keeps sentences with commas ("honest, kind, and loyal") whole.
    """
    if told and sum(bool(_DECIMAL.fullmatch(v)) for v in told) >= 0.8 * len(told):
        return None
    for mark in _MARKS:
        several = sum(len(_split(v, mark)) > 1 for v in told)
        if several < max(2, 0.1 * len(told)):
            continue
        cells = _rejoined([_split(v, mark) for v in told]) if mark == ", " else [_split(v, mark) for v in told]
        uses = [p for cell in cells for p in cell]
        parts = list(dict.fromkeys(uses))
        short = max((len(p) for p in parts), default=0) <= 120
        back = len(parts) <= len(distinct) and len(uses) >= 3 * len(parts)
        if short and 1 < len(parts) <= MOST_LABELS and back and any(len(cell) > 1 for cell in cells):
            return mark, tuple(parts)
    return None


def _rejoined(cells: list[list[str]]) -> list[list[str]]:
    """Join neighbours that never stand apart, and a part that goes on in small letters, into one option."""
    while True:
        uses = Counter(p for cell in cells for p in cell)
        pairs = Counter(pair for cell in cells for pair in pairwise(cell))
        upper = sum(t for p, t in uses.items() if p[:1].isupper())
        small_is_odd = upper >= 0.5 * sum(uses.values())
        joins = {
            (a, b)
            for (a, b), times in pairs.items()
            if (times == uses[a] == uses[b] and times >= FEWEST_TOGETHER)
            or (small_is_odd and b[:1].islower() and times == uses[b])
        }
        if not joins:
            return cells
        cells = [_join(cell, joins) for cell in cells]


def _join(cell: list[str], joins: set[tuple[str, str]]) -> list[str]:
    out: list[str] = []
    last = ""
    for part in cell:
        if out and (last, part) in joins:
            out[-1] = f"{out[-1]}, {part}"
        else:
            out.append(part)
        last = part
    return out
