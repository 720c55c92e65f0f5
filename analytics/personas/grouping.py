"""Groups that come back: how many there are, and whether there are any.

The number of groups is the one whose grouping returns best under the bootstrap (Hennig 2007, Fang &
Wang 2012; agreement by the adjusted Rand index). Whether groups exist at all is tested against one
bell-shaped cloud with the same covariance (SigClust: Liu, Hayes, Nobel & Marron 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from analytics.personas.model import PersonaSettings, Progress, Stability

ENOUGH_STABLE = 0.60
STABLE = 0.75
NEAR_BEST = 0.10
GOOD_STABLE = 0.80
ALPHA = 0.05
NULL_DRAWS = 39
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


def choose_k(matrix: Matrix, settings: PersonaSettings, progress: Progress) -> Choice:
    """Measure stability and structure for each number of groups and choose.

    Only numbers whose groups are tighter than one cloud would give (Holm-corrected p below .05) are
    considered. Of them the largest is taken whose mean adjusted Rand index reaches .75, which Hennig
    calls stable, and lies within .10 of the best; failing that, the most stable one from .60 on.
    """
    rng = np.random.default_rng(settings.seed)
    some = matrix[rng.permutation(len(matrix))[:TUNING_PEOPLE]]
    lowest, highest = settings.k_range
    highest = min(highest, len(some) // max(2, settings.k_min_people))
    numbers = list(range(lowest, highest + 1))
    null = _null_indexes(some, numbers, settings, rng)
    found = []
    for position, k in enumerate(numbers):
        progress(position / max(1, len(numbers)), f"Trying {k} groups")
        found.append(_measured(some, k, settings, rng, null[k]))
    corrected = _holm([s.p_structure for s in found])
    good = [s for s, p in zip(found, corrected, strict=True) if s.stability >= ENOUGH_STABLE and p < ALPHA]
    if not good:
        return Choice(0, tuple(found))
    best = max(s.stability for s in good)
    stable = [s.k for s in good if s.stability >= max(STABLE, best - NEAR_BEST)]
    return Choice(max(stable) if stable else max(good, key=lambda s: s.stability).k, tuple(found))


def _measured(some: Matrix, k: int, settings: PersonaSettings, rng: np.random.Generator, null: Matrix) -> Stability:
    seed = int(rng.integers(2**31))
    reference = Grouping(some, k, settings, seed).place(some)
    scores = []
    for _ in range(settings.bootstraps):
        drawn = some[rng.integers(len(some), size=len(some))]
        again = Grouping(drawn, k, settings, int(rng.integers(2**31)), starts=2).place(some)
        scores.append(adjusted_rand_score(reference, again))
    index = _cluster_index(some, reference)
    low, high = np.percentile(scores, [2.5, 97.5])
    p = (1 + int((null <= index).sum())) / (1 + len(null))
    # The simulated p cannot fall below 1/40, too coarse to be corrected; a normal tail refines it.
    if p <= 1 / (1 + len(null)):
        p = float(norm.cdf((index - null.mean()) / max(null.std(ddof=1), 1e-12)))
    return Stability(k, float(np.mean(scores)), float(low), float(high), float(p))


def _cluster_index(matrix: Matrix, labels: NDArray[np.int64]) -> float:
    """Return within-group over total sum of squares."""
    total = ((matrix - matrix.mean(axis=0)) ** 2).sum()
    within = sum(((matrix[labels == g] - matrix[labels == g].mean(axis=0)) ** 2).sum() for g in np.unique(labels))
    return float(within / total) if total else 1.0


def _null_indexes(
    some: Matrix, numbers: list[int], settings: PersonaSettings, rng: np.random.Generator
) -> dict[int, Matrix]:
    """Return the cluster indexes that one bell-shaped cloud of the same covariance gives."""
    covariance = np.atleast_2d(np.cov(some.T))
    values, axes = np.linalg.eigh(covariance)
    scale = np.sqrt(np.clip(values, 0, None))
    size = min(len(some), 1_200)
    found: dict[int, list[float]] = {k: [] for k in numbers}
    for _ in range(NULL_DRAWS):
        cloud = (rng.standard_normal((size, len(scale))) * scale) @ axes.T
        for k in numbers:
            labels = Grouping(cloud, k, settings, int(rng.integers(2**31)), starts=1).place(cloud)
            found[k].append(_cluster_index(cloud, labels))
    return {k: np.asarray(v) for k, v in found.items()}


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
