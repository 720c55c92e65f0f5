"""Where the subject of a picture is, and a crop that keeps it.

A product shot shows its subject against a plain border; there the subject is what differs from it.
Anything else goes by the spectral residual saliency map of Hou & Zhang (CVPR 2007), with a mild prior
for the centre.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

MAP_SIDE = 96
PLAIN_BORDER = 18.0
EVEN_BORDER, EVEN_SHARE = 9.0, 0.98
DIFFERS = 28.0
MASS = 0.90
KEEP_AT_LEAST = 0.90
ZOOMS, MOST_ZOOM = 6, 1.6

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Framed:
    """A picture brought to a size. ``kept`` is the share of the subject's box inside the frame.

    The pixels are made when they are first asked for: several framings are weighed, one is shown.
    """

    make: Callable[[], Image.Image]
    kept: float
    whole: bool
    subject: Box

    @cached_property
    def image(self) -> Image.Image:
        return self.make()


def subject_box(image: Image.Image) -> Box:
    """Return (left, top, right, bottom) of the subject in pixels."""
    width, height = image.size
    scale = MAP_SIDE / max(width, height)
    small = image.resize((max(8, round(width * scale)), max(8, round(height * scale))), Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float64)
    mask = _against_plain_border(pixels)
    weights = mask if mask is not None else _saliency(pixels)
    left, right = _bounds(weights.sum(axis=0))
    top, bottom = _bounds(weights.sum(axis=1))
    sx, sy = width / weights.shape[1], height / weights.shape[0]
    return left * sx, top * sy, right * sx, bottom * sy


def _against_plain_border(pixels: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return what differs from a plain border, or None where the border is not plain."""
    colour = _border_colour(pixels, PLAIN_BORDER, 0.5)
    if colour is None:
        return None
    mask = (np.abs(pixels - colour).sum(axis=2) > DIFFERS).astype(float)
    share = mask.mean()
    return mask if 0.02 < share < 0.95 else None


def _border_colour(pixels: NDArray[np.float64], most: float, share: float) -> NDArray[np.float64] | None:
    """Return the border's colour where this share of its pixels differ from it by at most so much, else None."""
    edge = np.concatenate(
        [
            pixels[:2].reshape(-1, 3),
            pixels[-2:].reshape(-1, 3),
            pixels[:, :2].reshape(-1, 3),
            pixels[:, -2:].reshape(-1, 3),
        ]
    )
    colour = np.median(edge, axis=0)
    return None if np.quantile(np.abs(edge - colour).sum(axis=1), share) > most else colour


