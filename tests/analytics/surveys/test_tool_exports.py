"""Exports as survey tools write them: tick columns and their base, end labels, rows and columns that are no answers."""

import pandas as pd
import pytest

from analytics.surveys import Settled, codes, compare_waves, net_promoter, read_survey
from analytics.surveys.choices import chosen
from analytics.surveys.numbered import Numbered, numbered, numbers_of

AGREE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
FOLLOW = "Which channels do you follow?"


def ticks(tick, other, every, n=40):
    return [tick if k % every == 0 else other for k in range(n)]


def with_scale(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({**columns, "The posts are useful": [AGREE[k % 5] for k in range(n)]})


def shares(survey, key):
    options, saw = chosen(survey.frame, survey.item(key))
    return {name: round(float(options[name][saw].mean()), 4) for name in options}, int(saw.sum())


@pytest.mark.parametrize(
    ("names", "marks", "key"),
    [
        (("Instagram", "Facebook"), [("1", None), ("1", None)], "Instagram / Facebook"),
        (("Instagram", "Facebook"), [("Y", None), ("Y", None)], "Instagram / Facebook"),
        (("Instagram", "Facebook"), [("Instagram", None), ("Facebook", None)], "Instagram / Facebook"),
        (("Instagram", "Facebook"), [("TRUE", "FALSE"), ("TRUE", "FALSE")], "Instagram / Facebook"),
        (("Instagram", "Facebook"), [("Selected", "Not Selected")] * 2, "Instagram / Facebook"),
        ((f"{FOLLOW} [Instagram]", f"{FOLLOW} [Facebook]"), [("Yes", "No")] * 2, FOLLOW),
        (("Q5[SQ001]", "Q5[SQ002]"), [("Y", None)] * 2, "Q5"),
        (("Q5_1", "Q5_2"), [("Instagram", None), ("Facebook", None)], "Q5"),
        (("Q5_1", "Q5_2"), [("1", "-99")] * 2, "Q5"),
        (
            (f"{FOLLOW} - Selected Choice - Instagram", f"{FOLLOW} - Selected Choice - Facebook"),
            [("1", None)] * 2,
            FOLLOW,
        ),
        ((f"Instagram:{FOLLOW}", f"Facebook:{FOLLOW}"), [("Instagram", None), ("Facebook", None)], FOLLOW),
    ],
)
def test_ticks_of_every_tool_are_one_question_of_everybody_who_saw_it(names, marks, key):
    frame = with_scale(
        **{names[0]: ticks(*marks[0], every=4), names[1]: ticks(*marks[1], every=10)},
    )
    survey = read_survey(frame)
    assert [i.kind for i in survey.items] == ["multi", "likert"]
    found, base = shares(survey, key)
    assert base == 40
    assert list(found.values()) == [0.25, 0.1]


def test_a_lone_tick_column_is_a_share_of_all():
    frame = with_scale(**{"Waiting time": ticks("Waiting time", None, every=5)})
    found, base = shares(read_survey(frame), "Waiting time")
    assert (found, base) == ({"Waiting time": 0.2}, 40)
    alone = read_survey(
        pd.DataFrame({"Respondent ID": [f"p{k}" for k in range(40)], "Food": ticks("1", None, every=8)})
    )
    assert shares(alone, "Food") == ({"Food": 0.125}, 40)


def test_who_was_led_past_a_question_or_stopped_before_it_did_not_see_it():
    asked = ["Yes"] * 30 + ["No"] * 20
    instagram = [("Instagram" if k % 3 else None) for k in range(30)] + [None] * 20
    facebook = [("Facebook" if k % 3 == 0 or k % 2 else None) for k in range(30)] + [None] * 20
    later = [AGREE[k % 5] for k in range(50)]
    frame = pd.DataFrame({"Do you follow us?": asked, "Instagram": instagram, "Facebook": facebook, "Useful": later})
    survey = read_survey(frame)
    assert shares(survey, "Instagram / Facebook")[1] == 30
    assert any("20 who answered “No” to “Do you follow us?”" in note for note in survey.notes)
    told = read_survey(frame, settled=Settled(everybody=("Instagram / Facebook",)))
    assert shares(told, "Instagram / Facebook")[1] == 50
    stopped = with_scale(Instagram=ticks("1", None, every=2), Facebook=ticks("1", None, every=4))
    stopped.loc[[1, 3, 5], "The posts are useful"] = None
    found = read_survey(stopped.assign(Sex=["f" if k % 3 else "m" for k in range(40)])[["Sex", *stopped.columns]])
    assert shares(found, "Instagram / Facebook")[1] == 37


def test_content_people_who_tick_no_complaint_still_saw_the_question():
    rating = [AGREE[4]] * 60 + [AGREE[0]] * 20
    complaint = [None] * 60 + ["1", None] * 10
    frame = pd.DataFrame({"I was treated well": rating, "Noise": complaint, "Food": complaint[::-1]})
    frame["Food"] = complaint
    assert shares(read_survey(frame), "Noise / Food")[1] == 80


def test_yes_no_questions_and_grids_are_no_ticks():
    frame = with_scale(**{"Do you own a car?": ticks("TRUE", "FALSE", 3), "Do you rent?": ticks("TRUE", "FALSE", 4)})
    assert [i.kind for i in read_survey(frame).items] == ["single", "single", "likert"]
    grid = with_scale(**{"Rate [Shop]": ["Good"] * 40, "Rate [Site]": ["Good"] * 39 + [None]})
    assert all(len(i.columns) == 1 for i in read_survey(grid).items)


@pytest.mark.parametrize(
    ("label", "number", "words"),
    [
        ("10 - Extremely likely", 10, "Extremely likely"),
        ("10=Extremely likely", 10, "Extremely likely"),
        ("10 – Extremely likely", 10, "Extremely likely"),
        ("10—Extremely likely", 10, "Extremely likely"),
        ("0 (Not at all likely)", 0, "Not at all likely"),
        ("Extremely likely - 10", 10, "Extremely likely"),
        ("Extremely likely (10)", 10, "Extremely likely"),
        ("5 = Strongly agree", 5, "Strongly agree"),
        ("10.0", 10, ""),
        ("10: sehr wahrscheinlich", 10, "sehr wahrscheinlich"),
    ],
)
def test_end_labels_keep_their_number(label, number, words):
    assert numbered(label) == Numbered(number, words)


@pytest.mark.parametrize("label", ["18-24", "3.5", "$5", "ten", "50%", "2024-05-01", "x" * 5000])
def test_other_labels_carry_no_number(label):
    assert numbered(label) is None


def test_numbered_names_are_no_scale():
    assert numbers_of(["Shop 1", "Shop 2", "Shop 3"]) is None
    assert numbers_of(["Shop - 1", "Shop - 2"]) is None


@pytest.mark.parametrize("end", ["10 - Extremely likely", "10=", "10 – Extremely likely", "Extremely likely - 10"])
def test_promoters_at_the_end_of_the_scale_are_counted(end):
    scores = ["0 (Not at all likely)", "6", "8", "9", end] * 8
    item = read_survey(pd.DataFrame({"How likely are you to recommend us?": scores})).items[0]
    found = net_promoter(codes(pd.Series(scores, dtype=object), item))
    assert (item.kind, found.n, found.value) == ("recommend", 40, 0)


def test_a_scale_whose_first_number_is_best_is_turned_round():
    values = ["1 = Strongly agree", "2", "3", "4", "5 = Strongly disagree"] * 4
    item = read_survey(pd.DataFrame({"Q": values})).items[0]
    assert item.labels[-1] == "1 = Strongly agree"
    assert list(codes(pd.Series(values[:5], dtype=object), item)) == [5, 4, 3, 2, 1]


def qualtrics(rows):
    head = [
        ["Response Type", "Finished", "Response ID", "Useful?", "Score", "Anything else?"],
        [f'{{"ImportId":"{x}"}}' for x in ("status", "finished", "_recordId", "QID1", "SC_0", "QID2_TEXT")],
    ]
    return pd.DataFrame([*head, *rows], columns=["Status", "Finished", "ResponseId", "Q1", "SC0", "Q2"])


def test_previews_unfinished_and_repeated_rows_are_left_out_with_their_count():
    rows = [["IP Address", "True", f"R_{k}", AGREE[k % 5], str(k), "fine"] for k in range(20)]
    rows += [
        ["Survey Preview", "True", "R_90", "Agree", "1", None],
        ["Survey Test", "False", "R_91", "Agree", "1", None],
    ]
    rows += [["IP Address", "False", "R_92", "Agree", "2", None], ["IP Address", "True", "R_3", "Agree", "3", None]]
    survey = read_survey(qualtrics(rows))
    assert len(survey.frame) == 20
    assert [(i.key, i.kind) for i in survey.items] == [("Useful?", "likert"), ("Anything else?", "open")]
    said = " ".join(survey.notes)
    for part in ("2 rows were previews, tests or spam", "1 row was not finished", "1 row is by somebody who answered"):
        assert part in said
    kept = read_survey(qualtrics(rows), settled=Settled(rows={"unfinished": True}))
    assert len(kept.frame) == 21
    assert "kept, as you said" in " ".join(kept.notes)


@pytest.mark.parametrize(
    ("column", "done", "open_"),
    [("Status", "Complete", "Partial"), ("Response Type", "completed", "partial"), ("Finished", "1", "0")],
)
def test_each_tool_says_unfinished_in_its_own_words(column, done, open_):
    frame = with_scale(**{column: [done] * 30 + [open_] * 10})
    survey = read_survey(frame)
    assert (len(survey.frame), [i.kind for i in survey.items]) == (30, ["likert"])


def test_a_limesurvey_row_without_a_date_of_submission_is_not_finished():
    dates = ["2024-05-01 10:00:00"] * 38 + [None] * 2
    frame = with_scale(
        **{"Date submitted": dates, "Last page": ["3"] * 40, "Seed": [str(10**8 + k) for k in range(40)]}
    )
    assert (len(read_survey(frame).frame), len(read_survey(frame).items)) == (38, 1)


def test_two_people_who_answered_alike_on_one_day_are_two():
    frame = pd.DataFrame({"date": ["2024-05-01"] * 40, "Q": list("12345") * 8})
    assert len(read_survey(frame).frame) == 40


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("utm_source", ["google", "meta"] * 20),
        ("Duration (in seconds)", [str(100 + k) for k in range(40)]),
        ("Total points", [str(k % 7) for k in range(40)]),
        ("Q2_NPS_GROUP", ["Promoter", "Passive"] * 20),
        ("Order number", [str(1000 + k) for k in range(40)]),
        ("Postcode", [str(2000 + k) for k in range(40)]),
        ("Loyalty", [f"{k:08d}" for k in range(40)]),
        ("When", [f"2024-05-{k % 28 + 1:02d} 10:00" for k in range(40)]),
        ("Contact", [f"p{k}@example.org" for k in range(40)]),
        ("Address used", [f"192.0.2.{k}" for k in range(40)]),
    ],
)
def test_what_the_tool_writes_is_no_question(name, values):
    survey = read_survey(with_scale(**{name: values}))
    assert [i.key for i in survey.items] == ["The posts are useful"]
    assert [x.column for x in survey.left_out] == [name]
    assert name in [i.key for i in read_survey(with_scale(**{name: values}), settled=Settled(keep=(name,))).items]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Quality", ["Poor", "Fair", "Good", "Excellent"] * 10),
        ("Status", ["single", "married"] * 20),
        ("Platform", ["Instagram", "TikTok"] * 20),
        ("How many visits?", [str(k % 9) for k in range(40)]),
        ("Spend", [str(20000 + 37 * (k % 30)) for k in range(40)]),
    ],
)
def test_a_question_that_only_sounds_like_metadata_stays(name, values):
    assert name in [i.key for i in read_survey(with_scale(**{name: values})).items]


