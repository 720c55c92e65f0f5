"""Content factors, A/B tests and costs."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analytics.impact.ab_tests import ab_tests
from analytics.impact.cost import analyse_costs, cost_per, return_on_investment
from analytics.impact.design import Intervention
from analytics.impact.errors import ImpactError
from analytics.impact.factors import clustered, content_factors
from analytics.impact.report import analyse
from tests.analytics.impact.made import weekly

FACTORS = ("personalised", "reviewed", "style_transfer")


def posts(n=400, effect=0.3, seed=0):
    rng = np.random.default_rng(seed)
    campaign = rng.integers(0, 40, n)
    table = pd.DataFrame(
        {
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 180, n), unit="D"),
            "channel": rng.choice(["instagram", "email", "x"], n),
            "format": rng.choice(["image", "video"], n),
            "campaign": campaign,
            "denominator": rng.integers(2000, 9000, n).astype(float),
        }
    )
    for factor in FACTORS:
        table[factor] = rng.random(n) < 0.5
    shared = 0.2 * rng.standard_normal(40)[campaign]
    rate = 0.03 * np.exp(np.log1p(effect) * table["personalised"] + 0.5 * (table["channel"] == "email") + shared)
    table["value"] = rng.poisson(rate * table["denominator"]).astype(float)
    return table


def test_a_planted_factor_is_found_and_called_an_association():
    report = content_factors(posts(), FACTORS, cluster="campaign")
    first, *others = report.rows
    assert first.low <= 30.0 <= first.high
    assert first.answer == "goes with higher rates"
    assert {r.answer for r in others} == {"no difference shown"}
    assert any("association, not proof" in n.text for n in report.notes)
    assert not any(n.code == "association" for n in content_factors(posts(), FACTORS, randomised=True).notes)


def test_factors_without_effect_are_rarely_claimed():
    claims = [
        any(r.p_holm < 0.05 for r in content_factors(posts(150, 0.0, s), FACTORS, cluster="campaign").rows)
        for s in range(100)
    ]
    assert np.mean(claims) <= 0.12


def test_clusters_of_one_give_the_hc2_errors():
    rng = np.random.default_rng(2)
    X = np.column_stack([rng.random(60) < 0.4, np.ones(60), rng.random(60)]).astype(float)
    y = X @ [0.5, 1.0, 2.0] + rng.standard_normal(60) * (1 + X[:, 0])
    beta, se, _ = clustered(y, X, np.arange(60), 1)
    fit = sm.OLS(y, X).fit(cov_type="HC2")
    assert beta[0] == pytest.approx(fit.params[0])
    assert se[0] == pytest.approx(fit.bse[0])


def test_two_groups_have_welchs_degrees_of_freedom_in_balance():
    # Equal groups, clusters of one: Bell-McCaffrey gives n - 2, the t test's own.
    X = np.column_stack([np.repeat([0.0, 1.0], 10), np.ones(20)])
    _, _, df = clustered(np.random.default_rng(1).standard_normal(20), X, np.arange(20), 1)
    assert df[0] == pytest.approx(18.0)


def test_rare_and_confounded_factors_are_too_few_to_tell():
    table = posts()
    table["rare"] = np.arange(len(table)) < 3
    table["email_only"] = table["channel"] == "email"
    report = content_factors(table, ["rare", "email_only"], cluster="campaign")
    assert [r.answer for r in report.rows] == ["too few to tell"] * 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.drop(columns="denominator"), "no column called denominator"),
        (lambda t: t.head(10), "at least 24"),
        (lambda t: t.assign(value=-1.0), "negative"),
        (lambda t: t.assign(reviewed="yes"), "yes or no"),
    ],
)
def test_posts_that_cannot_be_analysed_are_refused(change, sentence):
    with pytest.raises(ImpactError, match=sentence):
        content_factors(change(posts()), FACTORS)


def trial(lifts, seed=0, days=14, scatter=0.0):
    rng = np.random.default_rng(seed)
    rows = []
    for test, lift in enumerate(lifts):
        for variant, up in (("A", 0.0), ("B", lift)):
            for _ in range(days):
                rate = 0.04 * (1 + up) * np.exp(scatter * rng.standard_normal())
                rows.append((f"t{test}", variant, rng.binomial(3000, min(rate, 1)), 3000))
    return pd.DataFrame(rows, columns=["test", "variant", "clicks", "impressions"])


def test_a_randomised_lift_is_found_with_its_interval():
    report = ab_tests(trial([0.25, 0.0, 0.0], 1))
    first = report.rows[0]
    assert first.low <= 25.0 <= first.high
    assert first.answer == "B does better than A"
    assert all(r.p <= r.q <= r.p_holm for r in report.rows)


def test_extra_scatter_widens_the_interval_and_holds_false_alarms():
    assert ab_tests(trial([0.0], 3, scatter=0.4)).dispersion > 3
    claims = [ab_tests(trial([0.0, 0.0], s, scatter=0.3)).rows for s in range(100)]
    assert np.mean([any(r.p_holm < 0.05 for r in rows) for rows in claims]) <= 0.12


def test_single_rows_warn_and_few_clicks_cannot_tell():
    table = pd.DataFrame(
        {"test": "t", "variant": ["A", "B"], "clicks": [4, 9], "impressions": [100, 100]},
    )
    report = ab_tests(table)
    assert report.notes[0].code == "dispersion_unknown"
    assert report.rows[0].answer == "too few to tell"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.drop(columns="clicks"), "no column called clicks"),
        (lambda t: t.assign(clicks=t["impressions"] + 1), "more clicks than impressions"),
        (lambda t: t[t["variant"] == "A"], "nothing to compare"),
    ],
)
def test_trials_that_cannot_be_read_are_refused(change, sentence):
    with pytest.raises(ImpactError, match=sentence):
        ab_tests(change(trial([0.1])))


def test_cost_per_engagement_falls_when_engagement_rises():
    change = Intervention(date(2024, 7, 1))
    expenses = weekly(-0.2, 1, cv=0.03)
    report = analyse_costs(expenses, change, engagements=weekly(0.25, 2, cv=0.03))
    assert report.expenses.effect.low <= -20.0 <= report.expenses.effect.high
    assert report.per_engagement is not None
    assert report.per_engagement.effect.low <= 100 * (0.8 / 1.25 - 1) <= report.per_engagement.effect.high


def test_return_on_investment_carries_the_interval_of_the_sales():
    sales = analyse(weekly(0.2, 3, cv=0.02), date(2024, 7, 1), kind="amount")
    good = return_on_investment(sales, 500.0, margin=0.5)
    assert good.percent == pytest.approx(100 * (sales.effect.cumulative[0] * 0.5 - 500) / 500)
    assert good.low < good.percent < good.high
    assert good.sentence == "The change earned more than it cost."
    assert return_on_investment(sales, 1e6).sentence == "The change cost more than it earned."
    assert return_on_investment(sales, sales.effect.cumulative[0]).sentence.startswith("Cannot tell")
    with pytest.raises(ImpactError, match="above zero"):
        return_on_investment(sales, 0.0)
    with pytest.raises(ImpactError, match="margin"):
        return_on_investment(sales, 1.0, margin=40.0)


def test_posts_without_dates_hold_no_time_equal_and_say_so():
    report = content_factors(posts().assign(date=pd.NaT), FACTORS)
    assert report.clusters == report.n == 400
    assert "no_dates" in {note.code for note in report.notes}
    assert report.rows[0].low <= 30.0 <= report.rows[0].high


def test_posts_that_do_not_say_are_left_out_and_counted():
    table = posts().astype({"personalised": object})
    table.loc[:19, "personalised"] = None
    table.loc[20:29, "date"] = pd.NaT
    table.loc[30:34, "denominator"] = np.nan
    report = content_factors(table, FACTORS)
    assert report.n == 365
    said = [note.text for note in report.notes if note.code == "left_out"]
    assert [text.split()[0] for text in said] == ["5", "20", "10"]


def test_a_factor_that_came_with_a_date_is_called_a_before_and_after():
    table = posts()
    table["personalised"] = table["date"] >= "2024-04-01"
    late = [note for note in content_factors(table, FACTORS).notes if note.code == "one_after_other"]
    assert len(late) == 1
    assert "personalised" in late[0].text
    assert not any(note.code == "one_after_other" for note in content_factors(posts(), FACTORS).notes)


def test_variants_shown_unevenly_cast_doubt_on_the_assignment():
    fair, broken = trial([0.1, 0.0], 1), trial([0.1, 0.0], 1)
    broken.loc[(broken["test"] == "t0") & (broken["variant"] == "B"), "impressions"] = 3500
    assert "uneven" not in {note.code for note in ab_tests(fair).notes}
    note = next(note for note in ab_tests(broken).notes if note.code == "uneven")
    assert "In 1 of 2 tests" in note.text
    assert "“t0”" in note.text
    assert next((r.uneven, r.answer) for r in ab_tests(broken).rows) == (True, "cannot tell: shown unevenly")


def test_variants_are_told_apart_without_case_and_blanks():
    table = trial([0.25], 1)
    table["variant"] = ["Control", " CONTROL "] * 7 + ["New", "new "] * 7
    table["test"] = ["Spring", " spring"] * (len(table) // 2)
    (row,) = ab_tests(table, control="control").rows
    assert (row.test, row.variant, row.control) == ("Spring", "New", "Control")


def test_the_family_that_is_corrected_together_is_chosen():
    table = trial([0.25, 0.0, 0.0, 0.0], 1).assign(
        campaign=lambda t: t["test"].isin(["t0", "t1"]).map({True: "a", False: "b"})
    )
    found = {family: {r.test: r for r in ab_tests(table, family=family).rows} for family in ("test", "campaign", "all")}
    for family, size in (("test", 1), ("campaign", 2), ("all", 4)):
        first = found[family]["t0"]
        assert first.p_holm == pytest.approx(min(1, size * first.p))
        assert first.q <= first.p_holm
    said = next(n.text for n in ab_tests(table, family="campaign").notes if n.code == "corrected")
    assert said.startswith("Corrected within each campaign: 1 of 4 comparisons differ by Holm")
    with pytest.raises(ImpactError, match="no campaign"):
        ab_tests(trial([0.25], 1), family="campaign")
    with pytest.raises(ImpactError, match="several campaigns"):
        ab_tests(table.assign(campaign=["a", "b"] * (len(table) // 2)), family="campaign")


def test_cost_per_engagement_uses_the_coarser_rhythm_and_whole_periods():
    days = pd.DataFrame({"date": pd.date_range("2024-01-01", periods=364), "value": 10.0 + np.arange(364) % 5})
    weeks = weekly(0.0, 2)
    ratio = cost_per(weeks, days, as_of=date(2024, 12, 26))
    assert len(ratio) == 51  # the last week was not over yet
    assert ratio["value"].iloc[0] == pytest.approx(weeks["value"].iloc[0] / days["value"].iloc[:7].sum())
    with pytest.raises(ImpactError, match="share no week"):
        cost_per(weeks, weeks.assign(date=weeks["date"] + pd.Timedelta(weeks=80)))
    with pytest.raises(ImpactError, match="begin on different days"):
        cost_per(weeks, weeks.assign(date=weeks["date"] + pd.Timedelta(days=1)))
