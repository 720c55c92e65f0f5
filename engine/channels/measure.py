"""The text as it is published, how much of each limit it uses, and what it breaks."""

from __future__ import annotations

from engine.channels.counting import utf8_bytes, utf16_units, x_weighted
from engine.channels.model import Channel, Rule
from engine.channels.registry import channel
from engine.content import Frozen, PostContent


class Count(Frozen):
    """How much of one limit a post uses. ``index`` is the element for ``alt_texts``."""

    field: str
    used: int
    limit: int
    hard: bool
    rule_id: str
    index: int = 0

    @property
    def over(self) -> int:
        """How far past the limit, 0 where inside."""
        return max(0, self.used - self.limit)


class Violation(Frozen):
    """A limit that a post passes, in words."""

    rule_id: str
    field: str
    hard: bool
    message: str
    source: str
    index: int = 0


_COUNTERS = {"x_weighted": x_weighted, "utf16": utf16_units, "utf8_bytes": utf8_bytes}


def _hashtag(tag: str) -> str:
    return tag if tag.startswith("#") else f"#{tag}"


def render(content: PostContent) -> str:
    """Return the exact text that is published: words, link, disclosure, hashtags.

    The link stands in the text only where the channel's policy says so; a title, an image
    description and a destination link are fields of their own.
    """
    place = channel(content.channel)
    tags = " ".join(_hashtag(tag) for tag in content.hashtags)
    text = content.text.strip()
    if tags and place.hashtag_placement == "inline_end":
        text, tags = f"{text} {tags}".strip(), ""
    link = (content.link or "") if place.link_policy == "in_text" else ""
    foot = "\n".join(block for block in (content.disclosure.strip(), tags) if block)
    return "\n\n".join(block for block in (text, link, foot) if block)


def _fields(rule: Rule, content: PostContent) -> list[str]:
    published = render(content)
    values: dict[str, list[str]] = {
        "text": [published],
        "first_line": [content.text.strip().split("\n", 1)[0]],
        "title": [content.title],
        "link": [content.link or ""],
        "alt_texts": list(content.alt_texts),
    }
    return values[rule.field]


def _counts(rule: Rule, content: PostContent) -> list[Count]:
    def count(used: int, index: int = 0) -> Count:
        return Count(field=rule.field, used=used, limit=rule.limit, hard=rule.hard, rule_id=rule.id, index=index)

    if rule.counting == "items":
        return [count(len(content.hashtags))]
    counter = _COUNTERS[rule.counting]
    return [count(counter(value), index) for index, value in enumerate(_fields(rule, content))]


def measure(content: PostContent) -> tuple[Count, ...]:
    """Return one count for each rule of the post's channel, in the registry's order."""
    return tuple(count for rule in channel(content.channel).rules for count in _counts(rule, content))


def _characters(place: Channel, content: PostContent) -> list[Violation]:
    found = []
    for field, value in (("text", content.text), ("title", content.title)):
        bad = sorted(set(value) & set(place.forbidden_characters))
        if bad:
            found.append(
                Violation(
                    rule_id=f"{place.id}.characters",
                    field=field,
                    hard=True,
                    message=f"{place.name} does not take {' or '.join(bad)} in the {field}. Remove it.",
                    source="https://developers.google.com/youtube/v3/docs/videos",
                )
            )
    return found


def violations(content: PostContent) -> tuple[Violation, ...]:
    """Return every rule that the post breaks, hard ones first, each with a sentence to mend it by."""
    place = channel(content.channel)
    rules = {rule.id: rule for rule in place.rules}
    found = _characters(place, content)
    if place.uses_title and not content.title.strip():
        found.append(
            Violation(
                rule_id=f"{place.id}.title.missing",
                field="title",
                hard=True,
                message=f"{place.name} needs a title. Write one.",
                source=next(r.source for r in place.rules if r.field == "title"),
            )
        )
    for count in measure(content):
        if count.over:
            rule = rules[count.rule_id]
            message = f"{rule.statement} This uses {count.used:,}: take out {count.over:,}."
            found.append(
                Violation(
                    rule_id=rule.id,
                    field=count.field,
                    hard=count.hard,
                    message=message,
                    source=rule.source,
                    index=count.index,
                )
            )
    return tuple(sorted(found, key=lambda violation: not violation.hard))
