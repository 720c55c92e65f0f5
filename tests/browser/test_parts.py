"""The shared parts under the real headers: a chart draws, a table leaves safely, an error names nobody."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import start_server, stop_server

pytestmark = pytest.mark.browser
GALLERY = Path(__file__).with_name("gallery.py")
LAUNCHER = (
    "import dashboard.app, pathlib; from dashboard.cli import main\n"
    f"dashboard.app.SHELL = pathlib.Path({str(GALLERY)!r}); main()"
)
PERSON = "Jane Roe, 5 Mill Lane"


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts") / "workspace"
    started = start_server(folder, ("-c", LAUNCHER), DIGITAL_PERSONA_WORKER="false")
    yield started
    stop_server(started)


def test_a_chart_draws_and_says_what_it_shows(page, server):
    page.goto(server.url)
    page.locator("[data-testid=stPlotlyChart] .bars path").first.wait_for()
    assert page.locator("[data-testid=stPlotlyChart] .bars path").count() == 3
    assert page.get_by_text("The rate rose from 2.0 to 3.1 in three weeks.").first.is_visible()


def test_a_table_leaves_without_formulas(page, server):
    page.goto(server.url)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").last.click()
    assert download.value.path().read_text(encoding="utf-8-sig").splitlines()[3] == "'=1+1,3.1"


def test_texts_are_shown_never_run(page, server):
    page.goto(server.url)
    change = page.locator(".dp-diff")
    change.wait_for()
    assert change.locator("b, i").count() == 0
    assert change.locator("ins").all_inner_texts() == ["<i>warm</i>"]


def test_an_error_is_a_sentence_with_a_reference_and_the_log_names_nobody(page, server):
    page.goto(f"{server.url}/?break={PERSON}")
    said = page.locator("[data-testid=stAlert]")
    said.wait_for()
    reference = re.search(r"\b[0-9a-f]{8}\b", said.inner_text()).group()
    assert "Traceback" not in page.content()
    assert PERSON not in said.inner_text()
    log = server.log.read_text()
    assert reference in log
    assert "gallery.py" in log
    assert "KeyError" in log
    assert PERSON not in log
