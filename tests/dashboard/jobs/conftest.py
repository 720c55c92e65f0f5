"""A workspace with its job store, on SQLite and, where a server is named, on PostgreSQL."""

import pytest

from dashboard import jobs
from tests.dashboard.conftest import on_postgres


@pytest.fixture
def durable(workspace):
    jobs.create_job_store(workspace.settings.jobs_url)
    return workspace


@pytest.fixture
def shared(tmp_path):
    """Return a workspace on PostgreSQL."""
    with on_postgres(tmp_path) as opened:
        jobs.create_job_store(opened.settings.jobs_url)
        yield opened


@pytest.fixture(params=["durable", pytest.param("shared", marks=pytest.mark.postgres)])
def either(request):
    """Return a workspace on either database."""
    return request.getfixturevalue(request.param)
