"""What a post rests on: which facts and themes stand in it, and what of them is no longer so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from engine.content import Brief, Evidence, Fact, Part, PostContent
from engine.creator.language import money
from engine.fidelity.money import amounts, same_amount
from engine.fidelity.places import places

# Of these a product has one at a time: another one that holds takes the place of what a post says.
ONE_AT_A_TIME = ("price", "was_price", "stock")
_NAMES = {"was_price": "former price"}
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?![\w])")
_REDUCED = re.compile(
    r"\d\s?(?:%|percent|per\s+cent)\s+(?:less|discount|cheaper|reduction)|\d\S*\s+off\b|\bsav(?:e|es|ing|ings)\b",
    re.IGNORECASE,
)
_SCARCE = re.compile(r"\b(?:left|stock|remain\w*|last|available|only|few)\b", re.IGNORECASE)


def words_of(text: str) -> str:
    """Return a text's words in lower case with one space around each, so that a phrase is found as a whole."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def said_in(phrase: str, text: str) -> bool:
    """Say whether a phrase, if it has any word, stands in a text."""
    wanted = words_of(phrase)
    return bool(wanted.strip()) and wanted in words_of(text)


def identity(fact: Fact, brief: Brief) -> tuple[object, ...]:
    """Return what makes a fact this fact, whatever number a new import gave it."""
    phrases = (words_of(text or "") for text in (fact.value, fact.noun_phrase, fact.verb_phrase))
    currency = (fact.currency or brief.product.currency or "").upper() if fact.kind in ("price", "was_price") else ""
    return (fact.kind, *phrases, fact.amount, currency, fact.valid_from, fact.valid_until)


def standing(content: PostContent, brief: Brief) -> frozenset[str]:
    """Return the ids of the brief's facts and themes whose words or amounts stand in a content, cited or not."""
    text = "\n".join(place.text for place in places(content) if place.field != "disclosure")
    named = [amount for _, _, amount in amounts(content)]
    numbers = _numbers(text)
    found = {e.id for e in brief.evidence if said_in(e.text, text)}
    for fact in brief.product.facts:
        if fact.kind in ("price", "was_price"):
            stands = any(same_amount(fact.amount or -1.0, one) for one in named) or bool(_REDUCED.search(text))
        elif fact.kind == "stock":
            stands = f"{fact.amount or 0:.0f}" in numbers and bool(_SCARCE.search(text))
        else:
            stands = any(said_in(p, text) for p in (fact.value, fact.noun_phrase or "", fact.verb_phrase or ""))
        if stands:
            found.add(fact.id)
    return frozenset(found)


def rests_on(content: PostContent, parts: Iterable[Part], brief: Brief) -> frozenset[str]:
    """Return the ids of what a post rests on: what its parts cite and what stands in its words."""
    return standing(content, brief) | {i for part in parts for i in part.evidence_ids}


def no_longer_so(
    content: PostContent, parts: Sequence[Part], kept: Brief, now: Brief, days: tuple[date, date]
) -> tuple[str, ...]:
    """Say what of that which a post rests on has changed since its brief.

    Parameters
    ----------
    kept : Brief
        The brief that the version answers, with the facts it was written from.
    now : Brief
        The same order with the product, its facts and its review themes as they are now.
    days : (date, date)
        The first and the last day on which the post may be out: none before today.

    Returns
    -------
    tuple of str
        One clause for each thing, with the old and the new, or nothing when all is as it was.
    """
    used = rests_on(content, parts, kept)
    said = [*_renamed(content, kept, now), *_sold_out(kept, now)]
    for fact in kept.product.facts:
        if fact.id in used:
            said += _fact_moved(fact, kept, now, days)
    text = "\n".join(place.text for place in places(content))
    for theme in kept.evidence:
        if theme.id in used:
            said += _theme_moved(theme, now, _numbers(text))
    return tuple(dict.fromkeys(said))


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}


