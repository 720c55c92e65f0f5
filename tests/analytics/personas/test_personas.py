import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from analytics.kept import PERSONA_CARD
from analytics.personas import PersonaBuildError, PersonaInputs, PersonaSettings, build_personas
from analytics.personas.features import typed_attributes
from analytics.personas.grouping import merge_small
from analytics.personas.traits import corrected, traits_of
from analytics.personas.words import shared_quotes

NO_REVIEWS = pd.DataFrame(columns=["review_id", "customer", "rating", "text"])


def planted(groups=3, size=80, seed=0):
    rng = np.random.default_rng(seed)
    frames = []
    for group in range(groups):
        centre = np.zeros(5)
        centre[group] = 6.0
        frame = pd.DataFrame(rng.normal(centre, 1.0, (size, 5)), columns=[f"m{i}" for i in range(5)])
        frame["kind"] = f"k{group}"
        frames.append(frame)
    profiles = pd.concat(frames, ignore_index=True)
    truth = np.repeat(np.arange(groups), size)
    profiles.index = pd.Index([f"c{i:04d}" for i in range(len(profiles))])
    return profiles, pd.Series(truth, index=profiles.index)


@pytest.mark.parametrize("method", ["kmeans", "gmm"])
def test_planted_groups_are_found(method):
    profiles, truth = planted()
    found = build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(method=method, k_range=(2, 5)))
    assert found.k == 3
    label = {m: i for i, c in enumerate(found.personas) for m in c.members}
    assert adjusted_rand_score(truth, [label[p] for p in truth.index]) > 0.9
    assert all(c.confidence == "high" for c in found.personas)
    assert sum(c.size for c in found.personas) == len(profiles)


def test_noise_gives_no_groups():
    none = 0
    for seed in range(10):
        rng = np.random.default_rng(100 + seed)
        profiles = pd.DataFrame(rng.normal(size=(200, 4)) * [3, 1, 1, 2], columns=list("abcd"))
        profiles.index = profiles.index.astype(str)
        settings = PersonaSettings(seed=seed, k_range=(2, 4), bootstraps=8)
        found = build_personas(PersonaInputs(profiles, NO_REVIEWS), settings)
        none += found.k == 0
        if found.k == 0:
            assert any("Cannot tell" in note for note in found.notes)
    assert none >= 9


def test_the_same_seed_gives_the_same_cards():
    profiles, _ = planted()
    one, two = (
        build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(seed=4, k_range=(2, 4))) for _ in range(2)
    )
    assert PERSONA_CARD.write_all(one.personas) == PERSONA_CARD.write_all(two.personas)


def test_words_and_phrases_need_enough_people_and_name_their_reviews():
    profiles, truth = planted(2, 60)
    texts = np.where(truth == 0, "Soft fabric for the garden", "Runs small but good for the office")
    reviews = pd.DataFrame({"review_id": range(120), "customer": profiles.index, "rating": 5.0, "text": texts})
    reviews.loc[reviews.index[:3], "text"] += " xylophone"
    found = build_personas(PersonaInputs(profiles, reviews), PersonaSettings(k_range=(2, 3)))
    garden = next(c for c in found.personas if any(w.word == "garden" for w in c.words))
    assert "xylophone" not in {w.word for c in found.personas for w in c.words}
    assert any(q.text == "soft fabric" and q.people >= 10 for q in garden.quotes)
    assert set(garden.evidence()["word:garden"]) <= set(range(60))
    assert "members" not in PERSONA_CARD.write(garden)


def test_too_few_people_and_nothing_to_go_by_are_refused():
    profiles, _ = planted(2, 10)
    with pytest.raises(PersonaBuildError, match="at least 40 people"):
        build_personas(PersonaInputs(profiles, NO_REVIEWS))
    same = pd.DataFrame({"a": ["x"] * 100}, index=[str(i) for i in range(100)])
    with pytest.raises(PersonaBuildError, match="no attribute that differs"):
        build_personas(PersonaInputs(same, NO_REVIEWS))


