"""Databases of one test each on the server that a variable names, copied from one that was migrated once."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
import sqlalchemy as sa

from db.migrate import migrate
from db.session import open_database

URL = os.environ.get("DIGITAL_PERSONA_TEST_POSTGRES_URL")
NO_SERVER = "DIGITAL_PERSONA_TEST_POSTGRES_URL names no server"


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give the URL of a migrated, empty database that goes when the test ends; skip where no server is named."""
    if not URL:
        pytest.skip(NO_SERVER)
    name = f"test_{uuid.uuid4().hex[:12]}"
    _run(f"CREATE DATABASE {name} TEMPLATE {_template()}")
    try:
        yield _url(name)
    finally:
        _run(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _template() -> str:
    """Migrate the database that the others of this process are copies of."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    _run(f"CREATE DATABASE {name}")
    opened = open_database(_url(name))
    migrate(opened)
    opened.engine.dispose()
    return name


def drop_template() -> None:
    """Drop what the databases of this process were copied from."""
    if _template.cache_info().currsize:
        _run(f"DROP DATABASE {_template()} WITH (FORCE)")
        _template.cache_clear()


def _url(name: str) -> str:
    return sa.engine.make_url(URL).set(database=name).render_as_string(hide_password=False)


def _run(statement: str) -> None:
    admin = sa.create_engine(URL, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(statement))
