"""The survey walk in Chromium: bring it in, read the result, code open answers by key."""

import pytest

from dashboard.demo import demo_files

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "survey.csv"
    path.write_bytes(demo_files(7)["survey.csv"])
    return path


def test_from_file_to_finding_to_codes(page, server, file):
    page.goto(f"{server.url}/surveys?view=New+survey")
    page.locator("input[type=file]").first.set_input_files(str(file))
    page.get_by_text("400 rows of answers, 7 questions").wait_for()
    page.get_by_label("Legal basis, in words").fill("everybody agreed on the first page")
    page.get_by_label("Legal basis, in words").blur()
    page.get_by_role("button", name="Bring it in").click()
    page.get_by_text("6 of 6 questions changed").wait_for()
    page.locator("[data-testid=stPlotlyChart] .bars path").first.wait_for()

    page.goto(f"{server.url}/surveys?view=Open+answers&step=Codebook")
    page.get_by_label("New code", exact=True).fill("Mood")
    page.get_by_role("button", name="Add code").click()
    page.get_by_text("Codes in use").wait_for()

    page.get_by_role("radio", name="Code", exact=True).or_(
        page.get_by_role("button", name="Code", exact=True)
    ).first.click()
    page.get_by_text("You coded 0 of 366 answers").wait_for()
    page.keyboard.press("n")
    page.get_by_text("You coded 1 of 366 answers").wait_for()
    page.get_by_role("button", name="Mood", exact=True).click()
    page.get_by_role("button", name="Save and next").and_(page.locator(":enabled")).wait_for()
    page.keyboard.press("s")
    page.get_by_text("You coded 2 of 366 answers").wait_for()
    page.keyboard.press("u")
    page.get_by_text("You coded 1 of 366 answers").wait_for()


def test_results_fit_a_phone(phone, server, file):
    phone.goto(f"{server.url}/surveys")
    phone.get_by_text("6 of 6 questions changed").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
