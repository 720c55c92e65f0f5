"""A person's no: which of several events decides, on every database."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import StoreError
from db.repositories import consents, imports
from db.repositories.consents import UNDATED, ConsentCount
from db.tables import ConsentEventRow, CustomerRow, ImportRow, ReviewRow

DAYS = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]


def record(session, rows):
    columns = ["customer", "purpose", "action", "at", "expires_at"]
    frame = pd.DataFrame([(c, "profiling", *rest) for c, *rest in rows], columns=columns)
    for name in ("at", "expires_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    imports.add_consent_events(session, frame)


def usable(database, *rows):
    """Say who of these events' people may be used; nothing is kept."""
    with database.writing() as session:
        import_id = imports.start(
            session, kind="reviews", source="s", file_name="f", file_sha256="0" * 64, mapping={}, options={}, author="a"
        )
        imports.add_customers(session, sorted({row[0] for row in rows}), import_id)
        record(session, rows)
        count = consents.count(session, "profiling")
        session.rollback()
    return count.allowed


@pytest.mark.parametrize(
    ("events", "allowed"),
    [
        ([("withdraw", "2024-02-01", None), ("grant", UNDATED, None)], 0),
        ([("grant", UNDATED, None)], 1),
        ([("withdraw", "2024-02-01", None), ("grant", "2024-02-01", None)], 0),
        ([("grant", "2024-02-01", None), ("withdraw", "2024-02-01", None)], 0),
        ([("object", "2024-02-01", None), ("grant", "2024-02-01", None)], 0),
        ([("unclear", "2024-02-01", None), ("grant", "2024-02-01", None)], 0),
        ([("grant", "2024-02-01", None), ("grant", "2024-02-01", "2024-03-01")], 0),
        ([("grant", "2024-02-01", None), ("withdraw", "2999-01-01", None)], 0),
        ([("withdraw", "2024-02-01", None), ("grant", "2024-02-02", None)], 1),
        ([("withdraw", "2024-02-01", None), ("grant", "2999-02-02", None)], 0),
    ],
)
def test_which_event_decides(database, events, allowed):
    assert usable(database, *(("c0", *event) for event in events)) == allowed


EVENT = st.tuples(
    st.sampled_from(["grant", "withdraw", "object", "unclear"]),
    st.sampled_from([*DAYS, "2999-01-01"]),
    st.sampled_from([None, "2024-03-15", "2999-06-01"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(EVENT, min_size=1, max_size=4), more=EVENT, undated=st.booleans())
def test_consent_is_monotone_an_older_or_undated_event_never_widens_it(database, said, more, undated):
    latest = max((at for action, at, _ in said if action != "grant" or at < "2999"), default=None)
    action, at, expires = more
    if undated:
        at = UNDATED if action == "grant" else DAYS[-1]
    elif latest is None or at > latest:
        return
    if latest is None:
        return  # nothing that counts was said before
    before = [("c0", *event) for event in said]
    assert usable(database, *before, ("c0", action, at, expires)) <= usable(database, *before)


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def session(database):
    """A transaction with two imports of reviews: ann's and ben's, and two of cid's."""
    with database.writing() as session:
        kept = {"kind": "reviews", "source": "s", "file_name": "f", "file_sha256": "0" * 64}
        first, second = imports.start(session, **kept), imports.start(session, **kept)
        assert (first, second) == (1, 2)
        session.add_all(CustomerRow(pseudonym=p, import_id=1) for p in ("ann", "ben", "cid", "dan"))
        session.flush()
        for key, (customer, import_id) in enumerate((("ann", 1), ("ben", 1), ("cid", 2), ("cid", 2))):
            session.add(ReviewRow(customer=customer, import_id=import_id, row_key=str(key), row_hash=1))
        session.flush()
        yield session
        session.rollback()


def say(session, customer, action, at=NOON, expires=None, purpose="profiling"):
    session.add(ConsentEventRow(customer=customer, purpose=purpose, action=action, at=at, expires_at=expires))
    session.flush()


def second(number):
    return NOON + timedelta(seconds=number)


@pytest.mark.parametrize(("moment", "allowed"), [(-1, 0), (0, 1), (9, 1), (10, 0), (11, 0)])
def test_a_grant_counts_from_its_moment_until_just_before_it_expires(session, moment, allowed):
    say(session, "ann", "grant", NOON, second(10))
    say(session, "ben", "grant", NOON, second(10), purpose="analytics")
    assert consents.count(session, "profiling", second(moment)).allowed == allowed


def test_people_are_counted_by_why_they_may_or_may_not_be_used(session):
    nobody = consents.count(session, "profiling", NOON)
    assert nobody == ConsentCount("profiling", 4, 0, 0, 0, refused=0, expired=0, unknown=4)
    for customer in ("ann", "cid"):
        say(session, customer, "object" if customer == "ann" else "unclear")
    say(session, "dan", "grant", second(-9), second(-1))
    found = consents.count(session, "profiling", NOON)
    assert found == ConsentCount("profiling", 4, 0, 0, 0, refused=2, expired=1, unknown=1)
    say(session, "gone", "grant")  # said by somebody of whom no row is left
    consents.state_statement(session, 1, ["profiling"], "contract", "Ada")
    session.flush()
    found = consents.count(session, "profiling")
    assert found == ConsentCount("profiling", 4, 1, 0, 1, refused=2, expired=1, unknown=0)


def test_a_statement_says_its_basis_and_who_made_it_for_each_purpose(session):
    consents.state_statement(session, 2, ["profiling", "survey"], "contract", "Ada")
    session.flush()
    said = [(e.statement_import_id, e.purpose, e.action, e.basis, e.source) for e in session.query(ConsentEventRow)]
    assert sorted(said) == [(2, "profiling", "grant", "contract", "Ada"), (2, "survey", "grant", "contract", "Ada")]


def test_the_usable_rows_of_an_import_are_its_own_for_the_asked_purpose(session):
    for customer in ("ann", "cid"):
        say(session, customer, "grant")
    say(session, "ben", "grant", purpose="analytics")
    assert consents.usable_rows(session, "reviews", 1, "profiling") == 1
    assert consents.usable_rows(session, "reviews", 2, "profiling") == 2
    assert consents.usable_rows(session, "reviews", 1, "analytics") == 1
    assert consents.usable_rows(session, "profiles", 1, "profiling") == 0


def test_the_next_change_is_the_nearest_that_lies_ahead(session):
    assert consents.next_change(session, NOON) is None
    say(session, "ann", "grant", second(-5), second(50))
    assert consents.next_change(session, NOON) == second(50)
    say(session, "ben", "grant", second(20))
    assert consents.next_change(session, NOON) == second(20)
    say(session, "cid", "grant", NOON, second(10))
    assert consents.next_change(session, NOON) == second(10)
    assert consents.next_change(session, second(10)) == second(20)
    assert consents.next_change(session, second(20)) == second(50)
    assert consents.next_change(session, second(50)) is None


def test_a_table_that_speaks_of_nobody_has_no_purpose_either():
    with pytest.raises(StoreError, match="no purpose"):
        consents.usable(ImportRow)
    with pytest.raises(StoreError, match="no purpose"):
        consents.usable(ImportRow, "profiling")
