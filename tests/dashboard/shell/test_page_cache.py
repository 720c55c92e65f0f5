"""What is kept is shown again only while nothing changed, and the shelf stays small."""

from datetime import timedelta

import pytest

from dashboard import page_cache as shelf
from dashboard.page_cache import kept, kept_for_good, look
from db.repositories import workspaces
from db.session import open_database
from db.tables import ConsentEventRow
from db.types import now


class Answer:
    """Counts how often it was asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return self.asked


def rename(database, name):
    with database.writing() as session:
        workspaces.mark(session, name=name)


def test_it_is_read_once_until_something_is_written(workspace):
    answer = Answer()
    assert [kept(workspace, "name", answer) for _ in range(3)] == [1, 1, 1]
    rename(workspace.database, "another")
    assert [kept(workspace, "name", answer) for _ in range(3)] == [2, 2, 2]


def test_each_question_has_its_own_answer(workspace):
    assert kept(workspace, ("drafts", 1), lambda: "one") == "one"
    assert kept(workspace, ("drafts", 2), lambda: "two") == "two"


def test_a_change_by_another_process_is_seen_when_one_looks(workspace):
    answer = Answer()
    kept(workspace, "name", answer)
    rename(open_database(str(workspace.database.engine.url)), "another")
    look(workspace)
    assert kept(workspace, "name", answer) == 2


def test_what_failed_or_was_rolled_back_is_no_change(workspace):
    answer = Answer()
    kept(workspace, "name", answer)
    with pytest.raises(RuntimeError), workspace.database.writing() as session:
        workspaces.mark(session, name="never")
        raise RuntimeError
    look(workspace)
    assert kept(workspace, "name", answer) == 1


def test_an_answer_that_fails_is_not_kept(workspace):
    with pytest.raises(ValueError, match="no"):
        kept(workspace, "x", lambda: (_ for _ in ()).throw(ValueError("no")))
    assert kept(workspace, "x", lambda: "yes") == "yes"


def test_a_consent_ends_by_itself(workspace, monkeypatch):
    ends = now() + timedelta(minutes=1)
    with workspace.database.writing() as session:
        session.add(ConsentEventRow(customer="c", purpose="profiling", action="grant", expires_at=ends))
    answer = Answer()
    assert [kept(workspace, "people", answer) for _ in range(2)] == [1, 1]
    monkeypatch.setattr(shelf, "now", lambda: ends)
    assert [kept(workspace, "people", answer) for _ in range(2)] == [2, 2]


def test_what_its_key_names_outlives_every_change(workspace):
    answer = Answer()
    assert kept_for_good(workspace, ("picture", "digest"), answer) == 1
    rename(workspace.database, "another")
    assert kept_for_good(workspace, ("picture", "digest"), answer) == 1


def test_the_shelf_forgets_what_was_not_used_for_longest(workspace, monkeypatch):
    monkeypatch.setattr(shelf, "MAX_ANSWERS", 2)
    first, second = Answer(), Answer()
    kept(workspace, "first", first)
    kept(workspace, "second", second)
    kept(workspace, "first", first)
    kept(workspace, "third", lambda: 3)
    kept(workspace, "first", first)
    kept(workspace, "second", second)
    assert (first.asked, second.asked) == (1, 2)
