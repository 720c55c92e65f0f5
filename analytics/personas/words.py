"""Words and phrases that mark a group's reviews, each carried by enough people to point at nobody.

Words: log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, eq. 16 to 22),
counted by people rather than by occurrences, so that one writer cannot make a word distinctive.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from analytics.inference import ALPHA, LEVEL, holm, z_of
from analytics.kept import Quote, Word
from analytics.themes.extract import phrases_of

TOP = 15
Z_95 = z_of(LEVEL)
PRIOR_SIZE = 5_000.0
EVIDENCE = 40
WordIndex = dict[str, dict[str, list[int]]]
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['-]){2,}")
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


def index_words(reviews: pd.DataFrame) -> WordIndex:
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
    index: WordIndex, groups: Sequence[set[str]], tested: set[str], fewest: int
) -> list[tuple[Word, ...]]:
    """Return, for each group, the words that its people use more than all others, the strongest first.

    Parameters
    ----------
    index : dict
        ``{word: {customer: [review ids]}}``.
    groups : sequence of sets of pseudonyms
        The members of each group, all of them.
    tested : set of pseudonyms
        Whom to measure on: writers that the groups were not made from.
    fewest : int
        Members who must have used a word.

    Notes
    -----
    One p-value a word, one-sided; Holm over all words of all groups, common or not.
    """
    counts = {word: sum(1 for c in users if c in tested) for word, users in index.items()}
    candidates = [_candidates(index, counts, members, tested, fewest) for members in groups]
    p_values = [norm.sf(word.z) for words in candidates for word in words]
    adjusted = iter(holm(p_values).tolist())
    judged = [[replace(word, p_holm=next(adjusted)) for word in words] for words in candidates]
    return [
        tuple(sorted((w for w in words if w.p_holm < ALPHA), key=lambda w: (-w.z, w.word))[:TOP]) for words in judged
    ]


def _candidates(
    index: WordIndex, counts: dict[str, int], members: set[str], tested: set[str], fewest: int
) -> list[Word]:
    """Measure every word that enough members used: log-odds with a prior of everybody's words."""
    mine = {word: sum(1 for c in users if c in members and c in tested) for word, users in index.items()}
    total_in, total = sum(mine.values()), sum(counts.values())
    writers = {c for users in index.values() for c in users} & tested
    n_group, n_others = len(writers & members), len(writers - members)
    if not total_in or total_in == total:
        return []
    found = []
    prior_size = min(total, PRIOR_SIZE)
    for word, users in index.items():
        support = [c for c in users if c in members]
        if len(support) < fewest or not counts[word]:
            continue
        inside, outside = mine[word], counts[word] - mine[word]
        prior = prior_size * counts[word] / total
        delta = _log_odds(inside, total_in, prior, prior_size) - _log_odds(outside, total - total_in, prior, prior_size)
        error = math.sqrt(1 / (inside + prior) + 1 / (outside + prior))
        ids = sorted(review for c in support for review in users[c])[:EVIDENCE]
        found.append(
            Word(
                word=word,
                z=delta / error,
                people=len(support),
                share_group=inside / max(1, n_group),
                share_others=outside / max(1, n_others),
                review_ids=tuple(ids),
                log_odds=delta,
                low=delta - Z_95 * error,
                high=delta + Z_95 * error,
                n_group=n_group,
                n_others=n_others,
            )
        )
    return found


def _log_odds(count: int, total: int, prior: float, prior_size: float) -> float:
    return math.log((count + prior) / max(0.5, total + prior_size - count - prior))


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
