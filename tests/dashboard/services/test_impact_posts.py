"""Content factors, A/B tests and costs, from imported posts and metrics to an answer."""

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.impact.ab_tests import ab_tests
from analytics.impact.errors import ImpactError
from analytics.impact.plain import ab_plain, factors_plain
from dashboard.demo import INTERVENTION_WEEKS, demo_files
from dashboard.services.impact import effects, posts
from dashboard.services.impact.effects import ImpactServiceError, Question
from dashboard.services.impact.posts import EACH_ROW

CHANGE = date.today() - timedelta(days=date.today().weekday(), weeks=INTERVENTION_WEEKS)
FOLDER = os.environ.get("DIGITAL_PERSONA_REAL_DATA")


def trial(lift=1.5, days=8, seed=0):
    rng = np.random.default_rng(seed)
    rows = [
        (f"T{test}", variant, f"{variant}{day}", 4_000, rng.binomial(4_000, 0.03 * (lift if variant == "new" else 1)))
        for test in range(3)
        for variant in ("old", "new")
        for day in range(days)
    ]
    return pd.DataFrame(rows, columns=["campaign", "wording", "post_id", "impressions", "clicks"])


@pytest.fixture
def demo(workspace, bring_in):
    files = demo_files()
    bring_in(files["metrics.csv"], "metrics", "metrics.csv")
    bring_in(files["posts.csv"], "posts", "posts.csv")
    return workspace


def test_the_yes_no_columns_of_posts_are_offered_as_factors(demo):
    known = posts.post_columns(demo)
    assert known.factors == ("personalised", "human_review", "style_transfer")
    assert known.variants[0] == EACH_ROW
    assert known.n == 208


def test_factors_of_the_demo_are_associations_and_only_clicks_go_with_one(demo):
    names = posts.post_columns(demo).factors
    report = posts.factors(demo, "click-through of posts", names)
    answers = {row.factor: row.answer for row in report.rows}
    assert answers["human_review"] == answers["style_transfer"] == "no difference shown"
    assert all(row.low < row.percent < row.high for row in report.rows)
    assert {"association", "one_after_other"} <= {note.code for note in report.notes}
    assert factors_plain(report)["n"] == 208


def test_posts_without_the_column_are_left_out_not_guessed(demo, bring_in):
    more = "post_id,channel,posted_at,impressions,clicks\nX1,x,2026-01-05,900,9\n"
    bring_in(more, "posts", "more.csv")
    report = posts.factors(demo, "click-through of posts", ("human_review",))
    assert report.n == 208
    assert any("1 post has no clear yes or no" in note.text for note in report.notes)


def test_a_named_variant_is_compared_with_the_control_and_corrected(workspace, bring_in):
    bring_in(trial().to_csv(index=False), "posts", "trial.csv")
    known = posts.post_columns(workspace)
    assert "campaign" in known.tests
    assert "wording" in known.variants
    report = posts.ab_tests(workspace, "campaign", "wording", control="old")
    assert [(row.variant, row.control) for row in report.rows] == [("new", "old")] * 3
    assert all(row.low <= 50 <= row.high for row in report.rows)
    assert all(row.answer == "new does better than old" for row in report.rows)
    first = ab_plain(report)["rows"][0]
    assert first["p_holm"] == min(row.p_holm for row in report.rows)


def test_each_row_can_be_a_variant_of_its_own(workspace, bring_in):
    bring_in(trial(days=1).to_csv(index=False), "posts", "trial.csv")
    rows = posts.ab_tests(workspace, "campaign").rows
    assert {(row.variant, row.control) for row in rows} == {("variant 2", "variant 1")}


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda w: posts.factors(w, "likes", ("human_review",)), "no rate of posts"),
        (lambda w: posts.factors(w, "engagement of posts", ()), "Choose one or more"),
        (lambda w: posts.factors(w, "engagement of posts", ("mood",)), "no column “mood”"),
        (lambda w: posts.factors(w, "engagement of posts", ("channel",)), "must say yes on some"),
        (lambda w: posts.ab_tests(w, "mood"), "no column “mood”"),
        (lambda w: posts.ab_tests(w, "post_key"), "nothing to compare"),
        (lambda w: effects.costs(w, Question("cost", CHANGE), "mood"), "no metric called “mood”"),
    ],
)
def test_what_cannot_be_asked_of_posts_is_a_sentence(demo, ask, said):
    with pytest.raises((ImpactServiceError, ImpactError), match=said):
        ask(demo)


def test_costs_fall_as_planted_and_more_so_per_engagement(demo):
    found = effects.costs(demo, Question("cost", CHANGE), "engagement")
    assert found.expenses.effect.low <= -14 <= found.expenses.effect.high
    planted = 100 * (0.86 / 1.18 - 1)
    assert found.per_engagement.effect.low <= planted <= found.per_engagement.effect.high
    assert effects.costs(demo, Question("cost", CHANGE)).per_engagement is None


def test_other_methods_are_told_beside_ours(demo):
    methods = [row.method for row in effects.other_methods(demo, Question("engagement", CHANGE))]
    assert methods[1] == "Newey-West"
    assert methods[-1] == "Quasi-Poisson"


@pytest.mark.realdata
@pytest.mark.skipif(not FOLDER, reason="DIGITAL_PERSONA_REAL_DATA does not name the folder of real data")
def test_the_weeks_in_which_a_real_archive_lost_its_randomisation_are_noticed():
    table = pd.read_parquet(Path(str(FOLDER)) / "posts" / "upworthy_ab_tests.parquet")
    table = table.rename(columns={"clickability_test_id": "test"})
    table["variant"] = table.groupby("test").cumcount()
    broken = table["test_week"].between(201325, 201402)
    doubt, trust = (
        next(note.text for note in ab_tests(table[part]).notes if note.code == "uneven") for part in (broken, ~broken)
    )
    assert doubt.startswith("In 324 of 636 tests")
    assert trust.startswith("In 1 of 2294 tests")
