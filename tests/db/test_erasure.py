"""Erasing one person of two, table by table: all that speaks of the one goes, all that speaks of the other stays."""

from pathlib import Path

import pytest

from db.errors import StoreError
from db.repositories import erasure, imports
from db.repositories.erasure import Held, KeptOut
from db.tables import (
    ConsentEventRow,
    CustomerRow,
    ErasedNameRow,
    IdentityRow,
    IdentityTokenRow,
    ImportChangeRow,
    ImportProblemRow,
    ImportRow,
    InteractionRow,
    PersonaBuildRow,
    PersonaEvidenceRow,
    PersonaMemberRow,
    PersonaRow,
    ProfileRow,
    ReviewRow,
    SurveyItemRow,
    SurveyResponseRow,
    SurveyRow,
)

# How many rows of each kind there are of either person; each number stands once, so that none is taken for another.
COUNTS = {"ann": (1, 2, 3, 4, 5), "ben": (1, 1, 1, 1, 1)}


def of(person, import_id):
    """Return a profile, reviews, interactions, consents and answers of one person, from one import."""
    profiles, reviews, interactions, consents, answers = (range(n) for n in COUNTS[person])
    row = {"import_id": import_id, "customer": person, "row_hash": 1}
    return [
        CustomerRow(pseudonym=person, import_id=import_id),
        *(ProfileRow(row_key=f"p{person}{n}", **row) for n in profiles),
        *(
            ReviewRow(row_key=f"r{person}{n}", title=f"T{n}" if n else None, text=f"{person} {n}", **row)
            for n in reviews
        ),
        *(InteractionRow(row_key=f"i{person}{n}", kind="viewed", **row) for n in interactions),
        *(
            ConsentEventRow(customer=person, purpose="survey", action="grant", row_key=f"c{person}{n}")
            for n in consents
        ),
        *(
            SurveyResponseRow(
                survey_id=1 if person == "ann" else 2,
                import_id=import_id,
                position=n,
                respondent=person,
                answers={"why": f"{person} says {n}"},
            )
            for n in answers
        ),
        IdentityRow(customer=person, import_id=import_id, sealed=person.encode()),
        *(IdentityTokenRow(token=f"{person} {word}", customer=person) for word in ("name", "mail")),
        IdentityTokenRow(token="shared", customer=person),
        PersonaMemberRow(persona_id=1, customer=person),
    ]


@pytest.fixture
def session(database):
    """A transaction in which two people have rows in every table."""
    with database.writing() as session:
        number = imports.start(session, kind="reviews", source="s", file_name="f", file_sha256="0" * 64, state="done")
        session.add_all(
            [
                PersonaBuildRow(id=1),
                *(SurveyRow(id=i, import_id=number, name="S", source="s", shape="wide") for i in (1, 2)),
            ]
        )
        session.flush()
        session.add_all(PersonaRow(id=i, build_id=1, key=str(i)) for i in (1, 2))
        for i in (1, 2):
            found = {"suggestions": {"themes": 1}, "coding": {"codes": 1}}
            session.add(SurveyItemRow(id=i, survey_id=i, position=0, key="why", kind="open", details={}, **found))
        session.flush()
        for person in COUNTS:
            rows = of(person, number)
            session.add(rows[0])
            session.flush()
            session.add_all(rows[1:])
        session.flush()
        for review in session.query(ReviewRow):
            session.add(PersonaEvidenceRow(persona_id=1, item="says", review_id=review.id))
            session.add(ImportChangeRow(import_id=number, table_name="review", row_id=review.id, before={"text": "x"}))
            # A row of another table that happens to have the same number.
            session.add(ImportChangeRow(import_id=number, table_name="product", row_id=review.id, before={}))
        session.flush()
        yield session
        session.rollback()


def erase(session, person="ann", speaks_of=lambda *_: False, names=None, **also):
    held = erasure.erase(session, person, speaks_of, names=names or {}, **also)
    session.expire_all()
    return held


ANN = Held("ann", profiles=1, reviews=2, interactions=3, consents=4, identities=1, personas=1, answers=5)
BEN = Held("ben", profiles=1, reviews=1, interactions=1, consents=1, identities=1, personas=1, answers=1)


def test_what_is_held_is_counted_kind_by_kind_and_personas_are_no_rows_of_a_person(session):
    assert erasure.held(session, "ann") == ANN
    assert erasure.held(session, "ben") == BEN
    assert (ANN.rows, BEN.rows) == (16, 6)
    assert erasure.held(session, "cid").rows == 0


def test_every_row_of_the_one_goes_and_every_row_of_the_other_stays(session):
    assert erase(session) == ANN
    assert erasure.held(session, "ann") == Held("ann", 0, 0, 0, 0, 0, 0, 0)
    assert erasure.held(session, "ben") == BEN
    assert [row.pseudonym for row in session.query(CustomerRow)] == ["ben"]
    assert sorted(row.token for row in session.query(IdentityTokenRow)) == ["ben mail", "ben name", "shared"]


