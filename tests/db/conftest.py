"""A fresh, migrated workspace database; the same tests run on PostgreSQL where one is given."""

import shutil

import pytest

from db.migrate import migrate
from db.session import open_database
from db.vault import Vault
from tests.postgres import fresh_database


def migrated(factory):
    """The file of an empty, migrated workspace, to be copied: the migrations take longer than most tests."""
    path = factory.getbasetemp() / "migrated" / "store.db"
    if not path.exists():
        path.parent.mkdir()
        opened = open_database(f"sqlite:///{path}")
        migrate(opened)
        opened.engine.dispose()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request, tmp_path, tmp_path_factory):
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{shutil.copy(migrated(tmp_path_factory), tmp_path)}")
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
