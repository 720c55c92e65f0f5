"""Saying what kind of question each column of a wide survey is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from analytics.surveys.closed import codes
from analytics.surveys.labels import (
    ask_for_order,
    given_order,
    is_no_answer,
    ordered_labels,
    partly_ordered,
    plain_label,
)
from analytics.surveys.model import TICK_FAMILY, WRITTEN_FAMILY, Item
from analytics.surveys.numbered import Numbered, numbers_of
from analytics.surveys.several import MOST_LABELS, NAMED, separator_of
from analytics.surveys.ticks import TickQuestion, any_mark, tick_questions

_RECOMMEND = re.compile(r"\bnps\b|recommend|promoter|empfehl|recommand|recomend", re.I)
_OTHER_TEXT = re.compile(r"(\[| - |: )other\b.*(specify|text|comment)|other \(please specify\)\]?$|_text$", re.I)


def describe_items(
    frame: pd.DataFrame,
    *,
    orders: Mapping[str, Sequence[str]] | None = None,
    options: Mapping[str, Sequence[str]] | None = None,
    ticks: Sequence[TickQuestion] | None = None,
    written: Collection[str] = (),
) -> tuple[Item, ...]:
    """Describe every question of a wide survey.

    Parameters
    ----------
    frame
        One row a respondent, one column a question, cells text or None. Columns that say who answered and
        when are to be left out (``read_survey`` does).
    orders
        Question -> its labels from the lowest to the highest, where the words do not say.
    options
        Question -> the options of a question with several choices in one cell, where commas stand inside them.
    ticks
        The questions with a column an option, where they were found before.
    written
        Columns of which the file says that people wrote the answer: open questions.

    Returns
    -------
    tuple of Item
        In the order of the columns; a multi-select spread over columns is one item.

    Raises
    ------
    SurveyError
        An order does not place every label of its question.
    """
    spread = tick_questions(frame, list(frame.columns)) if ticks is None else ticks
    first = {q.columns[0]: q for q in spread}
    inside = {c for q in spread for c in q.columns}
    items: list[Item] = []
    for column in frame.columns:
        if column in first:
            items.append(_multi_over_columns(frame, first[column]))
        elif column not in inside:
            given = (options or {}).get(column)
            order = (orders or {}).get(column)
            items.append(_describe(frame[column], column, order, given, column in written))
    return _ask_about_grids(items)


def _multi_over_columns(frame: pd.DataFrame, question: TickQuestion) -> Item:
    answered = int(any_mark(frame, question.columns).sum())
    key, columns, labels = question.question, question.columns, question.options
    return Item(key, key, "multi", columns, labels, TICK_FAMILY, n=answered, missing=len(frame) - answered)


def _describe(
    values: pd.Series,
    name: str,
    order: Sequence[str] | None,
    options: Sequence[str] | None = None,
    is_written: bool = False,
) -> Item:
    given = [str(v) for v in values.dropna()]
    told = [v for v in given if not is_no_answer(v)]
    distinct = list(dict.fromkeys(told))
    base = Item(
        key=name,
        question=name,
        kind="open",
        columns=(name,),
        n=len(told),
        missing=len(values) - len(given),
        no_answer=len(given) - len(told),
    )
    if order is not None:
        return _with(base, "likert", given_order(name, distinct, order), "given")
    if options:
        return _with(base, "multi", tuple(dict.fromkeys(o.strip() for o in options)), separator=NAMED)
    if is_written or _OTHER_TEXT.search(name):
        return _with(base, "open", (), WRITTEN_FAMILY)
    return _numbers(base, told, distinct) or _choices(base, told, distinct) or base


def _with(base: Item, kind: str, labels: tuple[str, ...], family: str = "", **more: str) -> Item:
    return Item(**{**base.__dict__, "kind": kind, "labels": labels, "family": family, **more})


def _numbers(base: Item, told: list[str], distinct: list[str]) -> Item | None:
    """Read numbers: a 0-10 recommend item, a numbered scale ("1 - Strongly disagree") or plain numbers."""
    found = numbers_of(distinct) if distinct else None
    if found:
        scale = _scale_of(base.question, found)
        if scale is not None:
            return _with(base, scale[0], scale[1], "numbers")
        if any(n.words for n in found.values()):
            return None
    numbers = pd.to_numeric(pd.Series(distinct, dtype=object), errors="coerce")
    if len(distinct) > 2 and numbers.notna().mean() >= 0.95:
        return _with(base, "number", ())
    return None


def _scale_of(question: str, found: Mapping[str, Numbered]) -> tuple[str, tuple[str, ...]] | None:
    whole = {n.number for n in found.values()}
    low, high = min(whole), max(whole)
    if _RECOMMEND.search(question) and low >= 0 and 5 < high <= 10:
        return "recommend", tuple(str(k) for k in range(11))
    if len(whole) < 3 or low < 0 or high > 10:
        return None
    written = {n.number: label for label, n in found.items() if n.words}
    # From 0 only full 0-10 scales are taken for one: 0, 1, 2 ... is more often a count.
    if not (low >= 1 or (low == 0 and high == 10) or written) or len(whole) < 0.6 * (high - low + 1):
        return None
    labels = tuple(written.get(k, str(k)) for k in range(min(low, 1), high + 1))
    return "likert", labels[::-1] if _runs_down({n.number: n.words for n in found.values() if n.words}) else labels


def _runs_down(words: Mapping[int, str]) -> bool:
    """Tell whether the words fall while the numbers rise: 1 = Strongly agree, 5 = Strongly disagree."""
    ordered = ordered_labels(words.values()) if len(words) >= 2 else None
    if ordered is None:
        return False
    place = {plain_label(label): k for k, label in enumerate(ordered[1])}
    places = [place[plain_label(words[k])] for k in sorted(words) if plain_label(words[k]) in place]
    return len(places) >= 2 and places == sorted(places, reverse=True) and places[0] != places[-1]


def _choices(base: Item, told: list[str], distinct: list[str]) -> Item | None:
    ordered = ordered_labels(distinct)
    if ordered is not None and len(ordered[1]) >= 3:
        kind = "single" if ordered[0] in ("bands", "education") else "likert"
        return _with(base, kind, ordered[1], ordered[0])
    multi = separator_of(told, distinct)
    if multi is not None:
        return _with(base, "multi", multi[1], separator=multi[0])
    long = sum(len(v) for v in told) / max(1, len(told)) > 60
    few = len(distinct) <= min(MOST_LABELS, max(2, len(told) // 3))
    if not few or (long and len(distinct) > 12):
        return None
    ask = ask_for_order(base.question, distinct) if partly_ordered(distinct) else ""
    return _with(base, "single", tuple(distinct), ask=ask)


def unplaced(frame: pd.DataFrame, items: Sequence[Item]) -> list[str]:
    """Say for each closed question how many answers find no place on its scale or among its numbers."""
    out = []
    for item in items:
        if item.kind not in ("likert", "recommend", "number"):
            continue
        given = frame[item.columns[0]].map(lambda v: isinstance(v, str) and not is_no_answer(v))
        lost = int((given & np.isnan(codes(frame[item.columns[0]], item))).sum())
        if lost:
            are = "1 answer is" if lost == 1 else f"{lost:,} answers are"
            what = "no number" if item.kind == "number" else "not on its scale"
            out.append(f'"{item.question}": {are} {what} and left out.')
    return out


def _ask_about_grids(items: list[Item]) -> tuple[Item, ...]:
    """Ask for an order where several questions share the same three or more labels: a scale, surely."""
    sets = [frozenset(map(plain_label, i.labels)) if i.kind == "single" and not i.family else None for i in items]
    out = []
    for item, labels in zip(items, sets, strict=True):
        if labels and 3 <= len(labels) <= 11 and sum(s == labels for s in sets) >= 2 and not item.ask:
            item = Item(**{**item.__dict__, "ask": ask_for_order(item.question, item.labels)})
        out.append(item)
    return tuple(out)
