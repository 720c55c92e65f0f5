"""Groups that come back: how many there are, and whether there are any.

The number of groups is the one whose grouping returns best under the bootstrap (Hennig 2007, Fang &
Wang 2012; agreement by the adjusted Rand index). Whether groups exist at all is tested twice, and both
tests must say so: against one bell-shaped cloud with the same covariance (SigClust: Liu, Hayes, Nobel &
Marron 2008), and against attributes that have nothing to do with each other (each shuffled on its own:
Anderson 2001). The second is needed because levels alone are lumpy: four unrelated yes-no answers
make sixteen perfectly stable groups that say nothing about people.

Known limit: yes-no answers that all follow one sliding scale can pass as two groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from analytics.personas.features import Features, combined
from analytics.personas.model import PersonaSettings, Progress, Stability

ENOUGH_STABLE = 0.60
STABLE = 0.75
NEAR_BEST = 0.10
ALPHA = 0.05
NULL_DRAWS = 39
NULL_PEOPLE = 1_200
TUNING_PEOPLE = 3_000

Matrix = NDArray[np.float64]


class Grouping:
    """A fitted grouping that can place people it has not seen."""

    def __init__(self, matrix: Matrix, k: int, settings: PersonaSettings, seed: int, starts: int = 5) -> None:
        if settings.method == "gmm":
            self._model: KMeans | GaussianMixture = GaussianMixture(
                k, covariance_type="diag", n_init=starts, reg_covar=1e-4, random_state=seed
            ).fit(matrix)
        else:
            self._model = KMeans(k, n_init=starts, random_state=seed).fit(matrix)

    def place(self, matrix: Matrix) -> NDArray[np.int64]:
        """Return each person's group."""
        return np.asarray(self._model.predict(matrix), dtype=np.int64)


@dataclass(frozen=True)
class Choice:
    """The number of groups that is best supported, 0 for none, and what was measured for each."""

    k: int
    stabilities: tuple[Stability, ...]


