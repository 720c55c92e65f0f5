from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.content import BrandVoice, Brief, Evidence, Fact, Part, PostContent, Product
from engine.grounds import no_longer_so, rests_on
from engine.rematching import rematched

TODAY = date(2026, 11, 25)
DAYS = (TODAY, TODAY)
PRICE = Fact(id="fact:1", kind="price", value="89.00", amount=89, currency="EUR")
WAS = Fact(id="fact:2", kind="was_price", value="109.00", amount=109, currency="EUR", valid_until=date(2026, 12, 31))
NYLON = Fact(id="fact:3", kind="material", value="recycled nylon", noun_phrase="recycled nylon")
POCKETS = Fact(id="fact:4", kind="feature", value="deep side pockets", noun_phrase="deep side pockets")
STOCK = Fact(id="fact:5", kind="stock", value="12", amount=12)
SIZE = Evidence(id="theme:1:0", kind="review_theme", text="true to size", support=18, of_people=137)


def brief(*facts, themes=(), name="Alder Jacket", **product):
    of = Product(id="1", name=name, currency="EUR", facts=facts, **product)
    return Brief(
        campaign_id="1",
        campaign_name="Autumn",
        objective="sales",
        channel="x",
        product=of,
        brand=BrandVoice(name="Us"),
        evidence=themes,
    )


def post(text, **fields):
    return PostContent(channel="x", text=text, **fields)


def moved(text, kept, now, parts=(), days=DAYS, **fields):
    return no_longer_so(post(text, **fields), parts, kept, now, days)


KEPT = brief(PRICE, WAS, NYLON, POCKETS, STOCK, themes=(SIZE,))


def renumbered(value):
    """Return the same facts under other numbers, as a new import of the same file leaves them."""
    facts = tuple(f.model_copy(update={"id": f"fact:9{f.id[-1]}"}) for f in value.product.facts)
    return value.model_copy(update={"product": value.product.model_copy(update={"facts": facts})})


WHOLE = "The Alder Jacket in recycled nylon with deep side pockets, now €89 (was €109). Only 12 left. True to size."


def test_the_same_facts_under_other_numbers_change_nothing():
    assert moved(WHOLE, KEPT, renumbered(KEPT)) == ()


@pytest.mark.parametrize(
    ("gone", "new", "clause"),
    [
        (PRICE, PRICE.model_copy(update={"amount": 120.0, "value": "120.00"}), "the price was €89 and is now €120"),
        (PRICE, None, "the price was €89 and is now not kept"),
        (PRICE, PRICE.model_copy(update={"currency": "USD"}), "the price was €89 and is now $89"),
        (
            WAS,
            WAS.model_copy(update={"valid_until": date(2026, 11, 30)}),
            "the former price was €109 until 2026-12-31 and is now €109 until 2026-11-30",
        ),
        (NYLON, None, "the material “recycled nylon” is no longer kept"),
        (
            NYLON,
            NYLON.model_copy(update={"value": "cotton", "noun_phrase": "cotton"}),
            "the material “recycled nylon” is no longer kept (now: “cotton”)",
        ),
        (POCKETS, None, "the feature “deep side pockets” is no longer kept"),
        (STOCK, STOCK.model_copy(update={"amount": 3.0, "value": "3"}), "the stock was 12 and is now 3"),
    ],
)
def test_a_fact_that_the_words_state_is_named_with_old_and_new_when_it_changes(gone, new, clause):
    facts = [f for f in KEPT.product.facts if f is not gone] + ([new] if new else [])
    assert moved(WHOLE, KEPT, brief(*facts, themes=(SIZE,))) == (clause,)
    assert moved("The Alder Jacket. See it.", KEPT, brief(*facts, themes=(SIZE,))) == ()
    assert moved("It is fine.", KEPT, brief(*facts), [Part(role="hook", text="x", evidence_ids=(gone.id,))])


def test_a_second_price_beside_the_approved_one_is_a_contradiction_only_where_it_holds():
    other = Fact(id="fact:7", kind="price", value="120.00", amount=120, currency="EUR")
    said = moved("Now €89.", KEPT, brief(*KEPT.product.facts, other))
    assert said == ("the price was €89 alone and is now €120 too",)
    ahead = other.model_copy(update={"valid_from": date(2027, 1, 1)})
    assert moved("Now €89.", KEPT, brief(*KEPT.product.facts, ahead)) == ()
    both = brief(PRICE, other)
    assert moved("Now €89.", both, both) == ()


def test_a_fact_whose_days_are_over_no_longer_holds():
    late = (date(2027, 1, 1), date(2027, 1, 1))
    assert moved("Was €109.", KEPT, KEPT, days=late) == (
        "the former price €109 until 2026-12-31 does not hold on every day from 2027-01-01 to 2027-01-01",
    )


