"""Who saw a question of tick columns, where the file itself does not mark what was not chosen.

An empty row may be a person who chose nothing or one who was never asked. Everybody counts as having seen the
question, but for those of whom the file says otherwise: who stopped before it, and whom an earlier answer led past it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.surveys.ticks import TickQuestion, any_mark

MOST_BRANCHES = 12
"""An earlier question with more answers than this leads nobody past another."""
FEWEST = 5
_NEARLY_ALL = 0.8
_ASKED_TICK = 0.7
_CHANCE = 1e-3


@dataclass(frozen=True)
class Audience:
    """Who saw one question: a flag a row, and what was concluded, in words ("" where nothing was)."""

    saw: pd.Series
    note: str = ""


def audience(
    table: pd.DataFrame, question: TickQuestion, columns: Sequence[str], *, everybody: bool = False
) -> Audience:
    """Return who saw a question.

    Parameters
    ----------
    table
        Cells as text or None, all rows that are answers.
    columns
        The columns of questions, in the order in which they were asked.
    everybody
        A person said that everybody saw it.
    """
    marks = any_mark(table, question.columns)
    answered = _answered(table, marks, question, columns)
    if everybody:
        return Audience(pd.Series(True, index=table.index))
    if question.marked:
        return Audience(marks)
    named = {c for c in table.columns if question.columns and c in question.columns}
    not_shown = _said_not_asked(table, question)
    places = [k for k, c in enumerate(columns) if c in named]
    before, after = list(columns[: places[0]]), list(columns[places[-1] + 1 :])
    stopped = _stopped(table, marks, after)
    open_rows = answered & ~stopped & ~not_shown
    led_past, filter_note = _led_past(table, marks, open_rows, before, after)
    saw = marks | (open_rows & ~led_past)
    return Audience(saw, _note(question, saw, stopped & answered & ~marks, led_past & open_rows, filter_note))


def _answered(table: pd.DataFrame, marks: pd.Series, question: TickQuestion, columns: Sequence[str]) -> pd.Series:
    """Return who answered anything; where no question is one that nearly all answer, that cannot be told of anybody."""
    others = [c for c in columns if c not in question.columns]
    core = [c for c in others if table.loc[marks, c].notna().mean() >= _NEARLY_ALL]
    return any_mark(table, columns) if core else pd.Series(True, index=table.index)


def _said_not_asked(table: pd.DataFrame, question: TickQuestion) -> pd.Series:
    filled = table[list(question.columns)].notna().any(axis=1)
    return filled & ~any_mark(table, question.columns)


def _stopped(table: pd.DataFrame, marks: pd.Series, after: Sequence[str]) -> pd.Series:
    """Return who ticked nothing and gave no later answer, where nearly all who ticked gave one."""
    none = pd.Series(False, index=table.index)
    if marks.sum() < FEWEST or not after:
        return none
    core = [c for c in after if table.loc[marks, c].notna().mean() >= _NEARLY_ALL]
    if not core:
        return none
    return ~marks & ~any_mark(table, after)


def _led_past(
    table: pd.DataFrame, marks: pd.Series, rows: pd.Series, before: Sequence[str], after: Sequence[str]
) -> tuple[pd.Series, str]:
    """Find the nearest earlier question with answers of which nobody ticked anything, beyond chance."""
    none = pd.Series(False, index=table.index)
    for column in reversed(before):
        values = table[column].where(rows)
        if not 2 <= values.nunique() + int(table.loc[rows, column].isna().any()) <= MOST_BRANCHES:
            continue
        filled = values.fillna("")
        by_answer = marks[rows].groupby(filled[rows]).sum()
        past = [str(v) for v, ticks in by_answer.items() if ticks == 0]
        led = rows & filled.isin(past)
        rest = rows & ~led
        if led.sum() < FEWEST or rest.sum() < FEWEST or not any(past):
            continue
        rate = float(marks[rest].mean())
        sure = rate >= _ASKED_TICK or _shares_the_gap(table, led, rest, [*before[before.index(column) + 1 :], *after])
        if sure and (1 - rate) ** int(led.sum()) < _CHANCE:
            said = " or ".join(f"“{v}”" if v else "nothing" for v in past[:4])
            return led, f"answered {said} to “{column}”"
    return none, ""


def _shares_the_gap(table: pd.DataFrame, led: pd.Series, rest: pd.Series, columns: Sequence[str]) -> bool:
    """Tell whether another question was left out by just these people and answered by nearly all others."""
    return any(table.loc[led, c].isna().all() and table.loc[rest, c].notna().mean() >= _NEARLY_ALL for c in columns)


def _note(question: TickQuestion, saw: pd.Series, stopped: pd.Series, led: pd.Series, why: str) -> str:
    parts = []
    if led.any():
        parts.append(f"{int(led.sum()):,} who {why} ticked nothing and are taken as not asked")
    if stopped.any():
        parts.append(f"{int(stopped.sum()):,} gave no answer from here on and are taken as not asked")
    if not parts:
        return ""
    return (
        f"“{question.question}”: {'; '.join(parts)}. Shares are of the other {int(saw.sum()):,}. Say so if all saw it."
    )
