import pytest

from engine.channels import ChannelError, channel, channels, measure, render, scheduler_columns, violations
from engine.channels.registry import parse_registry
from engine.content import PostContent


def test_eight_channels_in_order() -> None:
    assert list(channels()) == [
        "x", "instagram", "facebook", "linkedin", "tiktok", "pinterest", "youtube", "threads",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule_id", "limit"),
    [
        ("x.text.weighted", 280),
        ("instagram.text.length", 2200),
        ("instagram.hashtags.count", 5),
        ("facebook.text.length", 63206),
        ("linkedin.text.length", 3000),
        ("tiktok.text.length", 2200),
        ("pinterest.text.length", 500),
        ("pinterest.title.length", 100),
        ("youtube.title.length", 100),
        ("youtube.text.bytes", 5000),
        ("threads.text.length", 500),
    ],
)
def test_hard_limits(rule_id: str, limit: int) -> None:
    rules = {rule.id: rule for place in channels().values() for rule in place.rules}
    assert rules[rule_id].limit == limit
    assert rules[rule_id].hard


def test_every_rule_has_a_source_and_every_picture_a_safe_area() -> None:
    for place in channels().values():
        assert all(rule.source.startswith("http") and rule.checked.year >= 2026 for rule in place.rules)
        for size in place.images:
            left, top, right, bottom = size.safe_box
            assert 0 <= left < right <= size.width
            assert 0 <= top < bottom <= size.height


def test_no_rule_rests_on_somebodys_notes() -> None:
    sources = [rule.source for place in channels().values() for rule in place.rules]
    assert not [s for s in sources if "raw.githubusercontent" in s or "gist.github" in s]


def test_unknown_channel_is_said_in_a_sentence() -> None:
    with pytest.raises(ChannelError, match="Choose one of: x, instagram"):
        channel("myspace")
    with pytest.raises(ChannelError, match="Choose one of: landscape, square"):
        channel("x").image("poster")


def test_render_is_text_link_disclosure_hashtags() -> None:
    content = PostContent(
        channel="x", text="New in.", link="https://a.com/b", disclosure="Made with AI.", hashtags=("a", "#b")
    )
    assert render(content) == "New in.\n\nhttps://a.com/b\n\nMade with AI.\n#a #b"
    assert "a.com" not in render(content.model_copy(update={"channel": "instagram"}))
    assert "a.com" not in render(content.model_copy(update={"channel": "pinterest"}))
    assert render(content.model_copy(update={"channel": "tiktok"})) == "New in. #a #b\n\nMade with AI."


def test_measure_counts_the_published_text() -> None:
    content = PostContent(channel="x", text="a" * 255, link="https://a.com/" + "b" * 300)
    count = measure(content)[0]
    assert (count.used, count.limit, count.over) == (255 + 2 + 23, 280, 0)
    assert not violations(content)
    longer = content.model_copy(update={"text": "a" * 256})
    (broken,) = violations(longer)
    assert broken.hard
    assert "take out 1." in broken.message


def test_hard_rules_come_first_and_title_is_needed() -> None:
    content = PostContent(channel="youtube", text="a > b", title="", hashtags=tuple(f"t{i}" for i in range(16)))
    found = violations(content)
    assert [violation.hard for violation in found] == [True, True, False]
    assert {violation.rule_id for violation in found} == {
        "youtube.characters", "youtube.title.missing", "youtube.hashtags.count",
    }  # fmt: skip


def test_alt_texts_are_counted_one_by_one() -> None:
    content = PostContent(channel="x", text="a", alt_texts=("fine", "x" * 1001))
    (broken,) = violations(content)
    assert broken.index == 1


def test_registry_errors_are_sentences() -> None:
    with pytest.raises(ChannelError, match="cannot be read"):
        parse_registry("channels: [")
    with pytest.raises(ChannelError, match="cannot be read"):
        parse_registry("channels: []")


def test_scheduler_columns_cover_the_content() -> None:
    assert {"channel", "text", "title", "link", "media", "alt_texts"} <= set(scheduler_columns())
