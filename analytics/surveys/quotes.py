"""Choosing quotes that show a theme without showing a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.surveys.answers import Answer
from analytics.surveys.errors import SurveyError


@dataclass(frozen=True)
class Quote:
    """A redacted answer and what may be said about its author: details that ``people`` people share."""

    answer: str
    text: str
    about: dict[str, str]
    people: int
    date: str = ""


def choose_quotes(
    answers: Sequence[Answer],
    about: pd.DataFrame,
    people: pd.Series,
    *,
    k: int,
    n: int = 3,
    dates: Mapping[str, str] | None = None,
    first: Sequence[str] = (),
    longest: int = 280,
) -> tuple[Quote, ...]:
    """Choose quotes of one theme: exemplars first, then the newest, each k-anonymous.

    Parameters
    ----------
    answers
        The theme's answers, redacted.
    about
        What is known of whoever gave each answer of the whole survey (index: answer id), columns such as
        wave, age group and persona, from the least to the most telling. The last ones are left off a quote
        until k people share those that remain.
    people
        Who gave each answer, on the index of ``about``: whoever answered several times is one person.
    k
        The privacy floor: people that must share the details shown, and have given the theme at all.
    n
        Quotes wanted, each of another person.
    dates
        Answer id -> ISO date; newer answers come first.
    first
        Answer ids marked as good examples.
    longest
        Characters of a quote; longer answers are not cut but left out, as a cut quote can mislead.

    Returns
    -------
    tuple of Quote
        Empty where fewer than k people gave the theme.

    Raises
    ------
    SurveyError
        ``k`` is below 2, or an answer has no row in ``about``.
    """
    if k < 2:
        raise SurveyError("A quote must stand for two people or more (k of 2 or higher).")
    spoken = [a for a in answers if a.status == "answer" and 15 <= len(a.text) <= longest]
    missing = [a.id for a in answers if a.id not in about.index or a.id not in people.index]
    if missing:
        raise SurveyError(f'Nothing is known about the author of answer "{missing[0]}". Add its row.')
    if people.loc[[a.id for a in answers]].nunique() < k:
        return ()
    dated = dates or {}
    out: list[Quote] = []
    quoted: set[str] = set()
    for answer in _best_first(spoken, dated, first):
        if len(out) == n:
            break
        if people[answer.id] not in quoted and answer.text.casefold() not in {q.text.casefold() for q in out}:
            details, count = _shared(about, people, answer.id, k)
            if count >= k:
                quoted.add(people[answer.id])
                out.append(Quote(answer.id, answer.text, details, count, dated.get(answer.id, "")))
    return tuple(out)


def _best_first(answers: Sequence[Answer], dated: Mapping[str, str], first: Sequence[str]) -> list[Answer]:
    """Return the answers marked as good examples in their order, then the others, the newest first."""
    wanted = {answer: place for place, answer in enumerate(first)}
    newest = sorted(answers, key=lambda a: dated.get(a.id, ""), reverse=True)
    return sorted(newest, key=lambda a: wanted.get(a.id, len(wanted)))


def _shared(about: pd.DataFrame, people: pd.Series, answer: str, k: int) -> tuple[dict[str, str], int]:
    """Return the details of one author that at least k people share, dropping the most telling first."""
    row = about.loc[answer]
    for width in range(about.shape[1], 0, -1):
        columns = [c for c in about.columns[:width] if pd.notna(row[c])]
        same = (about[columns] == row[columns]).all(axis=1)
        count = int(people.loc[about.index[same]].nunique())
        if count >= k:
            return {str(c): str(row[c]) for c in columns}, count
    return {}, int(people.nunique())
