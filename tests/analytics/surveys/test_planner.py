"""Planned sizes against other libraries and simulation."""

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from analytics.inference import wilson
from analytics.surveys import (
    SurveyError,
    brunner_munzel,
    n_for_share,
    n_for_share_difference,
    n_for_superiority,
)


def test_share_difference_is_near_the_arcsine_formula():
    theirs = NormalIndPower().solve_power(proportion_effectsize(0.62, 0.5), power=0.8, alpha=0.05)
    assert n_for_share_difference(0.5, 0.62).n_per_wave == pytest.approx(theirs, rel=0.03)


def test_share_precision_is_the_smallest_that_works():
    n = n_for_share(0.8, 0.055).n_per_wave
    assert wilson(0.8 * n, n).width <= 0.11 < wilson(0.8 * (n - 1), n - 1).width


def test_superiority_plan_has_the_power_it_promises():
    shares = (0.1, 0.2, 0.4, 0.2, 0.1)
    higher = (0.05, 0.14, 0.38, 0.27, 0.16)
    chance = sum(p * (sum(shares[:k]) + shares[k] / 2) for k, p in enumerate(higher))
    n = n_for_superiority(chance, shares).n_per_wave
    rng = np.random.default_rng(1)
    hits = [
        brunner_munzel(rng.choice(5, n, p=shares).astype(float), rng.choice(5, n, p=higher).astype(float)).p < 0.05
        for _ in range(400)
    ]
    assert np.mean(hits) == pytest.approx(0.8, abs=0.06)


def test_weights_and_refusals_raise_the_number_to_invite():
    plan = n_for_share_difference(0.5, 0.62, response_rate=0.25, design_effect=1.5)
    assert plan.n_per_wave == pytest.approx(1.5 * n_for_share_difference(0.5, 0.62).n_per_wave, abs=1.5)
    assert plan.invite_per_wave == 4 * plan.n_per_wave
    assert str(plan.n_per_wave) in plan.sentence


def test_nothing_to_find_is_refused():
    with pytest.raises(SurveyError, match="two different shares"):
        n_for_share_difference(0.5, 0.5)
    with pytest.raises(SurveyError, match="no change"):
        n_for_superiority(0.5)
