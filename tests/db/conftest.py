"""A fresh, migrated workspace database; the same tests run on PostgreSQL where one is given."""

import os
import uuid

import pytest
import sqlalchemy as sa

from db.migrate import migrate
from db.session import open_database
from db.vault import Vault

POSTGRES_URL = os.environ.get("DIGITAL_PERSONA_TEST_POSTGRES_URL")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request, tmp_path):
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path}/store.db")
        migrate(opened)
        yield opened
        opened.engine.dispose()
        return
    if not POSTGRES_URL:
        pytest.skip("DIGITAL_PERSONA_TEST_POSTGRES_URL names no server")
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    opened = open_database(sa.engine.make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False))
    migrate(opened)
    yield opened
    opened.engine.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def vault():
    return Vault(bytes(range(32)))
