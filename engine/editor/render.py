"""Thumbnails: a picture, a headline and the brand's own colours in one of three layouts."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw

from engine.channels import ImageSize
from engine.editor.lettering import (
    Block,
    Colour,
    can_write,
    contrast,
    draw,
    fit,
    parse_colour,
    readable_on,
)
from engine.editor.picture import Picture
from engine.editor.subject import Box, frame, subject_box

Layout = Literal["band", "card", "split"]
LAYOUTS: tuple[Layout, ...] = ("band", "card", "split")
JPEG_QUALITY = 88
Area = tuple[int, int, int, int]


@dataclass(frozen=True)
class ThumbnailOrder:
    """What to make: a picture, two texts, the palette (``#rrggbb``), a size and a layout."""

    picture: Picture
    headline: str
    body: str
    palette: tuple[str, ...]
    size: ImageSize
    layout: Layout = "band"


@dataclass(frozen=True)
class Thumbnail:
    """A finished thumbnail and what can be said of it.

    ``contrast`` is that of the text on its ground; ``inside_safe`` says whether all letters lie in
    the channel's safe area; ``subject_kept`` is the share of the subject's box that shows.
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
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """Where picture and text go. ``ground`` is the text's own panel."""

    picture: Area
    ground: Area
    text: Area
    rounded: bool = False


def render_thumbnail(order: ThumbnailOrder) -> Thumbnail:
    """Make a thumbnail. The same order gives the same bytes.

    Text that the font cannot write, or that does not fit, is left out and the notes say so: a
    picture without a headline is better than one with empty boxes.
    """
    size, notes = order.size, [*order.picture.notes]
    headline, body = order.headline.strip(), order.body.strip()
    if not can_write(headline + body):
        notes.append("The text has characters that the font lacks, so the picture goes without it.")
        headline = body = ""
    box = subject_box(order.picture.image)
    ground = parse_colour(order.palette[0]) if order.palette else (31, 78, 95)
    accent = parse_colour(order.palette[1]) if len(order.palette) > 1 else readable_on(ground)
    plan, block = _planned(order, headline, body) if headline else (None, None)
    if headline and block is None:
        notes.append("The headline is too long for this size, so the picture goes without it.")
    if plan is None or block is None:
        framed = frame(order.picture.image, size.width, size.height, box)
        return _finished(order, framed.image, 21.0, True, (framed.kept, framed.whole), ("", ""), notes)
    canvas, kept, whole = _pictured(order, plan, ground, box)
    letters = _lettered(canvas, plan, block, ground, accent)
    safe = size.safe_box
    inside = letters[0] >= safe[0] and letters[1] >= safe[1] and letters[2] <= safe[2] and letters[3] <= safe[3]
    ratio = contrast(readable_on(ground), ground)
    said = body if block.body else ""
    if body and not block.body:
        notes.append("The second line did not fit and was left out.")
    return _finished(order, canvas, ratio, inside, (kept, whole), (headline, said), notes)


def _finished(
    order: ThumbnailOrder,
    canvas: Image.Image,
    ratio: float,
    inside: bool,
    subject: tuple[float, bool],
    said: tuple[str, str],
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
        notes=tuple(notes),
    )


def _planned(order: ThumbnailOrder, headline: str, body: str) -> tuple[_Plan, Block | None]:
    """Choose the areas of a layout and fit the text into its own."""
    maker = {"band": _band, "card": _card, "split": _split}[order.layout]
    return maker(order, headline, body)


def _scale(size: ImageSize) -> tuple[int, int, int]:
    """Return padding and the largest and smallest headline for a size, in pixels."""
    short = min(size.width, size.height)
    return round(short * 0.055), round(short * 0.105), max(20, round(short * 0.034))


def _band(order: ThumbnailOrder, headline: str, body: str) -> tuple[_Plan, Block | None]:
    """Picture above, a band in the brand's colour below, as tall as its text needs."""
    size = order.size
    pad, largest, smallest = _scale(size)
    left, _, right, bottom = size.safe_box
    x, end = max(left, pad), min(right, size.width - pad)
    block = fit(headline, body, end - x, round(size.height * 0.30), largest, smallest)
    if block is None:
        return _Plan((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)), None
    base = min(bottom, size.height - pad)
    top = base - block.height
    edge = top - round(pad * 1.15)
    return (
        _Plan((0, 0, size.width, edge), (0, edge, size.width, size.height), (x, top, end, base)),
        block,
    )


def _split(order: ThumbnailOrder, headline: str, body: str) -> tuple[_Plan, Block | None]:
    """Side by side in wide formats; in tall ones the text stands above the picture."""
    size = order.size
    pad, largest, smallest = _scale(size)
    left, top, right, bottom = size.safe_box
    if size.width > size.height * 1.15:
        edge = round(size.width * 0.44)
        x, end = max(left, pad), edge - pad
        block = fit(
            headline,
            body,
            end - x,
            min(bottom, size.height - pad) - max(top, pad),
            round(largest * 1.05),
            smallest,
        )
        centred = (size.height - block.height) // 2 if block else 0
        y = max(top, min(centred, bottom - block.height)) if block else 0
        return _Plan((edge, 0, size.width, size.height), (0, 0, edge, size.height), (x, y, end, size.height)), block
    x, end = max(left, pad), min(right, size.width - pad)
    start = max(top, pad)
    block = fit(headline, body, end - x, round(size.height * 0.28), largest, smallest)
    edge = start + (block.height if block else 0) + round(pad * 1.15)
    return _Plan((0, edge, size.width, size.height), (0, 0, size.width, edge), (x, start, end, edge)), block


def _card(order: ThumbnailOrder, headline: str, body: str) -> tuple[_Plan, Block | None]:
    """The picture fills the frame; a card with the text lies in the safe corner that hides least of it."""
    size = order.size
    pad, largest, smallest = _scale(size)
    left, top, right, bottom = size.safe_box
    inset = round(pad * 0.75)
    wide = size.width > size.height * 1.15
    room = round((right - left) * (0.46 if wide else 0.86)) - 2 * inset
    block = fit(headline, body, room, round((bottom - top) * (0.5 if wide else 0.24)), round(largest * 0.85), smallest)
    if block is None:
        return _Plan((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)), None
    width, height = block.width + 2 * inset, block.height + 2 * inset
    subject = frame(order.picture.image, size.width, size.height).subject
    corners = [(x, y) for y in (bottom - height, top) for x in (left, right - width)]
    x, y = min(corners, key=lambda c: _hidden(subject, (c[0], c[1], c[0] + width, c[1] + height)))
    ground = (x, y, x + width, y + height)
    return (
        _Plan((0, 0, size.width, size.height), ground, (x + inset, y + inset, x + width, y + height), True),
        block,
    )


def _hidden(subject: Box, card: Area) -> float:
    across = max(0.0, min(subject[2], card[2]) - max(subject[0], card[0]))
    down = max(0.0, min(subject[3], card[3]) - max(subject[1], card[1]))
    return across * down


def _pictured(order: ThumbnailOrder, plan: _Plan, ground: Colour, box: Box) -> tuple[Image.Image, float, bool]:
    canvas = Image.new("RGB", (order.size.width, order.size.height), ground)
    left, top, right, bottom = plan.picture
    framed = frame(order.picture.image, right - left, bottom - top, box)
    canvas.paste(framed.image, (left, top))
    kept = framed.kept
    if plan.rounded:
        area = (framed.subject[2] - framed.subject[0]) * (framed.subject[3] - framed.subject[1])
        kept *= 1 - (_hidden(framed.subject, plan.ground) / area if area else 0.0)
    return canvas, kept, framed.whole


def _lettered(canvas: Image.Image, plan: _Plan, block: Block, ground: Colour, accent: Colour) -> Area:
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
