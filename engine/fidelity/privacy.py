"""Privacy: nobody is named, and no reader is told what they are."""

from __future__ import annotations

from engine.content import CheckName, Finding, PostContent
from engine.fidelity.context import CheckContext
from engine.fidelity.places import Place, matches, places
from engine.fidelity.rules import rule, rules_of
from engine.redaction import Span

# Kinds that a shop or a partner may rightly have in a post of its own.
_PUBLIC = {"address", "handle", "profile link"}


def privacy(content: PostContent, context: CheckContext) -> list[Finding]:
    """Find known customers, patterns of personal data and texts that address a private trait."""
    found = []
    allowed = {context.brief.brand.name.casefold(), context.brief.product.name.casefold()}
    for place in places(content, with_link=True):
        for span in context.identities.spans(place.text):
            if place.text[span.start : span.end].casefold() in allowed:
                continue
            if place.field == "link" and span.kind != "email":
                continue
            found.append(_named(place, span))
    for entry in rules_of(CheckName.PRIVACY).values():
        if entry.pattern is not None:
            found += [entry.rule.at(place, *match.span()) for place, match in matches(entry.pattern, content)]
    return found


def _named(place: Place, span: Span) -> Finding:
    """Return the finding for a known person, for a pattern of personal data, or for a public contact."""
    name = "identity" if span.known else "contact" if span.kind in _PUBLIC else "pattern"
    breach = rule(CheckName.PRIVACY, f"privacy.{name}")
    remedy = "" if name == "contact" else f"Take out the {span.kind} and save a new version."
    return breach.at(place, span.start, span.end, remedy=remedy)
