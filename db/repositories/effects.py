"""Metric series, the changes that were made, and the effects that were measured around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.bulk import table_for
from db.errors import StoreError
from db.tables import EffectRow, HistoricalPostRow, ImportRow, InterventionRow, MetricPointRow

POST_COUNTS = ("impressions", "clicks", "likes", "comments", "shares", "saves", "engagements", "spend")
POST_GROUPS = ("channel", "age_group", "campaign", "format")


@dataclass(frozen=True)
class SeriesRecord:
    """One metric of one data set, for everybody (``segment_kind`` None) or by one kind of segment.

    Two data sets may call different things by one name, so the data set (``source``) is part of what a series is.
    ``points`` counts dates, ``with_denominator`` rows that name one, ``segments`` the different groups.
    """

    metric: str
    segment_kind: str | None
    points: int
    with_denominator: int
    segments: int
    first: date
    last: date
    lowest: float
    highest: float
    arrived: date
    source: str = ""


@dataclass(frozen=True)
class StatedShape:
    """What the effect of a change is said to look like: a kind, the last day of a burst, the days of a ramp."""

    kind: str = "step"
    until: date | None = None
    ramp_days: int | None = None


@dataclass(frozen=True)
class InterventionRecord:
    """A change that was made on a day."""

    id: int
    name: str
    on: date
    washout_days: int
    note: str
    author: str
    created_at: datetime
    shape: StatedShape


@dataclass(frozen=True)
class EffectRecord:
    """An analysis as it was kept, with the change it belongs to."""

    id: int
    intervention: InterventionRecord
    metric: str
    segment_kind: str | None
    segment: str | None
    settings: dict[str, Any]
    result: dict[str, Any]
    author: str
    created_at: datetime


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def series(session: Session, metric: str | None = None) -> list[SeriesRecord]:
    """List every metric (or one) by data set and kind of segment, in the order of their names."""
    point, brought = table_for(MetricPointRow), table_for(ImportRow)
    query = (
        sa.select(
            point.c.metric,
            point.c.segment_kind,
            sa.func.count(sa.distinct(point.c.date)),
            sa.func.count(point.c.denominator),
            sa.func.count(sa.distinct(point.c.segment)),
            sa.type_coerce(sa.func.min(point.c.date), point.c.date.type),
            sa.type_coerce(sa.func.max(point.c.date), point.c.date.type),
            sa.func.min(point.c.value),
            sa.func.max(point.c.value),
            sa.type_coerce(sa.func.max(brought.c.created_at), brought.c.created_at.type),
            brought.c.source,
        )
        .join(brought, brought.c.id == point.c.import_id)
        .group_by(point.c.metric, brought.c.source, point.c.segment_kind)
        .order_by(point.c.metric, brought.c.source, point.c.segment_kind)
    )
    if metric is not None:
        query = query.where(point.c.metric == metric)
    return [
        SeriesRecord(name, kind, n, below, groups, _day(first), _day(last), low, high, _day(arrived), source)
        for name, kind, n, below, groups, first, last, low, high, arrived, source in session.connection().execute(query)
    ]


def points(
    session: Session, metric: str, segment_kind: str | None = None, segment: str | None = None, *, source: str
) -> pd.DataFrame:
    """Read one metric of one data set, in order of date.

    Where two files speak of the same date and segment, the one that came in last is believed.

    Returns
    -------
    DataFrame
        Columns date, value, denominator, segment; the rows of everybody when ``segment_kind`` is None.
    """
    table = table_for(MetricPointRow)
    kind = table.c.segment_kind.is_(None) if segment_kind is None else table.c.segment_kind == segment_kind
    names = ["date", "value", "denominator", "segment", "import_id"]
    query = sa.select(*(table.c[name] for name in names)).where(table.c.metric == metric, kind)
    query = query.where(table.c.import_id.in_(_of_source(source)))
    if segment is not None:
        query = query.where(table.c.segment == segment)
    rows = session.connection().execute(query.order_by(table.c.date, table.c.id)).all()
    frame = pd.DataFrame(rows, columns=names)
    frame["date"] = pd.to_datetime([_day(moment) for moment in frame["date"]])
    newest = frame.groupby(["date", "segment"], dropna=False)["import_id"].transform("max")
    return frame[frame["import_id"] == newest].drop(columns="import_id").reset_index(drop=True)


def _of_source(source: str) -> sa.Select[tuple[int]]:
    """Return the imports of one data set."""
    brought = table_for(ImportRow)
    return sa.select(brought.c.id).where(brought.c.source == source)


def segments(session: Session, metric: str, segment_kind: str, *, source: str) -> list[str]:
    """List the segments of one kind that a metric of a data set is split into, by name."""
    query = (
        select(MetricPointRow.segment)
        .where(MetricPointRow.metric == metric, MetricPointRow.segment_kind == segment_kind)
        .where(col(MetricPointRow.import_id).in_(_of_source(source)))
        .distinct()
        .order_by(col(MetricPointRow.segment))
    )
    return [name for name in session.exec(query) if name is not None]


def post_counts(session: Session) -> pd.DataFrame:
    """Read the counts of past posts that have a date.

    Returns
    -------
    DataFrame
        Columns date, channel, age_group, campaign, format, and the counts in ``POST_COUNTS`` (NaN if unknown).
    """
    table = table_for(HistoricalPostRow)
    names = (*POST_GROUPS, *POST_COUNTS)
    query = sa.select(table.c.posted_at, *(table.c[name] for name in names)).where(table.c.posted_at.is_not(None))
    frame = pd.DataFrame(session.connection().execute(query.order_by(table.c.id)).all(), columns=["date", *names])
    frame["date"] = pd.to_datetime([_day(moment) for moment in frame["date"]])
    return frame.astype(dict.fromkeys(POST_COUNTS, float))


def posts_arrived(session: Session) -> date | None:
    """Return the day on which past posts were last brought in, or None."""
    query = select(sa.func.max(ImportRow.created_at)).where(
        col(ImportRow.id).in_(select(HistoricalPostRow.import_id).distinct())
    )
    moment = session.exec(query).one()
    return _day(moment) if moment else None


def imports_stamp(session: Session) -> str:
    """Return a text that changes whenever an import ends or is taken back."""
    table = table_for(ImportRow)
    query = sa.select(table.c.state, sa.func.count(), sa.func.max(table.c.id), sa.func.max(table.c.finished_at))
    rows = session.connection().execute(query.group_by(table.c.state).order_by(table.c.state))
    return "; ".join(" ".join(map(str, row)) for row in rows)


def add_intervention(
    session: Session, name: str, on: date, washout_days: int, note: str, author: str, shape: StatedShape
) -> int:
    """Keep a change and return its id."""
    row = InterventionRow(name=name, on=on, washout_days=washout_days, note=note, author=author)
    row.shape, row.until, row.ramp_days = shape.kind, shape.until, shape.ramp_days
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def interventions(session: Session) -> list[InterventionRecord]:
    """List the changes, newest first."""
    rows = session.exec(select(InterventionRow).order_by(col(InterventionRow.on).desc(), col(InterventionRow.id)))
    return [_intervention(row) for row in rows]


def get_intervention(session: Session, intervention_id: int) -> InterventionRecord:
    """Return one change.

    Raises
    ------
    StoreError
        When there is none with this number.
    """
    row = session.get(InterventionRow, intervention_id)
    if row is None:
        raise StoreError(f"There is no change with the number {intervention_id}. List them to see which there are.")
    return _intervention(row)


def _intervention(row: InterventionRow) -> InterventionRecord:
    assert row.id is not None
    shape = StatedShape(row.shape, row.until, row.ramp_days)
    return InterventionRecord(row.id, row.name, row.on, row.washout_days, row.note, row.author, row.created_at, shape)


def save_effect(
    session: Session,
    intervention_id: int,
    metric: str,
    segment: tuple[str | None, str | None],
    settings: dict[str, Any],
    result: dict[str, Any],
    author: str,
) -> int:
    """Keep an analysis as it was shown and return its id."""
    row = EffectRow(
        intervention_id=intervention_id,
        metric=metric,
        segment_kind=segment[0],
        segment=segment[1],
        settings=settings,
        result=result,
        author=author,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def effects(session: Session) -> list[EffectRecord]:
    """List the kept analyses, newest first."""
    query = (
        select(EffectRow, InterventionRow)
        .join(InterventionRow, col(InterventionRow.id) == col(EffectRow.intervention_id))
        .order_by(col(EffectRow.id).desc())
    )
    return [
        EffectRecord(
            row.id or 0,
            _intervention(change),
            row.metric,
            row.segment_kind,
            row.segment,
            row.settings,
            row.result,
            row.author,
            row.created_at,
        )
        for row, change in session.exec(query)
    ]
