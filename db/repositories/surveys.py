"""Surveys, their questions and answers behind the consent gate, and the steps of their codebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.errors import ConflictError, StoreError
from db.repositories.consents import usable
from db.tables import CodebookEventRow, SurveyItemRow, SurveyResponseRow, SurveyRow

RESPONSE_FIELDS = ("id", "respondent", "wave", "age_group", "answered_on", "weight", "answers")


@dataclass(frozen=True)
class ItemRecord:
    """One question: its key, its kind and what else is known of it."""

    id: int
    survey_id: int
    position: int
    key: str
    kind: str
    details: dict[str, Any]
    suggestions: dict[str, Any]
    coding: dict[str, Any]


@dataclass(frozen=True)
class SurveyRecord:
    """One survey. ``responses`` counts all that are kept, ``usable`` those that may be looked at."""

    id: int
    import_id: int
    name: str
    source: str
    shape: str
    roles: tuple[str, ...]
    notes: tuple[str, ...]
    author: str
    created_at: datetime
    responses: int
    usable: int
    waves: tuple[str, ...]


def add(
    session: Session,
    survey: dict[str, Any],
    items: Sequence[dict[str, Any]],
    responses: Sequence[dict[str, Any]],
) -> int:
    """Keep a survey with its questions and answers and return its id."""
    row = SurveyRow(**survey)
    session.add(row)
    session.flush()
    assert row.id is not None
    for position, item in enumerate(items):
        session.add(SurveyItemRow(survey_id=row.id, position=position, **item))
    if responses:
        common = {"survey_id": row.id, "import_id": row.import_id}
        rows = [{**common, "position": n, **values} for n, values in enumerate(responses)]
        session.connection().execute(sa.insert(SurveyResponseRow), rows)
    session.flush()
    return row.id


def _usable() -> sa.ColumnElement[bool]:
    return usable(SurveyResponseRow)


def listing(session: Session) -> list[SurveyRecord]:
    """Return the surveys, the newest first."""
    return [_record(session, row) for row in session.exec(select(SurveyRow).order_by(col(SurveyRow.id).desc()))]


def get(session: Session, survey_id: int) -> SurveyRecord:
    """Return one survey.

    Raises
    ------
    StoreError
        When there is no such survey.
    """
    row = session.get(SurveyRow, survey_id)
    if row is None:
        raise StoreError(f"There is no survey number {survey_id}.")
    return _record(session, row)


def _record(session: Session, row: SurveyRow) -> SurveyRecord:
    mine = col(SurveyResponseRow.survey_id) == row.id
    everybody = select(sa.func.count()).select_from(SurveyResponseRow).where(mine)
    first = sa.func.min(col(SurveyResponseRow.position))
    waves = (
        select(col(SurveyResponseRow.wave), first)
        .where(mine, col(SurveyResponseRow.wave).is_not(None))
        .group_by(col(SurveyResponseRow.wave))
        .order_by(first)
    )
    assert row.id is not None
    return SurveyRecord(
        row.id,
        row.import_id,
        row.name,
        row.source,
        row.shape,
        tuple(row.roles),
        tuple(row.notes),
        row.author,
        row.created_at,
        session.exec(everybody).one(),
        session.exec(everybody.where(_usable())).one(),
        tuple(str(wave) for wave, _ in session.exec(waves)),
    )


def items(session: Session, survey_id: int) -> list[ItemRecord]:
    """Return a survey's questions in the file's order."""
    query = select(SurveyItemRow).where(SurveyItemRow.survey_id == survey_id).order_by(col(SurveyItemRow.position))
    return [_item(row) for row in session.exec(query)]


def item(session: Session, item_id: int) -> ItemRecord:
    """Return one question.

    Raises
    ------
    StoreError
        When there is no such question.
    """
    row = session.get(SurveyItemRow, item_id)
    if row is None:
        raise StoreError(f"There is no survey question number {item_id}.")
    return _item(row)


def _item(row: SurveyItemRow) -> ItemRecord:
    return ItemRecord(**{name: getattr(row, name) for name in ItemRecord.__dataclass_fields__})


def keep(session: Session, item_id: int, **found: dict[str, Any]) -> None:
    """Keep what a job found in an open question: ``suggestions`` or ``coding``."""
    row = session.get_one(SurveyItemRow, item_id)
    for name, value in found.items():
        setattr(row, name, value)
    session.add(row)


def responses(session: Session, survey_id: int) -> pd.DataFrame:
    """Return the answers that may be used for surveys now, in the file's order, answers as dicts."""
    columns = [col(getattr(SurveyResponseRow, name)) for name in RESPONSE_FIELDS]
    query = (
        sa.select(*columns)
        .where(col(SurveyResponseRow.survey_id) == survey_id, _usable())
        .order_by(col(SurveyResponseRow.position))
    )
    return pd.DataFrame(session.connection().execute(query).all(), columns=list(RESPONSE_FIELDS))


def events(session: Session, item_id: int) -> list[dict[str, Any]]:
    """Return the steps of an open question's codebook, in order."""
    query = select(CodebookEventRow).where(CodebookEventRow.item_id == item_id).order_by(col(CodebookEventRow.number))
    return [dict(row.event) for row in session.exec(query)]


def add_events(session: Session, item_id: int, start: int, new: Sequence[dict[str, Any]]) -> None:
    """Add steps to a codebook that had ``start`` of them.

    Raises
    ------
    ConflictError
        When somebody else added steps meanwhile.
    """
    count = select(sa.func.count()).select_from(CodebookEventRow).where(col(CodebookEventRow.item_id) == item_id)
    if session.exec(count).one() != start:
        raise ConflictError("Somebody else changed this codebook meanwhile. Look at it again, then repeat your step.")
    session.add_all(CodebookEventRow(item_id=item_id, number=start + n, event=event) for n, event in enumerate(new))
    session.flush()


def coded_steps(session: Session, import_id: int) -> int:
    """Count the codebook steps that rest on an import."""
    query = (
        select(sa.func.count())
        .select_from(CodebookEventRow)
        .join(SurveyItemRow, col(SurveyItemRow.id) == col(CodebookEventRow.item_id))
        .join(SurveyRow, col(SurveyRow.id) == col(SurveyItemRow.survey_id))
        .where(col(SurveyRow.import_id) == import_id)
    )
    return session.exec(query).one()


def remove(session: Session, import_id: int) -> int:
    """Remove the survey that an import brought. Return how many responses went."""
    surveys = sa.select(col(SurveyRow.id)).where(col(SurveyRow.import_id) == import_id)
    questions = sa.select(col(SurveyItemRow.id)).where(col(SurveyItemRow.survey_id).in_(surveys))
    connection = session.connection()
    connection.execute(sa.delete(CodebookEventRow).where(col(CodebookEventRow.item_id).in_(questions)))
    gone = connection.execute(sa.delete(SurveyResponseRow).where(col(SurveyResponseRow.import_id) == import_id))
    connection.execute(sa.delete(SurveyItemRow).where(col(SurveyItemRow.survey_id).in_(surveys)))
    connection.execute(sa.delete(SurveyRow).where(col(SurveyRow.import_id) == import_id))
    return gone.rowcount
