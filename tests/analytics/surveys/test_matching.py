"""Two waves in two files: renamed questions are offered, other scales refused."""

import pandas as pd
import pytest

from analytics.surveys import SurveyError, compare_waves, join_waves, match_items, read_survey, split_by_date

FIVE = ["1", "2", "3", "4", "5"]
SEVEN = [*FIVE, "6", "7"]


def survey(**columns):
    return read_survey(pd.DataFrame(columns))


def test_same_questions_match_surely_and_renamed_ones_are_offered():
    before = survey(
        **{"The posts feel relevant to me": FIVE * 6, "I enjoy the posts": FIVE * 6, "Gone": ["a", "b"] * 15}
    )
    after = survey(**{"The posts felt relevant to me": FIVE * 6, "I enjoy the posts": FIVE * 6})
    found = {m.before: m for m in match_items(before.items, after.items)}
    assert found["I enjoy the posts"].sure
    renamed = found["The posts feel relevant to me"]
    assert renamed.after == "The posts felt relevant to me"
    assert not renamed.sure
    assert renamed.sentence.startswith("Is ")
    assert found["Gone"].after == ""


def test_five_and_seven_points_are_refused_in_two_files():
    before, after = survey(Q=FIVE * 8), survey(Q=SEVEN * 8)
    (match,) = match_items(before.items, after.items)
    assert not match.sure
    assert "5 points before and 7 after" in match.problem
    with pytest.raises(SurveyError, match="different scales cannot be compared"):
        join_waves(before, after, confirmed={"Q": "Q"})


def test_five_and_seven_points_are_refused_in_one_file_unless_the_scale_is_given():
    frame = pd.DataFrame({"wave": ["before"] * 100 + ["after"] * 105, "Q": FIVE * 20 + SEVEN * 15})
    report = compare_waves(frame)
    assert report.comparisons == ()
    assert "5 points before and 7 after" in report.not_compared[0]
    with pytest.raises(SurveyError, match="5 points before"):
        compare_waves(frame, items=["Q"])
    assert len(compare_waves(frame, orders={"Q": SEVEN}).comparisons) == 1


def test_one_point_nobody_chose_is_no_other_scale():
    frame = pd.DataFrame({"wave": ["before"] * 80 + ["after"] * 100, "Q": ["1", "2", "3", "4"] * 20 + FIVE * 20})
    assert len(compare_waves(frame).comparisons) == 1


def test_joined_waves_compare_a_renamed_question():
    before, after = survey(**{"I like it": FIVE * 10}), survey(**{"I liked it": ["4", "5"] * 25})
    frame = join_waves(before, after, confirmed={"I like it": "I liked it"})
    report = compare_waves(frame)
    (found,) = report.comparisons
    assert found.verdict == "higher"
    assert report.n_before == report.n_after == 50


def test_waves_can_be_told_apart_by_date():
    days = ["2024-05-01"] * 40 + ["2024-06-01 10:00"] * 40 + ["soon"] * 2
    found = split_by_date(survey(date=days, Q=FIVE * 8 + ["4", "5"] * 20 + ["1", "1"]), "2024-06-01")
    report = compare_waves(found)
    assert (report.before, report.after, report.n_before, report.n_after) == ("before", "after", 40, 40)
    assert any("2 answers have no readable date" in w for w in report.warnings)
    with pytest.raises(SurveyError, match="is no date"):
        split_by_date(found, "June")
    with pytest.raises(SurveyError, match="No column says when"):
        split_by_date(survey(Q=FIVE * 8), "2024-06-01")


def test_a_panel_of_five_waves_keeps_its_respondent_column():
    frame = pd.DataFrame(
        {"respondent_id": [f"p{k % 10}" for k in range(50)], "wave": [str(k // 10) for k in range(50)]}
    )
    assert read_survey(frame.assign(Q=FIVE * 10)).roles["respondent"] == "respondent_id"
