import unicodedata

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


def test_hash_survives_storage_and_unicode_composition():
    content = post(text="Café crème")
    assert content_hash(PostContent.model_validate_json(content.model_dump_json())) == content_hash(content)
    assert content_hash(post(text=unicodedata.normalize("NFD", "Café crème"))) == content_hash(content)


def test_worst_verdict_wins_and_nothing_is_a_pass():
    assert worst([Verdict.PASS, Verdict.BLOCK, Verdict.NEEDS_HUMAN]) is Verdict.BLOCK
    assert worst([]) is Verdict.PASS


def test_there_are_six_fidelity_checks():
    assert len(CheckName) == 6
