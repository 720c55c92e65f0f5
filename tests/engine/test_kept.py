import hashlib
import json
import math
from datetime import date

import pytest

from analytics.kept import (
    BUILD_ORDER,
    EFFECT,
    EFFECT_SETTINGS,
    PERSONA_CARD,
    BuildOrder,
    EffectSettings,
    KeptEffect,
    KeptForm,
    KeptFormError,
    KeptReport,
    PersonaCard,
)
from analytics.kept.persona import Quote, Trait, Word
from analytics.surveys.codebook_steps import STEP, SplitPart, Step
from db.ledger import canonical
from engine.content import (
    BrandVoice,
    Brief,
    CheckName,
    Finding,
    Frozen,
    ModelCard,
    Part,
    PostContent,
    Product,
    Verdict,
    content_hash,
)
from engine.kept import BRAND_VOICE, BRIEF, EXPORT, FINDING, MODEL_CARD, PART, POST

TRAIT = Trait("age", "Age", "number", 30.5, 41.0, -10.5, -12.0, -9.0, 1e-9, 1e-8, 6, 60, "lower", "Younger.", "Welch")
WORD = Word("warm", 3.1, 6, 0.5, 0.1)
QUOTE = Quote("true to size", 11, "positive")
MANIFEST = {
    "format": "digital-persona/export/1",
    "exported_at": "2026-09-01T08:00:00+00:00",
    "exported_by": "Ann",
    "items": [
        {
            "version_id": 3,
            "content_hash": "0f" * 32,
            "content": {
                "channel": "x", "text": "Soft linen shirt.", "title": "", "hashtags": ["#linen"], "link": None,
                "disclosure": "Ad", "media": [], "alt_texts": [],
            },
            "published_text": "Soft linen shirt. #linen",
            "campaign": {"id": 1, "name": "Spring", "objective": "sales"},
            "product": {"id": 1, "name": "Shirt"},
            "persona": {"id": 2, "name": "Walkers", "version": 1},
            "persona_lost_members_since": True,
            "made_by": {
                "method": "composer", "seed": 4, "ai_generated": True,
                "models": [
                    {
                        "port": "text", "provider": "composer", "model": "typed", "digest": "", "seed": 4,
                        "parameters": {"k": 2}, "post_filters": [],
                    }
                ],
            },
            "parts": [{"role": "hook", "text": "Soft linen shirt.", "evidence_ids": ["f1"]}],
            "checks": {"bias": "pass"},
            "check_digests": {"bias": "1a"},
            "approval": {"reviewer": "Rosa", "at": "2026-09-01T07:00:00+00:00", "sequence": 1, "waived": {"b1": "Fair."}},
        }
    ],
}  # fmt: skip
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
    (MODEL_CARD, ModelCard(port="text", provider="composer", model="typed", seed=4, parameters={"k": 2, "p": 0.5})),
    (BRAND_VOICE, BrandVoice(name="Lin", words_never=("cheap",))),
    (
        PERSONA_CARD,
        PersonaCard("p1", "Young", 12, 0.1, 0.05, 0.2, "high", "They come back.", (TRAIT,), (WORD,), (QUOTE,), 4.5, 12),
    ),
    (EFFECT, KeptReport("clicks", "2026-09-01", "a rise", "They rose.", KeptEffect(percent=4.0, absolute=(1.0, None)))),
    (EFFECT_SETTINGS, EffectSettings(date(2026, 9, 1), 7, "rate", (3,), ("sales",), "burst", date(2026, 9, 30))),
    (BUILD_ORDER, BuildOrder("gmm", 4, 2_000, "reviews", ("shop",))),
    (EXPORT, EXPORT.read(MANIFEST)),
    (STEP, Step("split", "ann", code="c1", parts=(SplitPart("c2", "Price", ("a1",)),))),
]
NUMBERS = {"settings of an effect": 2}


def number_of(form: KeptForm[Frozen], further: int = 0) -> int | str:
    number = NUMBERS.get(form.what, 1) + further
    return f"{form.tag}{number}" if form.tag else number


every_shape = pytest.mark.parametrize(("form", "value"), SHAPES, ids=[form.what for form, _ in SHAPES])


