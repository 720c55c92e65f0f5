"""Segments are compared by the interaction alone, with Holm over everything tested."""

import time
from datetime import date

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from analytics.impact.errors import ImpactError
from analytics.impact.segments import analyse_segments
from tests.analytics.impact.made import weekly

CHANGE = date(2024, 7, 1)
AGES = {"18-24": 0.30, "25-34": 0.10, "35-44": 0.10, "45-54": 0.10, "55+": -0.20}


def ages(effects, seed=0, **options):
    parts = [weekly(e, 50 * seed + i, **options).assign(segment=name) for i, (name, e) in enumerate(effects.items())]
    return pd.concat(parts, ignore_index=True)


def row(report, segment):
    return next(r for r in report.rows if r.segment == segment)


def test_one_group_gains_while_another_loses():
    report = analyse_segments(ages(AGES, 2, cv=0.03), CHANGE, kinds="amount")
    young, old = row(report, "18-24"), row(report, "55+")
    assert young.own.low <= 30.0 <= young.own.high
    assert young.answer == "gains more"
    assert old.answer == "gains less"
    note = next(n for n in report.notes if n.code == "inclusivity")
    assert "18-24 gains" in note.text
    assert "55+ loses" in note.text


def test_a_common_effect_is_no_difference():
    report = analyse_segments(ages(dict.fromkeys(AGES, 0.2), 2), CHANGE, kinds="amount")
    assert {r.answer for r in report.rows} == {"no difference shown"}
    assert not [n for n in report.notes if n.code in ("inclusivity", "left_behind")]
    assert all(r.p_own_holm < 0.05 for r in report.rows)


def test_three_points_are_too_few_and_do_not_count_as_a_test():
    table = pd.concat([ages(AGES, 3), weekly(0.0, 99).iloc[24:27].assign(segment="65+")], ignore_index=True)
    report = analyse_segments(table, CHANGE, kinds="amount")
    short = row(report, "65+")
    assert short.answer == "too few to tell"
    assert np.isnan(short.p)
    assert (short.n_before, short.n_after) == (2, 1)
    assert report.tests == 5
    assert any(n.code == "too_few" for n in report.notes)


def test_a_latecomer_does_not_move_the_others():
    alone = analyse_segments(ages(AGES, 3), CHANGE, kinds="amount")
    late = weekly(0.0, 99, level=1e5).iloc[26:].assign(segment="new")
    both = analyse_segments(pd.concat([ages(AGES, 3), late], ignore_index=True), CHANGE, kinds="amount")
    assert row(both, "18-24").difference.value == pytest.approx(row(alone, "18-24").difference.value)


def test_holm_runs_over_metrics_and_segments():
    one = ages(AGES, 4).assign(metric="clicks")
    two = ages(dict.fromkeys(AGES, 0.0), 5).assign(metric="sales")
    report = analyse_segments(pd.concat([one, two]), CHANGE, kinds={"clicks": "count", "sales": "amount"})
    assert report.tests == 10
    expected = multipletests([r.p for r in report.rows], method="holm")[1]
    np.testing.assert_allclose([r.p_holm for r in report.rows], expected)


def test_rates_use_their_denominators():
    table = ages(AGES, 6, cv=0.03).assign(denominator=20000.0)
    report = analyse_segments(table, CHANGE)
    assert row(report, "18-24").answer == "gains more"


def test_false_segment_claims_are_rare():
    claims = []
    for seed in range(80):
        report = analyse_segments(ages(dict.fromkeys("abcdef", 0.2), 10 + seed), CHANGE, kinds="amount")
        claims.append(any(r.answer.startswith("gains") for r in report.rows))
    assert np.mean(claims) <= 0.15  # 7% and three standard errors below


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.drop(columns="segment"), "no column called segment"),
        (lambda t: t.assign(segment="all"), "only one segment"),
    ],
)
def test_what_is_not_a_comparison_is_refused(change, sentence):
    with pytest.raises(ImpactError, match=sentence):
        analyse_segments(change(ages(AGES)), CHANGE, kinds="amount")


def test_every_metric_needs_its_kind():
    with pytest.raises(ImpactError, match="kind of sales is not given"):
        analyse_segments(ages(AGES).assign(metric="sales"), CHANGE, kinds={"clicks": "count"})


def test_many_segments_stay_quick():
    n = 1000
    rng = np.random.default_rng(1)
    dates = pd.date_range("2024-01-01", periods=52, freq="W-MON")
    table = pd.DataFrame(
        {"date": np.tile(dates, n), "segment": np.repeat(np.arange(n), 52), "value": 100 + rng.random(52 * n)}
    )
    start = time.process_time()
    report = analyse_segments(table, CHANGE, kinds="amount")
    assert time.process_time() - start < 10
    assert report.tests == n
