import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.themes import ThemesError, theme_grammar, theme_is_plural, themes
from analytics.themes.extract import phrases_of
from analytics.themes.lexicon import lexicon


def reviews(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [(f"r{i}", who, text, rating) for i, (who, text, rating) in enumerate(rows)],
        columns=["review_id", "customer", "text", "rating"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Such a soft, stretchy fabric!", {"soft fabric", "stretchy fabric"}),
        ("The fabric is so soft and I wear it weekly.", {"soft fabric"}),
        ("Runs true to size.", {"true to size"}),
        ("It is super comfy", {"comfortable"}),
        ("I can dress it up or down", {"easy to dress up or down"}),
        ("well made and easy to use", {"well made", "easy to use"}),
        ("Beautifully made. Great quality; vibrant colors", {"well made", "great quality", "vibrant colors"}),
        ("not only soft but flattering", {"soft", "flattering"}),
        ("I like it", set()),
    ],
)
def test_phrases_found(text: str, expected: set[str]) -> None:
    assert {phrase for phrase, polarity in phrases_of(text) if polarity == "positive"} == expected


@pytest.mark.parametrize(
    "text",
    [
        "This is not comfortable at all",
        "The fabric isn't very soft",
        "I wish it were comfortable",
        "It would be flattering on somebody taller",
        "never well made",
        "does not run true to size",
        "I expected great quality",
        "The fabric is not soft",
        "hardly a great sound",
        "too soft",
        "lacks good quality",
    ],
)
def test_denied_or_wished_is_no_praise(text: str) -> None:
    assert not {phrase for phrase, polarity in phrases_of(text) if polarity == "positive"}


def test_negation_ends_with_its_clause() -> None:
    assert ("comfortable", "positive") in phrases_of("It is not cheap, but comfortable")


def test_support_counts_people_not_reviews() -> None:
    rows = reviews(
        ("ann", "so comfortable", 5), ("ann", "very comfortable", 5), ("bo", "comfortable", 4),
        ("cy", "fine, thanks", 5),
    )  # fmt: skip
    assert themes(rows) == ()
    (theme,) = themes(pd.concat([rows, reviews(("di", "comfortable", 5)).assign(review_id="x")]))
    assert (theme.text, theme.support, theme.of_people) == ("comfortable", 3, 4)
    assert theme.review_ids == ("r0", "r1", "r2", "x")


def test_praise_in_a_bad_review_is_left_out() -> None:
    rows = reviews(*[(str(i), "the fabric is soft and it runs small", 2) for i in range(4)])
    assert {theme.text: theme.polarity for theme in themes(rows)} == {"runs small": "negative"}


def test_missing_customer_counts_each_review_as_a_person() -> None:
    rows = reviews(*[("x", "true to size", 5)] * 3).assign(customer=None)
    assert themes(rows)[0].support == 3


def test_colour_twins_are_one_theme() -> None:
    texts = ["beautiful color", "beautiful colors", "beautiful color"]
    rows = reviews(*[(str(i), text, 5) for i, text in enumerate(texts)])
    assert [(theme.text, theme.support) for theme in themes(rows)] == [("beautiful color", 3)]


def test_errors_say_what_is_missing() -> None:
    with pytest.raises(ThemesError, match="rating"):
        themes(reviews(("a", "b", 5)).drop(columns="rating"))
    with pytest.raises(ThemesError, match="at least 3 people"):
        themes(reviews(("a", "b", 5)), min_people=2)


def test_empty_reviews_have_no_themes() -> None:
    assert themes(reviews(("a", "", 5), ("b", "  ", 5))) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_a_theme_is_made_of_lexicon_words_only(text: str) -> None:
    lex = lexicon()
    known = {p.text for p in lex.set_phrases} | set(lex.whole.values()) | set(lex.whole_faults.values())
    for phrase, _ in phrases_of(f"Maria says great {text} soft fabric of Bob"):
        words = phrase.split(" ", 1)
        assert phrase in known or (words[0] in lex.adjectives and words[1] in lex.nouns.values())


def test_grammar() -> None:
    assert theme_grammar("soft fabric") == "noun"
    assert theme_grammar("true to size") == "adjective"
    assert theme_grammar("comfortable") == "adjective"
    assert theme_grammar("runs small") == "verb"
    assert theme_is_plural("vibrant colors")
    assert not theme_is_plural("soft fabric")


@pytest.mark.realdata
def test_real_clothing_reviews_give_expected_themes() -> None:
    folder = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not folder:
        pytest.skip("DIGITAL_PERSONA_REAL_DATA is not set")
    table = pd.read_csv(Path(folder) / "reviews" / "womens_clothing_reviews.csv")
    rows = table[table["Clothing ID"] == 862].rename(columns={"Review Text": "text", "Rating": "rating"})
    rows = rows.assign(review_id=rows["Unnamed: 0"].astype(str), customer=None)
    found = {theme.text: theme for theme in themes(rows)}
    assert {"comfortable", "soft fabric", "true to size"} <= set(found)
    assert all(3 <= theme.support <= theme.of_people for theme in found.values())
