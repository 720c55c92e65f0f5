"""Before the first page: the database, the job store, and the demo where nothing ever was."""

import pytest
import sqlalchemy as sa

from dashboard import startup
from dashboard.app import readiness, streamlit_options
from dashboard.security import LOCAL_NAMES, is_known_host
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


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost", True),
        ("LocalHost:8501", True),
        ("127.0.0.1:8501", True),
        ("[::1]:8501", True),
        ("192.0.2.7", True),
        ("shop.example:443", True),
        ("evil.example", False),
        ("shop.example.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        ("[::1", True),  # still an address; nobody's name
        ("[::1].evil.example", False),
    ],
)
def test_an_address_is_always_known_and_a_name_where_it_was_given(host, known):
    names = (*LOCAL_NAMES, *Settings(host_names=" shop.example , ").known_hosts)
    assert is_known_host(host, names) == known