def incomes(code, heading="Income", n=30):
    return pd.DataFrame({heading: [str(1500 + 50 * k) for k in range(n)] + [code] * 10})


def test_codes_that_the_heading_names_are_missing():
    for heading in ("Income (-99 = no answer)", "Income; don't know = -99", "Income -99: refused"):
        survey = read_survey(incomes("-99", heading))
        assert survey.frame[heading].notna().sum() == 30
        assert any("as the file says" in note for note in survey.notes)


@pytest.mark.parametrize("code", ["-99", "-9", "99999", "9999"])
def test_what_looks_like_a_code_is_asked_and_left_out_until_then(code):
    survey = read_survey(incomes(code))
    assert survey.frame["Income"].notna().sum() == 30
    assert any(f'does {code} mean "no answer"?' in note for note in survey.notes)
    assert read_survey(incomes(code), settled=Settled(missing={"Income": ()})).frame["Income"].notna().sum() == 40


@pytest.mark.parametrize("label", ["99 - Don't know", "99 = weiß nicht", "98 (Prefer not to say)", "No answer - 99"])
def test_a_code_whose_label_says_no_answer_is_missing(label):
    survey = read_survey(pd.DataFrame({"Q": ["1 - sehr schlecht", "2", "3", "4", "5 – sehr gut", label] * 8}))
    assert (survey.item("Q").points, survey.item("Q").n) == (5, 40)
    assert any("8 answers of" in note for note in survey.notes)


