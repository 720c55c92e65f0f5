"""Typed templates: reading them, deciding which may stand where, and filling their slots."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import Field

from analytics.themes import theme_grammar
from engine.content import Brief, Frozen, Part, PartRole
from engine.creator.language import also, capitalised, closed, definite, with_article
from engine.creator.material import Material, Piece, theme_noun

Role = Literal["hook", "body", "proof", "offer", "call_to_action", "title"]
_SLOT = re.compile(r"\{([^}]+)\}")
_PIECE = {
    "also_vp2": "vp", "np": "np", "np2": "np", "np3": "np", "the_np": "np",
    "the_np2": "np", "vp": "vp", "vp2": "vp", "material": "material", "use": "use",
    "size": "size", "n": "theme", "noun": "theme", "of": "theme", "say": "theme",
    "theme": "theme", "n2": "theme", "say2": "theme", "theme2": "theme", "word": "word",
    "message": "message",
}  # fmt: skip


_ENDS_ASKING = re.compile(r"\?\W*$")
_PRICES = frozenset({"price", "was", "off"})


class Template(Frozen):
    """One sentence with slots and the places where it may stand."""

    role: Role
    t: str
    tone: tuple[str, ...] = ()
    for_: tuple[str, ...] = Field(default=(), alias="for")
    at: tuple[str, ...] = ()
    in_: tuple[str, ...] = Field(default=(), alias="in")
    link: tuple[str, ...] = ()
    grammar: str | None = None
    one_word: bool = False
    singular: bool = False
    after_np: bool = False
    after_count: bool = False
    reviews: bool = False
    unreviewed: bool = False
    hook_question: bool = False
    not_hook_question: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(slot.split("!")[0] for slot in _SLOT.findall(self.t))


@lru_cache(maxsize=1)
def templates() -> dict[str, tuple[Template, ...]]:
    """Return the shipped templates by role."""
    raw = yaml.safe_load(files("engine.creator").joinpath("templates.yaml").read_text(encoding="utf-8"))
    return {role: tuple(Template(role=role, **row) for row in rows) for role, rows in raw.items()}


@dataclass
class Draft:
    """A post in the making: what has been said, so that nothing is said twice."""

    link: str
    parts: list[Part] = field(default_factory=list)
    used: list[Piece] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    counted: bool = False
    priced: bool = False

    @property
    def keys(self) -> set[str]:
        return {piece.key for piece in self.used}

    @property
    def evidence(self) -> set[str]:
        return {piece.evidence_id for piece in self.used}


def _fits_brief(template: Template, brief: Brief, material: Material, draft: Draft) -> bool:
    asked = bool(draft.parts) and bool(_ENDS_ASKING.search(draft.parts[0].text))
    return (
        (not template.tone or brief.brand.tone in template.tone)
        and (not template.for_ or brief.objective in template.for_)
        and (not template.at or brief.channel in template.at)
        and (not template.in_ or material.family in template.in_)
        and (not template.link or draft.link in template.link)
        and not (template.singular and material.plural)
        and not (template.after_np and not any(piece.slot == "np" for piece in draft.used))
        and not (draft.priced and _PRICES & set(template.slots))
        and _counted(template, draft)
        and not (template.reviews and not material.of("theme"))
        and not (template.unreviewed and material.of("theme"))
        and not (template.hook_question and not asked)
        and not (template.not_hook_question and asked)
    )


def _counted(template: Template, draft: Draft) -> bool:
    """Return whether the number of reviewers is said exactly once, before any count without it."""
    return draft.counted if template.after_count else not (draft.counted and "of" in template.slots)


def eligible(role: Role, brief: Brief, material: Material, draft: Draft) -> list[Template]:
    """Return the templates of a role that suit the brief, the product and what was said before."""
    return [t for t in templates()[role] if t not in draft.templates and _fits_brief(t, brief, material, draft)]


def _say(piece: Piece, material: Material, rng: random.Random) -> str:
    them = "them" if material.plural else "it"
    they_are = "they are" if material.plural else "it is"
    if theme_grammar(piece.text) == "noun":
        verb = rng.choice(["mention", "mention", "bring up", "write about"])
        return f"{verb} {theme_noun(piece.text)}"
    if piece.text.startswith("easy"):
        return rng.choice([f"find {them} {piece.text}", f"say {they_are} {piece.text}"])
    if " " in piece.text:
        return f"say {they_are} {piece.text}"
    return rng.choice([f"call {them} {piece.text}", f"describe {them} as {piece.text}"])


def _choose(pool: list[Piece], rng: random.Random) -> Piece:
    top = max(piece.support for piece in pool) or 1
    weights = [(1 + 3 * piece.match) * (0.25 + piece.support / top) for piece in pool]
    return rng.choices(pool, weights)[0]


def _pick_pieces(template: Template, material: Material, draft: Draft, rng: random.Random) -> dict[str, Piece] | None:
    """Return a piece for each (kind, number) that the template needs, or None where one lacks."""
    chosen: dict[str, Piece] = {}
    for slot in template.slots:
        kind = _PIECE.get(slot[:1].lower() + slot[1:])
        name = f"{kind}{slot[-1] if slot[-1].isdigit() else ''}"
        if kind is None or name in chosen:
            continue
        taken = draft.keys | {piece.key for piece in chosen.values()}
        spent = draft.evidence | {piece.evidence_id for piece in chosen.values()}
        pool = [p for p in material.of(kind) if p.key not in taken and p.evidence_id not in spent]
        if template.role == "hook":
            pool = [p for p in pool if p.hook]
        if kind == "theme":
            pool = [p for p in pool if _theme_fits(p, template)]
        if not pool:
            return None
        chosen[name] = _choose(pool, rng)
    return chosen


def _theme_fits(piece: Piece, template: Template) -> bool:
    right = template.grammar is None or theme_grammar(piece.text) == template.grammar
    return right and not (template.one_word and " " in piece.text)


def _names(brief: Brief, material: Material) -> dict[str, str]:
    name, kind, many = material.name, material.kind, material.plural
    the = name if name.lower().startswith("the ") else f"the {name}"
    words = {
        "the": the, "The": capitalised(the), "name": name, "brand": brief.brand.name,
        "it": "they" if many else "it", "It": "They" if many else "It", "it_obj": "them" if many else "it",
        "is": "are" if many else "is", "Is": "Are" if many else "Is", "has": "have" if many else "has",
    }  # fmt: skip
    if kind:
        plural_kind = kind.endswith("s") and not kind.endswith("ss")
        words |= {
            "kind": kind,
            "a_kind": kind if plural_kind else with_article(kind),
            "this_kind": f"these {kind}" if plural_kind else f"this {kind}",
        }
    return words


def _offer_words(material: Material) -> dict[str, str]:
    offer = material.offer
    found = {
        "price": offer.price,
        "was": offer.was,
        "off": offer.off,
        "until": offer.until,
        "stock": offer.stock,
    }
    return {slot: text for slot, text in found.items() if text}


def _piece_words(chosen: dict[str, Piece], material: Material, rng: random.Random) -> dict[str, str]:
    words: dict[str, str] = {}
    for name, piece in chosen.items():
        if piece.slot == "theme":
            number = name.removeprefix("theme")
            words |= {f"n{number}": f"{piece.support:,}", "of": f"{piece.of_people:,}"}
            words |= {
                f"noun{number}": theme_noun(piece.text),
                f"theme{number}": piece.text,
                f"say{number}": _say(piece, material, rng),
            }
        else:
            text = closed(piece.text) if piece.slot == "message" else piece.text
            words |= {name: text, f"the_{name}": definite(text), f"also_{name}": also(text)}
    return words


def _offer_ids(slots: tuple[str, ...], material: Material) -> tuple[str, ...]:
    offer = material.offer
    ids: tuple[str, ...] = ()
    if {"price", "until", "off"} & set(slots):
        ids += offer.price_ids
    if {"was", "off"} & set(slots):
        ids += offer.was_ids
    return ids + (offer.stock_ids if "stock" in slots else ())


def fill(template: Template, brief: Brief, material: Material, draft: Draft, rng: random.Random) -> Part | None:
    """Return the template as a part with its evidence, or None where a slot cannot be filled.

    On success the pieces and the template are noted in ``draft`` as used.
    """
    chosen = _pick_pieces(template, material, draft, rng)
    if chosen is None:
        return None
    words = _names(brief, material) | _offer_words(material) | _piece_words(chosen, material, rng)
    out = template.t
    for raw in _SLOT.findall(template.t):
        slot, _, change = raw.partition("!")
        if slot.startswith("v:"):
            value: str | None = slot[2:] if material.plural else f"{slot[2:]}s"
        else:
            value = words.get(slot) or words.get(slot[:1].lower() + slot[1:])
        if not value:
            return None
        capital = change == "c" or (slot[0].isupper() and slot not in words)
        out = out.replace(f"{{{raw}}}", capitalised(value) if capital else value, 1)
    draft.used += chosen.values()
    draft.templates.append(template)
    draft.counted |= "of" in template.slots
    draft.priced |= bool(_PRICES & set(template.slots))
    ids = tuple(dict.fromkeys([*(p.evidence_id for p in chosen.values()), *_offer_ids(template.slots, material)]))
    role: PartRole = "hook" if template.role == "title" else template.role
    return Part(role=role, text=out, evidence_ids=ids)
