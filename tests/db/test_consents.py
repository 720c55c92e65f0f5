"""A person's no: which of several events decides, on every database."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.repositories import consents, imports
from db.repositories.consents import UNDATED

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