def test_codes_on_a_scale_do_not_lengthen_it():
    for codes_ in (["9"], ["99"], ["98", "99"], ["-1"]):
        survey = read_survey(pd.DataFrame({"Q": list("12345") * 8 + codes_ * 3}))
        assert survey.item("Q").labels == tuple("12345")
    full = read_survey(pd.DataFrame({"Overall": [str(k) for k in range(11)] * 4}))
    assert (full.item("Overall").points, full.notes) == (11, ())
    ages = read_survey(pd.DataFrame({"Years": [str(18 + k) for k in range(72)]}))
    assert ages.notes == ()


def test_a_person_names_codes_for_one_question_or_all():
    frame = incomes("777").assign(Other=["5", "6", "12", "777"] * 10)
    one = read_survey(frame, settled=Settled(missing={"Income": ("777",)}))
    assert (one.frame["Income"].notna().sum(), one.frame["Other"].notna().sum()) == (30, 30)
    every = read_survey(frame, settled=Settled(missing={"*": ("777",)}))
    assert (every.frame["Income"].notna().sum(), every.frame["Other"].notna().sum()) == (30, 30)
    assert sum("as you said" in note for note in every.notes) == 2


def test_a_comma_inside_an_option_separates_nothing():
    google = ["Books, films and music", "Games", "Books, films and music, Games", "Toys (wood, cloth), Games"] * 5
    item = read_survey(pd.DataFrame({"What do you buy?": google})).items[0]
    assert set(item.labels) == {"Books, films and music", "Games", "Toys (wood, cloth)"}
    options, saw = chosen(pd.DataFrame({"What do you buy?": google}), item)
    assert {k: float(options[k][saw].mean()) for k in options} == {
        "Books, films and music": 0.5,
        "Games": 0.75,
        "Toys (wood, cloth)": 0.25,
    }
    tight = ["Books, films,Games", "Games", "Books, films", "Games,Toys"] * 5
    assert set(read_survey(pd.DataFrame({"Q": tight})).items[0].labels) == {"Books, films", "Games", "Toys"}


