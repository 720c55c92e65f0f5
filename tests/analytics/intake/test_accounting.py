"""Rows in are rows kept or rows refused with a reason, whatever the file holds."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intake import IntakeError, open_table
from benchmarks.fuzz_uploads import fuzz
from tests.analytics.intake.conftest import take

DATES = ("2024-01-05", "5 mai 2024", "45292", "2024-W05", "soon", "")
NUMBERS = ("5", "4,5", "1.035", "1.1K", "(30)", "1e300", "x", "")
ROW = st.tuples(st.sampled_from(("1", "2", "3", "")), st.sampled_from(DATES), st.sampled_from(NUMBERS))


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12), st.sampled_from((",", ";", "\t")), st.integers(1, 5))
def test_rows_in_are_kept_or_refused(rows, delimiter, chunk):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([("review_id", "date", "rating"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(out.getvalue())
        try:
            taken = take(open_table(path), "reviews", rows=chunk)
        except IntakeError:  # asked or refused as a whole: nothing of it is taken
            return
    kept, refused = set(taken.rows["row_number"]), {r.row for r in taken.rejected}
    filled = {number for number, row in enumerate(rows, start=2) if any(row)}
    assert kept | refused == filled
    assert not kept & refused
    assert all(r.reason for r in taken.rejected)


WIDE = st.tuples(st.sampled_from(DATES), st.sampled_from((*NUMBERS, "n/a", "-")), st.sampled_from(("7", "n/a", "")))


@settings(max_examples=100, deadline=None)
@given(st.lists(WIDE, min_size=1, max_size=10), st.integers(1, 4))
def test_days_of_a_wide_table_are_kept_or_refused(rows, chunk):
    out = io.StringIO()
    csv.writer(out).writerows([("date", "visits", "orders"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(out.getvalue())
        try:
            taken = take(open_table(path), "metrics", rows=chunk)
        except IntakeError:
            return
    kept, refused = set(taken.rows["row_number"]), {r.row for r in taken.rejected}
    assert kept | refused == {number for number, row in enumerate(rows, start=2) if any(row)}
    assert not kept & refused


@pytest.mark.timeout(240)
def test_fuzzed_uploads_are_taken_or_answered(tmp_path):
    outcomes, wrong, longest = fuzz(30, 11, tmp_path)
    assert wrong == []
    assert sum(outcomes.values()) == 30
    assert outcomes["imported"] > 3
    assert longest < 30