def test_with_a_review_goes_what_rested_on_it_and_what_it_was_before(session):
    [kept] = [review.id for review in session.query(ReviewRow) if review.customer == "ben"]
    erase(session)
    assert [row.review_id for row in session.query(PersonaEvidenceRow)] == [kept]
    assert [row.row_id for row in session.query(ImportChangeRow) if row.table_name == "review"] == [kept]
    assert session.query(ImportChangeRow).filter_by(table_name="product").count() == 3


def test_what_was_computed_over_the_persons_answers_is_emptied_and_other_surveys_stay(session):
    erase(session)
    found = {item.id: (item.suggestions, item.coding) for item in session.query(SurveyItemRow)}
    assert found == {1: ({}, {}), 2: ({"themes": 1}, {"codes": 1})}


def test_nobody_is_erased_of_whom_nothing_is_held(session):
    with pytest.raises(StoreError, match="Nothing is held"):
        erase(session, "cid")
    assert erasure.erased(session) == KeptOut()


def test_who_was_erased_is_kept_out_by_id_spelling_and_contact_and_never_by_name(session):
    assert not erasure.erased(session)
    names = {"a mail": "email", "a phone": "phone", "a name": "name"}
    erase(session, names=names, spellings=("ANN", "ann", "Ann"))
    kept = erasure.erased(session)
    assert kept == KeptOut(frozenset({"ann", "ANN", "Ann"}), frozenset({"a mail", "a phone"}))
    assert kept
    assert {row.token: row.kind for row in session.query(ErasedNameRow)} == names
    erase(session, "ben", names={"a mail": "email"})
    erasure.keep_out(session, ["ben", "new", "new"])
    assert erasure.erased(session).pseudonyms == {"ann", "ANN", "Ann", "ben", "new"}


def test_a_person_is_found_by_a_token_and_so_is_everybody_who_shares_it(session):
    assert erasure.with_token(session, "ben mail") == ["ben"]
    assert erasure.with_token(session, "shared") == ["ann", "ben"]
    assert erasure.with_token(session, "none") == []
    assert erasure.tokens_of(session, "ann") == {"ann name", "ann mail", "shared"}


def test_what_a_person_wrote_is_the_reviews_and_the_answers(session):
    reviews, answers = erasure.texts(session, "ann")
    assert sorted(reviews) == [("", "ann 0"), ("T1", "ann 1")]
    assert sorted(answers) == [f"ann says {n}" for n in range(5)]
    session.add(ReviewRow(import_id=1, customer="ben", row_hash=1, row_key="bare", title="Only a title"))
    session.flush()
    assert ("Only a title", "") in erasure.texts(session, "ben")[0]
    assert erasure.texts(session, "cid") == ([], [])


def test_the_sealed_identity_is_the_persons_own_or_none(session):
    assert erasure.sealed_identity(session, "ben") == b"ben"
    assert erasure.sealed_identity(session, "cid") is None


def test_imports_that_wait_or_run_still_bring_rows_in(session):
    assert erasure.running_imports(session) == []
    rows = {
        state: ImportRow(kind="reviews", source="s", file_name="f", file_sha256="0", state=state)
        for state in ("waiting", "running", "failed", "done")
    }
    session.add_all(rows.values())
    session.flush()
    assert sorted(erasure.running_imports(session)) == sorted([rows["waiting"].id, rows["running"].id])


def test_left_out_rows_lose_their_value_where_it_names_the_person_however_many_they_are(session):
    def problem(number, sealed):
        return ImportProblemRow(import_id=1, severity="reject", row_number=number, sealed_value=sealed, reason="r")

    session.add_all([*(problem(n, b"ann") for n in range(1001)), problem(2001, b"ben"), problem(2002, None)])
    session.flush()
    asked = []

    def speaks_of(import_id, sealed):
        asked.append(import_id)
        return sealed == b"ann"

    erase(session, speaks_of=speaks_of)
    assert set(asked) == {1}
    assert len(asked) == 1002
    kept = {row.row_number: row.sealed_value for row in session.query(ImportProblemRow)}
    assert len(kept) == 1003
    assert {n: value for n, value in kept.items() if value is not None} == {2001: b"ben"}


def test_on_sqlite_deleted_rows_are_overwritten_in_the_file(session):
    if session.connection().dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps its own files")
    session.connection().exec_driver_sql("PRAGMA secure_delete = OFF")
    erase(session)
    assert session.connection().exec_driver_sql("PRAGMA secure_delete").scalar() == 1


def test_on_sqlite_the_log_of_writes_is_emptied(database):
    if not database.is_sqlite:
        pytest.skip("PostgreSQL keeps its own files")
    with database.writing() as session:
        imports.start(session, kind="reviews", source="s", file_name="f", file_sha256="0" * 64)
    log = Path(database.engine.url.database + "-wal")
    assert log.stat().st_size > 0
    erasure.drop_traces(database)
    assert log.stat().st_size == 0
