"""A workspace with its job store, on SQLite and, where a server is named, on PostgreSQL."""

import uuid

import pytest
import sqlalchemy as sa

from dashboard import jobs
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from tests.db.conftest import POSTGRES_URL


@pytest.fixture
def durable(workspace):
    jobs.create_job_store(workspace.settings.jobs_url)
    return workspace


@pytest.fixture
def shared(tmp_path):
    """Return a workspace on PostgreSQL."""
    if not POSTGRES_URL:
        pytest.skip("DIGITAL_PERSONA_TEST_POSTGRES_URL names no server")
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = sa.engine.make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    opened = open_workspace(Settings(workspace=tmp_path / "w", database_url=url, demo=False))
    jobs.create_job_store(opened.settings.jobs_url)
    yield opened
    opened.database.engine.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["durable", pytest.param("shared", marks=pytest.mark.postgres)])
def either(request):
    """Return a workspace on either database."""
    return request.getfixturevalue(request.param)
