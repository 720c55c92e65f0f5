"""Reading survey files: layouts, header rows, roles and kinds of items."""

import os
from pathlib import Path

import pandas as pd
import pytest

from analytics.surveys import SurveyError, describe_items, read_survey
from analytics.surveys.labels import ordered_labels

AGREE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]


def column(name, values):
    return pd.DataFrame({name: values})


def only(frame, **options):
    (item,) = describe_items(frame, **options)
    return item


@pytest.mark.parametrize(
    "labels",
    [
        AGREE,
        ["Strongly disagree", "Somewhat disagree", "Neutral", "Somewhat agree", "Strongly agree"],
        ["Never", "Rarely", "Sometimes", "Often", "Always"],
        ["Very unlikely", "Unlikely", "Neutral", "Likely", "Very likely"],
        ["Not at all likely", "Slightly likely", "Moderately likely", "Very likely", "Extremely likely"],
        ["Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied", "Very satisfied"],
        ["Very poor", "Poor", "Fair", "Good", "Excellent"],
        ["Not at all", "Not much", "Some", "A lot"],
        ["Not at all masculine", "Not very masculine", "Somewhat masculine", "Very masculine"],
        ["Definitely not", "Probably not", "Might or might not", "Probably", "Definitely"],
        ["Much worse", "About the same", "Much better"],
        ["Under 18", "18-24", "25-34", "35+"],
        ["18-29", "30-44", "45-60", "> 60"],
        ["$0 - $24,999", "$25,000 - $49,999", "$150,000+"],
    ],
)
def test_labels_order_themselves_from_any_order(labels):
    for shuffled in (labels[::-1], labels[2:] + labels[:2]):
        family, found = ordered_labels(shuffled)
        assert found == tuple(labels)
        assert family


@pytest.mark.parametrize(
    "labels", [["red", "green", "blue"], ["Agree", "Often", "Good"], ["Satisfied", "satisfied."], ["Male", "Female"]]
)
def test_labels_without_an_order_are_not_ordered(labels):
    assert ordered_labels(labels) is None


def test_likert_words_skip_no_answer():
    item = only(column("I like it", [*AGREE * 4, "Prefer not to say", None]))
    assert (item.kind, item.points, item.n, item.missing, item.no_answer) == ("likert", 5, 20, 1, 1)


def test_likert_numbers_and_numbered_words():
    assert only(column("Q", list("12345") * 5)).labels == tuple("12345")
    item = only(column("Q", ["1 - Strongly disagree", "2", "3", "4", "5 - Strongly agree"] * 5))
    assert item.kind == "likert"
    assert item.labels[0] == "1 - Strongly disagree"
    assert item.labels[4] == "5 - Strongly agree"


def test_recommend_needs_its_words():
    scores = [str(k) for k in range(11)] * 3
    assert only(column("How likely are you to recommend us to a friend?", scores)).kind == "recommend"
    assert only(column("Overall", scores)).kind == "likert"


def test_numbers_are_numbers():
    assert only(column("Spend", ["12.50", "3", "120", "88.1", "7"] * 3)).kind == "number"
    assert only(column("Children", ["0", "1", "2", "3"] * 5)).kind == "number"


def test_multi_select_in_one_cell_keeps_sentences_whole():
    cells = ["Instagram; TikTok", "Email", "TikTok; Email", "Instagram; Email; TikTok", "Instagram"] * 4
    item = only(column("Channels", cells))
    assert (item.kind, set(item.labels), item.separator) == ("multi", {"Instagram", "TikTok", "Email"}, ";")
    sentences = ["Honest, kind and loyal", "Honest, kind, and loyal"] * 10
    assert only(column("Which is right?", sentences)).kind == "single"


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("Checked", None), ("TRUE", "FALSE")])
def test_multi_select_over_columns(yes, no):
    frame = pd.DataFrame({"Channels? [Email]": [yes, no, yes], "Channels? [TikTok]": [no, yes, yes]})
    item = only(frame)
    assert (item.kind, item.labels, item.question) == ("multi", ("Email", "TikTok"), "Channels?")


def test_grid_rows_stay_separate_scales():
    frame = pd.DataFrame({"Rate [The posts]": AGREE * 3, "Rate [The shop]": AGREE[::-1] * 3})
    assert [i.kind for i in describe_items(frame)] == ["likert", "likert"]


def test_open_answers():
    texts = [f"I liked thing number {k} because it made my day a little easier" for k in range(30)]
    assert only(column("Why?", texts)).kind == "open"


def test_another_language_asks_and_takes_an_order():
    german = ["stimme zu", "teils teils", "stimme nicht zu"]
    frame = pd.DataFrame({"Frage 1": german * 5, "Frage 2": german[::-1] * 5})
    asked = describe_items(frame)
    assert "List them from the lowest to the highest" in asked[0].ask
    order = {"Frage 1": ["stimme nicht zu", "teils teils", "stimme zu"]}
    told = describe_items(frame, orders=order)
    assert told[0].kind == "likert"
    assert told[0].labels[0] == "stimme nicht zu"
    with pytest.raises(SurveyError, match='does not place "stimme zu"'):
        describe_items(frame, orders={"Frage 1": ["stimme nicht zu", "teils teils"]})


