"""The consent gate: who may be used for what, computed at every read, never stored.

A person's own latest event for a purpose decides (grant, and not expired). Of two events at one moment
the stricter decides, a grant without a date (see ``UNDATED``) comes before every other word, and a refusal
counts even where its date lies ahead. Only where a person has said nothing does the statement of legal
basis of the row's own import count. Unknown means no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from db.about import PURPOSES as PURPOSES
from db.about import Purpose, about_of, about_people, subject_of
from db.errors import StoreError
from db.tables import ConsentEventRow, CustomerRow
from db.types import now

# When a grant was given whose date nobody knows: before every date that a file can hold, so that it beats nothing.
UNDATED = datetime(1900, 1, 1, tzinfo=UTC)


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
    """Return each subject's latest event for a purpose at a moment; the stricter of several at one moment.

    The names of the actions sort by strictness: grant, object, unclear, withdraw. A refusal that is dated
    ahead (another time zone, a slip) counts at once; a grant dated ahead does not count yet.
    """
    action, at = col(ConsentEventRow.action), col(ConsentEventRow.at)
    order = (at.desc(), action.desc(), col(ConsentEventRow.expires_at).asc().nulls_last())
    ranked = (
        sa.select(
            subject.label("subject"),
            col(ConsentEventRow.action).label("action"),
            col(ConsentEventRow.expires_at).label("expires_at"),
            sa.func.row_number().over(partition_by=subject, order_by=order).label("rank"),
        )
        .where(
            col(ConsentEventRow.purpose) == purpose,
            subject.is_not(None),
            sa.or_(at <= moment, action != "grant"),
        )
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


def usable(model: type[SQLModel], purpose: Purpose | None = None) -> sa.ColumnElement[bool]:
    """Return the condition that a row of a table may be used: for the purpose it declares, or another one.

    Raises
    ------
    StoreError
        When the table declares none: its rows are kept and never used.
    """
    about = about_of(model)
    wanted = purpose or (about.purpose if about else None)
    if about is None or wanted is None:
        raise StoreError(f"The table {model.__tablename__} declares no purpose for which its rows may be used.")
    return allowed(subject_of(model), model.import_id, wanted)  # type: ignore[attr-defined]


def count(session: Session, purpose: Purpose, moment: datetime | None = None) -> ConsentCount:
    """Count people by what their consent for a purpose says now.

    Each part is counted by itself, for a join of people with their latest word is slow on SQLite.
    """
    moment = moment or now()
    own = _latest(col(ConsentEventRow.customer), purpose, moment)
    why = sa.case((_valid(own, moment), "own"), (own.c.action == "grant", "expired"), else_="refused").label("why")
    known = sa.select(col(CustomerRow.pseudonym))
    words = sa.select(why, sa.func.count()).where(own.c.subject.in_(known)).group_by("why")
    connection = session.connection()
    found: dict[str, int] = dict(connection.execute(words).all())
    people = int(connection.execute(sa.select(sa.func.count()).select_from(CustomerRow)).scalar_one())
    stated = int(connection.execute(_by_statement(own, purpose, moment)).scalar_one())
    mine = found.get("own", 0)
    return ConsentCount(
        purpose=purpose,
        people=people,
        allowed=mine + stated,
        by_own_word=mine,
        by_statement=stated,
        refused=found.get("refused", 0),
        expired=found.get("expired", 0),
        unknown=people - stated - sum(found.values()),
    )


def _by_statement(own: sa.Subquery, purpose: str, moment: datetime) -> sa.Select[Any]:
    """Count the people who said nothing themselves, but have a row of an import that a statement covers."""
    stated = _latest(col(ConsentEventRow.statement_import_id), purpose, moment)
    covered = sa.select(stated.c.subject).where(_valid(stated, moment))
    rows: sa.CompoundSelect[Any] = sa.union(
        *(
            sa.select(subject_of(table)).where(table.import_id.in_(covered))  # type: ignore[attr-defined]
            for table, about in about_people().items()
            if about.purpose is not None
        )
    )
    person = col(CustomerRow.pseudonym)
    spoke = sa.select(own.c.subject)
    return sa.select(sa.func.count()).select_from(CustomerRow).where(person.in_(rows), person.not_in(spoke))


def next_change(session: Session, moment: datetime) -> datetime | None:
    """Return when a consent that is on record next expires or begins to count, or None."""
    later = [
        sa.select(sa.func.min(at)).where(at > moment).scalar_subquery()
        for at in (col(ConsentEventRow.expires_at), col(ConsentEventRow.at))
    ]
    found = session.connection().execute(sa.select(*later)).one()
    return min((at for at in found if at is not None), default=None)


def usable_rows(session: Session, kind: str, import_id: int, purpose: Purpose) -> int:
    """Count the rows of an import (of profiles, reviews or interactions) that may be used for a purpose."""
    model: Any = next(table for table, about in about_people().items() if about.held == kind)
    query = sa.select(sa.func.count()).select_from(model).where(model.import_id == import_id, usable(model, purpose))
    return int(session.connection().execute(query).scalar_one())


def state_statement(session: Session, import_id: int, purposes: list[str], basis: str, source: str) -> None:
    """Record the marketer's statement of the legal basis for every row of one import."""
    session.add_all(
        ConsentEventRow(statement_import_id=import_id, purpose=purpose, action="grant", basis=basis, source=source)
        for purpose in purposes
    )
