"""Numbers as people write them, and whole columns that tell, or do not tell, what their marks mean."""

from __future__ import annotations

import math
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.intake import IntakeError, Options, decimal_columns
from analytics.intake.numbers import count_marks, decimal_mark, is_open, parse_number, to_number, to_whole
from tests.analytics.intake.conftest import take

# Thousands mark, decimal mark and how many digits a group has after the first three (CLDR 45).
LOCALES = {
    "en": (",", ".", 3),
    "de": (".", ",", 3),
    "de-CH": ("’", ".", 3),
    "fr": ("\u202f", ",", 3),
    "fr-old": ("\u00a0", ",", 3),
    "sv": (" ", ",", 3),
    "hi": (",", ".", 2),
    "C": ("", ".", 3),
    "es-short": ("", ",", 3),
}
WRAPPED = ("{}", "€ {}", "{} €", "USD {}", "CHF{}", "{} %", "R$ {}", "{} kg", "  {} ")


def series(*cells):
    return pd.Series(list(cells), dtype=object)


def written(number: Decimal, locale: str) -> str:
    """Return a number as a locale writes it, by counting digits from the right: no parser is involved."""
    thousands, decimal, later = LOCALES[locale]
    whole, _, fraction = f"{abs(number)}".partition(".")
    groups, rest = [whole[-3:]], whole[:-3]
    while rest:
        groups, rest = [rest[-later:], *groups], rest[:-later]
    return ("−" if number < 0 else "") + thousands.join(groups) + (decimal + fraction if fraction else "")


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
        ("1'234.50", 1234.5, 1234.5),
        ("CHF 1’234.50", 1234.5, 1234.5),
        ("1,23,456.78", 123456.78, 123456.78),
        ("₹1,23,456", 123456, 123456),
        ("1\u202f234\u202f567,89", 1234567.89, 1234567.89),
        ("1\u00a0234 €", 1234, 1234),
        ("12 34", math.nan, math.nan),
        ("1,234,56", math.nan, math.nan),
        ("1.1K", 1100, 1100),
        ("2.3M", 2.3e6, 2.3e6),
        ("$2.3m", 2.3e6, 2.3e6),
        ("1,2 Mio.", 1.2e6, 1.2e6),
        ("1,2 € Mio.", 1.2e6, 1.2e6),
        ("3 Mrd €", 3e9, 3e9),
        ("2,5 тыс.", 2500, 2500),
        ("1.5 lakh", 150_000, 150_000),
        ("2.3m", math.nan, math.nan),
        ("1.2 Billion", math.nan, math.nan),
        ("1,5 mil", math.nan, math.nan),
        ("5 T€", math.nan, math.nan),
        ("12 MM", math.nan, math.nan),
        ("99 ¢", math.nan, math.nan),
        ("10K+", math.nan, math.nan),
        (">500", math.nan, math.nan),
        ("45%", 45, 45),
        ("-4,5 %", -4.5, -4.5),
        ("$(1,234.50)", -1234.5, -1234.5),
        ("(1.234,50 €)", -1234.5, -1234.5),
        ("1.234,50-", -1234.5, -1234.5),
        ("–12.5", -12.5, -12.5),
        ("--5", math.nan, math.nan),
        ("-(5)", math.nan, math.nan),
        ("50.-", 50, 50),
        ("50,--", 50, 50),
        ("1.035e3", 1035, 1035),
        ("Top 10", math.nan, math.nan),
        ("12:30", math.nan, math.nan),
    ],
)
def test_a_number_is_read_as_it_was_meant(cell, point, comma):
    for decimal_comma, meant in ((False, point), (True, comma)):
        assert parse_number(cell, decimal_comma=decimal_comma) == pytest.approx(meant, nan_ok=True)
        assert to_number(series(cell), decimal_comma=decimal_comma)[0] == pytest.approx(meant, nan_ok=True)


@given(
    st.integers(-(10**12), 10**12),
    st.integers(0, 5),
    st.sampled_from(sorted(LOCALES)),
    st.sampled_from(WRAPPED),
)
def test_what_a_locale_writes_is_read_back_or_open(digits, places, locale, wrapped):
    number = Decimal(digits).scaleb(-places)
    assume("E" not in f"{number}")
    text = wrapped.format(written(number, locale))
    told = parse_number(text, decimal_comma=LOCALES[locale][1] == ",")
    assert told == pytest.approx(float(number), rel=1e-15)
    alone = parse_number(text, decimal_comma=None)
    assert is_open(text) == math.isnan(alone)
    assert math.isnan(alone) or alone == told


SCALES = {"K": 3, "k": 3, "M": 6, " Mio.": 6, " Mio": 6, " Mrd": 9, " Mrd.": 9, " тыс.": 3, " lakh": 5}
NEGATIVES = ("({})", "$({})", "({} €)", "{}-", "-{}", "–{}", "-$ {}")


@given(st.integers(0, 10**6), st.sampled_from(sorted(SCALES)), st.sampled_from(".,"))
def test_a_shortened_number_is_read_back(tenths, scale, mark):
    whole, tenth = divmod(tenths, 10)
    text = f"{whole}{mark}{tenth}{scale}"
    meant = pytest.approx(float(Decimal(tenths).scaleb(SCALES[scale] - 1)), rel=1e-12)
    assert parse_number(text, decimal_comma=mark == ",") == meant
    assert to_number(series(text), decimal_comma=mark == ",")[0] == meant
    assert is_open(text) or parse_number(text, decimal_comma=None) == meant


