"""The one entry: two waves compared, in numbers and in words."""

import numpy as np
import pandas as pd
import pytest

from analytics.surveys import SurveyError, compare_waves

AGREE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
CENTRED, HIGHER = [0.1, 0.2, 0.4, 0.2, 0.1], [0.03, 0.1, 0.3, 0.32, 0.25]


def words(rng, n, shares):
    return rng.choice(AGREE, n, p=shares)


def wave(rng, name, n, shares, mix=(0.4, 0.3, 0.3)):
    return pd.DataFrame(
        {
            "respondent_id": [f"{name}{k}" for k in range(n)],
            "wave": name,
            "age": rng.choice(["18-24", "25-34", "35+"], n, p=mix),
            "The posts feel relevant": words(rng, n, shares),
            "I trust the brand": words(rng, n, CENTRED),
            "How likely are you to recommend us?": rng.integers(0, 11, n).astype(str),
            "Channels?": rng.choice(["Email", "TikTok", "Email; TikTok"], n),
        }
    )


@pytest.fixture(scope="module")
def planted():
    rng = np.random.default_rng(11)
    return pd.concat([wave(rng, "before", 200, CENTRED), wave(rng, "after", 200, HIGHER)], ignore_index=True)


def of(report, key):
    return next(c for c in report.comparisons if c.item.key == key)


def test_a_planted_rise_is_found_and_the_rest_is_not(planted):
    report = compare_waves(planted)
    rise = of(report, "The posts feel relevant")
    assert rise.verdict == "higher"
    assert rise.test.chance.low > 0.5
    assert rise.top_box.low > 0
    assert "answers are higher after than before" in rise.sentence
    assert {c.verdict for c in report.comparisons if c is not rise} == {"cannot tell"}
    assert "we cannot tell" in of(report, "I trust the brand").sentence


def test_every_item_has_its_full_distribution_n_interval_and_corrected_p(planted):
    report = compare_waves(planted)
    assert (report.n_before, report.n_after) == (200, 200)
    for found in report.comparisons:
        assert found.p_holm >= found.p
        if found.options:
            assert all(o.difference.low <= o.difference.value <= o.difference.high for o in found.options)
        else:
            assert sum(found.before.counts) == 200
            assert found.test.chance.low <= found.test.chance.value <= found.test.chance.high
    assert of(report, "How likely are you to recommend us?").promoters[2].n == 400
    assert "Holm" in report.method


def test_row_order_and_wave_names_do_not_matter(planted):
    shuffled = planted.sample(frac=1, random_state=3).reset_index(drop=True)
    one, two = compare_waves(planted), compare_waves(shuffled)
    for a in one.comparisons:
        assert a.p == pytest.approx(of(two, a.item.key).p)


def test_a_shifted_mix_is_warned_of_and_evened_out():
    rng = np.random.default_rng(4)
    shares = {"18-24": [0.4, 0.3, 0.2, 0.1, 0.0], "25-34": CENTRED, "35+": [0.0, 0.1, 0.2, 0.3, 0.4]}
    parts = []
    for name, mix in (("before", (0.6, 0.2, 0.2)), ("after", (0.2, 0.2, 0.6))):
        ages = rng.choice(list(shares), 300, p=mix)
        answers = [rng.choice(AGREE, p=shares[a]) for a in ages]
        parts.append(pd.DataFrame({"wave": name, "age": ages, "Q": answers}))
    frame = pd.concat(parts)
    naive, fair = compare_waves(frame, mix="never"), compare_waves(frame)
    assert naive.comparisons[0].verdict == "higher"
    assert any("mix of age groups shifted" in w for w in naive.warnings)
    assert fair.weighted == "age mix"
    assert fair.comparisons[0].verdict == "cannot tell"
    assert fair.effective_n[0] < 300
    adjusted = compare_waves(frame, mix="never", covariates=["age"])
    wave_term = adjusted.comparisons[0].odds[0]
    assert wave_term.ratio.low < 1 < wave_term.ratio.high


def test_a_mix_that_cannot_be_evened_out_is_said():
    ages = ["18-24"] * 20 + ["65+"] * 20
    frame = pd.DataFrame({"wave": ["before"] * 20 + ["after"] * 20, "age": ages, "Q": list("12345") * 8})
    report = compare_waves(frame)
    assert report.weighted == ""
    assert any("only one of the waves" in w for w in report.warnings)


def test_a_weight_column_is_used():
    frame = pd.DataFrame({"wave": ["before", "after"] * 40, "weight": ["2", "0.5"] * 40, "Q": list("12345") * 16})
    frame["weight"] = ["1", "1", "3", "3"] * 20
    report = compare_waves(frame)
    assert report.weighted == "weight column"
    assert report.effective_n[0] == pytest.approx(40 / (40 * 20 * (1 + 9) / (20 * 4) ** 2))


