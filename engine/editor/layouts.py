"""Where picture, text and logo go: three layouts, each for every size and inside its safe area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from engine.channels import ImageSize
from engine.editor.lettering import Block, fit
from engine.editor.logo import Area, Logo, Placed, at, corner, margin, sizes
from engine.editor.picture import Picture
from engine.editor.subject import KEEP_AT_LEAST, Box, Framed, frame, frame_beside

Layout = Literal["band", "card", "split"]
LAYOUTS: tuple[Layout, ...] = ("band", "card", "split")
WIDE = 1.15
BEYOND = 0.04  # of the subject's longer side: its box holds nine tenths of it, not its sleeves
NOWHERE: Area = (0, 0, 0, 0)
Extent = tuple[int, int]


@dataclass(frozen=True)
class ThumbnailOrder:
    """What to make: a picture, two texts, the palette (``#rrggbb``), a size, a layout and the logo, if any."""

    picture: Picture
    headline: str
    body: str
    palette: tuple[str, ...]
    size: ImageSize
    layout: Layout = "band"
    logo: Logo | None = None


@dataclass(frozen=True)
class Plan:
    """Where picture, text and logo go. ``ground`` is the text's own panel."""

    picture: Area
    ground: Area
    text: Area
    rounded: bool = False
    framed: Framed | None = None
    logo: Placed | None = None


@dataclass(frozen=True)
class _Words:
    """The two texts, and the room that a logo needs beside them (0 by 0 when it lies elsewhere)."""

    headline: str
    body: str
    logo: Extent = (0, 0)

    @property
    def reserved(self) -> Extent:
        if not self.logo[0]:
            return 0, 0
        gap = margin(self.logo)
        return self.logo[0] + 2 * gap, self.logo[1] + 2 * gap


def planned(order: ThumbnailOrder, headline: str, body: str, box: Box) -> tuple[Plan, Block | None]:
    """Choose the areas of a layout, fit the text into its own and find the logo a place.

    The logo goes into a corner that is free of subject and text. Where there is none, the text makes
    room for it in its panel: the headline shrinks before the second line goes.
    """
    plan, block = _laid(order, _Words(headline, body), box)
    if order.logo is None or block is None:
        return plan, block
    left, top, right, bottom = plan.picture
    framed = plan.framed or frame(order.picture.image, right - left, bottom - top, box)
    plan = replace(plan, framed=framed)
    choices = list(sizes(order.logo, order.size.width, order.size.height))
    for size in choices:
        placed = corner(size, _rooms(order.size, plan), _taken(plan, framed, block))
        if placed:
            return replace(plan, logo=placed), block
    shorter = None
    for size in choices:
        beside = _laid(order, _Words(headline, body, size), box)
        if beside[1] is not None and bool(beside[1].body) == bool(block.body):
            return beside
        shorter = beside if beside[1] is not None else shorter
    if shorter is not None:
        return shorter
    return plan, block


def picture_alone(order: ThumbnailOrder, box: Box) -> tuple[Framed, Placed | None]:
    """Frame a picture that goes without text; where its subject fills it, the logo gets a strip of its own."""
    size = order.size
    framed = frame(order.picture.image, size.width, size.height, box)
    if order.logo is None:
        return framed, None
    choices = list(sizes(order.logo, size.width, size.height))
    for extent in choices:
        placed = corner(extent, [size.safe_box], [framed.subject])
        if placed:
            return framed, placed
    left, top, _, _ = size.safe_box
    placed = at(left, top, choices[-1])
    free = (0, placed.clear[3], size.width, size.height)
    return frame_beside(order.picture.image, size.width, size.height, box, free), placed


def _laid(order: ThumbnailOrder, words: _Words, box: Box) -> tuple[Plan, Block | None]:
    if order.layout == "card":
        return _card(order, words, box)
    return (_band if order.layout == "band" else _split)(order, words)


def _within(one: Area, other: Area) -> Area:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _rooms(size: ImageSize, plan: Plan) -> list[Box]:
    """Return where a logo may stand: the picture, then the panel off its accent line; both within the safe area."""
    left, top, right, bottom = plan.ground
    line = round(min(size.width, size.height) * 0.02)
    panel = (left + line, top + line, right - line, bottom - line)
    return [_within(area, size.safe_box) for area in (plan.picture, panel)]


def _taken(plan: Plan, framed: Framed, block: Block) -> list[Box]:
    """Return what the logo must not touch: the subject and the letters (all of a card that lies on the picture)."""
    x, y = plan.picture[:2]
    left, top, right, bottom = framed.subject
    more, room = BEYOND * max(right - left, bottom - top), block.size * 0.4
    seen: Box = (left + x - more, top + y - more, right + x + more, bottom + y + more)
    letters = (
        plan.text[0] - room,
        plan.text[1] - room,
        plan.text[0] + block.width + room,
        plan.text[1] + block.height + room,
    )
    return [seen, plan.ground if plan.rounded else letters]


def _scale(size: ImageSize) -> tuple[int, int, int]:
    """Return padding and the largest and smallest headline for a size, in pixels."""
    short = min(size.width, size.height)
    return round(short * 0.055), round(short * 0.105), max(20, round(short * 0.034))


def _is_wide(size: ImageSize) -> bool:
    return size.width > size.height * WIDE


def _band(order: ThumbnailOrder, words: _Words) -> tuple[Plan, Block | None]:
    """Picture above, a band in the brand's colour below, as tall as its text (and logo) need."""
    size = order.size
    pad, largest, smallest = _scale(size)
    left, _, right, bottom = size.safe_box
    x, end = max(left, pad), min(right, size.width - pad)
    across, down = words.reserved
    share = 0.24 if _is_wide(size) else 0.30
    block = fit(words.headline, words.body, end - x - across, round(size.height * share), largest, smallest)
    if block is None:
        return Plan(NOWHERE, NOWHERE, NOWHERE), None
    base = min(bottom, size.height - pad)
    tall = max(block.height, down)
    top = base - tall
    edge = top - round(pad * 1.15)
    text = (x, top + (tall - block.height) // 2, end - across, base)
    return (
        Plan(
            (0, 0, size.width, edge),
            (0, edge, size.width, size.height),
            text,
            logo=_beside_text(end, top, tall, words),
        ),
        block,
    )


def _beside_text(end: int, top: int, tall: int, words: _Words) -> Placed | None:
    """Return the logo's place at the right end of a panel, half-way down it."""
    across, down = words.reserved
    return at(end - across, top + (tall - down) // 2, words.logo) if across else None


def _split(order: ThumbnailOrder, words: _Words) -> tuple[Plan, Block | None]:
    """Side by side in wide formats; in tall ones the text stands above the picture."""
    size = order.size
    pad, largest, smallest = _scale(size)
    left, top, right, _ = size.safe_box
    if _is_wide(size):
        return _side_by_side(order, words)
    x, end = max(left, pad), min(right, size.width - pad)
    start = max(top, pad)
    across, down = words.reserved
    block = fit(words.headline, words.body, end - x - across, round(size.height * 0.28), largest, smallest)
    tall = max(block.height if block else 0, down)
    edge = start + tall + round(pad * 1.15)
    text = (x, start + (tall - block.height) // 2 if block else start, end - across, edge)
    logo = _beside_text(end, start, tall, words)
    return Plan((0, edge, size.width, size.height), (0, 0, size.width, edge), text, logo=logo), block


def _side_by_side(order: ThumbnailOrder, words: _Words) -> tuple[Plan, Block | None]:
    """The text's panel at the left, the logo above the text where it has to share the panel."""
    size = order.size
    pad, largest, smallest = _scale(size)
    left, top, _, bottom = size.safe_box
    edge = round(size.width * 0.44)
    x, end = max(left, pad), edge - pad
    start, base = max(top, pad), min(bottom, size.height - pad)
    across, down = words.reserved
    if across > end - x:
        return Plan(NOWHERE, NOWHERE, NOWHERE), None
    block = fit(words.headline, words.body, end - x, base - start - down, round(largest * 1.05), smallest)
    centred = (size.height - block.height) // 2 if block else 0
    y = max(start + down, min(centred, bottom - block.height)) if block else 0
    plan = Plan((edge, 0, size.width, size.height), (0, 0, edge, size.height), (x, y, end, size.height))
    return replace(plan, logo=at(x, start, words.logo) if across else None), block


def _card(order: ThumbnailOrder, words: _Words, box: Box) -> tuple[Plan, Block | None]:
    """The picture fills the frame; a card with the text lies in the safe corner that hides least of it."""
    size = order.size
    pad, largest, smallest = _scale(size)
    left, top, right, bottom = size.safe_box
    inset = round(pad * 0.75)
    wide = _is_wide(size)
    across, down = words.reserved
    room = round((right - left) * (0.46 if wide else 0.86)) - 2 * inset - across
    most = round((bottom - top) * (0.5 if wide else 0.24))
    block = fit(words.headline, words.body, room, most, round(largest * 0.85), smallest)
    if block is None:
        return Plan(NOWHERE, NOWHERE, NOWHERE), None
    tall = max(block.height, down)
    width, height = block.width + across + 2 * inset, tall + 2 * inset
    corners = [(x, y, x + width, y + height) for y in (bottom - height, top) for x in (left, right - width)]
    ground, framed = _uncovered(order, corners, box, inset, wide)
    text = (ground[0] + inset, ground[1] + inset + (tall - block.height) // 2, ground[2], ground[3])
    logo = _beside_text(ground[2] - inset, ground[1] + inset, tall, words)
    return Plan((0, 0, size.width, size.height), ground, text, True, framed, logo), block


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
