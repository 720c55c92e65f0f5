import json

import pandas as pd
import pytest
import sqlalchemy as sa

from db.bulk import MANY_ROWS
from db.errors import ConflictError, StoreError
from db.repositories import consents, imports, undo
from db.tables import ReviewRow


def reviews(texts, offset=0, hashes=None):
    count = len(texts)
    return pd.DataFrame(
        {
            "row_key": [f"r{i + offset}" for i in range(count)],
            "row_hash": hashes or [hash(t) & 0x7FFFFFFF for t in texts],
            "customer": [f"c{i + offset}" for i in range(count)],
            "product_key": "p1",
            "rating": [5.0] * (count - 1) + [float("nan")],
            "text": texts,
            "reviewed_at": pd.to_datetime(["2024-02-29T12:00:00Z"] * count),
            "age": pd.array([31] * (count - 1) + [None], dtype="Int64"),
            "attributes": json.dumps({"size": "M"}),
        }
    )


def bring_in(database, frame, source="shop"):
    with database.writing() as session:
        import_id = imports.start(session, kind="reviews", source=source, file_name="reviews.csv", file_sha256="0" * 64)
        imports.add_customers(session, frame["customer"].tolist(), import_id)
        return import_id, imports.write_rows(session, "reviews", frame, import_id)


def stored(database):
    with database.reading() as session:
        return {row.row_key: row for row in session.query(ReviewRow).all()}


def test_rows_come_back_as_they_went_in(database):
    bring_in(database, reviews(["soft", "=cmd()", "<script>"]))
    rows = stored(database)
    assert [rows[k].text for k in ("r0", "r1", "r2")] == ["soft", "=cmd()", "<script>"]
    assert rows["r0"].rating == 5.0
    assert rows["r2"].rating is None
    assert (rows["r0"].age, rows["r2"].age) == (31, None)
    assert rows["r0"].attributes == {"size": "M"}
    assert rows["r0"].reviewed_at.isoformat() == "2024-02-29T12:00:00+00:00"


def test_the_same_rows_again_change_nothing_and_a_changed_row_updates(database):
    bring_in(database, reviews(["a", "b"], hashes=[1, 2]))
    assert bring_in(database, reviews(["a", "b"], hashes=[1, 2]))[1] == imports.Written(0, 0, 2)
    second, written = bring_in(database, reviews(["a", "B", "c"], hashes=[1, 3, 4]))
    assert written == imports.Written(1, 1, 1)
    assert stored(database)["r1"].text == "B"
    with database.writing() as session:
        assert undo.undo(session, second) == 1
    rows = stored(database)
    assert sorted(rows) == ["r0", "r1"]
    assert rows["r1"].text == "b"
    assert rows["r1"].rating is None
    assert rows["r0"].attributes == {"size": "M"}


def test_undo_removes_people_whom_nothing_else_speaks_of_and_only_once(database):
    bring_in(database, reviews(["a", "b"]))
    second, _ = bring_in(database, reviews(["x"], offset=2))
    with database.writing() as session:
        undo.undo(session, second)
    with database.reading() as session:
        assert consents.count(session, "profiling").people == 2
    with database.writing() as session, pytest.raises(StoreError, match="undone already"):
        undo.undo(session, second)


def events(rows):
    frame = pd.DataFrame(rows, columns=["customer", "purpose", "action", "at", "expires_at"])
    frame["at"] = pd.to_datetime(frame["at"], utc=True)
    frame["expires_at"] = pd.to_datetime(frame["expires_at"], utc=True)
    frame["row_key"] = [f"e{i}" for i in range(len(frame))]
    return frame


def usable(database, import_id, purpose="profiling"):
    with database.reading() as session:
        return consents.usable_rows(session, "reviews", import_id, purpose)


def test_unknown_consent_means_no(database):
    import_id, _ = bring_in(database, reviews(["a", "b", "c"]))
    assert usable(database, import_id) == 0
    with database.reading() as session:
        assert consents.count(session, "profiling").unknown == 3


def test_a_persons_latest_word_wins_over_a_statement(database):
    import_id, _ = bring_in(database, reviews(["a", "b", "c", "d"]))
    with database.writing() as session:
        consents.state_statement(session, import_id, ["profiling"], "contract", "Ada")
    assert usable(database, import_id) == 4
    assert usable(database, import_id, "survey") == 0
    log = [
        ("c0", "profiling", "grant", "2024-01-01", None),
        ("c0", "profiling", "withdraw", "2024-02-01", None),
        ("c1", "profiling", "object", "2024-01-01", None),
        ("c1", "profiling", "grant", "2024-02-01", None),
        ("c2", "profiling", "grant", "2024-01-01", "2024-03-01"),
    ]
    with database.writing() as session:
        assert imports.add_consent_events(session, events(log)) == 5
        assert imports.add_consent_events(session, events(log)) == 0
    with database.reading() as session:
        found = consents.count(session, "profiling")
    assert (found.by_own_word, found.by_statement, found.refused, found.expired) == (1, 1, 1, 1)
    assert usable(database, import_id) == found.allowed == 2


def test_an_event_in_the_future_does_not_count_yet(database):
    import_id, _ = bring_in(database, reviews(["a"]))
    with database.writing() as session:
        imports.add_consent_events(session, events([("c0", "profiling", "grant", "2999-01-01", None)]))
    assert usable(database, import_id) == 0


def index_names(database):
    return {index["name"] for index in sa.inspect(database.engine).get_indexes("review")}


def test_the_first_many_rows_go_in_without_indexes_which_come_back(database):
    whole = index_names(database)
    bring_in(database, reviews(["soft"] * MANY_ROWS, hashes=list(range(MANY_ROWS))))
    assert index_names(database) < whole
    made = 0
    more = True
    while more:
        with database.writing() as session:
            more = imports.restore_index(session, "reviews")
        made += more
    assert made == len(whole - {"ix_review_import_id"} - {n for n in whole if "row_key" in n})
    assert index_names(database) == whole
    bring_in(database, reviews(["soft"] * MANY_ROWS, offset=MANY_ROWS))
    assert index_names(database) == whole
    assert len(stored(database)) == 2 * MANY_ROWS


def test_the_same_key_twice_is_refused_in_words(database):
    with pytest.raises(ConflictError, match="a moment before"):
        bring_in(database, pd.concat([reviews(["a"]), reviews(["b"])]))
