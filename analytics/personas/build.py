"""Build personas: groups found on one half of the people, described on the other.

Attributes that made the groups differ between them by construction, so a test on the same people
would always find something. The groups are therefore found on a random half and every trait is
tested on the other half only (data splitting; Gao, Bien & Witten 2022 on testing after clustering).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analytics.personas.cards import Group, describe_groups
from analytics.personas.choice import ENOUGH_STABLE, Choice, choose_k
from analytics.personas.features import build_features
from analytics.personas.grouping import Grouping, Return, merge_small, returns
from analytics.personas.material import checked
from analytics.personas.model import PersonaBuildError, PersonaInputs, PersonaSet, PersonaSettings, Progress


def _silent(_share: float, _message: str) -> None:
    return None


def build_personas(
    inputs: PersonaInputs, settings: PersonaSettings = PersonaSettings(), progress: Progress = _silent
) -> PersonaSet:
    """Find groups of people that come back when people are drawn again, and describe each.

    Returns
    -------
    PersonaSet
        Without personas when no grouping is both stable and tighter than one cloud of people.

    Raises
    ------
    PersonaBuildError
        When there are too few people or nothing to tell them apart, or the material does not fit together.

    Notes
    -----
    ``progress(share, message)`` is called often; an exception that it raises ends the build, which is
    how a build is cancelled. The order of the rows does not matter, and the same seed gives the same
    personas.
    """
    # Hundreds of small fits: threads would wait for each other far longer than they work.
    with threadpool_limits(1):
        return _build(inputs, settings, progress)


def _build(inputs: PersonaInputs, settings: PersonaSettings, progress: Progress) -> PersonaSet:
    progress(0.0, "Reading profiles and reviews")
    inputs = checked(inputs)
    features = build_features(inputs)
    if len(features.people) < 4 * settings.k_min_people:
        raise PersonaBuildError(
            f"Personas need at least {4 * settings.k_min_people} people; there are {len(features.people)}."
        )
    rng = np.random.default_rng(settings.seed)
    order = rng.permutation(len(features.people))[: settings.max_people]
    finders, holdout = order[: len(order) // 2], order[len(order) // 2 :]
    choice = choose_k(features.of(finders), settings, lambda s, m: progress(0.1 + 0.6 * s, m))
    notes = list(features.notes)
    if len(order) < len(features.people):
        notes.append(f"{len(order):,} of {len(features.people):,} people were looked at, drawn at random.")
    if choice.k == 0:
        notes.append(_no_groups(choice))
        return PersonaSet((), 0, len(order), choice.stabilities, settings.method_words, settings.seed, tuple(notes))
    progress(0.75, "Placing everybody")
    labels, joined = _placed(features.matrix, finders, order, choice.k, settings)
    if joined:
        notes.append(f"{joined} group(s) of fewer than {settings.k_min_people} people were joined to the nearest one.")
    if len(np.unique(labels[order])) < 2:
        notes.append("Cannot tell: only one group of enough people was left.")
        return PersonaSet((), 0, len(order), choice.stabilities, settings.method_words, settings.seed, tuple(notes))
    progress(0.8, "Measuring how well each group comes back")
    back = returns(features, labels, finders, holdout, choice.k, settings)
    progress(0.9, "Describing the groups")
    groups = _groups(pd.Series(labels[order], index=features.people[order]), back)
    cards = describe_groups(groups, features, inputs, features.people[order], features.people[holdout], settings)
    progress(1.0, f"{len(cards)} personas")
    method = f"PCA, {settings.method_words}, k by bootstrap stability"
    return PersonaSet(cards, len(cards), len(order), choice.stabilities, method, settings.seed, tuple(notes))


def _no_groups(choice: Choice) -> str:
    best = max(choice.stabilities, key=lambda s: s.stability, default=None)
    if best is None:
        return "Cannot tell: there are too few people to look for groups."
    if best.stability < ENOUGH_STABLE:
        return (
            "Cannot tell: no grouping came back when people were drawn again "
            f"(best agreement {best.stability:.2f}, needed {ENOUGH_STABLE:.2f}). "
            "More people or more attributes may help."
        )
    return (
        "Cannot tell: the people form one cloud rather than groups, or their attributes have nothing to do with "
        "each other. Any cut would be arbitrary."
    )


def _placed(
    matrix: NDArray[np.float64],
    finders: NDArray[np.int64],
    order: NDArray[np.int64],
    k: int,
    settings: PersonaSettings,
) -> tuple[NDArray[np.int64], int]:
    """Group by the finders, place everybody, join what is too small. Return labels and how many joined."""
    labels = Grouping(matrix[finders], k, settings, settings.seed, starts=10).place(matrix)
    labels[order], joined = merge_small(matrix[order], labels[order], settings.k_min_people)
    return labels, joined


def _groups(labels: pd.Series, back: dict[int, Return]) -> list[Group]:
    """Return the groups, the largest first."""
    members = {int(label): frozenset(people.index) for label, people in labels.groupby(labels)}
    ordered = sorted(members, key=lambda label: (-len(members[label]), min(members[label])))
    return [Group(f"p{i}", members[label], back[label]) for i, label in enumerate(ordered, start=1)]
