"""What personas are built from and what comes out: plain, frozen data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.inference import LEVEL
from analytics.kept import PersonaCard

Method = Literal["kmeans", "gmm"]
Progress = Callable[[float, str], None]


class PersonaBuildError(ValueError):
    """Personas cannot be built from this, and why."""


# Places people in groups: from a matrix of shape (people, features) to a group's number for each.
Place = Callable[[NDArray[np.float64]], NDArray[np.int64]]


class Fit(Protocol):
    """A way of grouping that is supplied, such as a model trained elsewhere. ``name`` is told with the method.

    Called with the people to learn from, shape (people, features), the number of groups and a seed; returns how to
    place any people of the same features. The same arguments have to give the same groups.
    """

    @property
    def name(self) -> str: ...

    def __call__(self, matrix: NDArray[np.float64], k: int, seed: int) -> Place: ...


@dataclass(frozen=True)
class PersonaSettings:
    """How to build. ``k_min_people`` is the fewest people a persona may describe.

    ``fit`` takes the place of ``method`` where it is given: choosing how many groups there are, the test against
    people without groups, and what comes back are then measured with it.
    """

    k_min_people: int = 10
    k_range: tuple[int, int] = (2, 8)
    method: Method = "kmeans"
    seed: int = 1
    max_people: int = 20_000
    bootstraps: int = 20
    confidence: float = LEVEL
    fit: Fit | None = None

    @property
    def method_words(self) -> str:
        """The way of grouping in words."""
        if self.fit is not None:
            return self.fit.name
        return "Gaussian mixture" if self.method == "gmm" else "k-means"


@dataclass(frozen=True)
class PersonaInputs:
    """Consented material.

    Parameters
    ----------
    profiles : DataFrame, shape (people, attributes)
        Index: pseudonyms. Numbers, texts and booleans; may have no columns.
    reviews : DataFrame
        Columns review_id, customer, rating, text (redacted); may be empty.
    vectors : ndarray, shape (reviews, dimensions), or None
        One unit vector a review, row by row.
    latent : DataFrame, shape (people, dimensions), or None
        One vector a person from a model (index: pseudonyms), to group by beside the rest. Whoever has none gets that
        of somebody alike. A model that learned from everybody has seen those whom traits are tested on; one that
        learned from no attribute that is tested keeps the test honest.
    """

    profiles: pd.DataFrame
    reviews: pd.DataFrame
    vectors: NDArray[np.float32] | None = None
    latent: pd.DataFrame | None = None


@dataclass(frozen=True)
class Stability:
    """How well groups come back when people are drawn again.

    ``stability`` is the mean adjusted Rand index, ``low`` and ``high`` bound the middle 95% of the
    draws. ``p_structure`` compares how tight the groups are with data without groups (see
    ``grouping``); None where the groups were not stable enough to ask.
    """

    k: int
    stability: float
    low: float
    high: float
    p_structure: float | None


@dataclass(frozen=True)
class PersonaSet:
    """What a build found. No personas means that no stable groups were found; ``notes`` say why."""

    personas: tuple[PersonaCard, ...]
    k: int
    n: int
    stabilities: tuple[Stability, ...]
    method: str
    seed: int
    notes: tuple[str, ...]
