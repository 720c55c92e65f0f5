"""Models trained elsewhere take part as vectors and ways of grouping that are supplied."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import BisectingKMeans
from sklearn.metrics import adjusted_rand_score

from analytics.personas import PersonaBuildError, PersonaInputs, PersonaSettings, build_personas
from tests.analytics.personas.material import NO_REVIEWS, grouped, people


@dataclass
class Bisecting:
    """A way of grouping as a model may supply it; counts how often it was fitted."""

    name: str = "bisecting k-means"
    fitted: int = 0

    def __call__(self, matrix, k, seed):
        self.fitted += 1
        return BisectingKMeans(k, random_state=seed).fit(matrix).predict


def labels(found, index):
    of = {member: number for number, card in enumerate(found.personas) for member in card.members}
    return [of[person] for person in index]


def test_a_supplied_grouping_does_all_of_the_work_and_is_named():
    profiles, truth = grouped()
    fit = Bisecting()
    found = build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(k_range=(2, 4), bootstraps=6, fit=fit))
    assert found.k == 3
    assert adjusted_rand_score(truth, labels(found, truth.index)) > 0.9
    assert found.method == "PCA, bisecting k-means, k by bootstrap stability"
    # Once and for each draw while k is chosen, for every set of people without groups, and for what comes back.
    assert fit.fitted > 3 * (1 + 6) + 2 * 39 + 6 + 2


@pytest.mark.parametrize(
    "place",
    [lambda some: np.zeros(len(some)), lambda some: np.zeros(3, dtype=int), lambda some: np.zeros((len(some), 2), int)],
    ids=["no whole numbers", "too few", "two each"],
)
def test_a_grouping_that_gives_no_number_to_each_person_is_refused(place):
    class Bad:
        name = "bad"

        def __call__(self, matrix, k, seed):
            return place

    profiles, _ = grouped()
    with pytest.raises(PersonaBuildError, match="number of one group"):
        build_personas(PersonaInputs(profiles, NO_REVIEWS), PersonaSettings(fit=Bad()))


def latent_groups(seed=3, size=60):
    """Return profiles that tell nothing, and vectors of a model in which there are three groups."""
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.repeat(np.arange(3), size))
    index = people(len(truth))
    profiles = pd.DataFrame(rng.normal(size=(len(truth), 2)), columns=["a", "b"], index=index)
    vectors = pd.DataFrame(8.0 * np.eye(3, 4)[truth] + rng.normal(size=(len(truth), 4)), index=index)
    return profiles, vectors, pd.Series(truth, index=index)


def test_supplied_vectors_show_groups_that_the_profiles_do_not():
    profiles, vectors, truth = latent_groups()
    settings = PersonaSettings(k_range=(2, 4), bootstraps=8)
    assert build_personas(PersonaInputs(profiles, NO_REVIEWS), settings).k == 0
    found = build_personas(PersonaInputs(profiles, NO_REVIEWS, latent=vectors), settings)
    assert found.k == 3
    assert adjusted_rand_score(truth, labels(found, truth.index)) > 0.9


def test_the_order_and_scale_of_supplied_vectors_change_nothing():
    profiles, vectors, _ = latent_groups()
    settings = PersonaSettings(k_range=(2, 4), bootstraps=4)
    one = build_personas(PersonaInputs(profiles, NO_REVIEWS, latent=vectors), settings)
    other = build_personas(PersonaInputs(profiles, NO_REVIEWS, latent=1000 * vectors.iloc[::-1]), settings)
    assert [c.members for c in one.personas] == [c.members for c in other.personas]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda v: pd.concat([v, v.iloc[:1]]), "a person twice"),
        (lambda v: v.replace(v.iloc[3, 0], np.nan), "hold no numbers"),
        (lambda v: v * np.inf, "hold no numbers"),
    ],
)
def test_vectors_that_cannot_be_used_are_refused(spoil, why):
    profiles, vectors, _ = latent_groups()
    with pytest.raises(PersonaBuildError, match=why):
        build_personas(PersonaInputs(profiles, NO_REVIEWS, latent=spoil(vectors)))


def test_people_without_a_vector_get_that_of_somebody_alike():
    profiles, vectors, truth = latent_groups()
    found = build_personas(
        PersonaInputs(profiles, NO_REVIEWS, latent=vectors.iloc[5:]), PersonaSettings(k_range=(2, 4), bootstraps=8)
    )
    assert found.n == len(profiles)
    assert adjusted_rand_score(truth.iloc[5:], labels(found, truth.index[5:])) > 0.9
