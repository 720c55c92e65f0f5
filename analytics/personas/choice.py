"""How many groups: the number whose grouping returns when people are drawn again.

Agreement by the adjusted Rand index under the bootstrap (Hennig 2007; Fang & Wang 2012).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from analytics.inference import ALPHA, holm, percentile_interval
from analytics.personas.features import Features
from analytics.personas.grouping import Grouping, Matrix, cluster_index
from analytics.personas.model import PersonaSettings, Progress, Stability
from analytics.personas.structure import finer_p, structure_p

ENOUGH_STABLE = 0.60
STABLE = 0.75
NEAR_BEST = 0.10
TUNING_PEOPLE = 3_000


@dataclass(frozen=True)
class Choice:
    """The number of groups that is best supported, 0 for none, and what was measured for each."""

    k: int
    stabilities: tuple[Stability, ...]


def choose_k(features: Features, settings: PersonaSettings, progress: Progress) -> Choice:
    """Measure stability and structure for each number of groups and choose.

    Only stable numbers (mean adjusted Rand index from .60 on) whose groups are tighter than one cloud
    and than unrelated attributes would give are considered (the larger p below .05, Holm-corrected
    over all numbers tried). Candidates reach an index of .75, which Hennig calls stable, and lie within
    .10 of the best; failing that, the most stable number is taken. Of the candidates the smallest is
    taken, then a larger one in its place as long as its groups are tighter than those that the coarser
    ones would fall into if their attributes were unrelated.
    """
    rng = np.random.default_rng(settings.seed)
    part = features.of(rng.permutation(len(features.people))[:TUNING_PEOPLE])
    lowest, highest = settings.k_range
    highest = min(highest, len(part.people) // max(2, settings.k_min_people))
    found, indexes, labels = [], {}, {}
    for k in range(lowest, highest + 1):
        progress(0.8 * (k - lowest) / (highest - lowest + 1), f"Trying {k} groups")
        measured, labels[k] = _measured(part.matrix, k, settings, rng)
        found.append(measured)
        if measured.stability >= ENOUGH_STABLE:
            indexes[k] = cluster_index(part.matrix, labels[k])
    progress(0.8, "Comparing with people without groups")
    p_values = structure_p(part, indexes, settings, rng)
    # A number of groups that is not stable was given up after a look at it: it stays in the family.
    corrected = holm([p_values.get(s.k, 1.0) for s in found])
    found = [replace(s, p_structure=p_values.get(s.k)) for s in found]
    good = [s for s, p in zip(found, corrected, strict=True) if p < ALPHA]
    if not good:
        return Choice(0, tuple(found))
    best = max(s.stability for s in good)
    candidates = [s.k for s in good if s.stability >= max(STABLE, best - NEAR_BEST)]
    if not candidates:
        return Choice(max(good, key=lambda s: s.stability).k, tuple(found))
    k, finer = candidates[0], candidates[1:]
    for larger in finer:
        progress(0.95, f"Comparing {larger} groups with {k}")
        if finer_p(part, labels[k], larger, indexes[larger], settings, rng) * len(finer) < ALPHA:
            k = larger
    return Choice(k, tuple(found))


def _measured(
    people: Matrix, k: int, settings: PersonaSettings, rng: np.random.Generator
) -> tuple[Stability, NDArray[np.int64]]:
    """Return how stable a number of groups is, and the groups."""
    reference = Grouping(people, k, settings, int(rng.integers(2**31))).place(people)
    scores = []
    for _ in range(settings.bootstraps):
        drawn = people[rng.integers(len(people), size=len(people))]
        again = Grouping(drawn, k, settings, int(rng.integers(2**31)), starts=2).place(people)
        scores.append(adjusted_rand_score(reference, again))
    low, high = percentile_interval(scores)
    return Stability(k, float(np.mean(scores)), low, high, None), reference
