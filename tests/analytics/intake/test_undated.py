"""An import whose rows will have no date says so, and names the columns that may hold one."""

import pandas as pd
import pytest

from analytics.intake import suggest_mapping, undated


def said(kind, column, *cells):
    sample = pd.DataFrame({"text": ["Coats", "Two hats"], column: cells}, dtype=object)
    return " ".join(undated(kind, suggest_mapping(kind, list(sample), sample), sample))


@pytest.mark.parametrize(
    ("kind", "column", "cells", "named"),
    [
        ("posts", "Start Time", ("2026-03-01 10:00", "2026-03-02 10:00"), "“Start Time” may say when (on"),
        ("posts", "Went out", ("1 March 2026", "2 March 2026"), "“Went out” may say when (on"),
        ("reviews", "Review Date", ("the other day", "long ago"), "“Review Date” may say when, but cannot be read"),
        ("posts", "Zeitpunkt", ("KW 12", "KW 13"), "“Zeitpunkt” may say when, but cannot be read"),
        ("reviews", "Size", ("12", "14"), ""),
        ("posts", "Spent", ("12.50", "2024"), ""),
    ],
)
def test_rows_without_a_date_are_said_and_what_may_hold_one_is_named(kind, column, cells, named):
    found = said(kind, column, *cells)
    assert "no row will have a date" in found
    assert named in found
    assert ("may say when" in found) == bool(named)


def test_nothing_is_said_where_rows_have_dates_need_none_or_are_not_there():
    assert said("posts", "Date", "2026-03-01", "2026-03-02") == ""
    assert said("products", "Weight", "1", "2") == ""
    assert undated("posts", suggest_mapping("posts", ["text"], pd.DataFrame()), pd.DataFrame(columns=["text"])) == ()
