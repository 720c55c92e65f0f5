"""Thumbnails of real garment photos: every channel size x every layout, judged on the finished pixels.

Reads the folder named by DIGITAL_PERSONA_REAL_DATA. Prints one JSON line. ``--per-class N`` photos of each
class (default 4; 40 is all of them); ``--sheet FILE`` also draws a contact sheet.

Nothing is taken on trust from the maker. The letters are found by comparing the picture just before and
just after the text is drawn; the contrast is measured in the finished JPEG, between the median colour of
the pixels that letters cover fully and that of the ground beside them (WCAG 2.2); a thumbnail is inside
the safe area when no pixel that the text or the logo changed lies outside it. The logo stands clear when
its pixels touch neither those of the text nor the subject's box; it stands out when the median colour of its
own pixels reaches 3:1 against that of the ring around them (WCAG 2.2, 1.4.11). ``--no-logo`` leaves it out.
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
from engine.editor import LAYOUTS, Layout, Logo, Thumbnail, ThumbnailOrder, layouts, open_picture, render
from engine.editor.lettering import MIN_CONTRAST, contrast
from engine.editor.logo import Placed

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
MARK_CONTRAST = 3.0


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
    logo: bool
    plate: bool
    clear: bool
    standing_out: float


class Witness:
    """Stands at one of the renderer's pens and keeps the picture from before and after it."""

    def __init__(self, pen: str) -> None:
        self.before: Image.Image | None = None
        self.after: Image.Image | None = None
        self._pen, self._real = pen, getattr(render, pen)

    def __call__(self, canvas: Any, *arguments: Any) -> Any:
        image = canvas._image if isinstance(canvas, ImageDraw.ImageDraw) else canvas
        self.before = image.copy()
        answer = self._real(canvas, *arguments)
        self.after = image.copy()
        return answer

    def __enter__(self) -> Witness:
        setattr(render, self._pen, self)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(render, self._pen, self._real)

    def changed(self) -> Image.Image | None:
        """Return the pixels that the pen changed as a mask; None where it was not used."""
        if self.before is None or self.after is None:
            return None
        return ImageChops.difference(self.before, self.after).convert("L").point(lambda v: 255 if v > 2 else 0)


