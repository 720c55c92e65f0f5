"""A small fixed-seed simulation: the p-values mean what they say (the large one is benchmarks/impact_validity.py)."""

import time

import numpy as np
import pytest

from analytics.impact.comparison import ols
from analytics.impact.gls import dual, problem
from analytics.impact.power import ar1_noise
from analytics.inference import holm

T = np.arange(52)
X = np.column_stack([np.ones(52), T / 52, T >= 26])
LAST = np.array([0.0, 0.0, 1.0])


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6, 0.8])
def test_false_alarms_are_about_one_in_twenty(rho):
    # 1,500 series: three standard errors are 1.7 points around the bar of 3 to 7.5.
    p = dual(problem(ar1_noise(T, rho, 1500, 42), X, LAST, T)).p
    assert 0.02 <= np.mean(p < 0.05) <= 0.085


@pytest.mark.parametrize(("side", "rho"), [(12, 0.3), (12, 0.8), (52, 0.6)])
def test_false_alarms_hold_for_shorter_and_longer_series(side, rho):
    t = np.arange(2 * side)
    columns = np.column_stack([np.ones(2 * side), t / side, t >= side])
    p = dual(problem(ar1_noise(t, rho, 1000, 3), columns, LAST, t)).p
    assert 0.02 <= np.mean(p < 0.05) <= 0.085


def test_least_squares_alone_cries_wolf_on_the_same_data():
    task = problem(ar1_noise(T, 0.8, 1000, 42), X, LAST, T)
    assert np.mean(ols(task).p < 0.05) > 0.3


def test_intervals_hold_the_truth_and_the_percent_is_unbiased():
    Y = 0.05 * ar1_noise(T, 0.4, 1000, 7) + np.log(1.18) * (T >= 26)[:, None]
    found = dual(problem(Y, X, LAST, T))
    assert np.mean((found.low <= np.log(1.18)) & (np.log(1.18) <= found.high)) >= 0.93
    assert abs(100 * np.mean(np.expm1(found.estimate)) - 18.0) < 0.5


def test_a_family_of_24_tests_makes_few_false_claims():
    p = dual(problem(ar1_noise(T, 0.5, 24 * 150, 11), X, LAST, T)).p.reshape(150, 24)
    assert np.mean([(holm(row) < 0.05).any() for row in p]) <= 0.12  # 7% and three standard errors below 13%


def test_a_thousand_series_take_seconds():
    Y = ar1_noise(T, 0.4, 1000, 5)
    start = time.process_time()
    dual(problem(Y, X, LAST, T))
    assert time.process_time() - start < 10.0
