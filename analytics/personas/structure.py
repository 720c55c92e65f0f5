"""Whether there are groups at all, or only people who differ.

Tested twice, and both tests must say so: against one bell-shaped cloud with the same covariance
(SigClust: Liu, Hayes, Nobel & Marron 2008), and against attributes that have nothing to do with each
other (each shuffled on its own). The second is needed because levels alone are lumpy: four unrelated
yes-no answers make sixteen perfectly stable groups that say nothing about people. For the same reason
a finer grouping must beat a coarser one whose attributes have nothing to do with each other within its
groups (local independence, the model of latent classes: McCutcheon 1987; simulated as McLachlan 1987).

Known limit: yes-no answers that all follow one sliding scale can pass as two groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from analytics.personas.features import Features, combined
from analytics.personas.grouping import Grouping, Matrix, cluster_index
from analytics.personas.model import PersonaSettings

NULL_DRAWS = 39
NULL_PEOPLE = 1_200


def structure_p(
    part: Features, indexes: Mapping[int, float], settings: PersonaSettings, rng: np.random.Generator
) -> dict[int, float]:
    """Return, for each number of groups, how often data without groups is as tight; the larger of both tests.

    Parameters
    ----------
    part : Features
        The people that the groups were found on.
    indexes : mapping of number of groups to within-group share of the sum of squares
    """
    numbers = sorted(indexes)
    if not numbers:
        return {}
    nulls = [
        _null_indexes(lambda: _cloud(part.matrix, rng, min(len(part.matrix), NULL_PEOPLE)), numbers, settings, rng)
    ]
    if len(part.units) > 1 or (part.units and part.text is not None):
        nulls.append(_null_indexes(lambda: _unrelated(part, rng), numbers, settings, rng))
    return {k: max(_tail(indexes[k], null[k]) for null in nulls) for k in numbers}


def finer_p(
    part: Features,
    coarse: NDArray[np.int64],
    k: int,
    index: float,
    settings: PersonaSettings,
    rng: np.random.Generator,
) -> float:
    """Return how often ``k`` groups are as tight when there are only the coarse ones.

    Parameters
    ----------
    part : Features
        The people that the groups were found on.
    coarse : ndarray of int, shape (people,)
        The groups of the coarser grouping.
    k, index : int, float
        The finer number of groups, and the within-group share of their sum of squares.
    """
    null = _null_indexes(lambda: _unrelated_within(part, coarse, rng), [k], settings, rng)
    return _tail(index, null[k])


def _tail(index: float, null: Matrix) -> float:
    """Return how often data without groups is as tight.

    A simulated p cannot fall below one over the draws, too coarse to be corrected; beyond them a
    normal tail refines it (as SigClust does).
    """
    p = (1 + int((null <= index).sum())) / (1 + len(null))
    if p > 1 / (1 + len(null)):
        return p
    return float(norm.cdf((index - null.mean()) / max(null.std(ddof=1), 1e-12)))


def _null_indexes(
    draw: Callable[[], Matrix], numbers: list[int], settings: PersonaSettings, rng: np.random.Generator
) -> dict[int, Matrix]:
    """Return the cluster indexes of data without groups, for each number of groups."""
    found: dict[int, list[float]] = {k: [] for k in numbers}
    for _ in range(NULL_DRAWS):
        people = draw()
        for k in numbers:
            labels = Grouping(people, k, settings, int(rng.integers(2**31)), starts=2).place(people)
            found[k].append(cluster_index(people, labels))
    return {k: np.asarray(v) for k, v in found.items()}


def _cloud(some: Matrix, rng: np.random.Generator, size: int) -> Matrix:
    """Draw people from one bell-shaped cloud of the same covariance, its centre at zero."""
    if len(some) < 2:
        return np.zeros((size, some.shape[1]))
    values, axes = np.linalg.eigh(np.atleast_2d(np.cov(some.T)))
    scale = np.sqrt(np.clip(values, 0, None))
    cloud: Matrix = (rng.standard_normal((size, len(scale))) * scale) @ axes.T
    return cloud


def _unrelated(part: Features, rng: np.random.Generator) -> Matrix:
    """Draw people whose attributes are the real ones, each from somebody else; texts from one cloud."""
    total = len(part.people)
    size = min(total, NULL_PEOPLE)
    units = [unit[rng.permutation(total)[:size]] for unit in part.units]
    return combined(units, None if part.text is None else _cloud(part.text, rng, size))


def _unrelated_within(part: Features, groups: NDArray[np.int64], rng: np.random.Generator) -> Matrix:
    """Draw people whose attributes come each from somebody else of their group; texts from its cloud."""
    inside = [np.flatnonzero(groups == g) for g in np.unique(groups)]
    units = [np.vstack([unit[rng.permutation(rows)] for rows in inside]) for unit in part.units]
    text = None
    if part.text is not None:
        text = np.vstack([part.text[rows].mean(axis=0) + _cloud(part.text[rows], rng, len(rows)) for rows in inside])
    people = combined(units, text)
    return people[rng.permutation(len(people))[:NULL_PEOPLE]]
