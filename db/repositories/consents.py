"""The consent gate: who may be used for what, computed at every read, never stored.

A person's own latest event for a purpose decides (grant, and not expired). Only where a person has
said nothing does the statement of legal basis of the row's own import count. Unknown means no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from db.bulk import table_for
from db.tables import ConsentEventRow, CustomerRow, InteractionRow, ProfileRow, ReviewRow
from db.types import now

Purpose = Literal["profiling", "personalisation", "analytics", "survey"]
PURPOSES: tuple[Purpose, ...] = ("profiling", "personalisation", "analytics", "survey")


@dataclass(frozen=True)
class ConsentCount:
    """How many people may be used for a purpose, and why the others may not."""

    purpose: str
    people: int
    allowed: int
    by_own_word: int
    by_statement: int
    refused: int
    expired: int
    unknown: int


def _latest(subject: Any, purpose: str, moment: datetime) -> sa.Subquery:
    """Return each subject's latest event for a purpose at a moment."""
    order = (col(ConsentEventRow.at).desc(), col(ConsentEventRow.id).desc())
    ranked = (
        sa.select(
            subject.label("subject"),
            col(ConsentEventRow.action).label("action"),
            col(ConsentEventRow.expires_at).label("expires_at"),
            sa.func.row_number().over(partition_by=subject, order_by=order).label("rank"),
        )
        .where(col(ConsentEventRow.purpose) == purpose, subject.is_not(None), col(ConsentEventRow.at) <= moment)
        .subquery()
    )
    return sa.select(ranked).where(ranked.c.rank == 1).subquery()


def _valid(latest: sa.Subquery, moment: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(latest.c.action == "grant", sa.or_(latest.c.expires_at.is_(None), latest.c.expires_at > moment))


def allowed(customer: Any, import_id: Any, purpose: Purpose, moment: datetime | None = None) -> sa.ColumnElement[bool]:
    """Return the condition that a row (its customer and import columns) may be used for a purpose.

    Every query that feeds a persona, a model or a prompt carries this condition.
    """
    moment = moment or now()
    own = _latest(col(ConsentEventRow.customer), purpose, moment)
    stated = _latest(col(ConsentEventRow.statement_import_id), purpose, moment)
    granted = sa.select(own.c.subject).where(_valid(own, moment))
    covered = sa.select(stated.c.subject).where(_valid(stated, moment))
    return sa.or_(
        customer.in_(granted),
        sa.and_(import_id.in_(covered), customer.not_in(sa.select(own.c.subject))),
    )


def count(session: Session, purpose: Purpose, moment: datetime | None = None) -> ConsentCount:
    """Count people by what their consent for a purpose says now."""
    moment = moment or now()
    own = _latest(col(ConsentEventRow.customer), purpose, moment)
    stated = _latest(col(ConsentEventRow.statement_import_id), purpose, moment)
    covered = sa.select(stated.c.subject).where(_valid(stated, moment))
    rows: sa.CompoundSelect[Any] = sa.union(
        *(
            sa.select(col(table.customer).label("who")).where(col(table.import_id).in_(covered))
            for table in (ProfileRow, ReviewRow, InteractionRow)
        )
    )
    by_statement = sa.select(rows.subquery().c.who)
    people = sa.select(
        sa.case(
            (own.c.subject.is_not(None) & _valid(own, moment), "own"),
            (own.c.action == "grant", "expired"),
            (own.c.subject.is_not(None), "refused"),
            (col(CustomerRow.pseudonym).in_(by_statement), "statement"),
            else_="unknown",
        ).label("why")
    ).select_from(sa.outerjoin(table_for(CustomerRow), own, own.c.subject == col(CustomerRow.pseudonym)))
    grouped = people.subquery()
    found: dict[str, int] = dict(
        session.connection().execute(sa.select(grouped.c.why, sa.func.count()).group_by(grouped.c.why)).all()
    )
    mine, statement = found.get("own", 0), found.get("statement", 0)
    return ConsentCount(
        purpose=purpose,
        people=sum(found.values()),
        allowed=mine + statement,
        by_own_word=mine,
        by_statement=statement,
        refused=found.get("refused", 0),
        expired=found.get("expired", 0),
        unknown=found.get("unknown", 0),
    )


def usable_rows(session: Session, kind: str, import_id: int, purpose: Purpose) -> int:
    """Count the rows of an import (of profiles, reviews or interactions) that may be used for a purpose."""
    models: dict[str, type[SQLModel]] = {
        "profiles": ProfileRow,
        "reviews": ReviewRow,
        "interactions": InteractionRow,
    }
    rows = table_for(models[kind])
    query = (
        sa.select(sa.func.count())
        .select_from(rows)
        .where(rows.c.import_id == import_id, allowed(rows.c.customer, rows.c.import_id, purpose))
    )
    return int(session.connection().execute(query).scalar_one())


def state_statement(session: Session, import_id: int, purposes: list[str], basis: str, source: str) -> None:
    """Record the marketer's statement of the legal basis for every row of one import."""
    session.add_all(
        ConsentEventRow(statement_import_id=import_id, purpose=purpose, action="grant", basis=basis, source=source)
        for purpose in purposes
    )
