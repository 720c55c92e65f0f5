"""Dates in words, periods, and columns of numbers that are dates only together."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake import IntakeError, Keys, Options, gather, normalise, open_table, remarks, suggest_mapping
from analytics.intake.dates import to_moment, wall_clock
from analytics.intake.day_numbers import column_shape, count_shapes, read_shaped
from tests.analytics.intake.conftest import take

# CLDR 45, wide and abbreviated month names as each language writes them.
LANGUAGES = {
    "{d} {m} {y}": "January February March April May June July August September October November December",
    "{d}. {m} {y}": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "{d} {m}  {y}": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "{d} de {m} de {y}": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "{d} {m} {y} ": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "{d} de {m} de  {y}": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    " {d} {m} {y}": "januari februari maart april mei juni juli augustus september oktober november december",
    "{m} {d}, {y}": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "{d}. {m}. {y}": "Jan Feb Mrz Apr Mai Jun Jul Aug Sept Okt Nov Dez",
    "{d} {m}. {y}": "janv févr mars avr mai juin juil août sept oct nov déc",
    "{d}-{m}-{y}": "ene feb mar abr may jun jul ago sep oct nov dic",
    "{d} {m} de {y}": "gen feb mar apr mag giu lug ago set ott nov dic",
    "{y} {m} {d}": "jan fev mar abr mai jun jul ago set out nov dez",
    "{d} {m}, {y}": "jan feb mrt apr mei jun jul aug sep okt nov dec",
}


def read(*cells, **options):
    moments = to_moment(pd.Series(list(cells), dtype=object), day_first=None, **options)
    return [None if pd.isna(m) else f"{m:%Y-%m-%d %H:%M}".removesuffix(" 00:00") for m in moments]


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from(sorted(LANGUAGES)))
def test_every_day_comes_back_in_every_language(day, form):
    text = form.format(d=day.day, m=LANGUAGES[form].split()[day.month - 1], y=day.year)
    assert read(text) == [day.isoformat()]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("Wed, May 29, 2024", "2024-05-29"),
        ("Mittwoch, 29. Mai 2024", "2024-05-29"),
        ("mercredi 29 mai 2024", "2024-05-29"),
        ("mar. 5 mars 2024", "2024-03-05"),
        ("dom., 3 de mar. de 2024", "2024-03-03"),
        ("Wed 05/29/2024", "2024-05-29"),
        ("Mo., 29.04.2024", "2024-04-29"),
        ("Mar 5, 2024", "2024-03-05"),
        ("May 29th, 2024 at 2:30 PM", "2024-05-29 14:30"),
        ("29 mai 2024 à 14:30", "2024-05-29 14:30"),
        ("29. Mai 2024 um 14:30 Uhr", "2024-05-29 14:30"),
        ("29 de maio de 2024 às 14:30", "2024-05-29 14:30"),
        ("Wed May 29 2024 14:30:00 GMT+0200 (Central European Summer Time)", "2024-05-29 12:30"),
        ("Wed, 29 May 2024 14:30:00 -0500", "2024-05-29 19:30"),
        ("29 May 2024 14:30 PDT", "2024-05-29 21:30"),
        ("29 May 2024 14:30 CST", None),  # of Chicago or of Shanghai
        ("1er janvier 2024", "2024-01-01"),
        ("Jan '24", "2024-01-01"),
        ("2024-05", "2024-05-01"),
        ("05/2024", "2024-05-01"),
        ("2024/05", "2024-05-01"),
        ("13/2024", None),
        ("2024-W05", "2024-01-29"),
        ("2024W05", "2024-01-29"),
        ("2020-W53-7", "2021-01-03"),
        ("2021-W53", None),
        ("KW 5 2024", "2024-01-29"),
        ("2024 Q2", "2024-04-01"),
        ("Q3/2024", "2024-07-01"),
        ("1Q24", "2024-01-01"),
        ("4. Quartal 2023", "2023-10-01"),
        ("FY2024", None),
        ("Week 5, 2024", None),
        ("20240529T143000Z", "2024-05-29 14:30"),
        ("2024052914", None),
        ("202405291430", None),
        ("1716993000", "2024-05-29 14:30"),
        ("1716993000000", "2024-05-29 14:30"),
        ("1716993000000000", "2024-05-29 14:30"),
        ("1716993000000000000", "2024-05-29 14:30"),
        ("45292", None),
        ("2024.083", None),
        ("202405", None),
        ("Jan-24", None),
        ("31 June 2024", None),
        ("Smith 2024", None),
        ("12 May", None),
    ],
)
def test_dates_in_words_and_periods(cell, moment):
    assert read(cell) == [moment]


@pytest.mark.parametrize(
    ("cells", "column", "shape", "first"),
    [
        (("45292", "45299"), "date", "days", "2024-01-01"),
        (("45292.5", "45293"), "date", "days", "2024-01-01 12:00"),
        (("2024.083", "2024", "2024.167"), "time", None, None),
        (("2024.083", "2024.0", "2024.167"), "time", "decimal year", "2024-02-01"),
        (("2024.5041", "2024.5068"), "time", "decimal year", "2024-07-03"),
        (("2023.11", "2023.12", "2024.01"), "time", "year.month", "2023-11-01"),
        (("2024.01", "2024.02"), "time", None, None),
        (("202401", "202402"), "period", None, None),
        (("202401", "202402"), "Month of year", "months", "2024-01-01"),
        (("202401", "202452"), "period", "weeks", "2024-01-01"),
        (("202301", "202312", "202401"), "period", "months", "2023-01-01"),
        (("202400", "202401"), "period", None, None),
        (("Jan-24", "Feb-24", "Mrz-24"), "month", "short months", "2024-01-01"),
        (("Jan-24", "Jan-25"), "day", None, None),
        (("45292", "2024-01-02"), "date", None, None),
        (("2010-11", "2011-12"), "year", "season", None),
        (("19723", "19724"), "date", None, None),
    ],
)
def test_a_whole_column_tells_what_its_numbers_are(cells, column, shape, first):
    found, problem = column_shape(count_shapes(cells), column)
    assert found == shape
    assert shape in (None, "season") or problem == ""
    assert read(cells[0], shape=found)[0] == first or cells[0] == "2010-11" or found is None


@given(st.datetimes(datetime(1983, 1, 1), datetime(2099, 12, 1)))
def test_a_spreadsheets_number_is_the_moment_it_counts(moment):
    moment = moment.replace(microsecond=0)
    number = repr((moment - datetime(1899, 12, 30)) / timedelta(days=1))
    assert read_shaped(number, "days").replace(tzinfo=None) == moment


def test_numbers_of_days_are_read_and_said(opened):
    table = opened("date,metric,value\n45292,reach,1\n45299,reach,2\n")
    taken = take(table, "metrics")
    assert taken.rows["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01", "2024-01-08"]
    mapping = suggest_mapping("metrics", table.columns, table.sample())
    assert remarks(gather(table), "metrics", mapping) == (
        "Column “date”: “45292” is read as a spreadsheet's number of a day: 2024-01-01.",
    )
    later = take(table, "metrics", Options(from_1904=True)).rows
    assert later["date"].dt.strftime("%Y-%m-%d").tolist() == ["2028-01-02", "2028-01-09"]


def test_a_workbook_says_from_which_day_it_counts(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (("date", "metric", "value"), (43830, "reach", 1), (43837, "reach", 1.035)):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    rows = take(open_table(tmp_path / "b.xlsx"), "metrics").rows
    assert rows["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01", "2024-01-08"]
    assert rows["value"].tolist() == [1, 1.035]  # stored as a number: nothing to ask


def posts(table, rows):
    """Return the posts of a file whose column "date" holds their dates, whatever its cells look like."""
    mapping = suggest_mapping("posts", table.columns, table.sample()).set("date", "posted_at")
    keys = Keys.for_file(table, "posts", mapping)
    return [normalise("posts", chunk, mapping, Options(), keys) for chunk in table.chunks(rows)]


@pytest.mark.parametrize("cell", ["FY2024", "Week 5", "45", "soon"])
def test_a_file_all_of_whose_dates_are_lost_is_refused(opened, cell):
    table = opened(f"post_id,date,text,likes\n1,{cell},a,5\n2,,b,6\n")
    with pytest.raises(IntakeError, match="none of its 1 filled cells can be read as one"):
        posts(table, 1)


def test_a_late_date_saves_a_file_and_the_others_are_flagged(opened):
    parts = posts(opened("post_id,date,text,likes\n1,soon,a,5\n2,later,b,5\n3,2024-05-29,c,5\n"), 1)
    assert [f.row for part in parts for f in part.flags] == [2, 3]
    assert sum(len(part.rows) for part in parts) == 3


def test_the_zone_of_a_moment_goes_and_an_empty_cell_stays_none():
    cells = wall_clock(pd.Series([float("nan"), None, "2024-05-29T23:30:00+02:00"], dtype=object))
    assert cells.tolist() == [None, None, "2024-05-29T23:30:00"]
