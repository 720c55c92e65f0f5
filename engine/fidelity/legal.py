"""Legal compliance: a rule file, former prices, the ad label and the brand's own forbidden words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.content import CheckName, Fact, Finding, PostContent
from engine.fidelity.claims import allowed_claim
from engine.fidelity.context import CheckContext
from engine.fidelity.money import amounts, same_amount
from engine.fidelity.places import matches
from engine.fidelity.rules import PatternRule, rule, rules_of

_AD_LABEL = re.compile(r"#ad\b|#advert\w*|\badvertisement\b|\bsponsored\b|#anzeige\b|\banzeige\b", re.IGNORECASE)


def legal(content: PostContent, context: CheckContext) -> list[Finding]:
    """Apply every legal rule to a post."""
    found = [*_words_never(content, context), *_former_price(content, context)]
    for entry in rules_of(CheckName.LEGAL).values():
        if entry.pattern is not None:
            found += _matched(entry, content, context)
    if context.paid and not _AD_LABEL.search(" ".join((content.text, content.title, *content.hashtags))):
        label = rule(CheckName.LEGAL, "legal.ad_label")
        found.append(
            Finding(
                check=label.check,
                verdict=label.verdict,
                rule_id=label.id,
                rule=label.rule,
                source=label.source,
                remedy=label.remedy,
            )
        )
    return found


def _matched(entry: PatternRule, content: PostContent, context: CheckContext) -> Iterator[Finding]:
    assert entry.pattern is not None
    for place, match in matches(entry.pattern, content):
        around = place.text[max(0, match.start() - 20) : match.end() + 20]
        if entry.unless is not None and entry.unless.search(around):
            continue
        if entry.allowed_by_claim and allowed_claim(match[0], context):
            continue
        yield entry.rule.at(place, *match.span())


def _words_never(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    forbidden = rule(CheckName.LEGAL, "legal.words_never")
    for word in context.brief.brand.words_never:
        if word.strip():
            pattern = re.compile(rf"(?<!\w){re.escape(word.strip())}(?!\w)", re.IGNORECASE)
            for place, match in matches(pattern, content):
                yield forbidden.at(place, *match.span())


def _former_price(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """A former price that is named has a period that covers the campaign, and no lower one has."""
    former = rule(CheckName.LEGAL, "legal.was_price")
    facts = context.brief.product.facts
    now = {fact.amount for fact in facts if fact.kind == "price"}
    for place, match, amount in amounts(content):
        was = [f for f in facts if f.kind == "was_price" and f.amount and same_amount(f.amount, amount)]
        if not was or any(price and same_amount(price, amount) for price in now):
            continue
        days = context.brief.starts_on, context.brief.ends_on
        lower = [f for f in facts if f.kind == "was_price" and f.amount and f.amount < amount - 0.005]
        if not any(_holds(fact, *days) for fact in was) or any(_holds(fact, *days) for fact in lower):
            yield former.at(place, *match.span())


def _holds(fact: Fact, starts_on: date | None, ends_on: date | None) -> bool:
    """Say whether a former price may be shown on every day of the campaign."""
    first = starts_on or date.today()
    last = ends_on or first
    return (fact.valid_from is None or fact.valid_from <= first) and (
        fact.valid_until is not None and fact.valid_until >= last
    )
