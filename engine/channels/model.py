"""The shapes of the channel registry: rules, image sizes, channels."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from engine.content import Frozen

Counting = Literal["x_weighted", "utf16", "utf8_bytes", "items"]
CountedField = Literal["text", "first_line", "title", "hashtags", "alt_texts", "link"]
Severity = Literal["hard", "advisory"]


class ChannelError(ValueError):
    """A channel or its registry cannot be used; the sentence says why."""


class Rule(Frozen):
    """One limit of a channel. ``statement`` is the sentence shown to people."""

    id: str
    field: CountedField
    counting: Counting
    limit: int = Field(gt=0)
    severity: Severity
    statement: str
    source: str
    checked: date

    @property
    def hard(self) -> bool:
        return self.severity == "hard"


class SafeMargins(Frozen):
    """Pixels on each side that the channel's own buttons or crops may cover."""

    top: int = Field(ge=0)
    right: int = Field(ge=0)
    bottom: int = Field(ge=0)
    left: int = Field(ge=0)


class ImageSize(Frozen):
    """A picture format of a channel, in pixels."""

    name: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    safe: SafeMargins

    @property
    def safe_box(self) -> tuple[int, int, int, int]:
        """Return (left, top, right, bottom) of the area where text may stand, in pixels."""
        return (self.safe.left, self.safe.top, self.width - self.safe.right, self.height - self.safe.bottom)


class Channel(Frozen):
    """One place to publish: its rules, formats and habits.

    ``link_policy``: ``in_text`` puts the link into the post; ``bio`` means that a link in the text
    cannot be clicked, so the post points to the profile; ``own_field`` means a destination field.
    ``ideal_length`` is an advisory range of characters for the words of the post.
    """

    id: str
    name: str
    scheduler_label: str
    link_policy: Literal["in_text", "bio", "own_field"]
    hashtag_placement: Literal["end", "inline_end"]
    tone: str
    ideal_length: tuple[int, int]
    max_hashtags_written: int = Field(ge=0)
    uses_title: bool
    forbidden_characters: str = ""
    rules: tuple[Rule, ...]
    images: tuple[ImageSize, ...]

    def image(self, name: str) -> ImageSize:
        """Return the picture format of that name, or raise :class:`ChannelError`."""
        for size in self.images:
            if size.name == name:
                return size
        known = ", ".join(size.name for size in self.images)
        raise ChannelError(f'{self.name} has no picture format "{name}". Choose one of: {known}.')


class Registry(Frozen):
    """The whole registry file."""

    scheduler_columns: dict[str, str]
    channels: tuple[Channel, ...]
