"""Shapes that are stated before the look: their averages, their totals, and what happens where they do not hold."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.impact.calendar import Calendar
from analytics.impact.checks.departure import cauchy
from analytics.impact.cost import return_on_investment
from analytics.impact.design import Intervention
from analytics.impact.errors import ImpactError
from analytics.impact.events import EventCalendar
from analytics.impact.power import ar1_noise
from analytics.impact.report import analyse
from analytics.impact.shapes import EffectShape, place

CHANGE = date(2024, 7, 1)
U = np.arange(26)
BURST = EffectShape("burst", until=date(2024, 7, 28))
FLAT, GROWING = np.full(26, np.log(1.18)), np.log1p(0.4 * (U + 0.5) / 26)
SHORT = np.log1p(0.3 * (U < 4))


def planted(path, seed, *, rho=0.0, cv=0.05):
    """A table of 26 + 26 weeks whose logarithm follows `path` after the change, and the total that was added."""
    noise = cv * ar1_noise(np.arange(52), rho, 1, seed)[:, 0]
    effect = np.concatenate([np.zeros(26), path])
    value = 1000 * np.exp(0.002 * np.arange(52) + noise + effect)
    dates = pd.date_range("2024-01-01", periods=52, freq="W-MON")
    return pd.DataFrame({"date": dates, "value": value}), float((value - value / np.exp(effect)).sum())


def ask(table, shape=None):
    return analyse(table, Intervention(CHANGE, shape=shape or EffectShape()), metric="Sales", kind="amount")


def mean(path):
    return 100 * np.expm1(path.mean())


@pytest.mark.parametrize(
    ("shape", "path", "over"),
    [
        (EffectShape("slope"), GROWING, slice(None)),
        (EffectShape("slope"), np.log1p(0.3 * (1 - (U + 0.5) / 26)), slice(None)),
        (BURST, SHORT, slice(4)),
        (EffectShape("ramp", ramp_days=56), np.log1p(0.2 * np.minimum((U + 0.5) / 8, 1)), slice(None)),
    ],
)
def test_the_average_and_the_total_are_those_of_the_time_that_the_shape_acts(shape, path, over):
    held, added, apart = [], [], []
    for seed in range(40):
        table, total = planted(path, seed)
        effect = ask(table, shape).effect
        held.append(effect.low <= mean(path[over]) <= effect.high)
        added.append(effect.cumulative[1] <= total <= effect.cumulative[2])
        apart.append(effect.percent - mean(path[over]))
        assert effect.n_after == len(path[over])
    assert np.mean(held) >= 0.85  # 95% less three standard errors
    assert np.mean(added) >= 0.85
    assert abs(np.mean(apart)) < 3 * np.std(apart) / np.sqrt(40) + 0.5


def test_a_burst_that_is_stated_is_found_with_its_own_size():
    table, total = planted(SHORT, 1)
    report = ask(table, BURST)
    assert report.verdict.answer == "effect found"
    assert "during the burst" in report.verdict.sentence
    assert report.effect.low <= 30 <= report.effect.high
    assert report.effect.cumulative[0] == pytest.approx(total, rel=0.3)


@pytest.mark.parametrize("seed", range(8))
def test_a_burst_read_as_a_step_has_no_size_and_no_return(seed):
    table, _ = planted(SHORT, seed, rho=0.4)
    report = ask(table)
    assert report.departure.found
    assert report.verdict.answer == "cannot tell"
    assert "not a lasting step" in report.verdict.sentence
    assert "ruled out" not in report.verdict.sentence
    with pytest.raises(ImpactError, match="No return can be told"):
        return_on_investment(report, 1000.0)


def test_what_is_ruled_out_never_holds_the_truth_where_an_effect_grows_or_fades():
    wrong = said = 0
    for path in (GROWING, np.log1p(0.2 * (U + 0.5) / 26), np.log1p(0.15 * (1 - (U + 0.5) / 26))):
        for seed in range(20):
            sentence = ask(planted(path, seed, rho=0.5)[0]).verdict.sentence
            told = re.search(r"rise above ([\d.]+)% or an average fall below −?([\d.]+)%", sentence)
            if told:
                said += 1
                wrong += not -float(told[2]) <= mean(path) <= float(told[1])
    assert said > 0
    assert wrong <= 3  # of 60: 5%


def test_an_effect_in_its_stated_shape_keeps_its_verdict():
    found = [ask(planted(FLAT, seed)[0]) for seed in range(25)]
    assert np.mean([r.departure.found for r in found]) <= 0.2  # 5% expected
    assert np.mean([r.verdict.answer == "effect found" for r in found]) >= 0.8


def test_a_step_stated_as_a_burst_is_noticed():
    report = ask(planted(FLAT, 3)[0], BURST)
    assert report.departure.found
    assert "did not end with its last day" in report.departure.note.text


def test_a_return_needs_a_verdict_and_carries_its_doubts():
    report = ask(planted(FLAT, 3)[0])
    back = return_on_investment(report, 1000.0, margin=0.4)
    assert back.percent == pytest.approx(100 * (0.4 * report.effect.cumulative[0] - 1000) / 1000)
    assert (back.verdict, back.doubts) == (report.verdict.sentence, report.verdict.could_be_wrong)
    short = analyse(planted(FLAT, 3)[0].head(29), CHANGE, kind="amount")
    with pytest.raises(ImpactError, match="No return can be told"):
        return_on_investment(short, 1000.0)
    with pytest.raises(ImpactError, match="above zero"):
        return_on_investment(report, float("nan"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "burst"}, "needs its last day"),
        ({"kind": "step", "until": CHANGE}, "needs its last day"),
        ({"kind": "ramp"}, "needs the days"),
        ({"kind": "ramp", "ramp_days": 0}, "at least 1 day"),
        ({"kind": "wiggle"}, "no shape"),
    ],
)
def test_half_stated_shapes_are_refused(asked, said):
    with pytest.raises(ImpactError, match=said):
        EffectShape(**asked)


def test_a_burst_leaves_out_the_week_in_which_it_ends_and_one_too_short_has_no_verdict():
    table, _ = planted(SHORT, 2)
    midweek = ask(table, EffectShape("burst", until=date(2024, 7, 24)))
    assert midweek.effect.n_after == 3
    assert midweek.chart_frame()["washout"].sum() == 1
    brief = ask(table, EffectShape("burst", until=date(2024, 7, 14)))
    assert brief.verdict.answer == "cannot tell"
    assert "2 whole weeks" in brief.verdict.sentence
    with pytest.raises(ImpactError, match="No whole week lies within the burst"):
        ask(table, EffectShape("burst", until=date(2024, 7, 3)))


def test_a_ramp_is_half_up_in_the_middle_of_its_length():
    placed = place(EffectShape("ramp", ramp_days=28), np.arange(10), 2, Calendar("week"))
    assert placed.columns["ramp"].tolist() == [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1, 1, 1]
    assert placed.weights[0] == pytest.approx((0.125 + 0.375 + 0.625 + 0.875 + 4) / 8)


def test_the_joint_p_of_one_way_is_its_own_and_of_equal_ones_the_same():
    assert cauchy(np.array([0.03])) == pytest.approx(0.03)
    assert cauchy(np.array([0.2, 0.2, 0.2])) == pytest.approx(0.2)
    assert cauchy(np.array([1e-8, 0.9])) == pytest.approx(2e-8, rel=0.01)  # about k times the smallest


QUIET = EventCalendar(year_end=False)
FADING = np.log1p(0.3 * (1 - (U + 0.5) / 26))


def test_a_found_step_that_may_have_faded_tells_an_average_that_allows_for_it():
    told = []
    for seed in range(16):
        table, total = planted(FADING, seed, rho=0.5)
        report = analyse(table, CHANGE, kind="amount", events=QUIET)
        if report.verdict.answer != "effect found" or report.effect.stated is None:
            continue
        effect = report.effect
        told.append((effect.percent - mean(FADING), effect.low <= mean(FADING) <= effect.high))
        slope = Intervention(CHANGE, shape=EffectShape("slope"))  # the same two columns, written otherwise
        sloped = analyse(table, slope, kind="amount", events=QUIET).effect
        assert (effect.percent, effect.low, effect.high) == pytest.approx((sloped.percent, sloped.low, sloped.high))
        assert effect.cumulative == pytest.approx(sloped.cumulative)
        assert effect.stated > effect.percent
        assert "may have grown or faded since" in report.verdict.sentence
        if effect.cumulative[1] < 0:  # money follows: no return is claimed from a size that is not known
            assert "Cannot tell" in return_on_investment(report, total).sentence
    assert len(told) >= 4
    assert np.mean([held for _, held in told]) >= 0.8
    assert abs(np.mean([miss for miss, _ in told])) < 6


def test_a_true_step_mostly_keeps_its_plain_size():
    reports = [ask(planted(FLAT, seed)[0]) for seed in range(12)]
    found = [report for report in reports if report.verdict.answer == "effect found"]
    assert sum(report.effect.stated is None for report in found) > len(found) / 2
    assert all(report.effect.low <= 18 <= report.effect.high for report in found if report.effect.stated is not None)