def logos() -> tuple[Logo, ...]:
    """Return four logos of the usual forms: dark, white, a long word mark in two colours, a tile of its own."""
    made = []
    for (width, height), colour, tile in (
        ((200, 200), (24, 40, 60), None),
        ((200, 200), (255, 255, 255), None),
        ((420, 100), (200, 60, 30), None),
        ((240, 160), (250, 250, 250), (20, 90, 80)),
    ):
        image = Image.new("RGBA", (width, height), (*tile, 255) if tile else (0, 0, 0, 0))
        pen = ImageDraw.Draw(image)
        inset = 20 if tile else 0
        pen.ellipse((inset, inset, height - 1 - inset, height - 1 - inset), fill=(*colour, 255))
        for row in (0.3, 0.6):
            top = int(height * row)
            pen.rectangle((height * 0.9, top, width - 1 - inset, top + height // 8), fill=(*colour, 255))
        made.append(Logo(image))
    return tuple(made)


def measured(change: Image.Image | None, made: Thumbnail) -> tuple[float, layouts.Area] | None:
    """Return the contrast in the JPEG and the box of all changed pixels; None where nothing changed."""
    box = change.getbbox() if change else None
    if change is None or box is None:
        return None
    cut = change.crop(box)
    inner = np.asarray(cut.filter(ImageFilter.MinFilter(3))) > 0
    outer = ~(np.asarray(cut.filter(ImageFilter.MaxFilter(3))) > 0)
    with Image.open(io.BytesIO(made.data)) as opened:
        pixels = np.asarray(opened.convert("RGB").crop(box))
    letter, ground = (np.median(pixels[mask], axis=0).astype(int).tolist() for mask in (inner, outer))
    return contrast(tuple(letter), tuple(ground)), box


def standing_out(order: ThumbnailOrder, place: Placed, made: Thumbnail) -> float:
    """Return the contrast in the JPEG between the logo's own pixels and the ring around it."""
    if order.logo is None or order.logo.opaque:
        return 21.0
    left, top, right, bottom = place.box
    own = np.asarray(order.logo.image.resize((right - left, bottom - top)))[..., 3] > 200
    with Image.open(io.BytesIO(made.data)) as opened:
        pixels = np.asarray(opened.convert("RGB").crop(place.box))
    behind = np.asarray(order.logo.image.resize((right - left, bottom - top)))[..., 3] < 8
    mark, ground = (np.median(pixels[mask], axis=0).astype(int).tolist() for mask in (own, behind))
    return contrast(tuple(mark), tuple(ground))


def apart(one: layouts.Area, other: tuple[float, float, float, float]) -> bool:
    return one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def clear_of_all(plan: layouts.Plan, order: ThumbnailOrder, logo: layouts.Area, letters: layouts.Area) -> bool:
    """Say whether the logo's pixels touch neither letters nor the subject's box where it can be seen."""
    if not apart(logo, letters):
        return False
    inside_panel = logo[0] >= plan.ground[0] and logo[1] >= plan.ground[1]
    if inside_panel and logo[2] <= plan.ground[2] and logo[3] <= plan.ground[3]:
        return True
    left, top, right, bottom = plan.picture
    framed = plan.framed or render.frame(order.picture.image, right - left, bottom - top)
    seen = framed.subject
    return apart(logo, (seen[0] + left, seen[1] + top, seen[2] + left, seen[3] + top))


def inside(box: layouts.Area, size: ImageSize) -> bool:
    left, top, right, bottom = size.safe_box
    return box[0] >= left and box[1] >= top and box[2] <= right and box[3] <= bottom


def judge(data: bytes, number: int, size: ImageSize, layout: Layout, logo: Logo | None) -> tuple[Judged, bytes]:
    """Make one thumbnail, opening of the file included in its time, and measure it."""
    headline, body = WORDS[number % len(WORDS)]
    palette = PALETTES[(number // 3) % len(PALETTES)]
    start = time.process_time()
    order = ThumbnailOrder(open_picture(data), headline, body, palette, size, layout, logo)
    made = render.render_thumbnail(order)
    seconds = time.process_time() - start
    with Witness("draw") as letters, Witness("paint") as mark:
        render.render_thumbnail(order)
    seen = measured(letters.changed(), made)
    ratio, box = seen if seen else (0.0, (0, 0, 0, 0))
    change = mark.changed()
    place = change.getbbox() if change else None
    clear, out = False, 0.0
    if place:
        plan, _ = layouts.planned(order, made.headline, made.body, render.subject_box(order.picture.image))
        clear = clear_of_all(plan, order, place, box)
        out = standing_out(order, plan.logo, made) if plan.logo else 0.0
    judged = Judged(
        size=f"{size.width}x{size.height} {size.name}",
        layout=layout,
        seconds=seconds,
        contrast=ratio,
        safe=bool(seen) and inside(box, size) and (place is None or inside(place, size)),
        kept=made.subject_kept,
        whole=made.whole_picture,
        lettered=bool(seen),
        logo=place is not None,
        plate=made.logo is not None and made.logo.plate,
        clear=clear,
        standing_out=out,
    )
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
        "logo_share": round(float(np.mean([r.logo for r in rows])), 4),
        **_logo_summary([r for r in rows if r.logo]),
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


def _logo_summary(rows: list[Judged]) -> dict[str, Any]:
    if not rows:
        return {}
    return {
        "logo_clear_share": round(float(np.mean([r.clear for r in rows])), 4),
        "logo_plate_share": round(float(np.mean([r.plate for r in rows])), 4),
        "logo_standing_out_share": round(float(np.mean([r.standing_out >= MARK_CONTRAST for r in rows])), 4),
        "logo_standing_out_lowest": round(min(r.standing_out for r in rows), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-class", type=int, default=4)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--no-logo", action="store_true")
    options = parser.parse_args()
    root = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not root:
        raise SystemExit("Set DIGITAL_PERSONA_REAL_DATA to the folder of real data.")
    rows, pictures, number = [], [], 0
    marks = (None,) if options.no_logo else logos()
    for path in photos(Path(root) / "images" / "clothing", options.per_class):
        data = path.read_bytes()
        for size in different_sizes():
            for layout in LAYOUTS:
                row, made = judge(data, number, size, layout, marks[(number // 3) % len(marks)])
                rows.append(row)
                if options.sheet and number % 41 < 3:
                    pictures.append(made)
                number += 1
    if options.sheet:
        sheet(pictures[:63], options.sheet)
    print(json.dumps(summary(rows)))


if __name__ == "__main__":
    main()
