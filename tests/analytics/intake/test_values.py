"""Dates, flags and identifiers as people write them."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake import IntakeError, Options
from analytics.intake.dates import count_orders, day_order, to_moment
from analytics.intake.values import to_flag, to_id, to_text, without_nothing
from tests.analytics.intake.conftest import take


def series(*cells):
    return pd.Series(list(cells), dtype=object)


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


def order(*cells, others=(), decimal_comma=False):
    return day_order(count_orders(cells), count_orders(others), decimal_comma=decimal_comma)


def test_the_column_tells_whether_the_day_comes_first():
    assert order("04-09-2012", "25-12-2012") is True
    assert order("04-09-2012", "12-25-2012") is False
    assert order("04-09-2012") is None
    assert order("04-09-2012", "25-12-2012", "12-25-2012") is None
    assert order("04-09-2012", others=["12-25-2012"]) is False
    assert order("04-09-2012", "12-25-2012", others=["25-12-2012"]) is False
    assert order("04.09.2012") is True
    assert order("04/09/2012", decimal_comma=True) is True


def test_a_late_row_settles_the_order_of_the_whole_file(opened):
    body = "".join(f"{i},5,04-09-2012\n" for i in range(100)) + "100,5,12-25-2012\n"
    taken = take(opened("review_id,rating,date\n" + body), "reviews", rows=10)
    assert set(taken.rows["reviewed_at"].dt.strftime("%m-%d")) == {"04-09", "12-25"}
    assert taken.flags == ()


def test_a_file_that_never_tells_is_asked(opened):
    table = opened("review_id,rating,date\n1,5,04-09-2012\n2,5,05-05-2012\n3,5,2012-01-02\n")
    with pytest.raises(IntakeError, match="in “04-09-2012” the day or the month may come first"):
        take(table, "reviews")
    told = take(table, "reviews", Options(day_first=False))
    assert told.rows["reviewed_at"][0] == pd.Timestamp("2012-04-09", tz="UTC")
    assert told.flags == ()
