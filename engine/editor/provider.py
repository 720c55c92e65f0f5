"""The thumbnail maker as a provider of images, and the register of those there are."""

from __future__ import annotations

from functools import cache

from engine.channels import channel
from engine.content import Brief, ModelCard, Variant
from engine.digests import digest_of, sources
from engine.editor.layouts import LAYOUTS, ThumbnailOrder
from engine.editor.render import Thumbnail, render_thumbnail
from engine.ports import ImageOrder, ImageProvider, MadeImage, Registry
from engine.provenance import write_source_type

SOURCE_TYPE = "algorithmicallyEnhanced"
MAX_HEADLINE, MAX_BODY = 60, 70


class Thumbnails:
    """The product's own picture with the post's own words, pictures and layouts in turn."""

    name = "thumbnails"

    def make(self, order: ImageOrder) -> MadeImage | None:
        """Return a thumbnail in the channel's first size; None without a picture, or where a channel shows none."""
        sizes = channel(order.variant.content.channel).images
        if not order.pictures or not sizes:
            return None
        headline, body = words_of(order.variant, order.brief)
        made = render_thumbnail(
            ThumbnailOrder(
                picture=order.pictures[order.number % len(order.pictures)],
                headline=headline,
                body=body,
                palette=order.brief.brand.palette,
                size=sizes[0],
                layout=LAYOUTS[order.number % len(LAYOUTS)],
                logo=order.logo,
            )
        )
        return MadeImage(
            data=write_source_type(made.data, SOURCE_TYPE),
            width=made.width,
            height=made.height,
            alt_text=_alt_text(made, order.brief.product.name),
            with_logo=made.logo is not None,
            details=_details(made),
            card=_card(made),
        )


def words_of(variant: Variant, brief: Brief) -> tuple[str, str]:
    """Return headline and second line from what the post itself says: the name, and a feature, material or claim.

    Only facts are taken, so the picture claims nothing that the text does not.
    """
    name = brief.product.name
    used = {evidence for part in variant.parts for evidence in part.evidence_ids}
    facts = [f for f in brief.product.facts if f.id in used]
    phrases = [f.noun_phrase for f in facts if f.kind in ("feature", "material", "claim") and f.noun_phrase]
    phrase = next((p for p in phrases if len(p) <= MAX_BODY), "")
    headline = name if len(name) <= MAX_HEADLINE else name[:MAX_HEADLINE].rsplit(" ", 1)[0]
    return headline, phrase[:1].upper() + phrase[1:]


def _details(made: Thumbnail) -> dict[str, object]:
    return {
        "layout": made.layout,
        "contrast": round(made.contrast, 2),
        "inside_safe": made.inside_safe,
        "subject_kept": round(made.subject_kept, 3),
        "whole_picture": made.whole_picture,
        "notes": list(made.notes),
    }


def _alt_text(made: Thumbnail, name: str) -> str:
    said = " ".join(f"“{text}”" for text in (made.headline, made.body) if text)
    return f"Picture of {name}." if not said else f"Picture of {name} with the words {said}."


def _card(made: Thumbnail) -> ModelCard:
    return ModelCard(
        port="image",
        provider=Thumbnails.name,
        model="crop and layout",
        digest=_digest(),
        parameters={"layout": made.layout, "width": made.width, "height": made.height},
        post_filters=(f"marked {SOURCE_TYPE}",),
    )


@cache
def _digest() -> str:
    return digest_of(*sources(__name__, ("engine.editor",)))


IMAGE_PROVIDERS: Registry[ImageProvider] = Registry("image provider", Thumbnails())
