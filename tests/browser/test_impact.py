"""Impact in a real browser: what can be seen, the verdict, the planner, a kept result, a phone."""

import pytest

from dashboard.demo import demo_files
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from tests.browser.conftest import start_server, stop_server
from tests.browser.test_main_job import bring_in
from tests.browser.test_shell import open_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("impact")
    workspace = open_workspace(Settings(workspace=folder / "w", demo=False))
    for kind in ("metrics", "posts"):
        bring_in(workspace, folder, f"{kind}.csv", demo_files()[f"{kind}.csv"].decode(), kind)
    started = start_server(workspace.folder)
    yield started
    stop_server(started)


def test_a_change_is_measured_planned_and_kept(page, server):
    open_page(page, server, "impact?metric=engagement")
    page.get_by_text("would be found in 4 of 5 cases").wait_for()
    page.get_by_role("button", name="Measure the effect").click()
    page.get_by_role("heading", name="Effect found: engagement rose by").wait_for()
    page.get_by_text("18-24 gains more than the others").wait_for()
    page.get_by_text("Planner: how long must we wait?").click()
    page.get_by_text("to have a fair chance (80%)").wait_for()
    page.get_by_text("Keep this result").click()
    page.get_by_label("Name of the change").fill("New way of making posts")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("heading", name="Kept results").wait_for()


def test_on_a_phone_nothing_is_wider_than_the_screen(phone, server):
    open_page(phone, server, "impact?metric=sales")
    phone.get_by_role("button", name="Measure the effect").click()
    phone.get_by_role("heading", name="Effect found: sales rose by").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_costs_other_methods_and_factors_open_on_a_phone(phone, server):
    open_page(phone, server, "impact?metric=engagement")
    phone.get_by_role("button", name="Measure the effect").click()
    phone.get_by_role("heading", name="Effect found: engagement rose by").wait_for()
    phone.get_by_text("What other methods would say").click()
    phone.get_by_text("the verdict above does not use them").wait_for()
    phone.get_by_text("Costs: expenses and cost per engagement").click()
    phone.get_by_text("Cost per engagement fell by").wait_for()
    phone.get_by_text("Content factors: what goes along").click()
    phone.get_by_text("association, not proof").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
