"""Two personas side by side, and which persona of one build lives on in which of another."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.kept.pairs import TraitPair, pairs_of
from dashboard.services.personas import building as built
from dashboard.workspace import Workspace
from db.repositories import personas
from db.repositories.personas import BuildRecord, PersonaRecord

BY_HAND = "by-hand"


class PersonaComparisonError(ValueError):
    """Two things cannot be compared, and which could be."""


@dataclass(frozen=True)
class Comparison:
    """Two personas: people in both, the share of all their people that is (Jaccard index), traits, words."""

    one: PersonaRecord
    other: PersonaRecord
    shared: int
    jaccard: float
    traits: tuple[TraitPair, ...]
    words_both: tuple[str, ...]
    words_one: tuple[str, ...]
    words_other: tuple[str, ...]


def compare(workspace: Workspace, one: int, other: int) -> Comparison:
    """Compare two personas, of one build or of two, as their newest cards describe them.

    Raises
    ------
    PersonaComparisonError
        When both are the same.
    StoreError
        When there is no such persona.
    """
    if one == other:
        raise PersonaComparisonError("Choose two different personas.")
    with workspace.database.reading() as session:
        a, b = personas.get(session, one), personas.get(session, other)
        people, others = set(personas.members(session, one)), set(personas.members(session, other))
    words, further = _words(a), _words(b)
    return Comparison(
        one=a,
        other=b,
        shared=len(people & others),
        jaccard=len(people & others) / len(people | others) if people | others else 0.0,
        traits=pairs_of(built.card_of(a).traits, built.card_of(b).traits),
        words_both=tuple(w for w in words if w in further),
        words_one=tuple(w for w in words if w not in further),
        words_other=tuple(w for w in further if w not in words),
    )


def _words(persona: PersonaRecord) -> list[str]:
    card = built.card_of(persona)
    return [w.word for w in card.words] + [f"“{q.text}”" for q in card.quotes]


@dataclass(frozen=True)
class Lived:
    """A persona of the earlier build and the one of the later build that has most of its people.

    Without ``before`` it is new, without ``after`` it is gone. ``jaccard`` is the share of the people
    of either, known to both builds, who are in both; ``stayed``, ``left`` and ``joined`` count them.
    """

    before: PersonaRecord | None
    after: PersonaRecord | None
    jaccard: float
    stayed: int
    left: int
    joined: int


@dataclass(frozen=True)
class BuildComparison:
    """Two builds: how many people are in personas of both, and what became of each persona."""

    before: BuildRecord
    after: BuildRecord
    people_in_both: int
    lived: tuple[Lived, ...]


def compare_builds(workspace: Workspace, before: int, after: int) -> BuildComparison:
    """Say which persona of one build lives on in which of another, by the people they share.

    Personas put together by hand stay out: they overlap with the others of their build.

    Raises
    ------
    PersonaComparisonError
        When both are the same build, or one has no personas.
    StoreError
        When there is no such build.
    """
    from analytics.personas.versions import match_personas

    if before == after:
        raise PersonaComparisonError("Choose two different builds.")
    with workspace.database.reading() as session:
        builds = [personas.build(session, number) for number in (before, after)]
        found = [
            {p.key: p for p in personas.listing(session, number, archived=True) if not p.key.startswith(BY_HAND)}
            for number in (before, after)
        ]
        people = [{key: personas.members(session, p.id) for key, p in side.items()} for side in found]
    for build, side in zip(builds, found, strict=True):
        if not side:
            raise PersonaComparisonError(f"Build {build.id} has no personas. Choose another.")
    everybody = [{person for members in side.values() for person in members} for side in people]
    lived = tuple(
        Lived(
            before=found[0][m.before] if m.before is not None else None,
            after=found[1][m.after] if m.after is not None else None,
            jaccard=m.jaccard,
            stayed=m.stayed,
            left=m.left,
            joined=m.joined,
        )
        for m in match_personas(people[0], people[1])
    )
    return BuildComparison(builds[0], builds[1], len(everybody[0] & everybody[1]), lived)
