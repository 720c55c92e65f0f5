"""Changing one part of a post, and showing what each part rests on."""

from __future__ import annotations

import random
import re

from engine.channels import channel, violations
from engine.content import Brief, Frozen, PartRole, Variant
from engine.creator.compose import ComposeError
from engine.creator.grammar import Draft
from engine.creator.material import material_of
from engine.creator.planning import link_policy, write_part
from engine.creator.scoring import acceptable

_TRIES = 60
_COUNT = re.compile(r"\d of (?:the )?\d|\d people (?:who|have|review)|\d reviewers|Out of \d")


class PartEvidence(Frozen):
    """One part and the statements it rests on, as words for people."""

    role: PartRole
    text: str
    evidence: tuple[str, ...]


def _needed(variant: Variant, part_index: int, counts: list[bool]) -> bool:
    """Return whether a later part counts reviewers and leaves the total to this part."""
    later = variant.parts[part_index + 1 :]
    leans = any(part.role == "proof" and not counts[part_index + 1 + i] for i, part in enumerate(later))
    return counts[part_index] and leans


def rewrite_part(variant: Variant, brief: Brief, part_index: int, seed: int) -> Variant:
    """Return the variant with one part written anew, the rest of the text untouched.

    The new part has the same role, does not repeat evidence of the other parts nor how one of their
    sentences begins, and keeps the channel's hard limits. The same seed gives the same part.

    Raises
    ------
    ComposeError
        Where the part does not exist, is no longer in the edited text, or no other wording fits.
    """
    if not 0 <= part_index < len(variant.parts):
        raise ComposeError(f"This post has {len(variant.parts)} parts; there is no part {part_index + 1}.")
    old = variant.parts[part_index]
    if old.text not in variant.content.text:
        raise ComposeError("This part was edited by hand, so it cannot be found in the text. Change it by hand.")
    material = material_of(brief)
    others = [part for i, part in enumerate(variant.parts) if i != part_index]
    spent = {i for part in others for i in part.evidence_ids}
    place = channel(brief.channel)
    rng = random.Random(seed)
    counts = [bool(_COUNT.search(part.text)) for part in variant.parts]
    price = material.offer.price
    openings = {start for part in others for start in _openings(part.text)}
    for _ in range(_TRIES):
        draft = Draft(
            link=link_policy(brief, place),
            parts=list(variant.parts[:1]) if part_index else [],
            used=[piece for piece in material.pieces if piece.evidence_id in spent],
            counted=any(counts[:part_index]),
            priced=bool(price) and any(str(price) in part.text for part in others),
        )
        new = write_part(old.role, brief, material, draft, rng, reviews=_needed(variant, part_index, counts))
        if new is None or new.text == old.text or openings & set(_openings(new.text)):
            continue
        text = variant.content.text.replace(old.text, new.text, 1)
        content = variant.content.model_copy(update={"text": text})
        parts = (*variant.parts[:part_index], new, *variant.parts[part_index + 1 :])
        changed = variant.model_copy(update={"content": content, "parts": parts, "seed": seed})
        if not any(v.hard for v in violations(content)) and acceptable(changed, brief):
            return changed
    raise ComposeError("There is no other wording for this part. Add facts to the product, or edit it by hand.")


def _statements(brief: Brief) -> dict[str, str]:
    found = {fact.id: f"Product fact ({fact.kind.replace('_', ' ')}): {fact.value}" for fact in brief.product.facts}
    for item in brief.evidence:
        found[item.id] = (
            f"{item.support} of {item.of_people} reviewers: {item.text}"
            if item.kind == "review_theme"
            else f"{item.kind.capitalize()}: {item.text}"
        )
    return found | {
        "brief:key_message": "The campaign's key message",
        "brand:words_to_use": "The brand's words to use",
    }


def explain(variant: Variant, brief: Brief | None = None) -> tuple[PartEvidence, ...]:
    """Return each part with what it rests on: statements where the brief is given, else evidence ids."""
    known = _statements(brief) if brief else {}
    return tuple(
        PartEvidence(role=p.role, text=p.text, evidence=tuple(known.get(i, i) for i in p.evidence_ids))
        for p in variant.parts
    )


def _openings(text: str) -> list[tuple[str, ...]]:
    """Return the first three words of each sentence of at least that length."""
    sentences = (re.findall(r"[^\W_]+", sentence.lower()) for sentence in re.split(r"[.!?\n]+", text))
    return [tuple(words[:3]) for words in sentences if len(words) >= 3]
