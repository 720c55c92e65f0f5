import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.redaction import Redactor
from engine.redaction.patterns import worth_a_look, worth_looks

PEOPLE = [
    "Zoë Müller",
    "Rose",
    "Jake",
    "ada@example.org",
    "+44 20 7946 0958",
    "12 Harbour Street, Leith",
    "guitar_bob77",
    "@cobblefan",
    "Mary Jane O'Neil",
    "Faina D. Yefremova",
    "The Big One",
]


@pytest.fixture(scope="module")
def redactor():
    return Redactor(PEOPLE)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Thanks to ZOE  MULLER.", "Thanks to [name]."),
        ("Thanks to zoë müller!", "Thanks to [name]!"),
        ("Müller, Zoë wrote it", "[name] wrote it"),
        ("write to ADA@example.org now", "write to [email] now"),
        ("ring 020 7946 0958", "ring [phone]"),
        ("sent to 12 harbour street, leith", "sent to [address]"),
        ("says Jake again", "says [name] again"),
        ("by guitar_bob77", "by [name]"),
        ("mail jo (at) shop.example.com", "mail [email]"),
        ("card 4111 1111 1111 1111", "card [card number]"),
        ("GB82 WEST 1234 5698 7654 32 please", "[bank account] please"),
        ("follow @some.body today", "follow [handle] today"),
        ("I live at 221 Baker Street", "I live at [address]"),
        ("see instagram.com/some_body", "see [profile link]"),
        ("Jake, can you help?", "[name], can you help?"),
        ("my name is jake", "my name is [name]"),
        ("Faina Yefremova called", "[name] called"),
        ("Ask Mrs. Yefremova about it", "Ask Mrs. [name] about it"),
        ("Thanks to The Big One!", "Thanks to [name]!"),
        ("my iban is gb82west12345698765432 ok", "my iban is [bank account] ok"),
        ("charge card 6759 6498 2643 8453 now", "charge card [card number] now"),
        ("Call me on 467 3395 tonight", "Call me on [phone] tonight"),
        ("ring (602) 272-0101 x12", "ring [phone]"),
        ("+46 (0)8 928 571 38 is mine", "[phone] is mine"),
        ("from 2001:db8::ff00:42:8329 today", "from [ip address] today"),
        ("He lives at Joaquin Suarez 2906.", "He lives at [address]."),
        ("Rua do Arenque 1634, Porto", "[address], Porto"),
        ("write to PO Box 1225", "write to [address]"),
        ("Faina\u200b Yefre\u00admova called", "[name] called"),
        ("Zoe Mu\u2060ller", "[name]"),
        ("F\u0430ina Y\u0435fremova called", "[name] called"),
        ("J\u0430ke called", "[name] called"),
        ("Zoe Mueller and Mueller, Zoe", "[name] and [name]"),
        ("MÜLLER ZOË and Yefremova Faina", "[name] and [name]"),
        ("Mary O\u2019Neil said", "[name] said"),
        ("ring 4.47701E+11 or 4,47701e+11", "ring [number] or [number]"),
        ("paid my order with 4111111111111111", "paid my order with [card number]"),
        ("3782 822463 10005 it was", "[card number] it was"),
        ("mastercard 2223003122003222!", "mastercard [card number]!"),
        ("old card 4222222222222", "old card [card number]"),
        ("dm cobblefan or @CobbleFan", "dm [handle] or [handle]"),
    ],
)
def test_personal_data_is_masked(redactor, text, masked):
    assert redactor.redact(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "A rose is a rose. Rose gold suits everybody.",
        "jake brake noise",
        "Fits 5'4 and 130 lbs, size 10, bought 2 for 39.99 in 2024.",
        "model 4111 1111 1111 1112 is no card",
        "the mug 4006381333931 and 4222222222222 from the same shelf",
        "order 4111111111111111 came late",
        "9000000000000000 is no brand's, 1.5e3 is a number, 3.14159E+2 too",
        "cobblefans and a cobble fan",
        "10% off until 12/05/2024, code SAVE10, 1,250 reviews",
        "Dresses 1077 and 1078 run large",
        "this is the one I wanted, the big one that lasts",
        "The seams by Yefremova are neat",
        "Open 09:00 to 17:30, tap 12:34:56 on the clock",
        "",
    ],
)
def test_ordinary_text_is_left_alone(redactor, text):
    assert redactor.redact(text) == text


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_known_email_never_survives(before, after):
    masked = Redactor(PEOPLE).redact(f"{before} ada@example.org {after}")
    assert "ada@example.org" not in masked


def test_a_column_keeps_its_gaps():
    texts = pd.Series(["mail ada@example.org", None, "soft"], index=[5, 6, 7])
    masked = Redactor().redact_all(texts)
    assert masked.index.tolist() == [5, 6, 7]
    assert masked.fillna("-").tolist() == ["mail [email]", "-", "soft"]


def test_a_known_person_is_told_from_the_shape_of_one(redactor):
    spans = redactor.spans("ada@example.org and jo@example.org")
    assert [s.known for s in spans] == [True, False]


@given(st.lists(st.text(st.sampled_from("aB1 2@.-()+StreetRue:u"), max_size=30), max_size=8))
def test_many_texts_are_judged_as_one_by_one(texts):
    assert worth_looks(texts) == [worth_a_look(t) for t in texts]
