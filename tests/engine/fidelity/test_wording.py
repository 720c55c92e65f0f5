"""What the word rules find in disguise, what they leave alone, and that every list still compiles quickly."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content import BrandVoice, Brief, CheckName, Evidence, Fact, PostContent, Product, Verdict
from engine.fidelity import CheckContext, check_all
from engine.fidelity.rules import groups_of, rules_of
from engine.fidelity.wording import marked, views
from engine.redaction import Redactor

ORDER = Brief(
    campaign_id="1",
    campaign_name="Autumn",
    objective="sales",
    channel="facebook",
    product=Product(id="1", name="Alder Rain Jacket"),
    brand=BrandVoice(name="Fernwick"),
)


def found(text, *, order=ORDER, people=(), **fields):
    content = PostContent(channel="facebook", text=text, disclosure="Made with AI.", **fields)
    return [f for r in check_all(content, CheckContext(order, Redactor(people))) for f in r.findings]


@pytest.mark.parametrize(
    ("text", "rule", "excerpt"),
    [
        ("We hate all those immigrants here.", "bias.hatred", "hate all those immigrants"),
        ("Trans people should be shot.", "bias.threat", "Trans people should be shot"),
        ("Get rid of the refugees now.", "bias.threat", "Get rid of the refugees"),
        ("Black people are just a plague.", "bias.demeaning", "Black people are just a plague"),
        ("Women are never smart.", "bias.demeaning", "Women are never smart"),
        ("Filthy Muslims everywhere.", "bias.demeaning", "Filthy Muslims"),
        ("A deaf person wrote to us.", "bias.protected", "deaf person"),
        ("A spirit animal on a mug.", "bias.saying", "spirit animal"),
        ("Run like a girl.", "bias.stereotype_saying", "like a girl"),
        ("Housewives belong at home.", "bias.stereotype", "Housewives belong at home"),
        ("Such a f u c k i n g mess", "safety.profanity", "f u c k i n g"),
        ("What a sh!thead", "safety.profanity", "sh!thead"),
        ("f**k it", "safety.profanity", "f**k"),
        ("You idiots.", "safety.insult", "idiots"),
        ("Holy crap!", "safety.rude", "crap"),
        ("Throw away your insulin.", "safety.medical", "Throw away your insulin"),
        ("Ends in 00:54:59", "safety.urgency", None),
        ("Someone in Oslo just bought it", "safety.social_pressure", None),
        ("7 sold in the last day", "safety.social_pressure", "7 sold"),
        ("Soft and warm. \u2014 Sarah, 34", "authenticity.testimonial", None),
        ("A happy customer says it fits.", "authenticity.testimonial", "happy customer says"),
        ("A 5-star jacket", "authenticity.rating", "5-star"),
        ("3 items left", "authenticity.scarcity", "3 items left"),
        ("Visit 12 Harbour Street.", "privacy.contact", "12 Harbour Street."),
        ("Thanks @some.body for the photo", "privacy.contact", "@some.body"),
        ("Call me on 467 3395", "privacy.pattern", "467 3395"),
    ],
)
def test_a_breach_is_found_where_it_stands(text, rule, excerpt):
    hits = [f for f in found(text) if f.rule_id == rule]
    assert hits, f"{rule} found nothing in {[f.rule_id for f in found(text)]}"
    assert text[hits[0].start : hits[0].end] == hits[0].excerpt
    assert excerpt is None or hits[0].excerpt == excerpt


@pytest.mark.parametrize(
    "text",
    [
        "Black men's boots and white women's shirts, straight jeans, old gold.",
        "A pussy-bow blouse, a cocktail dress, a shuttlecock skirt.",
        "Jerk chicken for lunch, then put the cup in the trash can.",
        "Foolproof: the snowflake print shrugs off a storm of rain.",
        "Sizes 8 to 22. Open from 9:30 to 18:00.",
        "A wine red coat. Wash it with like colours.",
        'Sleeves 24" long, waist 32" wide.',
        "Calm down, it is only rain.",
        "Made in the Italian Alps, with French seams and Japanese thread.",
        "No group of walkers is too slow for a good path.",
        "Christian Dior once drew a coat like it. Blind hems.",
        "Meet us by the river.",
    ],
)
def test_another_sense_of_a_word_is_left_alone(text):
    assert [(f.rule_id, f.excerpt) for f in found(text) if f.verdict is not Verdict.PASS] == []


def test_not_hating_is_not_hating():
    assert {f.verdict for f in found("We would never hate women.")} <= {Verdict.NEEDS_HUMAN}


def test_a_known_person_in_any_field_is_blocked():
    for fields in ({"title": "Ada Lovelace"}, {"hashtags": ("Ada Lovelace",)}, {"alt_texts": ("Ada Lovelace smiles",)}):
        hits = [f for f in found("A jacket.", people=["Ada Lovelace"], **fields) if f.rule_id == "privacy.identity"]
        assert [h.verdict for h in hits] == [Verdict.BLOCK]
        assert hits[0].field in fields
    mailto = found("A jacket.", people=["ada@example.org"], link="https://example.org/?to=ada@example.org")
    assert [f.field for f in mailto if f.check is CheckName.PRIVACY] == ["link"]


def test_a_superlative_that_reviewers_share_is_theirs():
    theme = Evidence(id="t", kind="review_theme", text="perfect length", support=8, of_people=30)
    order = ORDER.model_copy(update={"evidence": (theme,)})
    assert found("8 of 30 reviewers mention the perfect length.", order=order) == []
    assert found("8 of 30 reviewers mention the perfect length.") != []


def test_the_lowest_former_price_is_the_one_to_name():
    was = [Fact(id=str(a), kind="was_price", value=str(a), amount=a, valid_until="2099-01-01") for a in (99.0, 89.0)]
    now = Fact(id="now", kind="price", value="79", amount=79.0)
    order = ORDER.model_copy(update={"product": Product(id="1", name="Alder", facts=(now, *was))})
    assert "legal.was_price" in {f.rule_id for f in found("Was \u20ac99.", order=order)}
    assert "legal.was_price" not in {f.rule_id for f in found("Was \u20ac89.", order=order)}


@given(st.text(alphabet="ab .-1@\u0430 wmuslione\u00e9", max_size=80))
def test_every_reading_points_back_into_the_text(text):
    groups = groups_of(CheckName.BIAS)
    for view in views(text):
        for reading in (view, marked(view, groups)):
            if reading is not None:
                assert len(reading.text) == len(reading.starts) == len(reading.ends)
                assert all(0 <= a < b <= len(text) for a, b in zip(reading.starts, reading.ends, strict=True))


def test_long_hostile_texts_are_read_in_time():
    for text in ("a." * 10_000, "women are " * 2_000, "1 " * 10_000, "f u " * 5_000, '"' * 20_000, "@" * 20_000):
        started = time.process_time()
        found(text)
        assert time.process_time() - started < 8


def test_the_rules_compile_quickly_enough_for_a_page():
    rules_of.cache_clear()
    started = time.process_time()
    for check in CheckName:
        rules_of(check)
    assert time.process_time() - started < 2
