"""``digital-persona impact`` from the command line."""

import json
from datetime import date, timedelta

import pytest

from dashboard import cli
from dashboard.demo import INTERVENTION_WEEKS, PLANTED, demo_files

CHANGE = date.today() - timedelta(days=date.today().weekday(), weeks=INTERVENTION_WEEKS)


@pytest.fixture
def answer(workspace, bring_in, capsys):
    bring_in(demo_files()["metrics.csv"], "metrics", "metrics.csv")

    def run(*words, as_json=True):
        capsys.readouterr()
        cli.run(["--workspace", str(workspace.folder), *(["--json"] if as_json else []), "impact", *words])
        printed = capsys.readouterr().out
        return json.loads(printed) if as_json else printed

    return run


def test_metrics_lists_what_can_be_measured(answer):
    assert {m["metric"]: m["kind"] for m in answer("metrics")}["engagement"] == "rate"


def test_analyse_answers_with_numbers_and_keeps_them(answer):
    found = answer("analyse", "sales", "--on", str(CHANGE), "--save", "New posts")
    assert found["verdict"] == "effect found"
    assert found["effect"]["low"] <= 100 * PLANTED["sales"] <= found["effect"]["high"]
    assert found["effect_id"] == 1
    said = answer("analyse", "sales", "--on", str(CHANGE), as_json=False)
    assert said.startswith("Effect found: sales rose by")
    assert "n=26 weeks before and 26 after" in said


def test_plan_says_how_long_to_wait(answer):
    waits = {w["periods"]: w["detectable"] for w in answer("plan", "sales")["waits"]}
    for target in (min(waits.values()) + 0.01, 25.0, 30.0):  # the first wait that shows it, whatever day it is today
        first = next(periods for periods, smallest in waits.items() if smallest <= target)
        assert answer("plan", "sales", "--target", str(target))["needed"] == first
    assert answer("plan", "sales", "--target", str(min(waits.values()) - 0.01))["needed"] is None
    assert answer("plan", "sales", "--target", "30", as_json=False).startswith("Wait ")
    assert answer("plan", "sales", "--target", "1", as_json=False).startswith("Even ")


def test_plan_and_segments_take_a_stated_shape(answer):
    until = str(CHANGE + timedelta(days=27))
    burst = answer("plan", "sales", "--on", str(CHANGE), "--shape", "burst", "--until", until)
    step = answer("plan", "sales", "--on", str(CHANGE))
    assert burst["waits"][-1]["detectable"] != step["waits"][-1]["detectable"]
    sloped = answer("segments", "engagement", "--on", str(CHANGE), "--by", "age group", "--shape", "slope")
    plain = answer("segments", "engagement", "--on", str(CHANGE), "--by", "age group")
    assert sloped["rows"][0]["own"] != plain["rows"][0]["own"]
    few = answer(
        "segments", "engagement", "--on", str(CHANGE), "--by", "age group", "--shape", "burst", "--until", until
    )
    assert few["rows"][0]["n_after"] == 4


def test_a_change_is_noted_with_the_shape_that_is_expected(answer):
    answer("note", "Price cut", "--on", str(CHANGE), "--shape", "ramp", "--ramp-days", "28")
    assert answer("changes")[0]["shape"] == {"kind": "ramp", "until": None, "ramp_days": 28}
    for words, said in (
        (("--shape", "wave"), "no shape of an effect"),
        (("--shape", "burst"), "needs its last day"),
        (("--shape", "burst", "--until", str(CHANGE - timedelta(days=1))), "before the change"),
        (("--shape", "ramp"), "needs the days"),
    ):
        with pytest.raises(ValueError, match=said):
            answer("note", "Price cut", "--on", str(CHANGE), *words)
    assert len(answer("changes")) == 1


