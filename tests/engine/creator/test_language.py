from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.creator import is_web_address, utm_link
from engine.creator.language import (
    also,
    closed,
    day,
    definite,
    has_first_person,
    is_plural,
    kind_of,
    money,
    singular,
    uncapitalised,
    with_article,
)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://shop.example/coats?a=1&b=2#top", True),
        ("http://localhost:8000/x", True),
        ("https://bücher.example/ä", True),
        ("https://192.0.2.1/", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt://shop.example/%0aalert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("//shop.example/", False),
        ("shop.example", False),
        ("https://", False),
        ("https://shop", False),
        ("https://bank.example@evil.example/", False),
        ("https://shop.example/a b", False),
        ("https://shop.example/\nSet-Cookie: x", False),
        ("https://shop.example/\u202egpj.exe", False),
        ('https://shop.example/"onclick="x', False),
        ("https://shop.example:port/", False),
        ("https://[::bad", False),
        ("https://shop.example/" + "x" * 2000, False),
        ("not a url", False),
        ("", False),
    ],
)
def test_only_addresses_that_a_reader_may_be_sent_to_count(url: str, safe: bool) -> None:
    assert is_web_address(url) is safe


def test_campaign_names_of_any_script_stay_apart_and_cannot_break_a_link() -> None:
    links = {utm_link("https://a.com/p", name, "x", "v1") for name in ("Осень", "Зима", "秋", "a&utm_x=1#y\n\r z")}
    assert len(links) == 4
    assert all(is_web_address(link) and link.count("&") == 3 and "#" not in link for link in links)


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("hour", "an hour"),
        ("unit", "a unit"),
        ("ukulele", "a ukulele"),
        ("umbrella", "an umbrella"),
        ("dress", "a dress"),
    ],
)
def test_article_goes_by_sound(noun: str, expected: str) -> None:
    assert with_article(noun) == expected


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("Slim Jeans", True), ("Phosphor Bronze Strings", True), ("Linen Dress", False), ("Precision Bass", False),
        ("Sneakers with laces", True), ("Lamp for Desks", False), ("Canvas", False), ("Boots, black", True),
    ],
)  # fmt: skip
def test_plural_is_read_from_the_head_word(name: str, plural: bool) -> None:
    assert is_plural(name) is plural


def test_kinds() -> None:
    assert kind_of("Dresses", "Marlow Linen Dress") == "dress"
    assert kind_of("Guitar strings", "Bronze Strings") == "strings"
    assert kind_of("Intimates", "Style 3") is None
    assert kind_of("Lighting", "Desk Lamp") is None
    assert kind_of(None, "Lamp") is None
    assert [singular(w) for w in ("blouses", "accessories", "boxes", "glass")] == [
        "blouse",
        "accessory",
        "box",
        "glass",
    ]


def test_money_and_days() -> None:
    assert money(49, "USD") == "$49"
    assert money(1249.5, "EUR") == "€1,249.50"
    assert money(20, "CHF") == "CHF 20"
    assert money(20, None) == "20"
    assert day(date(2026, 6, 30)) == "30 June"


def test_phrases() -> None:
    assert definite("a removable belt") == "the removable belt"
    assert also("is woven in Porto") == "is also woven in Porto"
    assert also("dries fast") == "also dries fast"
    assert uncapitalised("Deep pockets") == "deep pockets"
    assert uncapitalised("European linen") == "European linen"
    assert uncapitalised("USB-C port") == "USB-C port"
    assert closed("Made to last") == "Made to last."
    assert closed("Ready?") == "Ready?"


@pytest.mark.parametrize("text", ["I like it", "our linen", "Made for us", "We made it", "let's go", "MY: my own"])
def test_first_person(text: str) -> None:
    assert has_first_person(text)


@pytest.mark.parametrize("text", ["Sizes US 6 to 12", "The iris vase", "Muse, ours-free? no: hours", "wear it"])
def test_not_first_person(text: str) -> None:
    assert has_first_person(text) is ("ours-free" in text)


def test_utm_link_keeps_what_was_there() -> None:
    link = utm_link("https://a.com/p?x=1&utm_source=old#top", "Spring sale", "x", "v7")
    assert link == ("https://a.com/p?x=1&utm_source=x&utm_medium=social&utm_campaign=spring-sale&utm_content=v7#top")


@given(st.text(max_size=30))
def test_utm_link_is_idempotent(campaign: str) -> None:
    once = utm_link("https://a.com/p", campaign, "x", "v1")
    assert utm_link(once, campaign, "x", "v1") == once
