"""A fresh, migrated workspace database; the same tests run on PostgreSQL where one is given."""

import pytest

from db.migrate import migrate
from db.session import open_database
from db.vault import Vault
from tests.postgres import fresh_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request, tmp_path):
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path}/store.db")
        migrate(opened)
        yield opened
        opened.engine.dispose()
        return
    with fresh_database() as url:
        opened = open_database(url)
        yield opened
        opened.engine.dispose()


@pytest.fixture
def vault():
    return Vault(bytes(range(32)))
