"""Every place of a post that a reader sees, and findings that point into them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.content import CheckName, Finding, PostContent, Verdict


@dataclass(frozen=True)
class Place:
    """One text of a post: the field it stands in, its index there, and the text."""

    field: str
    index: int
    text: str


@dataclass(frozen=True)
class Rule:
    """A rule of a check: what it says, where it comes from, how to mend a breach."""

    id: str
    check: CheckName
    verdict: Verdict
    rule: str
    source: str
    remedy: str

    def at(self, place: Place, start: int, end: int, *, remedy: str = "", verdict: Verdict | None = None) -> Finding:
        """Return a finding for a span of a place."""
        return Finding(
            check=self.check,
            verdict=verdict or self.verdict,
            rule_id=self.id,
            rule=self.rule,
            source=self.source,
            field=place.field,
            index=place.index,
            start=start,
            end=end,
            excerpt=place.text[start:end][:200],
            remedy=remedy or self.remedy,
        )


def places(content: PostContent, *, with_link: bool = False) -> Iterator[Place]:
    """Yield the texts of a post in the order a reader meets them."""
    for field in ("title", "text", "disclosure"):
        text = getattr(content, field)
        if text:
            yield Place(field, 0, text)
    for field in ("hashtags", "alt_texts"):
        for index, text in enumerate(getattr(content, field)):
            if text:
                yield Place(field, index, text)
    if with_link and content.link:
        yield Place("link", 0, content.link)


def matches(pattern: re.Pattern[str], content: PostContent) -> Iterator[tuple[Place, re.Match[str]]]:
    """Yield every match of a pattern in the texts a marketer writes (not the fixed disclosure)."""
    for place in places(content):
        if place.field != "disclosure":
            for match in pattern.finditer(place.text):
                yield place, match
