import os
import re
from datetime import date
from pathlib import Path

import pytest

from benchmarks.composer_quality import bleu, briefs, measure_posts, self_bleu, unsupported
from engine.channels import ChannelError, channels, violations
from engine.content import BrandVoice, Fact, PersonaBrief, Product
from engine.creator import ComposeError, compose, explain, rewrite_part
from engine.creator.grammar import templates
from engine.creator.language import has_first_person
from engine.creator.material import holds, material_of
from tests.engine.creator.conftest import FACTS, order

OBJECTIVES = ("awareness", "engagement", "traffic", "sales", "loyalty", "launch")
TONES = ("warm", "plain", "playful", "expert", "bold")


def texts(**changes: object) -> list[str]:
    return [variant.content.text for variant in compose(order(**changes))]


@pytest.mark.parametrize("place", list(channels()))
@pytest.mark.parametrize("turn", range(6))
def test_every_channel_objective_and_tone_keeps_the_rules(place: str, turn: int) -> None:
    brief = order(
        channel=place, objective=OBJECTIVES[turn], seed=turn,
        brand=BrandVoice(name="Northfold", tone=TONES[turn % 5], hashtags=("Northfold",)),
    )  # fmt: skip
    variants = compose(brief)
    assert len(variants) == 5
    assert len({variant.content.text for variant in variants}) == 5
    assert self_bleu([variant.content.text for variant in variants]) <= 40
    for variant in variants:
        assert not unsupported(variant, brief)
        assert not has_first_person(variant.content.text)
        assert not [v for v in violations(variant.content) if v.hard]
        assert "Marlow Linen Dress" in variant.content.text
        assert not re.search(r"[{}]|  |\.\.| ,|\ba (?:a|an|the)\b", variant.content.text)
        assert variant.content.disclosure == brief.brand.disclosure


def test_same_brief_same_posts_and_another_seed_others() -> None:
    assert texts() == texts()
    assert texts() != texts(seed=1)


def test_a_theme_needs_three_people_and_its_own_product() -> None:
    few = order().evidence[0].model_copy(update={"support": 2})
    other = order().evidence[1].model_copy(update={"product_id": "p2"})
    assert not any("review" in text for text in texts(evidence=(few, other)))


def test_prices_only_when_they_hold_on_every_day_of_the_campaign() -> None:
    ends_early = FACTS[-2].model_copy(update={"valid_until": date(2026, 4, 15)})
    product = order().product.model_copy(update={"facts": (*FACTS[:-2], ends_early, FACTS[-1])})
    assert not any("$" in text for text in texts(product=product))
    assert any("$79" in text for seed in range(3) for text in texts(seed=seed))


def test_holds_needs_dates_for_a_bounded_fact() -> None:
    bounded = Fact(id="a", kind="price", value="1", amount=1, valid_until=date(2026, 4, 30))
    assert holds(bounded, date(2026, 4, 1), date(2026, 4, 30))
    assert not holds(bounded, date(2026, 4, 1), date(2026, 5, 1))
    assert not holds(bounded, None, None)


def test_discount_is_never_rounded_up_and_a_lower_was_price_is_ignored() -> None:
    offer = material_of(order()).offer
    assert (offer.price, offer.was, offer.off) == ("$79", "$99", "20%")
    raised = FACTS[-1].model_copy(update={"amount": 69.0})
    product = order().product.model_copy(update={"facts": (*FACTS[:-1], raised)})
    assert material_of(order(product=product)).offer.was is None


def test_scarcity_only_from_a_stock_fact() -> None:
    assert not any("in stock" in text for seed in range(3) for text in texts(seed=seed))


def test_what_many_have_reviewed_is_not_called_new() -> None:
    new = ("Just in", "New at", "landed", "First look")
    reviewed = [text for seed in range(8) for text in texts(objective="launch", seed=seed)]
    unreviewed = [text for seed in range(8) for text in texts(objective="launch", seed=seed, evidence=())]
    assert not any(word in text for word in new for text in reviewed)
    assert any(word in text for word in new for text in unreviewed)


def test_words_never_and_first_person_facts_are_left_out() -> None:
    own = Fact(id="own", kind="feature", value="x", noun_phrase="our softest yarn")
    product = order().product.model_copy(update={"facts": (*FACTS, own)})
    brand = BrandVoice(name="Northfold", words_never=("pockets", "meet", "comfortable"))
    for seed in range(3):
        for text in texts(product=product, brand=brand, seed=seed):
            assert not re.search(r"\b(?:pockets|meet|comfortable|our)\b", text, re.I)


def test_persona_changes_which_facts_are_used_and_is_never_named() -> None:
    fan = PersonaBrief(
        id="a",
        version=1,
        name="Busy Walkers",
        words=("pockets",),
        traits=("aged 55 and over",),
        interests=("hiking",),
    )
    with_persona = [t for seed in range(4) for t in texts(persona=fan, seed=seed, channel="facebook")]
    without = [t for seed in range(4) for t in texts(seed=seed, channel="facebook")]
    uses = [sum("pockets" in text for text in some) for some in (with_persona, without)]
    assert uses[0] > uses[1]
    assert not any(re.search(r"55|aged|hiking|Walkers", text) for text in with_persona)


