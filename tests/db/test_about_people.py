"""A table that speaks of people says so, and the gate, erasure and what is held of somebody follow from it."""

from datetime import UTC, datetime
from typing import ClassVar

import pytest
import sqlalchemy as sa
from sqlmodel import Field, SQLModel, select

import db.tables as tables
from db.about import AboutPeople, about_people, subject_of
from db.errors import StoreError
from db.repositories import consents, erasure, imports, undo
from db.tables import ConsentEventRow, CustomerRow, IdentityRow

PSEUDONYMS = {"customer", "respondent", "pseudonym"}
# The person's own line, and the list that keeps erased people out.
THE_LISTS = {"customer", "erasure"}


@pytest.fixture
def wishes(database):
    """A table made only now: what people wish for."""

    class WishRow(SQLModel, table=True):
        __tablename__ = "wish"
        about: ClassVar[AboutPeople] = AboutPeople("person", "wishes", "recommendation")
        id: int | None = Field(default=None, primary_key=True)
        import_id: int
        person: str

    WishRow.__table__.create(database.engine)
    with database.writing() as session:
        number = imports.start(session, kind="profiles", source="s", file_name="f", file_sha256="0", state="done")
        session.add_all([CustomerRow(pseudonym=p, import_id=number) for p in ("ann", "ben")])
        session.add_all([WishRow(import_id=number, person=p) for p in ("ann", "ann", "ben")])
        event = {"purpose": "recommendation", "action": "grant", "at": datetime(2026, 1, 1, tzinfo=UTC)}
        session.add_all([ConsentEventRow(customer=p, **event) for p in ("ann", "ben")])
    yield WishRow
    SQLModel.metadata.remove(WishRow.__table__)
    WishRow.about = None


def usable(database, model):
    with database.reading() as session:
        return sorted(session.exec(select(model.person).where(consents.usable(model))))


def test_a_new_table_is_behind_the_gate(database, wishes):
    assert usable(database, wishes) == ["ann", "ann", "ben"]
    with database.writing() as session:
        session.add(ConsentEventRow(customer="ann", purpose="recommendation", action="withdraw"))
    assert usable(database, wishes) == ["ben"]


def test_a_new_table_is_said_and_erased(database, wishes):
    with database.writing() as session:
        held = erasure.held(session, "ann")
        assert (held.others, held.rows) == ({"wishes": 2}, 3)
        erasure.erase(session, "ann", lambda *_: False, names={})
    with database.reading() as session:
        assert list(session.exec(select(wishes.person))) == ["ben"]
        assert erasure.held(session, "ann").rows == 0


def test_a_person_of_whom_only_a_new_table_speaks_stays_when_an_import_is_undone(database, wishes):
    with database.writing() as session:
        undo.undo(session, 1)
    with database.reading() as session:
        assert set(session.exec(select(CustomerRow.pseudonym))) == {"ann", "ben"}


def test_a_statement_of_a_new_tables_import_covers_its_people(database, wishes):
    with database.writing() as session:
        session.connection().execute(sa.delete(ConsentEventRow))
        consents.state_statement(session, 1, ["recommendation"], "contract", "you")
    with database.reading() as session:
        assert consents.count(session, "recommendation").by_statement == 2


def test_no_table_that_knows_people_forgot_to_say_so():
    declared = {model.__table__.name: about.subject for model, about in about_people().items()}
    for table in SQLModel.metadata.sorted_tables:
        pointing = {c.name for c in table.columns for key in c.foreign_keys if key.column.table.name == "customer"}
        speaks = pointing | (PSEUDONYMS & set(table.columns.keys()))
        if speaks and table.name not in THE_LISTS:
            assert declared.get(table.name) in speaks, f"{table.name} speaks of people and does not say so"
    assert len(declared) == len(about_people()) >= 8


def test_every_declared_subject_is_a_column_and_every_used_row_knows_its_import():
    for model, about in about_people().items():
        assert subject_of(model) is not None
        if about.purpose is not None:
            assert "import_id" in model.model_fields
    assert tables.ReviewRow in about_people()


def test_what_has_no_purpose_is_never_used():
    with pytest.raises(StoreError, match="no purpose"):
        consents.usable(IdentityRow)
