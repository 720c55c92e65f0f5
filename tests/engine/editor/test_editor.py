import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from engine.channels import channels
from engine.editor import LAYOUTS, PictureError, ThumbnailOrder, open_picture, render, render_thumbnail
from engine.editor.lettering import MIN_CONTRAST, can_write, contrast, fit, readable_on, without_symbols
from engine.editor.subject import frame, frame_beside, subject_box

SIZES = [size for channel in channels().values() for size in channel.images]
PALETTE = ("#1f4e5f", "#f2b134", "#f7f4ea")


def encoded(image, form="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def product_shot(box=(300, 100, 500, 400), size=(800, 600)):
    image = Image.new("RGB", size, "#eeeeee")
    ImageDraw.Draw(image).rectangle(box, fill="#aa3355")
    return image


@pytest.fixture(scope="module")
def picture():
    return open_picture(encoded(product_shot()))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s.width}x{s.height}{s.name}")
def test_every_size_and_layout_is_readable_and_safe(picture, size, layout):
    made = render_thumbnail(
        ThumbnailOrder(
            picture, "Deep side pockets, packs into its own hood", "€79 instead of €99", PALETTE, size, layout
        )
    )
    assert made.contrast >= MIN_CONTRAST
    assert made.inside_safe
    assert made.headline
    with Image.open(io.BytesIO(made.data)) as opened:
        assert opened.size == (size.width, size.height)


def test_the_same_order_gives_the_same_bytes(picture):
    order = ThumbnailOrder(picture, "True to size", "", PALETTE, SIZES[0], "card")
    assert render_thumbnail(order).digest == render_thumbnail(order).digest


def test_the_brand_colour_is_untouched(picture):
    made = render_thumbnail(ThumbnailOrder(picture, "True to size", "", PALETTE, SIZES[0], "band"))
    with Image.open(io.BytesIO(made.data)) as opened:
        corner = opened.getpixel((2, opened.height - 3))
    assert all(abs(a - b) <= 2 for a, b in zip(corner, (0x1F, 0x4E, 0x5F), strict=True))


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_white_or_black_always_reaches_the_contrast(colour):
    assert contrast(readable_on(colour), colour) >= MIN_CONTRAST


def test_contrast_of_known_pairs():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21.0)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.478, abs=0.001)


def test_the_subject_of_a_product_shot_is_found():
    left, top, right, bottom = subject_box(product_shot())
    assert left == pytest.approx(300, abs=25)
    assert right == pytest.approx(500, abs=25)
    assert top == pytest.approx(100, abs=25)
    assert bottom == pytest.approx(400, abs=25)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 500),
    st.integers(0, 300),
    st.integers(80, 300),
    st.integers(80, 300),
    st.sampled_from(SIZES),
)
def test_a_crop_keeps_the_subject_or_shows_the_whole(x, y, w, h, size):
    made = frame(product_shot((x, y, x + w, y + h)), size.width, size.height)
    assert made.image.size == (size.width, size.height)
    assert made.whole or made.kept >= 0.9


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 700), st.floats(0, 500), st.floats(3, 900), st.floats(3, 900), st.sampled_from(SIZES))
def test_a_crop_window_never_leaves_the_picture(x, y, w, h, size):
    box = (x, y, min(800.0, x + w), min(600.0, y + h))
    assert frame(product_shot(), size.width, size.height, box).kept >= 0.9


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 700), st.floats(0, 500), st.floats(20, 700), st.floats(20, 500))
def test_beside_a_card_the_subject_is_in_the_free_part(x, y, w, h):
    box, free = (x, y, min(800.0, x + w), min(600.0, y + h)), (0, 0, 500, 600)
    made = frame_beside(product_shot(), 900, 600, box, free)
    left, top, right, bottom = made.subject
    seen = max(0.0, min(right, 500) - max(left, 0)) * max(0.0, min(bottom, 600) - max(top, 0))
    assert seen >= 0.88 * (right - left) * (bottom - top)
    assert made.whole or made.kept >= 0.9


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s.width}x{s.height}{s.name}")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_layout_hides_a_subject_that_fills_the_picture(size, layout):
    filled = open_picture(encoded(product_shot((20, 15, 780, 585))))
    made = render_thumbnail(ThumbnailOrder(filled, "Packs into its own hood", "€79", PALETTE, size, layout))
    assert made.subject_kept >= 0.9


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s.width}x{s.height}{s.name}")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_pixel_of_a_letter_lies_outside_the_safe_area(picture, size, layout, monkeypatch):
    seen = []
    real = render.draw

    def witness(pen, *arguments):
        before = pen._image.copy()
        box = real(pen, *arguments)
        seen.append(ImageChops.difference(before, pen._image).getbbox())
        return box

    monkeypatch.setattr(render, "draw", witness)
    render_thumbnail(ThumbnailOrder(picture, "Gjörs ýÅg jumpy", "quay, jetty (gypsy)", PALETTE, size, layout))
    left, top, right, bottom = size.safe_box
    (box,) = seen
    assert left <= box[0] < box[2] <= right
    assert top <= box[1] < box[3] <= bottom