@pytest.mark.parametrize("place", list(channels()))
def test_only_a_name_still_gives_short_honest_posts(place: str) -> None:
    bare = Product(id="p", name="Halden Desk Lamp")
    variants = compose(order(channel=place, product=bare, evidence=(), objective="awareness"))
    assert all(len(variant.content.text) < 200 for variant in variants)
    assert all(not part.evidence_ids for variant in variants for part in variant.parts)


def test_errors_are_sentences() -> None:
    with pytest.raises(ComposeError, match="Add its name"):
        compose(order(product=Product(id="p", name=" ")))
    with pytest.raises(ComposeError, match="shorten its name"):
        compose(order(product=Product(id="p", name="Lamp " * 80)))
    with pytest.raises(ChannelError, match="Choose one of"):
        compose(order(channel="myspace"))


def test_long_names_never_pass_a_limit() -> None:
    product = order().product.model_copy(update={"name": "Marlow European Linen Wrap Midi Dress with Belt and Pockets"})
    for place in channels():
        for variant in compose(order(product=product, channel=place)):
            assert not [v for v in violations(variant.content) if v.hard]


def test_plural_products_agree() -> None:
    product = Product(id="p1", name="Slim Jeans", category="Jeans", facts=FACTS[:2])
    for seed in range(4):
        for text in texts(product=product, seed=seed, channel="facebook", objective="awareness"):
            assert not re.search(r"\ba jeans\b|Jeans (?:is|comes|has)\b|\bit\b|this jeans", text)


def test_rewrite_changes_one_part_only(brief: object) -> None:
    variant = compose(order(channel="facebook"))[0]
    for index, old in enumerate(variant.parts):
        new = rewrite_part(variant, order(channel="facebook"), index, seed=5)
        assert new.parts[index].role == old.role
        assert new.parts[index].text != old.text
        assert new.content.text == variant.content.text.replace(old.text, new.parts[index].text, 1)
        assert not unsupported(new, order(channel="facebook"))
        assert new == rewrite_part(variant, order(channel="facebook"), index, seed=5)


def test_rewrite_refuses_with_a_sentence() -> None:
    variant = compose(order())[0]
    with pytest.raises(ComposeError, match="there is no part 10"):
        rewrite_part(variant, order(), 9, seed=1)
    edited = variant.model_copy(update={"content": variant.content.model_copy(update={"text": "By hand."})})
    with pytest.raises(ComposeError, match="edited by hand"):
        rewrite_part(edited, order(), 0, seed=1)


def test_explain_says_what_each_part_rests_on() -> None:
    brief = order(channel="linkedin")
    variant = compose(brief)[0]
    told = explain(variant, brief)
    assert [part.text for part in told] == [part.text for part in variant.parts]
    assert any("of 60 reviewers" in line or "Product fact" in line for part in told for line in part.evidence)
    assert explain(variant)[0].evidence == variant.parts[0].evidence_ids


def test_templates_hold_no_claim_of_their_own() -> None:
    claims = (
        r"\b(?:best|most|first-class|number one|guarantee\w*|perfect|beautiful|amazing|love|loved|favou?rite|unique|"
        r"only|everyone(?! who)|always|never|proven|free|limited|hurry|last chance|cheap\w*|luxur\w*|premium)\b"
    )
    rows = [template.t for role in templates().values() for template in role]
    assert len(rows) > 150
    assert not [row for row in rows if re.search(claims, row, re.I)]
    assert not [row for row in rows if has_first_person(row)]
    for role in templates().values():
        assert len({template.t for template in role}) == len(role)


def test_unsupported_catches_inventions() -> None:
    brief = order()
    variant = compose(brief)[0]
    for invented in ("50 of 60 reviewers call it comfortable.", "Waterproof.", "Now $9.", "Great quality."):
        text = f"{variant.content.text} {invented}"
        bad = variant.model_copy(update={"content": variant.content.model_copy(update={"text": text})})
        assert unsupported(bad, brief), invented


def test_bleu_reference_values() -> None:
    same = ["the", "cat", "sat", "on", "the", "mat"]
    assert bleu(same, [same]) == pytest.approx(1.0)
    assert bleu(["a", "b", "c", "d"], [["e", "f", "g", "h"]]) == 0.0
    one = bleu(["the", "cat", "sat", "on", "a", "mat"], [same])
    assert one == pytest.approx(((5 / 6) * (4 / 6) * (3 / 5) * (2 / 4)) ** 0.25)
    assert self_bleu(["same words here now", "same words here now"]) == pytest.approx(100)


@pytest.mark.realdata
def test_real_products_small_benchmark() -> None:
    folder = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not folder:
        pytest.skip("DIGITAL_PERSONA_REAL_DATA is not set")
    figures = measure_posts(briefs(Path(folder), 16))
    assert figures["posts"] == 80
    assert [figures[k] for k in ("unsupported_claims", "first_person", "over_hard_limit")] == [0, 0, 0]
    assert figures["self_bleu_max"] <= 40
