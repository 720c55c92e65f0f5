"""A persona's card: what sets a group of people apart, as it is shown and kept."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, with_config

from analytics.inference import TooFew
from analytics.kept.form import KeptForm

TraitKind = Literal["number", "share"]
TraitVerdict = Literal["higher", "lower", "same"] | TooFew
_STRICT = ConfigDict(extra="forbid")


def _unknown(value: Any) -> Any:
    return math.nan if value is None else value


# JSON has no "not a number": it is kept as null and read back as what it was.
Measured = Annotated[float, BeforeValidator(_unknown)]


@with_config(_STRICT)
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
    group: Measured
    others: Measured
    difference: Measured
    low: Measured
    high: Measured
    p: Measured
    p_holm: Measured
    n_group: int
    n_others: int
    verdict: TraitVerdict
    sentence: str
    method: str


@with_config(_STRICT)
@dataclass(frozen=True)
class Word:
    """A word that this persona's people use more than others.

    ``log_odds`` (with its interval), ``z`` and ``p_holm`` are measured among held-out writers, as are
    the shares; ``people`` counts all members of the persona who used it, ``n_group`` and ``n_others``
    the held-out writers.
    """

    word: str
    z: Measured
    people: int
    share_group: Measured
    share_others: Measured
    review_ids: tuple[int, ...] = ()
    log_odds: Measured = 0.0
    low: Measured = 0.0
    high: Measured = 0.0
    p_holm: Measured = 1.0
    n_group: int = 0
    n_others: int = 0


@with_config(_STRICT)
@dataclass(frozen=True)
class Quote:
    """A phrase shared by at least k people of the persona, so that it points at nobody."""

    text: str
    people: int
    polarity: str
    review_ids: tuple[int, ...] = ()


@with_config(_STRICT)
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
    share: Measured
    share_low: Measured
    share_high: Measured
    confidence: Literal["high", "medium", "low"]
    why: str
    traits: tuple[Trait, ...]
    words: tuple[Word, ...]
    quotes: tuple[Quote, ...]
    rating_mean: float | None
    rating_n: int
    members: tuple[str, ...] = field(default=(), repr=False)
    rating_low: float | None = None
    rating_high: float | None = None
    stability: float | None = None
    stability_low: float | None = None
    stability_high: float | None = None

    def evidence(self) -> dict[str, list[int]]:
        """Return the reviews behind each word and quote."""
        found = {f"word:{w.word}": list(w.review_ids) for w in self.words}
        return found | {f"quote:{q.text}": list(q.review_ids) for q in self.quotes}


PERSONA_CARD = KeptForm(
    "persona",
    PersonaCard,
    # Members and reviews are kept in tables of their own, where an erasure finds them.
    without={
        "members": True,
        "words": {"__all__": {"review_ids"}},
        "quotes": {"__all__": {"review_ids"}},
    },
)
