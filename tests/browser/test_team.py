"""Team mode in a real browser: nothing before signing in, everything after."""

import base64
import os

import pytest

from dashboard.services.people import User, save_user
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from tests.browser.conftest import Watch, start_server, stop_server

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def team(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("team") / "workspace"
    key = base64.b64encode(os.urandom(32)).decode()
    settings = Settings(mode="team", workspace=folder, workspace_key=key)
    save_user(open_workspace(settings), User("set-up", "admin"), "Ada", "viewer", PASSWORD)
    started = start_server(
        folder,
        DIGITAL_PERSONA_MODE="team",
        DIGITAL_PERSONA_WORKSPACE_KEY=key,
        DIGITAL_PERSONA_WORKER="false",
    )
    yield started
    stop_server(started)


def test_sign_in_work_and_sign_out(browser, team):
    page = browser.new_context().new_page()
    watch = Watch(team.url)
    watch.on(page)
    page.goto(f"{team.url}/data")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Home", level=1).wait_for()
    page.get_by_text("Ada · viewer").wait_for()
    assert watch.problems == []
    page.goto(f"{team.url}/sign-out")
    page.goto(team.url)
    assert page.get_by_label("Password").is_visible()
    page.context.close()
