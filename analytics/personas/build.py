"""Build personas: groups found on one half of the people, described on the other.

Attributes that made the groups differ between them by construction, so a test on the same people
would always find something. The groups are therefore found on a random half and every trait is
tested on the other half only (data splitting; Gao, Bien & Witten 2022 on testing after clustering).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score
from statsmodels.stats.proportion import proportion_confint

from analytics.personas.features import Features, build_features
from analytics.personas.grouping import ENOUGH_STABLE, GOOD_STABLE, Choice, Grouping, choose_k, merge_small
from analytics.personas.model import (
    PersonaBuildError,
    PersonaCard,
    PersonaInputs,
    PersonaSet,
    PersonaSettings,
    Progress,
    Trait,
)
from analytics.personas.traits import corrected, strength, traits_of
from analytics.personas.words import distinctive_words, index_phrases, index_words, shared_quotes


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
        When there are too few people or nothing to tell them apart.
    """
    progress(0.0, "Reading profiles and reviews")
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
        return PersonaSet((), 0, len(order), choice.stabilities, settings.method, settings.seed, tuple(notes))
    progress(0.75, "Placing everybody")
    labels, agreement = _placed(features.matrix, finders, holdout, choice.k, settings)
    labels, joined = merge_small(features.matrix[order], labels[order], settings.k_min_people)
    if joined:
        notes.append(f"{joined} group(s) of fewer than {settings.k_min_people} people were joined to the nearest one.")
    progress(0.85, "Describing the groups")
    groups = pd.Series(labels, index=features.people[order])
    cards = _cards(features, inputs, groups, features.people[holdout], choice, agreement, settings)
    progress(1.0, f"{len(cards)} personas")
    method = f"PCA, {'Gaussian mixture' if settings.method == 'gmm' else 'k-means'}, k by bootstrap stability"
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
    return "Cannot tell: the people form one cloud rather than groups. Any cut through it would be arbitrary."


def _placed(
    matrix: NDArray[np.float64],
    finders: NDArray[np.int64],
    holdout: NDArray[np.int64],
    k: int,
    settings: PersonaSettings,
) -> tuple[NDArray[np.int64], float]:
    """Group by the finders and place everybody; also say how well the other half alone agrees."""
    grouping = Grouping(matrix[finders], k, settings, settings.seed, starts=10)
    labels = grouping.place(matrix)
    other = Grouping(matrix[holdout], k, settings, settings.seed, starts=10)
    agreement = adjusted_rand_score(labels[holdout], other.place(matrix[holdout]))
    return labels, float(agreement)


def _cards(
    features: Features,
    inputs: PersonaInputs,
    groups: pd.Series,
    holdout: pd.Index,
    choice: Choice,
    agreement: float,
    settings: PersonaSettings,
) -> tuple[PersonaCard, ...]:
    sizes = groups.value_counts()
    tested = features.attributes.loc[holdout]
    placed = groups.loc[holdout]
    traits = corrected(
        [traits_of(tested, placed == g, settings.k_min_people, settings.confidence) for g in sizes.index]
    )
    reviews = inputs.reviews[inputs.reviews["customer"].isin(groups.index)] if len(inputs.reviews) else inputs.reviews
    words, phrases = (index_words(reviews), index_phrases(reviews)) if len(reviews) else ({}, {})
    writers = set(reviews["customer"]) if len(reviews) else set()
    confidence, why = _confidence(choice, agreement)
    cards: list[PersonaCard] = []
    for position, group in enumerate(sizes.index):
        members = set(groups.index[groups == group])
        ratings = (
            reviews.loc[reviews["customer"].isin(members), "rating"].dropna()
            if len(reviews)
            else pd.Series(dtype=float)
        )
        low, high = proportion_confint(len(members), len(groups), method="wilson")
        found = sorted(traits[position], key=lambda t: (-strength(t), t.field))
        said = distinctive_words(words, members & writers, len(writers), settings.k_min_people)
        quotes = shared_quotes(phrases, members & writers, len(writers), settings.k_min_people)
        cards.append(
            PersonaCard(
                key=f"p{position + 1}",
                name=_name(found, [w.word for w in said], position, [c.name for c in cards]),
                size=len(members),
                share=len(members) / len(groups),
                share_low=float(low),
                share_high=float(high),
                confidence=confidence,  # type: ignore[arg-type]
                why=why,
                traits=tuple(found),
                words=said,
                quotes=quotes,
                rating_mean=float(ratings.mean()) if len(ratings) >= settings.k_min_people else None,
                rating_n=len(ratings),
                members=tuple(sorted(members)),
            )
        )
    return tuple(cards)


def _confidence(choice: Choice, agreement: float) -> tuple[str, str]:
    stability = next(s.stability for s in choice.stabilities if s.k == choice.k)
    level = (
        "high"
        if min(stability, agreement) >= GOOD_STABLE
        else "medium"
        if min(stability, agreement) >= ENOUGH_STABLE
        else "low"
    )
    return level, (
        f"Drawn again, the groups agree by {stability:.2f}; found on the other half of the people alone, by "
        f"{agreement:.2f} (1 is the same, 0 is chance)."
    )


def _name(traits: list[Trait], words: list[str], position: int, taken: list[str]) -> str:
    """Suggest a name from what sets the group apart, in the data's own words."""
    said: list[str] = []
    fields: set[str] = set()
    for trait in traits:
        base = trait.field.split("=")[0]
        if (
            trait.verdict not in ("higher", "lower")
            or base in fields
            or (trait.kind == "share" and trait.verdict == "lower")
        ):
            continue
        fields.add(base)
        said.append(trait.label if trait.kind == "share" else f"{trait.verdict} {trait.label.lower()}")
        if len(said) == 2:
            break
    if len(said) < 2 and words:
        said.append("writes of " + " and ".join(words[:2]))
    name = ", ".join(said) or f"Group {position + 1}"
    name = name[:1].upper() + name[1:]
    return name if name not in taken else f"{name} ({position + 1})"
