"""What personas are built from and what comes out: plain, frozen data."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.inference import LEVEL, TooFew

Method = Literal["kmeans", "gmm"]
TraitKind = Literal["number", "share"]
TraitVerdict = Literal["higher", "lower", "same"] | TooFew
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
class Trait:
    """How a persona differs from everybody else in one attribute.

    ``group`` and ``others`` are means (numbers) or shares (levels) among the held-out half;
    ``difference`` is group minus others with its interval; ``p_holm`` is corrected over all traits of
    all personas of the build.
    """

    field: str
    label: str
    kind: TraitKind
    group: float
    others: float
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    n_group: int
    n_others: int
    verdict: TraitVerdict
    sentence: str
    method: str


@dataclass(frozen=True)
class Word:
    """A word that this persona's people use more than others.

    ``log_odds`` (with its interval), ``z`` and ``p_holm`` are measured among held-out writers, as are
    the shares; ``people`` counts all members of the persona who used it, ``n_group`` and ``n_others``
    the held-out writers.
    """

    word: str
    z: float
    people: int
    share_group: float
    share_others: float
    review_ids: tuple[int, ...]
    log_odds: float = 0.0
    low: float = 0.0
    high: float = 0.0
    p_holm: float = 1.0
    n_group: int = 0
    n_others: int = 0


@dataclass(frozen=True)
class Quote:
    """A phrase shared by at least k people of the persona, so that it points at nobody."""

    text: str
    people: int
    polarity: str
    review_ids: tuple[int, ...]


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
class PersonaCard:
    """One persona. ``members`` are pseudonyms and never leave the workspace.

    ``stability`` is the mean Jaccard index between this group and its best match when people are
    drawn again, with the middle 95% of the draws; None for a group put together by hand.
    ``rating_mean`` is the mean over people of what each gave, with a t interval; ``rating_n`` counts
    those people.
    """

    key: str
    name: str
    size: int
    share: float
    share_low: float
    share_high: float
    confidence: Literal["high", "medium", "low"]
    why: str
    traits: tuple[Trait, ...]
    words: tuple[Word, ...]
    quotes: tuple[Quote, ...]
    rating_mean: float | None
    rating_n: int
    members: tuple[str, ...] = field(repr=False)
    rating_low: float | None = None
    rating_high: float | None = None
    stability: float | None = None
    stability_low: float | None = None
    stability_high: float | None = None

    def to_plain(self) -> dict[str, Any]:
        """Return the card as plain data, without its members and review ids; what is unknown is None."""
        nested = ("members", "traits", "words", "quotes")
        plain = {n: getattr(self, n) for n in self.__dataclass_fields__ if n not in nested}
        for name in ("traits", "words", "quotes"):
            plain[name] = [
                {k: _known(v) for k, v in vars(part).items() if k != "review_ids"} for part in getattr(self, name)
            ]
        return plain

    def evidence(self) -> dict[str, list[int]]:
        """Return the reviews behind each word and quote."""
        found = {f"word:{w.word}": list(w.review_ids) for w in self.words}
        return found | {f"quote:{q.text}": list(q.review_ids) for q in self.quotes}


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


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