@every_shape
def test_what_is_written_is_read_and_says_its_format(form: KeptForm[Frozen], value: Frozen):
    kept = json.loads(json.dumps(form.write(value)))
    assert kept["format"] == number_of(form)
    assert form.read(kept) == value
    assert form.read_all(form.write_all([value, value])) == (value, value)


@every_shape
def test_what_was_kept_before_formats_had_numbers_is_read(form: KeptForm[Frozen], value: Frozen):
    kept = form.write(value)
    del kept["format"]
    assert form.read(kept) == value


@every_shape
def test_a_newer_format_is_refused_even_where_its_fields_fit(form: KeptForm[Frozen], value: Frozen):
    with pytest.raises(KeptFormError, match=r"written by a newer version of Digital Persona \(format [23];.*Update"):
        form.read({**form.write(value), "format": number_of(form, 1)})


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


# A field that is added, taken out or renamed changes what is kept: give its form a migration, and only then put the
# new fields here beside the new number. What stands here once is never changed again.
KEPT = {
    ("brand voice", 1): "BrandVoice: disclosure hashtags name palette tone words_never words_to_use",
    (
        "brief",
        1,
    ): "BrandVoice: disclosure hashtags name palette tone words_never words_to_use; Brief: brand campaign_id "
    "campaign_name channel ends_on evidence key_message link objective persona product seed starts_on variants; "
    "Evidence: id kind of_people product_id review_ids support text; Fact: amount currency id kind noun_phrase "
    "valid_from valid_until value verb_phrase; PersonaBrief: id interests name traits version words; "
    "Product: category currency facts id name url",
    (
        "effect",
        1,
    ): "KeptDeparture: found p ways; KeptEffect: absolute cumulative df high low mean_after mean_before method "
    "n_after n_before p percent rho shape; KeptNote: code grave level text; KeptPeriod: after counterfactual day high "
    "left_out low observed; KeptPlacebo: dates share_with_effect; KeptReport: alt_text chart could_be_wrong departure "
    "detectable effect frequency metric next_step notes on placebo plain_difference ramp_days sensitivity sentence shape "
    "until verdict washout_days; KeptWay: p way",
    (
        "settings of an effect",
        2,
    ): "EffectSettings: controls country data_sha256 events held kind on ramp_days shape until washout_days year_end",
    ("settings of a persona build", 1): "BuildOrder: basis max_people method seed sources",
    (
        "export",
        1,
    ): "Approval: at reviewer sequence waived; CampaignNamed: id name objective; ExportManifest: exported_at "
    "exported_by items; ExportedPost: approval campaign check_digests checks content content_hash made_by parts persona "
    "persona_lost_members_since product published_text version_id; MadeBy: ai_generated method models seed; ModelCard: "
    "digest model parameters port post_filters provider seed; Part: evidence_ids role text; PersonaNamed: id name version; "
    "PostContent: alt_texts channel disclosure hashtags link media text title; ProductNamed: id name",
    ("finding of a check", 1): "Finding: check end excerpt field index remedy rule rule_id source start verdict",
    ("model card", 1): "ModelCard: digest model parameters port post_filters provider seed",
    ("part of a post", 1): "Part: evidence_ids role text",
    ("persona", 1): "PersonaCard: confidence key members name quotes rating_high rating_low rating_mean rating_n share "
    "share_high share_low size stability stability_high stability_low traits why words; Quote: people polarity review_ids "
    "text; Trait: difference field group high kind label low method n_group n_others others p p_holm sentence verdict; "
    "Word: high log_odds low n_group n_others p_holm people review_ids share_group share_others word z",
    ("post", 1): "PostContent: alt_texts channel disclosure hashtags link media text title",
    (
        "step of a codebook",
        1,
    ): "SplitPart: answers code name; Step: answer by code codes definition description draft into "
    "kind name note parts step theme",
}


def fields_of(form: KeptForm[object]) -> str:
    schema = form.schema()
    shapes = {schema["title"]: schema, **schema.get("$defs", {})}
    with_fields = {name: sorted(shape["properties"]) for name, shape in shapes.items() if "properties" in shape}
    return "; ".join(f"{name}: {' '.join(fields)}" for name, fields in sorted(with_fields.items()))


@every_shape
def test_the_fields_of_a_form_change_only_with_its_number(form: KeptForm[object], value: object):
    assert KEPT.get((form.what, form.newest)) == fields_of(form)


