"""What a product's facts and the brief's evidence allow a post to claim."""

from __future__ import annotations

import re

from engine.fidelity.context import CheckContext

_WORD = re.compile(r"[a-z0-9]+")


def words(text: str) -> list[str]:
    """Return a text's words in lower case."""
    return _WORD.findall(text.lower())


def allowed_claim(phrase: str, context: CheckContext) -> bool:
    """Say whether a phrase stands in one of the claims that the marketer allowed for the product."""
    wanted = " ".join(words(phrase))
    return any(
        f" {wanted} " in f" {' '.join(words(text))} "
        for fact in context.brief.product.facts
        if fact.kind == "claim"
        for text in (fact.value, fact.noun_phrase or "", fact.verb_phrase or "")
    )


def stated(phrase: str, context: CheckContext) -> bool:
    """Say whether a phrase stands anywhere in the product's name, category, facts or review themes."""
    wanted = f" {' '.join(words(phrase))} "
    product = context.brief.product
    texts = [product.name, product.category or "", *(e.text for e in context.brief.evidence)]
    for fact in product.facts:
        texts += [fact.value, fact.noun_phrase or "", fact.verb_phrase or ""]
    return any(wanted in f" {' '.join(words(text))} " for text in texts)
