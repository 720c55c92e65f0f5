"""Codes that stand for no answer (-99, 999, 98 "don't know"): named by the file, by a person, or asked about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.surveys.labels import is_no_answer, plain_label
from analytics.surveys.numbered import numbered

EVERYWHERE = "*"
"""The question name under which a person states codes that hold for every question."""

_NO_ANSWER = (
    r"no answer|no response|no reply|missing|not answered|unanswered|not applicable|n/?a\b|refus\w*|prefer\w* not"
    r"|don.?t know|do not know|dk\b|not asked|skipped|not stated|unknown|keine angabe"
    r"|k\.? ?a\.?\b|wei(?:ss|\u00df) nicht"
)
_SAID = re.compile(
    rf"(?<![\d.])(-?\d{{1,5}})\s*(?:=|:|means|is|stands for|\u2013|-)\s*[\"'\u201c]?(?:{_NO_ANSWER})", re.I
)
_SAID_BACK = re.compile(rf"(?:{_NO_ANSWER})[\"'\u201d]?\s*(?:=|:|is coded|coded as|as)\s*(-?\d{{1,5}})(?![\d.])", re.I)
_NEGATIVE = frozenset([-1, -2, -7, -8, -9, *range(-99, -94), -88, -77, -66, *range(-999, -994), -888, -777, -9999])
_POSITIVE = frozenset([8, 9, 77, 88, 97, 98, 99, 777, 888, 997, 998, 999, 8888, 9997, 9998, 9999, 99999, 999999])
_CODES = _NEGATIVE | _POSITIVE
_MARKS = frozenset(["#null!", "#n/a", "null", "nan", ".", "<na>", "#value!"])
FEWEST_REST = 5
FEWEST_ON_SCALE = 20
"""Below this many answers a gap below a 9 is no sign: the points between may be unused by chance."""


@dataclass(frozen=True)
class Missing:
    """A code of one question that is read as no answer: how often it stands there and who says so.

    ``source`` is "file" (its heading or label says so), "person", or "looks" (nobody said so: it is asked).
    """

    column: str
    code: str
    n: int
    source: str

    @property
    def sentence(self) -> str:
        """What was left out, with its count; a question where nobody has said what the code means."""
        times = "1 answer" if self.n == 1 else f"{self.n:,} answers"
        if self.source == "looks":
            return (
                f'"{self.column}": does {self.code} mean "no answer"? It stands apart from the other answers, so '
                f"{times} of {self.code} {'is' if self.n == 1 else 'are'} left out until you say. Name the code as "
                "missing, or say that no code of this question is."
            )
        who = "as the file says" if self.source == "file" else "as you said"
        return f'"{self.column}": {times} of {self.code} left out as no answer, {who}.'


def blank_marks(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with what statistics programs write for an empty cell ("#NULL!", ".") made empty."""
    return table.map(lambda v: None if isinstance(v, str) and v.casefold() in _MARKS else v)


def without_codes(
    table: pd.DataFrame, columns: Sequence[str], told: Mapping[str, Sequence[str]]
) -> tuple[pd.DataFrame, tuple[Missing, ...]]:
    """Empty the cells that hold a code for no answer.

    Parameters
    ----------
    table
        Cells as text or None.
    columns
        The columns that may hold answers; others are left as they are.
    told
        Question, or ``EVERYWHERE``, -> codes a person named. An empty list for a question says that none of its
        values is such a code.

    Returns
    -------
    tuple
        The table, and one entry a question and code.
    """
    out, found = table.copy(), []
    for column in columns:
        counts = Counter(v for v in table[column] if isinstance(v, str))
        for code, source in _codes_of(column, counts, told).items():
            same = [v for v in counts if _same(v, code)]
            n = sum(counts[v] for v in same)
            if n:
                found.append(Missing(column, code, n, source))
                out[column] = out[column].where(~out[column].isin(same), None)
    return out, tuple(found)


def _codes_of(column: str, counts: Counter[str], told: Mapping[str, Sequence[str]]) -> dict[str, str]:
    codes = {code.strip(): "person" for code in told.get(column, told.get(EVERYWHERE, ())) if code.strip()}
    if column in told:
        return codes
    said = dict.fromkeys((*_SAID.findall(column), *_SAID_BACK.findall(column)), "file")
    for value in counts:
        one = numbered(value)
        if one is not None and one.words and is_no_answer(one.words):
            said[value] = "file"
    if not codes and not said:
        return dict.fromkeys(_looks(counts), "looks")
    return {**said, **codes}


def _same(value: str, code: str) -> bool:
    a, b = pd.to_numeric(value, errors="coerce"), pd.to_numeric(code, errors="coerce")
    return bool(a == b) if a == a and b == b else plain_label(value) == plain_label(code)


def _looks(counts: Counter[str]) -> list[str]:
    """Return the codes of a column of numbers that stand apart from all its other values."""
    numbers: dict[float, int] = {}
    for value, times in counts.items():
        one = numbered(value)
        number = float(pd.to_numeric(value, errors="coerce")) if one is None else float(one.number)
        if number != number:
            return []
        numbers[number] = numbers.get(number, 0) + times
    likely = [int(k) for k in numbers if k in _CODES]
    rest = [k for k in numbers if k not in _CODES]
    if not likely or len(rest) < 2 or sum(numbers[k] for k in rest) < FEWEST_REST:
        return []
    return [str(k) for k in sorted(likely) if _apart(k, numbers)]


def _apart(code: int, numbers: Mapping[float, int]) -> bool:
    """Tell whether a code lies outside the answers: below them all, or above them with a gap."""
    others = [k for k in numbers if k not in _CODES or 0 <= k < code]
    low = min(k for k in others if k >= 0) if any(k >= 0 for k in others) else 0.0
    if code < 0:
        return not any(k < 0 for k in numbers if k not in _CODES) and (code <= -7 or low >= 1)
    # Codes of one series (97, 98, 99) stand apart together: the gap is measured below the lowest of them.
    first = code
    while first - 1 in numbers and first - 1 in _CODES:
        first -= 1
    below = [k for k in numbers if 0 <= k < first]
    above = [k for k in numbers if k > code and k not in _CODES]
    if above or not below:
        # Inside or under the range only a pile of a long code among values that hardly repeat is a sign.
        return code >= 99 and numbers[code] >= max(5, 5 * _usual(numbers, code))
    high = max(below)
    if code < 10:
        return 9 in numbers and first - high >= 2 and high <= 7 and sum(numbers.values()) >= FEWEST_ON_SCALE
    if high <= 11:
        return True
    piled = numbers[code] >= 3 and numbers[code] > 3 * _usual(numbers, code)
    return first - high >= 0.2 * (high - min(below)) or piled


def _usual(numbers: Mapping[float, int], code: int) -> float:
    others = sorted(t for k, t in numbers.items() if k != code)
    return float(others[(3 * len(others)) // 4]) if others else 0.0
