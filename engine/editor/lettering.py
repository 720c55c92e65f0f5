"""Text on pictures: colours that can be read, and headline and body fitted together."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageColor, ImageDraw, ImageFont

FONTS = Path(__file__).with_name("fonts")
MIN_CONTRAST = 4.5
BODY_SHARE = 0.62
LINE_HEIGHT = 1.18
ABOVE = 0.06  # accents on capitals stand above the font's ascent
INK = 1.24 + ABOVE  # from those accents to the descenders of the last line
GAP = 0.45
Colour = tuple[int, int, int]


@lru_cache(maxsize=256)
def font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    """Return Inter in a weight ("Bold" or "Medium") and size in pixels."""
    return ImageFont.truetype(str(FONTS / f"Inter-{weight}.otf"), size)


@cache
def _missing_shape() -> bytes:
    return bytes(font("Medium", 24).getmask("\U0010fffe"))


@lru_cache(maxsize=4096)
def _has(character: str) -> bool:
    return character.isspace() or bytes(font("Medium", 24).getmask(character)) != _missing_shape()


def can_write(text: str) -> bool:
    """Say whether the font has every character of a text."""
    return all(_has(character) for character in text)


def without_symbols(text: str) -> str:
    """Return a text in NFC without invisible marks and without the emoji that the font lacks.

    Letters stay even where the font lacks them: to drop those would change a word.
    """
    return " ".join("".join(c for c in unicodedata.normalize("NFC", text) if not _droppable(c)).split())


def _droppable(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Cf", "Cc", "Me") and not character.isspace():
        return True
    return "\ufe00" <= character <= "\ufe0f" or (category in ("So", "Sk", "Sm") and not _has(character))


def luminance(colour: Colour) -> float:
    """Return the relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = [c / 255 for c in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable_on(background: Colour) -> Colour:
    """Return white or black, whichever is easier to read; one of them always reaches 4.5:1."""
    white, black = (255, 255, 255), (0, 0, 0)
    return white if contrast(white, background) >= contrast(black, background) else black


def parse_colour(text: str) -> Colour:
    """Return a colour such as ``#1f4e5f`` as three numbers from 0 to 255."""
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue


@dataclass(frozen=True)
class Block:
    """Headline and body as lines at one scale. Sizes are in pixels."""

    headline: tuple[str, ...]
    body: tuple[str, ...]
    size: int
    width: int
    height: int

    @property
    def body_size(self) -> int:
        return max(1, round(self.size * BODY_SHARE))


def _evened(lines: tuple[str, ...], face: ImageFont.FreeTypeFont, width: int) -> tuple[str, ...]:
    """Break lines anew, as many as before and as even as they get, so that no last word stands alone."""
    if len(lines) < 2:
        return lines
    text = " ".join(lines)
    low, high = width // len(lines), width
    while low < high:  # the narrowest width that needs no further line
        middle = (low + high) // 2
        narrower = _wrap(text, face, middle)
        if narrower is not None and len(narrower) == len(lines):
            lines, high = narrower, middle
        else:
            low = middle + 1
    return lines


def _wrap(text: str, face: ImageFont.FreeTypeFont, width: int) -> tuple[str, ...] | None:
    """Break a text into the fewest lines; None when one word is wider than the line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width:
            lines[-1] = longer
        elif face.getlength(word) > width:
            return None
        else:
            lines.append(word)
    return tuple(lines)


def _faces(size: int) -> tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont, int]:
    small = max(1, round(size * BODY_SHARE))
    return font("Bold", size), font("Medium", small), small


def _block(headline: str, body: str, size: int, width: int) -> Block | None:
    bold, medium, small = _faces(size)
    upper = _wrap(headline, bold, width)
    lower = _wrap(body, medium, width) if body else ()
    if upper is None or lower is None:
        return None
    height = (len(upper) - 1) * size * LINE_HEIGHT + size * INK
    if lower:
        height = len(upper) * size * LINE_HEIGHT + size * GAP + (len(lower) - 1) * small * LINE_HEIGHT + small * INK
    return Block(upper, lower, size, width, math.ceil(height))


def _set(block: Block) -> Block:
    """Return a block with even lines and the width that they really take."""
    bold, medium, _ = _faces(block.size)
    upper, lower = _evened(block.headline, bold, block.width), _evened(block.body, medium, block.width)
    widths = [bold.getlength(line) for line in upper] + [medium.getlength(line) for line in lower]
    return replace(block, headline=upper, body=lower, width=math.ceil(max(widths, default=0)))


def fit(headline: str, body: str, width: int, height: int, largest: int, smallest: int) -> Block | None:
    """Return headline and body at the largest common scale that fits a space; None when none does.

    When both do not fit, the body goes before the headline shrinks below what can be read.
    """
    for text in (body, ""):
        low, high, best = smallest, largest, None
        while low <= high:
            middle = (low + high) // 2
            block = _block(headline, text, middle, width)
            if block is not None and block.height <= height:
                best, low = block, middle + 1
            else:
                high = middle - 1
        if best is not None:
            return _set(best)
    return None


def draw(canvas: ImageDraw.ImageDraw, block: Block, x: int, y: int, colour: Colour) -> tuple[int, int, int, int]:
    """Draw a block with its top left at a point; return the box that the letters cover."""
    top: float = y + block.size * ABOVE
    boxes = []
    for lines, weight, size in (
        (block.headline, "Bold", block.size),
        (block.body, "Medium", block.body_size),
    ):
        face = font(weight, size)
        if lines is block.body and lines:
            top += block.size * GAP
        for line in lines:
            at = (x - min(0, face.getbbox(line)[0]), round(top))  # a "j" begins left of its own origin
            canvas.text(at, line, font=face, fill=colour)
            boxes.append(canvas.textbbox(at, line, font=face))
            top += size * LINE_HEIGHT
    left, upper, right, lower = zip(*boxes, strict=True)
    return round(min(left)), round(min(upper)), round(max(right)), round(max(lower))
