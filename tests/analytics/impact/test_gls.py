"""The regression engine against independent figures, and the laws it must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import toeplitz
from scipy.stats import multivariate_normal

from analytics.impact.averaging import averaged
from analytics.impact.covariance import ErrorLaw, ar1, ar_gram, whiten
from analytics.impact.errors import ImpactError
from analytics.impact.gls import dual, problem, reml_ar1
from analytics.impact.power import ar1_noise

I40 = np.arange(40.0)
Y40 = (
    10 + 0.05 * I40 + np.sin(I40 * 1.7) + 0.8 * np.cos(I40 * 0.31) + 0.6 * np.sin(I40 * I40 * 0.13) + 0.9 * (I40 >= 22)
)
LAST = np.array([0.0, 0.0, 1.0])


def design(times, start=22):
    return np.column_stack([np.ones(len(times)), times, np.arange(len(times)) >= start])


@pytest.mark.parametrize(
    ("times", "rho", "step", "se"),
    [
        (I40, 0.3571818197, 0.7868530182, 0.8269229225),
        (I40 + 2 * (I40 >= 10) + (I40 >= 30), 0.3506960772, 0.8470645585, 0.8092762729),
    ],
    ids=["no gaps", "gaps"],
)
def test_reml_agrees_with_r_nlme_gls(times, rho, step, se):
    # Figures of R 4.2.2, nlme 3.1-162: benchmarks/impact_reference.R
    found = reml_ar1(problem(Y40, design(times), LAST, times))
    assert found.rho[0] == pytest.approx(rho, abs=1e-6)
    assert found.estimate[0] == pytest.approx(step, abs=1e-6)
    assert found.se[0] == pytest.approx(se, abs=1e-6)


SHARES = st.floats(0.0, 0.45)


@given(
    st.floats(-0.6, 0.95), SHARES, SHARES, st.floats(0.5, 0.99), st.lists(st.integers(1, 4), min_size=4, max_size=12)
)
@settings(max_examples=60, deadline=None)
def test_whitening_gives_the_exact_likelihood_of_the_dense_covariance(rho, white, drift, slow, gaps):
    times = np.cumsum(gaps).astype(float)
    apart = np.abs(times[:, None] - times[None, :])
    V = (1 - drift - white) * rho**apart + drift * slow**apart + white * np.eye(len(times))
    y = np.sin(times * 1.3)
    Z, log_det = whiten(y[:, None], times, ErrorLaw(*np.array([[rho], [white], [drift], [slow]])))
    ours = -0.5 * (len(y) * np.log(2 * np.pi) + log_det[0] + (Z**2).sum())
    assert ours == pytest.approx(multivariate_normal(cov=V).logpdf(y), rel=1e-8, abs=1e-8)


@given(st.floats(-0.85, 0.95), st.lists(st.integers(1, 4), min_size=4, max_size=12))
@settings(max_examples=40, deadline=None)
def test_cross_products_equal_the_dense_inverse(rho, gaps):
    times = np.cumsum(gaps).astype(float)
    distance = np.abs(times[:, None] - times[None, :])
    R = np.where(distance == 0, 1.0, np.sign(rho) ** distance * np.abs(rho) ** distance)
    Z = np.column_stack([np.ones(len(times)), np.cos(times)])
    gram = ar_gram(Z, times)
    np.testing.assert_allclose(gram.at(np.array(rho)), Z.T @ np.linalg.solve(R, Z), rtol=1e-7, atol=1e-9)
    assert gram.log_det(np.array([rho]))[0] == pytest.approx(np.linalg.slogdet(R)[1], abs=1e-8)


def test_one_error_model_alone_is_the_textbook_gls_t(monkeypatch):
    rho = 0.5
    monkeypatch.setattr("analytics.impact.averaging._grid", lambda: (ar1(rho), np.zeros(1)))
    X, V = design(I40), toeplitz(rho**I40)
    found = averaged(problem(Y40, X, LAST, I40))
    A = X.T @ np.linalg.solve(V, X)
    beta = np.linalg.solve(A, X.T @ np.linalg.solve(V, Y40))
    e = Y40 - X @ beta
    se = np.sqrt(e @ np.linalg.solve(V, e) / 37 * np.linalg.inv(A)[2, 2])
    assert found.estimate[0] == pytest.approx(beta[2], abs=1e-8)
    assert (found.high[0] - found.low[0]) / 2 == pytest.approx(2.0261924630 * se, rel=1e-6)  # t(0.975, 37)


def test_the_dual_p_is_the_larger_and_the_interval_the_hull():
    Y = Y40[:, None] * 0.2 + ar1_noise(I40, 0.0, 1000, 1) + 0.8 * design(I40)[:, 2:]
    both = dual(problem(Y, design(I40), LAST, I40))
    np.testing.assert_array_equal(both.p, np.maximum(both.reml.p, both.averaged.p))
    assert (both.low <= both.reml.low).all()
    assert (both.low <= both.averaged.low).all()
    assert (both.high >= both.reml.high).all()
    assert 0.2 < np.mean(both.p < 0.05) < 0.8
    # p < 0.05 exactly where the interval leaves out zero
    np.testing.assert_array_equal(both.p < 0.05, (both.low > 0) | (both.high < 0))


@given(st.floats(-1e3, 1e3), st.floats(0.01, 100.0), st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_level_trend_and_unit_do_not_touch_the_p_value(level, unit, slope):
    X = design(I40)
    plain = dual(problem(Y40, X, LAST, I40))
    moved = dual(problem(unit * Y40 + level + slope * I40, X, LAST, I40))
    assert moved.p[0] == pytest.approx(plain.p[0], abs=1e-5)
    assert moved.estimate[0] == pytest.approx(unit * plain.estimate[0], abs=1e-6 * max(1, abs(level), abs(slope)) * 10)


@given(st.floats(-10, 10))
@settings(max_examples=20, deadline=None)
def test_a_step_moves_estimate_and_interval_by_its_own_size_and_nothing_else(size):
    X = design(I40)
    plain, moved = (dual(problem(Y40 + s * X[:, 2], X, LAST, I40)) for s in (0.0, size))
    for name in ("estimate", "low", "high"):
        assert getattr(moved, name)[0] == pytest.approx(getattr(plain, name)[0] + size, abs=1e-5)


def test_a_batch_says_what_each_series_says_alone():
    Y = ar1_noise(I40, 0.6, 7, 3)
    X = design(I40)
    together = dual(problem(Y, X, LAST, I40))
    for i in range(7):
        alone = dual(problem(Y[:, i], X, LAST, I40))
        assert alone.p[0] == pytest.approx(together.p[i], abs=1e-9)
        assert alone.high[0] == pytest.approx(together.high[i], abs=1e-9)


def test_own_designs_say_what_shared_ones_say():
    X = np.stack([design(I40, k) for k in (15, 22, 30)])
    each = dual(problem(Y40, X, LAST, I40))
    for i, k in enumerate((15, 22, 30)):
        alone = dual(problem(Y40, design(I40, k), LAST, I40))
        assert each.estimate[i] == pytest.approx(alone.estimate[0], abs=1e-8)
        assert each.p[i] == pytest.approx(alone.p[0], abs=1e-8)


def test_a_split_batch_says_the_same(monkeypatch):
    Y, X = ar1_noise(I40, 0.6, 9, 4), design(I40)
    whole = dual(problem(Y, X, LAST, I40))
    monkeypatch.setattr("analytics.impact.gls.CHUNK_CELLS", 4 * 40 * 4)
    monkeypatch.setattr("analytics.impact.averaging.CHUNK_CELLS", 100 * 40 * 5)
    np.testing.assert_allclose(dual(problem(Y, X, LAST, I40)).p, whole.p, atol=1e-10)


def test_satterthwaite_lies_between_one_and_the_spare_points():
    found = reml_ar1(problem(ar1_noise(I40, 0.7, 50, 5), design(I40), LAST, I40))
    assert (found.df >= 1).all()
    assert (found.df <= 37).all()
    assert np.median(found.df) < 25  # memory costs degrees of freedom


@pytest.mark.parametrize(
    ("X", "times", "sentence"),
    [
        (np.eye(4)[:, :3], np.arange(4), "cannot carry"),
        (design(np.zeros(40)), np.zeros(40), "in order"),
        (np.column_stack([np.ones(40), I40, I40]), I40, "cannot be told apart"),
    ],
)
def test_bad_regressions_are_refused_in_words(X, times, sentence):
    with pytest.raises(ImpactError, match=sentence):
        problem(np.zeros(len(times)), X, LAST, times)


def test_errors_that_drift_slowly_are_held_for_what_they_are():
    """A fast memory with a slow swing below it, over a year of days: an AR(1) with noise finds far too much."""
    design = np.column_stack([np.ones(364), np.arange(364) / 364, np.arange(364) >= 182])
    parts = [ar1_noise(np.arange(364), rho, 60, seed) for seed, rho in ((1, 0.55), (2, 0.97))]
    errors = np.sqrt(0.75) * parts[0] + np.sqrt(0.25) * parts[1]
    found = dual(problem(errors, design, LAST, np.arange(364.0)))
    assert (found.reml.p < 0.05).mean() > 0.15
    assert (found.p < 0.05).mean() < 0.08
