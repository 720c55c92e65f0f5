"""Judging candidate posts and keeping a set that is good and varied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.channels import Channel, render
from engine.content import Brief, ModelCard, Variant
from engine.creator.grammar import Draft
from engine.creator.language import has_first_person
from engine.creator.material import Material, forbidden
from engine.digests import digest_of

SCORE_WEIGHT = 0.15
_FAULTS = (
    re.compile(r"\b(\w+) \1\b", re.I),
    re.compile(r" {2,}|\s[.,;:?!]|\.\.(?!\.)|[?!]\."),
    re.compile(r"\ban? (?:the|a|an)\b|\bthe (?:the|a|an)\b|\bwith with\b", re.I),
    re.compile(r"\{|\}"),
    re.compile(r"\ba [aeio]\w+", re.I),
)


@dataclass(frozen=True)
class Candidate:
    """A finished variant with what is needed to compare it."""

    variant: Variant
    draft: Draft
    score: float


def words_of(text: str) -> list[str]:
    """Return the lower-case words and numbers of a text."""
    return re.findall(r"[a-z0-9%$€£']+", text.lower())


def fluency(variant: Variant) -> float:
    """Return 1 for a text without a known fault, less 0.5 a fault and 0.1 a repeated long word.

    Known faults: a doubled word, stray spaces or marks, two articles, "a" before a vowel, an empty
    slot. Sentences that open alike cost 0.2.
    """
    text = variant.content.text
    faults = sum(bool(pattern.search(text)) for pattern in _FAULTS)
    openings = [tuple(words_of(part.text)[:2]) for part in variant.parts]
    long_words = [word for word in words_of(text) if len(word) > 5]
    repeated = len(long_words) - len(set(long_words))
    alike = len(openings) - len(set(openings))
    return max(0.0, 1.0 - 0.5 * faults - 0.1 * repeated - 0.2 * alike)


def length_fit(text: str, place: Channel) -> float:
    """Return 1 inside the channel's ideal length, falling to 0 at half or double of it."""
    low, high = place.ideal_length
    n = len(text)
    if n < low:
        return max(0.0, 1 - 2 * (low - n) / low)
    return max(0.0, 1 - (n - high) / high) if n > high else 1.0


def score(variant: Variant, draft: Draft, brief: Brief, material: Material, place: Channel) -> float:
    """Return the weighted worth of a post, 0 to 1: fluency, length, evidence used, persona match."""
    said = [piece for piece in draft.used if piece.slot not in {"word"}]
    available = min(4, len({piece.evidence_id for piece in material.pieces}))
    coverage = min(1.0, len({piece.evidence_id for piece in said}) / available) if available else 1.0
    wanted = [piece for piece in material.pieces if piece.match]
    match = min(1.0, sum(piece.match for piece in said) / min(2, len(wanted))) if wanted else 1.0
    words = set(words_of(render(variant.content)))
    liked = any(set(words_of(word)) <= words for word in brief.brand.words_to_use) if brief.brand.words_to_use else True
    return (
        0.35 * fluency(variant)
        + 0.2 * length_fit(variant.content.text, place)
        + 0.25 * coverage
        + 0.15 * match
        + 0.05 * liked
    )


def acceptable(variant: Variant, brief: Brief) -> bool:
    """Return whether a post keeps the rules that no score can outweigh.

    It has no I or we and no forbidden word; it names the product, and not after a pronoun for it.
    """
    before, named, _ = variant.content.text.casefold().partition(brief.product.name.strip().casefold())
    if not named or re.search(r"\b(?:it|them|they)\b", before):
        return False
    text = variant.content.text.replace(brief.product.name, " ").replace(brief.brand.name, " ")
    everything = f"{variant.content.title} {variant.content.text} {' '.join(variant.content.hashtags)}"
    return not has_first_person(text) and not forbidden(everything, brief.brand.words_never)


def _grams(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}


def similarity(one: Candidate, other: Candidate) -> float:
    """Return how alike two candidates are, 0 to 1: shared runs of words, templates, first lines."""
    a, b = _grams(one.variant.content.text), _grams(other.variant.content.text)
    shared = len(a & b) / max(1, min(len(a), len(b)))
    ours, theirs = set(one.draft.templates), set(other.draft.templates)
    templates = len(ours & theirs) / max(1, min(len(ours), len(theirs)))
    same_hook = one.draft.templates[0] == other.draft.templates[0]
    return min(1.0, 0.6 * shared + 0.3 * templates + 0.4 * same_hook)


def diverse(candidates: list[Candidate], count: int, *, weight: float = SCORE_WEIGHT) -> list[Candidate]:
    """Return ``count`` candidates by maximal marginal relevance (Carbonell and Goldstein, 1998, eq. 1).

    ``weight`` is the share of the score. The rest goes against likeness: half to the nearest of those
    chosen, half to the share of a candidate's word runs that any of them has, as self-BLEU counts it.
    """
    pool = sorted(candidates, key=lambda c: -c.score)
    grams = [_grams(candidate.variant.content.text) for candidate in pool]
    chosen: list[Candidate] = []
    nearest = [0.0] * len(pool)
    said: set[tuple[str, ...]] = set()
    while pool and len(chosen) < count:
        alike = [
            0.5 * near + 0.5 * len(own & said) / max(1, len(own)) for near, own in zip(nearest, grams, strict=True)
        ]
        best = max(range(len(pool)), key=lambda i: weight * pool[i].score - (1 - weight) * alike[i])
        picked = pool.pop(best)
        nearest.pop(best)
        said |= grams.pop(best)
        chosen.append(picked)
        nearest = [max(near, similarity(other, picked)) for near, other in zip(nearest, pool, strict=True)]
    return chosen


class Mmr:
    """The default ranker: maximal marginal relevance over the weighted score."""

    name = "mmr"

    def choose(self, candidates: list[Candidate], count: int) -> list[Candidate]:
        """Return ``count`` candidates as :func:`diverse` does."""
        return diverse(candidates, count)

    @cached_property
    def card(self) -> ModelCard:
        """What is known of it: its weights are in the code, so the digest is the code's."""
        return ModelCard(
            port="ranker",
            provider=self.name,
            model="maximal marginal relevance over a weighted score",
            digest=digest_of(Path(__file__)),
            parameters={"score_weight": SCORE_WEIGHT},
        )