def test_lines_are_even():
    block = fit("Deep side pockets, packs into its own hood", "", 800, 300, 60, 20)
    assert len(block.headline) == 2
    assert len(block.headline[1].split()) >= 3
    assert " ".join(block.headline) == "Deep side pockets, packs into its own hood"


def test_emoji_go_and_letters_stay(picture):
    assert without_symbols("So  warm 😍👍🏽 ★ e\u0301te\u0301\u200b") == "So warm ★ été"
    assert without_symbols("防水 אבג") == "防水 אבג"
    made = render_thumbnail(ThumbnailOrder(picture, "So warm 😍", "", PALETTE, SIZES[0], "band"))
    assert made.headline == "So warm"
    assert "Emoji" in made.notes[0]


def test_text_the_font_lacks_is_left_out_with_a_note(picture):
    assert can_write("Größe Łódź ελληνικά Привет €79")
    assert not can_write("防水外套")
    made = render_thumbnail(ThumbnailOrder(picture, "防水外套", "", PALETTE, SIZES[0], "band"))
    assert made.headline == ""
    assert "characters that the font lacks" in made.notes[0]


def test_an_endless_word_is_left_out_with_a_note(picture):
    made = render_thumbnail(ThumbnailOrder(picture, "x" * 400, "", PALETTE, SIZES[0], "split"))
    assert "too long" in made.notes[0]


def bomb():
    header = bytearray(encoded(Image.new("1", (20, 20))))
    header[16:24] = (20_000).to_bytes(4, "big") * 2
    import zlib

    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    return bytes(header)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no picture"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "SVG drawings can carry code",
        ),
        (b"%PDF-1.7", "no picture"),
        (encoded(product_shot(), "JPEG")[:2000], "cut off or damaged"),
        (bomb(), "more than 25 million"),
        (encoded(Image.new("RGB", (20, 20))), "only 20 x 20"),
    ],
)
def test_hostile_pictures_are_refused_in_plain_words(data, message):
    with pytest.raises(PictureError, match=message):
        open_picture(data)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "I;16", "LA"])
def test_every_mode_opens_as_rgb(mode):
    image = Image.new("L", (100, 80), 90).convert(mode) if mode != "I;16" else Image.new("I;16", (100, 80), 23_000)
    form = "JPEG" if mode == "CMYK" else "PNG"
    opened = open_picture(encoded(image, form))
    assert opened.image.mode == "RGB"
    assert opened.size == (100, 80)


def test_metadata_is_left_behind_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret place"
    opened = open_picture(encoded(Image.new("RGB", (200, 100)), "JPEG", exif=exif))
    assert opened.size == (100, 200)
    assert b"secret place" not in opened.stored()


def test_a_picture_with_an_even_ground_stands_on_more_of_it_without_an_edge():
    shot = product_shot(box=(40, 250, 760, 350)).convert("RGB")
    framed = frame(shot, 600, 1200)
    assert framed.whole
    ground = shot.getpixel((2, 2))
    for point in ((5, 5), (300, 100), (590, 1190), (300, 372)):
        assert all(abs(a - b) <= 3 for a, b in zip(framed.image.getpixel(point), ground, strict=True))


def test_a_picture_with_a_restless_border_stands_on_its_blurred_copy():
    shot = product_shot(box=(40, 250, 760, 350)).convert("RGB")
    ImageDraw.Draw(shot).rectangle((0, 0, 799, 120), fill=(10, 90, 200))
    framed = frame(shot, 600, 1200)
    assert framed.whole
    assert len(framed.image.crop((0, 0, 600, 300)).getcolors(maxcolors=600 * 300)) > 20
