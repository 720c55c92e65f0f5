import json

import pytest

from engine.content import (
    BrandVoice,
    Brief,
    CheckName,
    Finding,
    Frozen,
    Part,
    PostContent,
    Product,
    Verdict,
    content_hash,
)
from engine.kept import BRIEF, FINDING, PART, POST, KeptForm, KeptFormError

SHAPES = [
    (POST, PostContent(channel="x", text="Soft linen shirt.", hashtags=("#linen",))),
    (
        BRIEF,
        Brief(
            campaign_id="1",
            campaign_name="Spring",
            objective="sales",
            channel="x",
            product=Product(id="1", name="Shirt"),
            brand=BrandVoice(name="Lin"),
        ),
    ),
    (PART, Part(role="hook", text="Soft linen shirt.", evidence_ids=("f1",))),
    (FINDING, Finding(check=CheckName.BIAS, verdict=Verdict.BLOCK, rule_id="b1", rule="No slurs.", source="House")),
]
every_shape = pytest.mark.parametrize(("form", "value"), SHAPES, ids=["post", "brief", "part", "finding"])


@every_shape
def test_what_is_written_is_read_and_says_its_format(form: KeptForm[Frozen], value: Frozen):
    kept = json.loads(json.dumps(form.write(value)))
    assert kept["format"] == 1
    assert form.read(kept) == value
    assert form.read_all(form.write_all([value, value])) == (value, value)


@every_shape
def test_what_was_kept_before_formats_had_numbers_is_read(form: KeptForm[Frozen], value: Frozen):
    assert form.read(value.model_dump(mode="json")) == value


@every_shape
def test_a_newer_format_is_refused_even_where_its_fields_fit(form: KeptForm[Frozen], value: Frozen):
    with pytest.raises(KeptFormError, match=r"written by a newer version of Digital Persona \(format 2.*Update"):
        form.read({**form.write(value), "format": 2})


@every_shape
@pytest.mark.parametrize("number", [0, -1, "1", "two", 1.0, True, None, [1]])
def test_an_unreadable_format_is_never_guessed(form: KeptForm[Frozen], value: Frozen, number: object):
    with pytest.raises(KeptFormError, match="unreadable"):
        form.read({**form.write(value), "format": number})


def test_damaged_fields_are_named_without_what_they_hold():
    with pytest.raises(KeptFormError, match=r"see: clips, text") as said:
        POST.read({"channel": "x", "text": {"mail": "rosa@example.org"}, "clips": ["rosa@example.org"]})
    assert "rosa" not in str(said.value)


class Caption(Frozen):
    words: str
    language: str


CAPTION = KeptForm(
    "caption",
    Caption,
    (
        lambda one: {"words": one["text"]},
        lambda two: {**two, "language": "en"},
    ),
)


@pytest.mark.parametrize(
    "kept",
    [
        {"text": "Hello"},
        {"text": "Hello", "format": 1},
        {"words": "Hello", "format": 2},
        {"words": "Hello", "language": "en", "format": 3},
    ],
)
def test_every_older_format_is_migrated_step_by_step(kept: dict[str, object]):
    before = dict(kept)
    assert CAPTION.read(kept) == Caption(words="Hello", language="en")
    assert kept == before
    assert CAPTION.write(CAPTION.read(kept))["format"] == 3


def test_the_format_is_no_part_of_what_is_approved():
    value = SHAPES[0][1]
    assert content_hash(POST.read(POST.write(value))) == content_hash(value)
