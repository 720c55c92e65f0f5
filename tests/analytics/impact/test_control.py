"""Controls enter with a coefficient of their own; several are weighted before the change and never after."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.impact.control import against, synthetic
from analytics.impact.design import Intervention
from analytics.impact.errors import ImpactError
from analytics.impact.power import ar1_noise
from analytics.impact.report import analyse

CHANGE = date(2023, 3, 6)
T = np.arange(104)


def weeks(value):
    return pd.DataFrame({"date": pd.date_range("2022-03-07", periods=len(value), freq="W-MON"), "value": value})


def pair(seed, share):
    """A metric with a step of 10% and a control that shares a part of its movement."""
    common = ar1_noise(T, 0.8, 1, seed)[:, 0]
    own = [ar1_noise(T, 0.3, 1, seed + k)[:, 0] for k in (1000, 2000)]
    metric, control = (1000 * np.exp(0.1 * (np.sqrt(share) * common + np.sqrt(1 - share) * one)) for one in own)
    return weeks(metric * np.where(T >= 52, 1.1, 1.0)), weeks(control)


def test_a_control_that_shares_two_fifths_of_the_movement_narrows_the_interval():
    wide, held = [], []
    for seed in range(20):
        metric, control = pair(seed, 0.4)
        beside = analyse(metric, CHANGE, kind="amount", control=control)
        alone = analyse(metric, CHANGE, kind="amount").effect
        wide.append([e.high - e.low for e in (alone, beside.effect, beside.difference)])
        held.append(beside.effect.low <= 10 <= beside.effect.high)
    alone, regressed, subtracted = np.mean(wide, axis=0)
    assert regressed < alone
    assert regressed < subtracted
    assert np.mean(held) >= 0.85  # 95% less two standard errors


def test_the_example_of_the_causal_impact_package_is_found():
    # x1 <- 100 + arima.sim(ar = 0.999); y <- 1.2 * x1 + rnorm(100); y[71:100] += 10 (package documentation).
    for seed in range(4):
        rng = np.random.default_rng(seed)
        x = 100 + np.cumsum(rng.standard_normal(100))
        y = 1.2 * x + rng.standard_normal(100)
        y[70:] += 10
        days = pd.date_range("2014-01-01", periods=100)
        tables = [pd.DataFrame({"date": days, "value": value}) for value in (y, x)]
        report = analyse(tables[0], date(2014, 3, 12), kind="amount", control=tables[1])
        true = 100 * 10 / (1.2 * x[70:]).mean()
        assert report.verdict.answer == "effect found"
        assert report.effect.low - 1 <= true <= report.effect.high + 1  # an addition, read in percent


def test_the_weights_of_several_controls_know_nothing_of_what_came_after():
    rng = np.random.default_rng(1)
    columns, before = rng.standard_normal((60, 5)), np.arange(60) < 30
    response = columns @ np.array([1.0, 0.5, 0, 0, 0]) + 0.1 * rng.standard_normal(60)
    joined = synthetic(response, columns, before)
    assert np.corrcoef(joined[:, 0], response)[0, 1] > 0.95
    np.testing.assert_allclose(joined, synthetic(np.where(before, response, 99.0), columns, before))


def test_several_controls_find_what_one_alone_cannot():
    rng = np.random.default_rng(3)
    factors = np.cumsum(rng.standard_normal((104, 2)), axis=0) * 0.04
    controls = [weeks(500 * np.exp(factors @ w + 0.01 * rng.standard_normal(104))) for w in ((1, 0), (0, 1), (0.5, 1))]
    metric = weeks(1000 * np.exp(factors @ (0.7, 0.6) + 0.01 * rng.standard_normal(104)) * np.where(T >= 52, 1.1, 1))
    joined = analyse(metric, CHANGE, kind="amount", control=controls)
    assert joined.effect.low <= 10 <= joined.effect.high
    assert any("3 control series, weighted before the change" in note.text for note in joined.notes)
    single = analyse(metric, CHANGE, kind="amount", control=controls[0])
    assert joined.effect.high - joined.effect.low < single.effect.high - single.effect.low


def test_controls_that_cannot_serve_are_refused():
    metric, control = pair(1, 0.4)
    with pytest.raises(ImpactError, match="cannot be analysed by week"):
        analyse(metric, CHANGE, control=control.assign(date=pd.date_range("2015-01-01", periods=104, freq="MS")))
    with pytest.raises(ImpactError, match="before the change"):
        analyse(metric, CHANGE, control=control.iloc[48:])
    still = control.assign(value=np.where(T < 52, 5.0, 6.0))
    with pytest.raises(ImpactError, match="never moves before"):
        against(metric, still, change=Intervention(CHANGE))
