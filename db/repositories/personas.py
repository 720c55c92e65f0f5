"""Persona builds, personas and their versions; and the consented rows they are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.bulk import insert_frame, table_for
from db.errors import StoreError
from db.repositories.consents import allowed
from db.tables import (
    ImportRow,
    PersonaBuildRow,
    PersonaEvidenceRow,
    PersonaMemberRow,
    PersonaRow,
    PersonaVersionRow,
    ProfileRow,
    ReviewRow,
)

_PROFILE_FIELDS = (
    "birth_year",
    "age",
    "gender",
    "education",
    "marital_status",
    "income",
    "country",
    "region",
    "joined_on",
    "attributes",
)


@dataclass(frozen=True)
class BuildRecord:
    """One run over the consented customers."""

    id: int
    state: str
    settings: dict[str, Any]
    result: dict[str, Any]
    error: str | None
    job_id: str | None
    author: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class PersonaRecord:
    """A persona as its newest version (or the one asked for) describes it.

    ``size`` counts the people it was built from, ``members`` those of them who were not erased since, and
    ``lost_members`` those of ``size`` who may no longer be used, which makes it stale.
    """

    id: int
    build_id: int
    key: str
    archived: bool
    version: int
    name: str
    note: str
    card: dict[str, Any]
    author: str
    created_at: datetime
    members: int
    lost_members: int
    size: int

    @property
    def is_stale(self) -> bool:
        return self.lost_members > 0


@dataclass(frozen=True)
class NewPersona:
    """A persona that is not kept yet: evidence maps a statement of the card to review ids."""

    key: str
    name: str
    card: dict[str, Any]
    members: list[str]
    evidence: Mapping[str, list[int]]
    note: str = ""


def _from(table: sa.Table, sources: tuple[str, ...]) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on a table's rows: consented, and of these data sets if any are named."""
    conditions = [allowed(table.c.customer, table.c.import_id, "profiling")]
    if sources:
        named = sa.select(col(ImportRow.id)).where(col(ImportRow.source).in_(sources))
        conditions.append(table.c.import_id.in_(named))
    return conditions


def count_usable(session: Session) -> int:
    """Return how many people have a profile or a review that may be used for profiling."""
    rows: sa.CompoundSelect[Any] = sa.union(
        *(sa.select(t.c.customer).where(*_from(t, ())) for t in (table_for(ProfileRow), table_for(ReviewRow)))
    )
    return int(session.connection().execute(sa.select(sa.func.count()).select_from(rows.subquery())).scalar_one())


def consented_profiles(session: Session, sources: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the profiles that may be used for profiling, one row a customer (index: pseudonym)."""
    table = table_for(ProfileRow)
    query = sa.select(table.c.customer, *(table.c[n] for n in _PROFILE_FIELDS)).where(*_from(table, sources))
    frame = pd.DataFrame(
        session.connection().execute(query.order_by(table.c.id)).all(), columns=["customer", *_PROFILE_FIELDS]
    )
    return frame.drop_duplicates("customer", keep="last").set_index("customer")


def consented_reviews(session: Session, sources: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the reviews that may be used for profiling.

    Returns
    -------
    DataFrame
        Columns review_id, customer, product_key, rating, title, text, age, category.
    """
    table = table_for(ReviewRow)
    names = ["id", "customer", "product_key", "rating", "title", "text", "age", "category"]
    query = sa.select(*(table.c[n] for n in names)).where(*_from(table, sources)).order_by(table.c.id)
    frame = pd.DataFrame(session.connection().execute(query).all(), columns=names)
    return frame.rename(columns={"id": "review_id"})


def reviews_of_product(session: Session, product_key: str) -> pd.DataFrame:
    """Return a product's reviews that may be used for personalisation (columns as above)."""
    table = table_for(ReviewRow)
    names = ["id", "customer", "rating", "title", "text", "reviewed_at"]
    query = (
        sa.select(*(table.c[n] for n in names))
        .where(
            table.c.product_key == product_key,
            allowed(table.c.customer, table.c.import_id, "personalisation"),
        )
        .order_by(table.c.id)
    )
    frame = pd.DataFrame(session.connection().execute(query).all(), columns=names)
    return frame.rename(columns={"id": "review_id"})


def start_build(session: Session, settings: dict[str, Any], author: str) -> int:
    """Record a build that was asked for and return its id."""
    row = PersonaBuildRow(settings=settings, author=author)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def update_build(session: Session, build_id: int, **values: Any) -> None:
    """Set columns of a build."""
    row = session.get_one(PersonaBuildRow, build_id)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)


def build(session: Session, build_id: int) -> BuildRecord:
    """Return one build.

    Raises
    ------
    StoreError
        When there is no such build.
    """
    row = session.get(PersonaBuildRow, build_id)
    if row is None:
        raise StoreError(f"There is no persona build number {build_id}.")
    return _build(row)


def builds(session: Session, limit: int = 50) -> list[BuildRecord]:
    """Return the newest builds first."""
    rows = session.exec(select(PersonaBuildRow).order_by(col(PersonaBuildRow.id).desc()).limit(limit))
    return [_build(row) for row in rows]


def _build(row: PersonaBuildRow) -> BuildRecord:
    return BuildRecord(**{n: getattr(row, n) for n in BuildRecord.__dataclass_fields__})


