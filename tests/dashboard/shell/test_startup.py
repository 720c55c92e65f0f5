"""Before the first page: the database, the job store, and the demo where nothing ever was."""

import pytest
import sqlalchemy as sa

from dashboard import startup
from dashboard.app import readiness, streamlit_options
from dashboard.services.data import imports
from dashboard.services.data.imports import Order
from dashboard.services.people import LOCAL_USER
from dashboard.settings import Settings
from db.repositories import jobs as records


@pytest.fixture
def workspace(tmp_path):
    return startup.prepare(Settings(workspace=tmp_path / "w", demo=False))


class AtOnce:
    """A job that runs in the test's own process."""

    id = "now"

    def step(self, name, work):
        return work()

    def progress(self, done, total, message):
        pass


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
    assert [job.kind for job in listed(workspace)] == ["demo"]


def test_a_workspace_that_holds_something_gets_no_demo(workspace):
    path = workspace.folder / "reviews.csv"
    path.write_text("reviewerID,asin,overall,reviewText\nu1,P1,5,Soft\n")
    preview = imports.look(workspace, path, path.name, "reviews")
    order = Order(path, path.name, preview.file_sha256, "reviews", preview.mapping)
    import_id, _ = imports.begin(workspace, order, LOCAL_USER)
    imports.run_import(workspace, AtOnce(), {"import_id": import_id, "path": str(path)})
    with workspace.database.writing() as session:
        session.connection().execute(sa.text("DELETE FROM job"))
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
    return sa.create_engine("sqlite:////nowhere/at/all.db")


def test_nothing_leaves_the_machine(workspace):
    options = streamlit_options(workspace.settings)
    assert options["browser.gatherUsageStats"] is False
    assert options["runner.postScriptGC"] is False
    assert options["client.showErrorDetails"] == "none"
    assert options["server.allowedHosts"] == ["127.0.0.1", "localhost", "::1"]


def test_an_open_host_can_be_reached_by_any_name_and_a_local_one_only_by_its_own(tmp_path):
    local = Settings(workspace=tmp_path, host="127.0.0.1", allow_public_host=True)
    opened = Settings(workspace=tmp_path, host="0.0.0.0", allow_public_host=True)
    assert "*" not in streamlit_options(local)["server.allowedHosts"]
    assert streamlit_options(opened)["server.allowedHosts"] == ["*"]
