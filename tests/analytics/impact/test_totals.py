"""Running totals are measured by what they gain."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.impact.errors import ImpactError
from analytics.impact.report import analyse
from analytics.impact.segments import analyse_segments
from analytics.impact.series import prepare
from analytics.impact.totals import looks_total

CHANGE = date(2024, 7, 1)


def followers(seed, before=100, after=118):
    rng = np.random.default_rng(seed)
    gained = np.concatenate([rng.normal(before, 5, 26), rng.normal(after, 5, 26)])
    dates = pd.date_range("2024-01-01", periods=52, freq="W-MON")
    return pd.DataFrame({"date": dates, "value": 20_000 + np.cumsum(gained)})


def test_a_total_that_gains_118_instead_of_100_a_week_rose_by_18_percent():
    held = []
    for seed in range(20):
        report = analyse(followers(seed), CHANGE, metric="followers", kind="total")
        held.append(report.effect.low <= 18 <= report.effect.high)
        assert "ruled out" not in report.verdict.sentence
    assert np.mean(held) >= 0.85
    assert any(note.code == "gains" for note in report.notes)


@pytest.mark.parametrize("kind", ["count", "amount"])
def test_a_total_taken_for_a_sum_has_no_verdict(kind):
    report = analyse(followers(1).round({"value": 0}), CHANGE, kind=kind)
    assert report.verdict.answer == "cannot tell"
    assert "running total" in report.verdict.sentence


def test_a_total_is_known_by_name_and_numbers_together():
    rising, up_and_down = np.arange(30.0), np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    assert looks_total("Followers", rising)
    assert not looks_total("new followers", rising)
    assert not looks_total("followers", up_and_down)
    assert not looks_total("sales", rising)


def test_a_gain_over_a_missing_reading_is_left_out_and_said():
    series = prepare(followers(2).drop(index=10), kind="total")
    assert len(series.times) == 49
    assert any(note.code == "gains_gaps" for note in series.notes)
    assert series.value.max() < 150  # not two weeks' gain in one
    with pytest.raises(ImpactError, match="at least 5"):
        prepare(followers(2).head(4), kind="total")


def test_segments_of_a_total_are_compared_by_their_gains():
    parts = [followers(3).assign(segment="a"), followers(4, after=160).assign(segment="b")]
    report = analyse_segments(pd.concat(parts), CHANGE, kinds="total")
    assert {row.segment: row.answer for row in report.rows} == {"a": "gains less", "b": "gains more"}
