"""Erasing one person: every row that speaks of them, and a line that keeps them from coming back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.about import about_people, subject_of
from db.errors import StoreError
from db.session import Database
from db.tables import (
    CustomerRow,
    ErasedNameRow,
    ErasureRow,
    IdentityRow,
    IdentityTokenRow,
    ImportChangeRow,
    ImportProblemRow,
    ImportRow,
    PersonaEvidenceRow,
    ReviewRow,
    SurveyItemRow,
    SurveyResponseRow,
)

CONTACTS = ("email", "phone")


@dataclass(frozen=True)
class KeptOut:
    """Whom no import brings back: pseudonyms, and tokens of e-mails and phones, of people who were erased."""

    pseudonyms: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.pseudonyms)


@dataclass(frozen=True)
class Held:
    """How many rows of each kind speak of one person; ``personas`` were built with them among others.

    ``others`` counts the rows of tables that were declared later, by what they call them.
    """

    pseudonym: str
    profiles: int
    reviews: int
    interactions: int
    consents: int
    identities: int
    personas: int
    answers: int
    others: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        own = self.profiles + self.reviews + self.interactions + self.consents + self.identities + self.answers
        return own + sum(self.others.values())


def with_token(session: Session, token: str) -> list[str]:
    """Return the pseudonyms of everybody whose name, e-mail, phone or address has a search token."""
    query = select(IdentityTokenRow.customer).where(IdentityTokenRow.token == token)
    return sorted(session.exec(query))


def held(session: Session, pseudonym: str) -> Held:
    """Count what is held of one person."""
    declared = {about.held: model for model, about in about_people().items() if about.held}
    counts = {name: _count(session, subject_of(model) == pseudonym) for name, model in declared.items()}
    known = {name: counts.pop(name) for name in Held.__dataclass_fields__ if name in counts}
    return Held(pseudonym=pseudonym, **known, others=counts)


def texts(session: Session, pseudonym: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return one person's reviews as (title, text), and their answers to open questions."""
    reviews = session.exec(select(ReviewRow.title, ReviewRow.text).where(ReviewRow.customer == pseudonym)).all()
    answers = session.exec(select(SurveyResponseRow.answers).where(SurveyResponseRow.respondent == pseudonym)).all()
    return [(title or "", text or "") for title, text in reviews], [v for given in answers for v in given.values()]


def sealed_identity(session: Session, pseudonym: str) -> bytes | None:
    """Return one person's sealed name and addresses, if any are held."""
    return session.exec(select(IdentityRow.sealed).where(IdentityRow.customer == pseudonym)).one_or_none()


def running_imports(session: Session) -> list[int]:
    """Return the imports that still bring rows in."""
    query = select(ImportRow.id).where(col(ImportRow.state).in_(("waiting", "running")))
    return [int(i) for i in session.exec(query) if i is not None]


def erased(session: Session) -> KeptOut:
    """Return by what everybody who was erased would be known again."""
    contacts = select(ErasedNameRow.token).where(col(ErasedNameRow.kind).in_(CONTACTS))
    return KeptOut(frozenset(session.exec(select(ErasureRow.pseudonym))), frozenset(session.exec(contacts)))


def keep_out(session: Session, pseudonyms: Iterable[str]) -> None:
    """Keep ids out from now on: somebody who was erased came again under them, or may."""
    for pseudonym in dict.fromkeys(pseudonyms):
        session.merge(ErasureRow(pseudonym=pseudonym))


def tokens_of(session: Session, pseudonym: str) -> set[str]:
    """Return the search tokens of one person, among them other spellings of their id."""
    return set(session.exec(select(IdentityTokenRow.token).where(IdentityTokenRow.customer == pseudonym)))


def erase(
    session: Session,
    pseudonym: str,
    speaks_of: Callable[[int, bytes], bool],
    *,
    names: Mapping[str, str],
    spellings: Iterable[str] = (),
) -> Held:
    """Remove one person everywhere inside the caller's transaction, and keep their pseudonym out from now on.

    Parameters
    ----------
    speaks_of : callable
        Says whether the sealed value of a problem row (import, sealed value) names the person.
    names : mapping
        Keyed tokens of what the person was known by, and of what kind each is. Only these are kept.
    spellings : iterable of str
        Pseudonyms of other spellings of the person's id, to be kept out too.

    Returns
    -------
    Held
        What was removed.

    Raises
    ------
    StoreError
        When nothing is held of the person.
    """
    found = held(session, pseudonym)
    if not found.rows:
        raise StoreError("Nothing is held of this person, so there is nothing to erase.")
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # Else a deleted row stays readable in the file until its place is needed.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    reviews = sa.select(col(ReviewRow.id)).where(col(ReviewRow.customer) == pseudonym)
    _forget_earlier_states(session, pseudonym)
    _forget_suggestions(session, pseudonym)
    connection.execute(sa.delete(PersonaEvidenceRow).where(col(PersonaEvidenceRow.review_id).in_(reviews)))
    for model in about_people():
        connection.execute(sa.delete(model).where(subject_of(model) == pseudonym))
    connection.execute(sa.delete(CustomerRow).where(col(CustomerRow.pseudonym) == pseudonym))
    _forget_problems(session, speaks_of)
    keep_out(session, (pseudonym, *spellings))
    for token, kind in names.items():
        session.merge(ErasedNameRow(token=token, kind=kind))
    return found


def drop_traces(database: Database) -> None:
    """Empty SQLite's write-ahead log, which still holds pages as they were before."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]


def _count(session: Session, condition: Any) -> int:
    return int(session.connection().execute(sa.select(sa.func.count()).where(condition)).scalar_one())


def _forget_earlier_states(session: Session, pseudonym: str) -> None:
    """Remove what rows were before an import changed them."""
    for model in (m for m in about_people() if "id" in m.model_fields):
        rows = sa.select(model.id).where(subject_of(model) == pseudonym)  # type: ignore[attr-defined]
        session.connection().execute(
            sa.delete(ImportChangeRow).where(
                col(ImportChangeRow.table_name) == model.__tablename__, col(ImportChangeRow.row_id).in_(rows)
            )
        )


def _forget_suggestions(session: Session, pseudonym: str) -> None:
    """Empty what was computed over answers of which the person's were some; it can be computed again."""
    surveys = sa.select(col(SurveyResponseRow.survey_id)).where(col(SurveyResponseRow.respondent) == pseudonym)
    session.connection().execute(
        sa.update(SurveyItemRow).where(col(SurveyItemRow.survey_id).in_(surveys)).values(suggestions={}, coding={})
    )


def _forget_problems(session: Session, speaks_of: Callable[[int, bytes], bool]) -> None:
    """Empty the kept values of left-out rows that name the person."""
    query = select(ImportProblemRow.id, ImportProblemRow.import_id, ImportProblemRow.sealed_value)
    named = [
        number
        for number, import_id, sealed in session.exec(query.where(col(ImportProblemRow.sealed_value).is_not(None)))
        if sealed is not None and speaks_of(import_id, sealed)
    ]
    for start in range(0, len(named), 500):
        some = named[start : start + 500]
        session.connection().execute(
            sa.update(ImportProblemRow).where(col(ImportProblemRow.id).in_(some)).values(sealed_value=None)
        )
