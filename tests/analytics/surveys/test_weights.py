"""Weights meet their margins, cost what Kish says, and a shifted mix is noticed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.surveys import SurveyError, mix_shift, post_stratify, rake
from analytics.surveys.weights import kish, mean_variance

SEX = pd.Series(["f"] * 70 + ["m"] * 30, name="sex")


def test_post_stratification_meets_its_margin():
    found = post_stratify(SEX, {"f": 0.5, "m": 0.5})
    assert found.values[:70].sum() / found.values.sum() == pytest.approx(0.5)
    # Kish: n * sum(w^2) / sum(w)^2 = 0.5^2 / 0.7 + 0.5^2 / 0.3 = 1.190
    assert found.design_effect == pytest.approx(0.25 / 0.7 + 0.25 / 0.3)
    assert found.effective_n == pytest.approx(100 / found.design_effect)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000))
def test_raking_meets_every_margin(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"sex": rng.choice(["f", "m"], 300), "age": rng.choice(["y", "m", "o"], 300)})
    margins = {"sex": {"f": 0.6, "m": 0.4}, "age": {"y": 0.2, "m": 0.3, "o": 0.5}}
    w = rake(frame, margins).values
    for column, margin in margins.items():
        for group, share in margin.items():
            assert w[frame[column] == group].sum() / w.sum() == pytest.approx(share, abs=1e-6)


def test_margins_that_do_not_fit_are_refused():
    with pytest.raises(SurveyError, match="no share for m"):
        post_stratify(SEX, {"f": 1.0})
    with pytest.raises(SurveyError, match="Nobody in the sample is in x"):
        post_stratify(SEX, {"f": 0.4, "m": 0.4, "x": 0.2})
    frame = pd.DataFrame({"a": ["x", "y"] * 5, "b": ["x", "y"] * 5})
    with pytest.raises(SurveyError, match="cannot all be met"):
        rake(frame, {"a": {"x": 0.9, "y": 0.1}, "b": {"x": 0.1, "y": 0.9}})


def test_uneven_weights_are_said():
    rare = pd.Series(["a"] * 97 + ["b"] * 3, name="g")
    assert "very uneven" in post_stratify(rare, {"a": 0.5, "b": 0.5}).warning


def test_equal_weights_have_no_cost_and_the_plain_variance():
    x = np.array([1.0, 2, 4, 8])
    assert kish(np.ones(4)) == (1.0, 4.0)
    assert mean_variance(x, np.ones(4)) == pytest.approx((x.mean(), x.var(ddof=1) / 4))


def test_strata_that_explain_an_answer_take_its_variance_away():
    group = np.repeat([0.0, 1.0], 50)
    noise = np.random.default_rng(1).normal(size=100) * 0.1
    _, plain = mean_variance(group + noise, np.ones(100))
    _, within = mean_variance(group + noise, np.ones(100), group[:, None])
    assert within < plain / 10


def test_a_shifted_mix_is_said_and_an_even_one_is_not():
    before = pd.Series(["18-24"] * 100 + ["25+"] * 100)
    after = pd.Series(["18-24"] * 60 + ["25+"] * 140)
    found = mix_shift(before, after)
    assert found.shifted
    assert "50% before, 30% after" in found.warning
    even = mix_shift(before, before.sample(frac=1, random_state=1))
    assert not even.shifted
    assert even.warning == ""
