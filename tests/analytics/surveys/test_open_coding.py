"""Suggestions, the classifier, honest shares, crossings and quotes on answers made from known themes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.surveys import (
    Codebook,
    CodedSample,
    SurveyError,
    add_drafts,
    answer_features,
    answers_to_code,
    choose_quotes,
    code_answers,
    prevalence,
    prevalence_change,
    read_answers,
    sample_of,
    suggest_themes,
    themes_before_after,
    themes_by_group,
    to_code_by_hand,
)

ALL_APART = [f"person {n}" for n in range(600)]
WORDS = {
    "food": "food meals tasty menu breakfast dinner soup",
    "staff": "staff friendly kind helpful smile nurse polite",
    "price": "price cheap expensive value money cost discount",
}


def made(n=600, seed=0, noise=1.2, shares=(0.5, 0.3, 0.2)):
    """Return texts, vectors of length 1 and the theme each was made from."""
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.normal(size=(16, 16)))[0][:3]
    themes = rng.choice(list(WORDS), n, p=shares)
    vectors = np.array([centres[list(WORDS).index(t)] for t in themes]) + noise * rng.normal(size=(n, 16)) / 4
    texts = [" ".join(rng.choice(WORDS[t].split(), 3)) + f" {k}" for k, t in enumerate(themes)]
    return texts, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), themes


def read(texts):
    return read_answers(texts, [str(k) for k in range(len(texts))], redact=lambda t: t)


def test_suggestions_hold_everybody_once_and_are_named_by_their_words():
    texts, vectors, themes = made(300, noise=0.5)
    found = suggest_themes(read([*texts, "n/a"]), vectors, count=3)
    placed = [a for t in found.themes for a in t.answers]
    assert sorted(placed) == sorted(str(k) for k in range(300))
    assert found.non_answers == ("300",)
    assert sum(t.share for t in found.themes) == pytest.approx(1)
    biggest = found.themes[0]
    assert set(biggest.words[:3]) <= set(WORDS["food"].split())
    assert np.mean([themes[int(a)] == "food" for a in biggest.answers]) > 0.9
    assert "drafts" in found.note


def test_suggestions_enter_the_codebook_as_drafts_without_codings():
    texts, vectors, _ = made(100, noise=0.5)
    book = Codebook()
    codes = add_drafts(book, suggest_themes(read(texts), vectors, count=3), by="machine")
    assert all(c.draft for c in codes)
    assert book.codings() == {}


def test_same_answers_are_in_one_theme_and_few_are_not_clustered():
    texts, vectors, _ = made(40)
    twins = read([*texts, *texts])
    found = suggest_themes(twins, np.vstack([vectors, vectors]))
    of = {a: k for k, t in enumerate(found.themes) for a in t.answers}
    assert all(of[str(k)] == of[str(k + 40)] for k in range(40))
    with pytest.raises(SurveyError, match="too few to suggest"):
        suggest_themes(read(texts[:5]), vectors[:5])
    with pytest.raises(SurveyError, match="Make one for each answer"):
        suggest_themes(read(texts), vectors[:5])


def test_all_identical_answers_make_one_theme():
    found = suggest_themes(read(["Good food"] * 30), np.tile([1.0, 0, 0], (30, 1)))
    assert len(found.themes) == 1
    assert found.themes[0].share == 1


@pytest.fixture(scope="module")
def coded():
    texts, vectors, themes = made()
    hand = to_code_by_hand(vectors, 120, seed=1)
    features = answer_features(vectors, texts)
    seen = []
    coding = code_answers(features, {k: frozenset([themes[k]]) for k in hand}, list(WORDS), progress=seen.append)
    return coding, themes, seen


def test_the_classifier_learns_the_codes(coded):
    coding, themes, seen = coded
    chosen = coding.chosen()
    assert np.mean([next(iter(c)) == t for c, t in zip(chosen, themes, strict=True)]) > 0.9
    assert coding.exclusive
    assert coding.kappa.low < coding.kappa.value
    assert seen[-1] == 1.0


def test_persons_codes_are_never_overruled(coded):
    coding, themes, _ = coded
    chosen = coding.chosen()
    assert all(chosen[k] == {themes[k]} for k in coding.coded)


def test_answers_may_have_several_codes():
    texts, vectors, themes = made(200)
    given = {k: frozenset([themes[k], "any"]) if k % 2 else frozenset() for k in range(100)}
    coding = code_answers(answer_features(vectors, texts), given, [*WORDS, "any", "never"])
    assert not coding.exclusive
    assert coding.not_learned == ("never",)
    assert coding.probabilities[:, 4].max() == 0


def test_the_classifier_refuses_too_few_and_strange_codes():
    features = np.eye(30)
    with pytest.raises(SurveyError, match="needs 20"):
        code_answers(features, {0: frozenset()}, ["a"])
    with pytest.raises(SurveyError, match="not in the codebook"):
        code_answers(features, {k: frozenset(["z"]) for k in range(25)}, ["a"])


def test_hand_coding_samples_are_random_or_varied_and_stay_in_their_group():
    _, vectors, themes = made(300, noise=0.4, shares=(0.9, 0.07, 0.03))
    among = list(range(100, 300))
    for varied in (False, True):
        picked = to_code_by_hand(vectors, 20, seed=3, among=among, varied=varied)
        assert len(set(picked)) == 20
        assert set(picked) <= set(among)
        assert picked == to_code_by_hand(vectors, 20, seed=3, among=among, varied=varied)
    assert set(to_code_by_hand(vectors, 999, seed=3)) == set(range(300))
    assert len(set(themes[list(to_code_by_hand(vectors, 6, seed=1, varied=True))])) == 3


def sample(n=200, m=2000, share=0.3, skill=1.5, bias=0.15, seed=0):
    """Return a sample whose classifier is good but biased upwards, and the true share of all answers."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n + m) < share).astype(float)
    f = 1 / (1 + np.exp(-(skill * (2 * y - 1) + rng.normal(size=n + m))))
    f = np.clip(f + bias, 0, 1)
    counted = int((f[n:] >= 0.5).sum())
    return CodedSample(y[:n], f[:n], f[n:], counted), float(y.mean())


