"""The shared parts under the real headers: a chart draws, a table leaves safely, an error names nobody."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import rest, start_server, stop_server

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
    page.locator("[data-testid=stPlotlyChart] .bars path").nth(2).wait_for()
    assert page.locator("[data-testid=stPlotlyChart] .bars path").count() == 3
    page.get_by_text("The rate rose from 2.0 to 3.1 in three weeks.").first.wait_for()


def test_a_table_leaves_without_formulas(page, server):
    page.goto(server.url)
    page.get_by_role("button", name="Approve").wait_for()
    rest(page)
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


def luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_main_button_can_be_read(page, server, scheme):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    page.emulate_media(color_scheme=scheme)
    page.goto(server.url)
    button = page.get_by_role("button", name="Approve")
    button.wait_for()
    look = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    dark, light = sorted(luminance(colour) for colour in button.evaluate(look))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