@pytest.mark.parametrize("text", ["18 of 137 reviewers say true to size", "137 people wrote: true to size"])
def test_counts_that_the_text_states_have_to_be_the_counts_now(text):
    fewer = SIZE.model_copy(update={"support": 5, "of_people": 20})
    clause = "“true to size” was said by 18 of 137 reviewers, and now by 5 of 20"
    assert moved(text, KEPT, brief(*KEPT.product.facts, themes=(fewer,))) == (clause,)
    assert moved("Many say true to size.", KEPT, brief(*KEPT.product.facts, themes=(fewer,))) == ()
    assert moved("Many say true to size.", KEPT, brief(*KEPT.product.facts)) == (
        "“true to size” was said by 18 of 137 reviewers, and now by too few to count",
    )


def test_a_product_sold_out_or_renamed_since_is_no_longer_as_advertised():
    empty = STOCK.model_copy(update={"amount": 0.0, "value": "0"})
    others = [f for f in KEPT.product.facts if f is not STOCK]
    assert moved("Have a look.", KEPT, brief(*others, empty)) == ("the stock was 12 and is now 0: it is sold out",)
    assert moved("Have a look.", brief(empty), brief(empty)) == ()
    renamed = brief(*KEPT.product.facts, themes=(SIZE,), name="Elder Jacket")
    assert moved("The Alder Jacket.", KEPT, renamed) == (
        "the product was called “Alder Jacket” and is now called “Elder Jacket”",
    )


def test_the_words_of_a_picture_count_as_words_of_the_post():
    now = brief(*(f for f in KEPT.product.facts if f is not POCKETS))
    alt = ("Picture of it with the words “Deep side pockets”.",)
    assert moved("See it.", KEPT, now, media=("0" * 64,), alt_texts=alt)
    assert "fact:4" in rests_on(post("See it.", alt_texts=alt), (), KEPT)


def test_a_discount_rests_on_both_prices_and_a_percentage_of_cotton_on_none():
    assert {"fact:1", "fact:2"} <= rests_on(post("Save now: 18% off."), (), KEPT)
    assert not {"fact:1", "fact:2"} & rests_on(post("100% cotton."), (), KEPT)


PARTS = (
    Part(role="hook", text="Deep side pockets.", evidence_ids=("fact:4",)),
    Part(role="body", text="Made of recycled nylon.", evidence_ids=("fact:3",)),
    Part(role="call_to_action", text="Have a look."),
)


def test_what_an_edit_took_out_is_no_evidence_any_more():
    done = rematched(post("Deep side pockets. Light as a leaf. Have a look."), PARTS, KEPT, renumbered(KEPT))
    assert [(p.role, p.text, p.evidence_ids) for p in done.parts] == [
        ("hook", "Deep side pockets.", ("fact:94",)),
        ("body", "Light as a leaf.", ()),
        ("call_to_action", "Have a look.", ()),
    ]


def test_what_an_edit_states_newly_is_evidence():
    done = rematched(post("Deep side pockets. Now €89. Have a look."), PARTS, KEPT, KEPT)
    assert done.parts[1].evidence_ids == ("fact:1",)


def test_an_edit_elsewhere_does_not_wash_out_a_fact_that_is_gone():
    now = renumbered(brief(PRICE, NYLON))
    content = post("Deep side pockets. Made of recycled nylon. Have a look now.")
    done = rematched(content, PARTS, KEPT, now)
    clause = ("the feature “deep side pockets” is no longer kept",)
    assert no_longer_so(content, done.parts, done.brief, now, DAYS) == clause
    again = post("Deep side pockets. Made of recycled nylon. Look.")
    second = rematched(again, done.parts, done.brief, now)
    assert no_longer_so(again, second.parts, second.brief, now, DAYS) == clause
    mended = post("Made of recycled nylon. Look.")
    third = rematched(mended, second.parts, second.brief, now)
    assert no_longer_so(mended, third.parts, third.brief, now, DAYS) == ()
    assert {f.id for f in third.brief.product.facts} == {f.id for f in now.product.facts}


FACTS = st.sampled_from([PRICE, WAS, NYLON, POCKETS])


@given(st.lists(FACTS, unique=True), st.lists(FACTS, unique=True))
def test_a_post_is_out_of_date_exactly_when_a_fact_that_it_states_went(before, after):
    """Law: of what the words state, whatever is in the brief and not kept now is named, and nothing else."""
    said = moved(WHOLE, brief(*before), renumbered(brief(*after)))
    assert len(said) == len([f for f in before if f not in after])
