"""Pictures of the invented products: flat drawings, made here with Pillow."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageColor, ImageDraw

from dashboard.demo.shop import PRODUCTS

SIDE = 1_000
Colour = tuple[int, int, int]
Pen = ImageDraw.ImageDraw


def demo_pictures() -> dict[str, bytes]:
    """Return a PNG for every product key."""
    return {product.key: _picture(product.shape, product.colour) for product in PRODUCTS}


def demo_logo() -> bytes:
    """Return the invented shop's logo: a leaf and its name's first letter, on nothing."""
    image = Image.new("RGBA", (900, 900), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    green, light = (39, 76, 67, 255), (247, 244, 234, 255)
    pen.ellipse((20, 20, 880, 880), fill=green)
    pen.polygon([(450, 130), (640, 330), (600, 620), (450, 770), (300, 620), (260, 330)], fill=light)
    pen.line((450, 300, 450, 800), fill=green, width=26)
    for y in (400, 510, 620):
        pen.line((450, y + 70, 345, y - 20), fill=green, width=20)
        pen.line((450, y + 70, 555, y - 20), fill=green, width=20)
    buffer = io.BytesIO()
    image.reduce(3).save(buffer, "PNG")
    return buffer.getvalue()


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (max(0, min(255, round(c * factor))) for c in colour)
    return red, green, blue


def _picture(shape: str, colour: str) -> bytes:
    base = ImageColor.getrgb(colour)[:3]
    tint = tuple(round(245 + (c - 245) * 0.10) for c in base)
    image = Image.new("RGB", (SIDE * 2, SIDE * 2), tint)
    pen = ImageDraw.Draw(image)
    pen.ellipse((500, 1640, 1500, 1760), fill=_shade(tint, 0.92))  # type: ignore[arg-type]
    SHAPES[shape](pen, base, _shade(base, 0.78))
    small = image.reduce(2)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return buffer.getvalue()


def _top(pen: Pen, main: Colour, dark: Colour, hem: int, *, sleeves: bool = True, flare: int = 0) -> None:
    """Draw a garment for the upper body, down to ``hem``."""
    if sleeves:
        pen.polygon([(700, 480), (480, 640), (400, 1180), (540, 1220), (700, 820)], fill=dark)
        pen.polygon([(1300, 480), (1520, 640), (1600, 1180), (1460, 1220), (1300, 820)], fill=dark)
    pen.polygon([(700, 460), (1300, 460), (1340 + flare, hem), (660 - flare, hem)], fill=main)
    pen.ellipse((880, 400, 1120, 540), fill=dark)


def _jacket(pen: Pen, main: Colour, dark: Colour) -> None:
    _top(pen, main, dark, 1420)
    pen.rectangle((992, 520, 1008, 1420), fill=dark)
    for x in (740, 1100):
        pen.rounded_rectangle((x, 1120, x + 160, 1290), 20, outline=dark, width=14)


def _coat(pen: Pen, main: Colour, dark: Colour) -> None:
    _top(pen, main, dark, 1640, flare=40)
    for y in range(680, 1300, 190):
        pen.ellipse((1030, y, 1080, y + 50), fill=dark)
    pen.polygon([(880, 470), (1000, 720), (780, 620)], fill=dark)
    pen.polygon([(1120, 470), (1000, 720), (1220, 620)], fill=dark)


def _vest(pen: Pen, main: Colour, dark: Colour) -> None:
    _top(pen, main, dark, 1380, sleeves=False)
    for y in range(620, 1380, 130):
        pen.line((690, y, 1310, y), fill=dark, width=12)
    pen.rectangle((992, 520, 1008, 1380), fill=dark)


def _dress(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.polygon([(740, 480), (600, 640), (690, 760), (780, 700)], fill=dark)
    pen.polygon([(1260, 480), (1400, 640), (1310, 760), (1220, 700)], fill=dark)
    pen.polygon([(740, 460), (1260, 460), (1200, 920), (800, 920)], fill=main)
    pen.polygon([(800, 920), (1200, 920), (1460, 1660), (540, 1660)], fill=main)
    pen.rectangle((796, 890, 1204, 950), fill=dark)
    pen.ellipse((890, 400, 1110, 540), fill=dark)


def _jumper(pen: Pen, main: Colour, dark: Colour) -> None:
    _top(pen, main, dark, 1380)
    pen.rectangle((656, 1320, 1344, 1390), fill=dark)
    for x in range(760, 1280, 90):
        pen.line((x, 620, x, 1300), fill=_shade(main, 0.92), width=16)


def _cardigan(pen: Pen, main: Colour, dark: Colour) -> None:
    _top(pen, main, dark, 1380)
    pen.polygon([(880, 460), (1120, 460), (1000, 860)], fill=dark)
    for y in range(900, 1340, 140):
        pen.ellipse((980, y, 1020, y + 40), fill=_shade(main, 1.4))


def _jeans(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.polygon([(680, 420), (1320, 420), (1420, 1680), (1110, 1680), (1000, 820), (890, 1680), (580, 1680)], fill=main)
    pen.rectangle((676, 420, 1324, 510), fill=dark)
    pen.arc((620, 470, 860, 710), 0, 90, fill=dark, width=12)
    pen.arc((1140, 470, 1380, 710), 90, 180, fill=dark, width=12)


def _boot(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.polygon([(700, 520), (1120, 520), (1120, 1160), (1560, 1340), (1600, 1540), (700, 1540)], fill=main)
    pen.rectangle((690, 1540, 1610, 1640), fill=dark)
    pen.rectangle((700, 520, 1120, 600), fill=dark)
    pen.line((910, 640, 910, 1180), fill=dark, width=14)


def _shoe(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.polygon(
        [(420, 1080), (760, 1060), (980, 860), (1140, 900), (1200, 1100), (1600, 1240), (1640, 1440), (420, 1440)],
        fill=main,
    )
    pen.rectangle((410, 1440, 1650, 1540), fill=dark)
    for x in range(960, 1200, 70):
        pen.line((x, 960 + (x - 960) // 2, x + 110, 920 + (x - 960) // 2), fill=dark, width=16)


def _bag(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.arc((700, 320, 1300, 1000), 180, 360, fill=dark, width=44)
    pen.rounded_rectangle((520, 700, 1480, 1620), 70, fill=main)
    pen.rounded_rectangle((660, 1060, 1340, 1500), 40, outline=dark, width=18)
    pen.rectangle((520, 760, 1480, 800), fill=dark)


def _scarf(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.ellipse((620, 420, 1380, 980), fill=main)
    pen.ellipse((800, 520, 1200, 760), fill=dark)
    pen.polygon([(820, 860), (1120, 860), (1080, 1620), (780, 1620)], fill=_shade(main, 0.9))
    for x in range(790, 1080, 40):
        pen.line((x, 1620, x - 4, 1700), fill=dark, width=12)


def _hat(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.pieslice((560, 480, 1440, 1560), 180, 360, fill=main)
    pen.rounded_rectangle((520, 1000, 1480, 1260), 60, fill=dark)
    pen.ellipse((920, 380, 1080, 540), fill=dark)


def _mug(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.arc((1180, 780, 1600, 1340), 270, 90, fill=dark, width=70)
    pen.rounded_rectangle((560, 640, 1300, 1600), 90, fill=main)
    pen.ellipse((560, 580, 1300, 740), fill=dark)


def _throw(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.rounded_rectangle((480, 860, 1520, 1600), 60, fill=main)
    pen.rounded_rectangle((480, 720, 1520, 1020), 60, fill=_shade(main, 1.06))
    for y in (1120, 1240, 1360, 1480):
        pen.line((480, y, 1520, y), fill=dark, width=10)


def _candle(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.polygon([(1000, 380), (1060, 560), (1000, 640), (940, 560)], fill=(240, 180, 70))
    pen.rectangle((990, 620, 1010, 760), fill=(60, 50, 45))
    pen.rounded_rectangle((640, 740, 1360, 1640), 60, fill=main)
    pen.rectangle((760, 1060, 1240, 1360), fill=_shade(main, 1.5))
    pen.ellipse((640, 690, 1360, 800), fill=dark)


def _bottle(pen: Pen, main: Colour, dark: Colour) -> None:
    pen.rounded_rectangle((880, 340, 1120, 520), 40, fill=dark)
    pen.rounded_rectangle((760, 500, 1240, 1660), 160, fill=main)
    pen.rectangle((760, 1000, 1240, 1060), fill=dark)


def _socks(pen: Pen, main: Colour, dark: Colour) -> None:
    for shift in (0, 420):
        pen.polygon(
            [
                (560 + shift, 460),
                (860 + shift, 460),
                (860 + shift, 1160),
                (1160 + shift, 1340),
                (1120 + shift, 1560),
                (900 + shift, 1560),
                (560 + shift, 1220),
            ],
            fill=main if shift else dark,
        )
        pen.rectangle((556 + shift, 440, 864 + shift, 560), fill=dark if shift else main)


SHAPES: dict[str, Callable[[Pen, Colour, Colour], None]] = {
    "jacket": _jacket,
    "coat": _coat,
    "vest": _vest,
    "dress": _dress,
    "jumper": _jumper,
    "cardigan": _cardigan,
    "jeans": _jeans,
    "boot": _boot,
    "shoe": _shoe,
    "bag": _bag,
    "scarf": _scarf,
    "hat": _hat,
    "mug": _mug,
    "throw": _throw,
    "candle": _candle,
    "bottle": _bottle,
    "socks": _socks,
}
