"""Themes that many reviewers of a product share, each with the people behind it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from analytics.themes.extract import phrases_of
from analytics.themes.lexicon import Polarity

MIN_PEOPLE = 3
"""Distinct reviewers of one product who make a theme. It is no privacy floor: a theme is words of our own list."""
_NEEDED = ("review_id", "customer", "text", "rating")


class ThemesError(ValueError):
    """Reviews cannot be read for themes; the sentence says why."""


@dataclass(frozen=True)
class ThemePhrase:
    """A phrase that ``support`` distinct people of ``of_people`` wrote about the product."""

    text: str
    polarity: Polarity
    support: int
    of_people: int
    review_ids: tuple[str, ...]


def _checked(reviews: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in _NEEDED if name not in reviews.columns]
    if missing:
        raise ThemesError(f"The reviews lack the column {', '.join(missing)}. Name it and try again.")
    rows = reviews.loc[:, list(_NEEDED)].dropna(subset=["text"])
    rows = rows[rows["text"].astype(str).str.strip() != ""]
    return rows.assign(rating=pd.to_numeric(rows["rating"], errors="coerce"))


def _merge(support: dict[tuple[str, Polarity], set[str]]) -> None:
    """Fold near-copies into the better supported wording: "great fabric" and "nice fabric" stay two,
    but "soft material" joins "soft fabric", and "color" joins "colors".
    """
    twins = {"material": "fabric", "color": "colors"}
    for text, polarity in sorted(support):
        words = text.split()
        other = " ".join([*words[:-1], twins.get(words[-1], words[-1])])
        if other != text and (other, polarity) in support:
            keep, drop = (other, text)
            if len(support[(text, polarity)]) > len(support[(other, polarity)]):
                keep, drop = text, other
            support[(keep, polarity)] |= support.pop((drop, polarity))


def themes(reviews: pd.DataFrame, *, min_people: int = MIN_PEOPLE) -> tuple[ThemePhrase, ...]:
    """Return the themes of one product's reviews, the best supported first.

    Parameters
    ----------
    reviews
        One row a review: ``review_id``, ``customer`` (pseudonym; where it is missing each review
        counts as its own person), ``text``, ``rating`` (1 to 5).
    min_people
        Distinct people who must share a theme, at least 3.

    Notes
    -----
    A positive theme is read only from reviews rated 4 or 5, a negative one only from 1 to 3. The
    phrases come from a shipped list of words, so no name or private detail can appear in one.
    ``of_people`` is everyone who wrote a review text about the product, whatever the rating.

    Raises
    ------
    ThemesError
        Where a column is missing or ``min_people`` is below 3.
    """
    if min_people < MIN_PEOPLE:
        raise ThemesError(f"A theme needs at least {MIN_PEOPLE} people; {min_people} were asked for.")
    rows = _checked(reviews)
    support: dict[tuple[str, Polarity], set[str]] = defaultdict(set)
    people_of: dict[str, str] = {}
    anonymous = rows["customer"].isna()
    columns = (rows["review_id"], rows["customer"], anonymous, rows["text"], rows["rating"])
    for review_id, customer, unknown, words, rating in zip(*columns, strict=True):
        review = str(review_id)
        people_of[review] = review if unknown else str(customer)
        for text, polarity in phrases_of(str(words)):
            if (polarity == "positive" and rating >= 4) or (polarity == "negative" and rating < 4):
                support[(text, polarity)].add(review)
    _merge(support)
    people = len(set(people_of.values()))
    found = []
    for (text, polarity), ids in support.items():
        distinct = len({people_of[i] for i in ids})
        if distinct >= min_people:
            found.append(ThemePhrase(text, polarity, distinct, people, tuple(sorted(ids))))
    return tuple(sorted(found, key=lambda theme: (-theme.support, theme.text)))
