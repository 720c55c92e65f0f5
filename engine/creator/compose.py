"""The typed composer: from a brief to a varied set of posts that say only what the evidence supports."""

from __future__ import annotations

import random
import re
from textwrap import shorten

from engine.channels import Channel, channel, violations
from engine.content import Brief, Part, PostContent, Variant
from engine.creator.grammar import Draft, eligible, fill
from engine.creator.links import utm_link
from engine.creator.material import Material, material_of
from engine.creator.planning import assemble, draft_post, link_policy
from engine.creator.scoring import Candidate, Mmr, acceptable, score
from engine.ports import Ranker

METHOD = "typed composer 1"
CANDIDATES = 110


class ComposeError(ValueError):
    """A brief cannot be turned into posts; the sentence says what to add or change."""


def _tag(text: str) -> str:
    words = re.findall(r"[^\W_]+", text)
    return "".join(word[:1].upper() + word[1:] for word in words)


def _hashtags(brief: Brief, material: Material, place: Channel) -> tuple[str, ...]:
    product = [material.name] if len(material.name.split()) <= 3 else []
    single = [word for word in brief.brand.words_to_use if len(word.split()) == 1]
    facts = [piece.text for piece in material.of("material") if len(piece.text.split()) <= 2]
    wanted = [*(tag.lstrip("#") for tag in brief.brand.hashtags)]
    wanted += [
        _tag(text)
        for text in [*single[:1], *([brief.product.category] if material.kind else []), *facts, *product]
        if text
    ]
    unique = dict.fromkeys(tag for tag in wanted if tag and not tag.isdigit() and len(tag) <= 30)
    seen: dict[str, str] = {}
    for tag in unique:
        seen.setdefault(tag.casefold(), tag)
    return tuple(seen.values())[: place.max_hashtags_written]


def _title(brief: Brief, place: Channel, material: Material, rng: random.Random) -> tuple[str, tuple[str, ...]]:
    if not place.uses_title:
        return "", ()
    limit = min(rule.limit for rule in place.rules if rule.field == "title" and rule.hard)
    draft = Draft(link=link_policy(brief, place))
    pool = eligible("title", brief, material, draft)
    rng.shuffle(pool)
    for template in pool:
        part = fill(template, brief, material, draft, rng)
        if part and len(part.text) <= limit:
            return part.text[:1].upper() + part.text[1:], part.evidence_ids
    return material.name[:limit].rsplit(" ", 1)[0], ()


def _link(brief: Brief, seed: int) -> str | None:
    url = brief.link or brief.product.url
    return utm_link(url, brief.campaign_name, brief.channel, f"v{seed}") if url else None


def _content(parts: tuple[Part, ...], brief: Brief, place: Channel, material: Material, seed: int) -> PostContent:
    rng = random.Random(seed)
    text = assemble(parts, place, rng)
    title, _ = _title(brief, place, material, rng)
    return PostContent(
        channel=brief.channel,
        text=text,
        title=title,
        hashtags=_hashtags(brief, material, place),
        link=_link(brief, seed),
        disclosure=brief.brand.disclosure,
    )


def _over(content: PostContent) -> bool:
    return any(violation.hard for violation in violations(content))


def _fitted(draft: Draft, brief: Brief, place: Channel, material: Material, seed: int) -> Variant | None:
    """Return the draft as a variant inside every hard limit, dropping middle parts and then hashtags."""
    parts = tuple(draft.parts)
    content = _content(parts, brief, place, material, seed)
    while _over(content) and len(parts) > 2:
        parts = (*parts[:-2], parts[-1])
        content = _content(parts, brief, place, material, seed)
    while _over(content) and content.hashtags:
        content = content.model_copy(update={"hashtags": content.hashtags[:-1]})
    if _over(content):
        return None
    return Variant(content=content, parts=parts, seed=seed, method=METHOD)


def _candidates(brief: Brief, place: Channel, material: Material) -> list[Candidate]:
    base = random.Random(f"{brief.seed}|{brief.product.id}|{brief.channel}|{brief.persona.id if brief.persona else ''}")
    found: dict[str, Candidate] = {}
    for _ in range(max(CANDIDATES, 12 * brief.variants)):
        seed = base.randrange(10**6)
        draft = draft_post(brief, place, material, random.Random(seed))
        variant = _fitted(draft, brief, place, material, seed) if draft else None
        if draft and variant and acceptable(variant, brief):
            worth = round(score(variant, draft, brief, material, place), 4)
            scored = variant.model_copy(update={"score": worth})
            found.setdefault(variant.content.text, Candidate(scored, draft, worth))
    return list(found.values())


def _refusal(brief: Brief, place: Channel, got: int) -> ComposeError:
    name = shorten(brief.product.name, 80, placeholder="…") or f"{brief.product.name[:80]}…"
    return ComposeError(
        f'Only {got} of the {brief.variants} posts for "{name}" on {place.name} could be written. Add facts '
        "to the product (a feature, a material, a price), shorten its name or the disclosure, allow more "
        "words, or ask for fewer variants."
    )


def compose(brief: Brief, ranker: Ranker = Mmr()) -> tuple[Variant, ...]:
    """Return ``brief.variants`` posts, the best first choice first, each inside every hard limit.

    Many candidates are drafted from typed templates, scored, and the ranker keeps a varied set (MMR by default). Only
    the product's facts that hold on the campaign's days, and review themes that at least three
    people share, are stated; a theme always with its count. The same brief gives the same posts.

    Raises
    ------
    ComposeError
        Where the product has no name, or too few distinct posts can be written.
    engine.channels.ChannelError
        Where the channel is unknown.
    """
    place = channel(brief.channel)
    if not brief.product.name.strip():
        raise ComposeError("The product has no name. Add its name and try again.")
    material = material_of(brief)
    chosen = ranker.choose(_candidates(brief, place, material), brief.variants)
    if len(chosen) < brief.variants:
        raise _refusal(brief, place, len(chosen))
    return tuple(candidate.variant for candidate in chosen)
