"""Thumbnails: a picture, a headline and the brand's own colours in one of three layouts."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from engine.editor.layouts import Layout, Plan, ThumbnailOrder, picture_alone, planned
from engine.editor.lettering import (
    Block,
    Colour,
    can_write,
    contrast,
    draw,
    parse_colour,
    readable_on,
    without_symbols,
)
from engine.editor.logo import Area, Placed, paint
from engine.editor.subject import Box, frame, subject_box

JPEG_QUALITY = 88


@dataclass(frozen=True)
class MarkedLogo:
    """The logo on a thumbnail.

    ``box`` is where it lies, its plate included; ``standing_out`` is the share of its own pixels that
    reach 3:1 against what is behind them.
    """

    box: Area
    plate: bool
    standing_out: float


@dataclass(frozen=True)
class Thumbnail:
    """A finished thumbnail and what can be said of it.

    ``contrast`` is that of the text on its ground; ``inside_safe`` says whether all letters and the logo
    lie in the channel's safe area; ``subject_kept`` is the share of the subject's box that shows.
    """

    data: bytes
    digest: str
    width: int
    height: int
    layout: Layout
    contrast: float
    inside_safe: bool
    subject_kept: float
    whole_picture: bool
    headline: str
    body: str
    logo: MarkedLogo | None
    notes: tuple[str, ...]


def render_thumbnail(order: ThumbnailOrder) -> Thumbnail:
    """Make a thumbnail. The same order gives the same bytes.

    Text that the font cannot write, or that does not fit, is left out and the notes say so: a
    picture without a headline is better than one with empty boxes.
    """
    headline, body, notes = _writable(order)
    box = subject_box(order.picture.image)
    ground = parse_colour(order.palette[0]) if order.palette else (31, 78, 95)
    accent = parse_colour(order.palette[1]) if len(order.palette) > 1 else readable_on(ground)
    plan, block = planned(order, headline, body, box) if headline else (None, None)
    if headline and block is None:
        notes.append("The headline is too long for this size, so the picture goes without it.")
    if plan is None or block is None:
        framed, place = picture_alone(order, box)
        logo = _marked(framed.image, order, place, notes)
        inside = _inside(order, logo.box if logo else None)
        return _finished(order, framed.image, 21.0, inside, (framed.kept, framed.whole), ("", ""), logo, notes)
    canvas, kept, whole = _pictured(order, plan, ground, box)
    letters = _lettered(canvas, plan, block, ground, accent)
    logo = _marked(canvas, order, plan.logo, notes)
    inside = _inside(order, letters) and _inside(order, logo.box if logo else None)
    ratio = contrast(readable_on(ground), ground)
    said = body if block.body else ""
    if body and not block.body:
        notes.append("The second line did not fit and was left out.")
    return _finished(order, canvas, ratio, inside, (kept, whole), (headline, said), logo, notes)


def _writable(order: ThumbnailOrder) -> tuple[str, str, list[str]]:
    """Return headline and body as the font can write them, and notes on what was left out."""
    notes = [*order.picture.notes]
    headline, body = without_symbols(order.headline), without_symbols(order.body)
    if any(without_symbols(c) != c for c in "".join((order.headline + order.body).split())):
        notes.append("Emoji and invisible characters were left out of the picture's text.")
    if not can_write(headline + body):
        notes.append("The text has characters that the font lacks, so the picture goes without it.")
        headline = body = ""
    return headline, body, notes


def _inside(order: ThumbnailOrder, box: Area | None) -> bool:
    left, top, right, bottom = order.size.safe_box
    return box is None or (box[0] >= left and box[1] >= top and box[2] <= right and box[3] <= bottom)


def _marked(canvas: Image.Image, order: ThumbnailOrder, place: Placed | None, notes: list[str]) -> MarkedLogo | None:
    """Paint the logo; note it where there was no place for it."""
    if order.logo is None:
        return None
    if place is None:
        notes.append("The words leave no room for the logo, so the picture goes without it.")
        return None
    plate, share = paint(canvas, order.logo, place)
    return MarkedLogo(place.clear if plate else place.box, plate, share)


def _finished(
    order: ThumbnailOrder,
    canvas: Image.Image,
    ratio: float,
    inside: bool,
    subject: tuple[float, bool],
    said: tuple[str, str],
    logo: MarkedLogo | None,
    notes: list[str],
) -> Thumbnail:
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    data = buffer.getvalue()
    return Thumbnail(
        data=data,
        digest=hashlib.sha256(data).hexdigest(),
        width=canvas.width,
        height=canvas.height,
        layout=order.layout,
        contrast=ratio,
        inside_safe=inside,
        subject_kept=subject[0],
        whole_picture=subject[1],
        headline=said[0],
        body=said[1],
        logo=logo,
        notes=tuple(notes),
    )


def _pictured(order: ThumbnailOrder, plan: Plan, ground: Colour, box: Box) -> tuple[Image.Image, float, bool]:
    canvas = Image.new("RGB", (order.size.width, order.size.height), ground)
    left, top, right, bottom = plan.picture
    framed = plan.framed or frame(order.picture.image, right - left, bottom - top, box)
    canvas.paste(framed.image, (left, top))
    return canvas, framed.kept, framed.whole


def _lettered(canvas: Image.Image, plan: Plan, block: Block, ground: Colour, accent: Colour) -> Area:
    """Paint the panel, a line in the accent colour and the text; return the box of the letters."""
    pen = ImageDraw.Draw(canvas)
    left, top, right, bottom = plan.ground
    if plan.rounded:
        pen.rounded_rectangle((left, top, right - 1, bottom - 1), radius=round(block.size * 0.35), fill=ground)
        stripe = max(4, block.size // 9)
        pen.rectangle((left, top + block.size // 2, left + stripe, bottom - block.size // 2), fill=accent)
    else:
        pen.rectangle((left, top, right - 1, bottom - 1), fill=ground)
        stripe = max(4, block.size // 9)
        picture = plan.picture
        if picture[0] > 0:
            pen.rectangle((right - stripe, top, right - 1, bottom - 1), fill=accent)
        elif picture[1] > 0:
            pen.rectangle((left, bottom - stripe, right - 1, bottom - 1), fill=accent)
        else:
            pen.rectangle((left, top, right - 1, top + stripe - 1), fill=accent)
    return draw(pen, block, plan.text[0], plan.text[1], readable_on(ground))