def test_the_corrected_share_covers_where_counting_does_not_and_is_narrower():
    covers = {"best": 0, "counted": 0, "human_only": 0}
    widths = {"best": 0.0, "human_only": 0.0}
    for seed in range(200):
        drawn, truth = sample(seed=seed)
        found = prevalence(drawn)
        for way in covers:
            estimate = getattr(found, way)
            covers[way] += estimate.low <= truth <= estimate.high
            if way in widths:
                widths[way] += estimate.width
    assert covers["best"] >= 0.92 * 200
    assert covers["human_only"] >= 0.92 * 200
    assert covers["counted"] < 0.5 * 200
    assert widths["best"] < 0.8 * widths["human_only"]


def test_a_useless_classifier_does_no_harm():
    drawn, _ = sample(skill=0.0, bias=0.0)
    found = prevalence(drawn)
    assert found.best.width == pytest.approx(found.human_only.width, rel=0.1)


def test_rare_codes_are_told_from_the_hand_coded_answers_alone():
    drawn, _ = sample(share=0.01)
    found = prevalence(drawn)
    assert found.best == found.human_only


def test_a_change_is_found_and_turned_round():
    (before, _), (after, _) = sample(share=0.2, seed=1), sample(share=0.5, seed=2)
    there, back = prevalence_change(before, after), prevalence_change(after, before)
    assert there.best.low > 0
    assert there.p < 0.001
    assert there.best.value == pytest.approx(-back.best.value)
    assert there.best.low == pytest.approx(-back.best.high)


def test_a_share_needs_hand_coded_answers():
    with pytest.raises(SurveyError, match="Code a random sample"):
        prevalence(CodedSample(np.array([]), np.array([]), np.ones(5), 5))


def test_fewer_answers_need_coding_with_a_helpful_classifier():
    assert answers_to_code(0.05, r2=0.5) < answers_to_code(0.05, r2=0.0)
    assert answers_to_code(0.05, share=0.5, r2=0.0) == 385


