"""Authenticity: typed claims in a post, each matched with the product's facts and the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.content import CheckName, Finding, PostContent, Verdict
from engine.fidelity.claims import allowed_claim, stated, words
from engine.fidelity.context import CheckContext
from engine.fidelity.money import amounts, same_amount
from engine.fidelity.places import Place, matches
from engine.fidelity.rules import rule, rules_of

_CHECK = CheckName.AUTHENTICITY
_PERCENT = re.compile(
    r"(?P<rate>\d{1,3})\s?(?:%|percent|per\s+cent)\s+(?:off|less|discount|cheaper|reduction)|(?:save|saving|minus|-)\s?(?P<saved>\d{1,3})\s?%",
    re.IGNORECASE,
)
_SAVED = re.compile(r"\bsav(?:e|ing)s?\s+(?:of\s+|up\s+to\s+)?$", re.IGNORECASE)
_PEOPLE = r"(?:reviewers?|customers?|buyers?|shoppers?|people|reviews?|owners?|wearers?|players?)"
_OF = re.compile(
    rf"\b(?P<some>\d[\d,]*)\s+(?:of|out\s+of|in)\s+(?:the\s+|its\s+|every\s+)?(?P<all>\d[\d,]*)\s+(?:\w+\s+)?{_PEOPLE}",
    re.IGNORECASE,
)
_SHARE = re.compile(rf"\b(?P<share>\d{{1,3}})\s?%\s+of\s+(?:\w+\s+){{0,2}}{_PEOPLE}", re.IGNORECASE)
_LONE = re.compile(rf"\b(?P<some>\d[\d,]*)\s+(?:(?!stars?\b)\w+\s+)?{_PEOPLE}\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]?")


def authenticity(content: PostContent, context: CheckContext) -> list[Finding]:
    """Find every claim that the product's facts and the shared review themes do not carry."""
    return [
        *_prices(content, context),
        *_discounts(content, context),
        *_counts(content, context),
        *_reviewers_say(content, context),
        *_quotes(content, context),
        *_testimonials(content),
        *_first_person(content),
        *_worded(content, context),
        *_scarcity(content, context),
    ]


