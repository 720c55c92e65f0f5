"""Pictures from outside, opened with care: size checked before decoding, metadata left behind."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 25_000_000  # 24-megapixel cameras pass; at 13 bytes a pixel while decoding, 325 MB
TOO_MANY = f"more than {MAX_PIXELS // 10**6} million pixels. Save it smaller"
MAX_BYTES = 40 * 2**20
MIN_SIDE = 64
WORK_SIDE = 2_400
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class PictureError(ValueError):
    """A picture that cannot be used, and what to do about it."""


@dataclass(frozen=True)
class Picture:
    """A picture in RGB, upright, without any metadata. ``stored`` are its bytes as they may be kept."""

    image: Image.Image
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def stored(self) -> bytes:
        """Return the picture as a clean JPEG."""
        buffer = io.BytesIO()
        self.image.save(buffer, "JPEG", quality=92, optimize=True)
        return buffer.getvalue()


def open_picture(data: bytes, work_side: int = WORK_SIDE) -> Picture:
    """Open a JPEG, PNG, WebP or GIF (its first frame) of at most 25 megapixels.

    Parameters
    ----------
    work_side : int
        The longer side, in pixels, to which a larger picture is brought down.

    Raises
    ------
    PictureError
        When it is no picture, is cut off, or is too large or too small.
    """
    flat, (width, height) = decoded(data, FORMATS, work_side, _flat)
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"The picture is only {width} x {height} pixels. Use one of at least 400.")
    if max(flat.size) > work_side:
        flat.thumbnail((work_side, work_side), Image.Resampling.LANCZOS)
    notes = ("The picture is small; it may look soft.",) if min(width, height) < 400 else ()
    return Picture(flat, notes)


def decoded(
    data: bytes, formats: tuple[str, ...], work_side: int, pixels: Callable[[Image.Image], Image.Image]
) -> tuple[Image.Image, tuple[int, int]]:
    """Decode a file's pixels, upright; return what ``pixels`` makes of them and the size that the file declares.

    Raises
    ------
    PictureError
        When it is no picture of these formats, is cut off, or is too large. The size is looked at first.
    """
    if len(data) > MAX_BYTES:
        raise PictureError(f"The picture is larger than {MAX_BYTES // 2**20} MB. Save it smaller.")
    head = data[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype")) or (head.startswith(b"<") and b"<svg" in head):
        raise PictureError("SVG drawings can carry code, so they are not taken. Save it as PNG or JPEG.")
    try:
        with Image.open(io.BytesIO(data), formats=formats) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise PictureError(f"The picture has {width:,} x {height:,} pixels, {TOO_MANY}.")
            opened.draft("RGB", (work_side, work_side))
            return pixels(ImageOps.exif_transpose(opened) or opened), (width, height)
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError("This is no picture that can be read. Save it as JPEG or PNG.") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"The picture has {TOO_MANY}.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureError("The picture is cut off or damaged. Export it again.") from error


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture in RGB on white, as a fresh image that holds nothing but pixels."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    if image.mode.startswith("I;16") or image.mode == "I":
        image = image.point(lambda value: value / 256).convert("L")
    plain = image.convert("RGB")
    fresh = Image.new("RGB", plain.size)
    fresh.paste(plain)
    return fresh
