"""Open answers are redacted first; those that say nothing are set apart."""

import pytest

from analytics.surveys import SurveyError, is_non_answer, read_answers


def same(text):
    return text


def read(*texts, redact=same):
    return read_answers(texts, [str(k) for k in range(len(texts))], redact=redact)


@pytest.mark.parametrize(
    "text", ["Nothing.", "N/A", "n/a", "-", "???", "none", "NONE!", "No comment", "x", "...", " nil "]
)
def test_non_answers(text):
    assert is_non_answer(text)


@pytest.mark.parametrize("text", ["Nothing was clean", "No parking", "Staff", "😀", "ok", "駐車場がない", "5"])
def test_answers(text):
    assert is_non_answer(text) == (text == "5")


def test_answers_are_counted_apart():
    found = read("Good food", "N/A", None, "", "More choice")
    assert [a.status for a in found.answers] == ["answer", "non-answer", "empty", "empty", "answer"]
    assert len(found.spoken) == 2
    assert len(found.non_answers) == 1
    assert found.empty == 2


def test_nothing_leaves_unredacted():
    found = read("Call Ann on 555", redact=lambda t: t.replace("Ann", "[name]").replace("555", "[phone]"))
    assert found.answers[0].text == "Call [name] on [phone]"


def test_very_long_answers_are_cut_and_said():
    found = read("word " * 12_000, "Short one")
    assert len(found.answers[0].text) <= 50_000
    assert found.answers[0].was_cut
    assert any("longer than 50,000 characters" in n for n in found.notes)


def test_identical_answers_and_silence_are_said():
    assert any("All 3 answers are the same" in n for n in read("Good food", "good food!", "Good  food").notes)
    assert "no themes to find" in read("n/a", None).notes[0]


def test_another_script_is_said():
    found = read("Очень хорошая еда", "とても美味しいです", "Lovely food")
    assert found.answers[0].script == "CYRILLIC"
    assert any("Cyrillic letters" in n for n in found.notes)


def test_ids_must_fit():
    with pytest.raises(SurveyError, match="2 answers and 1 ids"):
        read_answers(["a b", "c d"], ["1"], redact=same)
    with pytest.raises(SurveyError, match="more than one answer"):
        read_answers(["a b", "c d"], ["1", "1"], redact=same)
