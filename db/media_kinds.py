"""The kinds of media that are known, told from a file's first bytes and never from its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from db.errors import StoreError

HEAD = 64  # bytes that tell every kind here


@dataclass(frozen=True)
class MediaKind:
    """A kind of media: its MIME type, its file ending, and how its first bytes tell it.

    ``ready`` says whether posts can carry it; a reserved kind is recognised and refused in its own words.
    """

    mime: str
    suffix: str
    family: Literal["image", "video"]
    told_by: Callable[[bytes], bool]
    ready: bool = True


def _is_mp4(head: bytes) -> bool:
    """Tell an ISO base media file (ISO/IEC 14496-12, 4.3) with a brand that players read as MP4."""
    return head[4:8] == b"ftyp" and head[8:12] in (
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
    )


MEDIA_KINDS = (
    # Markers: ITU-T T.81 B.1.1.3; PNG (W3C 2003, 5.2); WebP container (RFC 9649, 2.4); EBML (RFC 8794, 11.2).
    MediaKind("image/jpeg", "jpg", "image", lambda head: head.startswith(b"\xff\xd8\xff")),
    MediaKind("image/png", "png", "image", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    MediaKind("image/webp", "webp", "image", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    MediaKind("video/webm", "webm", "video", lambda head: head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head, False),
    MediaKind("video/mp4", "mp4", "video", _is_mp4, False),
)


def media_kind(head: bytes) -> MediaKind:
    """Return the kind of a file from its first ``HEAD`` bytes or more.

    Raises
    ------
    StoreError
        When it is of no known kind, or of one that posts cannot carry yet.
    """
    known = next((kind for kind in MEDIA_KINDS if kind.told_by(head[:HEAD])), None)
    ready = ", ".join(kind.suffix.upper() for kind in MEDIA_KINDS if kind.ready)
    if known is None:
        raise StoreError(f"This is no picture of a known kind. Save it as one of {ready}.")
    if not known.ready:
        raise StoreError(f"Posts cannot carry {known.suffix.upper()} videos yet. Use a picture: {ready}.")
    return known
