"""The survey walk in Chromium: bring it in, read the result, code open answers by key."""

import pytest

from dashboard.demo import demo_files
from tests.browser.conftest import press_key, rest

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


def press(page, name):
    """Press a button as a keyboard does: go to it, then Enter; a busy page does not listen."""
    rest(page)
    button = page.get_by_role("button", name=name, exact=True).and_(page.locator(":enabled")).first
    button.focus()
    page.keyboard.press("Enter")


def step(page, name):
    option = page.get_by_role("radio", name=name, exact=True).or_(page.get_by_role("button", name=name, exact=True))
    option.first.focus()
    page.keyboard.press("Enter")


def write(page, label, text):
    page.get_by_label(label, exact=True).first.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


@pytest.mark.timeout(400)
def test_all_six_phases_by_keyboard(page, server, file):
    page.goto(f"{server.url}/surveys?view=Open+answers")
    # Read: search, star.
    page.get_by_text("366 answers, the first 30 shown").wait_for()
    write(page, "Search", "smile")
    page.keyboard.press("Enter")
    page.get_by_text("366 answers, the first 30 shown").wait_for(state="detached")
    press(page, "☆")
    page.get_by_text("★ They make me smile in the morning.").first.wait_for()

    # Search for themes: drafts of the machine, of which one is taken over and the others go.
    step(page, "Codebook")
    press(page, "Suggest themes")
    page.get_by_text("Drafts of a machine").wait_for(timeout=180_000)
    write(page, "Name", "Impersonal")
    page.keyboard.press("Tab")
    press(page, "Accept")
    page.get_by_text("Codes in use").wait_for()
    page.get_by_role("button", name="Remove all").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Drafts of a machine").wait_for(state="detached")
    write(page, "New code", "Mood")
    press(page, "Add code")
    page.get_by_role("combobox", name="Change").wait_for()

    # Code: numbers choose, S saves, N says that none fits, U takes back.
    step(page, "Code")
    page.get_by_text("You coded 0 of 366 answers").wait_for()
    page.get_by_role("button", name="Save and next").wait_for()
    press_key(page, "n", page.get_by_text("You coded 1 of 366 answers"))
    press_key(page, "u", page.get_by_text("You coded 0 of 366 answers"))
    for n in range(24):
        press_key(page, "1" if n % 2 else "2", page.get_by_role("button", name="✓"))
        page.get_by_role("button", name="Save and next").and_(page.locator(":enabled")).wait_for()
        press_key(page, "s", page.get_by_text(f"You coded {n + 1} of 366 answers"))

    # Define and review: a theme with its meaning, a good example of each code.
    step(page, "Codebook")
    for code in ("Impersonal", "Mood"):
        page.get_by_role("combobox", name="Change").focus()
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.get_by_text(f"Answers coded “{code}” (12)").wait_for()
        write(page, "Theme it belongs to", "How it feels")
        write(page, "What the theme means", "What the posts do to people")
        press(page, "Save")
        page.get_by_role("gridcell", name="How it feels").first.or_(page.get_by_text("Codes in use")).first.wait_for()
        press(page, "Good example")
        page.get_by_text("★").first.wait_for()
    page.get_by_text("All six phases are done").wait_for()

    # Report: shares with intervals, and what may be taken along.
    step(page, "How common")
    page.get_by_text("24 answers coded by hand").wait_for()
    press(page, "Code the rest")
    page.get_by_text("How common each theme is").wait_for(timeout=180_000)
    page.get_by_text("These themes may be reported").wait_for()
    with page.expect_download() as download:
        press(page, "Download the codebook")
    assert "Impersonal" in download.value.path().read_text(encoding="utf-8-sig")


def test_results_fit_a_phone(phone, server, file):
    phone.goto(f"{server.url}/surveys")
    phone.get_by_text("6 of 6 questions changed").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
