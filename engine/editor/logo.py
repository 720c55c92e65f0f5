"""The brand's logo: opened with care, and a place for it that hides nothing and can be seen."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from engine.editor.picture import PictureError, decoded

FORMATS = ("JPEG", "PNG")
WORK_SIDE = 1_024
MIN_LONG_SIDE, MIN_SHORT_SIDE = 64, 16
MAX_RATIO = 8.0
SEEN = 3.0  # the least contrast of graphics (WCAG 2.2, 1.4.11)
SEEN_SHARE = 0.85  # of the logo's own pixels
WORTH_IT = 0.05  # of its pixels more, else a plate only covers the picture
FAINT = 24  # alpha below which a pixel is not seen
LARGEST, SMALLEST, SIZES = 0.15, 0.09, 4
WIDEST, TALLEST = 0.34, 0.16
CLEAR = 0.16  # room around the logo, of its height

Area = tuple[int, int, int, int]
Room = tuple[float, float, float, float]


@dataclass(frozen=True)
class Logo:
    """A logo in RGBA, without the empty margin around it and without metadata."""

    image: Image.Image

    @property
    def opaque(self) -> bool:
        """Say whether it brings its own ground: no pixel lets the picture through."""
        low, _ = self.image.getchannel("A").getextrema()
        return isinstance(low, int | float) and low > 250

    def stored(self) -> bytes:
        """Return it as a clean PNG."""
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


@dataclass(frozen=True)
class Placed:
    """Where a logo lies: its own box and the box that stays clear for it (the plate's, if one is laid)."""

    box: Area
    clear: Area


def open_logo(data: bytes) -> Logo:
    """Open a logo from a PNG (its transparency is kept) or a JPEG of at most 60 megapixels.

    Raises
    ------
    PictureError
        When it is an SVG or no picture, is cut off, empty, too large, too small or too long.
    """
    image, _ = decoded(data, FORMATS, WORK_SIDE, _clear_pixels)
    seen = image.getchannel("A").point(lambda alpha: 255 if alpha > FAINT else 0).getbbox()
    if seen is None:
        raise PictureError("The logo is empty: every pixel of it is transparent. Export it again.")
    image = image.crop(seen)
    across, down = image.size
    if max(across, down) < MIN_LONG_SIDE or min(across, down) < MIN_SHORT_SIDE:
        raise PictureError(f"The logo is only {across} x {down} pixels. Use one of at least 200 on its longer side.")
    if max(across, down) > MAX_RATIO * min(across, down):
        raise PictureError("The logo is too long to be read in a corner. Use a form at most eight times as long.")
    if max(image.size) > WORK_SIDE:
        image.thumbnail((WORK_SIDE, WORK_SIDE), Image.Resampling.LANCZOS)
    return Logo(image)


def _clear_pixels(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        image = image.point(lambda value: value / 256).convert("L")
    plain = image.convert("RGBA")
    fresh = Image.new("RGBA", plain.size)
    fresh.paste(plain)
    return fresh


def sizes(logo: Logo, width: int, height: int) -> Iterator[tuple[int, int]]:
    """Yield the sizes in pixels that a logo may have on a picture, the largest first, its form kept.

    Logos of different forms get the same area, so that a long one looks no larger than a square one.
    """
    short, (across, down) = min(width, height), logo.image.size
    for step in range(SIZES):
        side = short * (LARGEST + (SMALLEST - LARGEST) * step / (SIZES - 1))
        wide = side * math.sqrt(across / down)
        wide = min(wide, short * WIDEST, short * TALLEST * across / down)
        yield max(1, round(wide)), max(1, round(wide * down / across))


def margin(size: tuple[int, int]) -> int:
    """Return the clear room that a logo of a size needs on each side, in pixels."""
    return max(4, round(max(min(size), max(size) * 0.4) * CLEAR))


def corner(size: tuple[int, int], rooms: Sequence[Room], taken: Sequence[Room]) -> Placed | None:
    """Return the first corner of the rooms where a logo of a size touches nothing that is taken."""
    gap = margin(size)
    wide, tall = size[0] + 2 * gap, size[1] + 2 * gap
    for left, top, right, bottom in rooms:
        if right - left < wide or bottom - top < tall:
            continue
        for y in (math.ceil(top), math.floor(bottom) - tall):
            for x in (math.ceil(left), math.floor(right) - wide):
                clear = (x, y, x + wide, y + tall)
                if not any(_touch(clear, other) for other in taken):
                    return at(x, y, size)
    return None


def at(x: int, y: int, size: tuple[int, int]) -> Placed:
    """Return the place of a logo whose clear room begins at a point."""
    gap = margin(size)
    box = (x + gap, y + gap, x + gap + size[0], y + gap + size[1])
    return Placed(box, (x, y, box[2] + gap, box[3] + gap))


def _touch(one: Room, other: Room) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def paint(canvas: Image.Image, logo: Logo, placed: Placed) -> tuple[bool, float]:
    """Put a logo in its place, on a plate where the picture would swallow it.

    Returns
    -------
    (bool, float)
        Whether a plate was laid, and the share of the logo's pixels that stand out from what is behind
        them (3:1, WCAG 2.2, 1.4.11). A logo without transparency brings its own ground: no plate.
    """
    left, top, right, bottom = placed.box
    small = logo.image.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
    if logo.opaque:
        canvas.paste(small.convert("RGB"), (left, top))
        return False, 1.0
    share = _standing_out(small, np.asarray(canvas.crop(placed.box)))
    shades = {c: _standing_out(small, np.full((*small.size[::-1], 3), c, np.uint8)) for c in (255, 0)}
    colour, best = max(shades.items(), key=lambda item: item[1])
    plate = share < SEEN_SHARE and best > share + WORTH_IT
    if plate:
        share = best
        radius = max(2, (placed.clear[3] - placed.clear[1]) // 8)
        x, y, end, base = placed.clear
        ImageDraw.Draw(canvas).rounded_rectangle((x, y, end - 1, base - 1), radius=radius, fill=(colour,) * 3)
    canvas.paste(small, (left, top), small)
    return plate, share


def _standing_out(logo: Image.Image, behind: NDArray[np.uint8]) -> float:
    """Return the share of a logo's pixels that reach 3:1 against what lies behind and beside them."""
    pixels = np.asarray(logo)
    seen = pixels[..., 3] > 128
    if not seen.any():
        return 0.0
    own = _luminance(pixels[..., :3])[seen]
    ground = _luminance(behind)
    # Against the whole ground, not only the pixel below: a letter is told from what stands beside it.
    lows, highs = np.quantile(ground, [0.1, 0.9])
    ratios = [(np.maximum(own, g) + 0.05) / (np.minimum(own, g) + 0.05) for g in (lows, highs)]
    return float((np.minimum(*ratios) >= SEEN).mean())


def _luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the relative luminance of sRGB pixels (WCAG 2.2)."""
    return np.asarray(_LINEAR[pixels] @ np.array([0.2126, 0.7152, 0.0722]))


_STEPS = np.arange(256) / 255
_LINEAR: NDArray[np.float64] = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4)
