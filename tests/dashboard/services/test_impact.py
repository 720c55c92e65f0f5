"""Before and after a change, from imported numbers to a kept result: planted effects come back."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.asking.posts import weekly
from analytics.kept import EFFECT_SETTINGS, EffectSettings
from dashboard.demo import INTERVENTION_WEEKS, PLANTED, demo_files
from dashboard.services.data import imports
from dashboard.services.impact import effects, records
from dashboard.services.impact.effects import ImpactServiceError, Question
from dashboard.services.people import NotAllowedError, User
from db.repositories.effects import POST_COUNTS

TODAY = date.today()
LAST_MONDAY = TODAY - timedelta(days=TODAY.weekday())
START = LAST_MONDAY - timedelta(weeks=52)
CHANGE = LAST_MONDAY - timedelta(weeks=INTERVENTION_WEEKS)


def table(values, first=START, step=7, **columns):
    dates = [first + timedelta(days=step * i) for i in range(len(values))]
    return pd.DataFrame({"date": dates, "metric": "score", "value": values, **columns}).to_csv(index=False)


def noisy(n=52, lift=1.0, base=1_000.0, seed=0):
    values = base * np.exp(0.03 * np.random.default_rng(seed).standard_normal(n))
    values[n // 2 :] *= lift
    return values


@pytest.fixture
def demo(workspace, bring_in):
    files = demo_files()
    bring_in(files["metrics.csv"], "metrics", "metrics.csv")
    bring_in(files["posts.csv"], "posts", "posts.csv")
    return workspace


def test_what_can_be_measured_is_listed_with_its_kind_and_segments(demo):
    found = {m.metric: m for m in effects.measurable(demo)}
    assert found["engagement"].kind == "rate"
    assert found["engagement"].segments == (("age group", 4),)
    assert found["sales"].kind == found["cost"].kind == "amount"
    assert (found["sales"].n, found["sales"].first) == (52, START)
    assert found["click-through of posts"].source == "posts"
    assert "channel" in found["spend on posts"].segment_kinds


@pytest.mark.parametrize("metric", PLANTED)
def test_every_planted_effect_lies_in_its_interval(demo, metric):
    effect = effects.analyse(demo, Question(metric, CHANGE)).effect
    assert effect.low <= 100 * PLANTED[metric] <= effect.high
    assert effect.p < 0.05
    assert (effect.n_before, effect.n_after) == (26, 26)


def test_the_planted_gain_of_the_young_is_found_and_only_theirs(demo):
    report = effects.by_segment(demo, Question("engagement", CHANGE), "age group")
    rows = {row.segment: row for row in report.rows}
    assert rows["18-24"].own.low <= 30 <= rows["18-24"].own.high
    assert {s: r.answer for s, r in rows.items() if r.answer.startswith("gains")} == {"18-24": "gains more"}
    assert report.tests == 4


def test_one_group_alone_can_be_measured(demo):
    question = Question("engagement", CHANGE, segment_kind="age group", segment="18-24")
    report = effects.analyse(demo, question)
    assert report.effect.low <= 30 <= report.effect.high
    assert "of 18-24" in report.verdict.sentence


def test_twelve_monthly_points_honestly_say_that_they_cannot_tell(workspace, bring_in):
    months = pd.date_range("2025-01-01", periods=12, freq="MS").date
    text = pd.DataFrame({"date": months, "metric": "sales", "value": noisy(12, 1.11)}).to_csv(index=False)
    bring_in(text, "metrics")
    question = Question("sales", months[6])
    assert effects.analyse(workspace, question).verdict.answer == "cannot tell"
    told = effects.preflight(workspace, question)
    assert told.detectable is None
    assert "6 months before and 6 after" in told.sentence


def test_preflight_looks_at_nothing_after_the_change(workspace, bring_in):
    bring_in(table(noisy()), "metrics")
    quiet = effects.preflight(workspace, Question("score", CHANGE))
    bring_in(table(noisy(lift=3.0)), "metrics", "again.csv")
    loud = effects.preflight(workspace, Question("score", CHANGE))
    assert loud.detectable == pytest.approx(quiet.detectable)
    assert loud.sentence == quiet.sentence
    assert 1 < quiet.detectable < 15
    assert effects.analyse(workspace, Question("score", CHANGE)).effect.percent > 100


def test_the_planner_waits_longer_for_smaller_effects(workspace, bring_in):
    bring_in(table(noisy()), "metrics")
    waits = effects.plan(workspace, Question("score", CHANGE), 20.0)
    assert waits.needed is not None
    assert waits.waits[0].detectable > waits.waits[-1].detectable
    assert effects.plan(workspace, Question("score", CHANGE), 0.5).needed is None


def test_another_change_is_allowed_for_and_a_control_is_taken_off(workspace, bring_in):
    user = User("Ada", "editor")
    values, shock = noisy(), np.where(np.arange(52) >= 39, 1.4, 1.0)
    bring_in(table(values * shock), "metrics")
    other = records.add_intervention(workspace, user, "Price cut", START + timedelta(weeks=39))
    held = Question("score", CHANGE, 10, held=(other,))
    effect = effects.analyse(workspace, held).effect
    assert effect.p > 0.05
    told = effects.preflight(workspace, held)
    assert (told.n_before, told.n_after) == (effect.n_before, effect.n_after) == (26, 24)
    both = table(noisy(seed=3) * shock).replace(",score,", ",elsewhere,")
    bring_in(both, "metrics", "control.csv")
    assert abs(effects.analyse(workspace, Question("score", CHANGE, controls=("elsewhere",))).effect.percent) < 8


def test_a_result_is_kept_with_its_change_settings_and_numbers(demo):
    user, question = User("Ada", "editor"), Question("sales", CHANGE, 7)
    report = effects.analyse(demo, question)
    records.save(demo, user, question, report, "New posts")
    records.save(demo, user, Question("cost", CHANGE, 7), report, "New posts")
    kept = records.saved(demo)
    assert [k.metric for k in kept] == ["cost", "sales"]
    assert kept[0].intervention == kept[1].intervention
    assert (kept[1].intervention.name, kept[1].intervention.washout_days) == ("New posts", 7)
    assert kept[1].result["effect"]["percent"] == pytest.approx(report.effect.percent)
    asked = EFFECT_SETTINGS.read(kept[1].settings)
    assert asked == EffectSettings(CHANGE, 7, data_sha256=effects.data_digest(demo, "sales"))
    assert kept[1].settings["format"] == 2
    assert kept[1].author == "Ada"


def test_a_viewer_looks_but_keeps_nothing(demo):
    viewer, question = User("Vi", "viewer"), Question("sales", CHANGE)
    report = effects.analyse(demo, question)
    with pytest.raises(NotAllowedError):
        records.save(demo, viewer, question, report, "x")
    with pytest.raises(NotAllowedError):
        records.add_intervention(demo, viewer, "x", CHANGE)
    assert records.saved(demo) == records.interventions(demo) == []


def test_what_sales_brought_is_set_against_what_was_spent(demo):
    report = effects.analyse(demo, Question("sales", CHANGE))
    back = effects.earned_back(report, 10_000, 0.5)
    assert back.percent == pytest.approx(100 * (0.5 * report.effect.cumulative[0] / 10_000 - 1))
    with pytest.raises(ValueError, match="above zero"):
        effects.earned_back(report, 0, 0.5)


def posts(rows):
    frame = pd.DataFrame(rows).assign(date=lambda f: pd.to_datetime(f["date"]))
    return frame.reindex(columns=["date", "channel", "age_group", "campaign", "format", *POST_COUNTS])


def test_posts_become_weekly_rates_and_unknown_counts_stay_unknown():
    frame = posts(
        [
            {
                "date": "2026-03-02",
                "channel": "x",
                "impressions": 100,
                "likes": 4,
                "shares": 1,
                "clicks": 2,
                "spend": 5,
            },
            {"date": "2026-03-08", "channel": "y", "impressions": 300, "engagements": 15, "clicks": 2, "spend": 7},
            {"date": "2026-03-09", "channel": "x", "impressions": 50, "likes": 5},
            {"date": "2026-03-16", "channel": "x", "likes": 9},
        ]
    ).astype(dict.fromkeys(POST_COUNTS, float))
    rate = weekly(frame, "engagement of posts")
    assert [tuple(row) for row in rate[["value", "denominator"]].to_numpy()] == [(20, 400), (5, 50)]
    assert list(rate["date"].dt.strftime("%m-%d")) == ["03-02", "03-09"]
    assert list(weekly(frame, "spend on posts")["value"]) == [12]
    by_channel = weekly(frame, "click-through of posts", "channel")
    assert list(by_channel["segment"]) == ["x", "y"]


WRONG = {
    "future": (noisy(), {"on": TODAY + timedelta(days=30)}, "still to come"),
    "before the data": (noisy(), {"on": START - timedelta(days=90)}, "before the first week"),
    "on the first day": (noisy(), {"on": START}, "on the first week"),
    "on the last day": (noisy(), {"on": LAST_MONDAY - timedelta(days=1)}, "after it"),
    "all zero": (np.zeros(52), {}, "Every value is zero"),
    "constant": (np.full(52, 3.5), {}, "never moves"),
    "a negative rate": (noisy() - 1_000, {"kind": "rate"}, "cannot be below zero"),
    "three points": (noisy(3), {}, "Only 3 whole"),
    "settling for ever": (noisy(), {"washout_days": 5_000}, "settling time"),
    "settling past the data": (noisy(), {"washout_days": 300}, "settles until"),
    "no such metric": (noisy(), {"metric": "fame"}, "There are: score"),
    "not split": (noisy(), {"segment_kind": "age group", "segment": "18-24"}, "no segments at all"),
    "a segment of nothing": (noisy(), {"segment": "18-24"}, "kind of segment"),
    "itself as control": (noisy(), {"controls": ("score",)}, "the metric itself"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_asked_is_a_sentence(workspace, bring_in, case):
    values, asked, said = WRONG[case]
    bring_in(table(values), "metrics")
    question = Question(**{"metric": "score", "on": CHANGE, **asked})
    with pytest.raises(ValueError, match=said) as refused:
        effects.analyse(workspace, question)
    assert str(refused.value)[0].isupper() or str(refused.value).startswith("“")
    assert "Traceback" not in str(refused.value)


def test_unsorted_doubled_and_mixed_dates_are_mended_and_said(workspace, bring_in):
    frame = pd.read_csv(pd.io.common.StringIO(table(noisy())))
    days = [str(LAST_MONDAY - timedelta(days=d)) for d in range(1, 15)]
    daily = pd.DataFrame({"date": days, "metric": "score", "value": noisy(14, base=140)})
    bring_in(pd.concat([frame.sample(frac=1, random_state=1), daily]).to_csv(index=False), "metrics")
    report = effects.analyse(workspace, Question("score", CHANGE, kind="amount"))
    assert report.frequency == "week"
    assert "mixed" in {note.code for note in report.notes}


def test_missing_denominators_are_left_out_and_said(workspace, bring_in):
    below = [None if i % 10 == 3 else 50_000 for i in range(52)]
    bring_in(table(noisy(), denominator=below), "metrics")
    codes = {note.code for note in effects.analyse(workspace, Question("score", CHANGE)).notes}
    assert {"missing_denominators", "gaps"} <= codes


def test_of_two_files_that_overlap_the_later_one_is_believed(workspace, bring_in):
    bring_in(table(noisy()), "metrics")
    source = imports.listing(workspace)[0].source
    bring_in(table(noisy()[:30] + 5), "metrics", "correction.csv", source=source)
    metric = effects.find(workspace, "score")
    assert metric.n == 52
    values = effects.read(workspace, metric)["value"].to_numpy()
    assert values == pytest.approx(np.concatenate([noisy()[:30] + 5, noisy()[30:]]))


def segmented(names, n=52):
    parts = [
        pd.read_csv(pd.io.common.StringIO(table(noisy(n, seed=i), segment_kind="shop", segment=name)))
        for i, name in enumerate(names)
    ]
    return parts


def test_a_segment_with_three_points_is_too_few_to_tell_and_hurts_no_other(workspace, bring_in):
    parts = segmented(["north", "south", "east"])
    parts[2] = parts[2].iloc[:3]
    bring_in(pd.concat(parts).to_csv(index=False), "metrics")
    report = effects.by_segment(workspace, Question("score", CHANGE), "shop")
    assert {row.segment: row.answer for row in report.rows}["east"] == "too few to tell"
    assert report.tests == 2
    whole = effects.analyse(workspace, Question("score", CHANGE, kind="amount"))
    assert whole.effect.n_before == 26


def test_ten_thousand_segments_are_refused_in_a_sentence(workspace, bring_in):
    rows = "".join(f"{START + timedelta(weeks=w)},score,{i + w + 1},shop,S{i}\n" for i in range(10_000) for w in (0, 1))
    bring_in("date,metric,value,segment_kind,segment\n" + rows, "metrics")
    with pytest.raises(ImpactServiceError, match="10,000 segments by shop"):
        effects.by_segment(workspace, Question("score", CHANGE), "shop")


def test_old_numbers_are_told_apart_from_a_change_to_come(workspace, bring_in, monkeypatch):
    bring_in(table(noisy()), "metrics")

    class Later(date):
        @classmethod
        def today(cls):
            return TODAY + timedelta(days=60)

    monkeypatch.setattr(effects, "date", Later)
    with pytest.raises(ImpactServiceError, match="Bring in newer ones"):
        effects.analyse(workspace, Question("score", TODAY + timedelta(days=30)))


def test_a_control_is_counted_on_before_anything_is_measured(workspace, bring_in):
    season = np.exp(0.2 * np.random.default_rng(9).standard_normal(52))
    bring_in(table(noisy() * season), "metrics")
    bring_in(table(noisy(seed=3) * season).replace(",score,", ",elsewhere,"), "metrics", "control.csv")
    alone = effects.preflight(workspace, Question("score", CHANGE)).detectable
    against = effects.preflight(workspace, Question("score", CHANGE, controls=("elsewhere",))).detectable
    assert against < alone / 2
