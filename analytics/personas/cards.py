"""Persona cards: what sets a group of people apart, with intervals and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analytics.inference import wilson
from analytics.kept import PersonaCard, Trait, Word
from analytics.personas.features import Features, build_features
from analytics.personas.grouping import Return
from analytics.personas.material import checked
from analytics.personas.model import PersonaBuildError, PersonaInputs, PersonaSettings
from analytics.personas.traits import corrected, strength, traits_of
from analytics.personas.words import distinctive_words, index_phrases, index_words, shared_quotes

HIGHLY_STABLE = 0.85
STABLE = 0.75
IN_WORDS = {
    "age": ("younger", "older"),
    "rating given": ("rates lower", "rates higher"),
    "reviews written": ("writes less often", "writes more often"),
}
BY_HAND = (
    "Put together by hand. Its traits were tested on the same people it was chosen from, so they may look "
    "surer than they are."
)


@dataclass(frozen=True)
class Group:
    """Who belongs together, under which key, and how well the group came back (None if not measured)."""

    key: str
    members: frozenset[str]
    came_back: Return | None = None


def describe_groups(
    groups: Sequence[Group],
    features: Features,
    inputs: PersonaInputs,
    everybody: pd.Index,
    tested: pd.Index,
    settings: PersonaSettings,
) -> tuple[PersonaCard, ...]:
    """Describe groups against each other's people.

    Parameters
    ----------
    everybody : Index
        The people whom shares are of.
    tested : Index
        The people whom traits and words are tested on.

    Notes
    -----
    Traits are corrected over all traits of all groups, words over all words of all groups (Holm 1979).
    """
    attributes = features.attributes.loc[tested]
    traits = corrected(
        [
            traits_of(attributes, _inside(tested, group.members), settings.k_min_people, settings.confidence)
            for group in groups
        ]
    )
    reviews = inputs.reviews[inputs.reviews["customer"].isin(everybody)] if len(inputs.reviews) else inputs.reviews
    written, phrases = (index_words(reviews), index_phrases(reviews)) if len(reviews) else ({}, {})
    writers = set(reviews["customer"])
    words = distinctive_words(written, [set(g.members) for g in groups], set(tested), settings.k_min_people)
    cards: list[PersonaCard] = []
    for group, its_traits, its_words in zip(groups, traits, words, strict=True):
        quotes = shared_quotes(phrases, set(group.members) & writers, len(writers), settings.k_min_people)
        card = _card(group, its_traits, its_words, [c.name for c in cards], len(everybody))
        cards.append(_rated(replace(card, quotes=quotes), reviews, settings))
    return tuple(cards)


def describe(
    members: Sequence[str],
    inputs: PersonaInputs,
    settings: PersonaSettings = PersonaSettings(),
    *,
    key: str = "by-hand",
    name: str | None = None,
) -> PersonaCard:
    """Describe people whom somebody chose by hand, against everybody else.

    Raises
    ------
    PersonaBuildError
        When they are fewer than k, are not among the people given, or are all of them.
    """
    inputs = checked(inputs)
    features = build_features(inputs)
    chosen = frozenset(members)
    unknown = len(chosen - set(features.people))
    if unknown:
        raise PersonaBuildError(
            f"{unknown} of the {len(chosen)} people chosen have no consented profile or review. Choose others."
        )
    if min(len(chosen), len(features.people) - len(chosen)) < settings.k_min_people:
        raise PersonaBuildError(
            f"A persona needs at least {settings.k_min_people} people, and as many others to compare with; "
            f"{len(chosen)} of {len(features.people)} were chosen."
        )
    people = features.people
    card = describe_groups([Group(key, chosen)], features, inputs, people, people, settings)[0]
    return card if name is None else replace(card, name=name)


def _inside(people: pd.Index, members: frozenset[str]) -> pd.Series:
    return pd.Series(people.isin(list(members)), index=people)


def _card(group: Group, traits: list[Trait], words: tuple[Word, ...], taken: list[str], total: int) -> PersonaCard:
    found = _telling_first(traits)
    size = len(group.members)
    share = wilson(size, total)
    confidence, why = _confidence(group.came_back)
    back = group.came_back
    return PersonaCard(
        key=group.key,
        name=_name(found, [w.word for w in words], taken),
        size=size,
        share=share.value,
        share_low=share.low,
        share_high=share.high,
        confidence=confidence,
        why=why,
        traits=tuple(found),
        words=words,
        quotes=(),
        rating_mean=None,
        rating_n=0,
        members=tuple(sorted(group.members)),
        stability=back.mean if back else None,
        stability_low=back.low if back else None,
        stability_high=back.high if back else None,
    )


def _telling_first(traits: list[Trait]) -> list[Trait]:
    """Sort by strength; what a group has less of comes last where what it has more of says the same."""
    more = {t.field.split("=")[0] for t in traits if t.kind == "share" and t.verdict == "higher"}

    def implied(t: Trait) -> bool:
        return t.kind == "share" and t.verdict == "lower" and t.field.split("=")[0] in more

    return sorted(traits, key=lambda t: (implied(t), -strength(t), t.field))


def _rated(card: PersonaCard, reviews: pd.DataFrame, settings: PersonaSettings) -> PersonaCard:
    """Add the mean rating over people, each counted once, where enough people gave one."""
    given = reviews[reviews["customer"].isin(card.members)].dropna(subset=["rating"])
    each = given.groupby("customer")["rating"].mean().astype(float)
    if len(each) < settings.k_min_people:
        return replace(card, rating_n=len(each))
    mean = float(each.mean())
    half = float(stats.t.ppf((1 + settings.confidence) / 2, len(each) - 1) * each.std(ddof=1) / np.sqrt(len(each)))
    lowest, highest = float(reviews["rating"].min()), float(reviews["rating"].max())
    return replace(
        card,
        rating_mean=mean,
        rating_n=len(each),
        rating_low=max(lowest, mean - half),
        rating_high=min(highest, mean + half),
    )


def _confidence(back: Return | None) -> tuple[Literal["high", "medium", "low"], str]:
    """Judge a group by how well it comes back; .75 and .85 are Hennig's bounds for stable and highly stable."""
    if back is None:
        return "low", BY_HAND
    surest = min(back.mean, back.other_half)
    level: Literal["high", "medium", "low"] = (
        "high" if surest >= HIGHLY_STABLE else "medium" if surest >= STABLE else "low"
    )
    return level, (
        f"When people are drawn again, {back.mean:.0%} [{back.low:.0%}, {back.high:.0%}] of this group and its "
        f"best match overlap; when only the other half of the people is used, {back.other_half:.0%} do."
    )