def test_themes_are_compared_between_groups_and_waves(coded):
    coding, themes, _ = coded
    group = np.where(themes == "food", "young", np.where(np.arange(600) % 2 == 0, "young", "old"))
    cells = themes_by_group(coding, pd.DataFrame({"age group": group}), ALL_APART, k=10, names={"food": "Food"})
    food = next(c for c in cells if c.code == "food" and c.group == "young")
    assert food.p_holm < 0.05
    assert "more than the others" in food.sentence
    assert food.sentence.startswith('"Food" in young')
    young, old = np.flatnonzero(group == "young").tolist(), np.flatnonzero(group == "old").tolist()
    changes = themes_before_after(coding, young, old, ALL_APART, k=10)
    assert next(c for c in changes if c.code == "food").sentence.startswith('"food" fell')
    assert all(c.p_holm >= c.change.p for c in changes)


def test_groups_with_few_coded_answers_are_shown_and_not_compared(coded):
    coding, _, _ = coded
    group = np.array(["most"] * 600, dtype=object)
    group[list(coding.coded[:12])] = "few"
    cells = themes_by_group(coding, pd.DataFrame({"persona": group}), ALL_APART, k=10)
    few = [c for c in cells if c.group == "few"]
    assert all(c.against_rest is None for c in few)
    assert "too few answers" in few[0].sentence
    with pytest.raises(SurveyError, match="3 rows of groups"):
        themes_by_group(coding, pd.DataFrame({"persona": ["a"] * 3}), ALL_APART, k=10)


def test_a_group_of_answers_is_no_group_of_people(coded):
    coding, _, _ = coded
    few = list(coding.coded[:60])
    group = np.array(["most"] * 600, dtype=object)
    group[few] = "few"
    frame, who = pd.DataFrame({"persona": group}), list(ALL_APART)
    for place, row in enumerate(few):
        who[row] = f"often {place % 9}"
    cells = themes_by_group(coding, frame, who, k=10)
    assert {c.group for c in cells} == {"most"}
    assert {c.against_rest for c in cells} == {None}  # nor is it the others that somebody is compared with
    assert {c.group for c in themes_by_group(coding, frame, who, k=9)} == {"most", "few"}


def test_a_share_that_rests_on_answers_of_few_people_is_not_shown(coded):
    coding, _, _ = coded
    uncoded = sorted(set(range(600)) - set(coding.coded))[:60]
    group = np.array(["most"] * 600, dtype=object)
    group[[*coding.coded[:40], *uncoded]] = "few"
    frame, who = pd.DataFrame({"persona": group}), list(ALL_APART)
    for place, row in enumerate(coding.coded[:40]):
        who[row] = f"often {place % 9}"
    assert {c.group for c in themes_by_group(coding, frame, who, k=10)} == {"most"}
    assert {c.group for c in themes_by_group(coding, frame, who, k=9)} == {"most", "few"}


def test_waves_are_compared_only_over_enough_people(coded):
    coding, _, _ = coded
    before, after = list(coding.coded[:40]), [r for r in range(600) if r not in set(coding.coded[:40])]
    who = list(ALL_APART)
    for place, row in enumerate(before):
        who[row] = f"often {place % 9}"
    with pytest.raises(SurveyError, match="fewer than 10 people"):
        themes_before_after(coding, before, after, who, k=10)
    assert themes_before_after(coding, before, after, who, k=9)


def test_a_theme_in_sample_of_must_exist(coded):
    with pytest.raises(SurveyError, match='code "nope"'):
        sample_of(coded[0], "nope", [0])


