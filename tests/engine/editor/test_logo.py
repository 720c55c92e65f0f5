import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from engine.channels import channels
from engine.editor import LAYOUTS, Picture, PictureError, ThumbnailOrder, open_logo, render_thumbnail
from engine.editor.layouts import planned
from engine.editor.logo import Logo, corner, margin, paint, sizes
from engine.editor.subject import subject_box

FORMATS = [(c.id, size) for c in channels().values() for size in c.images]
PALETTE = ("#1f4e5f", "#f2b134")


def encoded(image, form="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def mark(width=300, height=120, colour=(20, 60, 50, 255)):
    """A ring with a bar: what a simple logo is, on nothing."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((0, 0, height - 1, height - 1), fill=colour)
    pen.rectangle((min(height, width - 9), height // 3, width - 1, 2 * height // 3), fill=colour)
    return image


def shot(box=(300, 150, 500, 450), size=(800, 600), ground=(240, 240, 238)):
    image = Image.new("RGB", size, ground)
    ImageDraw.Draw(image).rectangle(box, fill=(120, 30, 40))
    return Picture(image)


def touch(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_a_logo_keeps_its_transparency_and_loses_its_empty_margin():
    wide = Image.new("RGBA", (500, 400), (255, 255, 255, 0))
    wide.paste(mark(), (100, 150))
    logo = open_logo(encoded(wide))
    assert logo.image.size == (300, 120)
    assert not logo.opaque
    again = open_logo(logo.stored())
    assert again.image.tobytes() == logo.image.tobytes()


def test_metadata_of_a_logo_is_left_behind():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "Ada Lovelace")
    assert b"Ada" not in open_logo(encoded(mark(), pnginfo=info)).stored()


def test_a_jpeg_brings_its_own_ground():
    logo = open_logo(encoded(mark().convert("RGB"), "JPEG"))
    assert logo.opaque


def huge_png():
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + header
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return start + struct.pack(">I", 8) + b"IDAT" + b"0" * 12


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG drawings can carry code"),
        (b"\xef\xbb\xbf<!-- made by hand --><svg/>", "SVG drawings can carry code"),
        (b"<?xml version='1.0'?><svg/>", "SVG drawings can carry code"),
        (b"GIF89a" + b"0" * 40, "no picture that can be read"),
        (b"", "no picture that can be read"),
        (huge_png(), "more than 25 million"),
        (encoded(mark(), "PNG")[:200], "cut off or damaged"),
        (encoded(mark(40, 20)), "only 40 x 20 pixels"),
        (encoded(mark(2000, 100)), "too long to be read"),
        (encoded(Image.new("RGBA", (300, 300), (0, 0, 0, 0))), "every pixel of it is transparent"),
    ],
)
def test_what_is_no_logo_is_refused_in_plain_words(data, sentence):
    with pytest.raises(PictureError, match=sentence):
        open_logo(data)


def test_logos_of_all_forms_look_equally_large():
    areas = []
    for width, height in ((100, 100), (300, 150), (150, 300)):
        wide, tall = next(sizes(Logo(mark(width, height)), 1080, 1080))
        assert wide / tall == pytest.approx(width / height, rel=0.02)
        areas.append(wide * tall)
    assert max(areas) / min(areas) < 2.1  # an upright one is held down by the height that a corner has
    assert list(sizes(Logo(mark()), 1080, 1080)) == sorted(sizes(Logo(mark()), 1080, 1080), reverse=True)


def test_a_corner_that_is_taken_is_left_alone():
    room, subject = (0, 0, 400, 400), (0, 0, 300, 300)
    placed = corner((60, 40), [room], [subject])
    assert placed is not None
    assert not touch(placed.clear, subject)
    assert corner((60, 40), [room], [room]) is None
    assert corner((500, 40), [room], []) is None


@pytest.mark.parametrize("colour", [(255, 255, 255, 255), (0, 0, 0, 255), (20, 60, 50, 255), (120, 120, 120, 255)])
@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (118, 118, 118), (30, 70, 60)])
def test_a_plate_is_laid_only_where_the_logo_would_not_be_seen(colour, ground):
    canvas, logo = Image.new("RGB", (400, 300), ground), Logo(mark(colour=colour))
    placed = corner((100, 40), [(0, 0, 400, 300)], [])
    plate, share = paint(canvas, logo, placed)
    assert share >= 0.85
    above = canvas.getpixel((placed.clear[0] + placed.box[2] // 2, placed.clear[1] + margin((100, 40)) // 2))
    assert plate == (above != ground)


def test_a_restless_ground_gets_a_plate():
    noise = np.random.default_rng(3).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    canvas = Image.fromarray(noise)
    plate, share = paint(canvas, Logo(mark()), corner((100, 40), [(0, 0, 400, 300)], []))
    assert plate
    assert share >= 0.85


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("channel", "size"), FORMATS, ids=lambda v: getattr(v, "name", v))
@pytest.mark.parametrize("form", [(100, 100), (300, 80), (90, 240)])
@pytest.mark.parametrize("subject", [(300, 150, 500, 450), (2, 2, 797, 597)])
def test_every_size_and_layout_shows_the_logo_safe_and_clear(channel, size, layout, form, subject):
    order = ThumbnailOrder(
        shot(subject), "Deep side pockets, packs into its own hood", "€79 instead of €99", PALETTE, size, layout
    )
    with_logo = ThumbnailOrder(**{**vars(order), "logo": Logo(mark(*form))})
    made = render_thumbnail(with_logo)
    assert made.logo is not None, made.notes
    assert made.inside_safe
    assert made.contrast >= 4.5
    assert made.logo.standing_out >= 0.85
    assert made.body == render_thumbnail(order).body  # the second line is not given up for it
    plan, block = planned(with_logo, made.headline, made.body, subject_box(order.picture.image))
    x, y = plan.picture[:2]
    seen = plan.framed.subject if plan.framed else None
    letters = (plan.text[0], plan.text[1], plan.text[0] + block.width, plan.text[1] + block.height)
    assert not touch(plan.logo.clear, letters)
    if seen is not None:
        covered = (seen[0] + x, seen[1] + y, seen[2] + x, seen[3] + y)
        on_card = plan.rounded and touch(plan.logo.clear, plan.ground)
        assert on_card or not touch(plan.logo.clear, covered)


@pytest.mark.parametrize(("channel", "size"), FORMATS, ids=lambda v: getattr(v, "name", v))
def test_a_picture_without_words_still_carries_the_logo(channel, size):
    made = render_thumbnail(ThumbnailOrder(shot((2, 2, 797, 597)), "", "", PALETTE, size, "band", Logo(mark())))
    assert made.logo is not None
    assert made.inside_safe
    assert made.subject_kept >= 0.9


def test_without_a_logo_nothing_changes():
    size = channels()["instagram"].images[0]
    made = render_thumbnail(ThumbnailOrder(shot(), "Sale", "Until Sunday", PALETTE, size))
    assert made.logo is None
    assert not made.notes


@settings(max_examples=60, deadline=None)
@given(
    left=st.integers(0, 600),
    top=st.integers(0, 400),
    wide=st.integers(60, 700),
    tall=st.integers(60, 500),
    form=st.sampled_from([(100, 100), (320, 60), (70, 300)]),
    layout=st.sampled_from(LAYOUTS),
    place=st.sampled_from(FORMATS),
)
def test_wherever_the_subject_is_the_logo_is_beside_it(left, top, wide, tall, form, layout, place):
    picture = shot((left, top, min(left + wide, 799), min(top + tall, 599)))
    order = ThumbnailOrder(
        picture, "Harbour Rain Jacket", "With a tie waist", PALETTE, place[1], layout, Logo(mark(*form))
    )
    plan, block = planned(order, order.headline, order.body, subject_box(picture.image))
    assert plan.logo is not None
    assert block is not None
    safe = place[1].safe_box
    clear = plan.logo.clear
    assert clear[0] >= safe[0]
    assert clear[1] >= safe[1]
    assert clear[2] <= safe[2]
    assert clear[3] <= safe[3]
