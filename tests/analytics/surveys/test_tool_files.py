"""Whole files as SurveyMonkey, Qualtrics and Microsoft Forms write them: the figure that comes out, and every row's fate."""

import csv
import io
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from analytics.asking.surveys import SurveyOrder, look
from analytics.intake import IntakeError
from analytics.surveys import SurveyError, compare_waves
from analytics.surveys.summaries import summary

AGREE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]


def as_csv(path, rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    return path, path.name


def as_xlsx(path, rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path, path.name


def question(found, words):
    return next(i for i in found.items if words in i.question)


@pytest.mark.parametrize("end", ["10 - Extremely likely", "10 – Extremely likely", "10 = Extremely likely"])
def test_surveymonkeys_last_point_counts_among_the_promoters(tmp_path, end):
    """15 promoters (5 of them at the labelled end), 15 passives and 10 detractors of 40: 12.5."""
    scores = ["9"] * 10 + [end] * 5 + ["7", "8", "8"] * 5 + ["0 - Not at all likely", "3", "5", "6", "6"] * 2
    head = ["Respondent ID", "Collector ID", "Start Date", "End Date", "How likely are you to recommend the bakery?"]
    rows = [
        [str(9_000_000 + k), "77", "06/01/2025 08:00:00 AM", f"06/01/2025 08:{k:02d}:30 AM", score]
        for k, score in enumerate(scores)
    ]
    order = SurveyOrder((as_csv(tmp_path / "sm.csv", [head, ["", "", "", "", "Response"], *rows]),))
    survey = look(order).survey
    found = summary(survey.frame, question(survey, "recommend"))
    assert (found.kind, found.n, found.missing) == ("recommend", 40, 0)
    assert "net promoter score 12.5 " in found.sentence


def qualtrics(path, top):
    """31 answers, 6 previews and 3 unfinished ones; ``top`` of the 31 agree strongly."""
    names = ["StartDate", "EndDate", "Status", "Progress", "Duration (in seconds)", "Finished", "RecordedDate"]
    names += ["ResponseId", "DistributionChannel", "UserLanguage", "Q1", "Q2_NPS_GROUP", "Q2", "Q3", "SC0"]
    words = [*names[:10], "The bread is fresh", "Recommend us - Group", "How likely are you to recommend us?"]
    words += ["I will come again", "Score"]
    ids = [f'{{"ImportId":"{name}"}}' for name in names]
    rows = []
    for k in range(40):
        kind = "Survey Preview" if 31 <= k < 37 else "IP Address"
        done = k < 37
        score = (k * 7) % 11
        group = "Promoter" if score > 8 else "Passive" if score > 6 else "Detractor"
        fresh = AGREE[4] if k < top or not done or kind != "IP Address" else AGREE[k % 3]
        moment = f"2025-06-01 10:{k:02d}:00"
        row = [moment, moment, kind, "100" if done else "40", str(60 + k), str(done), moment, f"R_{path.stem}{k}"]
        rows.append([*row, "anonymous", "EN", fresh, group, str(score), AGREE[(k * 3) % 5], str(k)])
    return as_csv(path, [names, words, ids, *rows])


def test_qualtrics_previews_and_unfinished_rows_are_out_and_its_own_columns_are_no_questions(tmp_path):
    files = (qualtrics(tmp_path / "before.csv", 6), qualtrics(tmp_path / "after.csv", 14))
    found = look(SurveyOrder(files))
    said = " ".join(found.remarks)
    for wave in ("before", "after"):
        assert f"Wave {wave}: 6 rows were previews, tests or spam and were left out." in said
        assert f"Wave {wave}: 3 rows were not finished and were left out." in said
    report = compare_waves(found.survey.frame)
    assert (report.n_before, report.n_after) == (31, 31)
    assert sorted(c.item.question for c in report.comparisons) == [
        "How likely are you to recommend us?",
        "I will come again",
        "The bread is fresh",
    ]
    first = min(report.comparisons, key=lambda c: c.p)
    assert first.item.question == "The bread is fresh"
    assert first.p_holm == pytest.approx(3 * first.p)


def test_a_code_for_no_answer_is_in_no_average_of_microsoft_forms(tmp_path):
    """30 incomes of 2,500 on average and ten times -99: 2,500, not 1,850.25."""
    head = ["ID", "Start time", "Completion time", "Email", "Name", "The staff is kind", "Income (-99 = no answer)"]
    incomes = [2500 + 40 * (k - 14.5) for k in range(30)]
    rows = [
        [k + 1, f"2025-06-01 10:{k:02d}:00", f"2025-06-01 11:{k:02d}:00", "anonymous", None, AGREE[k % 5], income]
        for k, income in enumerate([*incomes, *[-99] * 10])
    ]
    preview = look(SurveyOrder((as_xlsx(tmp_path / "forms.xlsx", [head, *rows]),)))
    assert [i.question for i in preview.survey.items] == ["The staff is kind", "Income (-99 = no answer)"]
    found = summary(preview.survey.frame, question(preview.survey, "Income"))
    assert (found.n, found.missing) == (30, 10)
    assert found.rows[0]["mean"] == pytest.approx(2500)
    assert any("-99" in remark for remark in preview.remarks)


STATES = st.sampled_from(["IP Address", "Survey Preview", "Spam", ""])
DONE = st.sampled_from(["True", "False", ""])
WHO = st.sampled_from(["R_1", "R_2", "R_3", "R_4", "R_5", ""])
ANSWER = st.sampled_from([*AGREE, "test", ""])
LINE = st.tuples(STATES, DONE, WHO, ANSWER, ANSWER, st.sampled_from(["", "fine", "a,b"]))
COUNTED = re.compile(r"(?:^|(?<=: ))([\d,]+) rows? [^.]*?left out")


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=14), st.lists(st.integers(0, 13), max_size=2))
def test_rows_of_a_survey_are_kept_or_left_out_with_their_count(lines, torn):
    """Every filled row of the file is among the answers or in a count that says why it is not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        head = ["Status", "Finished", "Response ID", "The bread is fresh", "The staff is kind", "Anything else?"]
        rows = [[*line, "x", "y"] if k in torn else list(line) for k, line in enumerate(lines)]
        as_csv(path, [head, *rows])
        try:
            found = look(SurveyOrder(((path, "t.csv"),)))
        except (IntakeError, SurveyError):  # refused as a whole: nothing of it is taken
            return
    out = sum(int(m[1].replace(",", "")) for remark in found.remarks for m in COUNTED.finditer(remark))
    assert len(found.survey.frame) + out == sum(any(row) for row in rows)
