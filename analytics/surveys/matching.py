"""Fitting two waves together: renamed questions, scales of another length, one frame for both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from analytics.surveys.errors import SurveyError
from analytics.surveys.labels import plain_label
from analytics.surveys.model import Item, Role, Survey

LIKELY = 0.55
"""From this likeness (0 to 1) on a renamed question is offered as a match."""


@dataclass(frozen=True)
class Match:
    """A question of the first wave and the one of the second that fits it best.

    ``sure`` is True where name and scale are the same; otherwise a person is to confirm. ``after`` is empty
    where nothing fits, ``before`` where the question is new. ``problem`` says why a pair cannot be compared.
    """

    before: str
    after: str
    likeness: float
    sure: bool
    sentence: str
    problem: str = ""


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def likeness(a: Item, b: Item) -> float:
    """Return how alike two questions are (0 to 1): shared words, letters in order, shared labels."""
    one, two = plain_label(a.question), plain_label(b.question)
    if one == two:
        return 1.0
    left, right = _words(one), _words(two)
    words = len(left & right) / max(1, len(left | right))
    letters = SequenceMatcher(None, one, two).ratio()
    text = max(words, letters)
    if a.kind != b.kind:
        return 0.5 * text
    ours, theirs = {plain_label(x) for x in a.labels}, {plain_label(x) for x in b.labels}
    labels = len(ours & theirs) / max(1, len(ours | theirs)) if ours or theirs else text
    return min(0.99, 0.8 * text + 0.2 * labels)


def scale_problem(before: Item, after: Item) -> str:
    """Return why two items cannot be compared, or an empty string.

    A wave that used only one or two points of the other's scale looks like a plain choice: that is no problem.
    """
    for scale, other in ((before, after), (after, before)):
        if scale.points and other.kind == "single" and set(_plain(other)) <= set(_plain(scale)):
            return ""
    if before.kind != after.kind:
        return (
            f'"{before.question}" was asked as {_kind(before)} before and {_kind(after)} after: '
            "the answers cannot be compared."
        )
    if before.points != after.points:
        return (
            f'"{before.question}" has {before.points} points before and {after.points} after: answers on different '
            "scales cannot be compared. Ask both waves on one scale, or give the full list of labels if the scale "
            "was the same and some answers were never chosen."
        )
    if before.points and before.family != "numbers" and _plain(before) != _plain(after):
        return (
            f'"{before.question}" has other answer labels before and after. '
            "Give one list of labels, from lowest to highest, that holds for both waves."
        )
    return ""


def _kind(item: Item) -> str:
    names = {
        "likert": f"a scale of {item.points} points",
        "recommend": "a 0-10 recommend question",
        "multi": "several choices",
        "single": "one choice",
        "number": "a number",
        "open": "an open question",
        "shares": "published shares",
    }
    return names[item.kind]


def _plain(item: Item) -> list[str]:
    return [plain_label(x) for x in item.labels]


def match_items(before: Sequence[Item], after: Sequence[Item]) -> tuple[Match, ...]:
    """Offer a match for every question of two waves; renamed ones wait for a person's word.

    Each question is used at most once, and the pairs are those with the highest likeness in all.
    """
    score = np.array([[likeness(a, b) for b in after] for a in before]).reshape(len(before), len(after))
    rows, columns = linear_sum_assignment(score, maximize=True) if score.size else ([], [])
    pairs = {int(i): int(j) for i, j in zip(rows, columns, strict=True) if score[i, j] >= LIKELY}
    found = [_match(a, after[pairs[i]], score[i, pairs[i]]) if i in pairs else _gone(a) for i, a in enumerate(before)]
    new = [b for j, b in enumerate(after) if j not in pairs.values()]
    return tuple(found) + tuple(
        Match("", b.key, 0.0, False, f'"{b.question}" was asked only after: there is nothing to compare it with.')
        for b in new
    )


def _gone(a: Item) -> Match:
    return Match(a.key, "", 0.0, False, f'"{a.question}" was asked only before: there is nothing to compare it with.')


def _match(a: Item, b: Item, score: float) -> Match:
    problem = scale_problem(a, b)
    if score == 1.0:
        return Match(a.key, b.key, 1.0, not problem, f'"{a.question}" was asked in both waves.', problem)
    sentence = f'Is "{b.question}" (after) the same question as "{a.question}" (before)?'
    return Match(a.key, b.key, float(score), False, sentence, problem)


def join_waves(
    before: Survey,
    after: Survey,
    *,
    confirmed: Mapping[str, str] | None = None,
    names: tuple[str, str] = ("before", "after"),
    wave: str = "wave",
) -> pd.DataFrame:
    """Put two files of one survey into one frame with a wave column.

    Parameters
    ----------
    confirmed
        Question before -> question after, for the renamed ones a person confirmed. Questions with the same
        name need no word; others are kept in their own wave only.

    Raises
    ------
    SurveyError
        A confirmed question does not exist, or its two scales differ.
    """
    renamed: dict[str, str] = {}
    for old, new in (confirmed or {}).items():
        a, b = before.item(old), after.item(new)
        problem = scale_problem(a, b)
        if problem:
            raise SurveyError(problem)
        if len(a.columns) != len(b.columns):
            raise SurveyError(f'"{old}" and "{new}" offer different choices: they cannot be matched.')
        renamed.update(zip(b.columns, a.columns, strict=True))
    for role, column in after.roles.items():
        if role in before.roles:
            renamed[column] = before.roles[role]
    one, two = (x.frame if x.cells is None else x.cells for x in (before, after))
    first = one.assign(**{wave: names[0]})
    second = two.rename(columns=renamed).assign(**{wave: names[1]})
    return pd.concat([first, second], ignore_index=True)


def split_by_date(survey: Survey, day: str, *, names: tuple[str, str] = ("before", "after")) -> Survey:
    """Tell the waves apart by the date of the answer: ``day`` (ISO) and later is after.

    Answers without a readable date belong to no wave, and the survey's notes say how many.

    Raises
    ------
    SurveyError
        The survey has no date column, or ``day`` is no date.
    """
    dates = survey.column("date")
    if dates is None:
        raise SurveyError("No column says when an answer was given. Name the date column, or a wave column.")
    cut = pd.to_datetime(day, errors="coerce", format="ISO8601")
    if pd.isna(cut):
        raise SurveyError(f'"{day}" is no date. Write it as year-month-day, such as 2024-05-31.')
    when = pd.to_datetime(dates, errors="coerce", format="mixed", utc=True).dt.tz_localize(None)
    wave = pd.Series(np.where(when >= cut, names[1], names[0]), index=dates.index, dtype=object).where(
        when.notna(), None
    )
    column = "wave" if "wave" not in survey.frame else "wave by date"
    lost = int(when.isna().sum())
    notes = (*survey.notes, f"{lost} answers have no readable date and belong to no wave.") if lost else survey.notes
    roles: dict[Role, str] = {**survey.roles, "wave": column}
    return replace(survey, frame=survey.frame.assign(**{column: wave}), roles=roles, notes=notes)
