from datetime import date

import pytest

from engine.content import BrandVoice, Brief, Evidence, Fact, PersonaBrief, Product

FACTS = (
    Fact(id="linen", kind="material", value="linen", noun_phrase="European linen"),
    Fact(id="pockets", kind="feature", value="pockets", noun_phrase="deep side pockets"),
    Fact(
        id="belt",
        kind="feature",
        value="belt",
        noun_phrase="a removable belt",
        verb_phrase="ties at the waist",
    ),
    Fact(id="wash", kind="care", value="30 degrees", verb_phrase="washes at 30 degrees"),
    Fact(id="days", kind="use", value="warm days", noun_phrase="warm days and long weekends"),
    Fact(id="price", kind="price", value="79", amount=79),
    Fact(id="was", kind="was_price", value="99", amount=99),
)


def theme(i: str, text: str, support: int) -> Evidence:
    return Evidence(id=i, kind="review_theme", text=text, product_id="p1", support=support, of_people=60)


EVIDENCE = (theme("t1", "comfortable", 14), theme("t2", "true to size", 9), theme("t3", "soft fabric", 7))


def order(**changes: object) -> Brief:
    product = Product(
        id="p1", name="Marlow Linen Dress", category="Dresses", url="https://shop.example.com/m?a=1",
        currency="USD", facts=FACTS,
    )  # fmt: skip
    base = Brief(
        campaign_id="c1", campaign_name="Spring sale", objective="sales", channel="x", product=product,
        brand=BrandVoice(name="Northfold"), persona=PersonaBrief(id="a", version=1, name="A"), evidence=EVIDENCE,
        starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 30),
    )  # fmt: skip
    return base.model_copy(update=changes)


@pytest.fixture
def brief() -> Brief:
    return order()
