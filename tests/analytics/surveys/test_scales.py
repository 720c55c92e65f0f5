"""Reliability against published figures."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.surveys import SurveyError, cronbach_alpha, mcdonald_omega, reliability, reverse_keyed
from analytics.surveys.scales import one_factor, scale_scores

PUBLISHED = {
    "agree": (0.7038, 0.7240),
    "conscientious": (0.7293, 0.7338),
    "extraversion": (0.7609, 0.7631),
    "neuroticism": (0.8133, 0.8150),
    "openness": (0.6025, 0.6180),
}


@pytest.mark.realdata
@pytest.mark.parametrize("scale", PUBLISHED)
def test_big_five_reliabilities_are_the_published_ones(scale):
    folder = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not folder:
        pytest.skip("DIGITAL_PERSONA_REAL_DATA is not set")
    answers = pd.read_csv(Path(folder) / "surveys" / "bfi_likert" / "bfi.csv")
    keyed = pd.read_csv(Path(folder) / "surveys" / "bfi_likert" / "bfi.keys.csv")[scale]
    keys = {name.lstrip("-"): -1 if name.startswith("-") else 1 for name in keyed}
    items = reverse_keyed(answers, keys, 1, 6)
    alpha, omega = cronbach_alpha(items), mcdonald_omega(items, draws=40)
    assert alpha.value == pytest.approx(PUBLISHED[scale][0], abs=6e-5)
    assert omega.value == pytest.approx(PUBLISHED[scale][1], abs=6e-5)
    assert alpha.low < alpha.value < alpha.high
    assert omega.low < omega.value < omega.high


def one_factor_answers(n=400, seed=1):
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(n, 1))
    return pd.DataFrame(factor * [0.8, 0.7, 0.6, 0.5] + rng.normal(size=(n, 4)) * 0.6, columns=list("abcd"))


def test_one_factor_finds_loadings_that_made_the_correlations():
    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    made = np.outer(loadings, loadings)
    np.fill_diagonal(made, 1.0)
    found, unique = one_factor(made)
    assert found == pytest.approx(loadings, abs=1e-4)
    assert unique == pytest.approx(1 - loadings**2, abs=1e-3)


def test_parallel_items_have_equal_alpha_and_omega():
    rng = np.random.default_rng(2)
    factor = rng.normal(size=(4000, 1))
    items = pd.DataFrame(factor + rng.normal(size=(4000, 5)))
    assert cronbach_alpha(items).value == pytest.approx(5 / 6, abs=0.02)
    assert mcdonald_omega(items, draws=20).value == pytest.approx(cronbach_alpha(items).value, abs=0.005)


def test_an_item_keyed_the_wrong_way_is_named():
    answers = one_factor_answers()
    answers["b"] = -answers["b"]
    found = reliability(answers)
    assert found.warnings[0].startswith("b runs against")
    assert found.without["b"] > found.alpha.value


def test_reverse_keys_turn_answers_round():
    found = reverse_keyed(pd.DataFrame({"a": [1, 5], "b": [1, 5]}), {"a": 1, "b": -1}, 1, 5)
    assert found["b"].tolist() == [5, 1]
    with pytest.raises(SurveyError, match="outside the scale"):
        reverse_keyed(pd.DataFrame({"a": [6]}), {"a": 1}, 1, 5)
    with pytest.raises(SurveyError, match="No item is called z"):
        reverse_keyed(pd.DataFrame({"a": [1]}), {"z": 1}, 1, 5)


def test_items_without_spread_and_single_items_are_refused():
    with pytest.raises(SurveyError, match="same answer to b"):
        cronbach_alpha(pd.DataFrame({"a": [1, 2, 3], "b": [2, 2, 2]}))
    with pytest.raises(SurveyError, match="two items"):
        cronbach_alpha(pd.DataFrame({"a": [1, 2, 3]}))


def test_scores_need_half_the_items():
    frame = pd.DataFrame({"a": [1.0, 4], "b": [3.0, np.nan], "c": [np.nan, np.nan], "d": [2.0, np.nan]})
    found = scale_scores(frame)
    assert found[0] == 2
    assert np.isnan(found[1])
