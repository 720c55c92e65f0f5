"""Two persona cards side by side, trait by trait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.kept.persona import Trait


@dataclass(frozen=True)
class Side:
    """What one persona's card says of a trait: a mean or a share (0 to 1), and how far it is from all others'.

    ``difference`` is to everybody else of its build, with a 95% interval; ``n`` counts the people it was
    measured on.
    """

    value: float
    difference: float
    low: float
    high: float
    n: int
    verdict: str


@dataclass(frozen=True)
class TraitPair:
    """One trait on two cards; None where a card does not have it. ``kind`` is number or share."""

    label: str
    kind: str
    one: Side | None
    other: Side | None

    @property
    def gap(self) -> float:
        """Return how far apart the two are, from 0 to about 1: what is most telling comes first."""
        if self.one is None or self.other is None:
            return 0.0
        a, b = self.one.value, self.other.value
        if self.kind != "number":
            return abs(a - b)
        largest = max(abs(a), abs(b))
        return abs(a - b) / largest if largest else 0.0


def pairs_of(one: Sequence[Trait], other: Sequence[Trait]) -> tuple[TraitPair, ...]:
    """Return the traits of two cards side by side, the most different first."""
    first, second = ({t.label: t for t in traits} for traits in (one, other))
    pairs = [
        TraitPair(label, (first.get(label) or second[label]).kind, _side(first, label), _side(second, label))
        for label in dict.fromkeys([*first, *second])
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.gap, pair.label)))


def _side(traits: Mapping[str, Trait], label: str) -> Side | None:
    trait = traits.get(label)
    if trait is None:
        return None
    return Side(
        value=trait.group,
        difference=trait.difference,
        low=trait.low,
        high=trait.high,
        n=trait.n_group,
        verdict=trait.verdict,
    )
