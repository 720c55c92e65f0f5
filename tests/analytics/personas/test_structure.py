"""Groups are found where there are some, and not where there are none."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from analytics.personas import PersonaInputs, PersonaSettings, build_personas
from analytics.personas.features import build_features
from tests.analytics.personas.material import (
    NO_REVIEWS,
    grouped,
    people,
    reviews_by,
    unrelated_answers,
    unrelated_mixture,
    unrelated_numbers,
)

QUICK = {"k_range": (2, 5), "bootstraps": 8}


def agreement(found, truth):
    label = {m: i for i, card in enumerate(found.personas) for m in card.members}
    return adjusted_rand_score(truth, [label.get(p, -1) for p in truth.index])


@pytest.mark.parametrize("make", [unrelated_numbers, unrelated_answers, unrelated_mixture])
def test_data_without_groups_gives_no_groups_in_eighteen_of_twenty(make):
    none = 0
    for seed in range(20):
        profiles = make(np.random.default_rng(500 + seed), 160)
        found = build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(seed=seed, **QUICK))
        none += found.k == 0
        assert found.k or "Cannot tell" in found.notes[-1]
    assert none >= 18


def test_one_cloud_of_related_amounts_is_no_groups():
    none = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        wealth = rng.normal(size=(300, 1))
        profiles = pd.DataFrame(wealth + 0.8 * rng.normal(size=(300, 5)), columns=list("abcde"), index=people(300))
        found = build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(seed=seed, **QUICK))
        none += found.k == 0
    assert none >= 8


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_groups_of_numbers_and_levels_are_found(groups):
    profiles, truth = grouped(groups, 90, seed=groups)
    found = build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(**QUICK))
    assert found.k == groups
    assert agreement(found, truth) > 0.9


def test_groups_of_writers_are_found_by_their_reviews_alone():
    rng = np.random.default_rng(3)
    truth = rng.integers(3, size=240)
    centres = rng.normal(size=(3, 32))
    vectors = centres[truth] + 0.6 * rng.normal(size=(240, 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    nobody = pd.DataFrame(index=people(240))
    reviews = reviews_by(nobody, ["A text."] * 240).assign(rating=5.0)
    found = build_personas(
        PersonaInputs(nobody.iloc[:0], reviews, vectors.astype(np.float32)), PersonaSettings(**QUICK)
    )
    assert found.k == 3
    assert agreement(found, pd.Series(truth, index=nobody.index)) > 0.9


def test_having_written_no_review_makes_no_persona():
    none = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        profiles = unrelated_numbers(rng, 200)
        writers = profiles.iloc[:100]
        vectors = rng.normal(size=(100, 32)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        reviews = reviews_by(writers, ["A text."] * 100).assign(rating=5.0)
        none += build_personas(PersonaInputs(profiles, reviews, vectors), PersonaSettings(seed=seed, **QUICK)).k == 0
    assert none >= 4


def test_a_handful_of_rare_answers_is_described_but_makes_no_group():
    profiles, truth = grouped(2, 100)
    profiles["complained"] = [True, True] + [False] * 198
    found = build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(**QUICK))
    assert agreement(found, truth) > 0.9
    assert any("nearly everybody is the same: complained" in note for note in found.notes)
    assert "complained" in {t.field.split("=")[0] for t in found.personas[0].traits}


@pytest.mark.parametrize("seed", [0, 1])
def test_no_persona_is_smaller_than_k(seed):
    profiles, _ = grouped(2, 80, seed)
    few = profiles.iloc[:14].copy()
    few["spend"] += 40
    few.index = pd.Index([f"x{i}" for i in range(14)])
    found = build_personas(
        PersonaInputs(pd.concat([profiles, few]), NO_REVIEWS), PersonaSettings(k_min_people=25, seed=seed, **QUICK)
    )
    assert found.k >= 2
    assert min(card.size for card in found.personas) >= 25
    assert sum(card.size for card in found.personas) == 174


def test_a_coin_flip_within_a_group_does_not_split_it():
    whole = 0
    for seed in range(6):
        profiles, truth = grouped(3, 90, seed)
        profiles["coin"] = np.random.default_rng(seed).random(len(profiles)) < 0.5
        profiles.loc[truth > 0, "coin"] = False
        found = build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(**QUICK))
        whole += found.k == 3
    assert whole >= 5


def test_lacking_answers_makes_no_group_beside_real_ones():
    """Half wrote no review and a third left out two answers: the groups are still the planted ones."""
    found_right = 0
    for seed in range(4):
        profiles, truth = grouped(3, 90, seed)
        rng = np.random.default_rng(seed)
        silent = rng.random(len(profiles)) < 0.33
        profiles.loc[silent, ["plan", "time"]] = None
        writers = profiles[rng.random(len(profiles)) < 0.5]
        vectors = np.eye(3, 24)[truth[writers.index]] + 0.5 * rng.normal(size=(len(writers), 24))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        reviews = reviews_by(writers, ["A text."] * len(writers))
        found = build_personas(PersonaInputs(profiles, reviews, vectors), PersonaSettings(seed=seed, **QUICK))
        found_right += found.k == 3 and agreement(found, truth) > 0.75
    assert found_right >= 3


def test_who_wrote_nothing_is_spread_as_widely_as_writers():
    profiles, truth = grouped(2, 60)
    rng = np.random.default_rng(0)
    writers = profiles.iloc[::2]
    vectors = np.eye(2, 16)[truth[writers.index]] + 0.4 * rng.normal(size=(len(writers), 16))
    features = build_features(PersonaInputs(profiles, reviews_by(writers, ["A."] * len(writers)), vectors))
    wrote = np.isin(profiles.index, writers.index)
    spread = features.text[~wrote].var(axis=0).sum() / features.text[wrote].var(axis=0).sum()
    assert 0.6 < spread < 1.6
    likely = features.text[~wrote] @ features.text[wrote].T
    same = truth.to_numpy()[~wrote][:, None] == truth.to_numpy()[wrote]
    assert likely[same].mean() > likely[~same].mean() + 0.2
