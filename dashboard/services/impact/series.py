"""What can be measured before and after a change: imported metrics, and metrics made from past posts.

All of it is sums over many people; no line of it speaks of one person.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from analytics.asking.metrics import Measurable, guessed_kind, of_posts
from analytics.asking.posts import POST_KINDS, POST_METRICS, Kind, weekly
from dashboard.workspace import Workspace
from db.repositories import effects

if TYPE_CHECKING:
    from sqlmodel import Session

    from db.repositories.effects import SeriesRecord

LONGEST_NAME = 120


class ImpactServiceError(ValueError):
    """The question cannot be asked of what was brought in."""


def measurable(workspace: Workspace) -> list[Measurable]:
    """List everything that can be measured: imported metrics first, then metrics of past posts."""
    with workspace.database.reading() as session:
        records, arrived = effects.series(session), effects.posts_arrived(session)
        posts = effects.post_counts(session) if arrived else None
        found = _imported_all(session, records)
    if posts is not None and arrived:
        found += [m for name in POST_METRICS if (m := of_posts(name, posts, arrived)) is not None]
    return found


def find(workspace: Workspace, metric: str) -> Measurable:
    """Return one metric.

    Raises
    ------
    ImpactServiceError
        When nothing of this name was brought in.
    """
    known = measurable(workspace)
    found = next((m for m in known if m.metric == metric), None)
    same = [m.metric for m in known if m.name == metric]
    if found is None and same:
        raise ImpactServiceError(f"Several data sets have a metric called “{metric}”. Say which: {', '.join(same)}.")
    if found is None:
        names = ", ".join(m.metric for m in known) or "none yet; bring in a table of metrics or past posts"
        raise ImpactServiceError(f"There is no metric called “{metric}”. There are: {names}.")
    return found


def read(
    workspace: Workspace, metric: Measurable, segment_kind: str | None = None, segment: str | None = None
) -> pd.DataFrame:
    """Read a metric for everybody, for one segment, or (without ``segment``) for every segment of a kind.

    Returns
    -------
    DataFrame
        Columns date, value, segment and, where it is a rate over something, denominator.

    Raises
    ------
    ImpactServiceError
        When the metric does not have this kind of segment, or no rows for this segment.
    """
    if segment_kind is not None and segment_kind not in metric.segment_kinds:
        have = " or ".join(metric.segment_kinds) or "no segments at all"
        raise ImpactServiceError(f"“{metric.metric}” is not split by {segment_kind}; it has {have}.")
    with workspace.database.reading() as session:
        if metric.source == "posts":
            frame = weekly(effects.post_counts(session), metric.metric, segment_kind)
            frame = frame if segment is None else frame[frame["segment"] == segment]
        else:
            # A metric that came by segment only is the sum of its first kind of segments.
            kind = segment_kind if segment_kind or metric.overall else metric.segment_kinds[0]
            frame = effects.points(session, metric.name, kind, segment, source=metric.data_set)
    if frame.empty:
        whom = f"the segment “{segment}” of " if segment else ""
        raise ImpactServiceError(
            f"There are no numbers for {whom}“{metric.metric}”. Check the import on the Data page."
        )
    return frame if frame["denominator"].notna().any() else frame.drop(columns="denominator")


def segments_of(workspace: Workspace, metric: Measurable, segment_kind: str) -> list[str]:
    """List the groups of one kind by name."""
    with workspace.database.reading() as session:
        if metric.source == "metrics":
            return effects.segments(session, metric.name, segment_kind, source=metric.data_set)
        return sorted(effects.post_counts(session)[POST_KINDS[segment_kind]].dropna().unique())


def _imported_all(session: Session, records: list[SeriesRecord]) -> list[Measurable]:
    """Return the imported metrics, each data set's own; a name that several use says its data set as well."""
    parts: dict[tuple[str, str], list[SeriesRecord]] = {}
    for record in records:
        parts.setdefault((record.metric, record.source), []).append(record)
    uses = Counter(metric for metric, _ in parts)
    return [
        _imported(session, metric if uses[metric] == 1 else f"{metric} ({source})"[:LONGEST_NAME], several)
        for (metric, source), several in parts.items()
    ]


def _imported(session: Session, shown: str, parts: list[SeriesRecord]) -> Measurable:
    overall = next((p for p in parts if p.segment_kind is None), None)
    main = overall or parts[0]
    return Measurable(
        metric=shown,
        source="metrics",
        kind="total" if _running(session, main) else _kind(main),
        n=main.points,
        first=main.first,
        last=main.last,
        segments=tuple((p.segment_kind, p.segments) for p in parts if p.segment_kind is not None),
        overall=overall is not None,
        arrived=max(p.arrived for p in parts),
        data_set=main.source,
        name=main.metric,
    )


def _running(session: Session, record: SeriesRecord) -> bool:
    """Whether name and numbers speak of a running total; only a fitting name has its numbers read."""
    from analytics.impact.totals import looks_total, named_total

    if record.with_denominator or not named_total(record.metric):
        return False
    points = effects.points(session, record.metric, record.segment_kind, source=record.source)
    total = points.groupby("date")["value"].sum().sort_index()
    return looks_total(record.metric, total.to_numpy(float))


def _kind(record: SeriesRecord) -> Kind:
    divided = record.with_denominator > 0
    return guessed_kind(record.metric, record.lowest, record.highest, divided=divided)
