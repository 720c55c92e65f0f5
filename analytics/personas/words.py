"""Words and phrases that mark a group's reviews, each carried by enough people to point at nobody.

Words: log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, eq. 16 to 22),
counted by people rather than by occurrences, so that one writer cannot make a word distinctive.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from analytics.personas.model import Quote, Word
from analytics.themes.extract import phrases_of

TOP = 15
Z_MIN = 2.5
EVIDENCE = 40
_TOKEN = re.compile(r"[a-z][a-z'-]{2,}")
_IGNORED = ENGLISH_STOP_WORDS | {
    "just",
    "really",
    "didn't",
    "don't",
    "i'm",
    "it's",
    "i've",
    "does",
    "did",
    "got",
    "get",
    "like",
    "also",
    "would",
    "could",
    "bit",
    "quite",
    "lot",
    "name",
    "email",
    "phone",
    "address",
}


def tokens(text: str) -> set[str]:
    """Return the content words of a text."""
    return {t for t in _TOKEN.findall(text.lower()) if t not in _IGNORED}


def index_words(reviews: pd.DataFrame) -> dict[str, dict[str, list[int]]]:
    """Return ``{word: {customer: [review ids]}}`` over all reviews."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for review, customer, text in zip(reviews["review_id"], reviews["customer"], reviews["text"], strict=True):
        for token in tokens(str(text)):
            found[token][str(customer)].append(int(review))
    return found


def index_phrases(reviews: pd.DataFrame) -> dict[tuple[str, str], dict[str, list[int]]]:
    """Return ``{(phrase, polarity): {customer: [review ids]}}`` of the phrases that reviews share."""
    found: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for review, customer, text in zip(reviews["review_id"], reviews["customer"], reviews["text"], strict=True):
        for phrase, polarity in phrases_of(str(text)):
            found[(phrase, polarity)][str(customer)].append(int(review))
    return found


def distinctive_words(
    index: dict[str, dict[str, list[int]]], members: set[str], people: int, fewest: int
) -> tuple[Word, ...]:
    """Return the words that a group's people use more than all others, the most distinctive first."""
    inside = {w: sum(1 for c in users if c in members) for w, users in index.items()}
    everyone = {w: len(users) for w, users in index.items()}
    total_in, total = sum(inside.values()), sum(everyone.values())
    total_out = total - total_in
    if not total_in or not total_out:
        return ()
    prior_size = min(total, 500.0 * 10)
    outside_people = max(1, people - len(members))
    scored = []
    for word, users in index.items():
        a, b = inside[word], everyone[word] - inside[word]
        if a < fewest:
            continue
        prior = prior_size * everyone[word] / total
        delta = np.log((a + prior) / (total_in + prior_size - a - prior)) - np.log(
            (b + prior) / (total_out + prior_size - b - prior)
        )
        z = float(delta / np.sqrt(1 / (a + prior) + 1 / (b + prior)))
        if z >= Z_MIN:
            ids = [r for c, several in users.items() if c in members for r in several]
            scored.append(Word(word, z, a, a / len(members), b / outside_people, tuple(sorted(ids)[:EVIDENCE])))
    return tuple(sorted(scored, key=lambda w: (-w.z, w.word))[:TOP])


def shared_quotes(
    index: dict[tuple[str, str], dict[str, list[int]]], members: set[str], people: int, fewest: int
) -> tuple[Quote, ...]:
    """Return the phrases that at least k people of a group wrote, those above the others' rate first."""
    found = []
    rest = max(1, people - len(members))
    seen: Counter[str] = Counter()
    for (phrase, polarity), users in index.items():
        mine = [c for c in users if c in members]
        if len(mine) < fewest:
            continue
        lift = (len(mine) / len(members)) / max((len(users) - len(mine)) / rest, 0.5 / rest)
        ids = sorted(r for c in mine for r in users[c])[:EVIDENCE]
        found.append((lift * np.log(len(mine)), Quote(phrase, len(mine), polarity, tuple(ids))))
    ordered = []
    for _, quote in sorted(found, key=lambda pair: (-pair[0], pair[1].text)):
        head = quote.text.split()[-1]
        seen[head] += 1
        if seen[head] <= 2:
            ordered.append(quote)
    return tuple(ordered[:8])