def test_segments_names_who_gains_more(answer):
    found = answer("segments", "engagement", "--on", str(CHANGE), "--by", "age group")
    assert {r["segment"] for r in found["rows"] if r["answer"] == "gains more"} == {"18-24"}
    assert found["tests"] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("analyse", "fame", "--on", "2026-01-05"), "no metric called"),
        (("analyse", "sales", "--on", "2026-05-18", "--kind", "colour"), "no kind of number"),
        (("segments", "sales", "--on", "2026-05-18", "--by", "age group"), "not split by age group"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(answer, words, said):
    with pytest.raises(ValueError, match=said):
        answer(*words)


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        cli.app(["impact", "analyse", "--help"])
    assert "digital-persona impact analyse engagement" in capsys.readouterr().out


def test_costs_and_return_are_told_together(answer):
    words = ["cost", "--on", str(CHANGE), "--per", "engagement", "--income", "sales", "--spent", "30000"]
    found = answer("costs", *words)
    assert [cost["verdict"] for cost in found["costs"]] == ["effect found", "effect found"]
    assert found["income"]["verdict"] == "effect found"
    assert found["return"]["low"] < found["return"]["percent"] < found["return"]["high"]
    said = answer("costs", *words, as_json=False)
    assert "Cost per engagement fell by" in said
    assert "Return: " in said


def test_no_return_is_printed_where_the_income_has_no_verdict(answer):
    late = str(CHANGE + timedelta(weeks=INTERVENTION_WEEKS - 3))
    words = ["cost", "--on", late, "--income", "sales", "--spent", "3000"]
    found = answer("costs", *words)
    assert found["income"]["verdict"] == "cannot tell"
    assert found["return"] is None
    said = answer("costs", *words, as_json=False)
    assert "No return is told" in said
    assert "Return: " not in said


def test_the_shape_is_stated_before_the_look(answer):
    day = str(CHANGE)
    burst = answer("analyse", "sales", "--on", day, "--shape", "burst", "--until", str(CHANGE + timedelta(days=55)))
    assert (burst["shape"], burst["effect"]["n_after"]) == ("burst", 8)
    assert answer("analyse", "sales", "--on", day, "--shape", "slope")["effect"]["shape"] == "slope"
    ramp = answer("analyse", "sales", "--on", day, "--shape", "ramp", "--ramp-days", "28", as_json=False)
    assert "rise to a lasting level" in ramp
    for words, said in (
        (["--shape", "burst"], "needs its last day"),
        (["--shape", "wave"], "no shape of an effect"),
        (["--shape", "burst", "--until", "2001-01-01"], "before the change"),
    ):
        with pytest.raises(ValueError, match=said):
            answer("analyse", "sales", "--on", day, *words)


def test_factors_and_tests_of_posts_are_told(answer, bring_in):
    bring_in(demo_files()["posts.csv"], "posts", "posts.csv")
    found = answer("factors", "--of", "click-through of posts", "--factor", "human_review")
    assert found["rows"][0]["answer"] == "no difference shown"
    assert "association, not proof" in answer("factors", as_json=False)
    trial = "campaign,wording,impressions,clicks\n" + "".join(
        f"T,{w},4000,{n}\n" for w, n in [("old", 120), ("new", 190)] * 4
    )
    bring_in(trial, "posts", "trial.csv")
    rows = answer("ab", "--test", "campaign", "--variant", "wording", "--control", "old")["rows"]
    assert [row["answer"] for row in rows] == ["new does better than old"]
    assert "new does better" in " ".join(
        answer("ab", "--test", "campaign", "--variant", "wording", as_json=False).split()
    )


def test_other_methods_and_short_series_are_told(answer):
    assert len(answer("analyse", "engagement", "--on", str(CHANGE), "--others")["other_methods"]) == 5
    assert "known weakness" in answer("analyse", "sales", "--on", str(CHANGE), "--others", as_json=False)
    late = CHANGE + timedelta(weeks=INTERVENTION_WEEKS - 5)
    said = answer("analyse", "sales", "--on", str(late), as_json=False)
    assert "Cannot tell: there are" in said
    assert "Effect:" not in said


def test_another_change_is_noted_listed_and_allowed_for(answer):
    later = str(CHANGE + timedelta(weeks=13))
    assert answer("note", "Price cut", "--on", later) == {"change_id": 1}
    assert [(c["name"], c["on"]) for c in answer("changes")] == [("Price cut", later)]
    alone = answer("analyse", "sales", "--on", str(CHANGE))["effect"]
    held = answer("analyse", "sales", "--on", str(CHANGE), "--held", "1")["effect"]
    assert held["high"] - held["low"] > alone["high"] - alone["low"]
