"""The app in a real browser: every page opens, and a file becomes usable rows."""

import json
import urllib.request

import pytest

from dashboard.navigation import PAGES
from tests.browser.conftest import rest

pytestmark = pytest.mark.browser
CSV = (
    "reviewerID,asin,overall,summary,reviewText\n"
    "u1,P1,5,Lovely,Fits well and feels soft\n"
    "u2,P1,4,Good,True to size and soft\n"
    "u3,P2,eleven,Hm,Not sure about this one\n"
    "u4,P2,2,Poor,The seam came apart\n"
    "u5,P2,,,\n"
)


def open_page(page, server, name):
    page.goto(f"{server.url}/{'' if name == 'home' else name}")
    page.get_by_role("heading", level=1).wait_for()
    rest(page)


def assert_page_is_sound(page, info):
    assert page.get_by_role("heading", level=1).inner_text() == info.title
    page.get_by_text(info.purpose).wait_for()
    assert page.locator("[data-testid=stException]").count() == 0
    assert "Traceback" not in page.content()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"the page is {overflow} px too wide"


@pytest.mark.parametrize("info", PAGES, ids=lambda info: info.name)
def test_page_opens_on_a_desktop(page, server, info):
    open_page(page, server, info.name)
    assert_page_is_sound(page, info)


@pytest.mark.parametrize("info", PAGES, ids=lambda info: info.name)
def test_page_opens_on_a_phone(phone, server, info):
    open_page(phone, server, info.name)
    assert_page_is_sound(phone, info)


def test_ready_and_security_headers(server):
    with urllib.request.urlopen(f"{server.url}/api/ready") as answer:
        state, headers = json.load(answer), answer.headers
    assert state["ready"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy


def test_a_file_becomes_usable_rows(page, server):
    open_page(page, server, "data")
    file = {"name": "reviews.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("What each column holds").wait_for()
    page.get_by_text("I state the legal basis for everybody in this file").click()
    page.get_by_text("Finding groups (profiling)").click()
    basis = page.get_by_label("Legal basis, in words")
    basis.fill("Terms of 2024, section 4")
    basis.press("Control+Enter")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("is in.").wait_for(timeout=60_000)
    page.get_by_text("Finding groups (profiling): 4 of 4 rows").first.wait_for()
    assert "4 rows new, 1 kept with a remark, 1 left out." in page.get_by_text("is in.").inner_text()

    page.get_by_text("Imports", exact=True).click()
    page.get_by_text("2 remarks: rows left out or kept").wait_for()
    rest(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").last.click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert "eleven" in text
    assert text.startswith("row,column,value,outcome,reason")
