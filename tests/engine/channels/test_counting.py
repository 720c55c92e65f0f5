"""Known answers: the examples of X's page "Counting characters" and of twitter-text's conformance suite."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.channels.counting import utf8_bytes, utf16_units, x_weighted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a", 1),
        ("á", 1),
        ("ӑ", 1),
        ("Ồ", 2),  # U+1ED2 is outside the light ranges of configuration v3
        ("👾", 2),
        ("🙋🏽", 2),
        ("👨‍🎤", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("H🐱☺👨‍👩‍👧‍👦", 7),
        ("😷👾😡🔥💩", 10),
        ("🙋🏽👨‍🎤", 4),
        ("😷" * 160, 320),
        ("故人西辞", 8),
        ("the故人西辞", 11),
        ("Hi http://test.co", 26),
        ("http://test.co", 23),
        ("https://www.twitter.com/aloha " * 10, 240),
        ("Read example.com/path?q=1 now", 5 + 23 + 4),
        ("example.com", 23),
        ("foo.co.jp", 23),
        ("See https://example.com/a-very/long/path?with=query&and=more.", 4 + 23 + 1),
        ("http://otters", 13),
        ("name@example.com", 16),
        ("Sleeves.Buttons", 15),
        ("cafe\u0301", 4),
        ("© 2026", 6),
        ("”“’–", 4),
        ("…", 2),
    ],
)
def test_x_weighted_known_answers(text: str, expected: int) -> None:
    assert x_weighted(text) == expected


def test_x_general_punctuation_of_the_conformance_suite() -> None:
    spaces = "".join(map(chr, range(0x2000, 0x200E)))
    text = f"This is a tweet with general punctuation characters: {spaces} ‐ ‑ ‒ – — ― ‖  ‗ ‘ ’ ‚ ‛ “ ” „ ‟ ′ ″ ‴ ‵ ‶ ‷"
    assert x_weighted(text) == 112


@given(st.text(max_size=60))
def test_normal_form_does_not_change_any_count(text: str) -> None:
    for counter in (x_weighted, utf16_units, utf8_bytes):
        assert counter(unicodedata.normalize("NFD", text)) == counter(unicodedata.normalize("NFC", text))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_utf16_is_never_below_the_code_points(text: str) -> None:
    assert utf16_units(text) >= len(unicodedata.normalize("NFC", text))


def test_utf16_and_bytes() -> None:
    assert utf16_units("a😀") == 3
    assert utf8_bytes("é😀") == 6
