"""Thumbnails of real garment photos: every channel size x every layout, judged on the finished pixels.

Reads the folder named by DIGITAL_PERSONA_REAL_DATA. Prints one JSON line. ``--per-class N`` photos of each
class (default 4; 40 is all of them); ``--sheet FILE`` also draws a contact sheet.

Nothing is taken on trust from the maker. The letters are found by comparing the picture just before and
just after the text is drawn; the contrast is measured in the finished JPEG, between the median colour of
the pixels that letters cover fully and that of the ground beside them (WCAG 2.2); a thumbnail is inside
the safe area when no pixel that the text changed lies outside it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from engine.channels import ImageSize, channels
from engine.editor import LAYOUTS, Thumbnail, ThumbnailOrder, open_picture, render
from engine.editor.lettering import MIN_CONTRAST, contrast

WORDS = (
    ("Deep side pockets, packs into its own hood", "€79 instead of €99"),
    ("Soft fabric. True to size.", "14 of 60 reviewers mention it"),
    ("Harbour Rain Jacket", ""),
    ("The Larkspur Linen Dress", "With side pockets and a tie waist"),
    ("Sale", "Until Sunday"),
)
PALETTES = (
    ("#1f4e5f", "#f2b134", "#f7f4ea"),
    ("#e4572e", "#17bebb", "#ffffff"),
    ("#f5d547", "#222222", "#ffffff"),
    ("#7a7a7a", "#000000", "#ffffff"),
    ("#f7f4ea", "#8b3a3a", "#111111"),
)
MAX_SECONDS = 0.3


@dataclass(frozen=True)
class Judged:
    """One thumbnail: its CPU seconds and what the pixels say."""

    size: str
    layout: str
    seconds: float
    contrast: float
    safe: bool
    kept: float
    whole: bool
    lettered: bool


class Witness:
    """Stands at the renderer's pen and keeps the picture from before and after the text."""

    def __init__(self) -> None:
        self.before: Image.Image | None = None
        self.after: Image.Image | None = None
        self._draw = render.draw

    def __call__(self, canvas: ImageDraw.ImageDraw, *arguments: Any) -> Any:
        self.before = canvas._image.copy()  # type: ignore[attr-defined]
        box = self._draw(canvas, *arguments)
        self.after = canvas._image.copy()  # type: ignore[attr-defined]
        return box


def measured(witness: Witness, made: Thumbnail) -> tuple[float, tuple[int, int, int, int]] | None:
    """Return the contrast in the JPEG and the box of all changed pixels; None without letters."""
    if witness.before is None or witness.after is None:
        return None
    change = ImageChops.difference(witness.before, witness.after).convert("L").point(lambda v: 255 if v > 2 else 0)
    box = change.getbbox()
    if box is None:
        return None
    cut = change.crop(box)
    inner = np.asarray(cut.filter(ImageFilter.MinFilter(3))) > 0
    outer = ~(np.asarray(cut.filter(ImageFilter.MaxFilter(3))) > 0)
    with Image.open(io.BytesIO(made.data)) as opened:
        pixels = np.asarray(opened.convert("RGB").crop(box))
    letter, ground = (np.median(pixels[mask], axis=0).astype(int).tolist() for mask in (inner, outer))
    return contrast(tuple(letter), tuple(ground)), box


def judge(data: bytes, number: int, size: ImageSize, layout: render.Layout) -> tuple[Judged, bytes]:
    """Make one thumbnail, opening of the file included in its time, and measure it."""
    headline, body = WORDS[number % len(WORDS)]
    palette = PALETTES[(number // 3) % len(PALETTES)]
    start = time.process_time()
    made = render.render_thumbnail(ThumbnailOrder(open_picture(data), headline, body, palette, size, layout))
    seconds = time.process_time() - start
    witness = Witness()
    render.draw = witness  # type: ignore[assignment]
    try:
        render.render_thumbnail(ThumbnailOrder(open_picture(data), headline, body, palette, size, layout))
    finally:
        render.draw = witness._draw
    seen = measured(witness, made)
    left, top, right, bottom = size.safe_box
    ratio, box = seen if seen else (0.0, (0, 0, 0, 0))
    inside = bool(seen) and box[0] >= left and box[1] >= top and box[2] <= right and box[3] <= bottom
    label = f"{size.width}x{size.height} {size.name}"
    judged = Judged(label, layout, seconds, ratio, inside, made.subject_kept, made.whole_picture, bool(seen))
    return judged, made.data


def photos(folder: Path, per_class: int) -> Iterator[Path]:
    for kind in sorted(p for p in folder.iterdir() if p.is_dir()):
        yield from sorted(kind.glob("*.jpg"))[:per_class]


def different_sizes() -> list[ImageSize]:
    """Return each (width, height, safe area) of the registry once."""
    found = {(s.width, s.height, s.safe_box): s for c in channels().values() for s in c.images}
    return list(found.values())


def sheet(pictures: list[bytes], path: Path, columns: int = 9, cell: int = 320) -> None:
    """Lay pictures out on one image."""
    canvas = Image.new("RGB", (columns * cell, -(-len(pictures) // columns) * cell), "white")
    for place, data in enumerate(pictures):
        with Image.open(io.BytesIO(data)) as opened:
            small = opened.convert("RGB")
        small.thumbnail((cell - 12, cell - 12), Image.Resampling.LANCZOS)
        canvas.paste(small, ((place % columns) * cell + 6, (place // columns) * cell + 6))
    canvas.save(path)


def summary(rows: list[Judged]) -> dict[str, Any]:
    seconds = np.array([r.seconds for r in rows])
    lettered = [r for r in rows if r.lettered]
    kept = np.array([r.kept for r in rows])
    return {
        "thumbnails": len(rows),
        "with_text": len(lettered),
        "contrast_share": round(float(np.mean([r.contrast >= MIN_CONTRAST for r in lettered])), 4),
        "contrast_lowest": round(min(r.contrast for r in lettered), 2),
        "safe_share": round(float(np.mean([r.safe for r in lettered])), 4),
        "subject_kept_90_share": round(float((kept >= 0.9).mean()), 4),
        "subject_kept_mean": round(float(kept.mean()), 3),
        "subject_kept_lowest": round(float(kept.min()), 3),
        "whole_picture_share": round(float(np.mean([r.whole for r in rows])), 3),
        "cpu_seconds_mean": round(float(seconds.mean()), 3),
        "cpu_seconds_p95": round(float(np.quantile(seconds, 0.95)), 3),
        "cpu_seconds_max": round(float(seconds.max()), 3),
        "over_the_time": int((seconds > MAX_SECONDS).sum()),
        "kept_90_by_layout": {
            layout: round(float(np.mean([r.kept >= 0.9 for r in rows if r.layout == layout])), 3) for layout in LAYOUTS
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-class", type=int, default=4)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    root = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not root:
        raise SystemExit("Set DIGITAL_PERSONA_REAL_DATA to the folder of real data.")
    rows, pictures, number = [], [], 0
    for path in photos(Path(root) / "images" / "clothing", options.per_class):
        data = path.read_bytes()
        for size in different_sizes():
            for layout in LAYOUTS:
                row, made = judge(data, number, size, layout)
                rows.append(row)
                if options.sheet and number % 41 < 3:
                    pictures.append(made)
                number += 1
    if options.sheet:
        sheet(pictures[:63], options.sheet)
    print(json.dumps(summary(rows)))


if __name__ == "__main__":
    main()