def test_named_options_are_found_as_they_are():
    cells = ["A, B, C", "A, B", "C", "D, C"] * 5
    item = read_survey(pd.DataFrame({"Q": cells}), settled=Settled(options={"Q": ("A, B", "C", "D")})).items[0]
    options, _ = chosen(pd.DataFrame({"Q": cells}), item)
    assert options.sum().to_dict() == {"A, B": 10, "C": 15, "D": 5}


def test_a_channel_that_hardly_moved_is_not_said_to_have_fallen():
    def wave(n, instagram, facebook):
        return pd.DataFrame(
            {
                "Instagram": ["1" if k < instagram else None for k in range(n)],
                "Facebook": ["1" if n - k <= facebook else None for k in range(n)],
                "Useful": [AGREE[k % 5] for k in range(n)],
            }
        )

    frame = pd.concat([wave(200, 60, 20).assign(wave="before"), wave(200, 53, 90).assign(wave="after")])
    report = compare_waves(frame)
    change = next(o for c in report.comparisons for o in c.options if o.label == "Instagram")
    assert round(100 * change.difference.value, 1) == -3.5


def test_the_share_of_the_top_two_answers_is_in_the_text_of_each_wave():
    before, after = [AGREE[1]] * 80 + [AGREE[3]] * 120, [AGREE[1]] * 40 + [AGREE[3]] * 100 + [AGREE[4]] * 60
    frame = pd.DataFrame({"wave": ["before"] * 200 + ["after"] * 200, "Useful": [*before, *after]})
    (found,) = compare_waves(frame, orders={"Useful": AGREE}).comparisons
    assert '("Agree" or "Strongly agree"): 60.0% [53.1, 66.5] of 200 before, 80.0% [73.9, 85.0] of 200 after' in (
        found.sentence
    )


def test_answers_that_are_no_number_are_said_with_their_count():
    survey = read_survey(pd.DataFrame({"Hours": [str(k / 2) for k in range(60)] + ["a lot", "many"]}))
    assert '"Hours": 2 answers are no number and left out.' in survey.notes