def _saliency(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    grey = pixels.mean(axis=2)
    spectrum = np.fft.fft2(grey)
    log = np.log(np.abs(spectrum) + 1e-9)
    smooth = _box_mean(log, 3)
    residual = np.exp(log - smooth + 1j * np.angle(spectrum))
    saliency = np.abs(np.fft.ifft2(residual)) ** 2
    saliency = _box_mean(_box_mean(saliency, 9), 9)
    rows, columns = np.indices(saliency.shape)
    y = (rows / max(1, saliency.shape[0] - 1) - 0.5) * 2
    x = (columns / max(1, saliency.shape[1] - 1) - 0.5) * 2
    weighted = saliency * np.exp(-(x**2 + y**2) / 1.2)
    return np.where(weighted > np.quantile(weighted, 0.55), weighted, 0.0)


def _box_mean(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    padded = np.pad(values, size // 2, mode="edge")
    sums = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    return (sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]) / size**2


def _bounds(profile: NDArray[np.float64]) -> tuple[float, float]:
    """Return the shortest central stretch of a profile that holds 90% of its mass."""
    total = profile.sum()
    if total <= 0:
        return 0.0, float(len(profile))
    share = np.cumsum(profile) / total
    low = int(np.searchsorted(share, (1 - MASS) / 2))
    high = int(np.searchsorted(share, 1 - (1 - MASS) / 2)) + 1
    return float(low), float(min(high, len(profile)))


def frame(image: Image.Image, width: int, height: int, box: Box | None = None) -> Framed:
    """Bring a picture to a size: cropped round the subject, or whole on its own ground, even or blurred.

    The whole picture is used where a crop would keep less than 90% of the subject's box.
    """
    subject = box or subject_box(image)
    window = _window(image.size, subject, width / height)
    kept = _overlap(subject, window)
    if kept >= KEEP_AT_LEAST:
        return Framed(_cut(image, width, height, window), kept, False, _moved(subject, window, width, height))
    return _whole(image, width, height, subject)


def _window(size: tuple[int, int], subject: Box, ratio: float) -> Box:
    """Return the largest window of a ratio inside a picture, as near to the subject's centre as it goes."""
    full_width, full_height = size
    width = min(full_width, full_height * ratio)
    height = width / ratio
    x = max(0.0, min((subject[0] + subject[2] - width) / 2, full_width - width))
    y = max(0.0, min((subject[1] + subject[3] - height) / 2, full_height - height))
    return x, y, min(x + width, float(full_width)), min(y + height, float(full_height))


def _overlap(subject: Box, window: Box) -> float:
    across = max(0.0, min(subject[2], window[2]) - max(subject[0], window[0]))
    down = max(0.0, min(subject[3], window[3]) - max(subject[1], window[1]))
    area = (subject[2] - subject[0]) * (subject[3] - subject[1])
    return across * down / area if area else 1.0


def _moved(subject: Box, window: Box, width: int, height: int) -> Box:
    sx, sy = width / (window[2] - window[0]), height / (window[3] - window[1])
    return (
        max(0.0, (subject[0] - window[0]) * sx),
        max(0.0, (subject[1] - window[1]) * sy),
        min(float(width), (subject[2] - window[0]) * sx),
        min(float(height), (subject[3] - window[1]) * sy),
    )


def frame_beside(image: Image.Image, width: int, height: int, box: Box, free: Box) -> Framed:
    """Fill a size with a picture so that its subject lies in the free part of it.

    Where no crop does that with at least 90% of the subject, the whole picture stands in the free part,
    on its own ground, even or blurred.
    """
    across, down = box[2] - box[0], box[3] - box[1]
    cover = max(width / image.width, height / image.height)
    most = min((free[2] - free[0]) / across, (free[3] - free[1]) / down) / KEEP_AT_LEAST**0.5
    for step in range(ZOOMS if most >= cover else 0):
        scale = cover + (min(most, cover * MOST_ZOOM) - cover) * step / (ZOOMS - 1)
        wide, tall = width / scale, height / scale
        x = (box[0] + box[2]) / 2 - (free[0] + free[2]) / 2 / scale
        y = (box[1] + box[3]) / 2 - (free[1] + free[3]) / 2 / scale
        x, y = max(0.0, min(x, image.width - wide)), max(0.0, min(y, image.height - tall))
        seen = (x + free[0] / scale, y + free[1] / scale, x + free[2] / scale, y + free[3] / scale)
        kept = _overlap(box, seen)
        if kept >= KEEP_AT_LEAST:
            window = (x, y, min(x + wide, float(image.width)), min(y + tall, float(image.height)))
            return Framed(_cut(image, width, height, window), kept, False, _moved(box, window, width, height))
    return _whole(image, width, height, box, free)


def _cut(image: Image.Image, width: int, height: int, window: Box) -> Callable[[], Image.Image]:
    return lambda: image.resize((width, height), Image.Resampling.LANCZOS, box=window)


def _whole(image: Image.Image, width: int, height: int, subject: Box, free: Box | None = None) -> Framed:
    """Lay the whole picture on its own ground, even or blurred, in the free part if one is given."""
    left, top, right, bottom = free or (0, 0, width, height)
    scale = min((right - left) / image.width, (bottom - top) / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    x, y = round(left + (right - left - size[0]) / 2), round(top + (bottom - top - size[1]) / 2)
    moved = (x + subject[0] * scale, y + subject[1] * scale, x + subject[2] * scale, y + subject[3] * scale)
    return Framed(lambda: _on_its_ground(image, (width, height), size, (x, y)), 1.0, True, moved)


def _on_its_ground(
    image: Image.Image, full: tuple[int, int], size: tuple[int, int], at: tuple[int, int]
) -> Image.Image:
    """Lay a picture on more of its own even ground, so that no edge shows, else on a blurred copy of itself."""
    small_image = image.resize((MAP_SIDE, MAP_SIDE), Image.Resampling.BOX)
    even = _border_colour(np.asarray(small_image, dtype=np.float64), EVEN_BORDER, EVEN_SHARE)
    if even is not None:
        red, green, blue = (round(float(c)) for c in even)
        canvas = Image.new("RGB", full, (red, green, blue))
    else:
        canvas = _blurred(image, full)
    canvas.paste(image.resize(size, Image.Resampling.LANCZOS), at)
    return canvas


def _blurred(image: Image.Image, full: tuple[int, int]) -> Image.Image:
    width, height = full
    window = _window(image.size, (0, 0, *image.size), width / height)
    small = (max(8, width // 32), max(8, height // 32))
    blurred = image.resize(small, Image.Resampling.BOX, box=window).filter(ImageFilter.GaussianBlur(2.5))
    return blurred.resize(full, Image.Resampling.BICUBIC)
