"""Tests of closed answers against scipy, published figures and laws."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.surveys import (
    Item,
    SurveyError,
    brunner_munzel,
    codes,
    distribution,
    net_promoter,
    net_promoter_change,
    ordinal_logit,
    panel_change,
    top_box_difference,
)

LIKERT = Item("q", "q", "likert", ("q",), tuple("12345"), "numbers")
answers = st.lists(st.integers(1, 5), min_size=5, max_size=40).map(lambda x: np.array(x, float))


def likert(rng, n, shares):
    return rng.choice(5, n, p=shares) + 1.0


def test_brunner_munzel_is_scipys():
    rng = np.random.default_rng(3)
    x, y = likert(rng, 70, [0.1, 0.2, 0.4, 0.2, 0.1]), likert(rng, 55, [0.05, 0.1, 0.3, 0.3, 0.25])
    theirs, ours = stats.brunnermunzel(x, y), brunner_munzel(x, y)
    assert ours.statistic == pytest.approx(theirs.statistic)
    assert ours.p == pytest.approx(theirs.pvalue)
    wins = (y[:, None] > x).mean() + (y[:, None] == x).mean() / 2
    assert ours.chance.value == pytest.approx(wins)
    assert ours.chance.low < wins < ours.chance.high


def test_brunner_munzel_reproduces_the_published_pain_scores():
    # Brunner and Munzel (2000): pain scores, 14 v 11 patients: statistic 3.1375, df 17.683, p .005786, P .7889.
    x = np.array([1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1], float)
    y = np.array([3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4], float)
    found = brunner_munzel(x, y)
    assert found.statistic == pytest.approx(3.1375, abs=1e-4)
    assert found.df == pytest.approx(17.683, abs=1e-3)
    assert found.p == pytest.approx(0.005786, abs=1e-6)
    assert found.chance.value == pytest.approx(0.788961, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(answers, answers)
def test_turning_the_waves_round_turns_the_chance_round(x, y):
    one, two = brunner_munzel(x, y), brunner_munzel(y, x)
    assert one.chance.value + two.chance.value == pytest.approx(1)
    assert one.p == pytest.approx(two.p)
    assert one.chance.low + two.chance.high == pytest.approx(1)


@settings(deadline=None, max_examples=50)
@given(answers, answers)
def test_only_the_order_of_answers_matters(x, y):
    one, two = brunner_munzel(x, y), brunner_munzel(np.exp(x), np.exp(y))
    assert one.chance.value == pytest.approx(two.chance.value)
    assert one.p == pytest.approx(two.p)


@settings(deadline=None, max_examples=50)
@given(answers, answers)
def test_equal_weights_change_nothing_but_the_name(x, y):
    plain = brunner_munzel(x, y)
    weighted = brunner_munzel(x, y, weights=(np.full(x.size, 2.0), np.full(y.size, 0.5)))
    assert weighted.chance.value == pytest.approx(plain.chance.value)
    assert weighted.chance.low == pytest.approx(plain.chance.low)


def test_all_answers_identical_and_waves_apart():
    same = brunner_munzel(np.full(20, 3.0), np.full(30, 3.0))
    assert (same.p, same.chance.value, same.chance.low, same.chance.high) == (1.0, 0.5, 0.0, 1.0)
    assert "nothing to compare" in same.note
    apart = brunner_munzel(np.full(20, 1.0), np.full(20, 5.0))
    assert apart.chance.value == 1.0
    assert 0 < apart.chance.low < 1
    assert apart.p == pytest.approx(2 / math.comb(40, 20))


def test_too_few_answers_are_refused():
    with pytest.raises(SurveyError, match="Too few answers"):
        brunner_munzel(np.array([1.0]), np.array([2.0, 3.0]))


def test_a_pure_spread_raises_the_top_boxes_and_not_the_chance():
    before = np.repeat([1.0, 2, 3, 4, 5], [10, 40, 100, 40, 10])
    after = np.repeat([1.0, 2, 3, 4, 5], [60, 30, 20, 30, 60])
    assert top_box_difference(before, after, LIKERT).low > 0
    assert brunner_munzel(before, after).chance.value == pytest.approx(0.5)


def test_distribution_counts_everything():
    found = distribution(np.array([1, 1, 2, 5, np.nan]), LIKERT)
    assert found.counts == (2, 1, 0, 0, 1)
    assert (found.n, found.missing) == (4, 1)
    assert sum(s.value for s in found.shares) == pytest.approx(1)


def test_codes_read_spreadsheet_numbers_and_numbered_words():
    item = Item("q", "q", "likert", ("q",), ("1 - Bad", "2", "3 - Good"), "numbers")
    found = codes(pd.Series(["1 - Bad", "2.0", "3", None, "9"]), item)
    assert found[:3].tolist() == [1, 2, 3]
    assert np.isnan(found[3:]).all()


def test_panel_counts_zeros_as_pratt():
    before = np.array([3.0, 3, 3, 4, 2, 2, 5, 1, 3, 3])
    after = np.array([4.0, 4, 3, 4, 4, 3, 5, 2, 3, np.nan])
    found = panel_change(before, after)
    assert (found.rose, found.fell, found.same) == (5, 0, 4)
    reference = stats.wilcoxon((after - before)[:9], zero_method="pratt", method="asymptotic").pvalue
    assert found.p == pytest.approx(reference)
    assert found.difference.low < found.difference.value < found.difference.high


def test_panel_without_any_change_tells_nothing():
    assert panel_change(np.full(9, 2.0), np.full(9, 2.0)).p == 1.0


def test_net_promoter_score_and_its_change():
    scores = np.repeat([10.0, 9, 8, 7, 6, 0], [30, 20, 20, 10, 15, 5])
    found = net_promoter(scores)
    assert found.value == pytest.approx(30)
    assert found.low < 30 < found.high
    assert net_promoter_change(scores, scores).value == 0
    with pytest.raises(SurveyError, match="0 to 10"):
        net_promoter(np.array([11.0]))


def test_ordinal_logit_with_two_levels_is_a_logistic_regression():
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    wave, age = np.repeat([0.0, 1.0], 150), rng.choice(["18-24", "25-34", "35+"], 300)
    effect = {"18-24": 0.0, "25-34": 0.5, "35+": 1.0}
    y = (rng.random(300) < 1 / (1 + np.exp(-(0.8 * wave + np.array([effect[a] for a in age]) - 0.8)))).astype(float)
    found = ordinal_logit(y + 1, wave, pd.DataFrame({"age": age}))
    X = sm.add_constant(pd.get_dummies(pd.Series(age), drop_first=True, dtype=float).assign(wave=wave))
    theirs = sm.Logit(y, X).fit(disp=0)
    assert found[0].term == "wave"
    assert found[0].ratio.value == pytest.approx(np.exp(theirs.params["wave"]), rel=1e-3)
    assert found[0].p == pytest.approx(theirs.pvalues["wave"], rel=1e-2)


def test_ordinal_logit_refuses_too_few():
    with pytest.raises(SurveyError, match="Too few answers"):
        ordinal_logit(np.array([1.0, 2, 1, 2]), np.array([0.0, 0, 1, 1]))
