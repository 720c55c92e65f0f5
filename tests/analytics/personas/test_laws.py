"""What must not change the cards, and what their intervals promise."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t, ttest_ind

from analytics.kept import PERSONA_CARD
from analytics.personas import (
    PersonaBuildError,
    PersonaInputs,
    PersonaSettings,
    build_personas,
    describe,
    match_personas,
)
from analytics.personas.traits import traits_of
from analytics.personas.words import distinctive_words, index_phrases, index_words, shared_quotes
from tests.analytics.personas.material import NO_REVIEWS, grouped, people, reviews_by

QUICK = PersonaSettings(k_range=(2, 4), bootstraps=6)


def joined_material(seed=0):
    profiles, truth = grouped(2, 70, seed)
    texts = np.where(truth == 0, "Soft fabric for the garden", "Runs small, good for the office")
    reviews = reviews_by(profiles, texts, per_person=2, seed=seed)
    rng = np.random.default_rng(seed)
    vectors = np.eye(2, 8)[truth.loc[reviews["customer"]].to_numpy()] + 0.3 * rng.normal(size=(len(reviews), 8))
    return PersonaInputs(profiles, reviews, vectors.astype(np.float32))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_and_columns_of_files_changes_no_card(seed):
    inputs = joined_material()
    rng = np.random.default_rng(seed)
    rows, lines = rng.permutation(len(inputs.profiles)), rng.permutation(len(inputs.reviews))
    shuffled = PersonaInputs(inputs.profiles.iloc[rows], inputs.reviews.iloc[lines], inputs.vectors[lines])
    one, two = build_personas(inputs, QUICK), build_personas(shuffled, QUICK)
    assert one.k >= 2
    assert PERSONA_CARD.write_all(one.personas) == PERSONA_CARD.write_all(two.personas)
    assert [c.members for c in one.personas] == [c.members for c in two.personas]


def test_other_pseudonyms_in_the_same_order_change_only_the_members():
    inputs = joined_material()
    renamed = PersonaInputs(
        inputs.profiles.rename(index=lambda p: f"z{p}"),
        inputs.reviews.assign(customer="z" + inputs.reviews["customer"]),
        inputs.vectors,
    )
    one, two = build_personas(inputs, QUICK), build_personas(renamed, QUICK)
    assert PERSONA_CARD.write_all(one.personas) == PERSONA_CARD.write_all(two.personas)
    assert [tuple(f"z{m}" for m in c.members) for c in one.personas] == [c.members for c in two.personas]


def test_a_build_can_be_cancelled_from_its_progress():
    told = []

    def progress(share, message):
        told.append((share, message))
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_personas(joined_material(), QUICK, progress)
    assert [share for share, _ in told] == sorted(share for share, _ in told)


def test_intervals_of_traits_hold_the_truth_as_often_as_they_say():
    held = {"number": 0, "share": 0}
    for seed in range(300):
        rng = np.random.default_rng(seed)
        inside = pd.Series(np.arange(160) < 60)
        attributes = pd.DataFrame(
            {
                "spend": rng.gamma(4, 1, 160) + np.where(inside, 0.5, 0),
                "plan": np.where(rng.random(160) < np.where(inside, 0.7, 0.4), "a", "b"),
            }
        )
        spend, plan = traits_of(attributes, inside, 10)
        held["number"] += spend.low <= 0.5 <= spend.high
        held["share"] += plan.low <= 0.3 <= plan.high
    # 95% of 300 is 285; three standard errors are 11
    assert 274 <= held["number"] <= 296
    assert 274 <= held["share"] <= 296


def test_words_by_the_formula_of_monroe_colaresi_and_quinn():
    # 40 writers a side; "garden" by 30 and 10, "nice" by all. By hand, prior of 80 words shared out by
    # use (the corpus has 120): garden 26.67, nice 53.33; inside 70 words, outside 50.
    index = {
        "garden": {f"a{i}": [i] for i in range(30)} | {f"b{i}": [100 + i] for i in range(10)},
        "nice": {f"a{i}": [i] for i in range(40)} | {f"b{i}": [100 + i] for i in range(40)},
    }
    size = 120.0
    inside, outside, prior = 30, 10, size * 40 / 120
    delta = np.log((inside + prior) / (70 + size - inside - prior)) - np.log(
        (outside + prior) / (50 + size - outside - prior)
    )
    error = np.sqrt(1 / (inside + prior) + 1 / (outside + prior))
    members = {f"a{i}" for i in range(40)}
    everybody = members | {f"b{i}" for i in range(40)}
    from analytics.personas.words import _candidates

    counts = {w: len(users) for w, users in index.items()}
    garden = next(w for w in _candidates(index, counts, members, everybody, 10) if w.word == "garden")
    assert garden.log_odds == pytest.approx(delta)
    assert garden.z == pytest.approx(delta / error)
    assert (garden.n_group, garden.n_others) == (40, 40)
    assert garden.share_group == pytest.approx(0.75)


def test_words_are_not_found_where_writers_do_not_differ():
    false = 0
    vocabulary = [f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(200)]
    for seed in range(40):
        rng = np.random.default_rng(seed)
        chances = rng.uniform(0.05, 0.4, 200)
        texts = [" ".join(w for w, c in zip(vocabulary, chances, strict=True) if rng.random() < c) for _ in range(200)]
        reviews = reviews_by(pd.DataFrame(index=people(200)), texts)
        groups = [set(people(200)[:90]), set(people(200)[90:])]
        false += any(distinctive_words(index_words(reviews), groups, set(people(200)), 10))
    assert false <= 6


@settings(max_examples=25, deadline=None)
@given(
    users=st.lists(st.integers(0, 29), min_size=0, max_size=60),
    fewest=st.integers(2, 12),
)
def test_no_phrase_or_word_is_shown_that_fewer_than_k_members_used(users, fewest):
    reviews = pd.DataFrame(
        {
            "review_id": range(len(users)),
            "customer": [f"c{u}" for u in users],
            "rating": 5.0,
            "text": ["Soft fabric indeed"] * len(users),
        }
    )
    members = {f"c{u}" for u in range(15)}
    distinct = len({u for u in users if u < 15})
    quotes = shared_quotes(index_phrases(reviews), members, 30, fewest)
    words = distinctive_words(index_words(reviews), [members], {f"c{u}" for u in range(30)}, fewest)[0]
    assert all(q.people >= fewest for q in quotes)
    assert all(w.people >= fewest for w in words)
    assert bool(quotes) == (distinct >= fewest)


def test_ratings_count_each_person_once():
    inputs = joined_material()
    found = build_personas(inputs, QUICK)
    card = found.personas[0]
    mine = inputs.reviews[inputs.reviews["customer"].isin(card.members)]
    each = mine.groupby("customer")["rating"].mean()
    half = 1.9955 * each.std() / np.sqrt(len(each))  # t(.975) on 68 degrees; on 69 it is 1.9949
    assert card.rating_n == len(each) == card.size
    assert card.rating_mean == pytest.approx(each.mean())
    assert card.rating_high - card.rating_low == pytest.approx(2 * half, rel=0.01)


def test_people_chosen_by_hand_are_described_and_marked_so():
    profiles, truth = grouped(2, 60)
    chosen = list(truth.index[truth == 0])
    card = describe(chosen, PersonaInputs(profiles, NO_REVIEWS), name="Mine")
    assert (card.name, card.size, card.confidence) == ("Mine", 60, "low")
    assert "by hand" in card.why
    assert card.members == tuple(sorted(chosen))
    spend = next(t for t in card.traits if t.field == "spend")
    assert (spend.n_group, spend.n_others, spend.verdict) == (60, 60, "higher")
    with pytest.raises(PersonaBuildError, match="at least 10 people"):
        describe(chosen[:9], PersonaInputs(profiles, NO_REVIEWS))
    with pytest.raises(PersonaBuildError, match="1 of the 61 people"):
        describe([*chosen, "stranger"], PersonaInputs(profiles, NO_REVIEWS))


def test_material_that_does_not_fit_together_is_refused():
    inputs = joined_material()
    twice = pd.concat([inputs.profiles, inputs.profiles.iloc[:1]])
    with pytest.raises(PersonaBuildError, match="more than one profile"):
        build_personas(PersonaInputs(twice, inputs.reviews, inputs.vectors))
    with pytest.raises(PersonaBuildError, match="Encode the reviews again"):
        build_personas(PersonaInputs(inputs.profiles, inputs.reviews, inputs.vectors[:5]))
    with pytest.raises(PersonaBuildError, match="lack the column text"):
        build_personas(PersonaInputs(inputs.profiles, inputs.reviews.drop(columns="text")))


def test_an_age_in_profiles_and_in_reviews_can_stand_side_by_side():
    inputs = joined_material()
    profiles = inputs.profiles.rename(columns={"age": "Age"})
    found = build_personas(PersonaInputs(profiles, inputs.reviews.assign(age=40.0 + inputs.vectors[:, 0])), QUICK)
    assert {"Age", "Age (reviews)"} <= {t.field for t in found.personas[0].traits}


def test_versions_are_matched_by_the_people_known_to_both():
    before = {"p1": list("abcdefgh"), "p2": list("ijklmnop"), "p3": list("xyz")}
    after = {"p1": [*"ijklmno", "new1", "new2"], "p2": [*"abcdefg", "p"], "p3": ["new3"]}
    found = {(m.before, m.after): m for m in match_personas(before, after)}
    # h, x, y, z are gone from the later build and new1 to new3 were not in the earlier one
    one = found[("p1", "p2")]
    assert (one.stayed, one.left, one.joined) == (7, 0, 1)
    assert one.jaccard == pytest.approx(7 / 8)
    assert found[("p2", "p1")].jaccard == pytest.approx(7 / 8)
    assert found[("p3", None)].stayed == 0
    assert found[(None, "p3")].stayed == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=4, max_size=40))
def test_a_build_matched_with_itself_is_unchanged(labels):
    groups = {}
    for person, label in enumerate(labels):
        groups.setdefault(f"p{label}", []).append(str(person))
    found = match_personas(groups, groups)
    assert {(m.before, m.after, m.jaccard) for m in found} == {(k, k, 1.0) for k in groups}


def test_the_interval_of_a_number_is_welchs_also_where_a_group_is_constant():
    rng = np.random.default_rng(4)
    inside = pd.Series(np.arange(90) < 30)
    spend = pd.Series(rng.gamma(4, 1, 90) + inside)
    trait = traits_of(pd.DataFrame({"spend": spend}), inside, 10)[0]
    reference = ttest_ind(spend[inside], spend[~inside], equal_var=False)
    interval = reference.confidence_interval(0.95)
    assert trait.p == pytest.approx(reference.pvalue)
    assert (trait.low, trait.high) == pytest.approx((interval.low, interval.high))
    flat = traits_of(pd.DataFrame({"spend": spend.where(~inside, 2.0)}), inside, 10)[0]
    others = spend[~inside]
    assert flat.high - flat.low == pytest.approx(2 * t.ppf(0.975, 59) * others.std() / np.sqrt(60))
