"""What comes back with the date is no effect: Christmas, public holidays, the user's own events."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analytics.impact.calendar import Calendar
from analytics.impact.design import Intervention, build
from analytics.impact.errors import ImpactError
from analytics.impact.events import Event, EventCalendar, columns, is_year_end
from analytics.impact.holding import held_design, is_held, restricted
from analytics.impact.its import estimate
from analytics.impact.power import ar1_noise, plan
from analytics.impact.regression import independent, problem
from analytics.impact.reml import reml_ar1
from analytics.impact.report import analyse
from analytics.impact.series import prepare

WEEKS = pd.date_range("2023-01-02", periods=104, freq="W-MON")
OFF = np.array([min(abs((day - pd.Timestamp(y, 12, 22)).days) for y in (2022, 2023, 2024)) for day in WEEKS])
NONE = EventCalendar(year_end=False)


def peaked(seed, *, high=0.8, wide=8.0, effect=0.0, change=date(2024, 7, 1)):
    noise = 0.05 * ar1_noise(np.arange(104), 0.3, 1, seed)[:, 0]
    value = 1000 * (1 + high * np.exp(-((OFF / wide) ** 2) / 2)) * np.exp(noise)
    return pd.DataFrame({"date": WEEKS, "value": value * np.where(pd.Timestamp(change) <= WEEKS, 1 + effect, 1)})


@pytest.mark.parametrize("change", [date(2024, 1, 1), date(2023, 12, 4), date(2024, 7, 1)])
def test_a_christmas_peak_of_two_years_is_no_effect(change):
    shapes = enumerate([(0.8, 8.0), (0.5, 10.0), (1.2, 14.0), (1.0, 5.0), (0.8, 9.0), (0.4, 6.0)])
    reports = [analyse(peaked(s, high=high, wide=wide), change, kind="amount") for s, (high, wide) in shapes]
    assert sum(report.verdict.answer == "effect found" for report in reports) <= 1  # 5% by chance
    bare = [analyse(peaked(s), date(2024, 1, 1), kind="amount", events=NONE).effect.p < 0.05 for s in range(4)]
    assert any(bare)  # two harmonics alone cannot hold it


def test_an_effect_beside_the_peak_is_still_found():
    report = analyse(peaked(1, effect=0.2), date(2024, 7, 1), kind="amount")
    assert report.verdict.answer == "effect found"
    assert report.effect.low <= 20 <= report.effect.high
    assert any(note.code == "events" and "Christmas" in note.text for note in report.notes)


def test_an_own_event_takes_its_height_away():
    table = peaked(2, high=0.0)
    table.loc[78:80, "value"] *= 2.5
    sale = Event("sale", ((date(2024, 7, 1), date(2024, 7, 21)),))
    held = analyse(table, date(2024, 7, 1), kind="amount", events=EventCalendar(events=(sale,)))
    assert held.verdict.answer == "no evidence"
    assert any("sale" in note.text for note in held.notes if note.code == "events")
    assert analyse(table, date(2024, 7, 1), kind="amount").verdict.answer == "cannot tell"


def test_public_holidays_come_from_the_calendar_of_the_country():
    days = np.arange(19723, 19723 + 366)  # 2024
    held = np.ones((366, 1))
    found = columns(EventCalendar("de", year_end=False), days, Calendar("day"), held)["public holidays"]
    on = {str(np.datetime64(int(d), "D")) for d in days[found > 0]}
    assert {"2024-03-29", "2024-05-01", "2024-10-03"} <= on
    assert "2024-12-25" not in on
    with pytest.raises(ImpactError, match="no calendar"):
        columns(EventCalendar("xx"), days, Calendar("day"), held)


def test_a_short_series_keeps_its_points_and_a_column_that_says_nothing_new_is_dropped():
    weeks = Calendar("week").number(np.arange(19700, 19700 + 7 * 20, 7))
    assert columns(EventCalendar(), weeks, Calendar("week"), np.ones((20, 3))) == {}
    X = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0], [1.0, 2.0, 5.0]])
    assert independent(X).tolist() == [0, 2]


def year_of_weeks(seed, *, high, effect=0.0, first="2023-07-03"):
    """26 + 26 weeks with one Christmas before the change."""
    days = pd.date_range(first, periods=52, freq="W-MON")
    off = np.abs((days - pd.Timestamp("2023-12-22")).days.to_numpy())
    noise = 0.05 * ar1_noise(np.arange(52), 0.3, 1, seed)[:, 0]
    value = 1000 * (1 + high * np.exp(-((off / 8.0) ** 2) / 2)) * np.exp(noise)
    return pd.DataFrame({"date": days, "value": value * np.where(np.arange(52) >= 26, 1 + effect, 1)}), days[26].date()


def test_the_test_of_the_christmas_weeks_is_the_f_test_of_generalised_least_squares():
    table, day = year_of_weeks(4, high=0.1)
    series = prepare(table, kind="amount")
    design = build(series.times, series.calendar, [Intervention(day)])
    columns = [i for i, name in enumerate(design.names) if is_year_end(name)]
    rho = float(reml_ar1(problem(series.response, design.X, design.contrast, design.times)).rho[0])
    V = rho ** np.abs(np.subtract.outer(design.times, design.times))
    fit = sm.GLS(series.response, design.X, sigma=V).fit()
    expected = float(fit.f_test(np.eye(design.X.shape[1])[columns]).pvalue)
    got = restricted(series.response, design.X, design.times, columns, rho)
    assert got == pytest.approx(expected, rel=1e-7)


def test_a_christmas_that_does_not_stand_out_costs_no_power():
    found, bare, kept = [], [], []
    for seed in range(12):
        table, day = year_of_weeks(seed, high=0.0, effect=0.11)
        series, change = prepare(table, kind="amount"), [Intervention(day)]
        fit, without = estimate(series, change), estimate(replace(series, events=NONE), change)
        found.append(fit.effect.p < 0.05)
        bare.append(without.effect.p < 0.05)
        kept.append(any(map(is_year_end, fit.design.names)))
        assert kept[-1] or fit.effect == without.effect
    assert sum(found) >= sum(bare) - 1
    assert sum(kept) <= 5


@pytest.mark.parametrize("high", [0.25, 0.8])
def test_a_christmas_that_stands_out_is_held_also_where_it_was_seen_once(high):
    for seed in range(4):
        table, day = year_of_weeks(seed, high=high)
        series = prepare(table, kind="amount")
        assert any(map(is_year_end, held_design(series, [Intervention(day)]).names))


def test_of_several_series_one_with_a_christmas_is_enough_to_hold_it():
    flat, day = year_of_weeks(0, high=0.0)
    peak, _ = year_of_weeks(1, high=0.8)
    series = prepare(flat, kind="amount")
    design = build(series.times, series.calendar, [Intervention(day)])
    asked = design.X, design.names, design.times, series.calendar
    assert not is_held(series.response, *asked)
    assert is_held(np.column_stack([series.response, np.log(peak["value"])]), *asked)


@pytest.mark.parametrize(("rhythm", "periods", "change"), [("MS", 24, "2024-01-01"), ("W-MON", 104, "2024-01-01")])
def test_two_christmases_are_held_whatever_the_numbers_say(rhythm, periods, change):
    """Tested first, on the same few numbers as the effect, they let 9% of 12 + 12 months without any effect be found."""
    days = pd.date_range("2023-01-02" if rhythm == "W-MON" else "2023-01-01", periods=periods, freq=rhythm)
    for seed in range(12):
        flat = pd.DataFrame(
            {"date": days, "value": np.exp(0.05 * np.random.default_rng(seed).standard_normal(periods))}
        )
        design = held_design(prepare(flat, kind="amount"), [Intervention(date.fromisoformat(change))])
        assert any(map(is_year_end, design.names))


def test_a_plan_holds_no_christmas_that_the_history_did_not_show():
    waits = [plan(prepare(year_of_weeks(0, high=h)[0], kind="amount"), waits=(8,)).waits[0] for h in (0.0, 0.8)]
    assert waits[0].detectable < waits[1].detectable