def test_both_waves_meet_given_margins_and_unknown_people_keep_their_share():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "wave": ["before"] * 100 + ["after"] * 100,
            "sex": (["f"] * 70 + ["m"] * 20 + [None] * 10) * 2,
            "Q": rng.choice(list("12345"), 200),
        }
    )
    report = compare_waves(frame, margins={"sex": {"f": 50, "m": 50}})
    assert report.weighted == "given margins"
    effect = 0.45**2 / 0.7 + 0.45**2 / 0.2 + 0.1**2 / 0.1
    assert report.effective_n == (pytest.approx(100 / effect), pytest.approx(100 / effect))
    found = of(report, "Q")
    f = (frame["sex"] == "f").to_numpy()[:100]
    five = (frame["Q"] == "5").to_numpy()[:100]
    m, none = (frame["sex"] == "m").to_numpy()[:100], frame["sex"].isna().to_numpy()[:100]
    by_hand = 0.45 * five[f].mean() + 0.45 * five[m].mean() + 0.1 * five[none].mean()
    assert found.before.shares[-1].value == pytest.approx(by_hand)


def test_very_uneven_weights_are_said():
    frame = pd.DataFrame(
        {"wave": ["before", "after"] * 50, "sex": ["f"] * 96 + ["m"] * 4, "Q": list("12345") * 20},
    )
    report = compare_waves(frame, margins={"sex": {"f": 20, "m": 80}})
    assert any("very uneven" in w for w in report.warnings)


def test_margins_are_refused_for_a_panel_and_for_unknown_columns():
    with pytest.raises(SurveyError, match="compared with themselves"):
        compare_waves(panel(), margins={"Q": {"1": 1}})
    with pytest.raises(SurveyError, match='no question or column "town"'):
        compare_waves(panel(), panel=False, margins={"town": {"a": 1}})


def panel(seed=2, shift=0.6):
    rng = np.random.default_rng(seed)
    person = rng.normal(size=80)
    cut = [-1.5, -0.5, 0.5, 1.5]
    rows = []
    for name, move in (("before", 0.0), ("after", shift)):
        level = np.digitize(person + move + 0.5 * rng.normal(size=80), cut)
        rows.append(pd.DataFrame({"respondent_id": [f"p{k}" for k in range(80)], "wave": name, "Q": level + 1}))
    return pd.concat(rows).astype(str)


def test_a_panel_is_compared_within_people():
    report = compare_waves(panel())
    (found,) = report.comparisons
    assert report.paired
    assert found.test is None
    assert found.panel.rose + found.panel.fell + found.panel.same == 80
    assert found.verdict == "higher"
    assert "went up" in found.sentence


def test_a_panel_treated_as_independent_is_warned_of():
    report = compare_waves(panel(), panel=False)
    assert not report.paired
    assert any("80 people answered both times" in w for w in report.warnings)


def test_a_panel_nobody_is_in_is_refused(planted):
    with pytest.raises(SurveyError, match="0 respondents are in both waves"):
        compare_waves(planted, panel=True)


def test_too_few_answers_are_said_and_not_judged():
    frame = pd.DataFrame({"wave": ["before"] * 6 + ["after"] * 6, "Q": list("111222") + list("444555")})
    (found,) = compare_waves(frame).comparisons
    assert found.verdict == "cannot tell"
    assert "too few to tell" in found.sentence


def test_a_spread_is_not_called_a_rise():
    before = ["1"] * 10 + ["2"] * 40 + ["3"] * 100 + ["4"] * 40 + ["5"] * 10
    after = ["1"] * 60 + ["2"] * 30 + ["3"] * 20 + ["4"] * 30 + ["5"] * 60
    frame = pd.DataFrame({"wave": ["before"] * 200 + ["after"] * 200, "Q": before + after})
    (found,) = compare_waves(frame).comparisons
    assert found.top_box.low > 0
    assert found.verdict == "cannot tell"
    assert "spread rather than moved" in found.sentence


def test_choices_are_compared_one_by_one():
    frame = pd.DataFrame(
        {
            "wave": ["before"] * 100 + ["after"] * 100,
            "Channel": ["Email"] * 70 + ["TikTok"] * 30 + ["Email"] * 40 + ["TikTok"] * 60,
        }
    )
    (found,) = compare_waves(frame).comparisons
    assert found.verdict == "different"
    assert "+30.0 points" in found.sentence or "-30.0 points" in found.sentence
    assert found.options[0].p_holm >= found.options[0].p


def test_published_shares_cannot_be_tested():
    frame = pd.DataFrame({"question": ["a", "a"], "response": ["x", "y"], "overall": ["0.4", "0.6"]})
    with pytest.raises(SurveyError, match="published shares"):
        compare_waves(frame)


def test_an_unknown_item_or_covariate_is_said(planted):
    with pytest.raises(SurveyError, match='no question "Nope"'):
        compare_waves(planted, items=["Nope"])
    with pytest.raises(SurveyError, match='no column "Nope"'):
        compare_waves(planted, items=["I trust the brand"], covariates=["Nope"])
