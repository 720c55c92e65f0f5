"""Group people, and measure group by group how well each comes back when people are drawn again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from analytics.inference import percentile_interval
from analytics.personas.features import Features
from analytics.personas.model import PersonaBuildError, PersonaSettings

Matrix = NDArray[np.float64]


class Grouping:
    """A fitted grouping that can place people it has not seen."""

    def __init__(self, matrix: Matrix, k: int, settings: PersonaSettings, seed: int, starts: int = 5) -> None:
        if settings.fit is not None:
            self._place: Callable[[Matrix], Any] = settings.fit(matrix, k, seed)
        elif settings.method == "gmm":
            mixture = GaussianMixture(k, covariance_type="diag", n_init=starts, reg_covar=1e-4, random_state=seed)
            self._place = mixture.fit(matrix).predict
        else:
            self._place = KMeans(k, n_init=starts, random_state=seed).fit(matrix).predict

    def place(self, matrix: Matrix) -> NDArray[np.int64]:
        """Return each person's group.

        Raises
        ------
        PersonaBuildError
            When a supplied way of grouping does not give every person one whole number.
        """
        labels = np.asarray(self._place(matrix))
        if labels.shape != (len(matrix),) or not np.issubdtype(labels.dtype, np.integer):
            raise PersonaBuildError("The supplied grouping must give each person the number of one group.")
        return labels.astype(np.int64)


def cluster_index(matrix: Matrix, labels: NDArray[np.int64]) -> float:
    """Return within-group over total sum of squares."""
    total = ((matrix - matrix.mean(axis=0)) ** 2).sum()
    within = sum(((matrix[labels == g] - matrix[labels == g].mean(axis=0)) ** 2).sum() for g in np.unique(labels))
    return float(within / total) if total else 1.0


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
        low, high = percentile_interval(scores[g])
        match = _best_match(labels[holdout] == g, other)
        found[g] = Return(float(np.mean(scores[g])), low, high, match)
    return found


def _best_match(inside: NDArray[np.bool_], labels: NDArray[np.int64]) -> float:
    """Return the largest Jaccard index between a set of people and any group."""
    best = 0.0
    for g in np.unique(labels):
        other = labels == g
        best = max(best, float((inside & other).sum() / max(1, (inside | other).sum())))
    return best
