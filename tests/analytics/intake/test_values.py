"""Numbers, dates, flags and identifiers as people write them."""

from __future__ import annotations

import math
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake import Options
from analytics.intake.dates import day_comes_first, to_moment
from analytics.intake.values import parse_number, to_flag, to_id, to_number, to_text, to_whole, without_nothing
from tests.analytics.intake.conftest import take


def series(*cells):
    return pd.Series(list(cells), dtype=object)


@pytest.mark.parametrize(
    ("cell", "point", "comma"),
    [
        ("12.99", 12.99, 12.99),
        ("12,99", 12.99, 12.99),
        ("4,5", 4.5, 4.5),
        ("1,234", 1234, 1.234),
        ("1.234", 1.234, 1234),
        ("0,125", 0.125, 0.125),
        ("1,234,567", 1234567, 1234567),
        ("1.234.567", 1234567, 1234567),
        ("1,234.56", 1234.56, 1234.56),
        ("1.234,56", 1234.56, 1234.56),
        ("1,00,000", 100000, 100000),
        ("$ 1,299.00", 1299, 1299),
        ("€12", 12, 12),
        ("12 €", 12, 12),
        ("USD 40", 40, 40),
        ("Rs. 500", 500, 500),
        ("US$ 7", 7, 7),
        ("-$4", -4, -4),
        ("(30)", -30, -30),
        ("−3", -3, -3),
        ("1 200.50", 1200.5, 1200.5),
        ("1’000", 1000, 1000),
        ("18%", 18, 18),
        ("12 kg", 12, 12),
        ("12kg", 12, 12),
        ("1.5e3", 1500, 1500),
        ("abc", math.nan, math.nan),
        ("4 out of 5", math.nan, math.nan),
        ("12-14", math.nan, math.nan),
        ("2024-01-05", math.nan, math.nan),
        ("AB12", math.nan, math.nan),
        ("1.2.3", math.nan, math.nan),
    ],
)
def test_a_number_is_read_as_it_was_meant(cell, point, comma):
    for decimal_comma, meant in ((False, point), (True, comma)):
        assert parse_number(cell, decimal_comma=decimal_comma) == pytest.approx(meant, nan_ok=True)
        assert to_number(series(cell), decimal_comma=decimal_comma)[0] == pytest.approx(meant, nan_ok=True)


@given(st.decimals(-(10**9), 10**9, places=2), st.booleans())
def test_every_grouped_number_comes_back(number, comma):
    text = f"{number:,.2f}"
    if comma:
        text = text.translate(str.maketrans(",.", ".,"))
    assert parse_number(text, decimal_comma=comma) == pytest.approx(float(number))


def test_numbers_too_large_for_a_count_are_empty():
    assert to_whole(series("3", "1e300", "99999999999999999999", None), decimal_comma=False).tolist() == [
        3,
        pd.NA,
        pd.NA,
        pd.NA,
    ]
    assert to_number(series("inf", "-inf"), decimal_comma=False).isna().all()


def test_nothing_is_written_in_many_ways():
    assert without_nothing(series(" N/A ", "none", "NaN", "-", "", None, "Nan Goldin", "0")).tolist() == [None] * 6 + [
        "Nan Goldin",
        "0",
    ]
    assert to_text(series("None", "N/A", " nan ", "  ")).tolist() == ["None", "N/A", None, None]
    assert to_id(series("12.0", "A.0", "12.5", "nan")).tolist() == ["12", "A.0", "12.5", None]


def test_yes_and_no():
    assert to_flag(series("Yes", "0.0", "opt-in", "withdrawn", "perhaps", None)).tolist() == [
        True,
        False,
        True,
        False,
        pd.NA,
        pd.NA,
    ]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2012-09-04", "2012-09-04"),
        ("2012-09-04T10:00:00+02:00", "2012-09-04 08:00"),
        ("2012-09-04 10:20:30.5", "2012-09-04 10:20:30.5"),
        ("02 28, 2014", "2014-02-28"),
        ("12 4, 2014", "2014-12-04"),
        ("04-09-2012", "2012-09-04"),
        ("4/9/12", "2012-09-04"),
        ("04.09.2012 17:05", "2012-09-04 17:05"),
        ("9/25/2012 5:05 PM", "2012-09-25 17:05"),
        ("25/9/2012, 12:05 am", "2012-09-25 00:05"),
        ("4 Sep 2012", "2012-09-04"),
        ("September 4, 2012", "2012-09-04"),
        ("2012/09/04", "2012-09-04"),
        ("20120904", "2012-09-04"),
        ("Sep 2012", "2012-09-01"),
        ("1393545600", "2014-02-28"),
        ("1393545600000", "2014-02-28"),
        ("1393545600.0", "2014-02-28"),
        ("Tue Sep 04 10:00:00 +0000 2012", "2012-09-04 10:00"),
    ],
)
def test_a_date_is_read_in_any_form(cell, moment):
    assert to_moment(series(cell), day_first=None)[0] == pd.Timestamp(moment, tz="UTC")


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/2020",
        "2020-02-30",
        "soon",
        "45",
        "32.13.2020",
        "1850-01-01",
        "2100-01-01",
        "12:30",
        "1/1/2020 25:00",
        "01/01/0001",
        "9999-12-31",
        "0000-00-00",
        "99999999999999999999",
        "1/1/9999",
    ],
)
def test_what_is_no_date_is_empty(cell):
    assert to_moment(series(cell), day_first=None).isna().all()


@given(
    st.dates(date(1970, 1, 1), date(2068, 12, 31)),
    st.sampled_from(["%d-%m-%Y", "%d/%m/%y", "%m/%d/%Y", "%m.%d.%y", "%Y-%m-%d", "%d %B %Y"]),
)
def test_every_day_comes_back_when_the_order_is_known(day, form):
    read = to_moment(series(day.strftime(form)), day_first=form.startswith("%d"))
    assert read[0].date() == day


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)))
def test_every_moment_comes_back(moment):
    assert to_moment(series(moment.isoformat()), day_first=None)[0] == pd.Timestamp(moment, tz="UTC")


def test_the_column_tells_whether_the_day_comes_first():
    assert day_comes_first(series("04-09-2012", "25-12-2012")) is True
    assert day_comes_first(series("04-09-2012", "12-25-2012")) is False
    assert day_comes_first(series("04-09-2012", None)) is None
    assert day_comes_first(series("25-12-2012", "12-25-2012")) is None


def test_a_late_row_settles_the_order_of_the_whole_file(opened):
    body = "".join(f"{i},5,04-09-2012\n" for i in range(100)) + "100,5,12-25-2012\n"
    taken = take(opened("review_id,rating,date\n" + body), "reviews", rows=10)
    assert set(taken.rows["reviewed_at"].dt.strftime("%m-%d")) == {"04-09", "12-25"}
    assert taken.flags == ()


def test_a_file_that_never_tells_is_read_with_the_day_first_and_flagged(opened):
    table = opened("review_id,rating,date\n1,5,04-09-2012\n2,5,05-05-2012\n3,5,2012-01-02\n")
    taken = take(table, "reviews")
    assert taken.rows["reviewed_at"].dt.strftime("%Y-%m-%d").tolist() == ["2012-09-04", "2012-05-05", "2012-01-02"]
    assert [(f.row, f.value) for f in taken.flags] == [(2, "04-09-2012")]
    told = take(table, "reviews", Options(day_first=False))
    assert told.rows["reviewed_at"][0] == pd.Timestamp("2012-04-09", tz="UTC")
    assert told.flags == ()