def _in_words(trait: Trait) -> str:
    lower, higher = IN_WORDS.get(trait.label.lower(), (f"lower {trait.label.lower()}", f"higher {trait.label.lower()}"))
    return higher if trait.verdict == "higher" else lower


def _name(traits: list[Trait], words: list[str], taken: list[str]) -> str:
    """Suggest a name from what sets the group apart, in the data's own words."""
    said: list[str] = []
    fields: set[str] = set()
    # "Younger, rates higher" and "Rates higher, younger" would be two personas of one name.
    used = [set(name.lower().split(", ")) for name in taken]
    for trait in traits:
        base = trait.field.split("=")[0]
        rarer = trait.kind == "share" and trait.verdict == "lower"
        if trait.verdict not in ("higher", "lower") or base in fields or rarer:
            continue
        fields.add(base)
        said.append(trait.label if trait.kind == "share" else _in_words(trait))
        if len(said) == 2 and {part.lower() for part in said} not in used:
            break
        said = said[:1] if len(said) == 2 else said
    if len(said) < 2 and words:
        said.append("writes of " + " and ".join(words[:2]))
    name = ", ".join(said) or f"Group {len(taken) + 1}"
    name = name[:1].upper() + name[1:]
    return name if name not in taken else f"{name} ({len(taken) + 1})"
