"""What is wrong with a survey is said in plain sentences."""

import pandas as pd
import pytest

from analytics.surveys import Settled, SurveyError, check_quality, compare_waves, read_survey
from analytics.surveys.quality import straight_liners, two_waves

FIVE = ["1", "2", "3", "4", "5"]


def test_straight_lines_are_counted_over_blocks_of_one_scale():
    frame = pd.DataFrame({f"Q{k}": [*FIVE, "3", "4"] if k % 2 else [*FIVE[::-1], "3", "4"] for k in range(4)})
    rows, judged = straight_liners(read_survey(frame))
    assert rows == (2, 5, 6)
    assert judged == 7
    assert straight_liners(read_survey(frame[["Q0", "Q1", "Q2"]])) == ((), 0)


def test_a_respondent_twice_counts_once():
    people = [f"p{k}" for k in range(40)]
    frame = pd.DataFrame(
        {
            "respondent_id": [*people, "p0", *(f"q{k}" for k in range(40))],
            "wave": ["before"] * 41 + ["after"] * 40,
            "Q": ["1", "2", "3", "4"] * 10 + ["5"] + FIVE * 8,
        }
    )
    kept = read_survey(frame, settled=Settled(rows={"repeated": True}))
    assert check_quality(kept).twice == ("p0",)
    for report in (compare_waves(kept), compare_waves(frame)):
        assert report.n_before == 40
        assert report.comparisons[0].before.counts[4] == 0
    assert "1 row is by somebody who answered more than once and was left out." in report.warnings


def test_one_wave_missing_is_said():
    frame = pd.DataFrame({"wave": ["before"] * 20, "Q": FIVE * 4})
    with pytest.raises(SurveyError, match='only the wave "before"'):
        compare_waves(frame)
    with pytest.raises(SurveyError, match="No column says which wave"):
        compare_waves(frame[["Q"]])


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["after", "before"], ("before", "after")),
        (["Post-test", "Pre-test"], ("Pre-test", "Post-test")),
        (["2", "1"], ("1", "2")),
        (["10", "9"], ("9", "10")),
        (["Wave 2", "Wave 1"], ("Wave 1", "Wave 2")),
    ],
)
def test_waves_are_put_in_time(names, found):
    assert two_waves(pd.Series(names)) == found


def test_more_than_two_waves_are_picked_by_name():
    waves = pd.Series(["1", "2", "3"])
    with pytest.raises(SurveyError, match="3 waves"):
        two_waves(waves)
    assert two_waves(waves, "1", "3") == ("1", "3")
    with pytest.raises(SurveyError, match='No answer belongs to the wave "9"'):
        two_waves(waves, "9")
    with pytest.raises(SurveyError, match="same wave"):
        two_waves(waves, "1", "1")
    assert two_waves(pd.Series(["x", "y"]), after="x") == ("y", "x")


def test_gaps_identical_answers_and_empty_rows_are_said():
    frame = pd.DataFrame(
        {
            "wave": ["before"] * 50 + ["after"] * 50,
            "Q1": ["4"] * 100,
            "Q2": (FIVE * 10) + [None] * 30 + FIVE * 4,
        }
    )
    frame.loc[99, ["Q1", "Q2"]] = None
    quality = check_quality(read_survey(frame))
    assert quality.identical == ("Q1",)
    assert quality.empty_rows == 1
    text = " ".join(quality.warnings)
    assert 'Everybody gave the same answer to "Q1"' in text
    assert 'left "Q2" out' in text
    assert "more often in one wave" in text
    gap = next(g for g in quality.non_response if g.key == "Q2")
    assert gap.by_wave["before"].value == 0
    assert gap.by_wave["after"].value == pytest.approx(31 / 50)
