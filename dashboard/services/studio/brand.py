"""The brand: how it speaks, and the logo that its thumbnails carry."""

from __future__ import annotations

import re

from dashboard.services.people import MAY_EDIT, User, require
from dashboard.workspace import Workspace
from db.repositories import campaigns, media
from db.repositories.media import NewMedia
from engine.content import BrandVoice
from engine.editor import Logo, open_logo
from engine.kept import BRAND_VOICE

MAX_NAME, MAX_DISCLOSURE, MAX_ENTRIES = 120, 200, 500
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class BrandError(ValueError):
    """A brand voice that posts cannot carry, and how to mend it."""


def save(
    workspace: Workspace, user: User, voice: BrandVoice, logo: bytes | None = None, *, without_logo: bool = False
) -> None:
    """Keep the brand voice; drafts made from now on use it. The logo stays unless another one is given.

    Parameters
    ----------
    logo : bytes, optional
        A PNG or JPEG to use from now on.
    without_logo : bool
        Go without a logo from now on. Thumbnails that carry it stay as they are.

    Raises
    ------
    BrandError
        When the name or the disclosure is missing or too long, or a colour is none.
    PictureError
        When the logo is an SVG or no picture, damaged, too large or too small.
    """
    require(user, MAY_EDIT, "change the brand")
    _check(voice)
    opened = open_logo(logo) if logo is not None else None
    with workspace.database.writing() as session:
        before = campaigns.brand(session)
        digest = None if before is None or without_logo else before.logo_digest
        if opened is not None:
            new = NewMedia("logo", *opened.image.size, {})
            digest = media.add(session, workspace.files, new, opened.stored())
        campaigns.save_brand(session, BRAND_VOICE.write(voice), digest, user.name)


def _check(voice: BrandVoice) -> None:
    if not voice.name.strip() or len(voice.name) > MAX_NAME:
        raise BrandError(f"Give the brand a name of at most {MAX_NAME} characters.")
    if not voice.disclosure.strip() or len(voice.disclosure) > MAX_DISCLOSURE:
        raise BrandError(f"Write a disclosure of at most {MAX_DISCLOSURE} characters; posts do not pass without one.")
    odd = next((colour for colour in voice.palette if not _COLOUR.fullmatch(colour)), None)
    if odd is not None or not voice.palette:
        raise BrandError(f"“{odd or ''}” is no colour. Write each as # and six digits or letters a to f: #274c43.")
    words = (*voice.words_to_use, *voice.words_never, *voice.hashtags)
    if len(words) > MAX_ENTRIES or any(len(word) > MAX_NAME for word in words):
        raise BrandError(f"Keep to {MAX_ENTRIES} words and hashtags, each of at most {MAX_NAME} characters.")


def logo_digest(workspace: Workspace) -> str | None:
    """Return the SHA-256 of the logo that counts now, or None."""
    with workspace.database.reading() as session:
        record = campaigns.brand(session)
    return record.logo_digest if record else None


def logo_bytes(workspace: Workspace) -> bytes | None:
    """Return the logo that counts now as a PNG, or None."""
    with workspace.database.reading() as session:
        record = campaigns.brand(session)
    return workspace.files.read(record.logo_digest) if record and record.logo_digest else None


def logo(workspace: Workspace) -> Logo | None:
    """Return the logo that counts now, opened, or None."""
    data = logo_bytes(workspace)
    return open_logo(data) if data else None
