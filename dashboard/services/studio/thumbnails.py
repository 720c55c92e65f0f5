"""Thumbnails for the posts of one slot: the product's own picture, the post's own words."""

from __future__ import annotations

from dashboard.services.studio.brand import logo, logo_digest
from dashboard.workspace import Workspace
from db.repositories import media
from db.repositories.media import NewMedia
from engine.channels import channel
from engine.content import Brief, PostContent, Variant
from engine.editor import LAYOUTS, Thumbnail, ThumbnailOrder, open_picture, render_thumbnail
from engine.provenance import write_source_type

SOURCE_TYPE = "algorithmicallyEnhanced"
MAX_HEADLINE, MAX_BODY = 60, 70


class Illustrator:
    """Makes a thumbnail for each variant of a brief, the layouts in turn; none without a picture."""

    def __init__(self, workspace: Workspace, product_id: int, brief: Brief) -> None:
        self._workspace, self._brief = workspace, brief
        with workspace.database.reading() as session:
            kept = [record.digest for record in media.of_product(session, product_id)]
        self._pictures = [open_picture(workspace.files.read(digest)) for digest in kept]
        self._logo = logo(workspace) if kept else None
        self._logo_digest = logo_digest(workspace)

    def illustrate(self, content: PostContent, variant: Variant, number: int) -> PostContent:
        """Return the content with its thumbnail, kept in the workspace and marked as machine-made."""
        sizes = channel(content.channel).images
        if not self._pictures or not sizes:
            return content
        headline, body = _words(variant, self._brief)
        order = ThumbnailOrder(
            picture=self._pictures[number % len(self._pictures)],
            headline=headline,
            body=body,
            palette=self._brief.brand.palette,
            size=sizes[0],
            layout=LAYOUTS[number % len(LAYOUTS)],
            logo=self._logo,
        )
        made = render_thumbnail(order)
        digest = self._keep(made)
        return content.model_copy(
            update={"media": (digest,), "alt_texts": (_alt_text(made, self._brief.product.name),)}
        )

    def _keep(self, made: Thumbnail) -> str:
        data = write_source_type(made.data, SOURCE_TYPE)
        details = {
            "layout": made.layout,
            "contrast": round(made.contrast, 2),
            "inside_safe": made.inside_safe,
            "subject_kept": round(made.subject_kept, 3),
            "whole_picture": made.whole_picture,
            "logo": self._logo_digest if made.logo else None,
            "notes": list(made.notes),
        }
        new = NewMedia("thumbnail", made.width, made.height, details)
        with self._workspace.database.writing() as session:
            return media.add(session, self._workspace.files, new, data)


def _words(variant: Variant, brief: Brief) -> tuple[str, str]:
    """Return headline and second line from what the post itself says: a feature, an offer, the name.

    Only facts are taken, so the picture claims nothing that the text does not.
    """
    name = brief.product.name
    used = {evidence for part in variant.parts for evidence in part.evidence_ids}
    facts = [f for f in brief.product.facts if f.id in used]
    phrases = [f.noun_phrase for f in facts if f.kind in ("feature", "material", "claim") and f.noun_phrase]
    phrase = next((p for p in phrases if len(p) <= MAX_BODY), "")
    headline = name if len(name) <= MAX_HEADLINE else name[:MAX_HEADLINE].rsplit(" ", 1)[0]
    return headline, phrase[:1].upper() + phrase[1:]


def _alt_text(made: Thumbnail, name: str) -> str:
    said = " ".join(f"“{text}”" for text in (made.headline, made.body) if text)
    return f"Picture of {name}." if not said else f"Picture of {name} with the words {said}."
