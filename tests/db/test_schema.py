import os
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from db import migrate as migrating
from db.errors import NewerDatabaseError, StoreError
from db.migrate import migrate
from db.repositories import leases, personas
from db.repositories.personas import NewPersona
from db.session import open_database
from db.types import now


def test_the_migrations_make_exactly_the_declared_schema(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [d for d in compare_metadata(context, SQLModel.metadata) if d[0] != "remove_table"]
    assert differences == []


def test_migrating_twice_or_at_once_changes_nothing(tmp_path):
    url = f"sqlite:///{tmp_path}/store.db"
    failures = []

    def run():
        try:
            migrate(open_database(url))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_from_a_newer_version_is_refused_in_plain_words(database):
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError, match="newer version of Digital Persona"):
        migrate(database)


def test_a_number_beyond_the_database_is_a_clear_sentence(database):
    asked = sa.text("SELECT id FROM import WHERE id = :id")
    if database.is_sqlite:  # PostgreSQL compares any number
        with pytest.raises(StoreError, match="larger than the database can hold"), database.reading() as session:
            session.execute(asked, {"id": 10**30}).all()
    with pytest.raises(StoreError, match="larger than the database can hold"), database.writing() as session:
        session.execute(sa.text("UPDATE import SET id = :id"), {"id": 10**30})


@pytest.mark.parametrize("content", [b"no database at all" * 500, os.urandom(9000)])
def test_a_file_that_is_no_database_is_a_clear_sentence(tmp_path, content):
    path = tmp_path / "store.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged or no database"):
        migrate(open_database(f"sqlite:///{path}"))
    assert path.read_bytes() == content


def test_a_database_out_of_reach_is_a_clear_sentence(tmp_path):
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        migrate(open_database(f"sqlite:///{tmp_path}/store.db"))
    with pytest.raises(StoreError, match="cannot be reached"):
        migrate(open_database("postgresql+psycopg://nobody@127.0.0.1:1/none"))


def test_foreign_keys_are_enforced(database):
    with pytest.raises(ValueError), database.writing() as session:
        session.execute(sa.text("INSERT INTO customer (pseudonym, import_id) VALUES ('x', 99)"))


def test_a_locked_sqlite_database_is_a_clear_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("db.session.BUSY_TIMEOUT_MS", 50)
    url = f"sqlite:///{tmp_path}/store.db"
    first, second = open_database(url), open_database(url)
    migrate(first)
    with first.writing() as session:
        session.execute(sa.text("SELECT 1"))
        with pytest.raises(StoreError, match="busy with another task"), second.writing() as other:
            other.execute(sa.text("SELECT 1"))


def test_a_persona_of_an_older_database_keeps_the_number_of_people_on_its_card(database):
    cards = {"whole": {"size": 12, "format": 1}, "early": {}, "odd": {"size": "many"}}
    with database.writing() as session:
        build = personas.start_build(session, {}, "You")
        people = [NewPersona(key, key, card, [], {}) for key, card in cards.items()]
        numbers = personas.add_personas(session, build, people, "build")
        personas.add_version(session, numbers[0], 1, name="Renamed", note="", card={"size": 12}, author="You")
    _back_to(database, "0014")
    migrate(database)
    with database.reading() as session:
        found = {p.key: (p.size, p.members, p.lost_members) for p in personas.listing(session)}
    assert found == {"whole": (12, 0, 12), "early": (0, 0, 0), "odd": (0, 0, 0)}


def _back_to(database, revision):
    config = Config()
    config.set_main_option("script_location", migrating.__file__.replace("migrate.py", "migrations"))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def test_open_jobs_of_an_older_database_are_free_for_any_worker(database):
    _back_to(database, "0007")
    with database.engine.begin() as connection:
        columns = "id, kind, title, params, author, done, total, message, state, cancel_requested, result"
        values = "'import-1', 'import', 'Import', '{}', 'you', 3, 9, '', 'running', false, '{}'"
        at = "'2026-01-02 03:04:05'"
        connection.execute(
            sa.text(f"INSERT INTO job ({columns}, created_at, updated_at) VALUES ({values}, {at}, {at})")
        )
        connection.execute(sa.text(f"INSERT INTO worker (name, seen_at) VALUES ('worker-1', {at})"))
    migrate(database)
    with database.writing() as session:
        assert not leases.worker_alive(session)
        assert leases.sign_on(session, "a", now(), now() + timedelta(seconds=30), alone=True)
        job = leases.claim(session, "a", "import-1")
        assert (job.state, job.done, job.worker, job.lost) == ("running", 3, "a", 0)
