"""What the checks compare a post with."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image

from engine.content import Brief
from engine.provenance import read_source_type
from engine.redaction import Redactor


@dataclass(frozen=True)
class MediaInfo:
    """An image as the checks see it. ``source_type`` is its IPTC mark, None without one."""

    digest: str
    width: int
    height: int
    source_type: str | None

    @classmethod
    def of_image(cls, digest: str, data: bytes) -> MediaInfo:
        """Read what the checks need from an image's bytes."""
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
        return cls(digest, width, height, read_source_type(data))


@dataclass(frozen=True)
class CheckContext:
    """The brief a post answers, the people who must not be named, and its images."""

    brief: Brief
    identities: Redactor = field(default_factory=Redactor)
    media: tuple[MediaInfo, ...] = ()
    ai_generated: bool = True
    paid: bool = False