def people(n=40):
    about = pd.DataFrame(
        {"wave": ["before", "after"] * (n // 2), "age": ["18-24"] * (n - 3) + ["65+"] * 3},
        index=[str(k) for k in range(n)],
    )
    texts = [f"I really like the soup number {k}" for k in range(n)]
    return read(texts).answers, about, pd.Series(about.index, about.index)


def test_quotes_show_no_detail_that_few_people_share():
    answers, about, who = people()
    dates = {str(k): f"2024-01-{k % 28 + 1:02d}" for k in range(40)} | {"39": "2025-01-01", "0": "2024-12-31"}
    first, second = choose_quotes(answers, about, who, k=10, n=2, dates=dates)
    assert first.answer == "39"
    assert first.about == {"wave": "after"}
    assert second.about == {"wave": "before", "age": "18-24"}
    assert min(first.people, second.people) >= 10


def test_exemplars_come_first_and_small_themes_have_no_quotes():
    answers, about, who = people()
    assert choose_quotes(answers, about, who, k=10, n=1, first=["7"])[0].answer == "7"
    assert choose_quotes(answers[:9], about, who, k=10) == ()
    with pytest.raises(SurveyError, match="two people or more"):
        choose_quotes(answers, about, who, k=1)
    with pytest.raises(SurveyError, match='answer "0"'):
        choose_quotes(answers, about.iloc[1:], who, k=10)


def test_an_answer_without_a_date_is_not_taken_for_the_newest():
    answers, about, who = people()
    assert choose_quotes(answers, about, who, k=10, n=1, dates={"30": "1999-01-01"})[0].answer == "30"


def test_people_who_answer_often_count_once_towards_a_quote():
    answers, about, who = people()
    assert choose_quotes(answers, about, who.map(lambda a: str(int(a) % 9)), k=10) == ()
    ten = choose_quotes(answers, about, who.map(lambda a: str(int(a) % 10)), k=10, n=40)
    assert {q.people for q in ten} == {10}
    assert len(ten) == 10


def test_a_theme_of_few_people_who_answer_often_has_no_quote():
    answers, about, who = people()
    often = who.where(who.astype(int) >= 20, who.map(lambda a: f"often {int(a) % 9}"))
    assert choose_quotes(answers[:20], about, often, k=10) == ()
    assert choose_quotes(answers[:20], about, often, k=9)


def test_details_that_one_person_gave_often_are_not_shared_by_many():
    answers, about, who = people()
    about["age"] = ["18-24"] * 20 + ["65+"] * 20
    often = who.where(who.astype(int) < 20, who.map(lambda a: f"old {int(a) % 9}"))
    shown = choose_quotes(answers, about, often, k=10, n=40)
    assert {q.about.get("age") for q in shown if int(q.answer) >= 20} == {None}
    assert "18-24" in {q.about.get("age") for q in choose_quotes(answers, about[["age"]], often, k=10, n=40)}


def test_a_detail_is_shown_when_exactly_k_people_share_it():
    answers, about, who = people()
    about["age"] = ["18-24"] * 30 + ["65+"] * 10
    shown = {q.answer: q for q in choose_quotes(answers, about[["age"]], who, k=10, n=40)}
    assert (shown["35"].about, shown["35"].people) == ({"age": "65+"}, 10)
    hidden = {q.answer: q for q in choose_quotes(answers, about[["age"]], who, k=11, n=40)}
    assert (hidden["35"].about, hidden["35"].people) == ({}, 40)


def test_only_whole_answers_of_a_fit_length_are_quoted_and_with_their_date():
    answers, about, who = people()
    texts = ["x" * 14, "y" * 15, "z" * 280, "w" * 281, "no", "I liked the soup a lot today."]
    odd = [replace(a, text=t) for a, t in zip(answers, texts, strict=False)]
    odd[5] = replace(odd[5], status="empty")
    shown = choose_quotes([*odd, *answers[6:]], about, who, k=10, n=40, dates={"1": "2024-02-03"})
    assert {"1", "2"} <= {q.answer for q in shown}
    assert not {"0", "3", "4", "5"} & {q.answer for q in shown}
    assert {q.date for q in shown if q.answer != "1"} == {""}
    assert next(q.date for q in shown if q.answer == "1") == "2024-02-03"


def test_three_quotes_are_shown_unless_more_are_asked_for_and_two_people_are_the_fewest():
    answers, about, who = people()
    assert len(choose_quotes(answers, about, who, k=2)) == 3
