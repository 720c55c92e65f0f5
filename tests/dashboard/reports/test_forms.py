"""The forms of a report: hostile text stays text, nothing is fetched, no cell is a formula."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.reports import Figure, Report, Section, Step, Table, Trail, to_html, to_xlsx

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd()|' /C calc'!A1"


def report(text, more=""):
    table = Table(text, (text, "number"), ((text, 3), (more, 2.5), (None, -1)))
    figure = Figure(text, text, (text, more), (10.0, 30.0), "%", (5.0, 25.0), (15.0, 35.0))
    part = Section(text, (text,), (table, table), (figure,))
    trail = Trail(text, (Step(text, text),))
    return Report(text, text, text, datetime(2026, 3, 1, 9, 30, tzinfo=UTC), (part,), (trail,), text)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_data(self, data):
        self.text.append(data)


def parsed(found):
    reader = Tags()
    reader.feed(to_html(found))
    return reader


@pytest.mark.parametrize("text", [SCRIPT, '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "{{ 7*7 }}"])
def test_hostile_text_stays_text_in_html(text):
    plain, hostile = parsed(report("plain")), parsed(report(text))
    assert hostile.tags == plain.tags
    assert [a[:2] for a in hostile.attributes] == [a[:2] for a in plain.attributes]
    assert text in " ".join(hostile.text)


def test_html_asks_nobody_for_anything():
    found = parsed(report("plain"))
    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    assert [v for _, name, v in found.attributes if name in ("href", "src") and not v.startswith("#")] == []
    page = to_html(report("plain"))
    assert not re.search(r"https?:|@import|url\(", page)
    assert "default-src 'none'" in page
    assert "@media print" in page


def test_every_figure_has_words_and_every_table_a_caption():
    found = parsed(report("plain"))
    assert ("div", "aria-label", "plain") in found.attributes
    assert found.tags.count("caption") == found.tags.count("table") == 2


def test_bars_stand_in_proportion():
    page = to_html(report("plain"))
    assert "width: 28.57%" in page  # 10 of 35, the top of the longest interval
    assert "10.0% [5.0, 15.0]" in page


def cells(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return book, [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1+cmd", "@SUM(1)", "\t=1", SCRIPT])
def test_no_cell_of_a_workbook_is_a_formula(text):
    _, found = cells(to_xlsx(report(text)))
    assert [c.coordinate for c in found if c.data_type == "f"] == []
    risky = [c.value for c in found if isinstance(c.value, str) and c.value.lstrip().startswith(("=", "+", "-", "@"))]
    assert risky == []


def test_numbers_stay_numbers_in_a_workbook():
    _, found = cells(to_xlsx(report("plain", "other")))
    assert {3, 2.5, -1, 10, 35} <= {c.value for c in found if c.data_type == "n"}


def test_sheets_get_names_that_fit_and_differ():
    book, _ = cells(to_xlsx(report("What [the] six: checks*said / about? every\\version")))
    assert len(book.sheetnames) == len({n.casefold() for n in book.sheetnames}) == 5
    assert max(map(len, book.sheetnames)) <= 31


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_makes_both_forms(text, more):
    found = report(text, more)
    assert to_html(found).startswith("<!doctype html>")
    assert to_xlsx(found)[:2] == b"PK"


def test_the_banner_stands_on_both():
    found = replace(report("plain"), banner="All of it is invented.")
    assert "All of it is invented." in to_html(found)
    assert "All of it is invented." in {c.value for c in cells(to_xlsx(found))[1]}


def test_a_ragged_table_is_refused():
    with pytest.raises(ValueError, match="1 cells under 2 columns"):
        Table("Counts", ("a", "b"), ((1,),))


def test_an_empty_figure_can_be_drawn():
    empty = Section("None", figures=(Figure("None", "Nothing to draw.", (), ()),))
    found = replace(report("plain"), sections=(empty,))
    assert "Nothing to draw." in to_html(found)
    assert to_xlsx(found)[:2] == b"PK"