def test_scale_labels_on_two_lines_ask():
    item = only(column("Mixed", ["Agree", "Disagree", "Strongly agree", "Somewhat", "Whatever"] * 5))
    assert item.kind == "single"
    assert "do not say which is low" in item.ask


def test_surveymonkey_second_header_row():
    frame = pd.DataFrame(
        [
            [None, "Response", "Email", "TikTok", "Open-Ended Response"],
            ["r1", "Agree", "Email", None, "Nice posts that I like to read"],
            ["r2", "Disagree", None, "TikTok", "I would rather see more of the shop"],
            ["r3", "Strongly agree", "Email", "TikTok", "Keep going, these are good to read"],
        ],
        columns=["Respondent ID", "I like the posts", "Channels?", "Unnamed: 3", "Why?"],
    )
    survey = read_survey(frame)
    assert survey.roles["respondent"] == "Respondent ID"
    assert len(survey.frame) == 3
    assert survey.item("Channels?").labels == ("Email", "TikTok")
    assert survey.item("I like the posts").kind == "likert"


def test_qualtrics_three_header_rows():
    frame = pd.DataFrame(
        [
            ["Response ID", "How satisfied are you?"],
            ['{"ImportId":"_recordId"}', '{"ImportId":"QID1"}'],
            *[[f"R_{k}", w] for k, w in enumerate(["Satisfied", "Dissatisfied", "Very satisfied"])],
        ],
        columns=["ResponseId", "Q1"],
    )
    survey = read_survey(frame)
    assert [i.key for i in survey.items] == ["How satisfied are you?"]
    assert survey.roles["respondent"] == "Response ID"
    assert len(survey.frame) == 3


def test_long_layout_becomes_one_row_a_person_and_wave():
    rows = [
        (f"p{k}", wave, q, a)
        for k in range(4)
        for wave, a in (("before", "Disagree"), ("after", "Agree"))
        for q in ("I like it", "I trust it")
    ]
    frame = pd.DataFrame(rows, columns=["respondent_id", "wave", "question", "answer"])
    survey = read_survey(frame)
    assert survey.shape == "long"
    assert len(survey.frame) == 8
    assert set(survey.roles) == {"respondent", "wave"}
    assert [i.key for i in survey.items] == ["I like it", "I trust it"]


def test_roles_are_found_and_can_be_named():
    frame = pd.DataFrame(
        {
            "ID": [f"u{k}" for k in range(6)],
            "Wave": ["pre", "post"] * 3,
            "Age group": ["18-24", "25-34", "35+"] * 2,
            "weight": ["1.2", "0.8"] * 3,
            "Submitted": ["2024-01-03"] * 6,
            "Group": ["a", "b"] * 3,
        }
    )
    roles = read_survey(frame).roles
    assert roles == {
        "respondent": "ID",
        "wave": "Wave",
        "age_group": "Age group",
        "weight": "weight",
        "date": "Submitted",
    }
    assert read_survey(frame, roles={"wave": "Group"}).roles["wave"] == "Group"
    with pytest.raises(SurveyError, match='no column "Nope"'):
        read_survey(frame, roles={"wave": "Nope"})


def test_empty_survey_is_refused():
    with pytest.raises(SurveyError, match="no rows"):
        read_survey(pd.DataFrame({"a": [None, None]}))


def test_published_shares_are_recognised():
    frame = pd.DataFrame(
        {
            "question": ["How often?"] * 2 + ["Do you?"] * 2,
            "response": ["Often", "Never", "Yes", "No"],
            "overall": ["0.4", "0.6", "0.7", "0.3"],
            "age_18_34": ["0.5", "0.5", None, None],
        }
    )
    survey = read_survey(frame)
    assert survey.shape == "shares"
    assert survey.tables[0].shares[0] == (0.4, 0.5)
    assert [i.kind for i in survey.items] == ["shares", "shares"]


def real(path):
    folder = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not folder:
        pytest.skip("DIGITAL_PERSONA_REAL_DATA is not set")
    return pd.read_csv(Path(folder) / "surveys" / path, dtype=str)


@pytest.mark.realdata
def test_real_comma_survey_needs_no_hand_edit():
    survey = read_survey(real("survey_538/comma_survey.csv"))
    assert survey.roles == {"respondent": "respondent_id", "age_group": "age"}
    kinds = {i.key: i.kind for i in survey.items}
    assert kinds["care_proper_grammar"] == kinds["care_data"] == kinds["care_oxford_comma"] == "likert"
    assert survey.item("care_oxford_comma").labels == ("Not at all", "Not much", "Some", "A lot")
    assert survey.item("household_income").labels[0] == "$0 - $24,999"
    assert not any(i.ask for i in survey.items)


@pytest.mark.realdata
def test_real_masculinity_survey_needs_no_hand_edit():
    survey = read_survey(real("survey_538/masculinity_survey.csv"))
    assert survey.shape == "shares"
    assert survey.tables[0].labels[0] == "Very masculine"
    assert survey.tables[0].shares[0][0] == 0.37
    assert sum(len(t.labels) for t in survey.tables) == 189
