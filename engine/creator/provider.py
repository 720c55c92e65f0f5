"""The typed composer as a provider of texts, and the register of those there are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from engine.content import Brief, ModelCard, Variant
from engine.creator.compose import CANDIDATES, METHOD, compose
from engine.creator.rewriting import rewrite_part
from engine.creator.scoring import Mmr
from engine.digests import digest_of, sources
from engine.ports import Ranker, Registry, TextProvider

POST_FILTERS = (
    "limits of the channel",
    "no I or we",
    "no word that the brand forbids",
    "names the product",
    "a theme only with three people behind it, and with its count",
)
RANKERS: Registry[Ranker] = Registry("ranker", Mmr())


class Composer:
    """Writes from typed facts and shared review themes (:mod:`engine.creator.compose`)."""

    name = "composer"

    def write(self, brief: Brief) -> tuple[Variant, ...]:
        """Return posts as :func:`compose` does, each with the cards of composer and ranker."""
        ranker = RANKERS.default
        return tuple(_with(variant, ranker.card) for variant in compose(brief, ranker))

    def rewrite(self, variant: Variant, brief: Brief, part_index: int, seed: int) -> Variant:
        """Return the post with one part written anew, as :func:`rewrite_part` does; its card has the new seed."""
        written = rewrite_part(variant, brief, part_index, seed)
        others = tuple(card for card in variant.cards if card.port != "text")
        return written.model_copy(update={"cards": (_card(seed, part=part_index + 1), *others)})


def _with(variant: Variant, *others: ModelCard) -> Variant:
    return variant.model_copy(update={"cards": (_card(variant.seed), *others)})


def _card(seed: int, **parameters: int) -> ModelCard:
    return ModelCard(
        port="text",
        provider=Composer.name,
        model=METHOD,
        digest=_digest(),
        parameters={"candidates": CANDIDATES, **parameters},
        seed=seed,
        post_filters=POST_FILTERS,
    )


@cache
def _digest() -> str:
    here = Path(__file__)
    code = sources(__name__, ("engine.creator", "engine.channels", "analytics.themes"))
    return digest_of(*code, here.with_name("templates.yaml"), here.parents[1] / "channels" / "registry.yaml")


TEXT_PROVIDERS: Registry[TextProvider] = Registry("text provider", Composer())
