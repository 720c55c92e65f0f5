"""Audits and a campaign's report in a real browser, under hostile names, and the report by itself."""

import pytest

from tests.browser.conftest import start_server, stop_server
from tests.browser.test_shell import open_page
from tests.dashboard.signed import SCRIPT, signed_workspace

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    signed = signed_workspace(tmp_path_factory.mktemp("audits") / "w")
    signed.database.engine.dispose()
    started = start_server(signed.folder)
    yield started
    stop_server(started)


def saved(page, label, role="link"):
    with page.expect_download() as download:
        page.get_by_role(role, name=label).click()
    return download.value.path().read_bytes()


def too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_a_walk_through_the_audits(page, server):
    open_page(page, server, "audits")
    page.get_by_text("Finding groups: 120 of 120").first.wait_for()
    page.get_by_text("Ledger", exact=True).click()
    page.get_by_role("button", name="Verify the ledger").click()
    page.get_by_text("lines are as they were written.").wait_for()
    lines = saved(page, "Download 6 lines as CSV", "button").decode("utf-8-sig").splitlines()
    assert len(lines) == 7
    page.get_by_text("Checks", exact=True).click()
    page.get_by_text("4 versions of posts went through all six checks.").wait_for()
    page.get_by_label("Search the rules").fill("price")
    page.get_by_label("Search the rules").press("Enter")
    page.get_by_text("each with its source").wait_for()
    page.get_by_text("Who is reached", exact=True).click()
    page.get_by_text("against 120 people who may be profiled").wait_for()


def test_a_report_is_read_and_taken_along(page, server, browser, tmp_path):
    open_page(page, server, "reports")
    page.get_by_text("4 drafts; a human approved 1 of them as they stand.").wait_for()
    page.get_by_text("Post 1: X, version 1").click()
    page.get_by_text("for exactly this content.").wait_for()
    assert saved(page, "Download the workbook")[:2] == b"PK"
    file = tmp_path / "report.html"
    file.write_bytes(saved(page, "Download the page"))

    alone = browser.new_page(viewport={"width": 390, "height": 900})
    asked, alarms = [], []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("dialog", lambda dialog: alarms.append(dialog.message) or dialog.dismiss())
    alone.goto(file.as_uri())
    assert alone.get_by_role("heading", level=1).inner_text() == f"Campaign report: {SCRIPT}"
    assert too_wide(alone) <= 0
    assert asked == [file.as_uri()]
    assert alarms == []
    alone.close()


def test_both_fit_a_phone(phone, server):
    for name in ("audits", "audits?view=Ledger", "audits?view=Checks", "audits?view=Who+is+reached", "reports"):
        open_page(phone, server, name)
        assert too_wide(phone) <= 0, name
