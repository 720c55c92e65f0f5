"""How one closed question was answered: its full distribution with intervals, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analytics.inference import UPPER, wilson
from analytics.surveys.model import Item, Survey


@dataclass(frozen=True)
class ItemSummary:
    """How one closed question was answered: answers given, missing, and each label's share with its interval.

    ``rows`` hold label, n, share, low and high (shares between 0 and 1).
    """

    key: str
    question: str
    kind: str
    n: int
    missing: int
    rows: tuple[dict[str, Any], ...]
    sentence: str


def published(table: Any) -> ItemSummary:
    rows = tuple(
        {"label": f"{label} ({group})" if len(table.groups) > 1 else label, "share": share}
        for label, shares in zip(table.labels, table.shares, strict=True)
        for group, share in zip(table.groups, shares, strict=True)
    )
    said = f'"{table.question}": published shares; nothing can be tested, as nobody\'s own answers are in the file.'
    return ItemSummary(table.question, table.question, "shares", 0, 0, rows, said)


def summary(frame: pd.DataFrame, item: Item) -> ItemSummary:
    if item.kind == "number":
        return _number(frame, item)
    if item.kind in ("multi", "single"):
        rows, n = _choice_rows(frame, item)
    else:
        rows, n = _scale_rows(frame, item)
    said = _sentence(frame, item, rows, n) if n else f'"{item.question}": nobody answered.'
    return ItemSummary(item.key, item.question, item.kind, n, len(frame) - n, tuple(rows), said)


def _sentence(frame: pd.DataFrame, item: Item, rows: list[dict[str, Any]], n: int) -> str:
    from analytics.surveys import codes, net_promoter
    from analytics.surveys.closed import top_estimate, top_labels
    from analytics.surveys.wording import percent, quoted, share_of

    if item.kind == "recommend":
        score = net_promoter(codes(frame[item.columns[0]], item))
        return f'"{item.question}": net promoter score {score.value:.1f} [{score.low:.0f}, {score.high:.0f}], n={n}.'
    top = max(rows, key=lambda r: r["share"])
    often = (
        f'most often "{top["label"]}", {percent(top["share"])} [{100 * top["low"]:.1f}, {100 * top["high"]:.1f}] of {n}'
    )
    if not top_labels(item):
        return f'"{item.question}": {often}.'
    share = top_estimate(codes(frame[item.columns[0]], item), item)
    return f'"{item.question}": top answers ({quoted(top_labels(item))}) {share_of(share)}; {often}.'


def _scale_rows(frame: pd.DataFrame, item: Item) -> tuple[list[dict[str, Any]], int]:
    from analytics.surveys import codes, distribution

    found = distribution(codes(frame[item.columns[0]], item), item)
    parts = zip(found.labels, found.counts, found.shares, strict=True)
    return [{"label": x, "n": c, "share": s.value, "low": s.low, "high": s.high} for x, c, s in parts], found.n


def _choice_rows(frame: pd.DataFrame, item: Item) -> tuple[list[dict[str, Any]], int]:
    from analytics.surveys.choices import chosen

    ticks, answered = chosen(frame, item)
    n, rows = int(answered.sum()), []
    for option in ticks.columns:
        hits = int(ticks[option].to_numpy()[answered].sum())
        share = wilson(hits, n)
        rows.append({"label": str(option), "n": hits, "share": share.value, "low": share.low, "high": share.high})
    return rows, n


def _number(frame: pd.DataFrame, item: Item) -> ItemSummary:
    import numpy as np
    from scipy import stats

    values = pd.to_numeric(frame[item.columns[0]], errors="coerce").dropna().to_numpy(float)
    n = values.size
    if n < 2:
        return ItemSummary(item.key, item.question, "number", n, len(frame) - n, (), f'"{item.question}": too few.')
    half = float(stats.t.ppf(UPPER, n - 1) * values.std(ddof=1) / np.sqrt(n))
    mean = float(values.mean())
    said = f'"{item.question}": {mean:.2f} on average [{mean - half:.2f}, {mean + half:.2f}], n={n}.'
    row = {"label": "mean", "n": n, "share": None, "mean": mean, "low": mean - half, "high": mean + half}
    return ItemSummary(item.key, item.question, "number", n, len(frame) - n, (row,), said)


def people_of(survey: Survey, item: Item) -> int:
    """Count who answered a question, each person once."""
    answered = survey.frame[list(item.columns)].notna().any(axis=1)
    who = survey.column("respondent")
    return int(answered.sum()) if who is None else int(who[answered].nunique())


def of_enough(found: ItemSummary, people: int, k: int) -> ItemSummary:
    """Return a summary, or only that fewer than ``k`` people answered."""
    if min(people, found.n) >= k or not found.n:
        return found
    return replace(found, rows=(), sentence=f'"{found.question}": fewer than {k} people answered, too few to show.')
