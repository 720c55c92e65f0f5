"""From tables as people have them to clean series: every hardship gets a sentence."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.impact.calendar import Calendar, infer
from analytics.impact.errors import ImpactError
from analytics.impact.series import prepare
from tests.analytics.impact.made import weekly


def codes(series):
    return {note.code for note in series.notes}


def daily(n, start="2025-01-06"):
    return pd.DataFrame({"date": pd.date_range(start, periods=n), "value": 100.0 + np.arange(n) % 11})


def test_unsorted_rows_are_sorted_and_said():
    table = weekly(0.1, 1)
    shuffled = table.sample(frac=1, random_state=0)
    found = prepare(shuffled)
    np.testing.assert_allclose(found.value, table["value"])
    assert "unsorted" in codes(found)


def test_counts_of_one_date_are_added_and_rates_averaged():
    table = pd.concat([weekly(0, 1), weekly(0, 1)])
    once = weekly(0, 1)["value"]
    added, averaged = prepare(table, kind="count"), prepare(table, kind="rate")
    np.testing.assert_allclose(added.value, 2 * once)
    np.testing.assert_allclose(averaged.value, once)
    assert any("added up" in n.text for n in added.notes)
    assert any("averaged" in n.text for n in averaged.notes)


def test_rates_pool_their_denominators():
    table = pd.concat([weekly(0, 1).assign(value=1.0, denominator=10.0), weekly(0, 2).assign(denominator=1e6)])
    found = prepare(table)
    expected = (1.0 + weekly(0, 2)["value"]) / (1e6 + 10)
    np.testing.assert_allclose(found.value, expected)


def test_gaps_stay_gaps():
    found = prepare(weekly(0, 1).drop(index=[10, 11, 30]))
    assert len(found.value) == 49
    assert np.diff(found.times).max() == 3
    assert any("3 weeks are missing" in n.text for n in found.notes)


def test_days_before_weeks_become_weeks():
    days = daily(70).assign(value=10.0 + np.arange(70) % 5)
    weeks = pd.DataFrame(
        {"date": pd.date_range("2025-03-17", periods=10, freq="W-MON"), "value": np.arange(60, 80, 2.0)}
    )
    found = prepare(pd.concat([days, weeks]), kind="count")
    assert found.frequency == "week"
    assert "mixed" in codes(found)
    assert len(found.value) == 20
    assert found.value[0] == days["value"][:7].sum()
    assert found.value[-1] == 78.0


def test_weeks_before_months_become_months():
    weeks = pd.DataFrame({"date": pd.date_range("2024-01-01", periods=26, freq="W-MON"), "value": np.arange(26.0) + 1})
    months = pd.DataFrame({"date": pd.date_range("2024-07-01", periods=8, freq="MS"), "value": np.arange(8.0) + 30})
    found = prepare(pd.concat([weeks, months]), kind="rate")
    assert found.frequency == "month"
    assert "mixed" in codes(found)


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York", "UTC"])
def test_clock_changes_move_no_day(zone):
    moments = pd.date_range("2025-03-01", periods=60, tz=zone).astype(str)  # across the change to summer time
    found = prepare(pd.DataFrame({"date": moments, "value": 5.0 + np.arange(60) % 7}), timezone=zone)
    assert found.frequency == "day"
    assert len(found.value) == 60
    assert found.dates[0] == np.datetime64("2025-03-01")
    assert "time_zone" in codes(found)


def test_the_period_not_yet_over_is_dropped_and_said():
    table = daily(7 * 12 + 3)
    found = prepare(table, kind="count", frequency="week")
    assert len(found.value) == 12
    assert "partial_last" in codes(found)
    assert len(prepare(weekly(0, 1), as_of=date(2024, 12, 25)).value) == 51


def test_daily_data_stays_daily_and_sparse_days_become_weeks():
    assert prepare(daily(90), kind="count").frequency == "day"
    sparse = daily(90).assign(value=(np.arange(90) % 3 == 0).astype(float) * (1 + np.arange(90) % 4))
    found = prepare(sparse, kind="count")
    assert found.frequency == "week"
    assert "sparse" in codes(found)


def test_missing_numbers_and_denominators_are_left_out_not_made_up():
    table = weekly(0, 1).assign(denominator=1000.0)
    table.loc[3, "denominator"] = 0
    table.loc[5, "value"] = np.nan
    found = prepare(table)
    assert len(found.value) == 50
    assert {"missing_denominators", "missing_values", "gaps"} <= codes(found)


@pytest.mark.parametrize(
    ("change", "kind", "sentence"),
    [
        (lambda t: t.assign(value=0.0), "count", "Every value is zero"),
        (lambda t: t.assign(value=7.0), "rate", "never moves"),
        (lambda t: t.assign(value=-1.0), "rate", "cannot be below zero"),
        (lambda t: t.assign(value=np.nan), "rate", "No row holds a number"),
        (lambda t: t.assign(denominator=0.0), "rate", "No row has a denominator"),
        (lambda t: t.assign(denominator=np.nan), "rate", "No row has a denominator"),
        (lambda t: t.head(0), "rate", "no rows"),
        (lambda t: t.head(1), "rate", "only one date"),
        (lambda t: t.head(3), "rate", "Only 3"),
        (lambda t: t.rename(columns={"value": "x"}), "rate", "no column called value"),
        (lambda t: t.assign(date="soon"), "rate", "no readable date"),
        (
            lambda t: t.assign(date=pd.date_range("1970", periods=len(t), freq="2YS")),
            "rate",
            "at least one value a year",
        ),
    ],
)
def test_what_cannot_be_analysed_is_said(change, kind, sentence):
    with pytest.raises(ImpactError, match=sentence):
        prepare(change(weekly(0.1, 1)), kind=kind)


def test_a_finer_rhythm_than_the_data_is_refused():
    with pytest.raises(ImpactError, match="cannot be analysed by day"):
        prepare(weekly(0.1, 1), frequency="day")


def test_no_constant_is_added_below_a_logarithm_and_zeros_and_negative_amounts_stay_plain():
    counts = weekly(0, 1).assign(value=[1.0, 3.0] * 26)
    found = prepare(counts, kind="count")
    np.testing.assert_allclose(found.response, np.log(counts["value"]))
    np.testing.assert_allclose(found.back(found.response), counts["value"], atol=1e-12)
    zeros = prepare(counts.assign(value=[0.0, 3.0] * 26), kind="count")
    assert not zeros.log
    np.testing.assert_allclose(zeros.response, zeros.value)
    plain = prepare(weekly(0, 1).assign(value=[-1.0, 3.0] * 26), kind="amount")
    assert not plain.log


@given(st.integers(0, 20000), st.sampled_from(["day", "week", "month"]))
@settings(max_examples=60, deadline=None)
def test_a_period_starts_within_itself(day, frequency):
    calendar = Calendar(frequency)
    number = calendar.number(np.array([day]))
    start, following = calendar.start(number)[0], calendar.start(number + 1)[0]
    assert start <= day < following
    assert calendar.number(np.array([start]))[0] == number[0]


def test_weeks_keep_their_own_first_day():
    calendar, mixed = infer(np.arange(0, 70, 7) + 20003)
    assert not mixed
    assert calendar.start(calendar.number(np.array([20003 + 14])))[0] == 20003 + 14


def test_a_last_day_of_few_hours_is_left_out_and_clock_changes_are_not():
    hours = pd.date_range("2025-09-01", "2025-12-01", freq="h", tz="Europe/Berlin")  # ends with one hour of its day
    rng = np.random.default_rng(0)
    found = prepare(pd.DataFrame({"date": hours, "value": rng.poisson(40, len(hours))}), kind="count")
    assert str(found.dates[-1]) == "2025-11-30"
    assert len(found.times) == 91
    assert "partial_last" in codes(found)
    orders = pd.DataFrame({"date": hours[rng.integers(0, len(hours), 900)], "value": 1.0})
    assert len(prepare(orders, kind="count").times) == orders["date"].dt.date.nunique()


def test_a_few_repeated_rows_are_doubted_and_many_are_not():
    table = weekly(0.1, 1)
    few = prepare(pd.concat([table, table.iloc[:5]]), kind="amount")
    note = next(note for note in few.notes if note.code == "duplicates")
    assert note.level == "warning"
    assert note.text.startswith("5 rows repeat a date and were added up; ")
    many = prepare(pd.concat([table, table]), kind="amount")
    assert next(note for note in many.notes if note.code == "duplicates").level == "info"
