"""Rows that are no answers: previews and tests, unfinished ones, and those that stand there twice.

The words are those of the tools: Qualtrics "Response Type" (Survey Preview, Survey Test, Spam; codes 1, 2, 8 and
their sums) and "Finished", Alchemer "Status" (Complete, Partial, Disqualified), Typeform "Response Type" (completed,
partial), LimeSurvey "Date submitted" (empty while unfinished). Pages read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analytics.surveys.metadata import DONE, PREVIEW, STATE, UNFINISHED, plain_name
from analytics.surveys.model import Flags, Role

RowKind = Literal["preview", "unfinished", "repeated", "perhaps test"]
ROW_KINDS: tuple[RowKind, ...] = ("preview", "unfinished", "repeated", "perhaps test")
_QUALTRICS_PREVIEW = frozenset(["1", "2", "8", "9", "12", "17", "24", "40", "48"])
_TEST_WORD = re.compile(r"(test|testing|tester|asdf|qwerty|test ?\d+|dummy)( (test|testing|tester|user|\d+))?", re.I)
_TEST_MAIL = re.compile(r"(test|dummy|asdf)[\d._-]*@.*", re.I)


@dataclass(frozen=True)
class RowsOut:
    """Rows of one kind: how many there are and whether they were left out."""

    kind: RowKind
    n: int
    dropped: bool

    @property
    def sentence(self) -> str:
        """What was done with them, with the count, in words."""
        one = self.n == 1
        rows, was = ("1 row", "was") if one else (f"{self.n:,} rows", "were")
        if self.kind == "perhaps test":
            rows += " looks like a test" if one else " look like tests"
        else:
            rows += {
                "preview": " was a preview, a test or spam" if one else " were previews, tests or spam",
                "unfinished": f" {was} not finished",
                "repeated": f" {'is' if one else 'are'} by somebody who answered more than once",
            }[self.kind]
        if self.dropped:
            return f"{rows} and {was} left out."
        if self.kind == "perhaps test":
            return f"{rows} (a name or an answer that only says “test”). Leave {'it' if one else 'them'} out?"
        return f"{rows} and {was} kept, as you said."


def screen(
    table: pd.DataFrame, roles: Mapping[Role, str], choices: Mapping[str, bool] | None = None
) -> tuple[pd.DataFrame, tuple[RowsOut, ...]]:
    """Leave out the rows that are no answers.

    Parameters
    ----------
    table
        Cells as text or None, columns of the tool still in it.
    roles
        Which columns say who answered and in which wave.
    choices
        Kind of row -> True to keep it, False to leave it out, where a person decided. By default only rows that
        merely look like tests stay.

    Returns
    -------
    tuple
        The rows that stay, and what was found, with counts. A row counts once, for its first reason.
    """
    asked = choices or {}
    left, found = table, []
    for kind in ROW_KINDS:
        flags = _FINDERS[kind](left, roles)
        n = int(flags.sum())
        drop = n > 0 and not asked.get(kind, kind == "perhaps test")
        if n:
            found.append(RowsOut(kind, n, drop))
        if drop:
            left = left[~flags].reset_index(drop=True)
    return left, tuple(found)


def _state_columns(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns that say how an answer came to be: named so, and with a word known for it."""
    found = {}
    for column in table.columns:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain_name(column))
        if STATE.fullmatch(name):
            found[name.casefold()] = table[column].fillna("").astype(str).str.strip()
    return found


def _previews(table: pd.DataFrame, roles: Mapping[Role, str]) -> Flags:
    out = pd.Series(False, index=table.index)
    for name, values in _state_columns(table).items():
        known = values.map(lambda v: bool(PREVIEW.fullmatch(v) or DONE.fullmatch(v) or UNFINISHED.fullmatch(v)))
        if known.any():
            out |= values.map(lambda v: bool(PREVIEW.fullmatch(v)))
        elif name in ("status", "response type") and set(values) <= _QUALTRICS_PREVIEW | {"0", "4", "16", "32", ""}:
            out |= values.isin(_QUALTRICS_PREVIEW)
    return out.to_numpy(dtype=bool)


def _unfinished(table: pd.DataFrame, roles: Mapping[Role, str]) -> Flags:
    out = pd.Series(False, index=table.index)
    said = False
    for name, values in _state_columns(table).items():
        out |= values.map(lambda v: bool(UNFINISHED.fullmatch(v)))
        if name in ("finished", "complete", "completed", "is complete"):
            said = True
            out |= values.str.casefold().isin(["false", "0", "no", "n", "0.0", "nein"])
    for column in table.columns:
        name = plain_name(column).casefold()
        if name == "progress" and not said:
            progress = pd.to_numeric(table[column].astype(object).map(_percent), errors="coerce")
            if progress.max() == 100:
                out |= progress < 100
        if name in ("date submitted", "submitdate", "submit date") and table[column].notna().any():
            out |= table[column].isna()
    return out.to_numpy(dtype=bool)


def _percent(value: object) -> str | None:
    return None if value is None or value != value else str(value).rstrip(" %")


def _repeated(table: pd.DataFrame, roles: Mapping[Role, str]) -> Flags:
    """Find later rows of one person in one wave, and rows that are the same in every cell."""
    wave = [roles["wave"]] if "wave" in roles else []
    again = pd.Series(False, index=table.index)
    for column in [roles.get("respondent"), *_mail_columns(table)]:
        if column is None or column not in table:
            continue
        who = table[column].map(lambda v: None if v is None or v != v else str(v).strip().casefold())
        keys = pd.concat([who, *(table[w] for w in wave)], axis=1)
        later = who.notna() & keys.duplicated()
        # Half of all people twice is no slip but two waves in one file.
        if wave or later.sum() < 0.4 * max(1, who.nunique()):
            again |= later
    if any(_tells_moments(table[c]) for c in table.columns):
        again |= table.duplicated()
    return again.to_numpy(dtype=bool)


def _tells_moments(values: pd.Series) -> bool:
    """Tell a clock to the second that hardly repeats: two rows alike in it too are one row written twice."""
    seen = values.dropna().astype(str)
    return bool(len(seen) > 1 and seen.str.contains(r"\d:\d\d:\d\d").mean() > 0.9 and seen.nunique() >= 0.8 * len(seen))


def _mail_columns(table: pd.DataFrame) -> list[str]:
    found = []
    for column in table.columns:
        values = table[column].dropna()
        if re.search(r"e-?mail", column, re.I) and len(values) >= 2 and values.str.contains("@").mean() > 0.9:
            found.append(column)
    return found


def _perhaps_tests(table: pd.DataFrame, roles: Mapping[Role, str]) -> Flags:
    out = pd.Series(False, index=table.index)
    for column in table.columns:
        if column in roles.values():
            continue
        values = table[column]
        out |= values.map(lambda v: isinstance(v, str) and bool(_TEST_WORD.fullmatch(v) or _TEST_MAIL.fullmatch(v)))
    return out.to_numpy(dtype=bool)


_FINDERS = {
    "preview": _previews,
    "unfinished": _unfinished,
    "repeated": _repeated,
    "perhaps test": _perhaps_tests,
}