@given(st.integers(1, 10**12), st.integers(0, 4), st.sampled_from(sorted(LOCALES)), st.sampled_from(NEGATIVES))
def test_a_loss_is_read_back_as_bookkeepers_write_it(digits, places, locale, written_as):
    number = Decimal(digits).scaleb(-places)
    assume("E" not in f"{number}")
    text = written_as.format(written(number, locale))
    read = parse_number(text, decimal_comma=LOCALES[locale][1] == ",")
    assert read == pytest.approx(-float(number), rel=1e-15)
    assert to_number(series(text), decimal_comma=LOCALES[locale][1] == ",")[0] == read


@given(st.lists(st.integers(0, 999_999), min_size=1, max_size=40), st.sampled_from(",."))
def test_a_column_is_never_read_as_another_number_than_was_written(values, thousands):
    cells = [f"{v:,}".replace(",", thousands) for v in values]
    for delimiter in (";", ",", "\t"):
        mark = decimal_mark(count_marks(cells), count_marks([]), delimiter)
        read = to_number(pd.Series(cells, dtype=object), decimal_comma=None if mark is None else mark == ",")
        # A delimiter of the wrong locale makes it a question, never another number.
        assert all(math.isnan(r) or r == v for r, v in zip(read, values, strict=True))


@pytest.mark.parametrize(
    ("cells", "others", "delimiter", "whole", "mark"),
    [
        (("931", "1.035"), (), ";", False, ","),
        (("931", "1.035"), (), ",", False, None),
        (("931", "1.035"), (), "\t", False, None),
        (("931", "1.035"), (), "\t", True, ","),
        (("931", "1,035"), (), ",", False, "."),
        (("931", "1,035"), (), ";", False, None),
        (("1.035", "2.114"), (), ";", False, None),
        (("1.035", "0.98"), (), ";", False, "."),
        (("1.035", "1.234.567"), (), ",", False, ","),
        (("1.035", "12,5"), (), ",", False, ","),
        (("1.035", "1’200"), (), ",", False, "."),
        (("1,035", "12 500"), (), "\t", False, ","),
        (("1.035", "2,114"), (), ";", False, None),
        (("1.035", "0.5", "0,5"), (), ";", False, None),
        (("1.035", "2500"), (), ";", False, None),
        (("1.035", "2500"), (), ",", False, "."),
        (("12.500", "2500", "931"), (), ";", False, ","),
        (("1.035",), ("12,50",), ",", False, ","),
        (("1.035",), ("12.50",), ";", False, "."),
        (("1.035", "931"), ("12.50",), ",", False, None),
        (("1.1K", "1.035K"), (), ",", False, "."),
    ],
)
def test_a_column_tells_its_decimal_mark_or_is_asked(cells, others, delimiter, whole, mark):
    assert decimal_mark(count_marks(cells), count_marks(others), delimiter, whole=whole) == mark


def test_a_late_row_settles_the_whole_column(opened):
    body = "".join(f"2024-01-{n % 28 + 1:02d}\treach\t1.{n:03d}\n" for n in range(200))
    table = opened("date\tmetric\tvalue\n" + body + "2024-03-01\treach\t1.234.567\n")
    assert take(table, rows=20).rows["value"].tolist() == [*range(1000, 1200), 1234567.0]


def test_an_open_column_is_asked_and_the_answer_holds_for_that_column_alone(opened):
    table = opened("date\treach\tspend\n2024-01-01\t931\t1.035\n2024-01-02\t1.035\t2.500\n")
    with pytest.raises(IntakeError, match=r"“reach”: “1.035” is 1.035 with a decimal point and 1,035 with"):
        take(table, "metrics")
    commas, points = decimal_columns(["reach=comma", "spend=point"], table.columns)
    rows = take(table, "metrics", Options(comma_columns=commas, point_columns=points)).rows
    assert rows[["metric", "value"]].values.tolist() == [
        ["reach", 931],
        ["reach", 1035],
        ["spend", 1.035],
        ["spend", 2.5],
    ]


def test_bounds_tell_what_a_rating_cannot_be(opened):
    taken = take(opened("review_id;rating;text\n1;4.125;a\n2;5;b\n"), "reviews")
    assert taken.rows["rating"].tolist() == [4.125, 5]


def test_an_answer_must_name_a_column_and_a_mark():
    with pytest.raises(IntakeError, match="no column “reech”"):
        decimal_columns(["reech=comma"], ["reach"])
    with pytest.raises(IntakeError, match="Write column=comma or column=point"):
        decimal_columns(["reach=,"], ["reach"])


def test_numbers_too_large_for_a_count_are_empty():
    assert to_whole(series("3", "1e300", "99999999999999999999", None), decimal_comma=False).tolist() == [
        3,
        pd.NA,
        pd.NA,
        pd.NA,
    ]
    assert to_number(series("inf", "-inf"), decimal_comma=False).isna().all()
