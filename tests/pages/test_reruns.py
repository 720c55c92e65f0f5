"""What a rerun reads from the database, and that it never shows what was withdrawn meanwhile."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from dashboard.app import SHELL
from dashboard.navigation import PAGES
from dashboard.services.personas import building
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db.repositories import leases
from db.tables import ConsentEventRow, PersonaMemberRow
from db.types import now
from tests.dashboard.signed import signed_workspace
from tests.pages.conftest import copy_in_use, texts

# One asks whether anything changed. The others are named, each with the most statements it may need.
AT_MOST = 1
MORE = {("settings", ""): 4, ("data", "Imports"): 8, ("settings", "Workspace"): 2}
VIEWS = [(page.name, "") for page in PAGES] + [
    ("data", "Imports"),
    ("data", "Products"),
    ("studio", "New campaign"),
    ("review", "Export"),
    ("audits", "Ledger"),
    ("audits", "Checks"),
    ("audits", "Who is reached"),
    ("settings", "Workspace"),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return signed_workspace(tmp_path_factory.mktemp("signed") / "w")


@pytest.fixture
def signed(template, tmp_path):
    with copy_in_use(template, tmp_path / "signed") as opened:
        yield opened


def opened_page(name, view=""):
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    if view:
        app.query_params["view"] = view
    app = app.switch_page(f"../pages/{name}.py").run()
    assert not app.exception
    return app


def from_elsewhere(workspace):
    """Return the same workspace as another process opens it."""
    return open_workspace(Settings(workspace=workspace.folder, demo=False))


def withdraw(workspace, customer, **when):
    with workspace.database.writing() as session:
        session.add(ConsentEventRow(customer=customer, purpose="profiling", action="withdraw", **when))


def somebody_in(workspace):
    with workspace.database.reading() as session:
        return session.connection().execute(sa.select(PersonaMemberRow.customer)).scalars().first()


@pytest.mark.parametrize(("name", "view"), VIEWS, ids=lambda part: part or "first")
def test_a_rerun_of_an_unchanged_workspace_reads_next_to_nothing(signed, name, view):
    app = opened_page(name, view)
    app.run()
    said = []
    event.listen(signed.database.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    app.run()
    said = [s for s in said if not s.startswith("BEGIN")]
    assert any("data_change" in s for s in said), "it has to ask whether anything changed"
    assert len(said) <= MORE.get((name, view), AT_MOST), said


def test_a_withdrawal_in_another_process_shows_at_the_next_rerun(signed):
    app = opened_page("personas")
    assert "withdrew since" not in texts(app)
    withdraw(from_elsewhere(signed), somebody_in(signed))
    assert "1 person withdrew since" in texts(app.run())


def test_a_consent_that_expires_shows_at_the_next_rerun_though_nothing_was_written(signed, monkeypatch):
    person = somebody_in(signed)
    with signed.database.writing() as session:
        ends = now() + timedelta(hours=1)
        session.add(ConsentEventRow(customer=person, purpose="profiling", action="grant", expires_at=ends))
    app = opened_page("personas")
    assert "withdrew since" not in texts(app.run())
    for module in ("dashboard.page_cache", "db.repositories.consents"):
        monkeypatch.setattr(f"{module}.now", lambda: ends + timedelta(seconds=1))
    assert "1 person withdrew since" in texts(app.run())


def test_a_withdrawal_dated_ahead_shows_at_once(signed):
    withdraw(signed, somebody_in(signed), at=now() + timedelta(hours=1))
    assert "1 person withdrew since" in texts(opened_page("personas"))


def test_review_tells_of_the_withdrawal_too(signed):
    app = opened_page("review")
    assert "withdrew their consent" not in texts(app)
    person = next(c for p in building.listing(signed) for c in members(signed, p.id))
    withdraw(from_elsewhere(signed), person)
    assert "withdrew their consent" in texts(app.run())


def members(workspace, persona_id):
    with workspace.database.reading() as session:
        query = sa.select(PersonaMemberRow.customer).where(PersonaMemberRow.persona_id == persona_id)
        return session.connection().execute(query).scalars().all()


def test_a_heartbeat_is_no_change(signed):
    opened_page("personas")
    known = signed.database.seen.number
    elsewhere = from_elsewhere(signed)
    before = elsewhere.database.seen.number
    with elsewhere.database.writing(sign_of_life=True) as session:
        leases.sign_on(session, "a", now(), now() + timedelta(minutes=1), alone=False)
    assert elsewhere.database.seen.number == before
    opened_page("personas")
    assert signed.database.seen.number == before >= known
