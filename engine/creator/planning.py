"""Which parts a post has, in which order, and how they are set on the page."""

from __future__ import annotations

import random
from itertools import pairwise

from engine.channels import Channel
from engine.content import Brief, Part, PartRole
from engine.creator.grammar import Draft, Template, eligible, fill
from engine.creator.material import Material

_H: PartRole = "hook"
_B: PartRole = "body"
_P: PartRole = "proof"
_O: PartRole = "offer"
_C: PartRole = "call_to_action"
_SHORT = (
    (_H, _B, _C),
    (_H, _P, _C),
    (_H, _B, _P, _C),
    (_H, _C),
    (_P, _B, _C),
    (_H, _B, _O, _C),
    (_H, _O, _C),
)
_MIDDLE = (
    (_H, _B, _P, _C), (_H, _P, _B, _C), (_H, _B, _B, _C), (_P, _B, _B, _C), (_H, _B, _P, _O, _C),
    (_H, _O, _B, _C), (_H, _B, _O, _C),
)  # fmt: skip
_LONG = (
    (_H, _B, _P, _B, _C), (_H, _P, _B, _B, _C), (_H, _B, _B, _P, _C), (_P, _B, _B, _C), (_H, _B, _P, _O, _C),
    (_H, _B, _P, _P, _C),
)  # fmt: skip
_PLANS = {"x": _SHORT, "tiktok": _SHORT, "threads": _SHORT + _MIDDLE[:2], "linkedin": _LONG, "youtube": _LONG}
_OFFER_SHARE = {"sales": 0.75, "traffic": 0.4, "launch": 0.35, "loyalty": 0.35}
_EMOJI = {
    "apparel": ("✨", "👀", "🧡", "🛍️"), "music": ("🎶", "👀", "🎸", "✨"), "other": ("✨", "👀", "🧡"),
}  # fmt: skip
_EMOJI_CHANNELS = frozenset({"instagram", "tiktok", "facebook", "threads", "x"})


def link_policy(brief: Brief, place: Channel) -> str:
    """Return how the post may point to the product: the channel's policy, or ``none`` without a link."""
    return place.link_policy if (brief.link or brief.product.url) else "none"


def _plan(brief: Brief, material: Material, rng: random.Random) -> tuple[PartRole, ...]:
    plans = _PLANS.get(brief.channel, _MIDDLE)
    share = min(1.0, _OFFER_SHARE.get(brief.objective, 0.15) + 0.3 * material.saver)
    wanted = rng.random() < share and bool(material.offer.price or material.offer.stock)
    fitting = [plan for plan in plans if (_O in plan) == wanted] or list(plans)
    return rng.choice(fitting)


def _weight(template: Template, brief: Brief) -> float:
    """Prefer what was written for this tone, objective or channel, and the marketer's own message."""
    weight = 1.0 + bool(template.tone) * 0.5 + bool(template.in_) * 0.5 + bool(template.at) * 0.5
    weight += 1.2 * bool(template.for_) + 4.0 * ("message" in template.slots)
    weight += 0.8 * any(slot in {"Np", "np", "vp", "n", "price"} for slot in template.slots)
    return weight


def write_part(
    role: PartRole,
    brief: Brief,
    material: Material,
    draft: Draft,
    rng: random.Random,
    *,
    reviews: bool = False,
) -> Part | None:
    """Write one part of that role into the draft's book of used things, or None where nothing fits.

    ``reviews`` keeps the templates that state a review theme.
    """
    pool = [t for t in eligible(role, brief, material, draft) if not reviews or "n" in t.slots]
    while pool:
        template = rng.choices(pool, [_weight(t, brief) for t in pool])[0]
        part = fill(template, brief, material, draft, rng)
        if part:
            return part
        pool.remove(template)
    return None


def _with_emoji(part: Part, brief: Brief, material: Material, rng: random.Random) -> Part:
    fitting = brief.brand.tone in {"warm", "playful"} and brief.channel in _EMOJI_CHANNELS
    share = 0.55 if brief.brand.tone == "playful" else 0.3
    if not fitting or rng.random() > share:
        return part
    return part.model_copy(update={"text": f"{part.text} {rng.choice(_EMOJI[material.family])}"})


def draft_post(brief: Brief, place: Channel, material: Material, rng: random.Random) -> Draft | None:
    """Return a draft whose parts follow a plan; parts that the evidence cannot fill are left out.

    A post needs a first line and a call to action; without either there is no draft.
    """
    draft = Draft(link=link_policy(brief, place))
    for position, role in enumerate(_plan(brief, material, rng)):
        about_reviews = position == 0 and role == "proof"
        part = write_part("hook" if about_reviews else role, brief, material, draft, rng, reviews=about_reviews)
        if part is None and position == 0:
            part = write_part("hook", brief, material, draft, rng)
        if part is None:
            continue
        draft.parts.append(_with_emoji(part, brief, material, rng) if not draft.parts else part)
    if len(draft.parts) < 2 or draft.parts[-1].role != "call_to_action":
        return None
    return draft


def assemble(parts: tuple[Part, ...], place: Channel, rng: random.Random) -> str:
    """Return the text of the parts: one paragraph on short channels, breathing space on others."""
    compact = place.id in {"x", "tiktok", "threads"}
    long = place.id in {"linkedin", "youtube"}
    airy = rng.random() < (0.35 if compact else 0.75)
    text = parts[0].text
    for before, part in pairwise(parts):
        block = "\n" in part.text or "\n" in before.text
        apart = (
            block or (long and rng.random() < 0.8) or (airy and (before is parts[0] or part.role == "call_to_action"))
        )
        text += ("\n\n" if apart else " ") + part.text
    return text