def test_every_form_is_looked_at_here():
    assert {what for what, _ in KEPT} == {form.what for form, _ in SHAPES}


def test_a_persona_is_kept_without_its_people_and_their_reviews():
    card = PersonaCard(
        "p1", "Young", 2, 0.1, 0.05, 0.2, "low", "Few.", (), (Word("warm", 1.0, 2, 0.1, 0.1, (7,)),),
        (Quote("soft", 11, "positive", (7, 8)),), None, 0, ("anna", "bert"),
    )  # fmt: skip
    kept = PERSONA_CARD.write(card)
    assert "members" not in kept
    assert "review_ids" not in {*kept["words"][0], *kept["quotes"][0]}
    read = PERSONA_CARD.read(kept)
    assert (read.members, read.words[0].review_ids, read.quotes[0].people) == ((), (), 11)


def test_a_number_that_is_not_known_is_kept_as_null_and_read_as_it_was():
    card = PersonaCard("p1", "A", 12, math.nan, 0.05, 0.2, "low", "Few.", (), (), (), None, 0)
    kept = json.loads(json.dumps(PERSONA_CARD.write(card), allow_nan=False))
    assert kept["share"] is None
    assert math.isnan(PERSONA_CARD.read(kept).share)


def test_a_small_line_keeps_only_what_it_says():
    assert STEP.write(Step("assign", "ann", answer="a1", codes=("c1",))) == {
        "kind": "assign",
        "by": "ann",
        "answer": "a1",
        "codes": ["c1"],
        "format": 1,
    }


@pytest.mark.parametrize(
    ("kept", "controls", "year_end"),
    [
        ({"on": "2026-09-01", "washout_days": 7, "kind": None, "held": [], "control": "sales"}, ("sales",), False),
        ({"on": "2026-09-01", "held": [2], "control": None, "shape": "slope", "until": None}, (), False),
        (
            {"on": "2026-09-01", "controls": ["sales", "cost"], "country": "DE", "year_end": True},
            ("sales", "cost"),
            True,
        ),
    ],
)
def test_every_way_in_which_an_effects_settings_were_kept_is_read(kept, controls, year_end):
    read = EFFECT_SETTINGS.read({**kept, "data_sha256": "0f"})
    assert (read.on, read.controls, read.year_end, read.data_sha256) == (date(2026, 9, 1), controls, year_end, "0f")
    assert EFFECT_SETTINGS.read(EFFECT_SETTINGS.write(read)) == read


def test_an_effects_settings_are_said_in_short():
    ramp = EffectSettings(date(2026, 9, 1), 14, held=(3,), controls=("sales", "cost"), shape="ramp", ramp_days=30)
    assert ramp.in_words() == "ramp of 30 days; 14 days to settle; beside sales, cost; 1 other change held"
    assert EffectSettings(date(2026, 9, 1)).in_words() == "step"


@pytest.mark.parametrize("kept", [{}, {"seed": 9}, {"method": "gmm", "seed": 9, "max_people": 50, "basis": "both"}])
def test_a_builds_settings_kept_before_a_field_was_there_take_its_default(kept):
    assert BUILD_ORDER.read(kept) == BuildOrder(**kept)


def test_an_exports_manifest_is_written_as_it_always_was():
    # The ledger holds a hash of this text for every export that left: it is the same for the same manifest for ever.
    written = canonical(EXPORT.write(EXPORT.read(MANIFEST)))
    assert written == canonical(MANIFEST)
    assert (
        hashlib.sha256(written.encode()).hexdigest()
        == "80023497e954ff4de60aae742ba1f1f47948a495c4c061755f01578288fee9ee"
    )


def test_an_export_of_before_cards_and_digests_were_kept_is_read():
    early = json.loads(json.dumps(MANIFEST))
    (post,) = early["items"]
    del post["check_digests"], post["made_by"]["models"]
    (read,) = EXPORT.read(early).items
    assert (read.check_digests, read.made_by.models, read.approval.waived) == ({}, (), {"b1": "Fair."})


@pytest.mark.parametrize(
    "said", ["digital-persona/export/", "digital-persona/export/x", "digital-persona/export/0", "1"]
)
def test_a_format_that_is_not_the_houses_is_unreadable(said):
    with pytest.raises(KeptFormError, match="format of this export is unreadable"):
        EXPORT.read({**MANIFEST, "format": said})
