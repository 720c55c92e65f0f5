"""Which persona of an earlier build lives on in which persona of a later one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

SAME = 0.5


@dataclass(frozen=True)
class Match:
    """Two personas that belong together, or one that has no partner.

    ``jaccard`` is the share of the people of either, known to both builds, who are in both;
    ``stayed``, ``left`` and ``joined`` count those people.
    """

    before: str | None
    after: str | None
    jaccard: float
    stayed: int
    left: int
    joined: int


def match_personas(
    before: Mapping[str, Collection[str]], after: Mapping[str, Collection[str]], least: float = SAME
) -> tuple[Match, ...]:
    """Pair the personas of two builds by the people they share.

    Only people who are in both builds count, so that new customers and withdrawn consents do not make
    a persona look changed. The pairing maximises the sum of Jaccard indexes (Kuhn 1955); pairs below
    ``least`` are told apart as one that went and one that is new. (Above one half, a group has at most
    one partner: Hennig 2007.)

    Parameters
    ----------
    before, after : mapping of key to pseudonyms
        The members of each persona.
    """
    known = {p for people in before.values() for p in people} & {p for people in after.values() for p in people}
    old = {key: set(people) & known for key, people in sorted(before.items())}
    new = {key: set(people) & known for key, people in sorted(after.items())}
    overlap = np.array([[_jaccard(a, b) for b in new.values()] for a in old.values()]).reshape(len(old), len(new))
    rows, columns = linear_sum_assignment(-overlap)
    names, others = list(old), list(new)
    pairs = {names[r]: others[c] for r, c in zip(rows, columns, strict=True) if overlap[r, c] >= least}
    found = [_match(key, pairs.get(key), old, new) for key in names]
    found += [_match(None, key, old, new) for key in others if key not in pairs.values()]
    return tuple(found)


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _match(before: str | None, after: str | None, old: dict[str, set[str]], new: dict[str, set[str]]) -> Match:
    one = old[before] if before is not None else set()
    other = new[after] if after is not None else set()
    return Match(before, after, _jaccard(one, other), len(one & other), len(one - other), len(other - one))
