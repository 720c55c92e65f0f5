import io

import pytest
from PIL import Image, ImageChops

from engine.provenance import DIGITAL_SOURCE_TYPES, read_source_type, write_source_type


def picture(form):
    buffer = io.BytesIO()
    image = Image.effect_noise((64, 48), 50).convert("RGB")
    extra = {"exif": b"Exif\0\0secret-gps"} if form == "JPEG" else {}
    image.save(buffer, form, **extra)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("source_type", DIGITAL_SOURCE_TYPES)
def test_the_mark_comes_back_and_the_pixels_stay(form, source_type):
    before = picture(form)
    after = write_source_type(before, source_type)
    assert read_source_type(before) is None
    assert read_source_type(after) == source_type
    with Image.open(io.BytesIO(before)) as a, Image.open(io.BytesIO(after)) as b:
        assert ImageChops.difference(a, b).getbbox() is None
    assert b"secret-gps" not in after


def test_a_second_mark_replaces_the_first():
    once = write_source_type(picture("JPEG"), "humanEdits")
    twice = write_source_type(once, "compositeSynthetic")
    assert read_source_type(twice) == "compositeSynthetic"
    assert b"humanEdits" not in twice


@pytest.mark.parametrize(("image", "kind"), [(b"GIF89a", "humanEdits"), (b"", "humanEdits"), (None, "made up")])
def test_what_cannot_be_marked_is_refused(image, kind):
    with pytest.raises(ValueError):
        write_source_type(picture("PNG") if image is None else image, kind)


def test_an_xml_bomb_is_no_mark():
    bomb = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><!DOCTYPE a [<!ENTITY b "c">]>&b;</x:xmpmeta>'
    png = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", bomb)
    Image.new("RGB", (4, 4)).save(png, "PNG", pnginfo=info)
    assert read_source_type(png.getvalue()) is None


def test_an_older_mark_further_down_the_file_goes_too():
    once = write_source_type(picture("JPEG"), "humanEdits")
    late = once[:2] + b"\xff\xed\x00\x06abcd" + once[2:]
    marked = write_source_type(late, "compositeSynthetic")
    assert read_source_type(marked) == "compositeSynthetic"
    assert b"humanEdits" not in marked
    assert b"abcd" in marked


def test_a_cut_off_jpeg_does_not_break_the_writer():
    for length in (2, 3, 5, 30):
        assert write_source_type(picture("JPEG")[:length], "humanEdits").startswith(b"\xff\xd8")
