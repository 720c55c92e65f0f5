"""The room's numbers against statsmodels and published examples, and its laws."""

import math
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analytics.inference import (
    ALPHA,
    LEVEL,
    UPPER,
    InferenceError,
    benjamini_hochberg,
    bootstrap_interval,
    holm,
    newcombe,
    percentile_interval,
    wilson,
    z_of,
)

NAN = math.nan
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=30)
with_gaps = st.lists(st.one_of(st.floats(0, 1), st.just(NAN)), min_size=1, max_size=30)


def test_the_level_and_its_quantiles_fit_together():
    assert (ALPHA, LEVEL, UPPER) == (0.05, 0.95, 0.975)
    assert z_of(LEVEL) == pytest.approx(1.959963984540054, abs=1e-12)


@given(p_values)
def test_corrections_are_those_of_statsmodels(p):
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1], atol=1e-12)
    np.testing.assert_allclose(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1], atol=1e-12)


@given(p_values)
def test_each_correction_is_no_milder_than_the_one_before(p):
    raw = np.array(p)
    steps = [raw, benjamini_hochberg(raw), holm(raw), np.minimum(1.0, raw * len(raw))]
    assert all((milder <= harder + 1e-12).all() for milder, harder in pairwise(steps))


@given(p_values, st.randoms())
def test_corrections_keep_the_order_and_do_not_hang_on_it(p, rng):
    for correct in (holm, benjamini_hochberg):
        adjusted = correct(p)
        assert (np.diff(adjusted[np.argsort(p)]) >= -1e-12).all()
        places = list(range(len(p)))
        rng.shuffle(places)
        np.testing.assert_allclose(correct([p[i] for i in places]), adjusted[places])


@given(with_gaps)
def test_a_test_that_could_not_be_done_is_missing_and_no_member_of_the_family(p):
    done = [x for x in p if not math.isnan(x)]
    for correct in (holm, benjamini_hochberg):
        adjusted = correct(p)
        np.testing.assert_array_equal(np.isnan(adjusted), np.isnan(p))
        np.testing.assert_array_equal(adjusted[~np.isnan(adjusted)], correct(done))


def test_a_test_given_up_after_a_look_counts_as_one_that_found_nothing():
    assert holm([0.01, 0.04, 0.03, NAN])[:3] == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.01, 0.04, 0.03, 1.0])[:3] == pytest.approx([0.04, 0.09, 0.09])


def test_of_no_tests_nothing_is_left():
    assert len(holm([])) == len(benjamini_hochberg([])) == 0
    assert np.isnan(holm([NAN, NAN])).all()


def test_what_was_given_is_left_as_it_was():
    given_p = np.array([0.01, 0.5])
    holm(given_p)
    benjamini_hochberg(given_p)
    assert given_p.tolist() == [0.01, 0.5]


@pytest.mark.parametrize("strange", [-0.001, 1.001, math.inf, -math.inf])
def test_what_is_no_p_value_is_refused(strange):
    for correct in (holm, benjamini_hochberg):
        with pytest.raises(InferenceError, match="between 0 and 1"):
            correct([0.5, strange])


def test_a_last_digit_above_one_is_one():
    assert holm([1 + 1e-12]).tolist() == [1.0]


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (10, 10), (3, 17), (160, 200), (182, 1000), (1, 1)])
def test_wilson_is_that_of_statsmodels(hits, n):
    found = wilson(hits, n)
    assert (found.low, found.high) == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-12)


# Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3 (score without continuity correction).
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(hits, n, low, high):
    found = wilson(hits, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


# Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10; the first of each pair is subtracted from.
@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_newcombe_gives_the_published_intervals(a, m, b, n, low, high):
    found = newcombe(b, n, a, m)
    assert (found.value, found.low, found.high) == pytest.approx((a / m - b / n, low, high), abs=5e-5)


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_newcombe_is_that_of_statsmodels_and_turns_with_its_sides(n, m, data):
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    found, turned = newcombe(b, m, a, n), newcombe(a, n, b, m)
    theirs = confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-9)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_of_nobody_nothing_is_known():
    nobody, one_side = wilson(0, 0), newcombe(0, 0, 3, 10)
    assert math.isnan(nobody.value)
    assert (nobody.low, nobody.high, nobody.n) == (0.0, 1.0, 0)
    assert math.isnan(one_side.value)
    assert (one_side.low, one_side.high) == (-1.0, 1.0)


@pytest.mark.parametrize(("hits", "n"), [(1, 0), (-1, 5), (6, 5), (NAN, 5), (1, NAN), (math.inf, math.inf)])
def test_an_impossible_share_is_refused(hits, n):
    with pytest.raises(InferenceError, match="between 0 and n"):
        wilson(hits, n)


@pytest.mark.parametrize("level", [0, 1, 95, NAN])
def test_an_impossible_level_is_refused(level):
    with pytest.raises(InferenceError, match="between 0 and 1"):
        wilson(1, 2, level)


def test_percentiles_leave_out_equal_tails_and_what_does_not_exist():
    assert percentile_interval([*range(101), NAN]) == pytest.approx((2.5, 97.5))
    assert percentile_interval([*range(101)], 0.9) == pytest.approx((5, 95))


def test_the_bootstrap_of_a_mean_covers_as_theory_says_and_returns_with_its_seed():
    values = np.random.default_rng(1).normal(10, 2, 400)

    def mean(rows):
        return float(values[rows].mean())

    low, high = bootstrap_interval(mean, 400, draws=4000, seed=5)
    half = z_of(LEVEL) * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)
    assert bootstrap_interval(mean, 400, draws=4000, seed=5) == (low, high)
    assert bootstrap_interval(mean, 400, draws=4000, seed=6) != (low, high)


def test_a_statistic_that_exists_in_no_sample_has_the_interval_its_caller_names():
    assert bootstrap_interval(lambda rows: NAN, 5, draws=3, seed=1, unknown=(-1.0, 1.0)) == (-1.0, 1.0)


def test_the_room_does_without_scipy():
    code = "import sys, analytics.inference; sys.exit('scipy' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
