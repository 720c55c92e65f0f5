"""No closed question is shown or judged that fewer people answered than the workspace's floor."""

import pytest

from analytics.asking.surveys import SurveyOrder
from dashboard.services.people import LOCAL_USER
from dashboard.services.surveys import items, waves
from dashboard.services.surveys.importing import bring_in

SCALE = ("Disagree", "Neutral", "Agree")


def survey(workspace, tmp_path, people, times=1):
    lines = [
        f"{wave},p{i},{SCALE[(i + n) % 3]},{('Shop', 'Web')[i % 2]}"
        for wave in ("May", "June")
        for i in range(people)
        for n in range(times)
    ]
    path = tmp_path / "s.csv"
    path.write_text("wave,respondent,It is easy to use,Where did you buy?\n" + "\n".join(lines) + "\n")
    return bring_in(
        workspace, LOCAL_USER, SurveyOrder(((path, path.name),), roles={"respondent": "respondent"}, basis="agreed")
    )


@pytest.mark.parametrize(("people", "times", "shown"), [(10, 1, True), (9, 1, False), (4, 5, False)])
def test_a_question_is_shown_where_enough_people_answered_however_often(workspace, tmp_path, people, times, shown):
    number = survey(workspace, tmp_path, people, times)
    for found in items.describe(workspace, number, "May"):
        assert bool(found.rows) is shown
        assert ("too few to show" in found.sentence) is not shown
    report = waves.compare(workspace, number, "May", "June")
    assert report.comparisons
    for one in report.comparisons:
        assert ("too few to tell" in one.sentence) is not shown
        assert bool(one.before or one.options) is shown


def test_the_floor_is_the_settings(workspace, tmp_path):
    object.__setattr__(workspace, "settings", workspace.settings.model_copy(update={"k_min_people": 25}))
    number = survey(workspace, tmp_path, 20)
    assert all(not found.rows for found in items.describe(workspace, number))
    assert all("too few" in one.sentence for one in waves.compare(workspace, number, "May", "June").comparisons)