def add_personas(session: Session, build_id: int, personas: list[NewPersona], author: str) -> list[int]:
    """Keep the personas of a build with their members and evidence; return their ids."""
    ids = []
    for new in personas:
        row = PersonaRow(build_id=build_id, key=new.key, size=len(set(new.members)))
        session.add(row)
        session.flush()
        assert row.id is not None
        first = PersonaVersionRow(persona_id=row.id, number=1, name=new.name, card=new.card, author=author)
        first.note = new.note
        session.add(first)
        session.flush()
        members = pd.DataFrame({"customer": new.members}).assign(persona_id=row.id)
        insert_frame(session, table_for(PersonaMemberRow), members)
        pairs = [(item, review) for item, reviews in new.evidence.items() for review in set(reviews)]
        evidence = pd.DataFrame(pairs, columns=["item", "review_id"]).assign(persona_id=row.id)
        insert_frame(session, table_for(PersonaEvidenceRow), evidence)
        ids.append(row.id)
    return ids


def add_version(
    session: Session,
    persona_id: int,
    expected: int,
    *,
    name: str,
    note: str,
    card: dict[str, Any],
    author: str,
) -> None:
    """Keep a renamed or edited card as another version; a clash ends in a ConflictError."""
    session.add(
        PersonaVersionRow(persona_id=persona_id, number=expected + 1, name=name, note=note, card=card, author=author)
    )


def archive(session: Session, persona_id: int, archived: bool = True) -> None:
    """Put a persona away, or bring it back."""
    row = session.get_one(PersonaRow, persona_id)
    row.archived = archived
    session.add(row)


def _select(session: Session, *conditions: Any) -> list[PersonaRecord]:
    member = table_for(PersonaMemberRow)
    members = _count(member, member.c.persona_id == col(PersonaRow.id))
    kept = _count(member, member.c.persona_id == col(PersonaRow.id), _still_allowed(member))
    query = (
        sa.select(PersonaRow, PersonaVersionRow, members, kept)
        .join(PersonaVersionRow, col(PersonaVersionRow.persona_id) == col(PersonaRow.id))
        .where(*conditions)
        .order_by(col(PersonaRow.id), col(PersonaVersionRow.number))
    )
    return [
        PersonaRecord(
            id=persona.id,
            build_id=persona.build_id,
            key=persona.key,
            archived=persona.archived,
            version=version.number,
            name=version.name,
            note=version.note,
            card=version.card,
            author=version.author,
            created_at=version.created_at,
            members=total,
            lost_members=max(total, persona.size) - still,
            size=max(total, persona.size),
        )
        for persona, version, total, still in session.execute(query).all()
    ]


def _count(member: sa.Table, *conditions: Any) -> Any:
    return sa.select(sa.func.count()).select_from(member).where(*conditions).scalar_subquery()


def _still_allowed(member: sa.Table) -> sa.ColumnElement[bool]:
    """Say whether a member may still be profiled, by any row of theirs."""
    rows = sa.union(
        *(
            sa.select(col(t.customer)).where(allowed(col(t.customer), col(t.import_id), "profiling"))
            for t in (ProfileRow, ReviewRow)
        )
    )
    return member.c.customer.in_(rows)


def _newest() -> Any:
    return sa.select(sa.func.max(col(PersonaVersionRow.id))).group_by(col(PersonaVersionRow.persona_id))


def listing(session: Session, build_id: int | None = None, *, archived: bool = False) -> list[PersonaRecord]:
    """Return personas as their newest versions describe them."""
    conditions: list[Any] = [col(PersonaVersionRow.id).in_(_newest())]
    if build_id is not None:
        conditions.append(col(PersonaRow.build_id) == build_id)
    if not archived:
        conditions.append(col(PersonaRow.archived).is_(False))
    return _select(session, *conditions)


def get(session: Session, persona_id: int) -> PersonaRecord:
    """Return one persona.

    Raises
    ------
    StoreError
        When there is no such persona.
    """
    found = _select(session, col(PersonaRow.id) == persona_id, col(PersonaVersionRow.id).in_(_newest()))
    if not found:
        raise StoreError(f"There is no persona number {persona_id}.")
    return found[0]


def versions(session: Session, persona_id: int) -> list[PersonaRecord]:
    """Return every version of a persona, the oldest first."""
    return _select(session, col(PersonaRow.id) == persona_id)


def members(session: Session, persona_id: int) -> list[str]:
    """Return the pseudonyms of the people a persona was built from."""
    query = select(PersonaMemberRow.customer).where(PersonaMemberRow.persona_id == persona_id)
    return list(session.exec(query.order_by(col(PersonaMemberRow.customer))))


def memberships(session: Session) -> dict[str, str]:
    """Return customer -> name of their persona in the newest build, for people who may still be profiled."""
    member = table_for(PersonaMemberRow)
    newest = select(sa.func.max(col(PersonaRow.build_id))).where(col(PersonaRow.archived).is_(False))
    query = (
        sa.select(member.c.customer, col(PersonaVersionRow.name))
        .join(PersonaRow, col(PersonaRow.id) == member.c.persona_id)
        .join(PersonaVersionRow, col(PersonaVersionRow.persona_id) == col(PersonaRow.id))
        .where(
            col(PersonaRow.archived).is_(False),
            col(PersonaRow.build_id) == newest.scalar_subquery(),
            col(PersonaVersionRow.id).in_(_newest()),
            _still_allowed(member),
        )
    )
    return {str(customer): str(name) for customer, name in session.execute(query).all()}


def evidence(session: Session, persona_id: int) -> dict[str, list[int]]:
    """Return the review ids behind each statement of a persona's card."""
    found: dict[str, list[int]] = {}
    for row in session.exec(select(PersonaEvidenceRow).where(PersonaEvidenceRow.persona_id == persona_id)):
        found.setdefault(row.item, []).append(row.review_id)
    return found
