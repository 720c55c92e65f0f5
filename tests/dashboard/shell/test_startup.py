"""Before the first page: the database, the job store, and the demo where nothing ever was."""

import pytest

from dashboard import jobs, startup
from dashboard.app import readiness, streamlit_options
from dashboard.jobs import JobKind
from dashboard.settings import Settings
from db.repositories import jobs as records
from db.repositories import workspaces


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setitem(jobs.KINDS, startup.DEMO_JOB, JobKind("builtins:dict"))
    return startup.prepare(Settings(workspace=tmp_path / "w", demo=False))


def asking(workspace, **changes):
    settings = workspace.settings.model_copy(update={"demo": True, **changes})
    return startup.ask_for_demo(type(workspace)(settings, workspace.database, workspace.vault))


def listed(workspace):
    with workspace.database.reading() as session:
        return records.listing(session)


def test_an_empty_workspace_asks_for_the_demo_once(workspace):
    assert asking(workspace, demo=False) is None
    assert asking(workspace)
    assert asking(workspace) is None
    assert [job.kind for job in listed(workspace)] == [startup.DEMO_JOB]


def test_a_workspace_that_holds_something_gets_no_demo(workspace, monkeypatch):
    held = workspaces.Contents(**{**dict.fromkeys(workspaces.Contents.__dataclass_fields__, 0), "reviews": 1})
    monkeypatch.setattr(startup.imports, "contents", lambda _: held)
    assert asking(workspace) is None


def test_a_team_gets_no_demo(workspace):
    assert asking(workspace, mode="team") is None


def test_readiness_follows_the_database(workspace):
    state = readiness(workspace)
    assert state["ready"]
    assert state["worker"] is False
    workspace.database.engine.dispose()
    broken = type(workspace)(workspace.settings, type(workspace.database)(_broken_engine()), workspace.vault)
    assert readiness(broken)["ready"] is False


def _broken_engine():
    import sqlalchemy as sa

    return sa.create_engine("sqlite:////nowhere/at/all.db")


def test_nothing_leaves_the_machine(workspace):
    options = streamlit_options(workspace.settings)
    assert options["browser.gatherUsageStats"] is False
    assert options["runner.postScriptGC"] is False
    assert options["client.showErrorDetails"] == "none"
    assert options["server.allowedHosts"] == ["127.0.0.1", "localhost", "::1"]
