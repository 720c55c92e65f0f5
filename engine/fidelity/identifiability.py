"""Identifiability: machine-made content says so, to people and to machines; limits of the channel hold."""

from __future__ import annotations

from engine.channels import violations
from engine.content import CheckName, Finding, PostContent, Verdict
from engine.fidelity.context import CheckContext
from engine.fidelity.places import Place
from engine.fidelity.rules import rule, rules_of

MACHINE_MADE = {
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "algorithmicMedia",
    "algorithmicallyEnhanced",
    "compositeSynthetic",
}


def identifiability(content: PostContent, context: CheckContext) -> list[Finding]:
    """Check the label in words, the mark in each image, the descriptions and the channel's limits."""
    check, found = CheckName.IDENTIFIABILITY, []
    if context.ai_generated and not _labelled(content):
        found.append(rule(check, "identifiability.label").at(Place("disclosure", 0, content.disclosure), 0, 0))
    known = {image.digest: image for image in context.media}
    for index, digest in enumerate(content.media):
        place = Place("media", index, digest)
        image = known.get(digest)
        if image is None:
            found.append(rule(check, "identifiability.missing_media").at(place, 0, 0))
        elif context.ai_generated and image.source_type not in MACHINE_MADE:
            found.append(rule(check, "identifiability.mark").at(place, 0, 0))
        text = content.alt_texts[index] if index < len(content.alt_texts) else ""
        if not text.strip():
            found.append(rule(check, "identifiability.alt_text").at(Place("alt_texts", index, ""), 0, 0))
    limit = rule(check, "identifiability.channel")
    found += [
        Finding(
            check=check,
            verdict=Verdict.BLOCK,
            rule_id=limit.id,
            rule=breach.message,
            source=breach.source,
            field="text" if breach.field == "first_line" else breach.field,
            index=breach.index,
            remedy=limit.remedy,
        )
        for breach in violations(content)
        if breach.hard
    ]
    return found


def _labelled(content: PostContent) -> bool:
    pattern = rules_of(CheckName.IDENTIFIABILITY)["identifiability.label"].pattern
    assert pattern is not None
    return any(pattern.search(text) for text in (content.disclosure, content.text, content.title))
