"""Thumbnails for the posts of one slot: the product's own pictures and the brand's logo, made and kept."""

from __future__ import annotations

from dashboard.services.studio.brand import logo, logo_digest
from dashboard.workspace import Workspace
from db.repositories import media
from db.repositories.media import NewMedia
from engine.content import Brief, Variant
from engine.editor import IMAGE_PROVIDERS, open_picture
from engine.ports import ImageOrder


class Illustrator:
    """Makes a picture for each variant of a brief; none without a picture of the product."""

    def __init__(self, workspace: Workspace, product_id: int, brief: Brief) -> None:
        self._workspace, self._brief = workspace, brief
        with workspace.database.reading() as session:
            kept = [record.digest for record in media.of_product(session, product_id)]
        self._pictures = tuple(open_picture(workspace.files.read(digest)) for digest in kept)
        self._logo = logo(workspace) if kept else None
        self._logo_digest = logo_digest(workspace)

    def illustrate(self, variant: Variant, number: int) -> Variant:
        """Return the variant with its picture, kept in the workspace and marked as machine-made."""
        order = ImageOrder(self._brief, variant, number, self._pictures, self._logo)
        made = IMAGE_PROVIDERS.default.make(order)
        if made is None:
            return variant
        details = {**made.details, "logo": self._logo_digest if made.with_logo else None}
        new = NewMedia("thumbnail", made.width, made.height, details)
        with self._workspace.database.writing() as session:
            digest = media.add(session, self._workspace.files, new, made.data)
        content = variant.content.model_copy(update={"media": (digest,), "alt_texts": (made.alt_text,)})
        return variant.model_copy(update={"content": content, "cards": (*variant.cards, made.card)})
