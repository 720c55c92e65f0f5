"""Past posts as metrics: counts added up by week."""

from __future__ import annotations

from typing import Literal

import pandas as pd

Kind = Literal["rate", "count", "amount", "level", "total"]
# Metric of posts: (counts that are added up, counts they are divided by or nothing, kind).
POST_METRICS: dict[str, tuple[tuple[str, ...], tuple[str, ...], Kind]] = {
    "engagement of posts": (("likes", "comments", "shares", "saves"), ("impressions",), "rate"),
    "click-through of posts": (("clicks",), ("impressions",), "rate"),
    "spend on posts": (("spend",), (), "amount"),
    "cost per engagement of posts": (("spend",), ("likes", "comments", "shares", "saves"), "rate"),
}
POST_KINDS = {"channel": "channel", "age group": "age_group", "campaign": "campaign", "format": "format"}


def weekly(posts: pd.DataFrame, metric: str, segment_kind: str | None = None) -> pd.DataFrame:
    """Add the counts of posts up by week (Monday to Sunday), overall or by a kind of segment.

    Parameters
    ----------
    posts
        As ``db.repositories.effects.post_counts`` returns them.

    Returns
    -------
    DataFrame
        Columns date (the Monday), value, denominator (NaN where there is none), segment; weeks without posts
        have no row.
    """
    above, below, _ = POST_METRICS[metric]
    column = POST_KINDS[segment_kind] if segment_kind else None
    value, under = total(posts, above), total(posts, below) if below else pd.Series(float("nan"), posts.index)
    rows = pd.DataFrame(
        {
            "date": posts["date"] - pd.to_timedelta(posts["date"].dt.weekday, unit="D"),
            "segment": posts[column] if column else "",
            "value": value,
            "denominator": under,
        }
    )
    rows = rows[rows["value"].notna() & rows["segment"].notna()]
    if below:
        rows = rows[rows["denominator"] > 0]
    whole = rows.groupby(["date", "segment"], sort=True)[["value", "denominator"]].sum(min_count=1).reset_index()
    return whole.assign(segment=whole["segment"] if column else None)


def total(posts: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """Add counts up by post, NaN where none is known; engagements stand in where a channel reports no single counts."""
    total = posts[list(names)].sum(axis=1, min_count=1)
    return total.fillna(posts["engagements"]) if "likes" in names else total
