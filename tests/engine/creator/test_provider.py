"""The composer behind its port: the same posts, and a card that says what made them."""

from engine.content import ModelCard
from engine.creator import METHOD, RANKERS, TEXT_PROVIDERS, compose
from tests.engine.creator.conftest import order


class First:
    """A ranker that takes the candidates as they come."""

    name = "first"
    card = ModelCard(port="ranker", provider="first", model="as they come")

    def choose(self, candidates, count):
        return candidates[:count]


def test_the_default_provider_is_the_composer_and_writes_what_it_writes():
    writer = TEXT_PROVIDERS.default
    assert writer.name == "composer"
    written = writer.write(order())
    assert [v.model_copy(update={"cards": ()}) for v in written] == list(compose(order()))


def test_each_post_says_what_made_it_and_can_be_made_again():
    written = TEXT_PROVIDERS["composer"].write(order())
    for variant in written:
        text, ranker = variant.cards
        assert (text.port, text.provider, text.model, text.seed) == ("text", "composer", METHOD, variant.seed)
        assert (ranker.port, ranker.provider) == ("ranker", "mmr")
        assert len(text.digest) == len(ranker.digest) == 64
        assert text.digest != ranker.digest
        assert "names the product" in text.post_filters


def test_the_first_ranker_chooses_and_is_named(monkeypatch):
    monkeypatch.setattr(RANKERS, "entries", {"first": First()})
    written = TEXT_PROVIDERS["composer"].write(order())
    assert [v.content for v in written] == [v.content for v in compose(order(), First())]
    assert [v.content for v in written] != [v.content for v in compose(order())]
    assert {card.provider for v in written for card in v.cards} == {"composer", "first"}


def test_a_part_written_anew_has_the_new_seed_and_keeps_the_other_cards():
    writer = TEXT_PROVIDERS["composer"]
    before = writer.write(order())[0]
    after = writer.rewrite(before, order(), 0, 41)
    assert after.content.text != before.content.text
    assert (after.cards[0].seed, after.cards[0].parameters["part"]) == (41, 1)
    assert after.cards[1:] == before.cards[1:]
