"""The menu: order, locks, roles."""

from dataclasses import replace

import pytest

from dashboard.navigation import PAGES, allowed, page_info
from dashboard.sections.home import next_step
from db.repositories.workspaces import Contents

EMPTY = Contents(**dict.fromkeys(Contents.__dataclass_fields__, 0))


def test_the_menu_has_the_ten_pages_in_order():
    titles = ["Home", "Data", "Personas", "Studio", "Review", "Impact", "Surveys", "Audits", "Reports", "Settings"]
    assert [page.title for page in PAGES] == titles
    assert all(page.path.is_file() and page.purpose.endswith(".") for page in PAGES)


def test_pages_are_thin_scripts():
    long = {page.name: n for page in PAGES if (n := len(page.path.read_text().splitlines())) > 100}
    assert long == {}


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("personas", {"reviews": 1}),
        ("studio", {"products": 1}),
        ("review", {"drafts": 1}),
        ("impact", {"metrics": 1}),
        ("impact", {"posts": 1}),
    ],
)
def test_a_lock_says_what_opens_it(name, held):
    info = page_info(name)
    assert "first" in info.locked(EMPTY)
    assert info.locked(replace(EMPTY, **held)) is None


def test_every_role_finds_a_way_in():
    assert next(page.name for page in allowed("viewer")) == "home"


def test_the_next_step_follows_the_way_of_the_data():
    seen, contents = [], EMPTY
    for name in ("reviews", "products", "personas", "campaigns", "exports", "effects"):
        seen.append(next_step(contents).page)
        contents = replace(contents, **{name: 1})
    assert [*seen, next_step(contents).page] == [
        "data", "data", "personas", "studio", "review", "impact", "reports",
    ]  # fmt: skip
    assert all(page_info(name) for name in seen)