def _renamed(content: PostContent, kept: Brief, now: Brief) -> list[str]:
    old, new = kept.product.name, now.product.name
    text = "\n".join(place.text for place in places(content))
    if old != new and said_in(old, text):
        return [f"the product was called “{old}” and is now called “{new}”"]
    page, there = kept.product.url, now.product.url
    if page and there != page and content.link and content.link.split("?")[0] == page.split("?")[0]:
        return [f"the product's page was {page} and is now {there or 'not kept'}"]
    return []


def _sold_out(kept: Brief, now: Brief) -> list[str]:
    """Say that what is advertised cannot be had any more, whatever the post says of stock (2005/29/EC, Annex I, 5)."""
    before, left = (
        [f.amount for f in brief.product.facts if f.kind == "stock" and f.amount is not None] for brief in (kept, now)
    )
    if left and max(left) <= 0 and before and max(before) > 0:
        return [f"the stock was {max(before):,.0f} and is now 0: it is sold out"]
    return []


def _fact_moved(fact: Fact, kept: Brief, now: Brief, days: tuple[date, date]) -> list[str]:
    name = _NAMES.get(fact.kind, fact.kind)
    there = {identity(f, now) for f in now.product.facts}
    known = {identity(f, kept) for f in kept.product.facts}
    of_kind = [f for f in now.product.facts if f.kind == fact.kind]
    others = [f for f in of_kind if identity(f, now) not in known]
    if identity(fact, kept) not in there:
        if fact.kind in ONE_AT_A_TIME:
            said = " or ".join(_said(f, now) for f in of_kind)
            return [f"the {name} was {_said(fact, kept)} and is now {said or 'not kept'}"]
        said = ", ".join(_said(f, now) for f in others[:3])
        return [f"the {name} {_said(fact, kept)} is no longer kept{f' (now: {said})' if said else ''}"]
    if fact.kind in ONE_AT_A_TIME:
        if not _holds(fact, days):
            return [f"the {name} {_said(fact, kept)} does not hold on every day from {days[0]} to {days[1]}"]
        rivals = [f for f in others if _holds(f, days)]
        if rivals:
            return [f"the {name} was {_said(fact, kept)} alone and is now {_said(rivals[0], now)} too"]
    return []


def _holds(fact: Fact, days: tuple[date, date]) -> bool:
    first, last = days
    begun = fact.valid_from is None or fact.valid_from <= first
    return begun and (fact.valid_until is None or fact.valid_until >= last)


def _said(fact: Fact, brief: Brief) -> str:
    """Return a fact as a reader of the sentence has to see it to tell it from another."""
    if fact.kind in ("price", "was_price") and fact.amount is not None:
        said = money(fact.amount, fact.currency or brief.product.currency)
    elif fact.kind == "stock" and fact.amount is not None:
        said = f"{fact.amount:,.0f}"
    else:
        said = f"“{fact.value}”"
    since = f" from {fact.valid_from}" if fact.valid_from else ""
    until = f" until {fact.valid_until}" if fact.valid_until else ""
    return f"{said}{since}{until}"


def _theme_moved(theme: Evidence, now: Brief, numbers: set[str]) -> list[str]:
    """Say that other people, or too few, share a theme now. Counts matter where the post states them."""
    same: Callable[[Evidence], bool] = lambda e: words_of(e.text) == words_of(theme.text)  # noqa: E731
    found = next((e for e in now.evidence if same(e)), None)
    was = f"{theme.support:,} of {theme.of_people:,} reviewers"
    if found is None:
        return [f"“{theme.text}” was said by {was}, and now by too few to count"]
    counted = bool({str(theme.support), str(theme.of_people)} & numbers)
    if counted and (found.support, found.of_people) != (theme.support, theme.of_people):
        return [f"“{theme.text}” was said by {was}, and now by {found.support:,} of {found.of_people:,}"]
    return []
