"""Numbers, badges and differences as people read them."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.components.badges import diff_html, verdict_badge
from dashboard.components.numbers import count, percent, told_apart, when, with_interval
from dashboard.sections.data.import_history import sentence
from dashboard.sections.data.products import fact_words
from dashboard.sections.studio.brand_form import words
from db.repositories.products import FactRecord

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("estimate", "shown"),
    [
        ((18.2, 11.4, 25.3), "18.2% [11.4, 25.3]"),
        ((-0.04, -1.0, 0.9), "0.0% [−1.0, 0.9]"),
        ((None, 1.0, 2.0), "cannot tell"),
        ((float("nan"), 1.0, 2.0), "cannot tell"),
        ((3.0, 1.0, float("inf")), "cannot tell"),
    ],
)
def test_with_interval(estimate, shown):
    assert with_interval(*estimate) == shown


def test_units_and_digits():
    assert with_interval(12345.6, 1, 20000, unit=" €", digits=0) == "12,346 € [1, 20,000]"
    assert percent(0.123, 1) == "12.3%"
    assert percent(None) == "cannot tell"


def test_counts():
    assert [count(n, "row") for n in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]
    assert count(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=7), "7 days ago"),
        (timedelta(days=40), "25 March 2026"),
    ],
)
def test_when(ago, shown):
    assert when(NOW - ago, NOW) == shown
    assert when((NOW - ago).replace(tzinfo=None), NOW) == shown


def test_a_verdict_has_a_word_beside_its_colour():
    assert "Blocked" in verdict_badge("block")
    assert "<script>" not in verdict_badge("<script>")


def test_diff_marks_only_what_changed_and_escapes():
    shown = diff_html("soft <b>blue</b> shirt", "soft <b>green</b> shirt")
    assert shown == (
        '<div class="dp-diff">soft <del>&lt;b&gt;blue&lt;/b&gt;</del><ins>&lt;b&gt;green&lt;/b&gt;</ins> shirt</div>'
    )


def test_neighbouring_changes_read_as_one():
    shown = diff_html("A closer look at this coat", "From all reviews of this coat")
    assert shown == ('<div class="dp-diff"><del>A closer look at</del><ins>From all reviews of</ins> this coat</div>')


@given(some.text(alphabet="ab \n", max_size=40), some.text(alphabet="ab \n", max_size=40))
def test_both_texts_can_be_read_from_their_diff(before, after):
    shown = diff_html(before, after).removeprefix('<div class="dp-diff">').removesuffix("</div>")
    without = re.sub(r"<del>.*?</del>", "", shown, flags=re.DOTALL).replace("<ins>", "").replace("</ins>", "")
    assert without == after
    without = re.sub(r"<ins>.*?</ins>", "", shown, flags=re.DOTALL).replace("<del>", "").replace("</del>", "")
    assert without == before


TEXT = some.text(alphabet="ab <>&\n", max_size=30)


@given(TEXT, TEXT)
def test_diff_never_lets_markup_through(before, after):
    shown = diff_html(before, after)
    for tag in ('<div class="dp-diff">', "</div>", "<ins>", "</ins>", "<del>", "</del>"):
        shown = shown.replace(tag, "")
    assert "<" not in shown
    assert ">" not in shown


def test_typed_lists_lose_blanks_and_doubles():
    assert words(" soft, warm\n\nwarm ; kind ") == ("soft", "warm", "kind")


def test_import_sentence_names_only_what_happened():
    record = SimpleNamespace(rows_new=1, rows_updated=0, rows_same=3, rows_flagged=0, rows_rejected=2)
    assert sentence(record) == "1 row new, 3 unchanged, 2 left out."


def test_a_fact_is_shown_as_text_not_as_markup():
    assert fact_words(FactRecord("feature", "[x](http://e)")) == r"\[x\]\(http\:\/\/e\)".replace(r"\/", "/")
    assert fact_words(FactRecord("price", "19.9", amount=19.9, currency="EUR")) == r"19\.90 EUR"


def test_names_that_several_bear_are_told_apart():
    assert told_apart({1: "Older", 2: "Younger", 9: "Older"}) == {1: "Older (1)", 2: "Younger", 9: "Older (9)"}
