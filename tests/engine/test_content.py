from datetime import date

import pytest
from pydantic import Field

from engine.content import CheckName, PostContent, Verdict, content_hash, worst


def post(**changes: object) -> PostContent:
    return PostContent.model_validate({"channel": "x", "text": "Soft linen shirt.", **changes})


def test_any_visible_change_changes_the_hash():
    changes = [
        {"text": "Soft linen shirts."},
        {"title": "Linen"},
        {"hashtags": ("#linen",)},
        {"link": "https://shop.example/linen"},
        {"disclosure": "Made with AI."},
        {"media": ("0" * 64,)},
        {"alt_texts": ("A shirt",)},
        {"channel": "threads"},
    ]
    hashes = {content_hash(post(**change)) for change in changes} | {content_hash(post())}
    assert len(hashes) == len(changes) + 1


EVERY_FIELD = {
    "channel": "instagram",
    "text": "Café crème, warm and light.\nCut for long days.",
    "title": "Linen 🌿",
    "hashtags": ("#linen", "#été"),
    "link": "https://shop.example/linen?a=1&b=2",
    "disclosure": "Made with AI, checked by people.",
    "media": ("0" * 64, "a" * 64),
    "alt_texts": ('A shirt "on" a line', ""),
}
# Written down from the code that first shipped each format. Never to be renewed: approvals are bound to them.
GOLDEN = [
    pytest.param({}, "56c4f170603d01e44e115a7be4b13d90b7233de4617ed651780223b220587fd1", id="format 1, bare"),
    pytest.param(EVERY_FIELD, "53a88082d6a172b2488e091d15b450c576acd4ef701156495932cc24260e6aa0", id="format 1, full"),
]


class WithClips(PostContent):
    """A post as a later version may have it: three more fields that a reader may see."""

    clips: tuple[str, ...] = ()
    disclosure_kinds: list[str] = Field(default_factory=list)
    shown_until: date | None = None


@pytest.mark.parametrize(("fields", "golden"), GOLDEN)
def test_hashes_of_every_shipped_format_stay(fields: dict[str, object], golden: str):
    assert content_hash(post(**fields)) == golden


@pytest.mark.parametrize(("fields", "golden"), GOLDEN)
def test_a_field_added_later_changes_no_hash_until_it_says_something(fields: dict[str, object], golden: str):
    older = post(**fields).model_dump()
    assert content_hash(WithClips(**older)) == golden
    assert content_hash(WithClips(**older, clips=(), disclosure_kinds=[])) == golden
    told = {
        content_hash(WithClips(**older, clips=("b" * 64,))),
        content_hash(WithClips(**older, disclosure_kinds=["ai"])),
        content_hash(WithClips(**older, shown_until=date(2026, 1, 1))),
    }
    assert len(told | {golden}) == 4


def test_hash_survives_storage():
    content = post(**EVERY_FIELD)
    assert content_hash(PostContent.model_validate_json(content.model_dump_json())) == content_hash(content)


@pytest.mark.parametrize("field", ["text", "title", "hashtags", "disclosure", "alt_texts"])
def test_hash_is_of_composed_text(field: str):
    composed, apart = "Caf\u00e9 cr\u00e8me", "Cafe\u0301 cre\u0300me"
    assert composed != apart
    one, other = ((composed,), (apart,)) if field in ("hashtags", "alt_texts") else (composed, apart)
    assert content_hash(post(**{field: one})) == content_hash(post(**{field: other}))
    assert content_hash(post(**{field: other})) != content_hash(post(**{field: one[:-1]}))


def test_worst_verdict_wins_and_nothing_is_a_pass():
    assert worst([Verdict.PASS, Verdict.BLOCK, Verdict.NEEDS_HUMAN]) is Verdict.BLOCK
    assert worst([]) is Verdict.PASS


def test_there_are_six_fidelity_checks():
    assert len(CheckName) == 6
