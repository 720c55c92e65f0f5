"""Saying what kind of question each column of a wide survey is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from analytics.surveys.labels import (
    ask_for_order,
    given_order,
    is_no_answer,
    ordered_labels,
    partly_ordered,
    plain_label,
)
from analytics.surveys.model import Item

MOST_LABELS = 30
"""More distinct answers than this are no list of choices."""

_TICKS = frozenset(["1", "1.0", "true", "yes", "x", "checked", "selected", "ticked", "on", "✓", "✔"])
UNTICKED = frozenset(["0", "0.0", "false", "no", "unchecked", "not selected", "off", "-"])
"""What a cell of an option that was not chosen may hold."""
_RECOMMEND = re.compile(r"\bnps\b|recommend|promoter", re.I)
_NUMBERED = re.compile(r"^(-?\d+)(?:\.0+)?(?:\s*[-–=:.)]\s*|\s+)?(?P<words>[^\d\s.,].*)?$")
_STEM = re.compile(r"^(?P<stem>.+?)(?:\s*\[(?P<a>[^\[\]]+)\]|\s*(?:[:|]| - | – )\s*(?P<b>[^:|]+))$")


def describe_items(frame: pd.DataFrame, *, orders: Mapping[str, Sequence[str]] | None = None) -> tuple[Item, ...]:
    """Describe every question of a wide survey.

    Parameters
    ----------
    frame
        One row a respondent, one column a question, cells text or None. Columns that say who answered and
        when are to be left out (``read_survey`` does).
    orders
        Question -> its labels from the lowest to the highest, where the words do not say.

    Returns
    -------
    tuple of Item
        In the order of the columns; a multi-select spread over columns is one item.

    Raises
    ------
    SurveyError
        An order does not place every label of its question.
    """
    orders = orders or {}
    items: list[Item] = []
    taken: set[str] = set()
    spread = _spread_multi(frame)
    for column in frame.columns:
        if column in taken:
            continue
        stem = spread.get(column)
        if stem is not None:
            columns = tuple(c for c in frame.columns if spread.get(c) == stem)
            taken.update(columns)
            items.append(_multi_over_columns(frame, stem, columns))
        else:
            items.append(_describe(frame[column], column, orders.get(column)))
    return _ask_about_grids(items)


def _split_name(name: str) -> tuple[str, str] | None:
    found = _STEM.match(name.strip())
    if not found:
        return None
    stem = found["stem"].strip(" :")
    return stem.rstrip("? ") + ("?" if stem.endswith("?") else ""), (found["a"] or found["b"]).strip()


def _spread_multi(frame: pd.DataFrame) -> dict[str, str]:
    """Return column -> question for the columns of multi-selects that have one column an option."""
    groups: dict[str, list[str]] = {}
    for column in frame.columns:
        parts = _split_name(column)
        if parts and _is_ticks(frame[column], parts[1]):
            groups.setdefault(parts[0], []).append(column)
    return {c: stem for stem, columns in groups.items() if len(columns) >= 2 for c in columns}


def _is_ticks(values: pd.Series, option: str) -> bool:
    seen = {plain_label(v) for v in values.dropna().unique()}
    ticks = _TICKS | {plain_label(option)}
    return bool(seen) and len(seen) <= 2 and seen <= (ticks | UNTICKED) and bool(seen & ticks)


def option_of(column: str) -> str:
    """Return the option a column of a spread multi-select stands for."""
    parts = _split_name(column)
    return parts[1] if parts else column


def _multi_over_columns(frame: pd.DataFrame, stem: str, columns: tuple[str, ...]) -> Item:
    answered = int(frame[list(columns)].notna().any(axis=1).sum())
    labels = tuple(option_of(c) for c in columns)
    return Item(stem, stem, "multi", columns, labels, n=answered, missing=len(frame) - answered)


def _describe(values: pd.Series, name: str, order: Sequence[str] | None) -> Item:
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
    return _numbers(base, told, distinct) or _choices(base, told, distinct) or base


def _with(base: Item, kind: str, labels: tuple[str, ...], family: str = "", **more: str) -> Item:
    return Item(**{**base.__dict__, "kind": kind, "labels": labels, "family": family, **more})


def _numbers(base: Item, told: list[str], distinct: list[str]) -> Item | None:
    """Read numbers: a 0-10 recommend item, a numbered scale ("1 - Strongly disagree") or plain numbers."""
    found = [_NUMBERED.match(v) for v in distinct]
    whole = [int(m.group(1)) for m in found if m is not None]
    if distinct and len(whole) == len(distinct):
        scale = _scale_of(base.question, distinct, whole, any(m and m["words"] for m in found))
        if scale is not None:
            return _with(base, scale[0], scale[1], "numbers")
        if any(m and m["words"] for m in found):
            return None
    numbers = pd.to_numeric(pd.Series(distinct, dtype=object), errors="coerce")
    if len(distinct) > 2 and numbers.notna().mean() >= 0.95:
        return _with(base, "number", ())
    return None


def _scale_of(question: str, distinct: list[str], whole: list[int], worded: bool) -> tuple[str, tuple[str, ...]] | None:
    low, high = min(whole), max(whole)
    if _RECOMMEND.search(question) and low >= 0 and 5 < high <= 10:
        return "recommend", tuple(str(k) for k in range(11))
    if len(set(whole)) < 3 or low < 0 or high > 10:
        return None
    # From 0 only full 0-10 scales are taken for one: 0, 1, 2 ... is more often a count.
    if not (low >= 1 or (low == 0 and high == 10) or worded) or len(set(whole)) < 0.6 * (high - low + 1):
        return None
    written = dict(zip(whole, distinct, strict=True)) if worded else {}
    start = min(low, 1)
    return "likert", tuple(written.get(k, str(k)) for k in range(start, high + 1))


def _choices(base: Item, told: list[str], distinct: list[str]) -> Item | None:
    ordered = ordered_labels(distinct)
    if ordered is not None and len(ordered[1]) >= 3:
        kind = "single" if ordered[0] in ("bands", "education") else "likert"
        return _with(base, kind, ordered[1], ordered[0])
    multi = _separator(told, distinct)
    if multi is not None:
        return _with(base, "multi", multi[1], separator=multi[0])
    long = sum(len(v) for v in told) / max(1, len(told)) > 60
    few = len(distinct) <= min(MOST_LABELS, max(2, len(told) // 3))
    if not few or (long and len(distinct) > 12):
        return None
    ask = ask_for_order(base.question, distinct) if partly_ordered(distinct) else ""
    return _with(base, "single", tuple(distinct), ask=ask)


def _separator(told: list[str], distinct: list[str]) -> tuple[str, tuple[str, ...]] | None:
    """Find the mark that separates several choices in one cell.

    A mark counts only where the parts come back: fewer parts than whole answers, each used three times
    on average. That keeps sentences with commas ("honest, kind, and loyal") whole.
    """
    for mark in (";", "|", "\n", ", "):
        several = sum(mark in v for v in told)
        if several < max(2, 0.1 * len(told)):
            continue
        uses = [p.strip() for v in told for p in v.split(mark) if p.strip()]
        parts = list(dict.fromkeys(uses))
        short = max((len(p) for p in parts), default=0) <= 120
        if short and len(parts) <= MOST_LABELS and len(parts) <= len(distinct) and len(uses) >= 3 * len(parts):
            return mark, tuple(parts)
    return None


def _ask_about_grids(items: list[Item]) -> tuple[Item, ...]:
    """Ask for an order where several questions share the same three or more labels: a scale, surely."""
    sets = [frozenset(map(plain_label, i.labels)) if i.kind == "single" and not i.family else None for i in items]
    out = []
    for item, labels in zip(items, sets, strict=True):
        if labels and 3 <= len(labels) <= 11 and sum(s == labels for s in sets) >= 2 and not item.ask:
            item = Item(**{**item.__dict__, "ask": ask_for_order(item.question, item.labels)})
        out.append(item)
    return tuple(out)