def choose_k(features: Features, settings: PersonaSettings, progress: Progress) -> Choice:
    """Measure stability and structure for each number of groups and choose.

    Only numbers whose groups are tighter than one cloud and than unrelated attributes would give
    (the larger p, Holm-corrected, below .05) are considered. Of them the largest is taken whose mean
    adjusted Rand index reaches .75, which Hennig calls stable, and lies within .10 of the best;
    failing that, the most stable one from .60 on.
    """
    rng = np.random.default_rng(settings.seed)
    part = features.of(rng.permutation(len(features.people))[:TUNING_PEOPLE])
    some = part.matrix
    lowest, highest = settings.k_range
    highest = min(highest, len(some) // max(2, settings.k_min_people))
    numbers = list(range(lowest, highest + 1))
    progress(0.0, "Drawing people without groups, to compare")
    nulls = [_null_indexes(lambda: _cloud(some, rng), numbers, settings, rng)]
    if len(part.units) > 1 or (part.units and part.text is not None):
        nulls.append(_null_indexes(lambda: _unrelated(part, rng), numbers, settings, rng))
    found = []
    for position, k in enumerate(numbers):
        progress(position / max(1, len(numbers)), f"Trying {k} groups")
        found.append(_measured(some, k, settings, rng, [null[k] for null in nulls]))
    corrected = _holm([s.p_structure for s in found])
    good = [s for s, p in zip(found, corrected, strict=True) if s.stability >= ENOUGH_STABLE and p < ALPHA]
    if not good:
        return Choice(0, tuple(found))
    best = max(s.stability for s in good)
    stable = [s.k for s in good if s.stability >= max(STABLE, best - NEAR_BEST)]
    return Choice(max(stable) if stable else max(good, key=lambda s: s.stability).k, tuple(found))


def _measured(
    some: Matrix, k: int, settings: PersonaSettings, rng: np.random.Generator, nulls: list[Matrix]
) -> Stability:
    seed = int(rng.integers(2**31))
    reference = Grouping(some, k, settings, seed).place(some)
    scores = []
    for _ in range(settings.bootstraps):
        drawn = some[rng.integers(len(some), size=len(some))]
        again = Grouping(drawn, k, settings, int(rng.integers(2**31)), starts=2).place(some)
        scores.append(adjusted_rand_score(reference, again))
    index = _cluster_index(some, reference)
    low, high = np.percentile(scores, [2.5, 97.5])
    p = max(_tail(index, null) for null in nulls)
    return Stability(k, float(np.mean(scores)), float(low), float(high), p)


def _tail(index: float, null: Matrix) -> float:
    """Return how often data without groups is as tight.

    A simulated p cannot fall below one over the draws, too coarse to be corrected; beyond them a
    normal tail refines it (as SigClust does).
    """
    p = (1 + int((null <= index).sum())) / (1 + len(null))
    if p > 1 / (1 + len(null)):
        return p
    return float(norm.cdf((index - null.mean()) / max(null.std(ddof=1), 1e-12)))


def _cluster_index(matrix: Matrix, labels: NDArray[np.int64]) -> float:
    """Return within-group over total sum of squares."""
    total = ((matrix - matrix.mean(axis=0)) ** 2).sum()
    within = sum(((matrix[labels == g] - matrix[labels == g].mean(axis=0)) ** 2).sum() for g in np.unique(labels))
    return float(within / total) if total else 1.0


def _null_indexes(
    draw: Callable[[], Matrix], numbers: list[int], settings: PersonaSettings, rng: np.random.Generator
) -> dict[int, Matrix]:
    """Return the cluster indexes of data without groups, for each number of groups."""
    found: dict[int, list[float]] = {k: [] for k in numbers}
    for _ in range(NULL_DRAWS):
        people = draw()
        for k in numbers:
            labels = Grouping(people, k, settings, int(rng.integers(2**31)), starts=2).place(people)
            found[k].append(_cluster_index(people, labels))
    return {k: np.asarray(v) for k, v in found.items()}


def _cloud(some: Matrix, rng: np.random.Generator) -> Matrix:
    """Draw people from one bell-shaped cloud of the same covariance."""
    values, axes = np.linalg.eigh(np.atleast_2d(np.cov(some.T)))
    scale = np.sqrt(np.clip(values, 0, None))
    cloud: Matrix = (rng.standard_normal((min(len(some), NULL_PEOPLE), len(scale))) * scale) @ axes.T
    return cloud


def _unrelated(part: Features, rng: np.random.Generator) -> Matrix:
    """Draw people whose attributes are the real ones, each from somebody else; texts from one cloud."""
    total = len(part.people)
    size = min(total, NULL_PEOPLE)
    units = [unit[rng.permutation(total)[:size]] for unit in part.units]
    return combined(units, None if part.text is None else _cloud(part.text, rng)[:size])


def _holm(values: list[float]) -> list[float]:
    order = np.argsort(values)
    corrected, running = [0.0] * len(values), 0.0
    for rank, position in enumerate(order):
        running = max(running, min(1.0, values[position] * (len(values) - rank)))
        corrected[position] = running
    return corrected


def merge_small(matrix: Matrix, labels: NDArray[np.int64], fewest: int) -> tuple[NDArray[np.int64], int]:
    """Join every group of fewer people to the one with the nearest centre. Return how many were joined."""
    labels, joined = labels.copy(), 0
    while True:
        groups, sizes = np.unique(labels, return_counts=True)
        if len(groups) < 2 or sizes.min() >= fewest:
            return labels, joined
        small = groups[sizes.argmin()]
        centres = {g: matrix[labels == g].mean(axis=0) for g in groups}
        nearest = min((g for g in groups if g != small), key=lambda g: ((centres[g] - centres[small]) ** 2).sum())
        labels[labels == small] = nearest
        joined += 1


@dataclass(frozen=True)
class Return:
    """How well one group comes back: Jaccard indexes over draws, and on the other half of the people."""

    mean: float
    low: float
    high: float
    other_half: float


def returns(
    features: Features,
    labels: NDArray[np.int64],
    finders: NDArray[np.int64],
    holdout: NDArray[np.int64],
    k: int,
    settings: PersonaSettings,
) -> dict[int, Return]:
    """Measure group by group how well it comes back (clusterwise stability: Hennig 2007).

    For each draw of the finders with replacement, a group's best Jaccard index with any group of the
    new grouping, over all finders; and once with the grouping of the held-out half alone.
    """
    rng = np.random.default_rng(settings.seed + 1)
    matrix = features.matrix
    groups = [int(g) for g in np.unique(labels)]
    scores: dict[int, list[float]] = {g: [] for g in groups}
    for _ in range(settings.bootstraps):
        drawn = matrix[finders[rng.integers(len(finders), size=len(finders))]]
        again = Grouping(drawn, k, settings, int(rng.integers(2**31)), starts=2).place(matrix[finders])
        for g in groups:
            scores[g].append(_best_match(labels[finders] == g, again))
    other = Grouping(matrix[holdout], k, settings, settings.seed, starts=10).place(matrix[holdout])
    found = {}
    for g in groups:
        low, high = np.percentile(scores[g], [2.5, 97.5])
        match = _best_match(labels[holdout] == g, other)
        found[g] = Return(float(np.mean(scores[g])), float(low), float(high), match)
    return found


def _best_match(inside: NDArray[np.bool_], labels: NDArray[np.int64]) -> float:
    """Return the largest Jaccard index between a set of people and any group."""
    best = 0.0
    for g in np.unique(labels):
        other = labels == g
        best = max(best, float((inside & other).sum() / max(1, (inside | other).sum())))
    return best
