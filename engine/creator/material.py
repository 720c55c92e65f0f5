"""What a brief allows a post to say: pieces of text, each tied to its evidence."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date

from analytics.themes import MIN_PEOPLE, theme_grammar, theme_is_plural
from engine.content import Brief, Evidence, Fact
from engine.creator.language import day, has_first_person, is_plural, kind_of, money, uncapitalised

_NOUN_KINDS = frozenset({"feature", "material", "claim", "origin"})
_APPAREL_TEXT = (
    "dress blouse shirt top tee knit sweater cardigan jean pant trouser skirt jacket coat short "
    "legging lounge sleep swim intimate outerwear clothing apparel shoe boot sneaker scarf hat sock "
    "underwear hoodie tunic layering gauge"
)
_APPAREL = frozenset(_APPAREL_TEXT.split())
_MUSIC_TEXT = (
    "guitar string pedal mic microphone tuner capo amp ukulele bass drum pick strap keyboard cable music instrument"
)
_MUSIC = frozenset(_MUSIC_TEXT.split())
_SAVER_WORDS_TEXT = "price deal deals value discount budget bargain sale saving savings cheap afford offers"
_SAVER_WORDS = frozenset(_SAVER_WORDS_TEXT.split())
_UNCOUNTED_TEXT = "quality value tune people compliments delivery packaging padding"
_UNCOUNTED = frozenset(_UNCOUNTED_TEXT.split())


@dataclass(frozen=True)
class Piece:
    """A phrase for one kind of slot, its evidence, and how well it suits the persona (0 to 1)."""

    slot: str
    text: str
    evidence_id: str
    match: float = 0.0
    support: int = 0
    of_people: int = 0
    hook: bool = True

    @property
    def key(self) -> str:
        """The word that two pieces must not share in one post (its last one)."""
        last = self.text.lower().split()[-1].rstrip("s.")
        return "value" if last == "price" else last


@dataclass(frozen=True)
class Offer:
    """Prices that hold on every day of the campaign. Texts are formatted amounts."""

    price: str | None = None
    was: str | None = None
    off: str | None = None
    until: str | None = None
    stock: str | None = None
    price_ids: tuple[str, ...] = ()
    was_ids: tuple[str, ...] = ()
    stock_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """Everything that a brief supports."""

    name: str
    plural: bool
    kind: str | None
    family: str
    pieces: tuple[Piece, ...]
    offer: Offer
    saver: bool

    def of(self, slot: str) -> tuple[Piece, ...]:
        """Return the pieces for one kind of slot."""
        return tuple(piece for piece in self.pieces if piece.slot == slot)


def stems(text: str) -> set[str]:
    """Return the words of a text without their common endings."""
    words = re.findall(r"[a-z]{3,}", text.lower())
    return {re.sub(r"(?:ing|able|ness|ed|es|s|y|ly)$", "", word) or word for word in words}


def holds(fact: Fact, starts_on: date | None, ends_on: date | None) -> bool:
    """Return whether a fact is valid on every day of the campaign.

    A bounded fact needs campaign dates: without them nobody can tell, so it does not hold.
    """
    if fact.valid_from and (starts_on is None or fact.valid_from > starts_on):
        return False
    last = ends_on or starts_on
    return not (fact.valid_until and (last is None or fact.valid_until < last))


def forbidden(text: str, words_never: tuple[str, ...]) -> bool:
    """Return whether a text holds a word or phrase that the brand never uses."""
    low = text.casefold()
    return any(re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", low) for word in words_never if word.strip())


def _persona_stems(brief: Brief) -> set[str]:
    persona = brief.persona
    return stems(" ".join((*persona.words, *persona.interests, *persona.traits))) if persona else set()


def _match(text: str, wanted: set[str]) -> float:
    return min(1.0, len(stems(text) & wanted) / 1.0) if wanted else 0.0


def _tidy(phrase: str | None) -> str:
    text = re.sub(r"\s+", " ", (phrase or "").strip()).strip(" .;,")
    return uncapitalised(text)


def _of_fact(fact: Fact, wanted: set[str]) -> list[Piece]:
    noun, verb = _tidy(fact.noun_phrase), _tidy(fact.verb_phrase)
    match = _match(f"{noun} {verb} {fact.value}", wanted)
    found = []
    if noun and fact.kind in _NOUN_KINDS:
        found.append(Piece("np", noun, fact.id, match))
    if noun and fact.kind in {"material", "use", "size"}:
        found.append(Piece(fact.kind, noun, fact.id, match))
    if verb and fact.kind not in {"price", "was_price", "stock", "category"}:
        found.append(Piece("vp", verb, fact.id, match, hook=fact.kind in {"feature", "claim", "use"}))
    return found


def theme_noun(text: str) -> str:
    """Return a noun theme as it stands after "mention" ("the soft fabric", "good value")."""
    words = text.split()
    if text == "perfect fit":
        return "a perfect fit"
    if len(words) > 2 or words[-1] in _UNCOUNTED or theme_is_plural(text):
        return text
    return f"the {text}"


def _themes(brief: Brief, wanted: set[str]) -> list[Piece]:
    def usable(item: Evidence) -> bool:
        same = item.product_id in (None, brief.product.id)
        return item.kind == "review_theme" and same and item.support >= MIN_PEOPLE <= item.of_people

    items = sorted((e for e in brief.evidence if usable(e)), key=lambda e: -e.support)
    if not items:
        return []
    floor = max(MIN_PEOPLE, 0.25 * items[0].support)
    strong = [item for item in items if item.support >= floor and theme_grammar(item.text) != "verb"][:8]
    return [
        Piece("theme", item.text, item.id, _match(item.text, wanted), item.support, item.of_people) for item in strong
    ]


def _offer(brief: Brief) -> Offer:
    def first(kind: str) -> Fact | None:
        facts = [f for f in brief.product.facts if f.kind == kind and f.amount is not None and f.amount > 0]
        return next((f for f in facts if holds(f, brief.starts_on, brief.ends_on)), None)

    price, was, stock = first("price"), first("was_price"), first("stock")
    pieces = Offer()
    if price and price.amount is not None:
        currency = price.currency or brief.product.currency
        until = day(price.valid_until) if price.valid_until else None
        pieces = Offer(price=money(price.amount, currency), until=until, price_ids=(price.id,))
        same = was and (was.currency or brief.product.currency) == currency
        if was and was.amount is not None and same and was.amount > price.amount:
            percent = math.floor(100 * (was.amount - price.amount) / was.amount)
            off = f"{percent}%" if percent else None
            pieces = Offer(pieces.price, money(was.amount, currency), off, until, None, (price.id,), (was.id,))
    if stock and stock.amount is not None:
        unit = f"{stock.amount:,.0f}"
        return Offer(**{**pieces.__dict__, "stock": unit, "stock_ids": (stock.id,)})
    return pieces


def _family(brief: Brief) -> str:
    words = {
        word.rstrip("s")
        for word in re.findall(r"[a-z]+", f"{brief.product.category or ''} {brief.product.name}".lower())
    }
    words |= {word[:-1] for word in words if word.endswith("e")} | {word[:-2] for word in words if word.endswith("se")}
    if words & _APPAREL or "dres" in words:
        return "apparel"
    return "music" if words & _MUSIC else "other"


def material_of(brief: Brief) -> Material:
    """Return what the brief supports: facts that hold, shared themes, offers, and how it is named.

    Phrases in the first person or with a word that the brand never uses are left out.
    """
    wanted = _persona_stems(brief)
    pieces: list[Piece] = []
    for fact in brief.product.facts:
        if holds(fact, brief.starts_on, brief.ends_on):
            pieces += _of_fact(fact, wanted)
    pieces += _themes(brief, wanted)
    pieces += [Piece("word", word.strip(), "brand:words_to_use") for word in brief.brand.words_to_use if word.strip()]
    if brief.key_message.strip():
        pieces.append(Piece("message", brief.key_message.strip(), "brief:key_message"))
    allowed = tuple(
        p for p in pieces if not has_first_person(p.text) and not forbidden(p.text, brief.brand.words_never)
    )
    name = brief.product.name.strip()
    return Material(
        name=name,
        plural=is_plural(name),
        kind=kind_of(brief.product.category, name),
        family=_family(brief),
        pieces=allowed,
        offer=_offer(brief),
        saver=bool(wanted & {next(iter(stems(word))) for word in _SAVER_WORDS}),
    )