def _prices(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    known = [f.amount for f in context.brief.product.facts if f.kind in ("price", "was_price") and f.amount]
    current = [f.amount for f in context.brief.product.facts if f.kind == "price" and f.amount]
    gaps = [was - now for was in known for now in current if was > now]
    for place, match, amount in amounts(content):
        saving = _SAVED.search(place.text[: match.start()]) or re.match(r"\s+off\b", place.text[match.end() :])
        allowed = gaps if saving else known
        if not any(same_amount(amount, price) for price in allowed):
            wrong = rule(_CHECK, "authenticity.discount" if saving else "authenticity.price")
            yield wrong.at(place, *match.span())


def _discounts(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    facts = context.brief.product.facts
    now = [f.amount for f in facts if f.kind == "price" and f.amount]
    rates = [100 * (1 - price / f.amount) for f in facts if f.kind == "was_price" and f.amount for price in now]
    for place, match in matches(_PERCENT, content):
        said = float(match["rate"] or match["saved"])
        if allowed_claim(match[0], context):
            continue
        if not any(rate >= said - 0.5 and abs(rate - said) <= 1 for rate in rates):
            yield rule(_CHECK, "authenticity.discount").at(place, *match.span())


def _counts(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    themes = [e for e in context.brief.evidence if e.kind == "review_theme"]
    wrong = rule(_CHECK, "authenticity.count")
    for place, match in matches(_OF, content):
        some, everyone = (int(match[n].replace(",", "")) for n in ("some", "all"))
        if not any(e.support == some and e.of_people == everyone for e in themes):
            yield wrong.at(place, *match.span())
    for place, match in matches(_SHARE, content):
        share = int(match["share"])
        if not any(e.of_people and abs(100 * e.support / e.of_people - share) <= 0.5 for e in themes):
            yield wrong.at(place, *match.span())
    for place, match in matches(_LONE, content):
        if _OF.search(place.text[max(0, match.start() - 20) : match.end() + 1]):
            continue
        some = int(match["some"].replace(",", ""))
        if not any(some in (e.support, e.of_people) for e in themes) and not stated(match[0], context):
            yield wrong.at(place, *match.span())


def _sentence_at(text: str, at: int) -> str:
    """Return the sentence at a place together with the one before it, which it may point back to."""
    before = ""
    for match in _SENTENCE.finditer(text):
        if match.start() <= at < match.end():
            return f"{before} {match[0]}"
        before = match[0] if match[0].strip() else before
    return text


def _reviewers_say(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    entry = rules_of(_CHECK)["authenticity.reviewers_say"]
    assert entry.pattern is not None
    themes = [set(words(e.text)) for e in context.brief.evidence if e.kind == "review_theme"]
    for place, match in matches(entry.pattern, content):
        said = set(words(_sentence_at(place.text, match.start())))
        if not any(_said_of(theme, said) for theme in themes):
            yield entry.rule.at(place, *match.span())


def _said_of(theme: set[str], said: set[str]) -> bool:
    """Say whether every word of a theme stands in the sentence, in one of its simple forms."""
    return all(any(w == s or w.rstrip("s") == s.rstrip("s") for s in said) for w in theme)


def _quotes(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    entry = rules_of(_CHECK)["authenticity.quote"]
    assert entry.pattern is not None
    for place, match in matches(entry.pattern, content):
        quote = match["quote"]
        if len(words(quote)) >= 3 and not stated(quote, context):
            yield entry.rule.at(place, *match.span())


def _testimonials(content: PostContent) -> Iterator[Finding]:
    entry = rules_of(_CHECK)["authenticity.testimonial"]
    assert entry.pattern is not None
    for place, match in matches(entry.pattern, content):
        yield entry.rule.at(place, *match.span())


def _first_person(content: PostContent) -> Iterator[Finding]:
    entry = rules_of(_CHECK)["authenticity.first_person"]
    assert entry.pattern is not None
    exact = re.compile(entry.pattern.pattern)
    for place, match in matches(exact, content):
        yield entry.rule.at(place, *match.span())


def _worded(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """Materials, superlatives, guarantees, awards and ratings."""
    for rule_id in ("material", "superlative", "guarantee", "award", "rating"):
        entry = rules_of(_CHECK)[f"authenticity.{rule_id}"]
        assert entry.pattern is not None
        for place, match in matches(entry.pattern, content):
            if entry.unless is not None and _other_sense(entry.unless, place, match):
                continue
            if stated(match[0], context) if rule_id == "material" else allowed_claim(match[0], context):
                continue
            if rule_id == "superlative" and _reviewers_word(match[0], place, match.start(), context):
                continue
            if place.field == "alt_texts" and rule_id != "award":
                continue
            if context.brief.brand.name and match[0].lower() in context.brief.brand.name.lower():
                continue
            verdict = entry.rule.verdict
            if rule_id == "material" and any(f.kind == "material" for f in context.brief.product.facts):
                verdict = Verdict.BLOCK
            yield entry.rule.at(place, *match.span(), verdict=verdict)


def _reviewers_word(word: str, place: Place, at: int, context: CheckContext) -> bool:
    """Say whether the word is part of a review theme that its sentence reports."""
    said = set(words(_sentence_at(place.text, at)))
    return any(
        e.kind == "review_theme"
        and set(words(word)) - {"the"} <= set(words(e.text))
        and _said_of(set(words(e.text)), said)
        for e in context.brief.evidence
    )


def _other_sense(unless: re.Pattern[str], place: Place, match: re.Match[str]) -> bool:
    start = max(0, match.start() - 25)
    return any(
        start + m.start() <= match.end() and start + m.end() >= match.start()
        for m in unless.finditer(place.text[start : match.end() + 25])
    )


def _scarcity(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    stock = [f.amount for f in context.brief.product.facts if f.kind == "stock" and f.amount is not None]
    exact, vague = rules_of(_CHECK)["authenticity.scarcity"], rules_of(_CHECK)["authenticity.scarcity_vague"]
    assert exact.pattern is not None
    assert vague.pattern is not None
    for place, match in matches(exact.pattern, content):
        said = float(match["left"] or match["few"] or match["stock"])
        if not any(said == amount for amount in stock):
            yield exact.rule.at(place, *match.span())
    for place, match in matches(vague.pattern, content):
        if not any(amount <= 20 for amount in stock) and not allowed_claim(match[0], context):
            yield vague.rule.at(place, *match.span())
