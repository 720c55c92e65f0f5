"""What comes back with the date is no effect: Christmas, public holidays, the user's own events."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.impact.calendar import Calendar
from analytics.impact.errors import ImpactError
from analytics.impact.events import Event, EventCalendar, columns
from analytics.impact.power import ar1_noise
from analytics.impact.regression import independent
from analytics.impact.report import analyse

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
