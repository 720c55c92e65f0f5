"""What can be measured before and after a change, and what kind of number it seems to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import pandas as pd

from analytics.asking.posts import POST_KINDS, POST_METRICS, Kind, weekly

KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_WORDS: dict[Kind, str] = {
    "rate": "A rate (clicks per impression, a share, a mean)",
    "count": "A count (likes, orders)",
    "amount": "Money or growth",
    "level": "A level that can be below zero (a score, a balance)",
    "total": "A running total (followers so far): its gains are measured",
}
_MONEY = ("sales", "revenue", "income", "cost", "spend", "turnover", "profit", "growth", "budget")
_NEVER_NEGATIVE = ("rate", "ratio", "share", "click-through", "ctr")
_RATES = ("rate", "ratio", "share", "average", "mean", "click-through", "ctr", "per ")


@dataclass(frozen=True)
class Measurable:
    """A metric that can be looked at.

    Attributes
    ----------
    source : "metrics" (imported) or "posts" (made from past posts, one value a week).
    kind : what kind of number it seems to be. n : rows for everybody (for posts: weeks).
    segments : kinds of segment with the number of groups in each. overall : whether it has a series for everybody.
    arrived : day on which its newest rows came in. data_set, name : where it was brought in and what it is
        called there; ``metric`` says both where two data sets use the name.
    """

    metric: str
    source: Literal["metrics", "posts"]
    kind: Kind
    n: int
    first: date
    last: date
    segments: tuple[tuple[str, int], ...]
    overall: bool
    arrived: date
    data_set: str = ""
    name: str = ""

    @property
    def segment_kinds(self) -> tuple[str, ...]:
        """The kinds of segment by name."""
        return tuple(kind for kind, _ in self.segments)


def of_posts(name: str, posts: pd.DataFrame, arrived: date) -> Measurable | None:
    """Return a metric of past posts as it can be looked at; None where no post has what it counts."""
    whole = weekly(posts, name)
    if whole.empty or not whole["value"].any():
        return None
    counts = ((word, int(posts[column].nunique())) for word, column in POST_KINDS.items())
    return Measurable(
        metric=name,
        source="posts",
        kind=POST_METRICS[name][2],
        n=len(whole),
        first=whole["date"].iloc[0].date(),
        last=whole["date"].iloc[-1].date(),
        segments=tuple((word, number) for word, number in counts if number > 1),
        overall=True,
        arrived=arrived,
    )


def guessed_kind(metric: str, lowest: float, highest: float, *, divided: bool = False) -> Kind:
    """Say what kind of number a metric seems to be, by its name, its range and whether it is ``divided``."""
    name = metric.lower()
    if divided:
        return "rate"
    if lowest < 0 and any(word in name for word in _NEVER_NEGATIVE) and "growth" not in name:
        return "rate"  # which is then refused, with the day that is below zero
    if lowest < 0:
        return "amount" if any(word in name for word in _MONEY) else "level"
    if any(word in name for word in _MONEY):
        return "amount"
    if highest <= 1 or any(word in name for word in _RATES):
        return "rate"
    return "count" if float(highest).is_integer() and float(lowest).is_integer() else "amount"