def test_ids_constants_and_free_text_are_left_out():
    frame = pd.DataFrame(
        {
            "row_id": range(100),
            "same": 1,
            "note": [f"words {i}" for i in range(100)],
            "age": np.arange(100) % 40,
            "plan": ["a", "b"] * 50,
            "gone": None,
        }
    )
    notes = []
    assert list(typed_attributes(frame, notes).columns) == ["age", "plan"]
    assert "row_id, same, note" in notes[0]


def test_traits_agree_with_known_values():
    attributes = pd.DataFrame(
        {"income": [10.0, 12, 14, 16, 18] * 8 + [9.0, 11, 13, 15, 17] * 8, "plan": ["a"] * 30 + ["b"] * 50}
    )
    inside = pd.Series([True] * 40 + [False] * 40)
    # by hand: s2 = 320/39, se = sqrt(2 s2/40) = .6405, t = 1.5612 on 78 degrees, t(.975) = 1.9908
    income, plan = traits_of(attributes, inside, 10)
    assert income.difference == pytest.approx(1.0)
    assert income.p == pytest.approx(0.1225, abs=1e-4)
    assert (income.low, income.high) == (pytest.approx(-0.2752, abs=1e-3), pytest.approx(2.2752, abs=1e-3))
    assert plan.group == pytest.approx(0.75)
    assert plan.others == 0.0


def test_small_groups_are_too_few_to_tell():
    attributes = pd.DataFrame({"income": np.arange(30.0)})
    trait = traits_of(attributes, pd.Series([True] * 4 + [False] * 26), 10)[0]
    assert trait.verdict == "too few to tell"
    assert corrected([[trait]])[0][0].verdict == "too few to tell"


def test_no_trait_is_claimed_where_nothing_differs():
    false = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        attributes = pd.DataFrame(rng.normal(size=(200, 10)), columns=[f"m{i}" for i in range(10)])
        inside = pd.Series(rng.random(200) < 0.5)
        false += any(t.verdict in ("higher", "lower") for t in corrected([traits_of(attributes, inside, 10)])[0])
    assert false <= 6


def test_small_groups_are_joined_to_the_nearest():
    matrix = np.array([[0.0]] * 20 + [[1.0]] * 3 + [[9.0]] * 20)
    labels, joined = merge_small(matrix, np.array([0] * 20 + [1] * 3 + [2] * 20), 10)
    assert joined == 1
    assert labels.tolist() == [0] * 23 + [2] * 20


@pytest.mark.parametrize(("size", "joined"), [(9, 1), (10, 0)])
def test_a_group_one_short_of_the_fewest_is_joined(size, joined):
    labels = np.array([0] * 20 + [1] * size)
    merged, count = merge_small(np.vstack([np.zeros((20, 1)), np.ones((size, 1))]), labels, 10)
    assert count == joined
    assert len(set(merged.tolist())) == 2 - joined


@pytest.mark.parametrize(("people", "quoted"), [(9, False), (10, True)])
def test_a_phrase_one_person_short_of_the_fewest_is_no_quote(people, quoted):
    wrote = {f"C{i}": [i, 100 + i] for i in range(people)}
    quotes = shared_quotes({("soft fabric", "praise"): wrote}, {f"C{i}" for i in range(40)}, 80, 10)
    assert [q.people for q in quotes] == [people] * quoted


def test_two_personas_are_not_named_by_the_same_traits_in_another_order():
    from analytics.personas.cards import _name

    inside = pd.Series(np.arange(60) < 30)
    steps = pd.Series(np.arange(60) % 5 + 10.0 * inside)
    traits = corrected([traits_of(pd.DataFrame({"age": steps, "income": steps, "visits": steps}), inside, 10)])[0]
    assert _name(traits, [], []) == "Older, higher income"
    assert _name(traits, [], ["Higher income, older"]) == "Older, higher visits"
