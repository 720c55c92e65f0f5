"""Sign-ins in the database: found with the person as they are now, and ended when the person changes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from db.migrate import __file__ as migrate_file
from db.migrate import migrate
from db.repositories import users
from db.types import now


@pytest.fixture
def signed(database):
    with database.writing() as session:
        users.save(session, "Ada", "editor", "hash")
        users.save(session, "Bo", "viewer", "hash")
    with database.writing() as session:
        for name, token in (("Ada", "a1"), ("Ada", "a2"), ("Bo", "b1")):
            users.add_session(session, name, token, now())
    return database


def left(database):
    with database.reading() as session:
        return [token for token in ("a1", "a2", "b1") if users.find_session(session, token)]


def test_a_session_is_found_with_its_person(signed):
    with signed.reading() as session:
        found = users.find_session(session, "a1")
        assert (found.user.name, found.user.role) == ("Ada", "editor")
        assert abs(now() - found.seen_at) < timedelta(minutes=1)
        assert users.find_session(session, "a3") is None


def test_signing_out_ends_one_session(signed):
    with signed.writing() as session:
        users.end_session(session, "a1")
    assert left(signed) == ["a2", "b1"]


@pytest.mark.parametrize("change", [("viewer", "hash", False), ("editor", "new", False), ("editor", "hash", True)])
def test_any_change_of_a_person_ends_their_sessions_only(signed, change):
    with signed.writing() as session:
        users.save(session, "Ada", *change)
    assert left(signed) == ["b1"]


def test_the_use_of_an_ended_session_does_not_bring_it_back(signed):
    with signed.writing() as session:
        users.end_session(session, "a1")
        users.note_use(session, "a1", now())
    assert left(signed) == ["a2", "b1"]


def test_sessions_that_ran_out_are_dropped(signed):
    with signed.writing() as session:
        users.note_use(session, "a2", now() + timedelta(hours=1))
        users.drop_ended(session, started_before=now() - timedelta(hours=1), seen_before=now() + timedelta(minutes=5))
    assert left(signed) == ["a2"]
    with signed.writing() as session:
        users.drop_ended(session, started_before=now() + timedelta(minutes=5), seen_before=now() - timedelta(hours=9))
    assert left(signed) == []


def test_a_workspace_without_sessions_gets_them_and_keeps_its_people(signed):
    config = Config()
    config.set_main_option("script_location", migrate_file.replace("migrate.py", "migrations"))
    with signed.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        connection.commit()
    assert not sa.inspect(signed.engine).has_table("user_session")
    migrate(signed)
    assert left(signed) == []
    with signed.reading() as session:
        assert [u.name for u in users.listing(session)] == ["Ada", "Bo"]
