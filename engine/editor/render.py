"""Thumbnails: a picture, a headline and the brand's own colours in one of three layouts."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
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
    without_symbols,
)
from engine.editor.picture import Picture
from engine.editor.subject import KEEP_AT_LEAST, Box, Framed, frame, frame_beside, subject_box

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
    framed: Framed | None = None


def render_thumbnail(order: ThumbnailOrder) -> Thumbnail:
    """Make a thumbnail. The same order gives the same bytes.

    Text that the font cannot write, or that does not fit, is left out and the notes say so: a
    picture without a headline is better than one with empty boxes.
    """
    size, notes = order.size, [*order.picture.notes]
    headline, body = without_symbols(order.headline), without_symbols(order.body)
    if any(without_symbols(c) != c for c in "".join((order.headline + order.body).split())):
        notes.append("Emoji and invisible characters were left out of the picture's text.")
    if not can_write(headline + body):
        notes.append("The text has characters that the font lacks, so the picture goes without it.")
        headline = body = ""
    box = subject_box(order.picture.image)
    ground = parse_colour(order.palette[0]) if order.palette else (31, 78, 95)
    accent = parse_colour(order.palette[1]) if len(order.palette) > 1 else readable_on(ground)
    plan, block = _planned(order, headline, body, box) if headline else (None, None)
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


def _planned(order: ThumbnailOrder, headline: str, body: str, box: Box) -> tuple[_Plan, Block | None]:
    """Choose the areas of a layout and fit the text into its own."""
    if order.layout == "card":
        return _card(order, headline, body, box)
    return (_band if order.layout == "band" else _split)(order, headline, body)


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
    share = 0.24 if size.width > size.height * 1.15 else 0.30
    block = fit(headline, body, end - x, round(size.height * share), largest, smallest)
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


def _card(order: ThumbnailOrder, headline: str, body: str, box: Box) -> tuple[_Plan, Block | None]:
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
    corners = [(x, y, x + width, y + height) for y in (bottom - height, top) for x in (left, right - width)]
    ground, framed = _uncovered(order, corners, box, inset, wide)
    text = (ground[0] + inset, ground[1] + inset, ground[2], ground[3])
    return _Plan((0, 0, size.width, size.height), ground, text, True, framed), block


def _uncovered(order: ThumbnailOrder, corners: list[Area], box: Box, gap: int, wide: bool) -> tuple[Area, Framed]:
    """Choose a corner for the card and a framing that leaves at least 90% of the subject in view."""
    picture, width, height = order.picture.image, order.size.width, order.size.height
    plain = frame(picture, width, height, box)
    area = (plain.subject[2] - plain.subject[0]) * (plain.subject[3] - plain.subject[1])
    ground = min(corners, key=lambda corner: _hidden(plain.subject, corner))
    kept = plain.kept * (1 - _hidden(plain.subject, ground) / area if area else 1.0)
    if kept >= KEEP_AT_LEAST:
        return ground, replace(plain, kept=kept)
    tried = []
    for card in (corners[0], corners[3]):
        free = _beside(card, width, height, gap, wide)
        tried.append((card, frame_beside(picture, width, height, box, free)))
    return next((t for t in tried if not t[1].whole), tried[0])


def _beside(card: Area, width: int, height: int, gap: int, wide: bool) -> Box:
    """Return the larger part of the frame that a card leaves free: beside it if wide, else above or below."""
    if wide:
        return (card[2] + gap, 0, width, height) if card[0] + card[2] < width else (0, 0, card[0] - gap, height)
    return (0, card[3] + gap, width, height) if card[1] + card[3] < height else (0, 0, width, card[1] - gap)


def _hidden(subject: Box, card: Area) -> float:
    across = max(0.0, min(subject[2], card[2]) - max(subject[0], card[0]))
    down = max(0.0, min(subject[3], card[3]) - max(subject[1], card[1]))
    return across * down


def _pictured(order: ThumbnailOrder, plan: _Plan, ground: Colour, box: Box) -> tuple[Image.Image, float, bool]:
    canvas = Image.new("RGB", (order.size.width, order.size.height), ground)
    left, top, right, bottom = plan.picture
    framed = plan.framed or frame(order.picture.image, right - left, bottom - top, box)
    canvas.paste(framed.image, (left, top))
    return canvas, framed.kept, framed.whole


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
