"""What personas are built from and what comes out: plain, frozen data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Method = Literal["kmeans", "gmm"]
TraitKind = Literal["number", "share"]
TraitVerdict = Literal["higher", "lower", "same", "too few to tell"]
Progress = Callable[[float, str], None]


class PersonaBuildError(ValueError):
    """Personas cannot be built from this, and why."""


@dataclass(frozen=True)
class PersonaSettings:
    """How to build. ``k_min_people`` is the fewest people a persona may describe."""

    k_min_people: int = 10
    k_range: tuple[int, int] = (2, 8)
    method: Method = "kmeans"
    seed: int = 1
    max_people: int = 20_000
    bootstraps: int = 20
    confidence: float = 0.95


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
    """

    profiles: pd.DataFrame
    reviews: pd.DataFrame
    vectors: NDArray[np.float32] | None = None


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
    """A word that this persona's people use more than others: log-odds z-score, people, reviews."""

    word: str
    z: float
    people: int
    share_group: float
    share_others: float
    review_ids: tuple[int, ...]


@dataclass(frozen=True)
class Quote:
    """A phrase shared by at least k people of the persona, so that it points at nobody."""

    text: str
    people: int
    polarity: str
    review_ids: tuple[int, ...]


@dataclass(frozen=True)
class Stability:
    """How well groups come back when people are drawn again: mean adjusted Rand index, interval.

    ``p_structure`` compares how tight the groups are with data of one bell-shaped cloud.
    """

    k: int
    stability: float
    low: float
    high: float
    p_structure: float


@dataclass(frozen=True)
class PersonaCard:
    """One persona. ``members`` are pseudonyms and never leave the workspace."""

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

    def to_plain(self) -> dict[str, Any]:
        """Return the card as plain data, without its members and review ids."""
        plain = {
            n: getattr(self, n) for n in self.__dataclass_fields__ if n not in ("members", "traits", "words", "quotes")
        }
        plain["traits"] = [vars(t) for t in self.traits]
        plain["words"] = [{k: v for k, v in vars(w).items() if k != "review_ids"} for w in self.words]
        plain["quotes"] = [{k: v for k, v in vars(q).items() if k != "review_ids"} for q in self.quotes]
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
