"""Dates as files have them, on their way to an effect: zones, clock changes, years, and twelve months of the demo."""

import io
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from dashboard.demo import INTERVENTION_WEEKS, PLANTED, demo_files
from dashboard.services.impact import effects, series
from dashboard.services.impact.effects import Question

CHANGE = date.today() - timedelta(days=date.today().weekday(), weeks=INTERVENTION_WEEKS)


def walk(n, lift=1.2, seed=0):
    values = 1_000 * np.exp(0.03 * np.random.default_rng(seed).standard_normal(n))
    values[n // 2 :] *= lift
    return values


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
def test_midnight_in_any_zone_stays_on_its_own_day_through_clock_changes(workspace, bring_in, zone):
    local = pd.date_range("2025-01-06", periods=52, freq="W-MON", tz=zone)
    frame = pd.DataFrame({"date": [m.isoformat() for m in local], "metric": "score", "value": walk(52)})
    bring_in(frame.to_csv(index=False), "metrics")
    found = series.read(workspace, effects.find(workspace, "score"))
    assert found["date"].tolist() == local.tz_localize(None).tolist()
    report = effects.analyse(workspace, Question("score", date(2025, 7, 7)))
    assert (report.frequency, report.effect.n_before, report.effect.n_after) == ("week", 26, 26)
    assert "gaps" not in {note.code for note in report.notes}


def test_plain_years_are_read_and_measured_by_year(workspace, bring_in):
    frame = pd.DataFrame({"Year": range(1970, 2002), "packs": walk(32, 0.7)})
    bring_in(frame.to_csv(index=False), "metrics")
    assert effects.find(workspace, "packs").n == 32
    report = effects.analyse(workspace, Question("packs", date(1986, 1, 1)))
    assert (report.frequency, report.effect.n_before, report.effect.n_after) == ("year", 16, 16)
    assert report.effect.low <= -30 <= report.effect.high


def by_month():
    """The demo's own metrics as twelve monthly points, six before the change and six after."""
    frame = pd.read_csv(io.BytesIO(demo_files()["metrics.csv"]), parse_dates=["date"])
    weeks = ((frame["date"] - frame["date"].min()).dt.days // 7).clip(upper=51)
    frame["date"] = pd.Timestamp("2025-01-01") + (weeks * 12 // 52).map(lambda k: pd.DateOffset(months=int(k)))
    keys = ["date", "metric", "segment_kind", "segment"]
    whole = frame.groupby(keys, dropna=False)[["value", "denominator"]].sum(min_count=1).reset_index()
    return whole.to_csv(index=False)


def test_the_demo_by_month_says_what_it_cannot_tell(workspace, bring_in):
    bring_in(by_month(), "metrics")
    change = date(2025, 7, 1)
    for metric in PLANTED:
        told = effects.preflight(workspace, Question(metric, change))
        assert (told.n_before, told.n_after, told.unit, told.detectable) == (6, 6, "month", None)
        verdict = effects.analyse(workspace, Question(metric, change)).verdict
        assert verdict.answer == "cannot tell"
        assert "weekly or daily" in verdict.next_step
    rows = effects.by_segment(workspace, Question("engagement", change), "age group").rows
    assert {row.answer for row in rows} == {"too few to tell"}
