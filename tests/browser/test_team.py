"""Team mode in a real browser: nothing before signing in, everything after, nothing once it ended."""

import base64
import os

import pytest

from dashboard.services.people import User, save_user
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from tests.browser.conftest import Watch, rest, start_server, stop_server, wait_while_busy

pytestmark = pytest.mark.browser
PASSWORD, OTHER = "correct horse battery", "another good password"
ROOT = User("set-up", "admin")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    key = base64.b64encode(os.urandom(32)).decode()
    opened = open_workspace(
        Settings(mode="team", workspace=tmp_path_factory.mktemp("team") / "workspace", workspace_key=key)
    )
    save_user(opened, ROOT, "Ada", "viewer", PASSWORD)
    save_user(opened, ROOT, "Cy", "admin", PASSWORD)
    return opened


@pytest.fixture(scope="module")
def team(browser, workspace):
    started = start_server(
        workspace.folder,
        DIGITAL_PERSONA_MODE="team",
        DIGITAL_PERSONA_WORKSPACE_KEY=workspace.settings.workspace_key.get_secret_value(),
        DIGITAL_PERSONA_WORKER="false",
    )
    yield started
    stop_server(started)


@pytest.fixture
def enter(browser, team):
    """Sign somebody in with a browser of their own."""
    contexts = []

    def entered(name, path="data", password=PASSWORD):
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        wait_while_busy(page)
        page.watch = Watch(team.url)
        page.watch.on(page)
        page.goto(f"{team.url}/{path}")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Home", level=1).wait_for()
        return page

    yield entered
    for context in contexts:
        context.close()


def test_sign_in_work_and_sign_out_in_every_tab(enter, team):
    page = enter("Ada")
    page.get_by_text("Ada · viewer").wait_for()
    other = page.context.new_page()
    wait_while_busy(other)
    other.goto(f"{team.url}/settings")
    other.get_by_role("heading", name="Settings", level=1).wait_for()
    rest(other)
    assert page.watch.problems == []
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Password").wait_for()
    assert page.url == f"{team.url}/sign-in"
    other.get_by_text("Workspace", exact=True).last.click()
    other.get_by_text("Your session has ended").wait_for()
    assert other.get_by_text("Verify the ledger").count() == 0


def test_an_admin_takes_access_away_from_somebody_at_work(enter, team, workspace):
    save_user(workspace, ROOT, "Bo", "editor", PASSWORD)
    bo, cy = enter("Bo"), enter("Cy")
    cy.goto(f"{team.url}/settings?view=People")
    cy.get_by_role("heading", name="Take access away").wait_for()
    rest(cy)
    box = cy.get_by_role("combobox", name="Who may no longer sign in")
    box.scroll_into_view_if_needed()
    cy.wait_for_timeout(1_000)  # scrolling closes the list
    box.press("ArrowDown")
    cy.get_by_role("option", name="Bo").click()
    cy.get_by_role("button", name="Take access away").click()
    cy.get_by_text("Bo is signed out").wait_for()
    bo.get_by_role("link", name="Settings").first.click()
    bo.get_by_text("Your session has ended").wait_for()
    bo.goto(team.url)
    bo.get_by_label("Password").wait_for()


def test_ones_own_password_is_changed_and_signs_out(enter, team, workspace):
    save_user(workspace, ROOT, "Di", "viewer", PASSWORD)
    page = enter("Di")
    page.goto(f"{team.url}/settings?view=People")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password").fill(OTHER)
    page.get_by_role("button", name="Change my password").click()
    page.get_by_text("Your session has ended").wait_for()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_role("button", name="Sign in").wait_for()
    enter("Di", password=OTHER).get_by_text("Di · viewer").wait_for()
